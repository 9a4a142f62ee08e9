"""Six months of three consultations, day by day: the mails that the process names, on its days.

The program's own round on real mails, from 1 November 2027 to 30 April 2028. Bank holidays in it:
27 and 28 December, 3 January, 14 April (Good Friday) and 17 April (Easter Monday).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from email.message import EmailMessage
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import update

from intake.clock import bring_what_is_due
from model import Address, ClockRules
from parsers.references import make
from store.schema import consultations
from tests.gates import OPEN
from tests.intake.desk import Desk, files_of, form1_file, form2_file, kind, mail
from tests.intake.world import ADMINISTRATOR, World, form1

LONDON = ZoneInfo("Europe/London")
DAY = timedelta(days=1)
FIRST, LAST = date(2027, 11, 1), date(2028, 4, 30)
ANN = Address(email="ann@youth.example.org", name="Ann Hill")
BEN = Address(email="ben@leisure.example.org", name="Ben Pool")
CEM = Address(email="cem@school.example.org", name="Cem Kaya")

#: (day, kind, to whom, with a filled-in Form 2)
Went = tuple[date, str, Address, bool]


def at(day: date, hour: int, minute: int = 0) -> datetime:
    """A moment by the office's clock."""
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=LONDON)


@dataclass
class Half:
    """The half year at one desk. Lead workers act on their days, whether we run or not."""

    desk: Desk
    off: tuple[date, date] | None = None  #: the first and the last day without the daemon
    hours: tuple[int, ...] = (10,)  #: of the rounds of a day; each comes half an hour after it
    went: list[Went] = field(default_factory=list)
    letters: list[EmailMessage] = field(default_factory=list)

    def walk(self) -> list[Went]:
        """Every round of every day that we run."""
        for day in (FIRST + n * DAY for n in range((LAST - FIRST).days + 1)):
            for hour in self.hours:
                if hour == 10:
                    self._lead_workers_act(day)
                if not self.off or not self.off[0] <= day <= self.off[1]:
                    self._round(at(day, hour, 30))
        return self.went

    def _round(self, now: datetime) -> None:
        for ours in self.desk.run(now):
            self.letters.append(ours)
            to = next(p for p in (ANN, BEN, CEM) if p.email in str(ours["To"]))
            self.went.append((now.date(), kind(ours), to, bool(files_of(ours))))

    def _lead_workers_act(self, day: date) -> None:
        act = DIARY.get(day)
        if act:
            self.desk.post(act(self), at(day, 10))

    def latest(self, to: Address) -> EmailMessage | None:
        """Our latest mail to somebody: what a reply answers."""
        return next((m for m in reversed(self.letters) if to.email in str(m["To"])), None)


def _ann_asks(_: Half) -> EmailMessage:
    file = form1_file(
        organisation="Youth Forum",
        lead_worker=ANN.name,
        email=ANN.email,
        title="Bus fares",
        purpose="What do the fares keep young people from?",
        area=["Waveney"],
        start_date="2027-11-22",
        end_date="2027-12-24",
    )
    return mail(file, sender=ANN)


def _ben_asks(_: Half) -> EmailMessage:
    file = form1_file(
        organisation="Leisure",
        lead_worker=BEN.name,
        email=BEN.email,
        start_date="2028-02-14",
        end_date="2028-03-17",
    )
    return mail(file, sender=BEN)


def _cem_asks_the_same_as_ben(_: Half) -> EmailMessage:
    file = form1_file(
        organisation="High School",
        lead_worker=CEM.name,
        email=CEM.email,
        start_date="2028-01-17",
        end_date="2028-01-31",
    )
    return mail(file, sender=CEM)


def _cem_goes_on(half: Half) -> EmailMessage:
    return mail(sender=CEM, text="PROCEED", answers=half.latest(CEM))


def _cem_needs_longer(half: Half) -> EmailMessage:
    return mail(sender=CEM, text="Please EXTEND to 17 April 2028.", answers=half.latest(CEM))


def _ben_has_finished(half: Half) -> EmailMessage:
    outcomes = form2_file(reference=make("CYP", 2027, 2))
    return mail(outcomes, sender=BEN, subject="Outcomes")


