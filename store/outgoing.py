"""Rows of outgoing mails: made, read, and moved from state to state.

waiting -> claimed -> handing_over -> sent | waiting again | failed | uncertain
held: all its recipients are blocked
paused, skipped: a person wished it; only a person lets a paused one go, and nobody a skipped one
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import (
    Connection,
    Row,
    bindparam,
    delete,
    exists,
    func,
    insert,
    or_,
    select,
    text,
    update,
)

from model import Delivery, DeliveryState, Hold, Letter, OutgoingEmail, Reason, Transient
from store import queue, state
from store.audit import Step
from store.schema import (
    UNFINISHED,
    attempts,
    blocked_addresses,
    exceptions,
    outgoing_consultations,
    outgoing_mails,
    outgoing_recipients,
    wishes,
)
from store.upsert import add_unless_known

WAITING, CLAIMED, HANDING_OVER = "waiting", "claimed", "handing_over"
SENT, HELD, FAILED, UNCERTAIN = "sent", "held", "failed", "uncertain"
PAUSED, SKIPPED = "paused", "skipped"
#: Neither gone nor given up.
UNDER_WAY = (WAITING, CLAIMED, HANDING_OVER)
#: Neither gone nor never to go.
UNSENT = (*UNDER_WAY, HELD, PAUSED, FAILED, UNCERTAIN)


_mails, _to, _about = outgoing_mails.c, outgoing_recipients.c, outgoing_consultations.c
_ID = select(_mails.id).where(_mails.key == bindparam("key"))
_KEY = select(_mails.key).where(_mails.id == bindparam("number"))
_ADD_RECIPIENT = insert(outgoing_recipients).inline()
_ADD_CONSULTATION = insert(outgoing_consultations).inline()
#: Not sent, for whatever reason.
unfinished = text(f"outgoing_mails.{UNFINISHED}")
#: Whatever became of it, a person has not said yet that nothing more is needed.
unsettled = or_(
    _mails.state.not_in((FAILED, UNCERTAIN)),
    exists().where(exceptions.c.outgoing_id == _mails.id, exceptions.c.closed_at.is_(None)),
)
#: The mail to send next at `now`; none while sending is held.
DUE = (
    select(outgoing_mails)
    .where(
        unfinished,
        _mails.state == WAITING,
        _mails.next_attempt_at <= bindparam("now"),
        ~state.sending_is_held,
    )
    .order_by(_mails.id)
    .limit(1)
)
_RECIPIENTS = select(_to.email).where(_to.outgoing_id == bindparam("number")).order_by(_to.position)
_REACHABLE = _RECIPIENTS.where(~exists().where(blocked_addresses.c.email == func.lower(_to.email)))
_CONSULTATIONS = (
    select(_about.consultation)
    .where(_about.outgoing_id == bindparam("number"))
    .order_by(_about.position)
)
_MOVE = update(outgoing_mails).where(
    _mails.id == bindparam("this"), _mails.state.in_(bindparam("states", expanding=True))
)
_MOVE_OWN = _MOVE.where(or_(_mails.claimed_by.is_(None), _mails.claimed_by == bindparam("owner")))
_ADD_ATTEMPT = insert(attempts).inline()
_LATEST = select(_mails.attempts).where(_mails.id == bindparam("this")).scalar_subquery()
_NOTE_ATTEMPT = update(attempts).where(
    attempts.c.outgoing_id == bindparam("this"), attempts.c.number == _LATEST
)


def add(step: Step, mail: OutgoingEmail, hold_until: datetime | None = None) -> int | None:
    """Put a mail in the outbox, unless one with its key is there. Gives its number if it is new.

    Called while a decision is applied, so the mail is committed with what it tells of. It does not
    go before `hold_until`.
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
        next_attempt_at=hold_until or step.now,
        created_at=step.now,
        inbound_id=step.mail_id,
        thread=next(iter(mail.consultations), mail.thread or mail.message_id),
    )
    if not new:
        return None
    number = int(step.connection.execute(_ID, {"key": mail.key}).scalar_one())
    _link(step.connection, number, mail)
    return number


