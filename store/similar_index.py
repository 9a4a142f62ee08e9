"""The index of similar work: a proposal looks at the few consultations it may be like, not at all.

The store knows nothing of meaning: an `Entry` comes with its terms weighed and its filters worked
out (`intake.similar.index`), and goes back as it came. Everything here can be made anew from the
consultations: each change of one leaves its key in `similar_due`, and whoever asks the index
brings it up to date first (`intake.similar.keeping`). SQLite and PostgreSQL give the same answers:
integers only, and every order is total.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Integer,
    Select,
    and_,
    bindparam,
    case,
    delete,
    func,
    insert,
    select,
    union_all,
)

from model import Consultation
from store import records, state
from store.schema import consultations, similar_counts, similar_due, similar_postings, similar_terms
from store.upsert import add_up

#: Stands for "never" among the days on which work ended.
NO_END = 9_999_999
#: The last year of an age range that is not given, which begins with 0.
OLDEST = 199
#: Terms that one probe may look up.
MOST_TERMS = 16
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
    version: int  #: of the rules that its terms come from
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
    weights: Mapping[str, int]  #: at most `MOST_TERMS`, weightiest first: term -> what it matters
    unlike_ages: int = 0  #: taken off as the common ages are few of all that either asks


_P, _T, _C = similar_postings.c, similar_terms.c, similar_counts.c


def _posted(place: int) -> Select[Any]:
    """Those that the probe's term in this place matters most to, with what that is worth."""
    best = (
        select(
            _P.number,
            _P.age_from,
            _P.age_to,
            (_P.impact * bindparam(f"weight{place}")).label("worth"),
        )
        .where(
            _P.term == bindparam(f"term{place}"),
            _P.ends >= bindparam("ends"),
            _P.age_from <= bindparam("age_to"),
            _P.age_to >= bindparam("age_from"),
            _P.areas.bitwise_and(bindparam("areas")) != 0,
            _P.kinds.bitwise_and(bindparam("kinds")) != 0,
        )
        .order_by(_P.impact.desc(), _P.number.desc())
        .limit(_POSTED_MORE if place < _WEIGHTY else _POSTED)
    )
    return select(best.subquery())


_FOUND = union_all(*(_posted(place) for place in range(MOST_TERMS))).subquery()


