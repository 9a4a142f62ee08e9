"""`askonce queue`: what a person has to settle, on a terminal."""

from __future__ import annotations

import getpass
import json
import os
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from commands import wiring
from commands.answers import answers
from intake.message import read_mail
from model import Origin, Permanent
from notifier.reasons import REASONS
from settings import Settings
from store import QueueCase, QueueItem, Store


def run_list(settings: Settings, as_json: bool) -> int:
    """Print every open exception, oldest first: a JSON object a line, or a few lines each."""
    with wiring.open_store(settings) as store:
        items = store.views.queue()
    for item in items:
        if as_json:
            print(json.dumps(item.as_json(), ensure_ascii=False))
        else:
            print(*_in_brief(item, settings.process.timezone), sep="\n")
    if not items and not as_json:
        print("The queue is empty.")
    return 0


def run_show(settings: Settings, number: int, as_json: bool) -> int:
    """Print all that is known of one exception, open or closed. Raises `Permanent` for none."""
    with wiring.open_store(settings) as store:
        case = _case(store, number)
    zone = settings.process.timezone
    if as_json:
        print(json.dumps(case.item.as_json() | {"detail": dict(case.item.detail)}, default=str))
    else:
        print(*_in_full(case, zone), sep="\n")
    return 0


def run_dismiss(settings: Settings, number: int, why: str, now: datetime) -> int:
    """Close an exception that needs nothing more. Raises `Permanent` if it is not open."""
    with wiring.open_store(settings) as store:
        _case(store, number)
        if not store.close_exception(number, who=_who(), why=why, now=now):
            raise Permanent(f"Exception {number} is closed already: see ./askonce queue show.")
    print(f"Exception {number} is closed.")
    return 0


def _who() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # a container's user may have no name
        return str(os.getuid())


def _case(store: Store, number: int) -> QueueCase:
    case = store.views.queue_item(number)
    if case is None:
        raise Permanent(f"There is no exception {number}: ./askonce queue lists those that are.")
    return case


def _in_brief(item: QueueItem, zone: ZoneInfo) -> Iterator[str]:
    yield f"{item.id:>5}  {item.reason}  {item.reference or ''}".rstrip()
    yield f"       {REASONS[item.reason]}"
    yield f"       {_when(item.received_at, zone)}  {item.sender}  {item.subject}".rstrip()


def _in_full(case: QueueCase, zone: ZoneInfo) -> Iterator[str]:
    item = case.item
    yield from _in_brief(item, zone)
    if case.closed_at:
        yield f"Closed:     {_when(case.closed_at, zone)} by {case.closed_by}: {case.closed_why}"
    if item.message_id:
        yield f"Message-ID: {item.message_id}"
    if case.consultation:
        yield f"About:      {case.consultation.title} ({case.consultation.status})"
    for key, value in item.detail.items():
        if not (key in _READ and item.detail.get("form")):
            yield f"{key}: {value if isinstance(value, str) else json.dumps(value, default=str)}"
    yield from _as_read(item.detail)
    for file in case.files:
        found = ", ".join(file.forms) or file.verdict or "no form"
        yield f"File:       {file.name} ({file.size} bytes): {found}"
    if case.outgoing:
        yield f"Our mail:   to {', '.join(case.outgoing.recipients)}"
        yield f"            tried {case.outgoing.attempts} times. {case.last_error or ''}".rstrip()
    for entry in case.history:
        yield f"{_when(entry.at, zone)}  {entry.who}  {entry.act}"
    if case.raw is not None:
        yield ""
        yield read_mail(case.raw, item.received_at).text.strip()


#: What `intake.steps.as_read` keeps.
_READ = ("form", "file", "read", "origins")


def _as_read(detail: Mapping[str, Any]) -> Iterator[str]:
    if not detail.get("form"):
        return
    yield f"Read in:    {detail.get('file') or 'a file'}"
    origins = {key: Origin(**origin) for key, origin in detail.get("origins", {}).items()}
    lines = answers(detail["form"], detail.get("read", {}), origins)
    yield from (f"            {line}" for line in lines)


def _when(at: datetime, zone: ZoneInfo) -> str:
    return f"{at.astimezone(zone):%d %b %Y %H:%M}"
