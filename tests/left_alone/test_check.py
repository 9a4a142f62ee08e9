"""What `check` says of the clock and of how the work goes on."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from commands import condition
from model import Permanent, Trouble
from settings import load
from store import Store
from tests.commanded import Office

NOW = datetime(2027, 3, 1, 12, tzinfo=UTC)


def seen(office: Office, look: str, now: datetime = NOW) -> tuple[bool, str]:
    """(whether it is a note, what is said)"""
    said = getattr(condition, look)(load(office.config, {}), now)
    return isinstance(said, condition.Note), str(said)


def noted(office: Office, *signs: tuple[str, Trouble, datetime]) -> None:
    with Store.open(f"sqlite:///{office.database}") as store:
        for how, what, at in signs:
            if how == "well":
                store.health.well("one", what, at)
            else:
                store.health.failed("one", what, at, "no answer")


def test_it_says_when_the_mailbox_was_last_read(office: Office) -> None:
    assert seen(office, "work")[0]
    noted(office, ("well", Trouble.MAILBOX, NOW - timedelta(minutes=10)))
    assert seen(office, "work") == (False, "the mailbox was last read 10 minutes ago.")
    note, said = seen(office, "work", NOW + timedelta(hours=5))
    assert (note, said) == (
        True,
        "the mailbox was last read 5 hours ago: is the service running?",
    )


def test_it_says_what_fails_and_why(office: Office) -> None:
    noted(
        office,
        ("well", Trouble.MAILBOX, NOW),
        ("failed", Trouble.DELIVERY, NOW - timedelta(hours=1)),
    )
    note, said = seen(office, "work")
    assert note
    assert "delivery: has not worked since 01 March 2027, 11:00 UTC. no answer" in said


def test_a_clock_that_is_behind_the_database_is_noted(office: Office) -> None:
    noted(office, ("well", Trouble.MAILBOX, NOW))
    assert seen(office, "clock") == (
        False,
        "it is 12:00 on Monday 1 March 2027 in Europe/London.",
    )
    assert seen(office, "clock", NOW - timedelta(days=1))[0]


def test_bank_holidays_that_run_out_are_a_fault(office: Office) -> None:
    assert not seen(office, "bank_holidays")[0]
    with pytest.raises(Permanent, match="install a newer version"):
        seen(office, "bank_holidays", NOW.replace(year=2200))
