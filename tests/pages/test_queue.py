"""The exceptions queue, worked through its pages: from a page to the mail that goes out."""

from __future__ import annotations

import logging
import re
from dataclasses import replace
from datetime import timedelta
from email.message import EmailMessage

import pytest

from tests.intake.desk import File, form1_file, form2_file, kind, mail
from tests.intake.world import LEAD, STRANGER
from tests.pages.office import Browser, Pages, filled, text
from tests.pages.records import status

EVIL = "<script>alert(1)</script><img src=x onerror=alert(1)>"
MINUTE = timedelta(minutes=1)


def comes(pages: Pages, *mails: EmailMessage) -> list[str]:
    """These mails come in and are answered; gives the kinds of the answers."""
    for made in mails:
        pages.desk.post(made, pages.now)
    return [kind(m) for m in pages.desk.run(pages.now)]


def goes(pages: Pages) -> list[EmailMessage]:
    """What goes out when a minute has passed, and not before."""
    assert pages.desk.run(pages.now) == []
    pages.now += MINUTE
    return pages.desk.run(pages.now)


def do(browser: Browser, name: str, number: int = 1, **fields: str) -> int:
    return browser.send(f"/queue/{number}", f"/queue/{number}/{name}", **fields).status_code


@pytest.fixture
def anna(pages: Pages) -> Browser:
    return pages.browser("anna")


def test_the_queue_says_why_from_whom_and_how_long(pages: Pages, anna: Browser) -> None:
    assert "The queue is empty" in anna.shown("/queue")
    comes(pages, mail(sender=STRANGER, subject="A question", text="May we come too?"))
    pages.now += timedelta(minutes=50)
    shown = anna.shown("/queue")
    for words in ("An email with no form in it", STRANGER.email, "A question", "50 minutes"):
        assert words in shown
    shown = anna.shown("/queue/1")
    for words in ("May we come too?", "Read it; answer if it is a question.", "1 March 2027"):
        assert words in shown
    assert anna.get("/queue/2").status_code == 404


def test_a_form_is_accepted_with_an_answer_put_right(pages: Pages, anna: Browser) -> None:
    assert comes(pages, mail(form1_file(start_date=None))) == ["incomplete"]
    page = anna.shown("/queue/1")
    assert "A skate park for everyone" in anna.get("/queue/1").get_data(as_text=True)
    assert "as it was read" in page
    assert "table 1, row" in page
    wrong = anna.send("/queue/1", "/queue/1/accept", **{"answer.start_date": "in spring"})
    assert wrong.status_code == 422
    body = wrong.get_data(as_text=True)
    assert 'href="#answer.start_date"' in body
    never = anna.send("/queue/1", "/queue/1/accept", **{"answer.start_date": "31/4/27"})
    assert "there is no “31/4/27”, as April 2027 has no day 31" in text(never)
    assert 'value="in spring"' in body
    answer = anna.send("/queue/1", "/queue/1/accept", **{"answer.start_date": "8 March 2027"})
    assert (answer.status_code, answer.location) == (302, "/queue?after=1")
    assert "For a minute you can take this back" in anna.shown("/queue?after=1")
    (out,) = goes(pages)
    assert (kind(out), LEAD.email in out["To"]) == ("registered", True)
    assert "For a minute" not in anna.shown("/queue?after=1")
    assert pages.world.record()["form1"]["start_date"] == "2027-03-08"


def test_what_nobody_changed_stays_as_it_was_read(pages: Pages, anna: Browser) -> None:
    form = form1_file(
        start_date=None,
        area=["Babergh", "Ipswich"],
        purpose="Why?\n\nAnd what for?",
        age_range={"from": 11, "to": 16},
        pod_request=True,
    )
    comes(pages, mail(form))
    before = pages.world.record()["form1"]
    answer = anna.send("/queue/1", "/queue/1/accept", **{"answer.start_date": "8/3/2027"})
    assert answer.status_code == 302
    after = pages.world.record()["form1"]
    assert {key for key in after if after[key] != before[key]} == {"start_date"}


