"""What the clock watches: the consultations with dates to come, and what was made for them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    Text,
    and_,
    cast,
    exists,
    func,
    or_,
    select,
    union_all,
)

from model import WATCHED, Clocked, Consultation, Letter, Reason, Status
from store import records, wishes
from store.schema import audit, consultations, exceptions, outgoing_consultations, outgoing_mails

_VERSION = (consultations.c.key, consultations.c.version)
#: What the clock makes; `failed`: it could not.
_MADE = frozenset(
    (
        *(Letter.COMPLETION_NOTE, Letter.CHASER, Letter.CONFIRM_REMINDER),
        *(Reason.UNCONFIRMED, Reason.OUTCOMES_OVERDUE, Reason.FAILED),
    )
)


def watched(
    connection: Connection,
    which: ColumnElement[bool] | None = None,
    known: Iterable[Clocked] = (),
) -> tuple[Clocked, ...]:
    """As `Transaction.clocked`; with a condition, only those that satisfy it.

    Of those that are `known` only what changed is read again, and the others are given back.
    """
    where = and_(
        consultations.c.status.in_([s.value for s in WATCHED]),
        consultations.c.stopped_at.is_(None),
        *(() if which is None else (which,)),
    )
    keys = select(consultations.c.key).where(where)
    made, wished = _made(connection, keys), wishes.about(connection, keys)
    before = {one.consultation.key: one for one in known}
    found = [
        Clocked(
            consultation=record,
            made=frozenset(made.get(record.key, ())),
            wishes=wished.get(record.key, {}),
        )
        for record in _records(connection, where, before)
    ]
    return tuple(_as_known(one, before.get(one.consultation.key)) for one in found)


def _records(
    connection: Connection, where: ColumnElement[bool], before: Mapping[str, Clocked]
) -> list[Consultation]:
    """The consultations, the oldest first: those of `before` that did not change, and new ones."""
    if not before:
        return list(records.load(connection, records.oldest_first(where)))
    rows = connection.execute(records.oldest_first(where, _VERSION)).all()
    same = {
        row.key: before[row.key].consultation
        for row in rows
        if row.key in before and before[row.key].consultation.version == row.version
    }
    read = records.load_keys(connection, [row.key for row in rows if row.key not in same])
    return [same.get(row.key) or read[row.key] for row in rows]


def _as_known(now: Clocked, before: Clocked | None) -> Clocked:
    if before is None or before.consultation is not now.consultation:
        return now
    return before if (before.made, before.wishes) == (now.made, now.wishes) else now


def one(connection: Connection, key: str) -> Clocked | None:
    """As `Transaction.clocked_one`."""
    return next(iter(watched(connection, consultations.c.key == key)), None)


def soon(connection: Connection, until: date, known: Iterable[Clocked]) -> tuple[Clocked, ...]:
    """As `Views.clocked_soon`."""
    return watched(connection, _coming(until), known)


def marker(connection: Connection) -> tuple[int, int]:
    """As `Views.marker`: whatever changes a record or a wish notes it; the clock writes mails."""
    noted, written = func.max(audit.c.id), func.max(outgoing_mails.c.id)
    both = select(select(noted).scalar_subquery(), select(written).scalar_subquery())
    row = connection.execute(both).one()
    return row[0] or 0, row[1] or 0


def _coming(until: date) -> ColumnElement[bool]:
    """Those of which the clock may still bring something by a day.

    Not those of which nothing comes so soon, nor those whose last date has been: the exception that
    ends the chasers was opened. Its key is as `notifier.due` makes it; were it another one, only
    more would be looked at.
    """
    c = consultations.c
    ended = func.coalesce(cast(c.end_date, Text), "None")
    last = f":{Reason.OUTCOMES_OVERDUE}:"
    key = c.key + ":ended:" + ended + last + cast(c.outcomes_due, Text)
    over = exists().where(exceptions.c.key == key)
    begun = or_(c.end_date <= until, c.outcomes_due <= until)
    return or_(c.status == Status.AWAITING_CONFIRMATION.value, and_(begun, ~over))


def _made(connection: Connection, keys: Select[Any]) -> dict[str, set[str]]:
    about, mails, items = outgoing_consultations.c, outgoing_mails.c, exceptions.c
    # Their kinds are looked at here: asked for by kind, SQLite reads every mail of one first.
    written = (
        select(about.consultation, mails.key, mails.kind)
        .join(outgoing_mails, mails.id == about.outgoing_id)
        .where(about.consultation.in_(keys))
    )
    opened = select(items.consultation, items.key, items.reason).where(items.consultation.in_(keys))
    made: dict[str, set[str]] = {}
    for consultation, key, what in connection.execute(union_all(written, opened)):
        if what in _MADE:
            made.setdefault(consultation, set()).add(key)
    return made
