"""When somebody is back, by their vacation note, if it surely says so.

A date counts after a word that makes it the day of coming back ("until", "back on"), as a single
full date or as one whose year can only be the next. Anything else (a weekday, "next week", two
dates) leaves the reminders where they are.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, timedelta

from parsers.dates import read_date

#: Nobody's leave is planned around for longer, in days.
FAR = 60

_LONGEST = 4_000  # characters; a note says it at its beginning
_BACK = re.compile(
    r"\b(?:(?:return(?:ing)?|back|resum(?:e|ing)|available again)"
    r"(?:\s+(?:to|in|at)\s+(?:the\s+|my\s+)?(?:office|work|desk|duties))?(?:\s+(?:again|from))?"
    r"\s*(?:on|:)?|return(?:ing)? date\s*(?:is|:))\s+",
    re.I,
)
_UNTIL = re.compile(r"\b(?:until|till|through to|up to and including|up to)\s+", re.I)
_TOKENS = 6  #: "on Monday the 15th of March 2027"


def away_until(subject: str, text: str, arrived: date) -> date | None:
    """The day its sender is back: after `arrived`, and no more than `FAR` days; None if unsure."""
    note = f"{subject}\n{text}"[:_LONGEST]
    for cue in (_BACK, _UNTIL):
        days = {day for found in cue.finditer(note) for day in _dates(note[found.end() :], arrived)}
        if days:
            (day,) = days if len(days) == 1 else {arrived}
            return day if timedelta(0) < day - arrived <= timedelta(FAR) else None
    return None


def _dates(after: str, arrived: date) -> Iterator[date]:
    """The date that follows at once, the longest reading of it."""
    first, _, _ = after.partition("\n\n")
    words = first.split(maxsplit=_TOKENS)
    for length in range(min(len(words), _TOKENS), 0, -1):
        day = _day(" ".join(words[:length]).strip(".,;:!()"), arrived)
        if day:
            yield day
            return


def _day(text: str, arrived: date) -> date | None:
    """A date with its year; or with none, the first such day after the note."""
    for written in (text, f"{text} {arrived.year}", f"{text} {arrived.year + 1}"):
        read = read_date(written)
        if read.value and read.code is None and (written == text or read.value >= arrived):
            return read.value
    return None
