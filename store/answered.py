"""Answers that may have been answered by a machine: what went to one sender, and to strangers.

For `Facts.answers` and `Facts.unasked_for`; only what was tried to be sent counts, for what waits
still cannot have been answered.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, and_, bindparam, exists, select

from model import UNASKED, Letter, Question, Sent
from store.schema import outgoing_consultations, outgoing_mails, outgoing_recipients, people

#: How far back they are looked at, and how many.
_WINDOW, _AT_MOST = timedelta(days=31), 200

_ours = outgoing_mails.c
_TRIED = and_(_ours.attempts > 0, _ours.created_at > bindparam("since"))
_OUTLINE = (
    _ours.id,
    _ours.key,
    _ours.kind,
    _ours.message_id,
    _ours.subject,
    _ours.sent_at,
    _ours.created_at,
)
_ANSWERS = (
    select(*_OUTLINE)
    .join(outgoing_recipients, outgoing_recipients.c.outgoing_id == _ours.id)
    .where(
        outgoing_recipients.c.email == bindparam("address"),
        _ours.kind.not_in([kind.value for kind in UNASKED]),
        _TRIED,
    )
    .order_by(_ours.id.desc())
    .limit(_AT_MOST)
)
_led_somewhere = exists().where(
    outgoing_recipients.c.outgoing_id == _ours.id, people.c.email == outgoing_recipients.c.email
)
_UNASKED_FOR = (
    select(*_OUTLINE)
    .where(
        _ours.kind.in_([Letter.NOT_UNDERSTOOD.value, Letter.UNREADABLE.value]),
        ~_led_somewhere,
        _TRIED,
    )
    .order_by(_ours.id.desc())
    .limit(_AT_MOST)
)
_numbers: Any = bindparam("numbers", expanding=True)
_RECIPIENTS_OF = select(outgoing_recipients.c.outgoing_id, outgoing_recipients.c.email).where(
    outgoing_recipients.c.outgoing_id.in_(_numbers)
)
_CONSULTATIONS_OF = select(
    outgoing_consultations.c.outgoing_id, outgoing_consultations.c.consultation
).where(outgoing_consultations.c.outgoing_id.in_(_numbers))


def to_sender(connection: Connection, question: Question) -> tuple[Sent, ...]:
    """Answers of any kind to the sender of the mail in question, newest first."""
    sender = question.email.sender
    if sender is None:
        return ()
    given = {"address": sender.email, "since": _since(question)}
    return _outlined(connection, connection.execute(_ANSWERS, given).all())


def to_strangers(connection: Connection, question: Question) -> tuple[Sent, ...]:
    """Answers to mails without a form, to people who belong to no consultation, newest first."""
    given = {"since": _since(question)}
    return _outlined(connection, connection.execute(_UNASKED_FOR, given).all())


def _since(question: Question) -> datetime:
    return (question.at or question.email.arrived_at) - _WINDOW


def _outlined(connection: Connection, rows: Sequence[Any]) -> tuple[Sent, ...]:
    """Mails of ours without their content, which may be large."""
    if not rows:
        return ()
    numbers = {"numbers": [row.id for row in rows]}
    to: dict[int, list[str]] = {}
    for number, address in connection.execute(_RECIPIENTS_OF, numbers):
        to.setdefault(number, []).append(address)
    about: dict[int, list[str]] = {}
    for number, key in connection.execute(_CONSULTATIONS_OF, numbers):
        about.setdefault(number, []).append(key)
    return tuple(
        Sent(
            key=row.key,
            kind=Letter(row.kind),
            message_id=row.message_id,
            consultations=tuple(about.get(row.id, ())),
            recipients=tuple(to.get(row.id, ())),
            at=row.sent_at or row.created_at,
            subject=row.subject,
        )
        for row in rows
    )