def _unlike_ages() -> ColumnElement[int]:
    """What is taken off for the ages, in whole numbers; nothing where no range is given."""
    first, last = func.min(_FOUND.c.age_from), func.min(_FOUND.c.age_to)
    asked_first, asked_last = _number("age_from"), _number("age_to")
    every = _greater(last, asked_last) - _lesser(first, asked_first) + 1
    common = _lesser(last, asked_last) - _greater(first, asked_first) + 1
    off = _number("unlike_ages") * (every - common)
    return case((and_(first == 0, last == OLDEST), 0), else_=off // every)


def _number(name: str) -> ColumnElement[int]:
    return bindparam(name, type_=Integer)


def _lesser(one: ColumnElement[int], two: ColumnElement[int]) -> ColumnElement[int]:
    return case((one < two, one), else_=two)


def _greater(one: ColumnElement[int], two: ColumnElement[int]) -> ColumnElement[int]:
    return case((one > two, one), else_=two)


_WORTH = func.sum(_FOUND.c.worth) - _unlike_ages()
_NEAREST = (
    select(_FOUND.c.number)
    .group_by(_FOUND.c.number)
    .order_by(_WORTH.desc(), _FOUND.c.number.desc())
    .limit(_LOOKED_AT)
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
_KNOWN = select(_T.number, _T.data).where(_T.consultation.in_(bindparam("keys", expanding=True)))
_LAST = select(func.max(_T.number))
_ADD = insert(similar_terms).inline()
_POST = insert(similar_postings).inline()
_DUE = select(similar_due.c.consultation).order_by(similar_due.c.consultation)
_DONE = delete(similar_due).where(similar_due.c.consultation.in_(bindparam("keys", expanding=True)))
_ALL_DUE = insert(similar_due).from_select(["consultation"], select(consultations.c.key))


@dataclass(frozen=True, slots=True)
class SimilarIndex:
    """The index within one transaction under the register's lock."""

    connection: Connection

    # ---- keeping it

    def made_with(self) -> str | None:
        """The name that `start_afresh` was given last. None: it was never made."""
        return state.similar_lists(self.connection)

    def start_afresh(self, made_with: str) -> None:
        """Empty it; every consultation is due then. `made_with` names the rules it is made by."""
        for table in (similar_postings, similar_terms, similar_counts, similar_due):
            self.connection.execute(delete(table))
        self.connection.execute(_ALL_DUE)
        state.set_similar_lists(self.connection, made_with)

    def due(self, most: int) -> tuple[Consultation, ...]:
        """Consultations that changed since the index last took note of them, a number of them."""
        keys = self.connection.scalars(_DUE.limit(most)).all()
        return tuple(records.load_keys(self.connection, keys).values())

    def take(self, keys: Sequence[str], entries: Iterable[Entry]) -> None:
        """Take note of what became of these: each is as its entry says, or in the index no more."""
        self.remove(*keys)
        self._add(tuple(entries))
        for some in _batches(keys):
            self.connection.execute(_DONE, {"keys": some})

    def put(self, *entries: Entry) -> None:
        """Add consultations, or put them in their earlier places."""
        self.take([entry.key for entry in entries], entries)

    def remove(self, *keys: str) -> None:
        """Take consultations out, where they are there."""
        for some in _batches(keys):
            rows = self.connection.execute(_KNOWN, {"keys": some}).all()
            if not rows:
                continue
            numbers = [row.number for row in rows]
            self.connection.execute(delete(similar_postings).where(_P.number.in_(numbers)))
            self.connection.execute(delete(similar_terms).where(_T.number.in_(numbers)))
            self._count((_read(row.data, 0) for row in rows), -1)

    # ---- asking it

    def nearest(self, probe: Probe) -> list[tuple[str, Mapping[str, Any]]]:
        """(key, data) of the consultations that may be most like what is looked up."""
        given = {**asdict(probe.filter), "unlike_ages": probe.unlike_ages}
        asked = [*probe.weights.items(), *[("", 0)] * MOST_TERMS][:MOST_TERMS]
        for place, (term, weight) in enumerate(asked):
            given |= {f"term{place}": term, f"weight{place}": weight}
        found = set(self.connection.scalars(_NEAREST, given))
        if probe.title:
            found.update(self.connection.scalars(_NAMED, {"title": probe.title}))
        rows = self.connection.execute(_LOADED, {"numbers": sorted(found)})
        return [(key, _read(data, 1)) for key, data in rows]

    def counts(self, terms: Iterable[str]) -> tuple[int, dict[str, int]]:
        """How many consultations there are, and how many have each of these terms."""
        found: dict[str, int] = {}
        for some in _batches([_ALL, *sorted({*terms} - {_ALL})]):
            rows = self.connection.execute(_COUNTS, {"terms": some})
            found.update((term, count) for term, count in rows)
        return found.pop(_ALL, 0), found

    def records(self, keys: Iterable[str]) -> Mapping[str, Consultation]:
        """The consultations of these keys as they stand, in the keys' order."""
        return records.load_keys(self.connection, keys)

    # ---- rows

    def _add(self, entries: Sequence[Entry]) -> None:
        first = (self.connection.scalar(_LAST) or 0) + 1
        kept, posted = [], []
        for number, entry in enumerate(entries, first):
            kept.append(_row(number, entry))
            filters = {"number": number, **asdict(entry.filter)}
            posted += [{**filters, "term": t, "impact": i} for t, i in entry.impacts.items()]
        if kept:
            self.connection.execute(_ADD, kept)
            self._count((entry.terms for entry in entries), 1)
        if posted:
            self.connection.execute(_POST, posted)

    def _count(self, counted: Iterable[Sequence[str]], by: int) -> None:
        changed: Counter[str] = Counter()
        for terms in counted:
            changed.update((_ALL, *terms))
        rows = [{"term": term, "count": by * times} for term, times in sorted(changed.items())]
        add_up(self.connection, similar_counts, "term", "count", rows)


def _row(number: int, entry: Entry) -> dict[str, Any]:
    lines = (entry.terms, entry.data)  # apart, so that each is read only where it is wanted
    return {
        "number": number,
        "consultation": entry.key,
        "version": entry.version,
        "title": entry.title,
        "data": "\n".join(json.dumps(line, separators=(",", ":")) for line in lines),
    }


def _read(data: str, line: int) -> Any:
    return json.loads(data.split("\n")[line])


def _batches(values: Sequence[Any]) -> Iterator[Sequence[Any]]:
    return (values[at : at + _AT_ONCE] for at in range(0, len(values), _AT_ONCE))
