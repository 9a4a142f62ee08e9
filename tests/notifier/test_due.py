"""The dates that the software watches, walked day by day over real calendars."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from model import (
    Clocked,
    ClockRules,
    Consultation,
    Due,
    Letter,
    Reason,
    Role,
    Status,
)
from notifier.due import at_once, decide, digest, due, forecast, may_digest, may_send
from notifier.workdays import Workdays
from tests.notifier.samples import ADMIN, ASHA, AWAITING, BEN, REGISTERED, RULES

CLOCK = ClockRules()
DAY = timedelta(days=1)


def ending(end: date, **more: Any) -> Consultation:
    """A registered consultation with this end date."""
    form1 = {**(REGISTERED.form1 or {}), "end_date": end.isoformat()}
    return replace(REGISTERED, form1=form1, **{"outcomes_due": end + 28 * DAY, **more})


def each_day(first: date, last: date) -> Iterator[date]:
    return (first + n * DAY for n in range((last - first).days + 1))


def walked(
    c: Consultation, days: Iterable[date], made: frozenset[str] = frozenset()
) -> list[tuple[date, str, bool]]:
    """(day, what, with form) of everything made while the clock runs on these days."""
    return [(d.goes_on, str(d.what), d.with_form) for d in steps_of(c, days, made)]


def steps_of(
    c: Consultation, days: Iterable[date], made: frozenset[str] = frozenset()
) -> Iterator[Due]:
    for day in days:
        for found in due([Clocked(consultation=c, made=made)], CLOCK, day):
            made |= {found.key}
            yield found


# --------------------------------------------------------------------------- outcomes


def test_the_note_the_chasers_and_the_exception_come_on_their_days() -> None:
    found = walked(ending(date(2027, 5, 10)), each_day(date(2027, 5, 1), date(2027, 12, 31)))
    assert found == [
        (date(2027, 5, 11), "completion_note", True),
        (date(2027, 6, 7), "chaser", False),
        (date(2027, 6, 21), "chaser", False),
        (date(2027, 7, 5), "chaser", False),
        (date(2027, 7, 19), "outcomes_overdue", False),
    ]


def test_over_christmas_mails_wait_for_the_office_and_the_exception_does_not() -> None:
    found = walked(ending(date(2027, 12, 24)), each_day(date(2027, 12, 20), date(2028, 4, 30)))
    assert found == [
        (date(2027, 12, 29), "completion_note", True),
        (date(2028, 1, 21), "chaser", False),
        (date(2028, 2, 4), "chaser", False),
        (date(2028, 2, 18), "chaser", False),
        (date(2028, 3, 3), "outcomes_overdue", False),
    ]
    weekend = walked(ending(date(2027, 12, 25)), each_day(date(2028, 3, 1), date(2028, 3, 9)))
    assert weekend[-1] == (date(2028, 3, 4), "outcomes_overdue", False)  # a Saturday


@pytest.mark.parametrize(
    ("end", "goes_on"),
    [
        (date(2027, 2, 26), date(2027, 3, 30)),  # due on Good Friday 2027
        (date(2028, 3, 17), date(2028, 4, 18)),  # due on Good Friday 2028
        (date(2027, 3, 1), date(2027, 3, 30)),  # due on Easter Monday 2027
    ],
)
def test_a_chaser_due_at_easter_goes_on_the_tuesday(end: date, goes_on: date) -> None:
    found = walked(ending(end), each_day(end, end + 40 * DAY))
    assert [day for day, what, _ in found if what == "chaser"] == [goes_on]


def test_after_seven_weeks_off_one_mail_goes_and_it_carries_the_form() -> None:
    c = ending(date(2027, 5, 10))
    off = [*each_day(date(2027, 5, 1), date(2027, 5, 10)), *each_day(date(2027, 6, 28), _END)]
    assert walked(c, off) == [
        (date(2027, 6, 28), "chaser", True),
        (date(2027, 7, 5), "chaser", False),
        (date(2027, 7, 19), "outcomes_overdue", False),
    ]


_END = date(2027, 12, 31)


def test_an_outage_past_everything_leaves_only_the_exception() -> None:
    found = walked(ending(date(2027, 5, 10)), each_day(date(2027, 8, 1), _END))
    assert found == [(date(2027, 8, 1), "outcomes_overdue", False)]


def test_an_end_date_past_at_registering_gives_the_latest_only() -> None:
    found = walked(ending(date(2027, 5, 10)), each_day(date(2027, 6, 9), date(2027, 6, 30)))
    assert found == [(date(2027, 6, 9), "chaser", True), (date(2027, 6, 21), "chaser", False)]


def test_extend_moves_what_is_to_come_and_repeats_nothing() -> None:
    c = ending(date(2027, 5, 10))
    before = list(steps_of(c, each_day(date(2027, 5, 1), date(2027, 6, 8))))
    assert [d.what for d in before] == [Letter.COMPLETION_NOTE, Letter.CHASER]
    extended = replace(c, extended_to=date(2027, 7, 9), outcomes_due=date(2027, 7, 9))
    made = frozenset(d.key for d in before)
    assert walked(extended, each_day(date(2027, 6, 9), _END), made) == [
        (date(2027, 7, 9), "chaser", False),
        (date(2027, 7, 23), "chaser", False),
        (date(2027, 8, 6), "chaser", False),
        (date(2027, 8, 20), "outcomes_overdue", False),
    ]


def test_a_note_that_an_outage_swallowed_is_not_sent_after_an_extend() -> None:
    c = ending(date(2027, 5, 10))
    made = frozenset(d.key for d in steps_of(c, [date(2027, 6, 8)]))
    extended = replace(c, outcomes_due=date(2027, 7, 9))
    assert walked(extended, each_day(date(2027, 6, 9), date(2027, 7, 8)), made) == []


def test_a_revised_end_date_starts_again_with_a_note() -> None:
    first = ending(date(2027, 5, 10))
    made = frozenset(d.key for d in steps_of(first, each_day(date(2027, 5, 1), date(2027, 6, 7))))
    found = walked(ending(date(2027, 6, 30)), each_day(date(2027, 6, 8), date(2027, 7, 28)), made)
    assert found == [(date(2027, 7, 1), "completion_note", True), (_CHASED, "chaser", False)]


_CHASED = date(2027, 7, 28)


@pytest.mark.parametrize(
    "ended",
    [
        {"stopped_at": datetime(2027, 5, 20, tzinfo=UTC)},
        {"status": Status.COMPLETE},
        {"status": Status.WITHDRAWN},
        {"status": Status.DRAFT},
        {"status": Status.MERGED},
        {"status": Status.AWAITING_APPROVAL},
    ],
)
def test_what_is_stopped_or_over_draws_nothing(ended: dict[str, Any]) -> None:
    c = ending(date(2027, 5, 10), **ended)
    assert walked(c, each_day(date(2027, 5, 1), _END)) == []


def test_with_nobody_to_write_to_only_the_exception_comes() -> None:
    found = walked(ending(date(2027, 5, 10), people=()), each_day(date(2027, 5, 1), _END))
    assert found == [(date(2027, 7, 19), "outcomes_overdue", False)]


# --------------------------------------------------------------------------- confirmation


def test_a_question_about_similar_work_is_repeated_once_and_then_put_in_the_queue() -> None:
    asked = replace(AWAITING, asked_at=datetime(2027, 2, 5, 12, tzinfo=UTC))
    found = walked(asked, each_day(date(2027, 2, 5), _END))
    assert found == [
        (date(2027, 2, 12), "confirm_reminder", False),
        (date(2027, 2, 26), "unconfirmed", False),
    ]


def test_days_after_asking_are_counted_from_the_local_day() -> None:
    late = replace(AWAITING, asked_at=datetime(2027, 6, 6, 23, 30, tzinfo=UTC))  # 7 June in Britain
    found = walked(late, each_day(date(2027, 6, 6), date(2027, 6, 20)))
    assert found == [(date(2027, 6, 14), "confirm_reminder", False)]


def test_an_unanswered_question_is_put_in_the_queue_with_the_local_day_it_was_asked() -> None:
    late = replace(AWAITING, asked_at=datetime(2027, 6, 6, 23, 30, tzinfo=UTC))
    (hold,) = decide(first_due(late, date(2027, 6, 28)), CLOCK).holds
    assert hold.reason is Reason.UNCONFIRMED
    assert hold.detail["asked_on"] == "2027-06-07"
    assert "outcomes_due" not in hold.detail


def test_one_that_awaits_an_answer_is_not_chased_for_outcomes() -> None:
    found = walked(AWAITING, each_day(date(2027, 5, 1), _END))
    assert found == [(date(2027, 5, 1), "unconfirmed", False)]


# --------------------------------------------------------------------------- the forecast


def test_the_forecast_says_what_goes_when_and_why() -> None:
    found = forecast(
        [Clocked(consultation=ending(date(2027, 12, 24)))],
        CLOCK,
        since=date(2027, 12, 1),
        until=date(2028, 1, 31),
    )
    assert [(d.what, d.due_on, d.goes_on, d.why) for d in found] == [
        (
            Letter.COMPLETION_NOTE,
            date(2027, 12, 25),
            date(2027, 12, 29),
            "1 day after the end date",
        ),
        (Letter.CHASER, date(2028, 1, 21), date(2028, 1, 21), "outcomes are due"),
    ]


# --------------------------------------------------------------------------- decisions


def first_due(c: Consultation, on: date) -> Due:
    (found,) = due([Clocked(consultation=c)], CLOCK, on)
    return found


def test_the_note_goes_to_the_lead_worker_in_the_thread_with_the_form_filled_in() -> None:
    decision = decide(first_due(ending(date(2027, 5, 10)), date(2027, 5, 11)), CLOCK)
    (draft,) = decision.drafts
    (form,) = draft.forms
    assert (draft.to, draft.cc) == ((ASHA,), (BEN,))
    assert draft.thread == ("<form1@ipswich-youth.example>",)
    assert decision.kind is None
    assert decision.about == (REGISTERED.key,)
    assert form.fields == {
        "reference": "CYP-2027-0042-1",
        "title": "A skate park for everyone",
        "organisation": "Ipswich Youth Service",
        "lead_worker": "Asha Patel",
        "email": ASHA.email,
        "start_date": "2027-03-03",
        "end_date": "2027-05-10",
    }


def test_of_the_people_the_first_who_is_not_a_copy_is_written_to() -> None:
    people = tuple(reversed(REGISTERED.people))
    assert people[0].role is Role.CC
    (draft,) = decide(
        first_due(ending(date(2027, 5, 10), people=people), date(2027, 6, 7)), CLOCK
    ).drafts
    assert (draft.to, draft.cc) == ((ASHA,), (BEN,))


def test_only_the_last_chaser_says_that_it_is_the_last() -> None:
    found = steps_of(ending(date(2027, 5, 10)), each_day(date(2027, 6, 1), date(2027, 7, 10)))
    drafts = [draft for d in found for draft in decide(d, CLOCK).drafts]
    assert [d.parts[0].details["last"] for d in drafts] == [False, False, False, True]
    assert [len(d.forms) for d in drafts] == [1, 0, 0, 0]


def test_the_last_chaser_let_go_before_its_day_is_not_called_the_last() -> None:
    """Those before it may still come after it."""
    one = Clocked(consultation=ending(date(2027, 5, 10)), made=frozenset())
    today = date(2027, 6, 1)
    *_, last = (
        d for d in forecast([one], CLOCK, since=today, until=_END) if d.what is Letter.CHASER
    )
    (draft,) = decide(at_once(last, one, today), CLOCK).drafts
    assert draft.parts[0].details["last"] is False


def test_the_clock_s_exceptions_are_about_their_consultation() -> None:
    c = ending(date(2027, 5, 10))
    decision = decide(first_due(c, date(2027, 7, 19)), CLOCK)
    (hold,) = decision.holds
    assert (hold.reason, hold.consultation) == (Reason.OUTCOMES_OVERDUE, c.key)
    assert hold.detail == {"why": "42 days after outcomes were due", "outcomes_due": "2027-06-07"}
    assert decision.drafts == ()
    again = replace(c, outcomes_due=date(2027, 7, 9))
    assert decide(first_due(again, date(2027, 8, 20)), CLOCK).holds[0].key != hold.key


# --------------------------------------------------------------------------- the moment


def test_letters_go_on_working_days_in_office_hours() -> None:
    days = Workdays.of(CLOCK)
    assert may_send(datetime(2027, 2, 8, 9, tzinfo=UTC), days)
    assert not may_send(datetime(2027, 2, 8, 8, 45, tzinfo=UTC), days)
    assert not may_send(datetime(2027, 3, 29, 10, tzinfo=UTC), days)


@pytest.mark.parametrize(
    ("at", "may"),
    [
        (datetime(2027, 2, 8, 8, 29, tzinfo=UTC), False),
        (datetime(2027, 2, 8, 8, 30, tzinfo=UTC), True),
        (datetime(2027, 2, 8, 17, 0, tzinfo=UTC), False),
        (datetime(2027, 2, 7, 12, 0, tzinfo=UTC), False),
        (datetime(2027, 6, 7, 7, 30, tzinfo=UTC), True),
    ],
)
def test_the_digest_goes_from_its_hour_until_closing(at: datetime, may: bool) -> None:
    assert may_digest(at, CLOCK) is may


def test_there_is_one_digest_a_day_and_none_about_nothing() -> None:
    row = {"id": 7, "reason": "needs_answer", "from": "a@b.example", "subject": "Re: x"}
    draft = digest([row], date(2027, 2, 8), RULES)
    assert draft is not None
    assert (draft.key, draft.to) == ("digest:2027-02-08", (ADMIN,))
    assert digest([], date(2027, 2, 8), RULES) is None
    assert digest([row], date(2027, 2, 8), replace(RULES, administrator=None)) is None


# --------------------------------------------------------------------------- away


def days_of(away_until: date | None, made: frozenset[str] = frozenset()) -> list[tuple[date, str]]:
    c = ending(date(2027, 5, 10), away_until=away_until)
    days = each_day(date(2027, 5, 1), date(2027, 12, 31))
    return [(day, what) for day, what, _ in walked(c, days, made)]


def test_nothing_comes_while_the_lead_worker_is_away() -> None:
    plain = days_of(None)
    assert days_of(date(2027, 5, 1)) == plain
    back = date(2027, 6, 16)
    moved = days_of(back)
    assert [what for _, what in moved] == ["chaser", "chaser", "chaser", "outcomes_overdue"]
    assert moved[0][0] == back
    assert moved[1:] == plain[2:]


def test_a_chaser_that_went_before_they_left_does_not_go_again() -> None:
    c = ending(date(2027, 5, 10))
    early = list(steps_of(c, each_day(date(2027, 5, 1), date(2027, 6, 10))))
    made = frozenset(found.key for found in early)
    assert [str(found.what) for found in early] == ["completion_note", "chaser"]
    away = replace(c, away_until=date(2027, 6, 25))
    later = walked(away, each_day(date(2027, 6, 11), date(2027, 12, 31)), made)
    assert [(day, what) for day, what, _ in later][:2] == [
        (date(2027, 6, 25), "chaser"),
        (date(2027, 7, 5), "chaser"),
    ]


def test_whoever_is_away_past_the_last_date_gets_no_mail_after_it() -> None:
    found = days_of(date(2027, 9, 1))
    assert [what for _, what in found] == ["outcomes_overdue"]
