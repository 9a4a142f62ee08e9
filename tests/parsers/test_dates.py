from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from model import Code
from parsers.dates import read_date, read_range

A_DAY = date(2027, 4, 3)


@pytest.mark.parametrize(
    "text",
    [
        "03/04/27",
        "3/4/2027",
        "3.4.27",
        "03-04-2027",
        "3 / 4 / 2027",
        "2027-04-03",
        "2027-04-03 00:00:00",
        "2027-04-03T00:00:00",
        "03042027",
        "20270403",
        "3 April 2027",
        "3rd April 2027",
        "3rd of April, 2027",
        "the 3rd April 2027",
        "Saturday 3 April 2027",
        "Sat. 3rd Apr 2027",
        "3-Apr-27",
        "3 Apr '27",
        "3April2027",
        "April 3, 2027",
        "April 3rd 2027",
        "w/c 3 April 2027",
        "W/C: 3rd April 2027",
        "week commencing 3 April 2027",
        "Week beginning 03/04/2027",
        "wk beg 3/4/27",
        "Wk. comm. 3 April 2027",
        "3\u00a0April\u00a02027.",
        "3 April 2027 (after half term)",
        "3 April 2027, 10am",
        "from 3 April 2027",
        "3 Aprli 2027",
    ],
)
def test_a_day_is_read_however_it_is_written(text: str) -> None:
    read = read_date(text, "start")
    assert (read.value, read.code) == (A_DAY, None)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "TBC",
        "Spring term 2027",
        "Summer 2027",
        "31/02/2027",
        "29 February 2027",
        "12/25/2027",
        "3 April",
        "03/04",
        "April",
        "March 27",
        "2027",
        "46480",
        "next Tuesday",
        "after 3 April 2027",
        "3 or 10 April 2027",
        "3 April 2027 and 10 April 2027",
        "3 March - 14 May 2027",
        "3 April 0207",
        "3 April 2207",
        "mid March 2027",
        "3/4/27 4/5/27",
        "9" * 400,
        "ASAP",
        "two weeks after Easter 2027",
    ],
)
def test_what_states_no_one_day_is_not_guessed(text: str) -> None:
    read = read_date(text, "end")
    assert (read.value, read.code) == (None, Code.DATE_UNREADABLE)


@pytest.mark.parametrize("text", ["March 2027", "Mar 2027", "march, 2027", "03/2027", "Mar '27"])
def test_a_month_alone_is_its_first_or_last_day_and_approximate(text: str) -> None:
    assert read_date(text, "start").value == date(2027, 3, 1)
    assert read_date(text, "end").value == date(2027, 3, 31)
    assert read_date(text, "end").code == Code.DATE_APPROXIMATE


def test_part_of_a_month_counts_only_where_it_points_the_same_way() -> None:
    assert read_date("end of March 2027", "end").value == date(2027, 3, 31)
    assert read_date("beginning of March 2027", "start").value == date(2027, 3, 1)
    assert read_date("end of March 2027", "start").value is None
    assert read_date("early March 2027", "end").value is None


@pytest.mark.parametrize("text", ["3 April 2027 (TBC)", "approx. 3/4/27", "Monday 3 April 2027"])
def test_words_of_doubt_and_a_wrong_weekday_keep_the_day_but_say_so(text: str) -> None:
    read = read_date(text)
    assert (read.value, read.code) == (A_DAY, Code.DATE_APPROXIMATE)


@pytest.mark.parametrize(
    "text",
    [
        "3 March - 14 May 2027",
        "3 March 2027 - 14 May 2027",
        "3rd March to 14th May 2027",
        "from 3 March until 14 May 2027",
        "Between 3 March and 14 May 2027",
        "03/03/27-14/05/27",
        "3/3 – 14/5/2027",
        "2027-03-03 - 2027-05-14",
        "w/c 3 March 2027 to 14 May 2027",
    ],
)
def test_a_range_gives_both_days(text: str) -> None:
    pair = read_range(text)
    assert pair is not None
    assert [(d.value, d.code) for d in pair] == [
        (date(2027, 3, 3), None),
        (date(2027, 5, 14), None),
    ]


def test_a_range_within_a_month_and_one_of_months() -> None:
    within = read_range("3-14 March 2027")
    months = read_range("March - May 2027")
    assert within and [d.value for d in within] == [date(2027, 3, 3), date(2027, 3, 14)]
    assert months and [d.value for d in months] == [date(2027, 3, 1), date(2027, 5, 31)]
    assert months[0].code == months[1].code == Code.DATE_APPROXIMATE


def test_a_range_over_new_year_takes_the_year_before_and_says_so() -> None:
    pair = read_range("3 November - 14 January 2028")
    assert pair and pair[0].value == date(2027, 11, 3)
    assert pair[0].code == Code.DATE_APPROXIMATE


@pytest.mark.parametrize("text", ["3 March 2027", "TBC", "14 May - 3 March", "03-04-27", "a - b"])
def test_what_is_no_range_is_none(text: str) -> None:
    assert read_range(text) is None


FORMATS = ["%d/%m/%Y", "%d.%m.%y", "%d %B %Y", "%A %d %b %Y", "%Y-%m-%d", "%d%m%Y", "%B %d, %Y"]


@given(st.dates(date(2000, 1, 1), date(2089, 12, 31)), st.sampled_from(FORMATS))
def test_any_day_in_any_usual_format_comes_back(day: date, style: str) -> None:
    read = read_date(day.strftime(style))
    assert (read.value, read.code) == (day, None)


@given(
    st.dates(date(2000, 1, 1), date(2088, 12, 31)),
    st.integers(1, 300),
    st.sampled_from(FORMATS[:5]),
    st.sampled_from([" - ", " to ", "–", " until "]),
)
def test_any_range_in_any_usual_format_comes_back(
    day: date, days: int, style: str, link: str
) -> None:
    last = day + timedelta(days)
    pair = read_range(day.strftime(style) + link + last.strftime(style))
    assert pair and [d.value for d in pair] == [day, last]


@given(st.text(max_size=60))
def test_no_text_at_all_makes_reading_fail(text: str) -> None:
    read = read_date(text)
    assert (read.value is None) == (read.code == Code.DATE_UNREADABLE)
    read_range(text)
