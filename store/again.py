"""What a mail that is to be handled once more has led to already."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, delete, exists, select, update

from store.schema import (
    attachments,
    audit,
    exceptions,
    inbound_consultations,
    inbound_mails,
    outgoing_mails,
)

_mails, _ours, _held = inbound_mails.c, outgoing_mails.c, exceptions.c


@dataclass(frozen=True, slots=True, kw_only=True)
class Past:
    """How a mail was handled before."""

    handled_at: datetime | None  #: None: it was not
    kind: str
    outcome: str
    #: It changed a record, blocked an address or closed an exception: done again, that could undo
    #: what came after it.
    did_its_work: bool
    held: Mapping[int, str]  #: open exceptions about it, id -> key
    letters: Mapping[str, str]  #: mails that it led to, key -> kind


def past(connection: Connection, mail_id: int) -> Past | None:
    """As `Transaction.past`."""
    row = connection.execute(select(inbound_mails).where(_mails.id == mail_id)).one_or_none()
    if row is None:
        return None
    acts = exists().where(audit.c.inbound_id == mail_id, audit.c.act != "held")
    held = select(_held.id, _held.key).where(_held.inbound_id == mail_id, _held.closed_at.is_(None))
    letters = select(_ours.key, _ours.kind).where(_ours.inbound_id == mail_id)
    return Past(
        handled_at=row.handled_at,
        kind=row.kind or "",
        outcome=row.outcome or "",
        did_its_work=bool(connection.execute(select(acts)).scalar()),
        held={row.id: row.key for row in connection.execute(held)},
        letters={row.key: row.kind for row in connection.execute(letters)},
    )


def reopen(connection: Connection, mail_id: int) -> None:
    """As `Transaction.reopen`."""
    for table in (attachments, inbound_consultations):
        connection.execute(delete(table).where(table.c.inbound_id == mail_id))
    row = update(inbound_mails).where(_mails.id == mail_id)
    connection.execute(row.values(handled_at=None))
