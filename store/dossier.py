"""One consultation with everything that hangs on it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    Select,
    Table,
    func,
    literal,
    null,
    or_,
    select,
)

from model import Consultation, Match, Reason, Status
from store import records
from store.mails import Named, named
from store.schema import (
    actions,
    audit,
    consultations,
    exceptions,
    inbound_consultations,
    inbound_mails,
    outcomes,
    outgoing_consultations,
    outgoing_mails,
    revisions,
    similar_found,
)
from store.values import AuditEntry

_c = consultations.c
_MERGED = Status.MERGED.value


@dataclass(frozen=True, slots=True, kw_only=True)
class Revision:
    """A form as it was taken, and what it changed in the one before it."""

    number: int
    at: datetime
    fields: Mapping[str, Any]
    origins: Mapping[str, Mapping[str, Any]]
    file: str
    mail_id: int | None
    changed: tuple[str, ...]  #: keys; none of the first


@dataclass(frozen=True, slots=True, kw_only=True)
class MailLine:
    """A mail of a consultation's."""

    id: int
    direction: str  #: "in" or "out"
    kind: str
    message_id: str
    subject: str
    at: datetime  #: it came, it went or, if it has not, it was written
    state: str  #: of one that goes out: "waiting", "sent", "held", ...
    person: str  #: From, of one that came in
    key: str = ""  #: of one that goes out


@dataclass(frozen=True, slots=True, kw_only=True)
class Dossier:
    """Everything about one consultation. Mails and history are oldest first."""

    consultation: Consultation
    form1: tuple[Revision, ...] = ()
    form2: tuple[Revision, ...] = ()
    mails: tuple[MailLine, ...] = ()
    actions: tuple[Mapping[str, Any], ...] = ()
    #: Those whose warning named this one, as a match that leads there.
    similar_to_it: tuple[Match, ...] = ()
    held: tuple[tuple[int, Reason, datetime], ...] = ()  #: its open exceptions, since when
    into: Named | None = None  #: the one that took the place of this one
    took_over: tuple[Named, ...] = ()  #: those that were merged into this one
    history: tuple[AuditEntry, ...] = ()


def of(connection: Connection, name: str) -> Dossier | None:
    """As `Views.dossier`."""
    record = records.named(connection, name)
    if record is None:
        return None
    key = record.key
    return Dossier(
        consultation=record,
        form1=_revisions(connection, revisions, key),
        form2=_revisions(connection, outcomes, key),
        mails=_mails(connection, key),
        actions=tuple(dict(row._mapping) for row in connection.execute(_actions(key))),
        similar_to_it=_similar_to(connection, key),
        held=tuple((r.id, Reason(r.reason), r.opened_at) for r in connection.execute(_held(key))),
        into=_into(connection, record),
        took_over=named(connection, _names(_c.merged_into == key, _c.status == _MERGED)),
        history=_history(connection, key),
    )


def _revisions(connection: Connection, table: Table, key: str) -> tuple[Revision, ...]:
    query = select(table).where(table.c.consultation == key).order_by(table.c.number, table.c.id)
    out: list[Revision] = []
    for row in connection.execute(query):
        before = out[-1].fields if out else row.fields
        changed = tuple(k for k, v in row.fields.items() if before.get(k) != v)
        out.append(
            Revision(
                number=row.number,
                at=row.at,
                fields=row.fields,
                origins=row.origins,
                file=row.file,
                mail_id=row.inbound_id,
                changed=changed,
            )
        )
    return tuple(out)


def _mails(connection: Connection, key: str) -> tuple[MailLine, ...]:
    found = [*connection.execute(_came(key)), *connection.execute(_went(key))]
    found.sort(key=lambda row: (row.at, row.answers is None, row.answers or 0, row.direction))
    return tuple(_mail(row) for row in found)


def _mail(row: Row[Any]) -> MailLine:
    return MailLine(
        id=row.id,
        direction=row.direction,
        kind=row.kind or "",
        message_id=row.message_id or "",
        subject=row.subject or "",
        at=row.at,
        state=row.state,
        person=row.sender or "",
        key=row.key,
    )


def _came(key: str) -> Select[Any]:
    mails, link = inbound_mails.c, inbound_consultations.c
    named = (mails.id, mails.kind, mails.message_id, mails.subject, mails.sender)
    nothing = (literal("").label("state"), literal("").label("key"))
    extra = (literal("in").label("direction"), *nothing)
    at = (mails.arrived_at.label("at"), mails.id.label("answers"))
    joined = select(*named, *extra, *at).join(inbound_consultations, link.inbound_id == mails.id)
    return joined.where(link.consultation == key)


def _went(key: str) -> Select[Any]:
    ours, about = outgoing_mails.c, outgoing_consultations.c
    named = (ours.id, ours.kind, ours.message_id, ours.subject, null().label("sender"))
    extra = (literal("out").label("direction"), ours.state, ours.key)
    when = func.coalesce(ours.sent_at, ours.created_at, type_=ours.sent_at.type)
    at = (when.label("at"), ours.inbound_id.label("answers"))
    joined = select(*named, *extra, *at).join(outgoing_consultations, about.outgoing_id == ours.id)
    return joined.where(about.consultation == key)


def _actions(key: str) -> Select[Any]:
    it = actions.c
    return select(it.action, it.owner, it.due).where(it.consultation == key).order_by(it.position)


def _similar_to(connection: Connection, key: str) -> tuple[Match, ...]:
    it, c = similar_found.c, consultations.c
    named = (
        it.consultation.label("other"),
        func.coalesce(c.reference, "").label("reference"),
        c.title.label("title"),
    )
    query: Select[Any] = (
        select(*named, it.score, it.warn, it.strong, it.why, it.differs)
        .join(consultations, c.key == it.consultation)
        .where(it.other == key, it.current)
        .order_by(it.score.desc(), it.id)
    )
    return tuple(records.match_of(row) for row in connection.execute(query))


def _into(connection: Connection, record: Consultation) -> Named | None:
    if record.merged_into is None:
        return None
    return next(iter(named(connection, _names(_c.key == record.merged_into))), None)


def _names(*where: ColumnElement[bool]) -> Select[Any]:
    return select(_c.key, _c.reference, _c.title).where(*where).order_by(_c.created_at)


def _held(key: str) -> Select[Any]:
    it = exceptions.c
    merged = select(_c.key).where(_c.merged_into == key)
    theirs = or_(it.consultation == key, it.consultation.in_(merged))
    query = select(it.id, it.reason, it.opened_at).where(theirs, it.closed_at.is_(None))
    return query.order_by(it.id)


def _history(connection: Connection, key: str) -> tuple[AuditEntry, ...]:
    query = select(audit).where(audit.c.consultation == key).order_by(audit.c.id)
    return tuple(
        AuditEntry(at=row.at, who=row.who, act=row.act, detail=row.detail)
        for row in connection.execute(query)
    )
