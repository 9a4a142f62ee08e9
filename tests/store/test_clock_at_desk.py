"""The clock and people at the desk at one mail, on every database: it goes once, or not at all."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Barrier

import pytest

from intake.clock import bring_if_still_due, bring_what_is_due
from intake.desk import Act, OnMail, Pause, Refused, Resume, SendNow, Skip, perform, undo
from model import ClockRules, Conflict, Decision, Due
from notifier.due import forecast
from store import Store
from tests.intake.desk import Desk, kind
from tests.intake.world import World, form1
from tests.store.given import at_once

REGISTERED = datetime(2027, 3, 1, 10, tzinfo=UTC)
#: The Monday after the end, 9 April: the day of the note.
NOW = datetime(2027, 4, 12, 10, tzinfo=UTC)
SUNDAY = NOW - timedelta(days=1)
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)


@pytest.fixture
def desk(store: Store, tmp_path: Path) -> Iterator[Desk]:
    made = Desk(root=tmp_path / "mail", world=World(store=store, now=REGISTERED))
    made.world.receive(form1())
    assert [kind(m) for m in made.run(REGISTERED + HOUR)] == ["registered"]
    yield made


def to_come(desk: Desk, now: datetime = NOW) -> tuple[Due, ...]:
    today = now.date()
    clocked = desk.house.store.views.clocked()
    return forecast(clocked, ClockRules(), since=today, until=today + timedelta(days=200))


def note(desk: Desk) -> Due:
    return to_come(desk)[0]


def act(desk: Desk, doing: OnMail, who: str = "ann", now: datetime = NOW) -> None:
    token = f"{type(doing).__name__} {who} {now}"
    perform(
        desk.house,
        Act(token=token, who=who, doing=doing, consultation=_about(desk), why="ill"),
        now,
    )


def _about(desk: Desk) -> str:
    return desk.house.store.views.clocked()[0].consultation.key


def _blocking(email: str) -> Decision:
    return Decision(kind=None, outcome="blocked", blocked=(email,))


def clock(desk: Desk, now: datetime = NOW) -> int:
    return bring_what_is_due(desk.house, now)


def kinds(desk: Desk, now: datetime) -> list[str]:
    return [kind(m) for m in desk.run(now)]


def test_sent_now_and_brought_by_the_clock_at_once_it_is_one_mail(desk: Desk) -> None:
    key, barrier = note(desk).key, Barrier(2)

    def do(which: int) -> None:
        barrier.wait()
        if which:
            clock(desk)
        else:
            act(desk, SendNow(key=key))

    at_once(do, 2)
    assert kinds(desk, NOW + MINUTE) == ["completion_note"]
    assert kinds(desk, NOW + 2 * MINUTE) == []


def test_what_is_sent_now_goes_after_a_minute_whatever_the_day(desk: Desk) -> None:
    act(desk, SendNow(key=note(desk).key), now=SUNDAY)
    assert kinds(desk, SUNDAY + MINUTE / 2) == []
    (went,) = desk.run(SUNDAY + MINUTE)
    assert [part.get_filename() for part in went.iter_attachments()]
    assert kinds(desk, NOW) == []
    assert [str(d.what) for d in to_come(desk)][:1] == ["chaser"]


def test_what_was_sent_now_and_undone_comes_on_its_day(desk: Desk) -> None:
    act(desk, SendNow(key=note(desk).key), now=SUNDAY)
    undo(desk.house, f"SendNow ann {SUNDAY}", SUNDAY, who="ann")
    assert kinds(desk, SUNDAY + MINUTE) == []
    assert kinds(desk, NOW) == ["completion_note"]


def test_a_skipped_mail_is_not_made_and_the_next_carries_the_form(desk: Desk) -> None:
    act(desk, Skip(key=note(desk).key))
    assert clock(desk) == 0
    due_on = datetime(2027, 5, 7, 10, tzinfo=UTC)
    (chaser,) = desk.run(due_on)
    assert kind(chaser) == "chaser"
    assert [part.get_filename() for part in chaser.iter_attachments()]


def test_skipping_what_the_clock_wrote_meanwhile_lets_the_next_carry_the_form(desk: Desk) -> None:
    key = note(desk).key
    assert clock(desk) == 1
    act(desk, Skip(key=key))
    assert kinds(desk, NOW + MINUTE) == []
    (chaser,) = desk.run(datetime(2027, 5, 7, 10, tzinfo=UTC))
    assert [part.get_filename() for part in chaser.iter_attachments()]


@pytest.mark.parametrize("how", ["undone", "resumed"])
def test_a_skip_that_is_taken_back_brings_the_mail_once(desk: Desk, how: str) -> None:
    key = note(desk).key
    act(desk, Skip(key=key))
    if how == "undone":
        undo(desk.house, f"Skip ann {NOW}", NOW, who="ann")
    else:
        act(desk, Resume(key=key), who="ben")
    brought = [clock(desk, NOW + n * MINUTE) for n in range(3)]
    assert brought == ([1, 0, 0] if how == "undone" else [0, 1, 0])
    assert kinds(desk, NOW + 3 * MINUTE) == ["completion_note"]


def test_skipped_and_brought_by_the_clock_at_once_it_does_not_go(desk: Desk) -> None:
    key, barrier = note(desk).key, Barrier(2)

    def do(which: int) -> None:
        barrier.wait()
        if which:
            clock(desk)
        else:
            act(desk, Skip(key=key))

    at_once(do, 2)
    assert kinds(desk, NOW + MINUTE) == []


def test_the_clock_looks_again_before_it_writes(desk: Desk) -> None:
    about_to_write = note(desk)
    act(desk, Skip(key=about_to_write.key))
    assert not bring_if_still_due(desk.house, about_to_write, NOW + MINUTE)
    act(desk, Resume(key=about_to_write.key), who="ben")
    desk.world.receive(text="WITHDRAW", answers=desk.world.last())
    assert not bring_if_still_due(desk.house, about_to_write, NOW + MINUTE)


def test_while_paused_no_reminder_comes_and_after_it_the_latest_alone(desk: Desk) -> None:
    act(desk, Pause(key=note(desk).key))
    marked = [(str(d.what), d.wished is not None) for d in to_come(desk)]
    assert marked == [
        ("completion_note", True),
        ("chaser", True),
        ("chaser", True),
        ("chaser", True),
        ("outcomes_overdue", False),
    ]
    after = datetime(2027, 5, 24, 10, tzinfo=UTC)
    assert clock(desk, after) == 0
    act(desk, Resume(key=to_come(desk, after)[0].key), now=after)
    assert kinds(desk, after) == []
    assert kinds(desk, after + MINUTE) == ["chaser"]
    assert kinds(desk, after + timedelta(days=1)) == []


def test_a_pause_does_not_keep_the_exception_from_the_queue(desk: Desk) -> None:
    act(desk, Pause(key=note(desk).key))
    assert clock(desk, datetime(2027, 6, 18, 10, tzinfo=UTC)) == 1
    assert desk.world.reasons() == ["outcomes_overdue"]


def test_a_changed_end_date_lets_what_was_wished_of_one_mail_lapse(desk: Desk) -> None:
    act(desk, Skip(key=note(desk).key), now=REGISTERED + MINUTE)
    desk.world.receive(form1(end_date="2027-04-16"), answers=desk.world.last())
    assert [d.wished for d in to_come(desk, REGISTERED)][:1] == [None]


def test_the_second_of_two_people_is_told_who_was_first(desk: Desk) -> None:
    key = note(desk).key
    act(desk, Pause(key=key, seen="to_come"))
    for doing in (SendNow, Skip, Pause):
        with pytest.raises(Conflict, match=r"ann paused this on 12 April at 11:00am \(ill\)"):
            act(desk, doing(key=key, seen="to_come"), who="ben")


def test_what_the_clock_wrote_since_it_was_shown_is_looked_at_again(desk: Desk) -> None:
    key = note(desk).key
    assert clock(desk) == 1
    with pytest.raises(Conflict, match="changed since you opened it"):
        act(desk, Skip(key=key, seen="to_come"))
    assert kinds(desk, NOW + MINUTE) == ["completion_note"]
    with pytest.raises(Conflict, match="has gone meanwhile"):
        act(desk, Pause(key=key), who="ben")


def test_two_clicks_are_one_act(desk: Desk) -> None:
    key, barrier = note(desk).key, Barrier(2)

    def click(_: int) -> None:
        barrier.wait()
        act(desk, SendNow(key=key, seen="to_come"))

    at_once(click, 2)
    assert kinds(desk, NOW + MINUTE) == ["completion_note"]


def test_what_makes_no_sense_is_refused_and_changes_nothing(desk: Desk) -> None:
    key, house = note(desk).key, desk.house
    with pytest.raises(Refused, match="Give a reason"):
        perform(
            house, Act(token="t", who="ann", doing=Skip(key=key), consultation=_about(desk)), NOW
        )
    early = datetime(2027, 4, 9, 10, tzinfo=UTC)
    with pytest.raises(Refused, match="goes on until 9 April 2027"):
        act(desk, SendNow(key=key), now=early)
    with pytest.raises(Refused, match="was not paused or skipped"):
        act(desk, Resume(key=key))
    with desk.house.store.transaction() as transaction:
        transaction.apply(_blocking("lead@youth.example.org"), now=NOW)
    with pytest.raises(Refused, match="came back"):
        act(desk, SendNow(key=key))
    assert house.store.views.clocked()[0].wishes == {}
    assert house.store.views.unsent() == ()