DIARY: dict[date, Callable[[Half], EmailMessage]] = {
    date(2027, 11, 8): _ann_asks,
    date(2027, 12, 6): _ben_asks,
    date(2027, 12, 20): _cem_asks_the_same_as_ben,
    date(2028, 1, 12): _cem_goes_on,
    date(2028, 3, 6): _cem_needs_longer,
    date(2028, 4, 24): _ben_has_finished,
}

NEW_YEAR = [
    (date(2027, 11, 8), "registered", ANN, False),
    (date(2027, 12, 6), "registered", BEN, False),
    (date(2027, 12, 20), "similar", CEM, False),
]
CHRISTMAS = [
    (date(2027, 12, 29), "completion_note", ANN, True),  # Christmas Day, then three days off
    (date(2027, 12, 29), "confirm_reminder", CEM, False),  # 27 December
    (date(2028, 1, 12), "confirmed", CEM, False),
    (date(2028, 1, 21), "chaser", ANN, False),
    (date(2028, 2, 1), "completion_note", CEM, True),
    (date(2028, 2, 4), "chaser", ANN, False),
]
SPRING = [
    (date(2028, 2, 18), "chaser", ANN, False),
    (date(2028, 2, 28), "chaser", CEM, False),
    (date(2028, 3, 6), "extended", CEM, False),
]
EASTER = [
    (date(2028, 3, 20), "completion_note", BEN, True),  # Saturday 18 March
    (date(2028, 4, 18), "chaser", BEN, False),  # Good Friday
    (date(2028, 4, 18), "chaser", CEM, False),  # Easter Monday
    (date(2028, 4, 24), "outcomes_logged", BEN, False),
]


def in_order(went: list[Went]) -> list[Went]:
    return sorted(went, key=lambda w: (w[0], w[1], w[2].email))


@pytest.fixture
def half(tmp_path: Path, world: World) -> Half:
    return Half(desk=Desk(root=tmp_path, world=world))


def test_six_months_bring_exactly_these_mails_on_these_days(half: Half) -> None:
    half.hours = (8, 10, 20)  # for the digest; in office hours; after them
    assert in_order(half.walk()) == in_order([*NEW_YEAR, *CHRISTMAS, *SPRING, *EASTER])
    assert half.desk.world.reasons() == ["outcomes_overdue"]
    (overdue,) = half.desk.world.store.views.queue()
    assert (overdue.reference, overdue.sender) == (make("CYP", 2027, 1), ANN.email)
    assert overdue.opened_at.astimezone(LONDON).date() == date(2028, 3, 3)
    assert half.desk.digests == [
        *working_days(date(2028, 1, 10), date(2028, 1, 12)),  # Cem has not answered
        *working_days(date(2028, 3, 3), LAST),  # Ann's outcomes
    ]


def test_seven_weeks_off_over_christmas_leave_no_backlog(half: Half) -> None:
    half.off = (date(2027, 12, 22), date(2028, 2, 8))
    back = [
        (date(2028, 2, 9), "chaser", ANN, True),  # the first since the end brings the form
        (date(2028, 2, 9), "confirmed", CEM, False),
        (date(2028, 2, 9), "completion_note", CEM, True),
    ]
    assert in_order(half.walk()) == in_order([*NEW_YEAR, *back, *SPRING, *EASTER])
    assert half.desk.world.reasons() == ["outcomes_overdue"]
    assert half.desk.digests == working_days(date(2028, 3, 3), LAST)


def test_seven_weeks_off_over_easter_leave_no_backlog(half: Half) -> None:
    half.off = (date(2028, 3, 8), date(2028, 4, 25))
    back = [
        (date(2028, 4, 26), "outcomes_logged", BEN, False),  # which makes nobody chase him
        (date(2028, 4, 26), "chaser", CEM, False),
    ]
    assert in_order(half.walk()) == in_order([*NEW_YEAR, *CHRISTMAS, *SPRING, *back])
    assert half.desk.world.reasons() == ["outcomes_overdue"]


def working_days(first: date, last: date) -> list[date]:
    free = {date(2028, 4, 14), date(2028, 4, 17)}
    days = (first + n * DAY for n in range((last - first).days + 1))
    return [d for d in days if d.weekday() < 5 and d not in free]


