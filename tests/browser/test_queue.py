"""Each act on an exception, from the login page to the mail that arrives, also without scripts."""

from __future__ import annotations

from datetime import timedelta
from email import message_from_bytes, policy

import pytest

from tests.browser.office import Office, Person
from tests.intake.desk import File, bounce, form1_file, form2_file, kind, mail, said
from tests.intake.world import LEAD, OTHER, STRANGER
from tests.servers.smtp import Fault

pytestmark = pytest.mark.needs("chromium")

DONE = "For a minute you can take"


@pytest.mark.does("entry try_login", "queue accept", "queue reply", "queue set-aside", "queue link")
def test_the_whole_queue_is_worked(office: Office, anna: Person) -> None:
    plan = File(name="Our plan.txt", content=b"Ramps, then lights")
    office.comes(
        mail(form1_file(), subject="Skate park"),
        mail(form1_file(start_date=None, title="Buses"), subject="Buses"),
        mail(plan, sender=STRANGER, subject="A question", text="May we come too?"),
        mail(sender=STRANGER, subject="Nothing", text="Buy our shoes"),
        mail(sender=OTHER, subject="Thanks", text="This is about the skate park."),
    )
    anna.log_in().item("Buses")
    anna.do("Accept the form", Start_date="in spring").sees("There is a problem")
    anna.do("Accept the form", Start_date="8 March 2027").sees(DONE)
    anna.follow("Go to the next one").sees("May we come too?")
    assert anna.gets("Our plan.txt") == plan.content
    whole = message_from_bytes(anna.gets("The whole email as a file", "email-2.eml"))
    assert whole["Subject"] == "A question"
    anna.begins_with("Ask for the form").adds("What it says", "Or ring us.")
    anna.do("Send the answer").sees(DONE)
    anna.follow("Go to the next one").do("Set aside", Why="an advertisement").sees(DONE)
    anna.follow("Go to the next one")
    anna.do("Link", Reference=office.world.record()["reference"]).sees("The queue is empty")
    told = {kind(m): m for m in office.after_a_minute()}
    assert set(told) == {"answer", "similar"}
    assert STRANGER.email in told["answer"]["To"]
    assert "Or ring us." in said(told["answer"])
    assert office.world.reasons() == []


@pytest.mark.does("queue ask-again", "queue undo", "queue again", "queue say")
def test_the_sender_is_asked_again_and_a_word_is_said(office: Office, anna: Person) -> None:
    office.comes(
        mail(form1_file(start_date=None), subject="Skate park"),
        mail(form2_file(title="Buses at night", reference=None), subject="Outcomes"),
    )
    office.comes(mail(form1_file(title="Buses at night"), subject="Buses"))
    anna.log_in().item("Outcomes").do("Run again").sees("handled again, and the item is settled")
    office.goes_out()
    anna.item("Skate park").do("Ask again").press("Undo").sees("What to do")
    assert office.after_a_minute() == []
    anna.do("Ask again").sees(DONE)
    assert [kind(m) for m in office.after_a_minute()] == ["incomplete"]
    anna.item("Skate park").unfold()
    anna.page.get_by_label("WITHDRAW").check()
    anna.do("Say it", Why="asked by telephone").sees(DONE)
    (out,) = office.after_a_minute()
    assert (kind(out), LEAD.email in out["To"]) == ("withdrawn", True)


@pytest.mark.does("queue send-again", "queue address")
def test_what_did_not_arrive_is_sent_again_or_elsewhere(office: Office, anna: Person) -> None:
    office.smtp.faults["RCPT"].append("550 no such user")
    assert office.comes(mail(form1_file(), subject="Skate park")) == []
    anna.log_in().follow("An email of ours was refused").sees("550 no such user")
    anna.do("Send again").sees(DONE)
    (out,) = office.after_a_minute()
    assert (kind(out), LEAD.email in out["To"]) == ("registered", True)
    office.comes(message_from_bytes(bounce(out), policy=policy.default))
    anna.menu("Queue").follow("An email of ours could not be delivered")
    anna.do("Put it right", Right_address=OTHER.email, How="she rang").sees(DONE)
    (again,) = office.after_a_minute()
    assert (again["Subject"], OTHER.email in again["To"]) == (out["Subject"], True)
    anna.open(f"/register/{office.world.record()['reference']}/stop")
    office.smtp.faults["END"].append(Fault.TAKE_AND_DROP)
    anna.do("Stop reminders", Why="she rang").sees(DONE)
    assert OTHER.email in office.after_a_minute()[0]["To"]
    office.goes_out(after=timedelta(minutes=20))
    anna.menu("Queue").follow("It is not certain").do("Set aside", Why="It arrived").sees(DONE)


def test_what_waited_too_long_for_a_word_is_confirmed(office: Office) -> None:
    office.comes(mail(form1_file(), subject="Skate park"))
    alike = form1_file(title="A skate park for all", email=OTHER.email)
    office.comes(mail(alike, sender=OTHER, subject="Another"))
    office.goes_out(after=timedelta(days=8))
    office.goes_out(after=timedelta(days=21))
    anna = office.person("anna", scripts=False).item("A skate park for all")
    anna.page.get_by_label("PROCEED").check()
    anna.do("Say it", Why="rang us").sees(DONE)
    assert [kind(m) for m in office.after_a_minute()] == ["confirmed"]


@pytest.mark.does("queue claim", "queue take-over", "queue release")
def test_the_second_of_two_at_an_item_is_told(office: Office, anna: Person, scripts: bool) -> None:
    office.comes(mail(sender=STRANGER, subject="A question", text="May we come too?"))
    ben = office.person("ben", scripts=scripts).item("A question")
    anna.log_in().item("A question").press("I am at this").sees("You are at this until")
    ben.do("Set aside", Why="spam").sees("anna is at this", "What you had typed")
    ben.press("Take it over").sees("You are at this until")
    anna.do("Set aside", Why="spam").sees("ben is at this")
    ben.press("Let others have it").sees("1 waits")
    anna.item("A question").do("Set aside", Why="spam").sees("The queue is empty")
    ben.menu("Queue").sees("The queue is empty")
