"""`askonce due`: every mail that would go out up to a date, and why."""

from __future__ import annotations

from datetime import date, timedelta

from commands import wiring
from model import Due
from notifier.due import forecast
from settings import Settings

#: How far ahead is looked if no date is given.
AHEAD = timedelta(weeks=4)


def run(settings: Settings, today: date, on: date | None) -> int:
    """Print what the clock brings from `today` to `on`, day by day, if nobody answers."""
    until = on or today + AHEAD
    with wiring.open_store(settings) as store:
        clocked = store.views.clocked()
    found = forecast(clocked, wiring.clock_rules(settings), since=today, until=until)
    for item in found:
        print(_line(item))
    if not found:
        print(f"Nothing goes out by {until:%d %B %Y}.")
    return 0


def _line(item: Due) -> str:
    about = item.consultation
    return (
        f"{item.goes_on:%a %d %b %Y}  {item.what:<18}  {about.reference or ''}  "
        f"{about.title}: {item.why}"
    )
