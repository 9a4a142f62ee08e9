"""Acts as the pages send them: carried out, or with what is said instead, and where."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from hashlib import sha256

from flask import abort
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from intake.desk import Act, Doing, Refused, perform
from model import Conflict
from pages.site import me, site
from parsers.dates import YEARS
from parsers.wording import MONTHS, no_day

Sent = MultiDict[str, str]
#: What is wrong: the input that it is about, and what to say of it.
Faults = tuple[tuple[str, str], ...]
#: Where there is no input that it is about.
PAGE = "main-content"


class Wrong(Exception):
    """What was typed cannot be used as it stands."""

    def __init__(self, *faults: tuple[str, str]) -> None:
        super().__init__()
        self.faults = faults


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    """Why an act was not done: nothing was changed."""

    faults: Faults
    code: int  #: of the answer
    refused: Refused | None = None


def attempt(act: Callable[[], Response], where: Callable[[Refused], Faults]) -> Response | Trouble:
    """Do it; or say why not. `where`: at which inputs a refusal is told."""
    try:
        return act()
    except Wrong as wrong:
        return Trouble(faults=wrong.faults, code=422)
    except Refused as refused:
        return Trouble(faults=where(refused), code=422, refused=refused)
    except Conflict as conflict:
        return Trouble(faults=((PAGE, told(conflict)),), code=409)


def told(fault: Exception) -> str:
    """What is said of a fault, without what only a terminal has."""
    return str(fault).replace(": see ./askonce queue list", "")


def carry_out(
    doing: Doing,
    sent: Sent,
    *,
    exception: int | None = None,
    consultation: str | None = None,
) -> Act:
    """Have the desk do it, once for what was sent of the form that was shown."""
    act = Act(
        token=_token(doing, sent),
        who=me().name,
        doing=doing,
        exception=exception,
        consultation=consultation,
        why=sent.get("why", "").strip(),
        seen=sent.get("seen", type=int),
    )
    perform(site().house, act, site().now())
    return act


def _token(doing: Doing, sent: Sent) -> str:
    """The same sent twice is one act; something else sent from that page, gone back to, is not."""
    if not re.fullmatch("[0-9a-f]{32}", sent.get("token", "")):
        abort(400)
    all_of_it = sorted(one for one in sent.items(multi=True) if one[0] != "csrf_token")
    return sha256(repr((doing.name, all_of_it)).encode()).hexdigest()[:32]


def typed_date(sent: Sent, name: str, example: str) -> date:
    """A date of three inputs, the month as a number or in words. Raises `Wrong` at the first of
    them that is the fault."""
    parts: dict[str, int] = {}
    for part, least, most in (("day", 1, 31), ("month", 1, 12), ("year", YEARS[0], YEARS[-1])):
        typed = sent.get(f"{name}-{part}", "").strip()
        if not typed:
            raise Wrong((f"{name}-{part}", f"Give a {part}: a date such as {example}"))
        number = (_month(typed) if part == "month" else None) or _number(typed)
        if number is None or not least <= number <= most:
            raise Wrong((f"{name}-{part}", f"“{typed[:20]}” is no {part}: give {_BOUNDS[part]}"))
        parts[part] = number
    try:
        return date(**parts)
    except ValueError:
        raise Wrong((f"{name}-day", no_day(**parts))) from None


def _number(typed: str) -> int | None:
    return int(typed[:5]) if typed.isascii() and typed.isdecimal() else None


def _month(typed: str) -> int | None:
    """The number of a month in words, which need not be the whole of its name: "Sept"."""
    begun = typed.casefold().rstrip(".")
    whole = (n for n, name in enumerate(MONTHS, 1) if name.casefold().startswith(begun))
    return next(whole, None) if len(begun) >= _SHORTEST else None


_SHORTEST = 3  # letters that tell a month from every other
_BOUNDS = {
    "day": "a number from 1 to 31",
    "month": "a number from 1 to 12, or its name",
    "year": f"four figures from {YEARS[0]} to {YEARS[-1]}, such as 2027",
}
