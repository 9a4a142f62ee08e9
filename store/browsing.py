"""The register as people look through it: searched, filtered, sorted, a page at a time."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Connection, UnaryExpression, and_, false, func, or_, select

from model import Status
from store.schema import audit, consultations, searched, tags
from store.searching import TAGS, plain_words

_c = consultations.c
#: Outcomes are due on these.
_WAITED_FOR = Status.REGISTERED
#: Words that are looked for, and letters of each: databases bound both, and a paragraph that
#: somebody pastes is found by its beginning.
_ASKED, _LETTERS = 100, 200


class Order(StrEnum):
    """What a page is sorted by; the latest to come is first unless something else is said."""

    CAME = "came"
    REFERENCE = "reference"
    TITLE = "title"
    ORGANISATION = "organisation"
    STATUS = "status"
    START = "start"
    END = "end"
    DUE = "due"


@dataclass(frozen=True, slots=True, kw_only=True)
class Filter:
    """Which consultations are wanted; whatever is left empty lets all pass."""

    words: str = ""  #: each has to begin a word of theirs; a reference is one word
    status: tuple[Status, ...] = ()
    organisations: tuple[str, ...] = ()  #: any of these
    area: str = ""
    audience: str = ""
    theme: str = ""
    since: date | None = None  #: still going on this day, or begun later
    until: date | None = None  #: begun by this day
    overdue_on: date | None = None  #: outcomes were due before this day and have not come


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One consultation in a list."""

    key: str
    reference: str | None
    title: str
    organisation: str
    status: Status
    start_date: date | None
    end_date: date | None
    outcomes_due: date | None
    late_notice: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """Some lines of all that were found."""

    lines: tuple[Line, ...]
    found: int  #: in all
    number: int  #: of this page, from 1
    size: int  #: lines on a full page

    @property
    def last(self) -> int:
        """The number of the last page."""
        return max(1, -(-self.found // self.size))


@dataclass(frozen=True, slots=True, kw_only=True)
class Offered:
    """What there is to filter by, with how many consultations each has."""

    organisations: Mapping[str, int] = field(default_factory=dict)
    areas: Mapping[str, int] = field(default_factory=dict)
    audiences: Mapping[str, int] = field(default_factory=dict)
    themes: Mapping[str, int] = field(default_factory=dict)
    statuses: Mapping[Status, int] = field(default_factory=dict)


_LINE = (
    _c.key,
    _c.reference,
    _c.title,
    _c.organisation,
    _c.status,
    _c.start_date,
    _c.end_date,
    _c.outcomes_due,
    _c.late_notice,
)
_SORTED: dict[Order, tuple[Any, ...]] = {
    Order.CAME: (_c.created_at, _c.key),
    Order.REFERENCE: (_c.reference_year, _c.reference_number, _c.key),
    Order.TITLE: (func.lower(_c.title), _c.key),
    Order.ORGANISATION: (func.lower(_c.organisation), _c.key),
    Order.STATUS: (_c.status, _c.key),
    Order.START: (_c.start_date, _c.key),
    Order.END: (_c.end_date, _c.key),
    Order.DUE: (_c.outcomes_due, _c.key),
}


def page(
    connection: Connection, wanted: Filter, by: Order, *, down: bool, number: int, size: int
) -> Page:
    """As `Views.register`."""
    where = _where(wanted)
    sorted_keys = select(_c.key).where(where).order_by(*_ordered(by, down=down))
    if _is_narrow(wanted):  # looking twice would do all of the work twice
        everything = list(connection.scalars(sorted_keys))
        total = len(everything)
        number = _there(number, total, size)
        wanted_keys = everything[(number - 1) * size : number * size]
    else:
        total = how_many(connection, wanted)
        number = _there(number, total, size)
        some = sorted_keys.limit(size).offset((number - 1) * size)
        wanted_keys = list(connection.scalars(some))
    rows = connection.execute(select(*_LINE).where(_c.key.in_(wanted_keys))).all()
    by_key = {row.key: _line(row) for row in rows}
    lines = tuple(by_key[key] for key in wanted_keys)
    return Page(lines=lines, found=total, number=number, size=size)


def how_many(connection: Connection, wanted: Filter) -> int:
    """How many consultations a filter lets pass."""
    count = select(func.count()).select_from(consultations).where(_where(wanted))
    return connection.execute(count).scalar_one()


def _is_narrow(wanted: Filter) -> bool:
    tagged = wanted.area or wanted.audience or wanted.theme
    return bool(wanted.words.strip() or tagged or wanted.organisations)


def _there(number: int, total: int, size: int) -> int:
    """The number of a page that there is."""
    return min(max(number, 1), max(1, -(-total // size)))


def keys(connection: Connection, wanted: Filter, by: Order, *, down: bool) -> tuple[str, ...]:
    """The keys of all that is wanted, in order: what an export goes through."""
    query = select(_c.key).where(_where(wanted)).order_by(*_ordered(by, down=down))
    return tuple(connection.scalars(query))


class Remembered:
    """What there is to filter by, counted anew when the audit trail has grown."""

    def __init__(self) -> None:
        self._known: tuple[int | None, Offered] | None = None

    def offered(self, connection: Connection) -> Offered:
        """As `Views.offered`."""
        latest = connection.execute(_LATEST).scalar()
        if self._known is None or self._known[0] != latest:
            self._known = (latest, _offered(connection))
        return self._known[1]


#: Nothing in the register changes without a line of the trail.
_LATEST = select(func.max(audit.c.id))


def _offered(connection: Connection) -> Offered:
    by_kind: dict[str, dict[str, int]] = {kind: {} for kind in TAGS}
    query = select(tags.c.kind, tags.c.value, func.count()).group_by(tags.c.kind, tags.c.value)
    for kind, value, count in connection.execute(query.order_by(tags.c.value)):
        by_kind[kind][value] = count
    status = select(_c.status, func.count()).group_by(_c.status)
    theirs = select(_c.organisation, func.count()).where(_c.organisation.is_not(None))
    theirs = theirs.group_by(_c.organisation)
    organisations = {row[0]: row[1] for row in connection.execute(theirs)}
    return Offered(
        organisations=dict(sorted(organisations.items(), key=lambda one: one[0].casefold())),
        areas=by_kind["area"],
        audiences=by_kind["audience"],
        themes=by_kind["theme"],
        statuses={Status(row[0]): row[1] for row in connection.execute(status)},
    )


def _ordered(by: Order, *, down: bool) -> list[UnaryExpression[Any]]:
    """What has no value comes last either way, on every database."""
    columns = _SORTED[by]
    ordered = [c.desc() if down else c.asc() for c in columns]
    if by in (Order.CAME, Order.TITLE, Order.STATUS):
        return ordered
    return [c.nulls_last() for c in ordered]


def _where(wanted: Filter) -> ColumnElement[bool]:
    tests = _found(list(_words(wanted.words)))
    if wanted.status:
        tests.append(_c.status.in_([s.value for s in wanted.status]))
    if wanted.organisations:
        tests.append(_c.organisation.in_(wanted.organisations))
    tests += [
        _tagged(kind, value)
        for kind, value in (
            ("area", wanted.area),
            ("audience", wanted.audience),
            ("theme", wanted.theme),
        )
        if value
    ]
    return and_(True, *tests, *_dates(wanted))


def _dates(wanted: Filter) -> list[ColumnElement[bool]]:
    tests: list[ColumnElement[bool]] = []
    if wanted.since:
        # said so that each half has its index
        no_end = and_(_c.end_date.is_(None), _c.start_date >= wanted.since)
        tests.append(or_(_c.end_date >= wanted.since, no_end))
    if wanted.until:
        tests.append(_c.start_date <= wanted.until)
    if wanted.overdue_on:
        tests += [_c.outcomes_due < wanted.overdue_on, _c.status == _WAITED_FOR.value]
    return tests


def _words(typed: str) -> Iterator[str]:
    """Plain words to look for. Of what is kept whole, references and addresses, one each; each part
    of others, as every word stands there once: "children's" is found though "children" is before.
    """
    for word in typed.split():
        plain = plain_words(word)
        if "@" in word or any(c.isdigit() for c in word):
            yield plain
        else:
            yield from plain.split() or ("",)


def _found(words: list[str]) -> list[ColumnElement[bool]]:
    """Read through the narrow table: what each database does alike, and fast enough."""
    if not words:
        return []
    if not any(words):  # nothing but marks, which nothing is found by
        return [false()]
    asked = list(dict.fromkeys(word[:_LETTERS] for word in words if word))[:_ASKED]
    tests = (searched.c.words.like(f"% {word}%") for word in asked)
    return [_c.key.in_(select(searched.c.consultation).where(*tests))]


def _tagged(kind: str, value: str) -> ColumnElement[bool]:
    tagged = select(tags.c.consultation).where(tags.c.kind == kind, tags.c.value == value)
    return _c.key.in_(tagged)


def _line(row: Any) -> Line:
    return Line(
        key=row.key,
        reference=row.reference,
        title=row.title,
        organisation=row.organisation or "",
        status=Status(row.status),
        start_date=row.start_date,
        end_date=row.end_date,
        outcomes_due=row.outcomes_due,
        late_notice=row.late_notice,
    )
