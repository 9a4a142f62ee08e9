"""Dates as people write them, read day first and never guessed (forms.md, "What reading gives")."""

from __future__ import annotations

import calendar
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cache

from rapidfuzz.distance import OSA

from model import Code
from parsers.text import LONGEST

#: A consultation outside these years is a slip of the keyboard, not a date.
YEARS = range(1990, 2100)


@dataclass(frozen=True, slots=True, kw_only=True)
class DateRead:
    """A date as read. `code` None: certain; `date_approximate`: the month's first or last day."""

    value: date | None = None
    code: Code | None = None


UNREADABLE = DateRead(code=Code.DATE_UNREADABLE)


def read_date(text: str, bound: str = "end") -> DateRead:
    """The one date that `text` states.

    `bound` says which day a month alone stands for: "start" its first, "end" its last. A range of
    dates, a date without a year and anything with words that could change its meaning are
    `date_unreadable`.
    """
    written = _prepare(text)
    if written is None:
        return UNREADABLE
    found = _one(written.text, bound)
    if found.value is None:
        return UNREADABLE
    return found if not written.doubtful(found) else _doubted(found)


def read_range(text: str) -> tuple[DateRead, DateRead] | None:
    """The first and last day of a range such as "3 March - 14 May 2027", or None if it is none.

    What the first leaves out (its year, or its month and year) is the second's. Where that would
    put it after the second, it is the year before, and `date_approximate`.
    """
    written = _prepare(text)
    if written is None:
        return None
    if _one(written.text, "start").value is not None:
        return None
    found = {pair for cut in _cuts(written.text) if (pair := _pair(*cut))}
    if len(found) != 1:
        return None
    first, last = found.pop()
    return (_doubted(first), _doubted(last)) if written.vague else (first, last)


def no_such_day(text: str) -> tuple[int, int, int] | None:
    """The day, month and year that `text` states though that month has no such day, or None."""
    written = _prepare(text)
    found = [pattern.fullmatch(written.text) for pattern in _DAY] if written else []
    for parts in (m.groupdict() for m in found if m):
        if when := _year_month(parts):
            year, month = when
            return None if _day(parts) else (int(parts["d"]), month, year)
    return None


class Doubt(StrEnum):
    """Why a date is `date_approximate`."""

    NO_DAY = "no day"
    WEEKDAY = "weekday"  #: it does not fall on the one that stands there
    NOT_SETTLED = "not settled"
    NO_YEAR = "no year"  #: the first of two dates has only the second's


def why_approximate(text: str, bound: str = "end") -> tuple[Doubt, date] | None:
    """Why the date that `text` states is not certain, and what was taken; None if it is."""
    written = _prepare(text)
    if written is None:
        return None
    found = _one(written.text, bound)
    if found.value is None:
        return _why_in_range(text, written, bound)
    if found.code:
        return Doubt.NO_DAY, found.value
    if written.weekday not in (None, found.value.weekday()):
        return Doubt.WEEKDAY, found.value
    return (Doubt.NOT_SETTLED, found.value) if written.vague else None


def range_in(text: str) -> tuple[DateRead, DateRead] | None:
    """A range on one line, or its two days on a line each."""
    lines = [line.strip() for line in text.split("\n") if line.strip()]
    found = read_range(" ".join(lines))
    return read_range(" - ".join(lines)) if found is None and len(lines) == 2 else found


def _why_in_range(text: str, written: _Written, bound: str) -> tuple[Doubt, date] | None:
    pair = range_in(text)
    taken = pair[bound != "start"] if pair else None
    if taken is None or taken.value is None or taken.code is None:
        return None
    if written.vague:
        return Doubt.NOT_SETTLED, taken.value
    ends = (1, calendar.monthrange(taken.value.year, taken.value.month)[1])
    no_day = taken.value.day == ends[bound != "start"]
    return Doubt.NO_DAY if no_day else Doubt.NO_YEAR, taken.value


# --------------------------------------------------------------------------- words

_MONTHS = {name.lower(): number for number, name in enumerate(calendar.month_name) if name}
_SHORT = {name[:3]: number for name, number in _MONTHS.items()} | {"sept": 9}
_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")