# --------------------------------------------------------------------------- one turn of the clock


CLOCK = ClockRules()


def clock_letters(world: World) -> Iterator[str]:
    while found := world.store.outbox.claim(world.now, OPEN):
        if found.key.partition(":")[0] != "answer":
            yield f"{found.kind} to {', '.join(found.recipients)}"


def test_a_turn_made_twice_makes_nothing_twice(world: World) -> None:
    world.receive(form1())
    world.now = at(date(2027, 4, 12), 10)
    assert [bring_what_is_due(world.house, world.now) for _ in range(3)] == [1, 0, 0]
    assert list(clock_letters(world)) == ["completion_note to lead@youth.example.org"]


def test_of_one_that_cannot_be_counted_on_a_person_is_told_once_and_others_get_theirs(
    world: World,
) -> None:
    world.receive(form1())
    with world.store.views.database.write() as connection:
        connection.execute(update(consultations).values(outcomes_due=date.max))
    world.receive(form1(organisation="Leisure", email=BEN.email), sender=BEN)
    world.now = at(date(2027, 4, 12), 10)
    assert [bring_what_is_due(world.house, world.now) for _ in range(2)] == [1, 0]
    assert world.reasons() == ["failed", "unconfirmed"]


@pytest.mark.parametrize(("hour", "minute"), [(8, 59), (17, 0), (23, 0)])
def test_out_of_hours_nothing_is_sent_and_an_exception_still_opens(
    world: World, hour: int, minute: int
) -> None:
    world.receive(form1())
    world.now = at(date(2027, 4, 12), hour, minute)
    assert bring_what_is_due(world.house, world.now) == 0
    world.now = at(date(2027, 6, 19), hour, minute)  # a Saturday
    assert bring_what_is_due(world.house, world.now) == 1
    assert world.reasons() == ["outcomes_overdue"]


@pytest.mark.parametrize(
    ("word", "reasons"),
    [("WITHDRAW", []), ("STOP", []), ("EXTEND 30 July 2027", []), ("Sorry, soon!", None)],
)
def test_a_word_settles_what_was_overdue_and_a_promise_does_not(
    world: World, word: str, reasons: list[str] | None
) -> None:
    world.receive(form1())
    world.now = at(date(2027, 6, 18), 10)
    bring_what_is_due(world.house, world.now)
    assert world.reasons() == ["outcomes_overdue"]
    world.receive(text=word, answers=world.last())
    expected = ["outcomes_overdue", "needs_answer"] if reasons is None else reasons
    assert world.reasons() == expected


def test_an_overdue_one_that_was_extended_is_overdue_again_after_the_new_date(
    world: World,
) -> None:
    world.receive(form1())
    world.now = at(date(2027, 6, 18), 10)
    bring_what_is_due(world.house, world.now)
    world.receive(text="EXTEND 30 June 2027", answers=world.last())
    assert world.reasons() == []
    world.now = at(date(2027, 8, 11), 10)
    bring_what_is_due(world.house, world.now)
    assert world.reasons() == ["outcomes_overdue"]


def test_a_revision_that_is_still_similar_asks_anew(world: World) -> None:
    """The days until the reminder are counted from the question that stands."""
    world.receive(form1(organisation="Leisure", email=BEN.email), sender=BEN)
    world.receive(form1())
    world.later(6)
    world.receive(form1(telephone="1"), answers=world.last())
    world.later(2)
    assert bring_what_is_due(world.house, world.now) == 0
    world.later(6)
    assert bring_what_is_due(world.house, world.now) == 1


def test_the_digest_goes_to_the_administrator_alone(tmp_path: Path, world: World) -> None:
    desk = Desk(root=tmp_path, world=world)
    desk.post(mail(text="A question", sender=ANN), at(date(2027, 3, 1), 8))
    desk.run(at(date(2027, 3, 1), 8, 29))
    assert desk.digests == []
    desk.run(at(date(2027, 3, 1), 8, 30))
    desk.run(at(date(2027, 3, 1), 16))
    assert desk.digests == [date(2027, 3, 1)]
    digests = [m for m in desk.everything() if kind(m) == "digest"]
    assert [m["To"].addresses[0].addr_spec for m in digests] == [ADMINISTRATOR.email]
