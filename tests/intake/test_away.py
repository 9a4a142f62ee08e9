"""When somebody is back, by their vacation note; and what that moves."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from intake.away import away_until
from intake.message import read_mail
from model import Address
from tests.intake.mails.making import NOON, letter
from tests.intake.world import COLLEAGUE, LEAD, STRANGER, World, form1

ARRIVED = date(2027, 3, 2)
BACK = date(2027, 3, 15)


@pytest.mark.parametrize(
    "note",
    [
        "I am out of the office until 15 March 2027.",
        "I am away until Monday 15th March 2027 and have no access to email.",
        "I will be back on 15 March.",
        "I will be back in the office on Monday, 15 March 2027.",
        "I shall return on 15/03/2027",
        "I return to work on 15.3.27.",
        "Returning 2027-03-15",
        "Return date: 15 March 2027",
        "I am on leave from 1 March until 12 March 2027, returning 15 March 2027.",
        "Back 15 March! I am back on 15 March 2027.",
        "I am on annual leave\nuntil\n15 March",
        "I am out of the office till the 15th of March, hunting lions.",
    ],
)
def test_a_certain_date_is_read(note: str) -> None:
    assert away_until("Automatic reply: x", note, ARRIVED) == BACK


def test_a_date_in_the_subject_is_read() -> None:
    subject = "AUTO: Jo Roe is out of the office (returning 15/03/2027)"
    assert away_until(subject, "This is automatic.", ARRIVED) == BACK


@pytest.mark.parametrize(
    "note",
    [
        "",
        "I am away.",
        "I am away until further notice.",
        "I will be back on Monday.",
        "I will be back next week.",
        "I will be back in March.",
        "I am away until about 15 March 2027.",
        "I am away until Tuesday 15 March 2027.",  # a Monday
        "Back on 15 March 2027, or perhaps back on 18 March 2027.",
        "I am away until 15 March 2028.",
        "I was away until 1 March 2027.",
        "I am away until today, 2 March 2027.",
        "The office is closed on 15 March 2027.",
        "My colleague is there from 15 March 2027.",
    ],
)
def test_anything_less_than_certain_moves_nothing(note: str) -> None:
    assert away_until("Automatic reply: x", note, ARRIVED) is None


@pytest.mark.parametrize(("days", "counts"), [(1, True), (60, True), (61, False), (0, False)])
def test_a_date_counts_within_sixty_days(days: int, counts: bool) -> None:
    back = ARRIVED + timedelta(days)
    found = away_until("x", f"Back on {back:%d %B %Y}.", ARRIVED)
    assert (found == back) is counts


def test_a_new_year_is_found_by_itself() -> None:
    assert away_until("x", "Back on 4 January.", date(2026, 12, 20)) == date(2027, 1, 4)


def test_what_a_person_writes_is_no_vacation_note() -> None:
    raw = letter("I am away until 15 March 2027.")
    assert read_mail(raw, NOON).away_until is None
    noted = letter("I am away until 15 March 2027.", more="Auto-Submitted: auto-replied\n")
    assert read_mail(noted, NOON).away_until == BACK


# --------------------------------------------------------------------------- what it moves


def noted(world: World, sender: Address = LEAD, **more: Any) -> date | None:
    """What a consultation's record says after a vacation note in answer to its registration."""
    world.receive(form1(), cc=(COLLEAGUE,))
    given: dict[str, Any] = {"automatic": "auto-submitted", "away_until": BACK, **more}
    world.receive(sender=sender, answers=world.last(LEAD), **given)
    (clocked,) = world.store.views.clocked()
    return clocked.consultation.away_until


def test_the_lead_workers_note_is_remembered(world: World) -> None:
    assert noted(world) == BACK


@pytest.mark.parametrize("sender", [COLLEAGUE, STRANGER])
def test_anybody_elses_note_moves_nothing(world: World, sender: Address) -> None:
    assert noted(world, sender) is None


def test_a_note_whose_sender_is_not_verified_moves_nothing(world: World) -> None:
    assert noted(world, verified=False) is None


def test_a_note_without_a_certain_date_moves_nothing(world: World) -> None:
    assert noted(world, away_until=None) is None
