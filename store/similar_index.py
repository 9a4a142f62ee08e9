"""The index of similar work: a proposal looks at the few consultations it may be like, not at all.

The store knows nothing of meaning: an `Entry` comes with its terms weighed and its filters worked
out (`intake.similar.index`), and goes back as it came. Everything here can be made anew from the
consultations. SQLite and PostgreSQL give the same answers: integers only, and every order is total.
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy import Connection, bindparam, delete, func, insert, select, update

from store.schema import similar_counts, similar_postings, similar_terms
from store.upsert import add_unless_known

#: Stands for "never" among the days on which work ended.
NO_END = 9_999_999
#: The row that counts consultations, among those that count terms.
_ALL = ""
#: Consultations looked at for a term, those that it matters most to first: for the weightiest
#: terms of a proposal, and for each of the others.
_POSTED, _WEIGHTY, _POSTED_MORE = 300, 6, 3000
_LOOKED_AT = 120  #: consultations handed back, at most
_AT_ONCE = 500  #: values in one list of a statement


@dataclass(frozen=True, slots=True, kw_only=True)
class Filter:
    """Whom, where and until when, as numbers; two that may have anybody in common share bits."""

    ends: int  #: the day it ended, counted from 1 January of year 1; a probe: the earliest wanted
    age_from: int
    age_to: int
    areas: int  #: bits, 63 at most
    kinds: int  #: bits


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One consultation in the index."""

    key: str
    version: int  #: of the word lists and rules that its terms come from
    title: str
    data: Mapping[str, Any]  #: JSON; handed back as it came
    filter: Filter
    impacts: Mapping[str, int]  #: what to look it up by -> how much that matters to it
    terms: tuple[str, ...]  #: all that are counted


@dataclass(frozen=True, slots=True, kw_only=True)
class Probe:
    """What to look up."""

    filter: Filter
    title: str
    weights: Mapping[str, int]  #: term -> how much it matters to the proposal, weightiest first


_P, _T, _C = similar_postings.c, similar_terms.c, similar_counts.c
_POSTINGS = (
    select(_P.number, _P.impact)
    .where(
        _P.term == bindparam("term"),
        _P.ends >= bindparam("ends"),
        _P.age_from <= bindparam("age_to"),
        _P.age_to >= bindparam("age_from"),
        _P.areas.bitwise_and(bindparam("areas")) != 0,
        _P.kinds.bitwise_and(bindparam("kinds")) != 0,
    )
    .order_by(_P.impact.desc(), _P.number.desc())
    .limit(bindparam("most"))
)
_NAMED = (
    select(_T.number)
    .where(_T.title == bindparam("title"))
    .order_by(_T.number.desc())
    .limit(_LOOKED_AT)
)
_LOADED = select(_T.consultation, _T.data).where(
    _T.number.in_(bindparam("numbers", expanding=True))
)
_COUNTS = select(_C.term, _C.count).where(_C.term.in_(bindparam("terms", expanding=True)))
_KNOWN = select(_T.number, _T.data).where(_T.consultation == bindparam("key"))
_LAST = select(func.max(_T.number))
_ADD = insert(similar_terms).inline()
_POST = insert(similar_postings).inline()
_RAISED = (
    update(similar_counts)
    .where(_C.term == bindparam("of"))
    .values(count=_C.count + bindparam("by"))
)


@dataclass(frozen=True, slots=True)
class SimilarIndex:
    """The index within one transaction."""

    connection: Connection

    def put(self, entry: Entry) -> None:
        """Add a consultation, or put it in its earlier place. Counts are brought up to date."""
        self.remove(entry.key)
        self._add(entry, (self.connection.scalar(_LAST) or 0) + 1)
        self._count(entry.terms, 1)

    def put_all(self, entries: Iterable[Entry]) -> None:
        """Add many to an empty index at once, as when it is made anew."""
        counted: Counter[str] = Counter()
        for number, entry in enumerate(entries, 1):
            self._add(entry, number)
            counted.update((_ALL, *entry.terms))
        rows = [{"term": term, "count": count} for term, count in counted.items()]
        if rows:
            self.connection.execute(insert(similar_counts).inline(), rows)

    def remove(self, key: str) -> None:
        """Take a consultation out, if it is there: one withdrawn, or about to be put anew."""
        row = self.connection.execute(_KNOWN, {"key": key}).first()
        if row is None:
            return
        self.connection.execute(delete(similar_postings).where(_P.number == row.number))
        self.connection.execute(delete(similar_terms).where(_T.number == row.number))
        self._count(json.loads(row.data)["terms"], -1)

    def nearest(self, probe: Probe) -> list[tuple[str, Mapping[str, Any]]]:
        """(key, data) of the consultations that may be most like what is looked up."""
        given = asdict(probe.filter)
        worth: dict[int, int] = defaultdict(int)
        for place, (term, weight) in enumerate(probe.weights.items()):
            given |= {"term": term, "most": _POSTED_MORE if place < _WEIGHTY else _POSTED}
            for number, impact in self.connection.execute(_POSTINGS, given):
                worth[number] += weight * impact
        best = sorted(worth, key=lambda number: (-worth[number], -number))[:_LOOKED_AT]
        if probe.title:
            best += self.connection.scalars(_NAMED, {"title": probe.title}).all()
        rows = self.connection.execute(_LOADED, {"numbers": sorted(set(best))})
        return [(row.consultation, json.loads(row.data)["kept"]) for row in rows]

    def counts(self, terms: Iterable[str]) -> tuple[int, dict[str, int]]:
        """How many consultations there are, and how many have each of these terms."""
        found: dict[str, int] = {}
        wanted = [_ALL, *sorted({*terms} - {_ALL})]
        for at in range(0, len(wanted), _AT_ONCE):
            some = self.connection.execute(_COUNTS, {"terms": wanted[at : at + _AT_ONCE]})
            found.update((row[0], row[1]) for row in some)
        return found.pop(_ALL, 0), found

    def _add(self, entry: Entry, number: int) -> None:
        row = {
            "number": number,
            "consultation": entry.key,
            "version": entry.version,
            "title": entry.title,
            "data": json.dumps({"terms": entry.terms, "kept": entry.data}, separators=(",", ":")),
        }
        self.connection.execute(_ADD, row)
        filters = asdict(entry.filter)
        rows = [
            {"number": number, "term": term, "impact": impact, **filters}
            for term, impact in entry.impacts.items()
        ]
        if rows:
            self.connection.execute(_POST, rows)

    def _count(self, terms: Sequence[str], by: int) -> None:
        changed = [_ALL, *terms]
        if by > 0:
            for term in changed:
                add_unless_known(self.connection, similar_counts, ["term"], term=term, count=0)
        self.connection.execute(_RAISED, [{"of": term, "by": by} for term in changed])
