"""Rows of outgoing mails: made, read, and moved from state to state.

waiting -> claimed -> handing_over -> sent | waiting again | failed | uncertain
held: all its recipients are blocked
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, insert, select, update

from model import Delivery, DeliveryState, Hold, Letter, OutgoingEmail, Reason, Transient
from store import queue
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
    someone = reachable(step.connection, mail).recipients
    new = add_unless_known(
        step.connection,
        outgoing_mails,
        ("key",),
        key=mail.key,
        kind=mail.kind.value,
        message_id=mail.message_id,
        subject=mail.subject,
        content=mail.content,
        state=WAITING if someone else HELD,
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


def reachable(connection: Connection, mail: OutgoingEmail) -> OutgoingEmail:
    """The mail without the recipients that get no more mail."""
    wanted = {address: address.lower() for address in mail.recipients}
    query = select(blocked_addresses.c.email).where(
        blocked_addresses.c.email.in_(list(wanted.values()))
    )
    blocked = set(connection.scalars(query))
    return replace(mail, recipients=tuple(a for a in mail.recipients if wanted[a] not in blocked))


def any_due(connection: Connection, now: datetime) -> bool:
    """Whether there is a mail to send."""
    mails = outgoing_mails.c
    query = select(mails.id).where(mails.state == WAITING, mails.next_attempt_at <= now).limit(1)
    return connection.execute(query).first() is not None


def oldest_due(connection: Connection, now: datetime) -> Row[Any] | None:
    """The mail to send next; on PostgreSQL locked, and passed over where another has it locked."""
    query = (
        select(outgoing_mails)
        .where(outgoing_mails.c.state == WAITING, outgoing_mails.c.next_attempt_at <= now)
        .order_by(outgoing_mails.c.id)
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    return connection.execute(query).one_or_none()


def read(connection: Connection, row: Row[Any]) -> OutgoingEmail:
    """The mail of a row."""
    to, about = outgoing_recipients.c, outgoing_consultations.c
    recipients = select(to.email).where(to.outgoing_id == row.id).order_by(to.position)
    keys = select(about.consultation).where(about.outgoing_id == row.id).order_by(about.position)
    return OutgoingEmail(
        id=row.id,
        key=row.key,
        kind=Letter(row.kind),
        message_id=row.message_id,
        recipients=tuple(connection.scalars(recipients)),
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
    row = insert(attempts).values(outgoing_id=mail.id, number=mail.attempts, started_at=now)
    connection.execute(row)


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
    key = exception_key(step.connection, number)
    if reason is None:
        queue.close_key(step, key, delivery.state.value)
        return
    about = outgoing_consultations.c
    query = select(about.consultation).where(about.outgoing_id == number).order_by(about.position)
    item = Hold(
        key=key,
        reason=reason,
        consultation=step.connection.execute(query.limit(1)).scalar(),
        detail={"answer": delivery.detail, "refused": list(delivery.refused)},
    )
    queue.hold(step, item, outgoing_id=number)


def exception_key(connection: Connection, number: int) -> str:
    """The key of the exception about a mail's delivery."""
    query = select(outgoing_mails.c.key).where(outgoing_mails.c.id == number)
    return f"delivery:{connection.execute(query).scalar_one()}"
