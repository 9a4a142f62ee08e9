"""What letters say, and do not say, where forms are odd, reminders stopped or the queue long."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from model import Address, Code, Letter, Part, Person, Problem, Reading, Role, Status
from notifier.compose import compose
from parsers.face import Face
from tests.notifier.letters import letter
from tests.notifier.samples import (
    FIELDS2,
    FORM1_READ,
    FORM2_READ,
    NOW,
    OFFICE,
    REGISTERED,
    RULES,
    composed,
    draft,
    opened,
    text_of,
)
from tests.notifier.variants import BLANK, EMPTY, SLIP, VARIANTS


def said(name: str) -> str:
    return " ".join(text_of(letter(name)).split())


# --------------------------------------------------------------------------- whose outcomes


def test_a_valid_number_that_is_not_the_sender_s_is_not_asked_for_again() -> None:
    text = said("outcomes under a number not theirs")
    assert "CYP-2027-0042-1, but we could not file it under that number for you" in text
    assert "from the email address that it was registered with, or ask the lead worker" in text
    assert "Please put the reference number into the form" not in text
    assert "another title" not in text


def test_a_number_that_contradicts_the_title_asks_for_both_to_be_checked() -> None:
    text = said("outcomes under another title")
    assert "CYP-2027-0042-1, belongs to a consultation with another title" in text
    assert "check the number and the title" in text
    assert "Please put the reference number into the form" not in text


def test_a_valid_number_without_a_why_is_one_not_theirs() -> None:
    part = Part(kind=Letter.OUTCOMES_UNMATCHED, submission=FORM2_READ)
    text = " ".join(text_of(composed(Letter.OUTCOMES_UNMATCHED, part)).split())
    assert "we could not file it under that number for you" in text


def test_a_slip_names_the_nearest_and_asks_for_the_right_number() -> None:
    text = said("outcomes under a slip")
    assert "in the form, “CYP-2027-0024-1”, is not quite right. Did you mean" in text
    assert "Did you mean this reference number? - CYP-2027-0042-1" in text
    assert text.count("CYP-2027-0024-1") == 1
    assert "Please put the right reference number into the form" in text


def test_a_form_without_a_number_is_asked_for_one() -> None:
    text = said("outcomes without a number")
    assert "Please put the reference number into the form" in text
    assert "If you have no number, or never sent Form 1" in text


@pytest.mark.parametrize(
    ("status", "words"),
    [
        (Status.WITHDRAWN, "by our register this consultation was withdrawn"),
        (Status.DRAFT, "Please send us the complete Form 1 first"),
    ],
)
def test_outcomes_of_one_that_takes_none_say_why(status: Status, words: str) -> None:
    c = replace(REGISTERED, status=status)
    part = Part(kind=Letter.OUTCOMES_UNMATCHED, submission=FORM2_READ, consultation=c)
    text = " ".join(text_of(composed(Letter.OUTCOMES_UNMATCHED, part)).split())
    assert words in text
    assert "could not tell for certain" not in text


def test_a_date_years_away_is_asked_about() -> None:
    def said(**dates: str) -> str:
        form = replace(FORM1_READ, fields={**FORM1_READ.fields, **dates})
        c = replace(REGISTERED, form1=form.fields)
        part = Part(kind=Letter.REGISTERED, consultation=c, submission=form)
        return " ".join(text_of(composed(Letter.REGISTERED, part)).split())

    assert "Is the year right?" not in said()
    assert "3 March 2072 is more than three years ahead. Is the year right?" in said(
        start_date="2072-03-03", end_date="2072-04-01"
    )
    assert "3 March 2012 is more than three years ago." in said(start_date="2012-03-03")


def test_outcomes_of_what_has_not_begun_are_asked_about() -> None:
    c = replace(REGISTERED, status=Status.COMPLETE, form2=FORM2_READ.fields, outcomes_revision=1)
    part = Part(kind=Letter.OUTCOMES_LOGGED, consultation=c, submission=FORM2_READ)
    text = " ".join(text_of(composed(Letter.OUTCOMES_LOGGED, part)).split())
    assert "By our register the consultation only begins on 3 March 2027." in text


@pytest.mark.parametrize(
    ("title", "way"),
    [("A SKATE park for everyone", "its title"), ("The skate park", "what else you wrote")],
)
def test_a_slip_that_was_settled_asks_for_nothing(title: str, way: str) -> None:
    form = replace(SLIP, fields={**SLIP.fields, "title": title})
    c = replace(REGISTERED, status=Status.COMPLETE, form2=form.fields, outcomes_revision=1)
    part = Part(
        kind=Letter.OUTCOMES_LOGGED, consultation=c, submission=form, problems=form.problems
    )
    afterwards = NOW + timedelta(days=90)
    text = " ".join(text_of(composed(Letter.OUTCOMES_LOGGED, part, now=afterwards)).split())
    assert f"filed it under CYP-2027-0042-1 by {way}; you need do nothing" in text
    assert "“CYP-2027-0024-1”, is not quite right" in text
    assert "corrected form" not in text


# --------------------------------------------------------------------------- after STOP


@pytest.mark.parametrize("name", [n for n in VARIANTS if n.endswith("after STOP")])
def test_after_stop_nothing_is_promised_that_will_not_come(name: str) -> None:
    text = said(name)
    assert "we will send you a copy" not in text
    assert "Our reminders move" not in text
    assert "As you asked" in text
    assert "11 June 2027" in text


def test_without_stop_the_copy_and_the_reminders_are_promised() -> None:
    assert "we will send you a copy of Form 2" in said("confirmed")
    assert "Our reminders move with it" in said("extended")


def test_a_complete_consultation_is_not_asked_for_its_outcomes() -> None:
    c = replace(REGISTERED, status=Status.COMPLETE, form2=FIELDS2)
    part = Part(kind=Letter.REVISED, consultation=c, submission=FORM1_READ)
    assert "Please send us Form 2" not in text_of(composed(Letter.REVISED, part))


# --------------------------------------------------------------------------- files


def test_a_blank_form_of_ours_came_empty_and_was_read() -> None:
    mail = letter("came empty")
    assert mail.subject == "Your form came empty"
    text = said("came empty")
    assert text.startswith("Your form came empty")
    assert "it came empty: nothing is filled in" in text
    assert "could not read" not in text
    assert "blank forms are attached" in text


def test_a_blank_form_beside_an_unreadable_file_is_told_of_for_itself() -> None:
    damaged = Reading(file="b.docx", verdict=Problem(field=None, code=Code.DAMAGED))
    part = Part(kind=Letter.UNREADABLE, verdicts=(damaged, EMPTY))
    mail = composed(Letter.UNREADABLE, part, forms=BLANK)
    assert mail.subject == "We could not read your form"
    text = " ".join(text_of(mail).split())
    assert "b.docx: This file is damaged" in text
    assert "form 1.docx: This is one of our forms, but it came empty" in text


def test_blank_forms_are_not_said_to_be_attached_where_they_are_not() -> None:
    assert "blank forms are attached" not in said("unreadable")


# --------------------------------------------------------------------------- greeting, subject


@pytest.mark.parametrize("name", ["outcomes logged", "completion note", "registered"])
@pytest.mark.parametrize("email", ["asha.patel@ipswich-youth.example", "office@elsewhere.example"])
def test_a_bare_address_is_greeted_by_the_lead_worker_s_name(name: str, email: str) -> None:
    """The form's own address, or the one that sent the form."""
    sender = Address(email=email)
    parts = letter_parts(name, sender)
    mail = composed(parts[0].kind, *parts, to=(sender,))
    assert "Dear Asha Patel," in text_of(mail).splitlines()


