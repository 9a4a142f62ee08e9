"""The exceptions queue's writing side: at most one open item for each key."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import Connection, bindparam, insert, or_, select, update

from model import Hold, Reason
from store.audit import Step
from store.schema import exceptions, inbound_mails
from store.values import QueueState

_number = exceptions.c.id == bindparam("this")
_is_open = exceptions.c.closed_at.is_(None)
_ADD = insert(exceptions).inline()
_CHANGE = update(exceptions).where(_number).values(version=exceptions.c.version + 1)
_STATE = select(exceptions).where(_number)
_TAKE = update(exceptions).where(_number, _is_open)
_CLOSE = update(exceptions).where(_number, _is_open)
_ABOUT = select(exceptions.c.consultation).where(_number)
_OPEN = select(exceptions.c.id).where(exceptions.c.key == bindparam("key"), _is_open)
_OPEN_ABOUT = select(exceptions.c.id).where(
    exceptions.c.outgoing_id == bindparam("outgoing_id"), _is_open
)
_FROM = (
    select(exceptions.c.id)
    .join(inbound_mails, inbound_mails.c.id == exceptions.c.inbound_id)
    .where(
        exceptions.c.consultation == bindparam("key"),
        inbound_mails.c.sender.in_(bindparam("addresses", expanding=True)),
        _is_open,
    )
    .order_by(exceptions.c.id)
)


def hold(step: Step, item: Hold, *, outgoing_id: int | None = None) -> int:
    """Open an item. If one with its key is open, that one takes the newer mail and detail.

    Gives its number.
    """
    reason = {"reason": item.reason.value}
    values = {**reason, "detail": dict(item.detail)}
    links = {
        "inbound_id": step.mail_id,
        "outgoing_id": outgoing_id,
        "consultation": item.consultation,
    }
    number = _open(step, item.key)
    if number is None:
        row = {"key": item.key, "opened_at": step.now, "version": 1, **values, **links}
        step.connection.execute(_ADD, row)
        number = _open(step, item.key)
    else:
        newer = {name: value for name, value in links.items() if value is not None}
        step.connection.execute(_CHANGE, {"this": number, **values, **newer})
    assert number is not None
    step.note("held", consultation=item.consultation, exception=number, detail=reason)
    return number


def close(step: Step, number: int, why: str) -> bool:
    """Close an item. False: it is not open."""
    row = {"this": number, "closed_at": step.now, "closed_by": step.who, "closed_why": why}
    if step.connection.execute(_CLOSE, row).rowcount != 1:
        return False
    key = step.connection.execute(_ABOUT, {"this": number}).scalar()
    step.note("settled", consultation=key, exception=number, detail={"why": why})
    return True


def reopen(step: Step, number: int) -> bool:
    """Open a closed item again, as it was. False: another with its key is open."""
    it = step.connection.execute(_STATE, {"this": number}).one()
    if _open(step, it.key) is not None:
        return False
    opened = {"closed_at": None, "closed_by": None, "closed_why": None}
    step.connection.execute(_CHANGE, {"this": number, **opened})
    return True


def come_back(step: Step, number: int) -> bool:
    """Open a closed item again, and note that it is in the queue. False as `reopen`."""
    if not reopen(step, number):
        return False
    it = step.connection.execute(_STATE, {"this": number}).one()
    detail = {"reason": it.reason}
    step.note("held", consultation=it.consultation, exception=number, detail=detail)
    return True


def move(step: Step, number: int, consultation: str) -> tuple[int, str | None]:
    """Let an item be about another consultation; gives it with what it was about."""
    was = step.connection.execute(_ABOUT, {"this": number}).scalar()
    step.connection.execute(_CHANGE, {"this": number, "consultation": consultation})
    return number, was


def from_people(
    connection: Connection, consultation: str, addresses: Collection[str]
) -> tuple[int, ...]:
    """As `Transaction.held_from`."""
    given = {"key": consultation, "addresses": list(addresses)}
    return tuple(connection.scalars(_FROM, given))


def close_about(step: Step, outgoing_id: int, why: str) -> None:
    """Close the items about an outgoing mail's delivery."""
    for number in step.connection.scalars(_OPEN_ABOUT, {"outgoing_id": outgoing_id}).all():
        close(step, number, why)


def state_of(connection: Connection, number: int) -> QueueState | None:
    """As `Transaction.item`."""
    row = connection.execute(_STATE, {"this": number}).one_or_none()
    if row is None:
        return None
    return QueueState(
        id=row.id,
        reason=Reason(row.reason),
        key=row.key,
        version=row.version,
        consultation=row.consultation,
        mail_id=row.inbound_id,
        outgoing_id=row.outgoing_id,
        detail=row.detail,
        closed_at=row.closed_at,
        closed_by=row.closed_by,
        closed_why=row.closed_why,
        claimed_by=row.claimed_by,
        claimed_until=row.claimed_until,
    )


def claim(connection: Connection, number: int, who: str, until: datetime, now: datetime) -> bool:
    """As `Transaction.claim`."""
    it = exceptions.c
    free = or_(it.claimed_by.is_(None), it.claimed_by == who, it.claimed_until <= now)
    row = {"this": number, "claimed_by": who, "claimed_until": until}
    return connection.execute(_TAKE.where(free), row).rowcount == 1


def take_over(step: Step, number: int, until: datetime) -> bool:
    """As `Transaction.take_over`."""
    row = {"this": number, "claimed_by": step.who, "claimed_until": until}
    if step.connection.execute(_TAKE, row).rowcount != 1:
        return False
    step.note("taken_over", exception=number)
    return True


def release(connection: Connection, number: int, who: str) -> bool:
    """As `Transaction.release`."""
    row = {"this": number, "claimed_by": None, "claimed_until": None}
    return connection.execute(_TAKE.where(exceptions.c.claimed_by == who), row).rowcount == 1


def _open(step: Step, key: str) -> int | None:
    return step.connection.execute(_OPEN, {"key": key}).scalar()
