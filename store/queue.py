"""The exceptions queue's writing side: at most one open item for each key."""

from __future__ import annotations

from sqlalchemy import insert, select, update

from model import Hold
from store.audit import Step
from store.schema import exceptions


def hold(step: Step, item: Hold, *, outgoing_id: int | None = None) -> None:
    """Open an item. If one with its key is open, that one takes the newer mail and detail."""
    values = {"reason": item.reason.value, "detail": dict(item.detail)}
    links = {
        "inbound_id": step.mail_id,
        "outgoing_id": outgoing_id,
        "consultation": item.consultation,
    }
    number = _open(step, item.key)
    if number is None:
        row = {"key": item.key, "opened_at": step.now, **values, **links}
        step.connection.execute(insert(exceptions).inline(), row)
        number = _open(step, item.key)
    else:
        newer = {name: value for name, value in links.items() if value is not None}
        row_now = update(exceptions).where(exceptions.c.id == number)
        step.connection.execute(row_now.values(**values, **newer))
    step.note(
        "held",
        consultation=item.consultation,
        exception=number,
        detail={"reason": item.reason.value},
    )


def close(step: Step, number: int, why: str) -> bool:
    """Close an item. False: it is not open."""
    done = step.connection.execute(
        update(exceptions)
        .where(exceptions.c.id == number, exceptions.c.closed_at.is_(None))
        .values(closed_at=step.now, closed_by=step.who, closed_why=why)
    )
    if done.rowcount != 1:
        return False
    about = select(exceptions.c.consultation).where(exceptions.c.id == number)
    key = step.connection.execute(about).scalar()
    step.note("settled", consultation=key, exception=number, detail={"why": why})
    return True


def close_about(step: Step, outgoing_id: int, why: str) -> None:
    """Close the item about an outgoing mail's delivery, if one is open."""
    query = select(exceptions.c.id).where(
        exceptions.c.outgoing_id == outgoing_id, exceptions.c.closed_at.is_(None)
    )
    for number in step.connection.scalars(query).all():
        close(step, number, why)


def _open(step: Step, key: str) -> int | None:
    query = select(exceptions.c.id).where(exceptions.c.key == key, exceptions.c.closed_at.is_(None))
    return step.connection.execute(query).scalar()
