"""Mails that did not reach an address: the one that came back, and what was kept from it since."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, and_, bindparam, func, literal, select

from model import OutgoingEmail, Reason
from store import outgoing
from store.outgoing import HELD, SENT, SKIPPED, WAITING
from store.schema import (
    blocked_addresses,
    exceptions,
    outgoing_consultations,
    outgoing_mails,
    outgoing_recipients,
)

_mails, _to, _about = outgoing_mails.c, outgoing_recipients.c, outgoing_consultations.c
#: The open exception that says that a mail came back.
_CAME_BACK = exceptions.alias()
#: Every mail about a consultation that was written to one of some addresses, a row for each.
_WRITTEN = (
    select(
        outgoing_mails,
        blocked_addresses.c.blocked_at,
        func.lower(_to.email).label("address"),
        _CAME_BACK.c.id.label("came_back"),
    )
    .join(outgoing_consultations, _about.outgoing_id == _mails.id)
    .join(outgoing_recipients, _to.outgoing_id == _mails.id)
    .outerjoin(blocked_addresses, blocked_addresses.c.email == func.lower(_to.email))
    .outerjoin(
        _CAME_BACK,
        and_(
            _CAME_BACK.c.key == literal(f"{Reason.BOUNCED}:") + _mails.key,
            _CAME_BACK.c.closed_at.is_(None),
        ),
    )
    .where(
        _about.consultation == bindparam("key"),
        func.lower(_to.email).in_(bindparam("addresses", expanding=True)),
        _mails.state != SKIPPED,
    )
    .order_by(_mails.id)
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Undelivered:
    """A mail that did not reach some of those it was written to."""

    mail: OutgoingEmail
    missed_by: frozenset[str]  #: those addresses, in lower case
    latest: bool  #: none was written to them about the same since
    waits_for_them: bool  #: it is in the outbox, and was written to nobody else
    came_back: int | None  #: the open exception that says so


def to(
    connection: Connection,
    consultation: str,
    addresses: Collection[str],
    *,
    keep: bool = False,
) -> tuple[Undelivered, ...]:
    """As `Transaction.undelivered`; without `keep` for looking only."""
    asked = {"key": consultation, "addresses": [address.lower() for address in addresses]}
    query = _WRITTEN.with_for_update(skip_locked=True, of=outgoing_mails) if keep else _WRITTEN
    rows = connection.execute(query, asked).all()
    found: dict[int, list[Row[Any]]] = {}
    for row in rows:
        if row.came_back or _kept_from(row):
            found.setdefault(row.id, []).append(row)
    last = max((row.id for row in rows), default=0)
    return tuple(_described(connection, theirs, last, asked) for theirs in found.values())


def _kept_from(row: Row[Any]) -> bool:
    """Whether an address that gets no mail did not get this one either."""
    if row.blocked_at is None:
        return False
    if row.state == SENT:  # to the others
        return bool(row.sent_at > row.blocked_at)
    return row.state in (WAITING, HELD)


def _described(
    connection: Connection, rows: list[Row[Any]], last: int, asked: Mapping[str, Any]
) -> Undelivered:
    row = rows[0]
    mail = outgoing.read(connection, row)
    alone = {address.lower() for address in mail.recipients} <= set(asked["addresses"])
    return Undelivered(
        mail=mail,
        missed_by=frozenset(one.address for one in rows),
        latest=row.id == last,
        waits_for_them=alone and row.state in (WAITING, HELD),
        came_back=row.came_back,
    )
