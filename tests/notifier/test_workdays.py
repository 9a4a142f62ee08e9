from datetime import UTC, date, datetime, time

import pytest

from model import ClockRules, Permanent
from notifier.workdays import Workdays

ENGLAND = Workdays()


@pytest.mark.parametrize(
    ("day", "next_one"),
    [
        (date(2027, 12, 24), date(2027, 12, 24)),  # a Friday, and no holiday in England
        (date(2027, 12, 25), date(2027, 12, 29)),  # Christmas and Boxing Day on a weekend
        (date(2027, 12, 31), date(2027, 12, 31)),
        (date(2028, 1, 1), date(2028, 1, 4)),  # New Year's Day on a Saturday
        (date(2027, 3, 26), date(2027, 3, 30)),  # Good Friday to Easter Monday
        (date(2028, 4, 14), date(2028, 4, 18)),
        (date(2027, 5, 3), date(2027, 5, 4)),  # the early May bank holiday
        (date(2027, 6, 5), date(2027, 6, 7)),  # a Saturday
    ],
)
def test_a_day_off_gives_way_to_the_next_working_day(day: date, next_one: date) -> None:
    assert ENGLAND.next_workday(day) == next_one


def test_each_nation_keeps_its_own_holidays() -> None:
    open_on = {
        nation: [d for d in _DAYS if Workdays(nation=nation).is_workday(d)]
        for nation in ("ENG", "WLS", "SCT", "NIR")
    }
    second_of_january, st_patrick, easter_monday, st_andrew = _DAYS
    assert open_on["ENG"] == open_on["WLS"] == [second_of_january, st_patrick, st_andrew]
    assert open_on["SCT"] == [st_patrick, easter_monday]
    assert open_on["NIR"] == [second_of_january, st_andrew]


_DAYS = (date(2029, 1, 2), date(2027, 3, 17), date(2027, 3, 29), date(2027, 11, 30))


def test_a_nation_that_is_none_is_said_with_the_setting_to_change() -> None:
    with pytest.raises(Permanent, match="nation"):
        Workdays(nation="Mercia").is_workday(date(2027, 1, 4))


@pytest.mark.parametrize(
    ("at", "is_open"),
    [
        (datetime(2027, 2, 8, 8, 59, tzinfo=UTC), False),
        (datetime(2027, 2, 8, 9, 0, tzinfo=UTC), True),
        (datetime(2027, 2, 8, 16, 59, tzinfo=UTC), True),
        (datetime(2027, 2, 8, 17, 0, tzinfo=UTC), False),
        (datetime(2027, 3, 30, 8, 0, tzinfo=UTC), True),  # nine o'clock by British Summer Time
        (datetime(2027, 3, 30, 16, 0, tzinfo=UTC), False),
        (datetime(2027, 10, 29, 8, 0, tzinfo=UTC), True),  # the last Friday of summer time
        (datetime(2027, 11, 1, 8, 0, tzinfo=UTC), False),  # the Monday after
        (datetime(2027, 2, 7, 12, 0, tzinfo=UTC), False),  # a Sunday
    ],
)
def test_office_hours_are_by_the_office_s_own_clock(at: datetime, is_open: bool) -> None:
    assert ENGLAND.is_open(at) is is_open


def test_the_clock_s_rules_make_the_working_days() -> None:
    days = Workdays.of(ClockRules(nation="SCT", opens=time(8), closes=time(12)))
    assert days == Workdays(nation="SCT", opens=time(8), closes=time(12))
