"""The exceptions queue as people look through it: filtered, counted, a page at a time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    Select,
    and_,
    case,
    func,
    literal,
    or_,
    select,
)

from model import Reason, Role
from store.schema import consultations, exceptions, inbound_mails, outgoing_mails, people

_it = exceptions.c
_answered = inbound_mails.alias("answered")
#: Since when an item waits, where its mail is joined: after an outage, longer than it is here.
SINCE: ColumnElement[datetime] = case(
    (inbound_mails.c.arrived_at < _it.opened_at, inbound_mails.c.arrived_at), else_=_it.opened_at
)


class Whose(StrEnum):
    """Who is at an item."""

    MINE = "mine"
    NOBODYS = "nobody"
    SOMEBODYS = "somebody"


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """Which open items are wanted. `who` asks, at `now`: claims are told by both."""

    who: str
    now: datetime
    reason: Reason | None = None
    whose: Whose | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitingLine:
    """One open item in a list."""

    id: int
    reason: Reason
    sender: str  #: as `QueueItem.sender`
    subject: str
    since: datetime  #: as `QueueItem.since`
    consultation: str | None  #: its key
    reference: str | None
    claimed_by: str | None  #: who is at it now
    claimed_until: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitingPage:
    """Some of the items that were found, and how many there are of each kind."""

    lines: tuple[WaitingLine, ...]
    found: int  #: in all
    number: int  #: of this page, from 1
    size: int  #: lines on a full page
    reasons: Mapping[Reason, int]  #: as far as `whose` lets them pass
    whose: Mapping[Whose, int]  #: as far as `reason` lets them pass

    @property
    def last(self) -> int:
        """The number of the last page."""
        return max(1, -(-self.found // self.size))


def page(connection: Connection, wanted: Waiting, number: int, size: int) -> WaitingPage:
    """As `Views.waiting`."""
    reasons = _counted(connection, _it.reason, _whose(wanted, wanted.whose))
    claims = {
        whose: _count(connection, _whose(wanted, whose), _of(wanted.reason)) for whose in Whose
    }
    of_reason = {Reason(reason): count for reason, count in reasons.items()}
    found = of_reason.get(wanted.reason, 0) if wanted.reason else sum(of_reason.values())
    number = min(max(number, 1), max(1, -(-found // size)))
    some = _lines(wanted).limit(size).offset((number - 1) * size)
    return WaitingPage(
        lines=tuple(_line(row, wanted.now) for row in connection.execute(some)),
        found=found,
        number=number,
        size=size,
        reasons=dict(sorted(of_reason.items())),
        whose=claims,
    )


def following(connection: Connection, number: int, wanted: Waiting) -> int | None:
    """As `Views.following`."""
    items = exceptions.outerjoin(inbound_mails, inbound_mails.c.id == _it.inbound_id)
    it = SINCE
    since = connection.execute(select(it).select_from(items).where(_it.id == number)).scalar()
    mine = or_(_free(wanted.now), _it.claimed_by == wanted.who)
    others = select(_it.id).select_from(items).where(*_wanted(wanted), mine, _it.id != number)
    others = others.order_by(*_in_order()).limit(1)
    same = and_(it == since, _it.id > number)
    later = others.where(or_(it > since, same))
    found: int | None = connection.execute(later).scalar() or connection.execute(others).scalar()
    return found


# --------------------------------------------------------------------------- which


def _in_order() -> tuple[ColumnElement[Any], ...]:
    return (SINCE, _it.id)


def _wanted(wanted: Waiting) -> tuple[ColumnElement[bool], ...]:
    return (_whose(wanted, wanted.whose), _of(wanted.reason))


def _of(reason: Reason | None) -> ColumnElement[bool]:
    is_open = _it.closed_at.is_(None)
    return and_(is_open, _it.reason == reason.value) if reason else is_open


def _free(now: datetime) -> ColumnElement[bool]:
    return or_(_it.claimed_by.is_(None), _it.claimed_until <= now)


def _whose(wanted: Waiting, whose: Whose | None) -> ColumnElement[bool]:
    is_open = _it.closed_at.is_(None)
    if whose is None:
        return is_open
    if whose is Whose.NOBODYS:
        return and_(is_open, _free(wanted.now))
    held = and_(is_open, _it.claimed_until > wanted.now)
    mine = _it.claimed_by == wanted.who
    return and_(held, mine if whose is Whose.MINE else ~mine)


def _count(connection: Connection, *where: ColumnElement[bool]) -> int:
    query = select(func.count()).select_from(exceptions).where(*where)
    return connection.execute(query).scalar_one()


def _counted(
    connection: Connection, column: ColumnElement[str], *where: ColumnElement[bool]
) -> dict[str, int]:
    query = select(column, func.count()).where(*where).group_by(column)
    return {row[0]: row[1] for row in connection.execute(query)}


# --------------------------------------------------------------------------- lines


def _lines(wanted: Waiting) -> Select[Any]:
    """One query for a page, the mails and consultations that its items are about included."""
    mails, ours, about = inbound_mails.c, outgoing_mails.c, consultations.c
    columns = (
        _it.id,
        _it.reason,
        SINCE.label("since"),
        _it.consultation,
        _it.claimed_by,
        _it.claimed_until,
        func.coalesce(mails.sender, _answered.c.sender, _lead(), literal("")).label("sender"),
        func.coalesce(mails.subject, ours.subject, about.title, literal("")).label("subject"),
        about.reference,
    )
    joined = (
        select(*columns)
        .select_from(exceptions)
        .outerjoin(inbound_mails, mails.id == _it.inbound_id)
        .outerjoin(outgoing_mails, ours.id == _it.outgoing_id)
        .outerjoin(_answered, _answered.c.id == ours.inbound_id)
        .outerjoin(consultations, about.key == _it.consultation)
    )
    return joined.where(*_wanted(wanted)).order_by(*_in_order())


def _lead() -> ColumnElement[str]:
    """The named contact's address, where it counts as one of the people, or the From."""
    them = people.c
    roles = {Role.CONTACT.value: 0, Role.FORM.value: 1, Role.SENDER.value: 2}
    first = case(roles, value=them.role)
    query = select(them.email).where(them.consultation == _it.consultation, them.role.in_(roles))
    return query.order_by(first, them.position).limit(1).correlate(exceptions).scalar_subquery()


def _line(row: Row[Any], now: datetime) -> WaitingLine:
    busy = row.claimed_by and row.claimed_until and row.claimed_until > now
    return WaitingLine(
        id=row.id,
        reason=Reason(row.reason),
        sender=row.sender,
        subject=row.subject,
        since=row.since,
        consultation=row.consultation,
        reference=row.reference,
        claimed_by=row.claimed_by if busy else None,
        claimed_until=row.claimed_until if busy else None,
    )
