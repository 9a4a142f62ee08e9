"""The caps on outgoing mail: what passed the gate in the last day, and what waits for its turn.

Each mail that passes is counted under its recipients' mailboxes, its conversation, and ALL. Rows
are kept for a day only, so that counting never looks at what went before.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, bindparam, delete, insert, select

from model import Gate, Hold, Letter, Reason, mailbox_of
from store import outgoing, queue
from store.audit import Step
from store.schema import consultations, exceptions, outgoing_mails, passages

DAY, MINUTE = timedelta(days=1), timedelta(minutes=1)
ALL = "all"
#: What the administrator is told passes the cap on the total, or a flood would silence the alarm.
ALARMS = (Letter.DIGEST, Letter.ALERT)
_KEY = str(Reason.TOO_MANY)

_p, _mails = passages.c, outgoing_mails.c
#: When one more may pass: a window after the passage that is so many back.
_NTH = (
    select(_p.at)
    .where(
        _p.counted == bindparam("counted"),
        _p.outgoing_id != bindparam("number"),
        _p.at > bindparam("since"),
    )
    .order_by(_p.at.desc())
    .limit(1)
    .offset(bindparam("back"))
)
_OLD = select(_p.outgoing_id).where(_p.counted == ALL, _p.at <= bindparam("before"))
_FORGET_OLD = delete(passages).where(_p.outgoing_id.in_(_OLD))
_FORGET = delete(passages).where(_p.outgoing_id == bindparam("number"))
_ADD = insert(passages).inline()
_CAPPED = (
    select(_mails.capped)
    .where(_mails.capped.is_not(None), _mails.state == outgoing.WAITING)
    .distinct()
)
_REFERENCE = select(consultations.c.reference).where(consultations.c.key == bindparam("key"))
_TOLD = select(exceptions.c.id, exceptions.c.detail).where(
    exceptions.c.key == _KEY, exceptions.c.closed_at.is_(None)
)


@dataclass(frozen=True, slots=True)
class Wait:
    """A cap that is reached, and the moment from which one more may pass."""

    counted: str
    until: datetime


def paced(connection: Connection, gate: Gate, now: datetime) -> bool:
    """Whether as many passed in the last minute as may."""
    return _until(connection, ALL, gate.per_minute, now, window=MINUTE) is not None


def total(connection: Connection, gate: Gate, now: datetime) -> Wait | None:
    """The cap on everything, if it is reached. `ALARMS` pass it."""
    until = _until(connection, ALL, gate.per_day, now)
    return Wait(ALL, until) if until else None


def wait(
    connection: Connection, row: Row[Any], recipients: Sequence[str], gate: Gate, now: datetime
) -> Wait | None:
    """What a mail has to wait for; of several, the longest. None: it may pass.

    What a person wrote is no machine's answer to another: only the cap on everything holds it.
    """
    if row.kind == Letter.ANSWER:
        return None
    caps = [(_address(r), gate.per_address) for r in recipients]
    caps.append((_thread(row), gate.per_thread))
    found = [
        Wait(counted, until)
        for counted, cap in caps
        if (until := _until(connection, counted, cap, now, number=row.id))
    ]
    return max(found, key=lambda one: one.until, default=None)


def note(connection: Connection, row: Row[Any], recipients: Sequence[str], now: datetime) -> None:
    """Count a mail that passes now; a second attempt takes the place of the first."""
    connection.execute(_FORGET_OLD, {"before": now - DAY})
    connection.execute(_FORGET, {"number": row.id})
    counted = dict.fromkeys((ALL, _thread(row), *map(_address, recipients)))
    connection.execute(_ADD, [{"outgoing_id": row.id, "counted": c, "at": now} for c in counted])


def tell(step: Step, over: Wait | None, *, waiting: bool) -> None:
    """Keep the one exception `too_many` in step with what waits: open while anything does.

    `over`: the cap on everything, if reached; `waiting`: whether a mail waits for that.
    """
    told = step.connection.execute(_TOLD).one_or_none()
    caps = set(step.connection.scalars(_CAPPED)) | ({ALL} if over and waiting else set())
    reached = sorted(_in_words(step.connection, counted) for counted in caps)
    if reached and (told is None or told.detail.get("reached") != reached):
        queue.hold(step, Hold(key=_KEY, reason=Reason.TOO_MANY, detail={"reached": reached}))
    elif told and not reached:
        queue.close(step, told.id, "nothing waits any more")


def everybody_waits(connection: Connection) -> bool:
    """Whether mails wait because as many went in the last day as may go in all."""
    told = connection.execute(_TOLD).one_or_none()
    return told is not None and ALL in told.detail.get("reached", ())


def _until(
    connection: Connection,
    counted: str,
    cap: int,
    now: datetime,
    *,
    window: timedelta = DAY,
    number: int = 0,
) -> datetime | None:
    if not cap:
        return None
    given = {"counted": counted, "since": now - window, "back": cap - 1, "number": number}
    found = connection.execute(_NTH, given).scalar()
    return None if found is None else found + window


def _in_words(connection: Connection, counted: str) -> str:
    what, _, key = counted.partition(" ")
    reference = connection.execute(_REFERENCE, {"key": key}).scalar() if key else None
    return f"{what} {reference}" if reference else counted


def _address(recipient: str) -> str:
    return f"address {mailbox_of(recipient)}"


def _thread(row: Row[Any]) -> str:
    return f"conversation {row.thread or row.message_id}"
