"""Rows of outgoing mails: made, read, and moved from state to state.

waiting -> claimed -> handing_over -> sent | waiting again | failed | uncertain
held: all its recipients are blocked
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, Select, exists, func, insert, select, update

from model import Delivery, DeliveryState, Hold, Letter, OutgoingEmail, Reason, Transient
from store import queue, state
from store.audit import Step
from store.schema import (
    attempts,
    blocked_addresses,
    outgoing_consultations,
    outgoing_mails,
    outgoing_recipients,
)
from store.upsert import add_unless_known

WAITING, CLAIMED, HANDING_OVER = "waiting", "claimed", "handing_over"
SENT, HELD, FAILED, UNCERTAIN = "sent", "held", "failed", "uncertain"
#: Neither gone nor given up.
UNDER_WAY = (WAITING, CLAIMED, HANDING_OVER)


def add(step: Step, mail: OutgoingEmail) -> None:
    """Put a mail in the outbox, unless one with its key is there.

    Called while a decision is applied, so the mail is committed with what it tells of.
    """
    new = add_unless_known(
        step.connection,
        outgoing_mails,
        ("key",),
        key=mail.key,
        kind=mail.kind.value,
        message_id=mail.message_id,
        subject=mail.subject,
        content=mail.content,
        state=WAITING,
        attempts=0,
        next_attempt_at=step.now,
        created_at=step.now,
        inbound_id=step.mail_id,
    )
    if new:
        query = select(outgoing_mails.c.id).where(outgoing_mails.c.key == mail.key)
        _link(step.connection, step.connection.execute(query).scalar_one(), mail)


def _link(connection: Connection, number: int, mail: OutgoingEmail) -> None:
    to = [{"outgoing_id": number, "position": i, "email": e} for i, e in enumerate(mail.recipients)]
    about = [
        {"outgoing_id": number, "position": i, "consultation": key}
        for i, key in enumerate(dict.fromkeys(mail.consultations))
    ]
    if to:
        connection.execute(insert(outgoing_recipients), to)
    if about:
        connection.execute(insert(outgoing_consultations), about)


def due(now: datetime) -> Select[Any]:
    """The mails to send now, the oldest first; none while sending is held."""
    mails = outgoing_mails.c
    return (
        select(outgoing_mails)
        .where(mails.state == WAITING, mails.next_attempt_at <= now, ~state.sending_is_held)
        .order_by(mails.id)
        .limit(1)
    )


def reachable(connection: Connection, number: int) -> tuple[str, ...]:
    """A mail's recipients, without those that get no more mail."""
    to, blocked = outgoing_recipients.c, blocked_addresses.c
    refused = exists().where(blocked.email == func.lower(to.email))
    query = select(to.email).where(to.outgoing_id == number, ~refused).order_by(to.position)
    return tuple(connection.scalars(query))


def read(
    connection: Connection, row: Row[Any], recipients: Sequence[str] | None = None
) -> OutgoingEmail:
    """The mail of a row, to these recipients or to all that it was written to."""
    to, about = outgoing_recipients.c, outgoing_consultations.c
    if recipients is None:
        written = select(to.email).where(to.outgoing_id == row.id).order_by(to.position)
        recipients = list(connection.scalars(written))
    keys = select(about.consultation).where(about.outgoing_id == row.id).order_by(about.position)
    return OutgoingEmail(
        id=row.id,
        key=row.key,
        kind=Letter(row.kind),
        message_id=row.message_id,
        recipients=tuple(recipients),
        subject=row.subject,
        content=row.content,
        consultations=tuple(connection.scalars(keys)),
        attempts=row.attempts,
    )


def move(connection: Connection, number: int, states: Sequence[str], **values: Any) -> bool:
    """Change a mail if it is in one of these states. False: it is not."""
    mails = outgoing_mails
    done = connection.execute(
        update(mails).where(mails.c.id == number, mails.c.state.in_(states)).values(**values)
    )
    return done.rowcount == 1


def begin_attempt(connection: Connection, mail: OutgoingEmail, now: datetime) -> None:
    """Record that an attempt begins."""
    row = {"outgoing_id": mail.id, "number": mail.attempts, "started_at": now}
    connection.execute(insert(attempts).inline(), row)


def note_attempt(connection: Connection, number: int, **values: Any) -> None:
    """Record what became of a mail's latest attempt."""
    latest = select(outgoing_mails.c.attempts).where(outgoing_mails.c.id == number)
    connection.execute(
        update(attempts)
        .where(attempts.c.outgoing_id == number, attempts.c.number == latest.scalar_subquery())
        .values(**values)
    )


def settle(step: Step, number: int, delivery: Delivery, retry_at: datetime | None) -> None:
    """Record how an attempt ended, and open or close the exception that it leads to."""
    row: dict[str, Any] = {"claimed_until": None, "last_error": delivery.detail or None}
    reason: Reason | None = Reason.DELIVERY_FAILED
    if delivery.state is DeliveryState.SENT:
        row |= {"state": SENT, "sent_at": step.now}
        reason = Reason.DELIVERY_FAILED if delivery.refused else None
    elif delivery.state is DeliveryState.RETRY and retry_at is not None:
        row |= {"state": WAITING, "next_attempt_at": retry_at}
        reason = None
    elif delivery.state is DeliveryState.UNCERTAIN:
        row |= {"state": UNCERTAIN}
        reason = Reason.DELIVERY_UNCERTAIN
    else:
        row |= {"state": FAILED}
    if not move(step.connection, number, (CLAIMED, HANDING_OVER, UNCERTAIN), **row):
        raise Transient(f"The claim on outgoing mail {number} was lost: its result is not recorded")
    note_attempt(
        step.connection,
        number,
        ended_at=step.now,
        result=delivery.state.value,
        detail=delivery.detail,
    )
    _raise_or_clear(step, number, delivery, reason)


def _raise_or_clear(step: Step, number: int, delivery: Delivery, reason: Reason | None) -> None:
    if reason is None:
        queue.close_about(step, number, delivery.state.value)
        return
    mails, about = outgoing_mails.c, outgoing_consultations.c
    key = select(mails.key).where(mails.id == number)
    keys = select(about.consultation).where(about.outgoing_id == number).order_by(about.position)
    item = Hold(
        key=f"delivery:{step.connection.execute(key).scalar_one()}",
        reason=reason,
        consultation=step.connection.execute(keys.limit(1)).scalar(),
        detail={"answer": delivery.detail, "refused": list(delivery.refused)},
    )
    queue.hold(step, item, outgoing_id=number)
