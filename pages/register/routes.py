"""The register: searched, filtered, sorted, a page at a time."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from flask import Blueprint, render_template, request, url_for

from pages.register import record
from pages.register.filtered import Wanted, one_of, wanted
from pages.site import site
from store import Order, Page

register = Blueprint("register", __name__, url_prefix="/register")

#: What a list is sorted by unless something else is said; dates and letters rise, arrivals fall.
_USUAL = Order.CAME
_MOST_PAGES = 1_000_000  # within what a database counts to


@register.get("")
def listing() -> str:
    """A page of the consultations that are wanted."""
    views, asked = site().store.views, request.args
    offered = views.offered()
    known = wanted(asked, offered)
    by, down = sorting(known)
    number = asked.get("page", 1, type=_number)
    found = views.register(known.filter, by, down=down, number=number)
    return render_template(
        "register.html",
        page=found,
        wanted=known,
        offered=offered,
        errors=known.faults,
        wrong=dict(known.faults),
        by=by,
        down=down,
        today=site().house.rules.local_date(site().now()),
        pages=page_links(known, found),
        sorted_by=lambda order: _to(known, by=order, down=_turned(order, by, down=down)),
    )


register.add_url_rule("/<name>", view_func=record.one)


def sorting(known: Wanted) -> tuple[Order, bool]:
    """What a list is sorted by, and whether the last comes first."""
    by = one_of(Order, known.asked.get("by"))
    return (by, "down" in known.asked) if by else (_USUAL, True)


def _number(text: str) -> int:
    return min(int(text), _MOST_PAGES)


def _turned(order: str, by: Order, *, down: bool) -> str:
    """The other way round where the list is sorted by it already."""
    return "1" if order == by and not down else ""


def _to(known: Wanted, **other: str) -> str:
    """The address of the same list, a little different."""
    return url_for("register.listing") + known.but(**other)


def page_links(known: Wanted, found: Page) -> dict[str, Any]:
    """The links to other pages, as the pagination wants them."""
    here, last = found.number, found.last
    out: dict[str, Any] = {"items": [*_numbers(known, here, last)]}
    if here > 1:
        out["previous"] = {"href": _to(known, page=str(here - 1))}
    if here < last:
        out["next"] = {"href": _to(known, page=str(here + 1))}
    return out


def _numbers(known: Wanted, here: int, last: int) -> Iterator[dict[str, Any]]:
    """The first, the last, and those around this one; what lies between is left out."""
    before = 0
    for number in sorted({1, last, *range(max(1, here - 1), min(last, here + 1) + 1)}):
        if number > before + 1:
            yield {"ellipsis": True}
        href = _to(known, page=str(number))
        yield {"number": str(number), "href": href, "current": number == here}
        before = number
