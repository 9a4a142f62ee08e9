"""Working days and office hours: when a mail that nobody waits for may go out."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import cache, lru_cache
from zoneinfo import ZoneInfo

import holidays

from model import ClockRules, Permanent


@dataclass(frozen=True, slots=True, kw_only=True)
class Workdays:
    """Monday to Friday without the bank holidays of `nation` (ENG, SCT, WLS or NIR).

    Raises `Permanent`, when asked for a day, if there is no such nation.
    """

    nation: str = "ENG"
    opens: time = time(9)
    closes: time = time(17)
    zone: ZoneInfo = field(default_factory=lambda: ZoneInfo("Europe/London"))

    @classmethod
    def of(cls, rules: ClockRules) -> Workdays:
        """As the clock's rules have them."""
        return cls(nation=rules.nation, opens=rules.opens, closes=rules.closes, zone=rules.zone)

    def is_workday(self, day: date) -> bool:
        """Whether people are at work on `day`."""
        return day.weekday() < 5 and not _is_bank_holiday(self.nation, day)

    def next_workday(self, day: date) -> date:
        """`day` itself, or the first working day after it."""
        while not self.is_workday(day):
            day += timedelta(days=1)
        return day

    def in_office_hours(self, now: datetime) -> bool:
        """Whether `now` (aware) is between opening and closing, on whatever day."""
        return self.opens <= now.astimezone(self.zone).time() < self.closes

    def is_open(self, now: datetime) -> bool:
        """Whether `now` (aware) is in the office hours of a working day."""
        return self.is_workday(now.astimezone(self.zone).date()) and self.in_office_hours(now)


def known_until(nation: str) -> int:
    """The last year whose bank holidays are known. Raises `Permanent` for no such nation."""
    return int(_bank_holidays(nation).end_year)


@lru_cache(maxsize=10_000)
def _is_bank_holiday(nation: str, day: date) -> bool:
    """Looked up once: a forecast asks of the same days for every consultation."""
    return day in _bank_holidays(nation)


@cache
def _bank_holidays(nation: str) -> holidays.HolidayBase:
    """Filled year by year as it is asked."""
    try:
        return holidays.country_holidays("GB", subdiv=nation)
    except NotImplementedError as e:
        raise Permanent(
            f"there are no bank holidays for the nation {nation!r}; "
            "set [process] nation to ENG, SCT, WLS or NIR"
        ) from e
