"""What people at the desk did: noted under a token of its own each, and taken back as a whole."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, and_, delete, insert, select, update

from model import Change, Conflict, Consultation, Status
from store import blocked, changes, frozen, outgoing, queue, records, wishes
from store.audit import Step
from store.schema import (
    acts,
    exceptions,
    inbound_consultations,
    outcomes,
    revisions,
    similar_due,
)
from store.upsert import add_unless_known

#: More than people do while an act can be taken back.
_AT_ONCE = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Deed:
    """An act of a person's, to be noted with the decision that carries it out."""

    token: str  #: one for each form that was shown: the same once more does nothing
    kind: str
    why: str = ""
    exception: int | None = None
    consultation: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Acted:
    """An act as it was noted."""

    id: int
    token: str
    who: str
    at: datetime
    kind: str
    why: str
    exception: int | None
    consultation: str | None
    wrote: Mapping[str, Any]  #: what taking it back needs
    undone_at: datetime | None = None
    undone_by: str | None = None


def with_token(connection: Connection, token: str) -> Acted | None:
    """The act that was done under a token. None: none was."""
    row = connection.execute(select(acts).where(acts.c.token == token)).one_or_none()
    return acted(row) if row else None


def latest_on(connection: Connection, exception: int) -> Acted | None:
    """The last act on an exception. None: there is none, or it was taken back."""
    return _latest(connection, acts.c.exception_id == exception)


def latest_of(connection: Connection, consultation: str) -> Acted | None:
    """The last act on a consultation, by its key. None: there is none, or it was taken back."""
    return _latest(connection, acts.c.consultation == consultation)


def before(connection: Connection, kind: str, consultation: str) -> Mapping[str, Consultation]:
    """As `Transaction.before`."""
    act = _latest_so(connection, kind, consultation)
    rows = act.wrote["records"] if act else ()
    return {row["key"]: frozen.from_json(row["before"]) for row in rows if row["before"]}


def closed_by(connection: Connection, kind: str, consultation: str) -> tuple[int, ...]:
    """As `Transaction.closed_by`."""
    act = _latest_so(connection, kind, consultation)
    return tuple(n for n in act.wrote["closed"] if n != act.exception) if act else ()


def _latest_so(connection: Connection, kind: str, consultation: str) -> Acted | None:
    return _latest(connection, and_(acts.c.kind == kind, acts.c.consultation == consultation))


def touched_since(connection: Connection, moment: datetime) -> frozenset[str]:
    """As `Transaction.touched_since`."""
    stands = acts.c.undone_at.is_(None)
    latest = select(acts).where(stands).order_by(acts.c.id.desc()).limit(_AT_ONCE)
    recent = [row for row in connection.execute(latest) if row.at > moment]
    changed = (one["key"] for row in recent for one in row.wrote["records"])
    return frozenset((*changed, *(row.consultation for row in recent if row.consultation)))


def _latest(connection: Connection, of: ColumnElement[bool]) -> Acted | None:
    """Not one before it that was taken back: whoever took that back means no other by it."""
    query = select(acts).where(of).order_by(acts.c.id.desc()).limit(1)
    row = connection.execute(query).one_or_none()
    return acted(row) if row and row.undone_at is None else None


def acted(row: Row[Any]) -> Acted:
    """A row of acts as a value."""
    return Acted(
        id=row.id,
        token=row.token,
        who=row.who,
        at=row.at,
        kind=row.kind,
        why=row.why,
        exception=row.exception_id,
        consultation=row.consultation,
        wrote=row.wrote,
        undone_at=row.undone_at,
        undone_by=row.undone_by,
    )


