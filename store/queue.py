"""The exceptions queue's writing side: at most one open item for each key."""

from __future__ import annotations

from sqlalchemy import bindparam, insert, select, update

from model import Hold
from store.audit import Step
from store.schema import exceptions

_number = exceptions.c.id == bindparam("this")
_is_open = exceptions.c.closed_at.is_(None)
_ADD = insert(exceptions).inline()
_CHANGE = update(exceptions).where(_number)
_CLOSE = update(exceptions).where(_number, _is_open)
_ABOUT = select(exceptions.c.consultation).where(_number)
_OPEN = select(exceptions.c.id).where(exceptions.c.key == bindparam("key"), _is_open)
_OPEN_ABOUT = select(exceptions.c.id).where(
    exceptions.c.outgoing_id == bindparam("outgoing_id"), _is_open
)


def hold(step: Step, item: Hold, *, outgoing_id: int | None = None) -> None:
    """Open an item. If one with its key is open, that one takes the newer mail and detail."""
    reason = {"reason": item.reason.value}
    values = {**reason, "detail": dict(item.detail)}
    links = {
        "inbound_id": step.mail_id,
        "outgoing_id": outgoing_id,
        "consultation": item.consultation,
    }
    number = _open(step, item.key)
    if number is None:
        row = {"key": item.key, "opened_at": step.now, **values, **links}
        step.connection.execute(_ADD, row)
        number = _open(step, item.key)
    else:
        newer = {name: value for name, value in links.items() if value is not None}
        step.connection.execute(_CHANGE, {"this": number, **values, **newer})
    step.note("held", consultation=item.consultation, exception=number, detail=reason)


def close(step: Step, number: int, why: str) -> bool:
    """Close an item. False: it is not open."""
    row = {"this": number, "closed_at": step.now, "closed_by": step.who, "closed_why": why}
    if step.connection.execute(_CLOSE, row).rowcount != 1:
        return False
    key = step.connection.execute(_ABOUT, {"this": number}).scalar()
    step.note("settled", consultation=key, exception=number, detail={"why": why})
    return True


def close_about(step: Step, outgoing_id: int, why: str) -> None:
    """Close the items about an outgoing mail's delivery."""
    for number in step.connection.scalars(_OPEN_ABOUT, {"outgoing_id": outgoing_id}).all():
        close(step, number, why)


def _open(step: Step, key: str) -> int | None:
    return step.connection.execute(_OPEN, {"key": key}).scalar()
