"""What the store knows about one mail's people, thread and references (`model.Facts`)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, func, or_, select

from model import Consultation, Facts, Held, InboundEmail, Letter, Question, Reason, Sent, Status
from store.outgoing import HELD
from store.records import load, load_keys
from store.schema import (
    consultations,
    counters,
    exceptions,
    inbound_consultations,
    inbound_mails,
    outgoing_consultations,
    outgoing_mails,
    outgoing_recipients,
    people,
)

#: Statuses whose work a new proposal might repeat (process, "Form 1").
_COMPARED = (Status.REGISTERED, Status.COMPLETE, Status.AWAITING_CONFIRMATION)
#: How far back blank forms are counted (process table "What a mail can be").
_FORMS_WINDOW = timedelta(days=30)


def gather(connection: Connection, question: Question) -> Facts:
    """Answer a question, all of it as of one moment."""
    email = question.email
    answered = _answered(connection, email)
    above = _inbound_above(connection, email, answered)
    thread = _thread(connection, answered, above)
    named = _named(connection, question.references)
    own = _own(connection, question)
    concerned = {c.key for c in (*thread, *named.values(), *own)}
    return Facts(
        mail_id=question.mail_id,
        seen_before=_seen_before(connection, question.mail_id, email),
        answered=tuple(sent for _, sent in answered),
        thread=thread,
        named=named,
        own=own,
        candidates=_candidates(connection, question),
        held=_held(connection, concerned, above),
        forms_sent=_forms_sent(connection, email),
        next_number=last_number(connection, question.year) + 1,
    )


def last_number(connection: Connection, year: int) -> int:
    """The reference number drawn last in a year; 0 before the first."""
    query = select(counters.c.last).where(counters.c.year == year)
    return connection.execute(query).scalar() or 0


def _seen_before(connection: Connection, mail_id: int, email: InboundEmail) -> bool:
    if not email.content_digest:
        return False
    mails = inbound_mails.c
    sender = email.sender.email if email.sender else None
    query = select(mails.id).where(
        mails.id != mail_id,
        mails.handled_at.is_not(None),
        mails.content_digest == email.content_digest,
        mails.sender.is_not_distinct_from(sender),
        mails.message_id.is_not_distinct_from(email.message_id),
    )
    return connection.execute(query.limit(1)).first() is not None


def _answered(connection: Connection, email: InboundEmail) -> tuple[tuple[int, Sent], ...]:
    """Mails of ours by their row's number, in the order of the Message-IDs that name them."""
    reported = email.report.message_id if email.report else None
    ids = [*([reported] if reported else []), *email.thread]
    if not ids:
        return ()
    rows = connection.execute(
        select(outgoing_mails).where(outgoing_mails.c.message_id.in_(ids))
    ).all()
    rows = sorted(rows, key=lambda row: ids.index(row.message_id))
    return tuple((row.id, _sent(connection, row)) for row in rows)


def _sent(connection: Connection, row: Row[Any]) -> Sent:
    about = outgoing_consultations.c
    to = outgoing_recipients.c
    keys = select(about.consultation).where(about.outgoing_id == row.id).order_by(about.position)
    addresses = select(to.email).where(to.outgoing_id == row.id).order_by(to.position)
    return Sent(
        key=row.key,
        kind=Letter(row.kind),
        message_id=row.message_id,
        consultations=tuple(connection.scalars(keys)),
        recipients=tuple(connection.scalars(addresses)),
        at=row.sent_at or row.created_at,
    )


def _inbound_above(
    connection: Connection, email: InboundEmail, answered: Sequence[tuple[int, Sent]]
) -> tuple[int, ...]:
    """Mails that came in higher up in the thread: named by it, or answered by a mail that is."""
    mails, ours = inbound_mails.c, outgoing_mails.c
    ids = email.thread
    if not ids and not answered:
        return ()
    named = connection.execute(select(mails.id, mails.message_id).where(mails.message_id.in_(ids)))
    nearest = sorted(named, key=lambda row: ids.index(row.message_id))
    through = connection.scalars(
        select(ours.inbound_id).where(
            ours.id.in_([number for number, _ in answered]), ours.inbound_id.is_not(None)
        )
    )
    return tuple(dict.fromkeys((*(row.id for row in nearest), *through)))


def _thread(
    connection: Connection, answered: Sequence[tuple[int, Sent]], above: Sequence[int]
) -> tuple[Consultation, ...]:
    ours = [key for _, sent in answered for key in sent.consultations]
    if not above:
        return tuple(load_keys(connection, ours).values())
    link = inbound_consultations.c
    rows = connection.execute(
        select(link.inbound_id, link.consultation)
        .where(link.inbound_id.in_(above))
        .order_by(link.position)
    ).all()
    theirs = [r.consultation for r in sorted(rows, key=lambda r: above.index(r.inbound_id))]
    return tuple(load_keys(connection, (*ours, *theirs)).values())


def _named(connection: Connection, references: frozenset[str]) -> dict[str, Consultation]:
    if not references:
        return {}
    found = load(connection, consultations.c.reference.in_(sorted(references)))
    return {str(record.reference): record for record in found}


def _own(connection: Connection, question: Question) -> tuple[Consultation, ...]:
    addresses = set(question.addresses)
    if question.email.sender:
        addresses.add(question.email.sender.email)
    if not addresses:
        return ()
    theirs = select(people.c.consultation).where(people.c.email.in_(sorted(addresses)))
    return load(connection, consultations.c.key.in_(theirs))


def _candidates(connection: Connection, question: Question) -> tuple[Consultation, ...]:
    if not question.proposals:
        return ()
    where: ColumnElement[bool] = consultations.c.status.in_([s.value for s in _COMPARED])
    if question.lookback_from:
        last_day = func.coalesce(consultations.c.end_date, consultations.c.start_date)
        where &= last_day >= question.lookback_from
    return load(connection, where)


def _held(connection: Connection, keys: Iterable[str], inbound: Sequence[int]) -> tuple[Held, ...]:
    wanted = sorted(keys)
    if not wanted and not inbound:
        return ()
    query = (
        select(exceptions, inbound_mails.c.message_id)
        .outerjoin(inbound_mails, inbound_mails.c.id == exceptions.c.inbound_id)
        .where(
            exceptions.c.closed_at.is_(None),
            or_(exceptions.c.consultation.in_(wanted), exceptions.c.inbound_id.in_(inbound)),
        )
        .order_by(exceptions.c.id)
    )
    return tuple(
        Held(
            id=row.id,
            key=row.key,
            reason=Reason(row.reason),
            consultation=row.consultation,
            message_id=row.message_id,
        )
        for row in connection.execute(query)
    )


def _forms_sent(connection: Connection, email: InboundEmail) -> tuple[datetime, ...]:
    if email.sender is None:
        return ()
    query = (
        select(outgoing_mails.c.created_at)
        .join(outgoing_recipients, outgoing_recipients.c.outgoing_id == outgoing_mails.c.id)
        .where(
            outgoing_mails.c.kind == Letter.NOT_UNDERSTOOD.value,
            outgoing_mails.c.state != HELD,
            outgoing_recipients.c.email == email.sender.email,
            outgoing_mails.c.created_at > email.arrived_at - _FORMS_WINDOW,
        )
        .order_by(outgoing_mails.c.created_at)
    )
    return tuple(connection.scalars(query))