def note(
    step: Step,
    deed: Deed,
    changed: Sequence[Change],
    *,
    closed: Sequence[int],
    opened: Sequence[int],
    moved: Sequence[tuple[int, str | None]] = (),
    mails: Sequence[int],
    linked: Sequence[str] = (),
    unblocked: Sequence[Mapping[str, Any]] = (),
    wished: Sequence[Mapping[str, Any]] = (),
) -> None:
    """Keep an act with what taking it back needs. Its token must not be known yet."""
    first: dict[str, Change] = {}
    for change in changed:
        first.setdefault(change.after.key, change)
    wrote = {
        "records": [
            {"key": key, "before": frozen.to_json(change.before) if change.before else None}
            for key, change in first.items()
        ],
        "versions": {key: _version(step.connection, key) for key in first},
        "closed": list(closed),
        "opened": list(opened),
        "moved": [list(one) for one in moved],
        "mails": list(mails),
        "mail": step.mail_id,
        "linked": list(linked),
        "unblocked": list(unblocked),
        "wished": list(wished),
    }
    row = {
        "token": deed.token,
        "who": step.who,
        "at": step.now,
        "kind": deed.kind,
        "why": deed.why,
        "exception_id": deed.exception,
        "consultation": deed.consultation,
        "wrote": wrote,
    }
    step.connection.execute(insert(acts).inline(), row)
    detail = {"act": deed.kind}
    step.note("desk", consultation=deed.consultation, exception=deed.exception, detail=detail)


def _version(connection: Connection, key: str) -> int:
    return records.load_keys(connection, [key])[key].version


def take_back(step: Step, act: Acted) -> None:
    """Undo an act as a whole. Raises `Conflict` where that cannot be; nothing may be kept then."""
    now = records.load_keys(step.connection, act.wrote["versions"])
    if any(now[key].version != version for key, version in act.wrote["versions"].items()):
        raise Conflict("The consultation was changed since: this cannot be undone any more.")
    if any(not _is_open(step.connection, number) for number in act.wrote["opened"]):
        raise Conflict("What it put into the queue was settled since: it cannot be undone.")
    if not all(outgoing.take_back(step.connection, number) for number in act.wrote["mails"]):
        raise Conflict("The mail has gone out already: this cannot be undone any more.")
    _reopen(step, act.wrote["closed"])
    for row in reversed(act.wrote["records"]):
        _restore(step, row["key"], row["before"], now[row["key"]])
    _close(step, act.wrote["opened"])
    for number, about in act.wrote.get("moved", ()):
        queue.move(step, number, about)
    _unlink(step, act)
    blocked.block_again(step, act.wrote["unblocked"])
    for wish in act.wrote.get("wished", ()):
        wishes.take_back(step, wish)
    done = update(acts).where(acts.c.id == act.id)
    step.connection.execute(done.values(undone_at=step.now, undone_by=step.who))
    detail = {"act": act.kind}
    step.note("undone", consultation=act.consultation, exception=act.exception, detail=detail)


def _is_open(connection: Connection, number: int) -> bool:
    query = select(exceptions.c.id).where(
        exceptions.c.id == number, exceptions.c.closed_at.is_(None)
    )
    return connection.execute(query).first() is not None


def _reopen(step: Step, numbers: Iterable[int]) -> None:
    for number in numbers:
        if not queue.reopen(step, number):
            raise Conflict("The same came into the queue again: this cannot be undone any more.")


def _close(step: Step, numbers: Sequence[int]) -> None:
    closed = {"closed_at": step.now, "closed_by": step.who, "closed_why": "undone"}
    which = exceptions.c.id.in_(numbers)
    step.connection.execute(update(exceptions).where(which).values(**closed))


def _restore(step: Step, key: str, before: Mapping[str, Any] | None, after: Consultation) -> None:
    """Put a record back as it was; a new one becomes a draft. A reference stays with its record."""
    was = frozen.from_json(before) if before else _as_a_draft(after)
    was = replace(was, reference=after.reference)
    records.replace(step.connection, was, after.version)
    back = Change(event="undone", before=after, after=was)
    changes.write_people(step, back)
    changes.write_actions(step, back)
    changes.write_similar(step, back)
    for table, last in ((revisions, was.revision), (outcomes, was.outcomes_revision)):
        later = (table.c.consultation == key, table.c.number > last)
        step.connection.execute(delete(table).where(*later))
    add_unless_known(step.connection, similar_due, ("consultation",), consultation=key)


def _as_a_draft(made: Consultation) -> Consultation:
    return replace(
        made,
        status=Status.DRAFT,
        form2=None,
        outcomes_revision=0,
        similar=(),
        asked_at=None,
        registered_at=None,
        completed_at=None,
        pod_forwarded_at=None,
    )


def _unlink(step: Step, act: Acted) -> None:
    where = (
        inbound_consultations.c.inbound_id == act.wrote["mail"],
        inbound_consultations.c.consultation.in_(act.wrote["linked"]),
    )
    step.connection.execute(delete(inbound_consultations).where(*where))