def letter_parts(name: str, sender: Address) -> tuple[Part, ...]:
    """A part about a consultation that `sender` registered."""
    people = (Person(address=sender, role=Role.SENDER),)
    c = replace(REGISTERED, people=people, form2=FIELDS2)
    form = FORM2_READ if name == "outcomes logged" else FORM1_READ
    return (Part(kind=Letter(name.replace(" ", "_")), consultation=c, submission=form),)


def test_a_bare_address_of_somebody_else_is_not_greeted_by_that_name() -> None:
    parts = letter_parts("registered", Address(email="office@elsewhere.example"))
    mail = composed(Letter.REGISTERED, *parts, to=(Address(email="x@elsewhere.example"),))
    assert "Hello," in text_of(mail).splitlines()


def test_a_title_is_never_paired_with_another_form_s_number() -> None:
    problem = Problem(field="purpose", code=Code.MISSING)
    swings = replace(FORM1_READ, fields={**FORM1_READ.fields, "title": "Swings"})
    first = Part(kind=Letter.INCOMPLETE, submission=swings, problems=(problem,))
    other = Part(kind=Letter.REGISTERED, consultation=REGISTERED, submission=FORM1_READ)
    mail = composed(Letter.INCOMPLETE, first, other)
    assert mail.subject == "More needed: Swings; also about [CYP-2027-0042-1]"
    mail = composed(Letter.INCOMPLETE, first, first, other)
    assert mail.subject == "More needed: Swings (and 1 more); also about [CYP-2027-0042-1]"
    mail = composed(Letter.REGISTERED, other, first)
    assert mail.subject == ("Registered: A skate park for everyone [CYP-2027-0042-1] (and 1 more)")


