"""`askonce due`: every mail that would go out up to a date, and why."""

from __future__ import annotations

from collections.abc import Set
from datetime import date, timedelta

from commands import wiring
from model import ClockRules, Due, Wish
from notifier.due import decide, forecast
from settings import Settings

#: How far ahead is looked if no date is given.
AHEAD = timedelta(weeks=4)


def run(settings: Settings, today: date, on: date | None) -> int:
    """Print what the clock brings from `today` to `on`, day by day, if nobody answers."""
    until, rules = on or today + AHEAD, wiring.clock_rules(settings)
    with wiring.open_store(settings) as store:
        clocked = store.views.clocked_soon(until)
        blocked = store.views.blocked()
    found = forecast(clocked, rules, since=today, until=until)
    for item in found:
        print(_line(item) + _mark(item, blocked, rules))
    if not found:
        print(f"Nothing goes out by {until:%d %B %Y}.")
    return 0


def _mark(item: Due, blocked: Set[str], rules: ClockRules) -> str:
    """Why it does not go after all."""
    if item.wished:
        why = f": {item.wished.why}" if item.wished.why else ""
        return f" ({_WISHED[item.wished.wish]} by {item.wished.who}{why})"
    return _HELD if _is_held(item, blocked, rules) else ""


_WISHED = {Wish.PAUSE: "PAUSED", Wish.SKIP: "SKIPPED"}
_HELD = " (HELD: mail to this address came back, see ./askonce queue)"


def _is_held(item: Due, blocked: Set[str], rules: ClockRules) -> bool:
    """Whether it is a mail that nobody would get."""
    drafts = decide(item, rules).drafts
    to = {address.email for draft in drafts for address in (*draft.to, *draft.cc)}
    return bool(to) and to <= blocked


def _line(item: Due) -> str:
    about = item.consultation
    return (
        f"{item.goes_on:%a %d %b %Y}  {item.what:<18}  {about.reference or ''}  "
        f"{about.title}: {item.why}"
    )
