"""Somebody answers each mail of ours by machine: a thousand rounds in a day, then thirty days.

None of them gets more than a handful of mails, and real people still get theirs.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest

from model import Address
from tests.harness.rounds import DAY, Bot, Other, as_mail, rounds
from tests.intake.desk import File, bounce, form1_file, mail, quoted
from tests.intake.world import ADMINISTRATOR, World

BEGIN = datetime(2027, 3, 1, 10, tzinfo=UTC)  #: a Monday
HANDFUL = 5
ROUNDS = 1000  #: within 24 hours
FEWER = 40  #: where the day's end is met just as well
MORE_ROUNDS = 60  #: in the 30 days after


@pytest.fixture
def office() -> Iterator[Callable[..., Bot]]:
    """Makes offices, each with a store of its own: in memory, or the disk is what takes longest."""
    worlds: list[World] = []
    memory = Path("/dev/shm")
    base = TemporaryDirectory(dir=memory if memory.is_dir() else None)

    def make(address: str = "consultations@example.org", **rules: Any) -> Bot:
        folder = Path(base.name) / address
        folder.mkdir()
        worlds.append(World.at(folder))
        worlds[-1].rules = replace(worlds[-1].rules, **{"administrator": None, **rules})
        return Bot(world=worlds[-1], address=address)

    yield make
    for world in worlds:
        world.store.close()
    base.cleanup()


def a_day_and_a_month(bot: Bot, other: Other, times: int = FEWER) -> tuple[int, int]:
    """How many mails went out in the first 24 hours, and how many in the 30 days after."""
    first = rounds(bot, other, BEGIN, times, DAY)
    return first, rounds(bot, other, BEGIN + DAY, MORE_ROUNDS, 30 * DAY)


def person(number: int, domain: str = "away.example.net") -> Address:
    return Address(email=f"person{number}@{domain}", name=f"Person {number}")


# --------------------------------------------------------------------------- answering by machine


def in_the_thread(last: list[EmailMessage], number: int) -> list[EmailMessage]:
    """Answers what it got, quoted, each time from another address, without a word that it does."""
    answered = last[-1] if last else None
    text = "I am away until Monday and will read your email then."
    return [mail(sender=person(number), text=text, answers=answered, subject="A question")]


def out_of_the_blue(last: list[EmailMessage], number: int) -> list[EmailMessage]:
    """A new mail each time: another address, another domain, another text, no thread."""
    sender = person(number, f"host{number}.example")
    text = f"Out of the office. Call {'x' * (number % 50)} {number * 7919} or wait {number} days."
    return [mail(sender=sender, subject=f"Away {number}", text=text)]


def quoting_without_a_thread(last: list[EmailMessage], number: int) -> list[EmailMessage]:
    """Quotes what it got, under our subject, but names no mail that it answers."""
    subject = f"Away: {last[-1]['Subject']}" if last else "A question"
    text = f"I am away.\n\n{quoted(last[-1]) if last else ''}"
    return [mail(sender=person(number, f"host{number}.example"), subject=subject, text=text)]


def returning_what_was_enclosed(last: list[EmailMessage], number: int) -> list[EmailMessage]:
    """Sends back the whole mail, with the forms that came with it."""
    made = in_the_thread(last, number)[0]
    for part in last[-1].iter_attachments() if last else ():
        name, content = part.get_filename(), part.get_content()
        made.add_attachment(content, maintype="application", subtype="octet-stream", filename=name)
    return [made]


@pytest.mark.parametrize(
    ("other", "times"),
    [
        (in_the_thread, ROUNDS),
        (out_of_the_blue, FEWER),
        (quoting_without_a_thread, FEWER),
        (returning_what_was_enclosed, FEWER),
    ],
)
def test_whoever_answers_by_machine_gets_a_handful_however_it_varies(
    office: Callable[..., Bot], other: Other, times: int
) -> None:
    first, then = a_day_and_a_month(office(), other, times)
    assert 1 <= first <= HANDFUL
    assert then <= HANDFUL


def test_a_lead_workers_vacation_note_with_changing_addresses_gets_a_handful(
    office: Callable[..., Bot],
) -> None:
    def other(last: list[EmailMessage], number: int) -> list[EmailMessage]:
        if number or last:
            return in_the_thread(last, number)
        return [mail(form1_file(end_date="2027-06-01"))]

    first, then = a_day_and_a_month(office(), other)
    assert 2 <= first <= HANDFUL
    assert then <= HANDFUL


@pytest.mark.parametrize("word", ["STOP", "PROCEED"])
def test_a_machine_that_only_says_one_word_gets_a_handful(
    office: Callable[..., Bot], word: str
) -> None:
    def other(last: list[EmailMessage], number: int) -> list[EmailMessage]:
        if not last:
            return [mail(form1_file(end_date="2027-06-01"))]
        return [mail(text=word, answers=last[-1])]

    first, then = a_day_and_a_month(office(), other)
    assert 2 <= first <= HANDFUL
    assert then <= HANDFUL


def test_a_machine_that_sends_the_same_form_again_and_again_gets_a_handful(
    office: Callable[..., Bot],
) -> None:
    file = form1_file(end_date="2027-06-01")

    first, then = a_day_and_a_month(office(), lambda last, number: [mail(file)])
    assert first <= HANDFUL
    assert then <= HANDFUL


# --------------------------------------------------------------------------- two of ours


@pytest.mark.parametrize(
    ("way", "times"), [("as they are", ROUNDS), ("stripped of their marks", FEWER)]
)
def test_two_offices_facing_each_other_send_each_other_a_handful(
    office: Callable[..., Bot], way: str, times: int
) -> None:
    one, two = office("one@council.example"), office("two@district.example")
    theirs: list[EmailMessage] = []
    sent = 0

    def pass_on(mails: list[EmailMessage]) -> list[EmailMessage]:
        for made in mails if way != "as they are" else ():
            for name in ("X-Ask-Once", "Auto-Submitted", "X-Auto-Response-Suppress"):
                del made[name]
        return mails

    def other(last: list[EmailMessage], number: int) -> list[EmailMessage]:
        nonlocal sent
        now = BEGIN + DAY * number / times
        start = mail(sender=Address(email=one.address), message_id=f"<start{number}@x>")
        got = theirs or [start]
        theirs.clear()
        answers = two.turn(pass_on(got), now)
        sent += len(answers)
        return pass_on(answers)

    def here(last: list[EmailMessage], number: int) -> list[EmailMessage]:
        theirs.extend(last if number else [])
        return other(last, number)

    first = rounds(one, here, BEGIN, times, DAY)
    assert first <= HANDFUL
    assert 1 <= sent <= HANDFUL


# --------------------------------------------------------------------------- the administrator


def test_a_bouncing_administrators_address_gets_a_handful(office: Callable[..., Bot]) -> None:
    bot = office(administrator=ADMINISTRATOR)

    def other(last: list[EmailMessage], number: int) -> list[EmailMessage]:
        if number == 0:
            return [mail(sender=None, subject="Nobody")]  # something for the queue
        return [as_mail(bounce(last[-1], number))] if last else []

    morning = BEGIN - timedelta(hours=1)
    first = rounds(bot, other, morning, ROUNDS, DAY)
    then = rounds(bot, other, morning + DAY, MORE_ROUNDS, 30 * DAY)
    assert 1 <= first <= HANDFUL
    assert then <= HANDFUL


# --------------------------------------------------------------------------- people


def test_twenty_new_lead_workers_of_one_council_in_a_day_each_get_their_answer(
    office: Callable[..., Bot],
) -> None:
    bot = office()
    rounds(bot, out_of_the_blue, BEGIN, 20, DAY / 2)  # a machine has used up what strangers get
    answered = 0
    for number in range(20):
        sender = Address(email=f"worker{number}@council.example", name=f"Worker {number}")
        about = WORK[number % 5]
        file = form1_file(email=sender.email, title=f"{about} in part {number}", purpose=about)
        now = BEGIN + DAY / 2 + timedelta(minutes=20 * number)
        answered += len(bot.turn([mail(file, sender=sender)], now))
    assert answered == 20


WORK = (
    "How children get to school",
    "What young carers need",
    "Food at the holiday clubs",
    "Bus fares for apprentices",
    "Lights in the skate park",
)


def test_people_who_ask_and_then_register_leave_room_for_others(
    office: Callable[..., Bot],
) -> None:
    bot = office()
    for number in range(12):
        sender = person(number, "schools.example")
        now = BEGIN + timedelta(hours=number)
        asked = bot.turn([mail(sender=sender, text="How do I register?")], now)
        file = form1_file(email=sender.email, title=f"{WORK[number % 5]}, {number}")
        registered = bot.turn([mail(file, sender=sender)], now + timedelta(minutes=30))
        assert [str(m["X-Ask-Once"]) for m in asked] == ["not_understood"], number
        assert len(registered) == 1


def test_questions_that_come_in_together_are_all_answered(office: Callable[..., Bot]) -> None:
    asked = [mail(sender=person(n), text="How do I register?") for n in range(12)]
    assert len(office().turn(asked, BEGIN)) == 12


def test_people_who_send_what_cannot_be_read_are_told_though_a_machine_was_here(
    office: Callable[..., Bot],
) -> None:
    bot = office()
    rounds(bot, out_of_the_blue, BEGIN, 10, DAY / 2)
    for number in range(10):
        sender = person(number, f"charity{number}.example")
        now = BEGIN + DAY / 2 + timedelta(minutes=20 * number)
        told = bot.turn([mail(PHOTOGRAPHED, sender=sender)], now)
        assert [str(m["X-Ask-Once"]) for m in told] == ["unreadable"], number


PHOTOGRAPHED = File(name="Form 1.pdf", content=b"%PDF-1.7 of a form")


def test_what_is_not_answered_lies_in_the_queue(office: Callable[..., Bot]) -> None:
    bot = office()
    sent = rounds(bot, out_of_the_blue, BEGIN, 30, DAY)
    assert sent < 30
    assert bot.world.reasons() == ["no_form"] * 30
    why = "not answered: as many strangers were as may be lately"
    told = [item.detail.get("why") for item in bot.world.store.views.queue()]
    assert told.count(why) == 30 - sent
