"""Which consultations the address of a page asks for, and how it says so."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal, TypeVar
from urllib.parse import urlencode

from werkzeug.datastructures import MultiDict

from model import Status
from pages.look import day, words
from pages.site import site
from parsers.dates import no_such_day, read_date
from parsers.references import parse
from parsers.wording import no_day
from store import Filter, Offered, Order
from store.searching import plain_words

_Known = TypeVar("_Known", Status, Order)
_LONGEST = 200  # characters of what is searched for
#: What an address can ask for, and how the page names it.
NAMES: Mapping[str, str] = {
    "words": "Words",
    "status": "Status",
    "organisation": "Organisation",
    "area": "Area",
    "audience": "Audience",
    "theme": "Theme",
    "since": "Going on from",
    "until": "Begun by",
    "overdue": "Outcomes are overdue",
}
#: Either of the two, as the first page counts what is going on.
GOES_AHEAD = "registered_or_complete"
GOING_AHEAD = (Status.REGISTERED, Status.COMPLETE)
_UNREADABLE = "Give a day, month and year, such as 8 March 2027. Until then this is left out"


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """One thing that is filtered by."""

    name: str
    text: str
    without: str  #: what follows the path of the same list without it


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What an address asks for. What cannot be read is a fault, and asks for nothing."""

    asked: Mapping[str, str]  #: as it was typed, without what is empty or unknown
    filter: Filter
    faults: tuple[tuple[str, str], ...] = ()

    @property
    def chosen(self) -> tuple[Chosen, ...]:
        """All that is filtered by, in the order of the page."""
        return tuple(self._chosen())

    def _chosen(self) -> Iterator[Chosen]:
        wrong = {name for name, _ in self.faults}
        for name, title in NAMES.items():
            if name not in self.asked or name in wrong:
                continue
            said = self._said(name)
            text = f"{title}: {said}" if said else title
            yield Chosen(name=name, text=text, without=query({**self.asked, name: ""}))

    def _said(self, name: str) -> str:
        match name:
            case "status":
                return words(self.asked[name])
            case "since":
                return day(self.filter.since)
            case "until":
                return day(self.filter.until)
            case "overdue":
                return ""
        return self.asked[name]

    def but(self, **other: str) -> str:
        """What follows the path of the same list, a little different."""
        return query({**self.asked, **other})


def query(asked: Mapping[str, str]) -> str:
    """What follows the path of a list."""
    said = {name: value for name, value in asked.items() if value}
    return f"?{urlencode(said)}" if said else ""


def wanted(args: MultiDict[str, str], offered: Offered) -> Wanted:
    """What an address asks for."""
    asked = {k: v.strip()[:_LONGEST] for k in (*NAMES, *_SORTING) if (v := args.get(k, "")).strip()}
    since, until = _day(asked, "since", "start"), _day(asked, "until", "end")
    typed = asked.get("words", "")
    known = Filter(
        words=parse(typed, site().house.rules.reference_prefix) or typed,
        status=_statuses(asked.get("status")),
        organisations=_named(asked.get("organisation", ""), offered),
        area=asked.get("area", ""),
        audience=asked.get("audience", ""),
        theme=asked.get("theme", ""),
        since=since,
        until=until,
        overdue_on=_today() if asked.get("overdue") == "1" else None,
    )
    return Wanted(asked=_sensible(asked), filter=known, faults=tuple(_faults(asked, known)))


def _statuses(asked: str | None) -> tuple[Status, ...]:
    if asked == GOES_AHEAD:
        return GOING_AHEAD
    status = one_of(Status, asked)
    return (status,) if status else ()


_SORTING = ("by", "down")


def _sensible(asked: dict[str, str]) -> dict[str, str]:
    """Without codes that there are not."""
    unknown = {
        "status": not _statuses(asked.get("status")),
        "by": one_of(Order, asked.get("by")) is None,
        "down": asked.get("down") != "1",
        "overdue": asked.get("overdue") != "1",
    }
    return {name: value for name, value in asked.items() if not unknown.get(name)}


def _faults(asked: Mapping[str, str], known: Filter) -> Iterator[tuple[str, str]]:
    for name, value in (("since", known.since), ("until", known.until)):
        if name in asked and value is None:
            never = no_such_day(asked[name])
            why = f": {no_day(*never)}" if never else f". {_UNREADABLE}"
            yield name, f"“{asked[name]}” cannot be read as a date{why}"
    if known.since and known.until and known.until < known.since:
        yield "until", f"This is before {day(known.since)}, so nothing can be found"


def one_of(kind: type[_Known], text: str | None) -> _Known | None:
    """The value of that name. None: there is none."""
    return next((one for one in kind if one == text), None)


def _named(typed: str, offered: Offered) -> tuple[str, ...]:
    """The organisation of that name, or all that have these words in their names."""
    if not typed or typed in offered.organisations:
        return (typed,) if typed else ()
    sought = plain_words(typed)
    return tuple(o for o in offered.organisations if sought in plain_words(o)) or (typed,)


def _day(asked: Mapping[str, str], name: str, bound: Literal["start", "end"]) -> date | None:
    return read_date(asked[name], bound).value if name in asked else None


def _today() -> date:
    return site().house.rules.local_date(site().now())
