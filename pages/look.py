"""How things look: the office's colour, British dates, plain words."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta
from typing import Any

from flask import Blueprint, Response, current_app
from markupsafe import Markup

from model import ENDED, Address, Status, Wish, Wished, as_it_stands
from notifier.outline import clock, strength
from notifier.reasons import REASONS
from pages.plain import KINDS, LETTERS, RESULTS, STATES, STATUS_TAGS
from pages.site import site

look = Blueprint("look", __name__)


@look.get("/favicon.ico")
def icon() -> Response:
    """The icon, where a page names none of its own: browsers ask for it here then."""
    return current_app.send_static_file("icon.svg")


@look.get("/colour.css")
def colour() -> Response:
    """The office's colour, for the style sheets."""
    told = f":root {{ --office-colour: {site().colour}; --govuk-brand-colour: {site().colour}; }}\n"
    return Response(told, content_type="text/css; charset=utf-8")


def shown(value: Any) -> Any:
    """What every page puts out passes here: a text as it stands, whatever is hidden in it."""
    if type(value) is not str:  # markup is made of what passed here before
        return value
    if value.isascii() and value.isprintable():  # nearly everything, and in no time
        return value
    return _CONTROLS.sub("\ufffd", as_it_stands(value))


_CONTROLS = re.compile(r"[\x00-\x08\x0e-\x1f\x7f-\x9f]")


def day(value: date | datetime | None) -> str:
    """8 March 2027."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        value = value.astimezone(site().house.rules.zone)
    return f"{value.day} {value:%B %Y}"


def brief(value: date | None) -> str:
    """8 Mar 2027: for tables."""
    return f"{value.day} {value:%b %Y}" if value else ""


def moment(value: datetime | None) -> str:
    """8 March 2027 at 9:05am."""
    if value is None:
        return ""
    return f"{day(value)} at {hour(value)}"


def hour(value: datetime) -> str:
    """9:05am."""
    return clock(value.astimezone(site().house.rules.zone))


def lasting(since: datetime) -> str:
    """How long ago: "3 days"."""
    gone: timedelta = max(site().now() - since, timedelta())
    for seconds, unit in ((86400, "day"), (3600, "hour"), (60, "minute")):
        if (count := int(gone.total_seconds() // seconds)) > 0:
            return f"{count} {unit}{'' if count == 1 else 's'}"
    return "just now"


def words(name: str) -> str:
    """A code as words: "Awaiting confirmation"."""
    return name.replace("_", " ").capitalize()


def person(one: Address) -> str:
    """Lena Adams, lena@example.org."""
    return ", ".join(filter(None, (one.name, one.email)))


def breaking(text: str) -> Markup:
    """A text in which an email address is broken after its @ and its dots, if anywhere."""
    marked = _ADDRESS.sub(lambda found: _BREAKS.sub(r"\g<0>\0", found[0]), shown(text))
    return Markup("<wbr>").join(marked.split("\0"))  # no control character is left of the text's


_ADDRESS = re.compile(r"[^\s<>,;:]+@[^\s<>,;:]+")
_BREAKS = re.compile(r"[@.](?=\S)")


def iso_day(text: str | None) -> str:
    """A day as forms keep it; of anything else, what stands there."""
    try:
        return day(date.fromisoformat(text)) if text else ""
    except ValueError:
        return str(text)


def said(wished: Wished) -> str:
    """That it does not go, and who paused or skipped it, when and why."""
    at = moment(wished.at) if wished.at else ""
    if wished.by_itself:
        return f"Does not go: not needed any more{at and f' since {at}'}"
    did = "skipped" if wished.wish is Wish.SKIP else "paused"
    of = " all reminders about it" if wished.key == wished.consultation else " it"
    why = f": {wished.why}" if wished.why else ""
    return f"Does not go: {wished.who} {did}{of}{at and f' on {at}'}{why}"


#: What templates may use.
FILTERS: dict[str, Any] = {
    "day": day,
    "brief": brief,
    "moment": moment,
    "hour": hour,
    "lasting": lasting,
    "words": words,
    "iso_day": iso_day,
    "clock": clock,
    "person": person,
    "breaking": breaking,
    "said": said,
    "strength": strength,
}
GLOBALS: dict[str, Any] = {
    "REASONS": REASONS,
    "LETTERS": LETTERS,
    "KINDS": KINDS,
    "STATES": STATES,
    "RESULTS": RESULTS,
    "STATUS_TAGS": STATUS_TAGS,
    "Status": Status,
    "ENDED": ENDED,
}