_WEEKDAY = re.compile(
    r"\b(mon|tue|wed|thu|fri|sat|sun)(days?|s|sdays?|nesdays?|r|rs|rsdays?|urdays?)?\b\.?"
)
_WEEK = re.compile(r"\b(w\s?/\s?[cb]|wc|wb|w(ee)?k\.? (comm\w*|beg\w*|starting)|week of)\b")
_VAGUE = re.compile(
    r"\b(approx(imately)?|about|around|circa|roughly|provisional(ly)?|tbc|t\.b\.c|"
    r"to be (confirmed|agreed)|probably|likely|hopefully|planned|c)\b\.?|\?"
)
_TIME = re.compile(
    r"\b(at )?t?\d{1,2}[:.]\d\d([:.]\d\d(\.\d+)?)?\s?([ap]\.?m\.?|z)\b"
    r"|\b(at )?\d{1,2}\s?[ap]\.?m\b\.?"
    r"|[t ]\d\d:\d\d(:\d\d(\.\d+)?)?z?\b|\bat \d{1,2}:\d\d\b"
)
_LEADING = re.compile(
    r"^(from|start(s|ing)( on)?|between|by|due( by)?|no later than|until|till|up to|"
    r"end(s|ing)( on)?|(start|end|finish)( date|(?=:))|on|date)\b[: ]*"
)
_TRAILING = re.compile(r"[, ]*\b(onwards|at the latest|inclusive)$")
_ORDINAL = re.compile(r"(?<=\d)\s?(st|nd|rd|th)\b")
_ASIDE = re.compile(r"[(\[]([^()\[\]0-9]*)[)\]]")
_DASH = str.maketrans(dict.fromkeys("‐‑‒–—―−", "-") | dict.fromkeys("’‘`´", "'"))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Written:
    text: str
    vague: bool
    weekday: int | None

    def doubtful(self, found: DateRead) -> bool:
        """Words of doubt, or a weekday that this date does not fall on."""
        assert found.value is not None
        return self.vague or self.weekday not in (None, found.value.weekday())


def _prepare(text: str) -> _Written | None:
    """The text in one spelling, with what doubts it taken out and noted; None: nothing there."""
    if len(text) > LONGEST:
        return None
    t = unicodedata.normalize("NFKC", text).lower().translate(_DASH)
    t = _TIME.sub(" ", " ".join(t.split()))
    t, vague = _VAGUE.subn(" ", _WEEK.sub(" ", t))
    t = _ASIDE.sub(" ", t)
    days = [m.group(1) for m in _WEEKDAY.finditer(t)]
    t = _WEEKDAY.sub(" ", t)
    t = re.sub(r"\b(the|of)\b|,", " ", _ORDINAL.sub("", t))
    t = " ".join(t.split()).strip(" .;:-")
    t = _TRAILING.sub("", _LEADING.sub("", t)).strip(" .;:-")
    if not t or len(t) > 80:
        return None
    weekday = _WEEKDAYS.index(days[0]) if len(days) == 1 else None
    return _Written(text=t, vague=bool(vague), weekday=weekday)


@cache
def _month(word: str) -> int | None:
    """The month's number; one or two slips of the keyboard are forgiven in a long name."""
    if known := _MONTHS.get(word) or _SHORT.get(word):
        return known
    if len(word) < 5:
        return None
    near = [n for name, n in _MONTHS.items() if OSA.distance(word, name) <= (len(name) > 6) + 1]
    return near[0] if len(near) == 1 else None


def _doubted(found: DateRead) -> DateRead:
    return DateRead(value=found.value, code=Code.DATE_APPROXIMATE)


# --------------------------------------------------------------------------- one date

