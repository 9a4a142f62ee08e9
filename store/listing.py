"""The exceptions queue's reading side."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, Row, Select, select

from model import Consultation, OutgoingEmail, Reason, Role
from store import ledger, outgoing, records, wishes
from store.schema import attachments, audit, exceptions, inbound_mails, outgoing_mails
from store.values import AuditEntry, FileSeen, QueueCase, QueueItem

#: What the audit trail has of exceptions and of mails, beside what it has of records.
_OF_OTHERS = ("held", "settled", "desk", *wishes.NOTED.values())
_answered = inbound_mails.alias("answered")


def _query() -> Select[Any]:
    """Exceptions with the mail that each is about: one that came in, or one of ours."""
    mails, ours = inbound_mails.c, outgoing_mails.c
    return (
        select(
            exceptions,
            mails.sender,
            mails.subject,
            mails.message_id,
            mails.arrived_at,
            ours.subject.label("our_subject"),
            ours.message_id.label("our_message_id"),
            _answered.c.sender.label("answered_sender"),
        )
        .outerjoin(inbound_mails, mails.id == exceptions.c.inbound_id)
        .outerjoin(outgoing_mails, ours.id == exceptions.c.outgoing_id)
        .outerjoin(_answered, _answered.c.id == ours.inbound_id)
        .order_by(exceptions.c.opened_at, exceptions.c.id)
    )


def items(connection: Connection) -> tuple[QueueItem, ...]:
    """The open exceptions, oldest first."""
    rows = connection.execute(_query().where(exceptions.c.closed_at.is_(None))).all()
    about = records.load_keys(connection, [row.consultation for row in rows if row.consultation])
    return tuple(_item(row, about.get(row.consultation)) for row in rows)


def case(connection: Connection, number: int) -> QueueCase | None:
    """Everything about one exception. None: there is none of this number."""
    row = connection.execute(_query().where(exceptions.c.id == number)).one_or_none()
    if row is None:
        return None
    about = records.named(connection, row.consultation) if row.consultation else None
    stands = records.stands_for(connection, about) if about else None
    mail = ledger.stored(connection, row.inbound_id) if row.inbound_id else None
    ours = outgoing_mails.c
    sent = connection.execute(
        select(outgoing_mails).where(ours.id == row.outgoing_id)
    ).one_or_none()
    return QueueCase(
        item=_item(row, about),
        raw=mail.raw if mail else None,
        files=_files(connection, row.inbound_id),
        consultation=stands,
        once=about.reference or about.title if about and about != stands else "",
        outgoing=outgoing.read(connection, sent) if sent else None,
        last_error=sent.last_error if sent else None,
        answers=_answers(connection, row.inbound_id),
        history=_history(connection, number),
        closed_at=row.closed_at,
        closed_by=row.closed_by,
        closed_why=row.closed_why,
    )


def _item(row: Row[Any], consultation: Consultation | None) -> QueueItem:
    title = consultation.title if consultation else ""
    return QueueItem(
        id=row.id,
        reason=Reason(row.reason),
        sender=row.sender or row.answered_sender or _lead(consultation),
        subject=row.subject or row.our_subject or title,
        received_at=row.arrived_at or row.opened_at,
        reference=consultation.reference if consultation else None,
        message_id=row.message_id or row.our_message_id,
        detail=row.detail,
        opened_at=row.opened_at,
    )


def _lead(consultation: Consultation | None) -> str:
    """The named contact's address, where it counts as one of the people, or the From."""
    people = consultation.people if consultation else ()
    by_role = {person.role: person.address.email for person in reversed(people)}
    found = (by_role.get(role) for role in (Role.CONTACT, Role.FORM, Role.SENDER))
    return next(filter(None, found), "")


def _answers(connection: Connection, mail_id: int | None) -> tuple[OutgoingEmail, ...]:
    ours = outgoing_mails.c
    query = select(outgoing_mails).where(ours.inbound_id == mail_id).order_by(ours.id)
    rows = connection.execute(query).all() if mail_id else []
    return tuple(outgoing.read(connection, row) for row in rows)


def _files(connection: Connection, mail_id: int | None) -> tuple[FileSeen, ...]:
    query = (
        select(attachments)
        .where(attachments.c.inbound_id == mail_id)
        .order_by(attachments.c.position)
    )
    return tuple(
        FileSeen(
            name=row.name,
            content_type=row.content_type,
            size=row.size,
            verdict=row.verdict,
            forms=tuple(row.forms or ()),
        )
        for row in connection.execute(query)
    )


def _history(connection: Connection, number: int) -> tuple[AuditEntry, ...]:
    query = select(audit).where(audit.c.exception_id == number).order_by(audit.c.id)
    return tuple(
        AuditEntry(at=row.at, who=row.who, act=row.act, detail=row.detail)
        for row in connection.execute(query)
    )


def last_note(connection: Connection, consultation: str) -> AuditEntry | None:
    """Who changed a consultation last. None: nobody."""
    query = (
        select(audit)
        .where(audit.c.consultation == consultation, audit.c.act.not_in(_OF_OTHERS))
        .order_by(audit.c.id.desc())
        .limit(1)
    )
    row = connection.execute(query).one_or_none()
    if row is None:
        return None
    return AuditEntry(at=row.at, who=row.who, act=row.act, detail=row.detail)
