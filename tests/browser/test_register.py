"""Each act on a consultation, from the register to the mail that arrives."""

from __future__ import annotations

import pytest

from tests.browser.office import Office, Person
from tests.intake.desk import form1_file, form2_file, kind, mail, said
from tests.intake.world import COLLEAGUE, LEAD, OTHER

pytestmark = pytest.mark.needs("chromium")

DONE = "For a minute you can take"
RANG = "rang us"


@pytest.mark.does("changing edit-form1", "changing withdraw", "changing undo")
def test_a_consultation_is_found_changed_and_withdrawn(office: Office, anna: Person) -> None:
    office.comes(mail(form1_file()))
    anna.log_in(to="/register").do("Search", Words_or_reference="skate").sees("1 found")
    anna.follow("A skate park for everyone").follow("Change answers of Form 1")
    changed = {"Title_of_consultation": "A skate park for girls"}
    anna.do("Save", **changed).sees("Give a reason")
    anna.do("Save", Why=RANG).sees(DONE)
    assert [kind(m) for m in office.after_a_minute()] == ["revised"]
    anna.follow("Withdraw it").do("Withdraw", Why=RANG).sees(DONE)
    anna.press("Undo").sees("What you can do")
    assert office.after_a_minute() == []
    anna.follow("Withdraw it").do("Withdraw", Why=RANG).sees(DONE)
    assert [kind(m) for m in office.after_a_minute()] == ["withdrawn"]


@pytest.mark.does("changing extend", "changing people", "changing stop", "changing remind")
def test_more_time_is_given_staff_leave_and_reminders_stop(office: Office, anna: Person) -> None:
    office.comes(mail(form1_file()))
    anna.log_in(to="/register").follow("A skate park for everyone").follow("Give more time")
    anna.do("Give more time", Day="32", Month="5", Year="2027", Why=RANG).sees("is no day")
    anna.do("Give more time", Day="28").sees(DONE, "28 May 2027")
    (more,) = office.after_a_minute()
    assert (kind(more), LEAD.email in more["To"]) == ("extended", True)
    anna.follow("Change its people")
    anna.page.get_by_label("Take this person away").check()
    new = anna.page.get_by_role("group", name="Somebody new")
    new.get_by_label("Name").fill(COLLEAGUE.name)
    new.get_by_label("Email address").fill(COLLEAGUE.email)
    new.get_by_label("Is written to").check()
    anna.do("Save", Why="Lena Adams has left").sees(DONE, COLLEAGUE.email)
    told = office.after_a_minute()
    anna.follow("Stop its reminders").do("Stop reminders", Why=RANG).sees("Its reminders were")
    told += office.after_a_minute()
    anna.follow("Start its reminders again").do("Start reminders again", Why=RANG).sees(DONE)
    told += office.after_a_minute()
    assert [kind(m) for m in told] == ["new_contact", "stopped", "reminders_again"]
    assert [m["To"].addresses[0].addr_spec for m in told] == [COLLEAGUE.email] * 3


@pytest.mark.does("changing confirm", "changing merge", "changing separate", "changing edit-form2")
def test_what_waits_is_confirmed_and_a_twin_is_merged(office: Office, anna: Person) -> None:
    alike = form1_file(title="A skate park for all", email=OTHER.email)
    office.comes(mail(form1_file()))
    office.comes(mail(alike, sender=OTHER))
    anna.log_in(to="/register").follow("A skate park for all").follow("Confirm that it goes ahead")
    anna.do("Confirm", Why=RANG).sees(DONE)
    (confirmed,) = office.after_a_minute()
    assert (kind(confirmed), OTHER.email in confirmed["To"]) == ("confirmed", True)
    second = office.world.record(1)["reference"]
    anna.follow("Merge it into another").do("Find", Words_or_reference="everyone")
    anna.follow("A skate park for everyone")
    anna.sees("Both, side by side", "This one takes its place", "Differs", LEAD.email)
    anna.do("Merge", Why="the same work").sees("This was merged into")
    ends, stays = office.after_a_minute()
    assert (kind(ends), OTHER.email in ends["To"]) == ("merged", True)
    assert (kind(stays), LEAD.email in stays["To"]) == ("merged", True)
    (logged,) = office.comes(mail(form2_file(reference=second), sender=OTHER))
    assert LEAD.email in logged["Cc"]
    assert "gives the reference number" not in said(logged)
    anna.follow("A skate park for everyone").follow("Change answers of Form 2")
    anna.do("Save", How_many="43", Why=RANG).sees(DONE)
    assert [kind(m) for m in office.after_a_minute()] == ["outcomes_logged"]
    anna.follow("A skate park for all").follow("Separate it from the other one again")
    anna.do("Separate them", Why="two after all").sees(DONE, "Registered")
    assert [kind(m) for m in office.after_a_minute()] == ["separated"] * 2