_SEP = r"[ ./-]+"
_YEAR = r"(?P<y>'?\d\d|\d{4})"
_DAY = (
    re.compile(r"(?P<y>\d{4})[./-](?P<m>\d\d?)[./-](?P<d>\d\d?)"),
    re.compile(rf"(?P<d>\d\d?){_SEP}(?P<m>\d\d?){_SEP}{_YEAR}"),
    re.compile(rf"(?P<d>\d\d?)[ ./-]*(?P<mon>[a-z]+)[ ./-]*{_YEAR}"),
    re.compile(rf"(?P<mon>[a-z]+)[ ./-]*(?P<d>\d\d?){_SEP}(?P<y>\d{{4}})"),
    re.compile(rf"(?P<y>\d{{4}}){_SEP}(?P<mon>[a-z]+){_SEP}(?P<d>\d\d?)"),
    re.compile(r"(?P<d>\d\d)(?P<m>\d\d)(?P<y>\d{4})"),
    re.compile(r"(?P<y>\d{4})(?P<m>\d\d)(?P<d>\d\d)"),
)
_PART_OF_MONTH = r"((?P<part>end|beginning|start|early|late)[ -]+)?"
_MONTH = (
    re.compile(rf"{_PART_OF_MONTH}(?P<mon>[a-z]+)[ ./-]*(?P<y>'\d\d|\d{{4}})"),
    re.compile(r"(?P<m>\d\d?)[/.-](?P<y>\d{4})"),
    re.compile(rf"(?P<y>\d{{4}}){_SEP}(?P<mon>[a-z]+)"),
)
_PARTS = {"end": "end", "late": "", "beginning": "start", "start": "start", "early": ""}


def _one(text: str, bound: str) -> DateRead:
    for pattern in _DAY:
        if (m := pattern.fullmatch(text)) and (day := _day(m.groupdict())):
            return DateRead(value=day)
    for pattern in _MONTH:
        if (m := pattern.fullmatch(text)) and (day := _month_day(m.groupdict(), bound)):
            return DateRead(value=day, code=Code.DATE_APPROXIMATE)
    return UNREADABLE


def _year(text: str) -> int | None:
    digits = text.lstrip("'")
    year = int(digits) + (2000 if len(digits) == 2 else 0)
    return year if year in YEARS else None


def _year_month(parts: dict[str, str | None]) -> tuple[int, int] | None:
    year = _year(parts["y"] or "")
    month = _month(parts["mon"] or "") if "mon" in parts else int(parts["m"] or 0)
    return (year, month) if year and month and month <= 12 else None


def _day(parts: dict[str, str | None]) -> date | None:
    when = _year_month(parts)
    day = int(parts["d"] or 0)
    if when is None or not 1 <= day <= calendar.monthrange(*when)[1]:
        return None
    return date(*when, day)


def _month_day(parts: dict[str, str | None], bound: str) -> date | None:
    """The day that a month alone stands for; "end of March" is no start and "early" no day."""
    when = _year_month(parts)
    part = parts.get("part")
    if when is None or (part and _PARTS[part] != bound):
        return None
    return date(*when, 1 if bound == "start" else calendar.monthrange(*when)[1])


# --------------------------------------------------------------------------- ranges

_BETWEEN = re.compile(
    r"\s+(?:to|until|till|til|through|and)\s+|\s*-+\s*|\s*&\s*|(?<=[a-z])\s*/\s*"
    r"|\s+(?=(?:end|finish)(?: date)?\s*:)"
)


def _cuts(text: str) -> Iterator[tuple[str, str]]:
    for m in _BETWEEN.finditer(text):
        first, last = text[: m.start()].strip(" -"), text[m.end() :].strip(" -")
        yield _LEADING.sub("", first), _LEADING.sub("", last)


def _pair(first: str, last: str) -> tuple[DateRead, DateRead] | None:
    end = _one(last, "end")
    if end.value is None or not first:
        return None
    start = _one(first, "start")
    if start.value is None:
        start = _borrowing(first, last, end.value)
    if start.value is None or start.value > end.value:
        return None
    return start, end


def _borrowing(first: str, last: str, end: date) -> DateRead:
    """The first day, with the year, or the month and year, that only the second one states."""
    if not re.search(r"[a-z./-]", first):
        return _one(f"{first} {end:%B %Y}".lower(), "start") if first.isdigit() else UNREADABLE
    for years_back in (0, 1):
        found = _one(f"{first} {end.year - years_back}", "start")
        found = found if found.value else _one(f"{first}/{end.year - years_back}", "start")
        if found.value and found.value <= end:
            return _doubted(found) if years_back else found
    return UNREADABLE
