"""The numbers of the pages' first page, each by an index of its own: they are asked for often."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import pairwise

from sqlalchemy import Connection, and_, func, select

from model import Reason, Status
from store import acts, browsing
from store.acts import Acted
from store.browsing import Filter
from store.mails import Named
from store.schema import acts as table
from store.schema import consultations, exceptions, inbound_mails
from store.waiting import SINCE

_LATELY = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Overview:
    """How things stand."""

    waiting: Mapping[Reason, int]  #: open exceptions by reason, the most frequent first
    oldest: int | None  #: number of the exception that waits longest
    oldest_came: datetime | None  #: as `QueueItem.received_at`
    overdue: int
    going_on: int  #: consultations of the days that were asked for
    registered: Sequence[int]  #: in each of the months that were asked for
    by_status: Mapping[Status, int]
    #: By people at the desk, lately, and about which consultation; not what they took back.
    done: tuple[tuple[Acted, Named | None], ...]


def look(
    connection: Connection, today: date, going_on: Filter, months: Sequence[datetime]
) -> Overview:
    """`months`: the first moments of months one after the other, and of the one after the last."""
    it = exceptions.c
    open_now = it.closed_at.is_(None)
    reasons = select(it.reason, func.count()).where(open_now).group_by(it.reason)
    longest = select(it.id, it.opened_at, inbound_mails.c.arrived_at).where(open_now)
    longest = longest.outerjoin(inbound_mails, inbound_mails.c.id == it.inbound_id)
    longest = longest.order_by(SINCE, it.id).limit(1)
    oldest = connection.execute(longest).one_or_none()
    return Overview(
        waiting={
            Reason(row[0]): row[1]
            for row in connection.execute(reasons.order_by(func.count().desc(), it.reason))
        },
        oldest=oldest.id if oldest else None,
        oldest_came=(oldest.arrived_at or oldest.opened_at) if oldest else None,
        overdue=browsing.how_many(connection, Filter(overdue_on=today)),
        going_on=browsing.how_many(connection, going_on),
        registered=_registered(connection, months),
        by_status=_by_status(connection),
        done=tuple(_lately(connection)),
    )


def _lately(connection: Connection) -> Iterator[tuple[Acted, Named | None]]:
    named = (consultations.c.reference, consultations.c.title)
    both = table.outerjoin(consultations, consultations.c.key == table.c.consultation)
    query = select(table, *named).select_from(both).where(table.c.undone_at.is_(None))
    for row in connection.execute(query.order_by(table.c.id.desc()).limit(_LATELY)):
        act, about = acts.acted(row), None
        if act.consultation is not None and row.title is not None:
            about = Named(key=act.consultation, reference=row.reference, title=row.title)
        yield act, about


def _registered(connection: Connection, months: Sequence[datetime]) -> list[int]:
    at = consultations.c.registered_at
    within = pairwise(months)
    counts = (
        select(func.count()).where(and_(at >= first, at < after)).scalar_subquery()
        for first, after in within
    )
    return list(connection.execute(select(*counts)).one())


def _by_status(connection: Connection) -> dict[Status, int]:
    it = consultations.c.status
    rows = connection.execute(select(it, func.count()).group_by(it))
    counts = {Status(status): count for status, count in rows}
    return {status: counts[status] for status in Status if status in counts}
