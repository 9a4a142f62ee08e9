"""Each act on an exception, from the login page to the mail that arrives, also without scripts."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.browser.office import Office, Person
from tests.intake.desk import form1_file, kind, mail
from tests.intake.world import LEAD, OTHER, STRANGER

pytestmark = pytest.mark.needs("chromium")


@pytest.fixture(params=[True, False], ids=["scripts", "no scripts"])
def anna(office: Office, request: pytest.FixtureRequest) -> Person:
    return office.person("anna", scripts=request.param)


def test_the_whole_queue_is_worked(office: Office, anna: Person) -> None:
    office.comes(mail(form1_file(), subject="Skate park"))
    office.comes(
        mail(form1_file(start_date=None, title="Buses"), subject="Buses"),
        mail(sender=STRANGER, subject="A question", text="May we come too?"),
        mail(sender=STRANGER, subject="Nothing", text="Buy our shoes"),
        mail(sender=OTHER, subject="Thanks", text="This is about the skate park."),
    )
    reference = office.world.record()["reference"]
    anna.item("Buses")
    anna.do("Accept the form", Start_date="in spring").sees("There is a problem")
    anna.do("Accept the form", Start_date="8 March 2027").sees("For a minute you can take")
    anna.item("A question").do("Send the answer", What_it_says="Yes, please do.")
    anna.sees("For a minute you can take")
    anna.item("Nothing").do("Set aside", Why="an advertisement").sees("For a minute you can take")
    anna.item("Thanks").do("Link", Reference=reference).sees("The queue is empty")
    went = office.after_a_minute()
    told = {kind(m): m["To"] for m in went}
    assert set(told) == {"answer", "registered"} or set(told) == {"answer", "similar"}
    assert STRANGER.email in told["answer"]
    assert office.world.reasons() == []


def test_the_sender_is_asked_again_and_a_word_is_said(office: Office, anna: Person) -> None:
    office.comes(mail(form1_file(start_date=None), subject="Skate park"))
    anna.item("Skate park").do("Ask again").sees("For a minute you can take")
    assert [kind(m) for m in office.after_a_minute()] == ["incomplete"]
    anna.item("Skate park").unfold()
    anna.page.get_by_label("WITHDRAW").check()
    anna.do("Say it", Why="asked by telephone").sees("For a minute you can take")
    (out,) = office.after_a_minute()
    assert (kind(out), LEAD.email in out["To"]) == ("withdrawn", True)


def test_what_is_undone_within_a_minute_is_never_sent(office: Office, anna: Person) -> None:
    office.comes(mail(sender=STRANGER, subject="A question", text="May we come too?"))
    anna.item("A question").do("Send the answer", What_it_says="No.").press("Undo")
    anna.sees("What to do")
    assert office.after_a_minute() == []
    anna.do("Run again")
    assert "no_form" in office.world.reasons()


def test_what_waited_too_long_for_a_word_is_confirmed(office: Office, anna: Person) -> None:
    office.comes(mail(form1_file(), subject="Skate park"))
    alike = form1_file(title="A skate park for all", email=OTHER.email)
    office.comes(mail(alike, sender=OTHER, subject="Another"))
    office.goes_out(after=timedelta(days=8))
    office.goes_out(after=timedelta(days=21))
    anna.log_in().item("A skate park for all").unfold()
    anna.page.get_by_label("PROCEED").check()
    anna.do("Say it", Why="rang us").sees("For a minute you can take")
    assert [kind(m) for m in office.after_a_minute()] == ["confirmed"]


def test_the_second_of_two_at_an_item_is_told(office: Office) -> None:
    office.comes(mail(sender=STRANGER, subject="A question", text="May we come too?"))
    anna, ben = office.person("anna"), office.person("ben")
    ben.item("A question")
    anna.item("A question").press("I am at this").sees("You are at this until")
    ben.do("Set aside", Why="spam").sees("anna is at this")
    anna.do("Set aside", Why="spam").sees("The queue is empty")
    ben.page.reload()
    ben.menu("Queue").sees("The queue is empty")
