"""Addresses that get no more mail, and how that ends."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, case, delete, func, select, update

from model import Hold, OutgoingEmail, Reason
from store import queue
from store.audit import Step
from store.outgoing import HELD, WAITING
from store.schema import blocked_addresses, exceptions, outgoing_mails, outgoing_recipients
from store.upsert import add_unless_known

_WHY = "a later email to an address that one came back from: it waits until the address is right"
#: What the open exceptions about addresses say.
_ASKED = select(exceptions.c.detail).where(
    exceptions.c.reason == Reason.BOUNCED.value, exceptions.c.closed_at.is_(None)
)
_LIFT = delete(blocked_addresses).where(blocked_addresses.c.email == bindparam("address"))
_TO = select(outgoing_recipients.c.outgoing_id).where(
    func.lower(outgoing_recipients.c.email).in_(bindparam("addresses", expanding=True))
)
_due: Any = outgoing_mails.c.next_attempt_at
_not_before: Any = bindparam("not_before", type_=_due.type)
#: Also what waits: `Outbox.claim` may be about to hold it, and this waits for that to be committed.
_LET_GO = (
    update(outgoing_mails)
    .where(outgoing_mails.c.state.in_((HELD, WAITING)), outgoing_mails.c.id.in_(_TO))
    .values(state=WAITING, next_attempt_at=case((_due < _not_before, _not_before), else_=_due))
)


def block(step: Step, addresses: Sequence[str]) -> None:
    """Let these addresses get no more mail."""
    for email in addresses:
        new = add_unless_known(
            step.connection,
            blocked_addresses,
            ("email",),
            email=email.lower(),
            blocked_at=step.now,
            inbound_id=step.mail_id,
        )
        if new:
            step.note("blocked")


def ask_about(step: Step, mail: OutgoingEmail) -> None:
    """Of a mail that is held for its address: a person is asked, unless somebody is already.

    The exception that blocked the address may have been settled by another address.
    """
    recipients = [address.lower() for address in mail.recipients]
    details = step.connection.scalars(_ASKED)
    asked = {to.lower() for one in details for to in one.get("recipients", ())}
    if not asked.intersection(recipients):
        about = mail.consultations[0] if mail.consultations else None
        key = f"{Reason.BOUNCED}:{mail.key}"
        detail = {"recipients": recipients, "why": _WHY}
        item = Hold(key=key, reason=Reason.BOUNCED, consultation=about, detail=detail)
        queue.hold(step, item, outgoing_id=mail.id)


def unblock(
    step: Step,
    addresses: Collection[str],
    *,
    not_before: datetime | None = None,
    exception: int | None = None,
    consultation: str | None = None,
) -> tuple[str, ...]:
    """Let these addresses get mail again, with what was held for them. Gives those that got none.

    What was held goes `not_before`. `exception`, `consultation`: what it is done for, in whose
    history it is noted.
    """
    wanted = dict.fromkeys(email.lower() for email in addresses)
    lifted = tuple(
        email for email in wanted if step.connection.execute(_LIFT, {"address": email}).rowcount
    )
    for _ in lifted:
        step.note("unblocked", exception=exception, consultation=consultation)
    if lifted:
        given = {"addresses": list(lifted), "not_before": not_before or step.now}
        step.connection.execute(_LET_GO, given)
    return lifted


def as_kept(connection: Connection, addresses: Collection[str]) -> list[dict[str, Any]]:
    """Those of these addresses that are blocked, as JSON: what `block_again` needs."""
    one = blocked_addresses.c.email.in_([email.lower() for email in addresses])
    rows = connection.execute(select(blocked_addresses).where(one))
    return [{**row._asdict(), "blocked_at": row.blocked_at.isoformat()} for row in rows]


def block_again(step: Step, kept: Sequence[Mapping[str, Any]]) -> None:
    """Block these as they were, since when they were: what they missed meanwhile goes by that."""
    for row in kept:
        was = {**row, "blocked_at": datetime.fromisoformat(row["blocked_at"])}
        if add_unless_known(step.connection, blocked_addresses, ("email",), **was):
            step.note("blocked")


def all_of_them(connection: Connection) -> frozenset[str]:
    """The addresses that get no more mail, in lower case."""
    return frozenset(connection.scalars(select(blocked_addresses.c.email)))
