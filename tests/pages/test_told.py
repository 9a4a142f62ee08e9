"""What the pages say of what was done: once, and no more than is true."""

from __future__ import annotations

from datetime import timedelta
from email.message import EmailMessage

import pytest

from tests.intake.desk import form1_file, form2_file, kind, mail
from tests.intake.world import STRANGER
from tests.pages.office import Browser, Pages
from tests.pages.records import act, comes, goes, key

UNDONE = "Undone. No email was sent."
LATER = timedelta(minutes=20)


@pytest.fixture
def anna(pages: Pages) -> Browser:
    return pages.browser("anna")


def body(ours: EmailMessage, which: str = "plain") -> str:
    part = ours.get_body((which,))
    assert part is not None
    return str(part.get_content())


def test_undoing_says_so_once(pages: Pages, anna: Browser) -> None:
    comes(pages, mail(form1_file()), mail(sender=STRANGER))
    assert act(anna, pages, "stop").status_code == 302
    page, undo = f"/register/{key(pages)}", f"/register/{key(pages)}/undo"
    assert anna.send(page, undo).status_code == 302
    assert (UNDONE in anna.shown(page), UNDONE in anna.shown(page)) == (True, False)
    assert anna.send("/queue/1", "/queue/1/set-aside", why="spam").status_code == 302
    assert anna.send("/queue?after=1", "/queue/1/undo").status_code == 302
    assert UNDONE in anna.shown("/queue/1")


def test_running_again_without_effect_says_so(pages: Pages, anna: Browser) -> None:
    comes(pages, mail(form2_file(reference=None), sender=STRANGER))
    answer = anna.send("/queue/1", "/queue/1/again")
    assert (answer.status_code, answer.location) == (302, "/queue/1")
    said = "Nothing changed: the email leads to the same as before. The item stays."
    assert said in anna.shown("/queue/1")
    assert goes(pages) == []


def test_emails_are_promised_only_where_there_are_any_and_something_sends_them(
    pages: Pages, anna: Browser
) -> None:
    comes(pages, mail(form1_file()), mail(sender=STRANGER), mail(sender=STRANGER))
    assert anna.send("/queue/1", "/queue/1/set-aside", why="spam").status_code == 302
    page = anna.shown("/queue?after=1")
    assert "For a minute you can take this back." in page
    assert "Its emails go out" not in page
    sent = {"subject": "Re", "text": "Please wait."}
    assert anna.send("/queue/2", "/queue/2/reply", **sent).status_code == 302
    page = anna.shown("/queue?after=2")
    assert "the answer goes out in a minute" in page
    assert "Its emails go out after that." in page
    pages.now += LATER
    assert "It goes when the program next runs." in anna.shown("/outgoing")
    assert act(anna, pages, "stop").status_code == 302
    assert "Its emails go out when the program next runs." in anna.shown(f"/register/{key(pages)}")


def test_an_answer_that_greets_is_not_greeted_twice(pages: Pages, anna: Browser) -> None:
    comes(pages, mail(sender=STRANGER), mail(sender=STRANGER))
    for number, text in ((1, "Dear Sam\n\nThank you."), (2, "Thank you. Dear me!")):
        sent = {"subject": "Re", "text": text}
        assert anna.send(f"/queue/{number}", f"/queue/{number}/reply", **sent).status_code == 302
    greeted, plain = goes(pages)
    assert (kind(greeted), kind(plain)) == ("answer", "answer")
    for which in ("plain", "html"):
        assert body(greeted, which).count("Dear") == 1
        assert body(plain, which).count("Dear") == 2


def test_a_reader_is_not_told_of_acts_that_they_have_not(pages: Pages, anna: Browser) -> None:
    comes(pages, mail(sender=STRANGER))
    rita = pages.browser("rita")
    for path, said in (
        ("/outgoing", "pause it, send it now or skip it"),
        ("/queue/1", "What to do"),
        ("/", "Start with the oldest"),
    ):
        assert said in anna.shown(path), path
        assert said not in rita.shown(path), path