def test_a_mail_is_linked_answered_and_set_aside(pages: Pages, anna: Browser) -> None:
    comes(pages, mail(form1_file()), mail(sender=STRANGER, text="One"))
    comes(pages, mail(sender=STRANGER, text="Two"), mail(sender=STRANGER, text="Three"))
    reference = pages.world.record()["reference"]
    assert do(anna, "link", 1, to="CYP-1999-0001-1") == 422
    assert do(anna, "link", 1, to=reference.lower()) == 302
    assert do(anna, "reply", 2, subject="Re: yours", text=" ") == 422
    assert do(anna, "reply", 2, subject="Re: yours", text="Please do.", settles="yes") == 302
    assert do(anna, "set-aside", 3, why="") == 422
    assert do(anna, "set-aside", 3, why="spam") == 302
    (out,) = goes(pages)
    assert (kind(out), out["Subject"]) == ("answer", "Re: yours")
    body = out.get_body(("plain",))
    assert body is not None
    assert "Please do." in body.get_content()
    assert pages.world.reasons() == []


def test_the_sender_is_asked_again_and_a_word_is_said(pages: Pages, anna: Browser) -> None:
    comes(pages, mail(form1_file(start_date=None)))
    assert do(anna, "ask-again") == 302
    assert [kind(m) for m in goes(pages)] == ["incomplete"]
    assert do(anna, "say") == 422
    assert do(anna, "say", word="extend") == 422
    assert do(anna, "say", word="withdraw", why="asked by telephone") == 302
    assert [kind(m) for m in goes(pages)] == ["withdrawn"]
    assert pages.world.record()["status"] == "withdrawn"
    assert "anna settled this" in anna.shown("/queue/1")


def test_an_act_is_undone_within_a_minute_and_nothing_is_sent(pages: Pages, anna: Browser) -> None:
    comes(pages, mail(form1_file(start_date=None)))
    assert do(anna, "say", word="withdraw") == 302
    assert anna.send("/queue?after=1", "/queue/1/undo").location == "/queue/1"
    assert goes(pages) == []
    assert pages.world.record()["status"] == "draft"
    assert do(anna, "say", word="withdraw") == 302
    undo = filled(anna.get("/queue?after=1").get_data(as_text=True), "/queue/1/undo")
    pages.now += MINUTE
    late = anna.post("/queue/1/undo", undo)
    assert late.status_code == 409
    assert "More than a minute has passed" in text(late)


def test_a_form_sent_twice_acts_once(
    pages: Pages, anna: Browser, caplog: pytest.LogCaptureFixture
) -> None:
    comes(pages, mail(sender=STRANGER, text="One"))
    caplog.set_level(logging.INFO, "intake.desk")
    fields = filled(anna.get("/queue/1").get_data(as_text=True), "/queue/1/reply")
    fields |= {"subject": "Re", "text": "Yes."}
    assert [anna.post("/queue/1/reply", fields).status_code for _ in range(2)] == [302, 302]
    assert [r.getMessage() for r in caplog.records] == ["desk: act 1, reply, on exception 1"]
    assert len(goes(pages)) == 1


def test_what_is_sent_from_a_page_that_one_went_back_to_is_done_or_refused(
    pages: Pages, anna: Browser
) -> None:
    comes(pages, mail(form1_file(start_date=None)))
    page = anna.get("/queue/1").get_data(as_text=True)
    answer = {**filled(page, "/queue/1/reply"), "subject": "Your form", "text": "Please ring."}
    assert anna.post("/queue/1/ask-again", filled(page, "/queue/1/ask-again")).status_code == 302
    assert anna.post("/queue/1/reply", answer).status_code == 302
    assert anna.send("/queue/1", "/queue/1/undo").status_code == 302
    again = anna.post("/queue/1/reply", answer)
    assert again.status_code == 409
    assert "This was taken back. Open the page again to do it after all." in text(again)
    assert anna.send("/queue/1", "/queue/1/reply", subject="S", text="Ring").status_code == 302
    assert [kind(one) for one in goes(pages)] == ["incomplete", "answer"]


