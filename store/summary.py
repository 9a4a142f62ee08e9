"""The register at a glance: what became of each mail, and how much there is of everything."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, Select, Table, func, select

from model import Kind, Letter, Reason
from store import outgoing
from store.schema import (
    consultations,
    exceptions,
    inbound_consultations,
    inbound_mails,
    outgoing_mails,
)
from store.values import Counts, MailSummary

_REFERENCES = (
    select(inbound_consultations.c.inbound_id, consultations.c.reference)
    .join(consultations, consultations.c.key == inbound_consultations.c.consultation)
    .where(consultations.c.reference.is_not(None))
    .order_by(inbound_consultations.c.position)
)
_REPLIES = select(outgoing_mails.c.inbound_id, outgoing_mails.c.kind).order_by(outgoing_mails.c.id)
_REASONS = select(exceptions.c.inbound_id, exceptions.c.reason).order_by(exceptions.c.id)


def mails(connection: Connection) -> tuple[MailSummary, ...]:
    """As `Views.mails`."""
    came = inbound_mails.c
    rows = connection.execute(select(inbound_mails).order_by(came.arrived_at, came.id)).all()
    references = _grouped(connection, _REFERENCES)
    replies = _grouped(connection, _REPLIES)
    reasons = _grouped(connection, _REASONS)
    return tuple(
        MailSummary(
            id=row.id,
            arrived_at=row.arrived_at,
            sender=row.sender or "",
            subject=row.subject or "",
            kind=Kind(row.kind) if row.kind else None,
            outcome=row.outcome,
            references=tuple(references.get(row.id, ())),
            replies=tuple(Letter(kind) for kind in replies.get(row.id, ())),
            reasons=tuple(Reason(reason) for reason in reasons.get(row.id, ())),
        )
        for row in rows
    )


def counts(connection: Connection) -> Counts:
    """As `Views.counts`."""
    came, ours = inbound_mails.c, outgoing_mails.c
    states = _by(connection, outgoing_mails, "state", outgoing.unfinished, outgoing.unsettled)
    statuses = _by(connection, consultations, "status")
    oldest = select(func.min(ours.created_at, type_=ours.created_at.type))
    waiting = oldest.where(outgoing.unfinished, ours.state.in_(outgoing.UNDER_WAY))
    return Counts(
        mails=count(connection, inbound_mails),
        unhandled=count(connection, inbound_mails, came.handled_at.is_(None)),
        unfiled=count(connection, inbound_mails, came.filed.is_(None)),
        consultations=sum(statuses.values()),
        exceptions=count(connection, exceptions, exceptions.c.closed_at.is_(None)),
        waiting=sum(states.get(name, 0) for name in outgoing.UNDER_WAY),
        uncertain=states.get(outgoing.UNCERTAIN, 0),
        failed=states.get(outgoing.FAILED, 0),
        held=states.get(outgoing.HELD, 0),
        paused=states.get(outgoing.PAUSED, 0),
        oldest_waiting=connection.execute(waiting).scalar(),
        by_status=statuses,
    )


def _grouped(connection: Connection, query: Select[Any]) -> dict[int, list[str]]:
    out: dict[int, list[str]] = {}
    for number, value in connection.execute(query):
        out.setdefault(number, []).append(value)
    return out


def count(connection: Connection, table: Table, *where: Any) -> int:
    """How many rows of a table satisfy all of these."""
    query = select(func.count()).select_from(table).where(*where)
    return connection.execute(query).scalar_one()


def _by(connection: Connection, table: Table, column: str, *where: Any) -> dict[str, int]:
    name = table.c[column]
    query = select(name, func.count()).where(*where).group_by(name).order_by(name)
    return {row[0]: row[1] for row in connection.execute(query)}
