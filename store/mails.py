"""One mail that came in or went out, with what it is about and what became of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, Table, func, select

from model import Kind, Letter, OutgoingEmail, Reason
from store import outgoing
from store.schema import (
    attempts,
    blocked_addresses,
    consultations,
    exceptions,
    inbound_consultations,
    inbound_mails,
    outgoing_consultations,
    outgoing_mails,
    outgoing_recipients,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """A consultation, as other things name it."""

    key: str
    reference: str | None
    title: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """An exception that a mail is about."""

    id: int
    reason: Reason
    closed_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """One attempt to deliver a mail. `result` "": it has not ended, or nobody knows how."""

    number: int
    started_at: datetime
    ended_at: datetime | None
    result: str
    detail: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """A mail of ours that answers one that came in."""

    id: int
    kind: Letter


@dataclass(frozen=True, slots=True, kw_only=True)
class MailIn:
    """A mail that came in, as far as the register knows it; its bytes are `Store.mail`'s."""

    id: int
    arrived_at: datetime
    kind: Kind | None  #: None: not handled yet
    outcome: str
    consultations: tuple[Named, ...] = ()
    exceptions: tuple[Asked, ...] = ()
    answers: tuple[Answer, ...] = ()  #: our mails that answer it


@dataclass(frozen=True, slots=True, kw_only=True)
class MailOut:
    """A mail of ours with its way so far."""

    mail: OutgoingEmail
    state: str  #: "waiting", "sent", "held", ...
    created_at: datetime
    sent_at: datetime | None
    next_attempt_at: datetime
    last_error: str
    answers: int | None  #: the number of the mail that came in which it answers
    attempts: tuple[Attempt, ...] = ()
    consultations: tuple[Named, ...] = ()
    exceptions: tuple[Asked, ...] = ()
    blocked: frozenset[str] = frozenset()  #: those of its recipients that get no mail


def came(connection: Connection, number: int) -> MailIn | None:
    """As `Views.mail_in`."""
    it = inbound_mails.c
    named = select(it.id, it.arrived_at, it.kind, it.outcome).where(it.id == number)
    row = connection.execute(named).one_or_none()
    if row is None:
        return None
    ours = outgoing_mails.c
    answers = select(ours.id, ours.kind).where(ours.inbound_id == number).order_by(ours.id)
    return MailIn(
        id=row.id,
        arrived_at=row.arrived_at,
        kind=Kind(row.kind) if row.kind else None,
        outcome=row.outcome or "",
        consultations=_named(connection, inbound_consultations, "inbound_id", number),
        exceptions=_asked(connection, "inbound_id", number),
        answers=tuple(
            Answer(id=row.id, kind=Letter(row.kind)) for row in connection.execute(answers)
        ),
    )


def went(connection: Connection, number: int) -> MailOut | None:
    """As `Views.mail_out`."""
    query = select(outgoing_mails).where(outgoing_mails.c.id == number)
    row = connection.execute(query).one_or_none()
    if row is None:
        return None
    return MailOut(
        mail=outgoing.read(connection, row),
        state=row.state,
        created_at=row.created_at,
        sent_at=row.sent_at,
        next_attempt_at=row.next_attempt_at,
        last_error=row.last_error or "",
        answers=row.inbound_id,
        attempts=_attempts(connection, number),
        consultations=_named(connection, outgoing_consultations, "outgoing_id", number),
        exceptions=_asked(connection, "outgoing_id", number),
        blocked=frozenset(connection.scalars(_blocked(number))),
    )


def _attempts(connection: Connection, number: int) -> tuple[Attempt, ...]:
    query = select(attempts).where(attempts.c.outgoing_id == number).order_by(attempts.c.number)
    return tuple(
        Attempt(
            number=row.number,
            started_at=row.started_at,
            ended_at=row.ended_at,
            result=row.result or "",
            detail=row.detail or "",
        )
        for row in connection.execute(query)
    )


def _named(connection: Connection, links: Table, column: str, number: int) -> tuple[Named, ...]:
    it = consultations.c
    query = (
        select(it.key, it.reference, it.title)
        .join(links, links.c.consultation == it.key)
        .where(links.c[column] == number)
        .order_by(links.c.position)
    )
    return named(connection, query)


def named(connection: Connection, query: Select[Any]) -> tuple[Named, ...]:
    """The consultations whose key, reference and title a query gives."""
    return tuple(
        Named(key=row.key, reference=row.reference, title=row.title)
        for row in connection.execute(query)
    )


def _asked(connection: Connection, column: str, number: int) -> tuple[Asked, ...]:
    it = exceptions.c
    query = select(it.id, it.reason, it.closed_at).where(it[column] == number).order_by(it.id)
    return tuple(
        Asked(id=row.id, reason=Reason(row.reason), closed_at=row.closed_at)
        for row in connection.execute(query)
    )


def _blocked(number: int) -> Select[Any]:
    it = outgoing_recipients.c
    ours = it.outgoing_id == number
    same = blocked_addresses.c.email == func.lower(it.email)
    return select(it.email).join(blocked_addresses, same).where(ours)
