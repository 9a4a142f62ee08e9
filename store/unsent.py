"""The outbox's reading side: the mails that have not gone, and why."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Select, and_, bindparam, select

from model import SENT_ON, Letter, Wished
from store import caps, outgoing
from store.schema import (
    consultations,
    exceptions,
    outgoing_consultations,
    outgoing_mails,
    outgoing_recipients,
    wishes,
)
from store.wishes import as_kept

_mails, _to, _about = outgoing_mails.c, outgoing_recipients.c, outgoing_consultations.c
_known = consultations.c
_COLUMNS = (
    _mails.id,
    _mails.key,
    _mails.kind,
    _mails.state,
    _mails.subject,
    _mails.created_at,
    _mails.next_attempt_at,
    _mails.attempts,
    _mails.capped,
    _mails.last_error,
)
_these: Any = bindparam("these", expanding=True)
_RECIPIENTS = (
    select(_to.outgoing_id, _to.email)
    .where(_to.outgoing_id.in_(_these))
    .order_by(_to.outgoing_id, _to.position)
)
_CONSULTATIONS = (
    select(_about.outgoing_id, _known.key, _known.reference, _known.title)
    .join(consultations, _known.key == _about.consultation)
    .where(_about.outgoing_id.in_(_these))
    .order_by(_about.outgoing_id, _about.position)
)
_HELD = select(exceptions.c.outgoing_id, exceptions.c.id).where(
    exceptions.c.outgoing_id.in_(_these), exceptions.c.closed_at.is_(None)
)
_WISHES = select(wishes).where(wishes.c.key.in_(bindparam("keys", expanding=True)))
#: Mails of ours that went once more to a right address, among those about some consultations.
_COPIES = (
    select(_mails.key)
    .join(outgoing_consultations, _about.outgoing_id == _mails.id)
    .where(_about.consultation.in_(_these), _mails.key.contains(SENT_ON, autoescape=True))
)
_BATCH = 500
#: Those that nobody sends just now.
_KEPT_BACK = (outgoing.WAITING, outgoing.HELD, outgoing.PAUSED)


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """A consultation that a mail is about."""

    key: str
    reference: str | None
    title: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Unsent:
    """A mail in the outbox that has not gone, without its bytes."""

    id: int
    key: str
    kind: Letter
    state: str  #: as `store.outgoing` names them
    subject: str
    created_at: datetime
    next_attempt_at: datetime
    attempts: int
    capped: str | None  #: the cap that it waits for
    last_error: str | None  #: what the server said at the latest attempt
    recipients: tuple[str, ...] = ()
    about: tuple[About, ...] = ()
    wished: Wished | None = None  #: who paused or skipped it
    exception: int | None = None  #: the open one about its delivery
    sent_on: bool = False  #: of one that was skipped: it was written again, to the right address
    crowded: bool = False  #: once due it waits: as many went in the last day as may go in all

    def cap(self, at: datetime) -> str | None:
        """The cap that it waits for, as `store.caps` names it. None: it waits for none."""
        if self.next_attempt_at > at:
            return self.capped
        return caps.ALL if self.crowded else None


def all_of_them(connection: Connection) -> tuple[Unsent, ...]:
    """Every mail that has not gone, and that nobody skipped or settled, oldest first."""
    unsent = _mails.state.in_(outgoing.UNSENT)
    return _found(connection, and_(outgoing.unfinished, unsent, outgoing.unsettled))


def skipped(connection: Connection, at_most: int) -> tuple[Unsent, ...]:
    """The mails that were skipped, the latest first."""
    latest = select(_mails.id).where(outgoing.unfinished, _mails.state == outgoing.SKIPPED)
    latest = latest.order_by(_mails.id.desc()).limit(at_most)
    return _found(connection, _mails.id.in_(latest))[::-1]


def about(connection: Connection, key: str, *, keep: bool = False) -> tuple[Unsent, ...]:
    """As `Views.unsent_about`; with `keep` as `Transaction.unsent_about`."""
    states = _KEPT_BACK if keep else outgoing.UNSENT
    theirs = select(_about.outgoing_id).where(_about.consultation == key)
    unsent = _mails.state.in_(states)
    where = and_(outgoing.unfinished, unsent, outgoing.unsettled, _mails.id.in_(theirs))
    if keep:
        locked = select(_mails.id).where(where).with_for_update(skip_locked=True)
        where = _mails.id.in_(connection.scalars(locked).all())
    return _found(connection, where)


def of_key(connection: Connection, key: str) -> Unsent | None:
    """As `Transaction.unsent_one`; also one that was skipped."""
    where = and_(_mails.key == key, _mails.state != outgoing.SENT)
    return next(iter(_found(connection, where)), None)


def _found(connection: Connection, where: ColumnElement[bool]) -> tuple[Unsent, ...]:
    query: Select[Any] = select(*_COLUMNS).where(where).order_by(_mails.id)
    rows = connection.execute(query).all()
    found: list[Unsent] = []
    for start in range(0, len(rows), _BATCH):
        found += _described(connection, rows[start : start + _BATCH])
    return tuple(found)


def _described(connection: Connection, rows: Sequence[Row[Any]]) -> Iterator[Unsent]:
    """Rows with what hangs on them."""
    these = {"these": [row.id for row in rows]}
    to = _by_mail(connection.execute(_RECIPIENTS, these))
    about = _by_mail(connection.execute(_CONSULTATIONS, these))
    held = _by_mail(connection.execute(_HELD, these))
    kept = connection.execute(_WISHES, {"keys": [row.key for row in rows]})
    wished = {row.key: as_kept(row) for row in kept}
    crowded = caps.everybody_waits(connection)
    copies = _copies(connection, about, [row.id for row in rows if row.state == outgoing.SKIPPED])
    for row in rows:
        yield Unsent(
            **{**row._mapping, "kind": Letter(row.kind)},
            recipients=tuple(other.email for other in to.get(row.id, ())),
            about=tuple(_consultation(other) for other in about.get(row.id, ())),
            wished=wished.get(row.key),
            exception=next((other.id for other in held.get(row.id, ())), None),
            sent_on=any(copy.startswith(row.key + SENT_ON) for copy in copies),
            crowded=crowded and row.kind not in caps.ALARMS,
        )


def _copies(
    connection: Connection, about: Mapping[int, Sequence[Row[Any]]], skipped: Iterable[int]
) -> Sequence[str]:
    """The keys of what was sent on, of all about the consultations of some mails."""
    these = {other.key for number in skipped for other in about.get(number, ())}
    return connection.scalars(_COPIES, {"these": list(these)}).all() if these else ()


def _by_mail(rows: Iterable[Row[Any]]) -> dict[int, list[Row[Any]]]:
    found: dict[int, list[Row[Any]]] = {}
    for row in rows:
        found.setdefault(row.outgoing_id, []).append(row)
    return found


def _consultation(row: Row[Any]) -> About:
    return About(key=row.key, reference=row.reference, title=row.title)
