"""The first page: the few numbers that matter, two small charts, and what was done lately."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time

from flask import Blueprint, render_template

from pages.look import words
from pages.register.filtered import GOES_AHEAD, GOING_AHEAD
from pages.register.history import DONE
from pages.site import site
from store import Counts, Filter

home = Blueprint("home", __name__)

_MONTHS = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """One bar of a chart, with its figure in words."""

    name: str
    short: str  #: the name, where there is little room
    count: int
    share: float  #: of the longest, from 0 to 1


@home.get("/")
def first() -> str:
    """What waits for a person, what is late, what the quarter brings and the year brought."""
    views, rules = site().store.views, site().house.rules
    today = rules.local_date(site().now())
    begins, ends = quarter(today)
    months = months_until(today, _MONTHS)
    found = views.overview(
        today,
        Filter(status=GOING_AHEAD, since=begins, until=ends),
        [datetime.combine(month, time(), rules.zone) for month in months],
    )
    named = [(f"{month:%B %Y}", f"{month:%b}") for month in months]
    return render_template(
        "home.html",
        now=found,
        waiting=sum(found.waiting.values()),
        in_all=sum(found.by_status.values()),
        stuck=in_words(views.counts()),
        begins=begins,
        ends=ends,
        goes_ahead=GOES_AHEAD,
        registered=bars(named, found.registered),
        statuses=bars([(words(s), words(s)) for s in found.by_status], [*found.by_status.values()]),
        done=[(act, DONE.get(act.kind, words(act.kind)), about) for act, about in found.done],
    )


def in_words(counts: Counts) -> str:
    """How many of our emails do not go, and why: "1 is held and 2 are paused"; "" for none."""
    told = (
        (counts.held, "{} is held", "{} are held"),
        (counts.paused, "{} is paused", "{} are paused"),
        (counts.failed, "{} failed", "{} failed"),
        (
            counts.uncertain,
            "of {} it is not known whether it arrived",
            "of {} it is not known whether they arrived",
        ),
    )
    said = [(one if count == 1 else several).format(count) for count, one, several in told if count]
    return " and ".join(filter(None, (", ".join(said[:-1]), *said[-1:])))


def bars(names: Sequence[tuple[str, str]], counts: Sequence[int]) -> list[Bar]:
    """What a chart shows."""
    longest = max(counts, default=0) or 1
    return [
        Bar(name=name, short=short, count=count, share=count / longest)
        for (name, short), count in zip(names, counts, strict=False)
    ]


def quarter(today: date) -> tuple[date, date]:
    """First and last day of the calendar quarter around a day."""
    month = (today.month - 1) // 3 * 3 + 1
    next_one = date(today.year + month // 10, (month + 3 - 1) % 12 + 1, 1)
    return date(today.year, month, 1), date.fromordinal(next_one.toordinal() - 1)


def months_until(today: date, count: int) -> list[date]:
    """The first days of so many months up to that of a day, and of the month after it."""
    last = today.year * 12 + today.month - 1
    wanted = range(last - count + 1, last + 2)
    return [date(month // 12, month % 12 + 1, 1) for month in wanted]
