"""Acts as the pages send them: carried out, or with what is said instead, and where."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from flask import abort
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from intake.desk import Act, Doing, Refused, perform
from model import Conflict
from pages.site import me, site

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
    """Have the desk do it, under the token of the form that was sent."""
    act = Act(
        token=sent.get("token", ""),
        who=me().name,
        doing=doing,
        exception=exception,
        consultation=consultation,
        why=sent.get("why", "").strip(),
        seen=sent.get("seen", type=int),
    )
    if not re.fullmatch("[0-9a-f]{32}", act.token):
        abort(400)
    perform(site().house, act, site().now())
    return act


def typed_date(sent: Sent, name: str, example: str) -> date:
    """A date of three inputs. Raises `Wrong` at the first of them that is the fault."""
    parts: dict[str, int] = {}
    for part, least, most in (("day", 1, 31), ("month", 1, 12), ("year", 1000, 9999)):
        typed = sent.get(f"{name}-{part}", "").strip()
        if not typed:
            raise Wrong((f"{name}-{part}", f"Give a {part}: a date such as {example}"))
        if not (typed.isascii() and typed.isdecimal() and least <= int(typed[:5]) <= most):
            raise Wrong((f"{name}-{part}", f"“{typed[:20]}” is no {part}: give {_BOUNDS[part]}"))
        parts[part] = int(typed)
    try:
        return date(**parts)
    except ValueError:
        month = f"{date(2000, parts['month'], 1):%B} {parts['year']}"
        raise Wrong((f"{name}-day", f"{month} has no day {parts['day']}")) from None


_BOUNDS = {
    "day": "a number from 1 to 31",
    "month": "a number from 1 to 12",
    "year": "four figures, such as 2027",
}
