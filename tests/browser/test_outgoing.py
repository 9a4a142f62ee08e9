"""What goes out soon, from the list to the mail that arrives."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.browser.office import Office, Person
from tests.intake.desk import files_of, form1_file, kind, mail, said
from tests.intake.world import LEAD

pytestmark = pytest.mark.needs("chromium")

DONE = "For a minute you can take"
NOTE = "It has ended: outcomes are asked for"


@pytest.mark.does(
    "outgoing pause", "outgoing resume", "outgoing skip", "outgoing send-now", "outgoing undo"
)
def test_a_letter_is_read_held_back_and_sent_now(office: Office, anna: Person) -> None:
    office.comes(mail(form1_file()))
    office.goes_out(after=timedelta(days=41))
    anna.log_in(to="/outgoing").follow(NOTE)
    anna.do("Pause", Why="She is ill").sees("Paused: nothing goes")
    anna.follow(NOTE).do("Resume").sees("It goes again")
    anna.follow(NOTE).do("Skip").sees("Give a reason")
    anna.do("Skip", Why="They sent it by post").sees("Skipped: it will not go").press("Undo")
    letter = anna.follow(NOTE).sees("How it will read").words
    form2 = anna.gets(anna.page.locator("main dl a").last.inner_text())
    anna.do("Send now").sees(DONE)
    (note,) = office.after_a_minute()
    assert (kind(note), LEAD.email in note["To"]) == ("completion_note", True)
    assert " ".join(said(note).split()) in letter
    assert [len(one.content) for one in files_of(note)] == [len(form2)]
