"""Which letters are no longer true after a change (process table "Every event on every status")."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from intake.overtaken import ASKING, is_overtaken
from model import Change, ClockRules, Consultation, Letter, Status
from notifier.due import steps

NOW = datetime(2027, 6, 1, 9, tzinfo=UTC)
CLOCK = ClockRules()
DRAFT = Consultation(
    key="k1",
    status=Status.DRAFT,
    form1={"start_date": "2027-03-01", "end_date": "2027-03-31"},
    outcomes_due=date(2027, 4, 28),
    created_at=NOW,
)
ASKED = replace(DRAFT, status=Status.AWAITING_CONFIRMATION, asked_at=NOW)
REGISTERED = replace(ASKED, status=Status.REGISTERED, registered_at=NOW)
COMPLETE = replace(REGISTERED, status=Status.COMPLETE, completed_at=NOW)
WITHDRAWN = replace(REGISTERED, status=Status.WITHDRAWN)
STOPPED = replace(REGISTERED, stopped_at=NOW)
LATER = replace(REGISTERED, outcomes_due=date(2027, 9, 1))


def key_of(kind: Letter, record: Consultation) -> str:
    """As the clock names it; any other letter has a key of its mail's."""
    return next((s.key for s in steps(record, CLOCK) if s.what is kind), "answer:1")


@pytest.mark.parametrize(
    ("kind", "before", "after"),
    [
        (Letter.CONFIRM_REMINDER, ASKED, REGISTERED),
        (Letter.CONFIRM_REMINDER, ASKED, WITHDRAWN),
        (Letter.CHASER, REGISTERED, COMPLETE),
        (Letter.CHASER, REGISTERED, STOPPED),
        (Letter.CHASER, REGISTERED, LATER),
        (Letter.COMPLETION_NOTE, REGISTERED, COMPLETE),
    ],
)
def test_what_the_clock_wrote_is_overtaken_by_an_answer(
    kind: Letter, before: Consultation, after: Consultation
) -> None:
    change = Change(event="x", before=before, after=after)
    assert is_overtaken(kind, key_of(kind, before), change, CLOCK)


@pytest.mark.parametrize(
    ("kind", "before", "after"),
    [
        (Letter.INCOMPLETE, DRAFT, REGISTERED),
        (Letter.INCOMPLETE, REGISTERED, COMPLETE),
        (Letter.SIMILAR, ASKED, REGISTERED),
        (Letter.SIMILAR, ASKED, WITHDRAWN),
        (Letter.REMINDERS_AGAIN, REGISTERED, STOPPED),
        (Letter.CONFIRMED, REGISTERED, WITHDRAWN),
        (Letter.EXTENDED, REGISTERED, WITHDRAWN),
        (Letter.EXTENDED, REGISTERED, LATER),
    ],
)
def test_an_answer_is_overtaken_only_by_what_a_person_does(
    kind: Letter, before: Consultation, after: Consultation
) -> None:
    change = Change(event="x", before=before, after=after)
    assert is_overtaken(kind, "answer:1", change, CLOCK, by_hand=True)
    assert not is_overtaken(kind, "answer:1", change, CLOCK)


@pytest.mark.parametrize(
    ("kind", "before", "after"),
    [
        (Letter.COMPLETION_NOTE, REGISTERED, LATER),  # it speaks of the end, which stays
        (Letter.INCOMPLETE, ASKED, REGISTERED),  # of a Form 2 that came early
        (Letter.REGISTERED, REGISTERED, WITHDRAWN),
        (Letter.EXTENDED, REGISTERED, STOPPED),
        (Letter.CONFIRMED, REGISTERED, LATER),
        (Letter.CONFIRMED, REGISTERED, COMPLETE),
    ],
)
def test_what_is_still_so_goes(kind: Letter, before: Consultation, after: Consultation) -> None:
    change = Change(event="x", before=before, after=after)
    assert not is_overtaken(kind, key_of(kind, before), change, CLOCK, by_hand=True)


def test_whatever_asks_is_overtaken_by_the_end() -> None:
    change = Change(event="withdrawn", before=REGISTERED, after=WITHDRAWN)
    assert all(is_overtaken(kind, "answer:1", change, CLOCK, by_hand=True) for kind in ASKING)
