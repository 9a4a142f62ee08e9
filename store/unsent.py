"""The outbox's reading side: the mails that have not gone, and why."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Select, and_, select

from model import Letter, Wished
from store import outgoing
from store.schema import (
    consultations,
    exceptions,
    outgoing_consultations,
    outgoing_mails,
    outgoing_recipients,
    wishes,
)
from store.wishes import as_kept

_mails, _to, _about = outgoing_mails.c, outgoing_recipients.c, outgoing_consultations.c
_COLUMNS = (
    _mails.id,
    _mails.key,
    _mails.kind,
    _mails.state,
    _mails.subject,
    _mails.created_at,
    _mails.next_attempt_at,
    _mails.attempts,
    _mails.capped,
    _mails.last_error,
)
_RECIPIENTS = select(_to.outgoing_id, _to.email).order_by(_to.outgoing_id, _to.position)
_CONSULTATIONS = (
    select(
        _about.outgoing_id, consultations.c.key, consultations.c.reference, consultations.c.title
    )
    .join(consultations, consultations.c.key == _about.consultation)
    .order_by(_about.outgoing_id, _about.position)
)
_HELD = select(exceptions.c.outgoing_id, exceptions.c.id).where(exceptions.c.closed_at.is_(None))


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """A consultation that a mail is about."""

    key: str
    reference: str | None
    title: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Unsent:
    """A mail in the outbox that has not gone, without its bytes."""

    id: int
    key: str
    kind: Letter
    state: str  #: as `store.outgoing` names them
    subject: str
    created_at: datetime
    next_attempt_at: datetime
    attempts: int
    capped: str | None  #: the cap that it waits for
    last_error: str | None  #: what the server said at the latest attempt
    recipients: tuple[str, ...] = ()
    about: tuple[About, ...] = ()
    wished: Wished | None = None  #: who paused or skipped it
    exception: int | None = None  #: the open one about its delivery


def all_of_them(connection: Connection) -> tuple[Unsent, ...]:
    """Every mail that has not gone and was not skipped, oldest first."""
    return _found(connection, _mails.state.not_in((outgoing.SENT, outgoing.SKIPPED)))


def skipped(connection: Connection, at_most: int) -> tuple[Unsent, ...]:
    """The mails that were skipped, the latest first."""
    latest = select(_mails.id).where(_mails.state == outgoing.SKIPPED).order_by(_mails.id.desc())
    return _found(connection, _mails.id.in_(latest.limit(at_most)))[::-1]


def of_key(connection: Connection, key: str) -> Unsent | None:
    """As `Transaction.unsent`; also one that was skipped."""
    where = and_(_mails.key == key, _mails.state != outgoing.SENT)
    return next(iter(_found(connection, where)), None)


def _found(connection: Connection, where: ColumnElement[bool]) -> tuple[Unsent, ...]:
    rows = connection.execute(select(*_COLUMNS).where(where).order_by(_mails.id)).all()
    these = select(_mails.id).where(where)
    to = _by_mail(connection, _RECIPIENTS.where(_to.outgoing_id.in_(these)))
    about = _by_mail(connection, _CONSULTATIONS.where(_about.outgoing_id.in_(these)))
    held = _by_mail(connection, _HELD.where(exceptions.c.outgoing_id.in_(these)))
    keys = select(_mails.key).where(where)
    found = connection.execute(select(wishes).where(wishes.c.key.in_(keys)))
    wished = {row.key: as_kept(row) for row in found}
    return tuple(
        Unsent(
            **{
                column.name: getattr(row, column.name)
                for column in _COLUMNS
                if column.name != "kind"
            },
            kind=Letter(row.kind),
            recipients=tuple(other.email for other in to.get(row.id, ())),
            about=tuple(_consultation(other) for other in about.get(row.id, ())),
            wished=wished.get(row.key),
            exception=next((other.id for other in held.get(row.id, ())), None),
        )
        for row in rows
    )


def _by_mail(connection: Connection, query: Select[Any]) -> dict[int, list[Row[Any]]]:
    found: dict[int, list[Row[Any]]] = {}
    for row in connection.execute(query):
        found.setdefault(row.outgoing_id, []).append(row)
    return found


def _consultation(row: Row[Any]) -> About:
    return About(key=row.key, reference=row.reference, title=row.title)