def test_the_second_at_an_item_is_told(pages: Pages, anna: Browser) -> None:
    comes(pages, mail(sender=STRANGER, text="One"))
    ben = pages.browser("ben")
    old = filled(ben.get("/queue/1").get_data(as_text=True), "/queue/1/set-aside")
    assert do(anna, "claim") == 302
    assert "anna" in ben.shown("/queue")
    assert "anna is at this" in ben.shown("/queue/1")
    told = ben.post("/queue/1/set-aside", {**old, "why": "spam"})
    assert told.status_code == 409
    assert "anna is at this; it is free again" in text(told)
    assert do(anna, "set-aside", why="done") == 302
    told = ben.post("/queue/1/set-aside", {**old, "why": "spam"})
    assert (told.status_code, "anna settled this on 1 March" in text(told)) == (409, True)


def test_what_the_second_had_typed_is_there_to_be_copied(pages: Pages, anna: Browser) -> None:
    comes(pages, mail(sender=STRANGER, text="One"))
    ben = pages.browser("ben")
    old = filled(ben.get("/queue/1").get_data(as_text=True), "/queue/1/reply")
    assert do(anna, "claim") == 302
    told = ben.post("/queue/1/reply", {**old, "subject": "Re", "text": "Long\n\nand thought of."})
    assert told.status_code == 409
    assert "What you had typed" in text(told)
    assert "Long and thought of." in text(told)
    assert "What you had typed" not in ben.shown("/queue/1")


def test_what_changed_since_it_was_opened_is_looked_at_again(pages: Pages, anna: Browser) -> None:
    comes(pages, mail(form1_file(start_date=None)))
    old = filled(anna.get("/queue/1").get_data(as_text=True), "/queue/1/accept")
    comes(pages, mail(form1_file(start_date=None, end_date=None)))
    told = anna.post("/queue/1/accept", {**old, "answer.start_date": "8 March 2027"})
    assert (told.status_code, "has changed since you opened it" in text(told)) == (409, True)


def test_a_mail_is_run_again(pages: Pages, anna: Browser) -> None:
    form = form2_file(title="Buses at night", reference=None)
    comes(pages, mail(form))
    assert pages.world.reasons() == ["outcomes_unmatched"]
    comes(pages, mail(form1_file(title="Buses at night")))
    assert do(anna, "again") == 302
    assert "The email was handled again, and the item is settled." in anna.shown("/queue")
    assert status(pages) == "complete"


def test_a_mail_is_run_again_only_where_that_changes_something(pages: Pages) -> None:
    comes(pages, mail(sender=STRANGER, text="One"), mail(form1_file(start_date=None)))
    anna = pages.browser("anna")
    for number in (1, 2):
        assert "Run it again" not in anna.shown(f"/queue/{number}")
    open_to_all, site = pages.desk.house, pages.app.extensions["askonce"]
    shut = replace(open_to_all, rules=replace(open_to_all.rules, allowed_domains=frozenset("x")))
    pages.desk.house, pages.app.extensions["askonce"] = shut, replace(site, house=shut)
    comes(pages, mail(form1_file(title="Buses at night")))
    assert "Run it again As the program, its settings" in anna.shown("/queue/3")
    assert 'action="/queue/3/again"' not in anna.get("/queue/3").get_data(as_text=True)
    pages.desk.house, pages.app.extensions["askonce"] = open_to_all, site
    assert do(anna, "again", 3) == 302
    assert "sender_not_allowed" not in pages.world.reasons()


def test_a_reader_sees_it_and_is_offered_nothing(pages: Pages) -> None:
    comes(pages, mail(form1_file(start_date=None)))
    page = pages.browser("rita").get("/queue/1").get_data(as_text=True)
    assert "A skate park for everyone" in page
    assert re.findall(r'<form[^>]*action="([^"]*)"', page) == ["/logout"]


