"""Similar work, from the mail that meets it to what becomes of it: real files in real mails."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest

from model import Address
from parsers.references import make
from tests.intake.desk import Desk, form1_file, kind, mail
from tests.intake.world import COLLEAGUE, LEAD, OTHER, STRANGER, World
from tests.stories.replies import PROGRAMS

NOW = datetime(2027, 3, 1, 10, tzinfo=UTC)
MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
EARLIER, OURS, THIRD = (make("CYP", 2027, number) for number in (1, 2, 3))
BUSES: dict[str, Any] = {
    "title": "Getting to school by bus",
    "purpose": "Are the buses on time, and too dear?",
}


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with World.at(tmp_path) as world:
        yield Desk(root=tmp_path, world=world)


def told(desk: Desk, made: EmailMessage, now: datetime = NOW) -> list[EmailMessage]:
    """What goes out in answer to a mail, and because of it."""
    desk.post(made, now)
    return desk.run(now)


def kinds(mails: list[EmailMessage]) -> list[str]:
    return [kind(one) for one in mails]


def statuses(desk: Desk) -> dict[str, str]:
    return {str(r["reference"]): r["status"] for r in desk.world.records()}


def words(ours: EmailMessage) -> str:
    body = ours.get_body(("plain",))
    assert body is not None
    return " ".join(str(body.get_content()).split())


def warned(desk: Desk, **how: object) -> EmailMessage:
    """Somebody has asked the same before, and the lead worker hears of it."""
    assert kinds(told(desk, mail(form1_file(), sender=OTHER))) == ["registered"]
    made = mail(form1_file(organisation="Another"))
    for header, value in how.items():
        made[header] = str(value)
    (warning,) = told(desk, made)
    assert kind(warning) == "similar"
    assert statuses(desk)[OURS] == "awaiting_confirmation"
    return warning


# --------------------------------------------------------------------------- what is decided


def test_a_warning_says_how_alike_the_two_are_and_in_what(desk: Desk) -> None:
    said = words(warned(desk))
    assert f"Almost the same: A skate park for everyone ({EARLIER})" in said
    assert "both ask secondary age" in said.lower() or "both ask 11 to 16" in said.lower()
    assert "the titles are nearly the same" in said


def test_warned_and_proceeds(desk: Desk) -> None:
    answer = mail(text="PROCEED", answers=warned(desk))
    assert kinds(told(desk, answer, NOW + DAY)) == ["confirmed"]
    assert statuses(desk) == {EARLIER: "registered", OURS: "registered"}


def test_warned_and_withdraws(desk: Desk) -> None:
    answer = mail(text="Withdraw, please.\n\nLena", answers=warned(desk))
    assert kinds(told(desk, answer, NOW + DAY)) == ["withdrawn"]
    assert statuses(desk)[OURS] == "withdrawn"
    # and nobody is warned of what was withdrawn
    again = told(desk, mail(form1_file(), sender=STRANGER), NOW + 2 * DAY)
    assert EARLIER in words(again[0])
    assert OURS not in words(again[0])


def test_warned_and_silent_is_reminded_once_and_then_left_to_a_person(desk: Desk) -> None:
    warned(desk)
    went = {day: kinds(desk.run(NOW + day * DAY)) for day in range(1, 30)}
    assert {day: sent for day, sent in went.items() if sent} == {7: ["confirm_reminder"]}
    assert desk.world.reasons() == ["unconfirmed"]
    (item,) = desk.world.store.views.queue()
    assert item.opened_at == NOW + 21 * DAY
    (reminder,) = [m for m in desk.everything() if kind(m) == "confirm_reminder"]
    assert "Almost the same: A skate park for everyone" in words(reminder)
    late = mail(text="PROCEED", answers=reminder)
    assert kinds(told(desk, late, NOW + 30 * DAY)) == ["confirmed"]
    assert desk.world.reasons() == []


def test_proceed_said_twice_is_answered_twice_and_done_once(desk: Desk) -> None:
    warning = warned(desk)
    assert kinds(told(desk, mail(text="PROCEED", answers=warning))) == ["confirmed"]
    registered = desk.world.records()
    assert kinds(told(desk, mail(text="PROCEED!", answers=warning))) == ["confirmed"]
    assert [r["status"] for r in desk.world.records()] == [r["status"] for r in registered]
    assert [r["revision"] for r in desk.world.records()] == [1, 1]


# --------------------------------------------------------------------------- who says it


def test_a_strangers_word_does_nothing_and_tells_nothing(desk: Desk) -> None:
    sent = told(desk, mail(text="PROCEED", sender=STRANGER, answers=warned(desk)))
    assert statuses(desk)[OURS] == "awaiting_confirmation"
    assert "confirmed" not in kinds(sent)
    assert not any("skate" in words(one).lower() for one in sent)


def test_a_colleague_in_copy_may_say_it(desk: Desk) -> None:
    warning = warned(desk, Cc=f"{COLLEAGUE.name} <{COLLEAGUE.email}>")
    (answer,) = told(desk, mail(text="PROCEED", sender=COLLEAGUE, answers=warning))
    assert (kind(answer), answer["To"]) == ("confirmed", f"{COLLEAGUE.name} <{COLLEAGUE.email}>")
    assert statuses(desk)[OURS] == "registered"


def forwarded(warning: EmailMessage, text: str, sender: Address) -> EmailMessage:
    """The warning passed on, with something above it; it names no mail that it answers."""
    head = (
        "---------- Forwarded message ---------\nFrom: Consultations <consultations@example.org>\n"
        f"Date: Mon, 1 Mar 2027 at 10:00\nSubject: {warning['Subject']}\nTo: <{LEAD.email}>\n\n"
    )
    return mail(
        sender=sender,
        subject=f"Fwd: {warning['Subject']}",
        text=f"{text}\n\n{head}{words(warning)}\n",
    )


def test_a_forwarded_warning_gives_nobody_a_say(desk: Desk) -> None:
    told(desk, forwarded(warned(desk), "PROCEED", STRANGER))
    assert statuses(desk)[OURS] == "awaiting_confirmation"


def test_the_lead_worker_may_send_the_warning_back_with_a_word(desk: Desk) -> None:
    sent = told(desk, forwarded(warned(desk), "PROCEED", LEAD))
    assert kinds(sent) == ["confirmed"]


@pytest.mark.parametrize("program", PROGRAMS)
@pytest.mark.parametrize(("word", "became"), [("PROCEED", "registered"), ("WITHDRAW", "withdrawn")])
def test_a_word_is_heard_from_every_mail_program(
    desk: Desk, program: str, word: str, became: str
) -> None:
    told(desk, PROGRAMS[program](word, warned(desk)))
    assert statuses(desk)[OURS] == became
    assert desk.world.reasons() == []


# --------------------------------------------------------------------------- which one is meant


def two_warnings(desk: Desk) -> tuple[EmailMessage, EmailMessage]:
    """One lead worker with two proposals that wait for a word, each in a thread of its own."""
    warning = warned(desk)
    assert kinds(told(desk, mail(form1_file(**BUSES), sender=OTHER))) == ["registered"]
    (second,) = told(desk, mail(form1_file(**BUSES, organisation="Another")))
    assert kind(second) == "similar"
    return warning, second


def waiting(desk: Desk) -> list[str]:
    return [ref for ref, status in statuses(desk).items() if status == "awaiting_confirmation"]


def test_of_two_open_warnings_a_word_in_a_thread_answers_that_one(desk: Desk) -> None:
    _, second = two_warnings(desk)
    told(desk, mail(text="PROCEED", answers=second))
    assert waiting(desk) == [OURS]


def test_of_two_open_warnings_a_word_with_a_reference_answers_that_one(desk: Desk) -> None:
    two_warnings(desk)
    told(desk, mail(text="PROCEED", subject=f"About {OURS}"))
    assert waiting(desk) == [make("CYP", 2027, 4)]


def test_of_two_open_warnings_a_word_alone_answers_neither(desk: Desk) -> None:
    two_warnings(desk)
    told(desk, mail(text="PROCEED", subject="My consultation"))
    assert len(waiting(desk)) == 2


def test_of_two_warnings_in_one_mail_a_word_needs_its_reference(desk: Desk) -> None:
    for given in ({}, BUSES):
        told(desk, mail(form1_file(**given), sender=OTHER))
    both = mail(form1_file(organisation="Another"), form1_file(**BUSES, organisation="Another"))
    (warning,) = told(desk, both)
    assert sorted(waiting(desk)) == [THIRD, make("CYP", 2027, 4)]
    told(desk, mail(text="PROCEED", answers=warning))
    assert len(waiting(desk)) == 2
    assert desk.world.reasons() == ["needs_answer"]
    told(desk, mail(text=f"PROCEED {THIRD}", answers=warning))
    assert waiting(desk) == [make("CYP", 2027, 4)]


# --------------------------------------------------------------------------- forms that change


def test_a_changed_form_that_is_like_nothing_any_more_is_registered(desk: Desk) -> None:
    warning = warned(desk)
    changed = mail(form1_file(**BUSES, organisation="Another"), answers=warning)
    (answer,) = told(desk, changed, NOW + DAY)
    assert kind(answer) == "revised"
    assert statuses(desk)[OURS] == "registered"


def test_a_changed_form_names_similar_work_that_is_new_and_stays_registered(desk: Desk) -> None:
    told(desk, mail(form1_file(**BUSES), sender=OTHER))
    (registered,) = told(desk, mail(form1_file()))
    changed = mail(form1_file(**BUSES), answers=registered)
    (answer,) = told(desk, changed, NOW + DAY)
    assert kind(answer) == "revised"
    assert f"Almost the same: {BUSES['title']} ({EARLIER})" in words(answer)
    assert statuses(desk)[OURS] == "registered"
    once_more = mail(form1_file(**BUSES, telephone="01473 555 0100"), answers=answer)
    (again,) = told(desk, once_more, NOW + 2 * DAY)
    assert EARLIER not in words(again)


def test_twins_that_arrive_together_do_not_miss_each_other(desk: Desk) -> None:
    desk.post(mail(form1_file(), sender=OTHER), NOW)
    desk.post(mail(form1_file(organisation="Another")), NOW)
    assert sorted(kinds(desk.run(NOW))) == ["registered", "similar"]


# --------------------------------------------------------------------------- those who were first


def noticing(desk: Desk) -> None:
    rules = replace(desk.world.rules, similar_notice=True)
    desk.world.rules = rules
    desk.house = replace(desk.house, rules=rules)


def test_earlier_work_hears_of_a_new_proposal_once_where_the_settings_want_it(desk: Desk) -> None:
    noticing(desk)
    told(desk, mail(form1_file(email=OTHER.email, lead_worker="Omar Bell"), sender=OTHER))
    sent = told(desk, mail(form1_file(organisation="Another")))
    assert sorted(kinds(sent)) == ["similar", "similar_notice"]
    (notice,) = [one for one in sent if kind(one) == "similar_notice"]
    assert OTHER.email in str(notice["To"])
    assert notice["Auto-Submitted"] == "auto-generated"
    assert EARLIER in str(notice["Subject"])
    assert f"Who to contact: Lena Adams, Another, {LEAD.email}" in words(notice)
    (warning,) = [one for one in sent if kind(one) == "similar"]
    changed = mail(form1_file(organisation="Yet another"), answers=warning)
    assert kinds(told(desk, changed)) == ["revised"]


def test_nobody_hears_of_a_proposal_that_is_withdrawn_in_the_same_mail(desk: Desk) -> None:
    noticing(desk)
    told(desk, mail(form1_file(), sender=OTHER))
    sent = told(desk, mail(form1_file(organisation="Another"), text="WITHDRAW"))
    assert "similar_notice" not in kinds(sent)


def test_nobody_hears_of_it_unless_the_settings_want_it(desk: Desk) -> None:
    warned(desk)
    assert "similar_notice" not in kinds(desk.everything())


def test_the_quarters_figures_say_what_came_of_each_overlap(desk: Desk) -> None:
    warning, second = two_warnings(desk)
    told(desk, mail(text="PROCEED", answers=warning), NOW + DAY)
    (quarter,) = desk.world.store.views.overlaps(desk.world.rules.zone)
    assert (quarter.year, quarter.number, quarter.found) == (2027, 1, 2)
    assert {o.reference: str(o.became) for o in quarter.overlaps} == {
        OURS: "proceeded",
        make("CYP", 2027, 4): "unanswered",
    }
    assert [m.reference for m in quarter.overlaps[0].matches] == [EARLIER]
    told(desk, mail(text="WITHDRAW", answers=second), NOW + 2 * DAY)
    (quarter,) = desk.world.store.views.overlaps(desk.world.rules.zone)
    counted = {str(became): count for became, count in quarter.became.items() if count}
    assert counted == {"proceeded": 1, "withdrawn": 1}


def test_who_meets_their_own_work_is_not_sent_to_themselves(desk: Desk) -> None:
    told(desk, mail(form1_file()))
    other = form1_file(
        title="The skate park for everyone", start_date="2027-05-03", end_date="2027-06-04"
    )
    (answer,) = told(desk, mail(other), NOW + MINUTE)
    assert kind(answer) == "similar"
    assert "You are one of the contacts for it yourself" in words(answer)
    assert "get in touch with the people named there" not in words(answer)