# --------------------------------------------------------------------------- days, the digest


def test_one_day_ago_is_yesterday() -> None:
    mail = letter("last chaser", now=datetime(2027, 6, 12, 9, tzinfo=UTC))
    text = " ".join(text_of(mail).split())
    assert "due on Friday 11 June 2027, yesterday, and Form 2" in text
    mail = letter("confirm reminder", now=datetime(2027, 2, 9, 9, tzinfo=UTC))
    assert "Yesterday we wrote to you" in " ".join(text_of(mail).split())


def test_a_chaser_let_go_before_outcomes_are_due_says_when_they_are() -> None:
    mail = letter("chaser", now=datetime(2027, 5, 28, 9, tzinfo=UTC))
    text = " ".join(text_of(mail).split())
    assert mail.subject.startswith("Outcomes due on 11 June 2027: A skate park")
    assert "outcomes are due on 11 June 2027" in text
    assert "ended on Friday 14 May 2027. Its outcomes are due on Friday 11 June 2027." in text
    assert "today" not in text


def test_a_letter_written_before_the_end_does_not_say_that_it_has_ended() -> None:
    last_day = datetime(2027, 5, 14, 9, tzinfo=UTC)
    for name in ("completion note", "chaser"):
        text = " ".join(text_of(letter(name, now=last_day)).split())
        assert "ended" not in text
        assert "hope that it went" not in text
    assert "ends today, Friday 14 May 2027" in " ".join(
        text_of(letter("completion note", now=last_day)).split()
    )
    text = text_of(letter("completion note", now=last_day - timedelta(days=1)))
    assert "ends on Friday 14 May 2027" in " ".join(text.split())


def test_a_completion_note_written_after_outcomes_were_due_says_so() -> None:
    mail = letter("completion note", now=datetime(2027, 6, 14, 9, tzinfo=UTC))
    assert mail.subject.startswith("Outcomes were due on 11 June 2027: ")
    assert "by Friday 11 June 2027: that day has passed" in " ".join(text_of(mail).split())


def test_a_digest_of_one_speaks_of_one() -> None:
    assert letter("digest of one").subject == "1 thing waits for you in the queue"
    text = said("digest of one")
    assert "could not settle this by itself. Nothing is lost" in text
    assert "To look at it, type ./askonce queue list" in text


def test_a_digest_leads_to_the_pages_where_the_settings_say_where_they_are() -> None:
    parts, more = VARIANTS["digest of one"]
    office = replace(OFFICE, pages="https://register.example.org")
    mail = compose(draft(Letter.DIGEST, *parts, **more), office, Face(), RULES, NOW)
    text = " ".join(text_of(mail).split())
    assert "To settle it, log in to https://register.example.org/queue." in text
    assert "./askonce" not in text
    html = opened(mail).get_body(("html",))
    assert html is not None
    assert 'href="https://register.example.org/queue"' in html.get_content()


def test_a_digest_of_many_is_grouped_by_reason_and_counts_what_it_does_not_name() -> None:
    text = said("digest of many")
    assert "An email of ours could not be delivered (5)" in text
    assert "An email with no form in it (10)" in text
    assert "- 1. person1@ipswich-youth.example, “Question 1”, waiting since today" in text
    assert "- And 2 more that came after these." in text


@pytest.mark.parametrize("name", ["digest", "digest of one", "digest of many"])
def test_the_administrator_is_told_where_to_settle_things(name: str) -> None:
    text = said(name)
    assert "./askonce queue list" in text
    assert "--config" in text
    assert "a person reads" not in text


def test_everybody_else_may_reply() -> None:
    assert "You can simply reply to it: a person reads" in said("registered")
