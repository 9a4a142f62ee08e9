"""The register: searched, filtered, sorted, a page at a time; and one consultation in full."""

from __future__ import annotations

from datetime import date
from typing import TypeVar
from urllib.parse import urlencode

from flask import Blueprint, render_template, request, url_for
from werkzeug.datastructures import MultiDict

from model import Status
from pages import record
from pages.site import site
from store import Filter, Order

register = Blueprint("register", __name__, url_prefix="/register")

_Known = TypeVar("_Known", Status, Order)
#: What a list is sorted by unless something else is said; dates and letters rise, arrivals fall.
_USUAL = Order.CAME


@register.get("")
def listing() -> str:
    """A page of the consultations that are wanted."""
    asked = request.args
    by = _one_of(Order, asked.get("by")) or _USUAL
    down = asked.get("down", "1" if by is _USUAL else "") == "1"
    views = site().store.views
    found = views.register(wanted(asked), by, down=down, number=asked.get("page", 1, type=_number))
    return render_template(
        "register.html",
        page=found,
        asked=asked,
        offered=views.offered(),
        by=by,
        down=down,
        to_page=lambda number: _to(asked, page=str(number)),
        sorted_by=lambda order: _to(asked, page="", by=order, down=_turned(order, by, down)),
    )


register.add_url_rule("/<name>", view_func=record.one)


def wanted(asked: MultiDict[str, str]) -> Filter:
    """What the address of a page asks for; what cannot be read asks for nothing."""
    status = _one_of(Status, asked.get("status"))
    today = site().house.rules.local_date(site().now())
    return Filter(
        words=asked.get("words", "")[:200],
        status=(status,) if status else (),
        organisation=asked.get("organisation", ""),
        area=asked.get("area", ""),
        audience=asked.get("audience", ""),
        theme=asked.get("theme", ""),
        since=_day(asked.get("since")),
        until=_day(asked.get("until")),
        overdue_on=today if asked.get("overdue") == "1" else None,
    )


def _one_of(kind: type[_Known], text: str | None) -> _Known | None:
    return next((one for one in kind if one == text), None)


def _day(text: str | None) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        return None


def _number(text: str) -> int:
    """Of a page: within what a database counts to."""
    return min(int(text), 1_000_000)


def _turned(order: Order, by: Order, down: bool) -> str:
    """The other way round where the list is sorted by it already."""
    return "1" if order is by and not down else ""


def _to(asked: MultiDict[str, str], **other: str) -> str:
    """The address of the same list, a little different."""
    query = {key: value for key, value in {**asked.to_dict(), **other}.items() if value}
    return f"{url_for('register.listing')}?{urlencode(query)}"
