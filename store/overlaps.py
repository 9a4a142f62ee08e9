"""Overlaps that were found, and what came of them: the figures of a quarter."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from itertools import groupby
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, Row, func, select

from model import Match, Status
from store.records import match_of
from store.schema import consultations, similar_found


class Became(StrEnum):
    """What came of a proposal that looked similar to other work."""

    PROCEEDED = "proceeded"  #: it goes on, similar as it is
    CHANGED = "changed"  #: it goes on, and as it was changed nothing is similar any more
    WITHDRAWN = "withdrawn"
    MERGED = "merged"
    UNANSWERED = "unanswered"


@dataclass(frozen=True, slots=True, kw_only=True)
class Overlap:
    """A proposal for which similar work was found, and what was found first."""

    key: str
    reference: str | None
    title: str
    organisation: str
    found_at: datetime  #: for the first time
    became: Became
    matches: tuple[Match, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Quarter:
    """The overlaps first found in three months of a year."""

    year: int
    number: int  #: 1 to 4
    overlaps: tuple[Overlap, ...]  #: in the order in which they were found

    @property
    def found(self) -> int:
        """How many proposals looked similar to other work."""
        return len(self.overlaps)

    @property
    def became(self) -> Mapping[Became, int]:
        """How many of them became what; 0 for what none became."""
        counted = Counter(overlap.became for overlap in self.overlaps)
        return {became: counted[became] for became in Became}


def by_quarter(connection: Connection, zone: ZoneInfo) -> tuple[Quarter, ...]:
    """The quarters in which any overlap was found, earliest first, by the office's calendar."""
    quarters: dict[tuple[int, int], list[Overlap]] = {}
    for overlap in _overlaps(connection):
        day: date = overlap.found_at.astimezone(zone).date()
        quarters.setdefault((day.year, (day.month + 2) // 3), []).append(overlap)
    return tuple(
        Quarter(year=year, number=number, overlaps=tuple(overlaps))
        for (year, number), overlaps in quarters.items()
    )


_F, _C = similar_found.c, consultations.c
_STILL = select(_F.consultation).where(_F.current, _F.warn).distinct()
_FOUND = (
    select(
        _C.key,
        _C.reference.label("own_reference"),
        _C.title.label("own_title"),
        _C.organisation,
        _C.status,
        _C.key.in_(_STILL).label("still"),
        similar_found,
        func.min(_F.found_at, type_=_F.found_at.type).over(partition_by=_C.key).label("first"),
    )
    .join(consultations, _C.key == _F.consultation)
    .where(_F.warn)
    .order_by("first", _C.reference_year, _C.reference_number, _C.key, _F.id)
)


def _overlaps(connection: Connection) -> Iterable[Overlap]:
    for _, rows in groupby(connection.execute(_FOUND), key=lambda row: row.key):
        yield _overlap([row for row in rows if row.found_at == row.first])


def _overlap(rows: list[Row[Any]]) -> Overlap:
    own = rows[0]
    return Overlap(
        key=own.key,
        reference=own.own_reference,
        title=own.own_title,
        organisation=own.organisation or "",
        found_at=own.first,
        became=_became(Status(own.status), own.still),
        matches=tuple(map(match_of, rows)),
    )


def _became(status: Status, still_similar: bool) -> Became:
    match status:
        case Status.WITHDRAWN:
            return Became.WITHDRAWN
        case Status.MERGED:
            return Became.MERGED
        case Status.REGISTERED | Status.COMPLETE:
            return Became.PROCEEDED if still_similar else Became.CHANGED
    return Became.UNANSWERED