def test_what_strangers_write_never_becomes_part_of_a_page(pages: Pages, anna: Browser) -> None:
    hostile = mail(
        form1_file(start_date=None, title=EVIL, purpose=EVIL, organisation=EVIL),
        File(name=f'{EVIL}".txt', content=EVIL.encode()),
        subject=EVIL,
        text=EVIL,
    )
    comes(pages, hostile, mail(form2_file(you_said=EVIL), sender=STRANGER, subject=EVIL))
    for path in ("/queue", "/queue/1", "/queue/2"):
        page = anna.get(path).get_data(as_text=True)
        assert "&lt;script&gt;" in page, path
        assert "<script>" not in page
        assert "<img" not in page
    sent = anna.send("/queue/1", "/queue/1/accept", **{"answer.start_date": f'"{EVIL}'})
    assert sent.status_code == 422
    assert EVIL not in sent.get_data(as_text=True)


def test_a_file_is_kept_and_never_opened_by_the_browser(pages: Pages, anna: Browser) -> None:
    page = File(name='../../a"b\u202e.html', content=b"<script>alert(1)</script>")
    comes(pages, mail(page, sender=STRANGER))
    answer = anna.get("/queue/1/file/0")
    assert answer.get_data() == page.content
    headers = answer.headers
    assert headers["Content-Type"] == "application/octet-stream"
    assert headers["Content-Disposition"].startswith("attachment; ")
    assert "/" not in headers["Content-Disposition"]
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in headers["Content-Security-Policy"]
    assert anna.get("/queue/1/file/9").status_code == 404
    assert pages.browser().get("/queue/1/file/0").status_code == 302


def test_whoever_asks_again_is_told_that_it_was_done_before(pages: Pages, anna: Browser) -> None:
    comes(pages, mail(form1_file(start_date=None)))
    assert "Asked again on" not in anna.shown("/queue/1")
    assert do(anna, "ask-again") == 302
    shown = pages.browser("ben").shown("/queue/1")
    assert "Asked again on 1 March 2027 at 10:00am by anna." in shown
    assert "Ask once more" in shown
    assert anna.send("/queue?after=1", "/queue/1/undo").status_code == 302
    assert "Asked again on" not in anna.shown("/queue/1")
    assert goes(pages) == []


def test_beside_what_was_undone_nothing_older_is_offered_to_be(pages: Pages, anna: Browser) -> None:
    comes(pages, mail(form1_file(start_date=None)))
    assert [do(anna, "ask-again") for _ in range(2)] == [302, 302]
    assert anna.send("/queue?after=1", "/queue/1/undo").status_code == 302
    shown = anna.shown("/queue/1")
    assert "Undone. No email was sent." in shown
    assert "For a minute" not in shown + anna.shown("/queue?after=1")
    assert [kind(m) for m in goes(pages)] == ["incomplete"]


@pytest.mark.parametrize("chosen", ["other_place", "missing", "which"])
def test_a_ready_answer_does_not_go_with_a_gap_in_it(
    pages: Pages, anna: Browser, chosen: str
) -> None:
    comes(pages, mail(sender=STRANGER))
    sent = filled(anna.get(f"/queue/1?answer={chosen}").get_data(as_text=True), "/queue/1/reply")
    (gap,) = re.findall(r"\[.+?\]", sent["text"][0])
    answer = anna.post("/queue/1/reply", sent)
    page = answer.get_data(as_text=True)
    assert (answer.status_code, 'href="#text"' in page) == (422, True)
    assert f"Fill in {gap} before you send it." in page
    assert goes(pages) == []
    sent["text"] = sent["text"][0].replace(gap, "the library [in town]")
    assert anna.post("/queue/1/reply", sent).status_code == 302
    assert [kind(m) for m in goes(pages)] == ["answer"]


def test_what_waited_longer_elsewhere_stands_first(pages: Pages, anna: Browser) -> None:
    comes(pages, mail(sender=STRANGER, subject="Later", text="One"))
    pages.now += timedelta(minutes=5)
    pages.desk.post(mail(sender=LEAD, subject="Sooner", text="Two"), pages.now - timedelta(hours=6))
    pages.desk.run(pages.now)
    page = anna.shown("/queue")
    assert page.index("Sooner") < page.index("Later")
    assert "/queue/2" in anna.get("/").get_data(as_text=True)
