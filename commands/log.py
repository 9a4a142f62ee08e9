"""The log: a line an event, of numbers and reasons, never of a name, an address or a text.

Our own lines are made of a mapping, `log.info("mail %(mail)d: ...", {"event": ..., "mail": 12})`,
which `json` prints as it is. What a fault quotes from a server may name an address: those are taken
out here. What a library's line or a warning holds nobody knows: only where it comes from is told.
"""

from __future__ import annotations

import json
import logging
import re
import sys
import threading
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import PurePath
from types import TracebackType
from typing import Any, Literal

from model import where_it_failed

#: Our own rooms: what any other logger says may hold anything.
ROOMS = ("commands", "intake", "notifier", "pages", "parsers", "scheduler", "signin", "store")
#: Libraries that warn of nothing: that a page waits a moment while others are served.
_CHATTY = ("waitress.queue",)
_ADDRESS = re.compile(r"[^\s<>()\[\]\"',;:=]+@[^\s<>()\[\]\"',;]+")
_AT = "%Y-%m-%dT%H:%M:%S"

log = logging.getLogger(__name__)


class _Stderr(logging.StreamHandler[Any]):
    """Writes to what standard error is at the time."""

    def __init__(self) -> None:
        logging.Handler.__init__(self)

    @property
    def stream(self) -> Any:
        return sys.stderr


_HANDLER = _Stderr()


def set_up(level: str | int = logging.WARNING, form: Literal["text", "json"] = "text") -> None:
    """Log to standard error. Of libraries only warnings; of us, from `level` (a name) on."""
    _HANDLER.setFormatter(_Json() if form == "json" else _Text())
    root = logging.getLogger()
    root.addHandler(_HANDLER)  # once, however often it is asked for
    root.setLevel(logging.WARNING)
    for name in _CHATTY:
        logging.getLogger(name).setLevel(logging.ERROR)
    for room in ROOMS:
        logging.getLogger(room).setLevel(level.upper() if isinstance(level, str) else level)


def catch_what_falls() -> None:
    """Faults that nothing catches go to the log by their place alone: their words may be a mail's.

    For the daemon. They end it, or the thread that they are in, as ever.
    """
    logging.captureWarnings(True)
    sys.excepthook = _fell
    threading.excepthook = lambda args: _fell(
        args.exc_type, args.exc_value or args.exc_type(), args.exc_traceback
    )


def _fell(kind: type[BaseException], fault: BaseException, traceback: TracebackType | None) -> None:
    given = {"event": "fell", "fault": where_it_failed(fault.with_traceback(traceback))}
    log.critical("a fault of ours that nothing caught: %(fault)s", given)


def without_addresses(text: str) -> str:
    """`text` with each address replaced by "(an address)"."""
    return _ADDRESS.sub("(an address)", text)


def _told(record: logging.LogRecord) -> str:
    """The line's words, on one line."""
    if record.name.partition(".")[0] not in ROOMS:
        where = f"{PurePath(record.pathname).name}:{record.lineno}"
        return f"a library's {record.levelname.lower()} ({where}); its words are left out"
    said = without_addresses(" ".join(record.getMessage().split()))
    fault = record.exc_info[1] if record.exc_info else None
    return f"{said} ({where_it_failed(fault)})" if fault else said


class _Text(logging.Formatter):
    """For people: `2027-03-01T10:00:00Z INFO intake.process: mail 12: form, registered`."""

    def format(self, record: logging.LogRecord) -> str:
        at = datetime.fromtimestamp(record.created, UTC)
        return f"{at:{_AT}}Z {record.levelname} {record.name}: {_told(record)}"


class _Json(logging.Formatter):
    """For programs: `time`, `level`, `room`, `event`, `message`, and the event's own ids."""

    def format(self, record: logging.LogRecord) -> str:
        ours = record.name.partition(".")[0] in ROOMS
        given = record.args if ours and isinstance(record.args, Mapping) else {}
        ids = {key: _plain(value) for key, value in given.items() if key != "event"}
        at = datetime.fromtimestamp(record.created, UTC)
        event = given.get("event") or getattr(record, "event", "said")
        line = {
            "time": at.isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "room": record.name,
            "event": event,
            "message": _told(record),
            **ids,
        }
        return json.dumps(line, ensure_ascii=False)


def _plain(value: Any) -> Any:
    if value is None or isinstance(value, int | float):
        return value
    return without_addresses(str(value))
