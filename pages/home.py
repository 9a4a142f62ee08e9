"""The first page: the few numbers that matter."""

from __future__ import annotations

from datetime import date

from flask import Blueprint, render_template

from model import Status
from pages.site import site
from store import Filter

home = Blueprint("home", __name__)


@home.get("/")
def first() -> str:
    """What waits for a person, what is late, and what the quarter brings."""
    views, today = site().store.views, site().house.rules.local_date(site().now())
    counts = views.counts()
    late = Filter(overdue_on=today)
    begins, ends = quarter(today)
    going_on = Filter(status=(Status.REGISTERED, Status.COMPLETE), since=begins, until=ends)
    return render_template(
        "home.html",
        counts=counts,
        overdue=views.register(late, size=1).found,
        this_quarter=views.register(going_on, size=1).found,
        begins=begins,
        ends=ends,
    )


def quarter(today: date) -> tuple[date, date]:
    """First and last day of the calendar quarter around a day."""
    month = (today.month - 1) // 3 * 3 + 1
    next_one = date(today.year + month // 10, (month + 3 - 1) % 12 + 1, 1)
    return date(today.year, month, 1), date.fromordinal(next_one.toordinal() - 1)