def take_back(connection: Connection, number: int) -> bool:
    """Remove a mail that nobody has tried to send yet. False: it is too late for that.

    Its key is free then, for the same mail to be written anew.
    """
    states = (WAITING, HELD, PAUSED, SKIPPED)
    untouched = select(_mails.id).where(
        _mails.id == number, _mails.state.in_(states), _mails.attempts == 0
    )
    if connection.execute(untouched.with_for_update()).scalar() is None:
        return False
    for table in (outgoing_recipients, outgoing_consultations):
        connection.execute(delete(table).where(table.c.outgoing_id == number))
    key = select(_mails.key).where(_mails.id == number).scalar_subquery()
    connection.execute(delete(wishes).where(wishes.c.key == key))
    connection.execute(delete(outgoing_mails).where(_mails.id == number))
    return True


def _link(connection: Connection, number: int, mail: OutgoingEmail) -> None:
    to = [{"outgoing_id": number, "position": i, "email": e} for i, e in enumerate(mail.recipients)]
    about = [
        {"outgoing_id": number, "position": i, "consultation": key}
        for i, key in enumerate(dict.fromkeys(mail.consultations))
    ]
    if to:
        connection.execute(_ADD_RECIPIENT, to)
    if about:
        connection.execute(_ADD_CONSULTATION, about)


def reachable(connection: Connection, number: int) -> tuple[str, ...]:
    """A mail's recipients, without those that get no more mail."""
    return tuple(connection.scalars(_REACHABLE, {"number": number}))


def read(
    connection: Connection, row: Row[Any], recipients: tuple[str, ...] | None = None
) -> OutgoingEmail:
    """The mail of a row, to these recipients or to all that it was written to."""
    if recipients is None:
        recipients = tuple(connection.scalars(_RECIPIENTS, {"number": row.id}))
    return OutgoingEmail(
        id=row.id,
        key=row.key,
        kind=Letter(row.kind),
        message_id=row.message_id,
        recipients=recipients,
        subject=row.subject,
        content=row.content,
        consultations=tuple(connection.scalars(_CONSULTATIONS, {"number": row.id})),
        attempts=row.attempts,
    )


def of_key(connection: Connection, key: str) -> OutgoingEmail | None:
    """A mail of ours by its key, gone or not. None: there is none."""
    row = connection.execute(select(outgoing_mails).where(_mails.key == key)).one_or_none()
    return read(connection, row) if row else None


def move(
    connection: Connection,
    number: int,
    states: Sequence[str],
    owner: str | None = None,
    **values: Any,
) -> bool:
    """Change a mail if it is in one of these states. False: it is not.

    With `owner`, also not if it is claimed by somebody else.
    """
    given = {"this": number, "states": list(states), **values}
    statement = _MOVE if owner is None else _MOVE_OWN
    if owner is not None:
        given["owner"] = owner
    return connection.execute(statement, given).rowcount == 1


def put_off(connection: Connection, number: int, until: datetime, capped: str) -> None:
    """Let a mail wait for a cap that is reached."""
    move(connection, number, (WAITING,), next_attempt_at=until, capped=capped)


def refuse(step: Step, number: int, why: str) -> None:
    """Give up a mail that may go to nobody: a person is told."""
    move(step.connection, number, (WAITING,), state=FAILED, last_error=why, capped=None)
    refused = Delivery(state=DeliveryState.REFUSED, detail=why)
    _raise_or_clear(step, number, refused, Reason.DELIVERY_FAILED)


def begin_attempt(connection: Connection, mail: OutgoingEmail, now: datetime) -> None:
    """Record that an attempt begins."""
    row = {"outgoing_id": mail.id, "number": mail.attempts, "started_at": now}
    connection.execute(_ADD_ATTEMPT, row)


def note_attempt(connection: Connection, number: int, **values: Any) -> None:
    """Record what became of a mail's latest attempt."""
    connection.execute(_NOTE_ATTEMPT, {"this": number, **values})


def settle(
    step: Step, number: int, delivery: Delivery, retry_at: datetime | None, owner: str
) -> None:
    """Record how an attempt ended, and open or close the exception that it leads to.

    Raises `Transient` if the claim is another's by now.
    """
    row: dict[str, Any] = {
        "claimed_by": None,
        "claimed_until": None,
        "last_error": delivery.detail or None,
    }
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
    states = (CLAIMED, HANDING_OVER, UNCERTAIN)
    if not move(step.connection, number, states, owner, **row):
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
    key = step.connection.execute(_KEY, {"number": number}).scalar_one()
    item = Hold(
        key=f"delivery:{key}",
        reason=reason,
        consultation=step.connection.execute(_CONSULTATIONS, {"number": number}).scalar(),
        detail={"answer": delivery.detail, "refused": list(delivery.refused)},
    )
    queue.hold(step, item, outgoing_id=number)
