"""What goes out soon, as a list by day, and what a person can do about each of it."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from html import unescape
from typing import Any
from urllib.parse import urlsplit

import pytest
from lxml.html import document_fromstring
from werkzeug.test import TestResponse

from model import Gate, Letter
from pages.plain import LETTERS
from tests.intake.desk import kind
from tests.intake.world import form1
from tests.pages.office import Browser, Pages, filled, text

#: The Monday after the end of the consultation in `form1`: the day of its note.
NOTE_DAY = datetime(2027, 4, 12, 10, tzinfo=UTC)
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)


@pytest.fixture
def office(pages: Pages) -> Pages:
    """A consultation that ended last Friday; today is a Sunday."""
    pages.world.receive(form1())
    assert [kind(mail) for mail in pages.desk.run(pages.now + HOUR)] == ["registered"]
    pages.now = NOTE_DAY - timedelta(days=1)
    return pages


def links(answer: TestResponse) -> list[str]:
    """The mails that a list leads to, in its order."""
    found = re.findall(r'href="(/outgoing/mail\?[^"]*)"', answer.get_data(as_text=True))
    return [unescape(one) for one in found]


def first(browser: Browser) -> str:
    return links(browser.get("/outgoing"))[0]


def do(browser: Browser, act: str, path: str = "", **fields: Any) -> TestResponse:
    return browser.send(path or first(browser), f"/outgoing/act/{act}", **fields)


def went(office: Pages, at: datetime) -> list[str]:
    office.now = at
    return [kind(mail) for mail in office.desk.run(at)]


def test_the_list_says_what_goes_when_to_whom_and_why(office: Pages) -> None:
    shown = office.browser("anna").shown("/outgoing")
    for part in (
        "Monday 12 April 2027",
        LETTERS[Letter.COMPLETION_NOTE],
        "lead@youth.example.org",
        "A skate park for everyone",
        "1 day after the end date, with Form 2 filled in. That was Saturday 10 April 2027: it goes"
        " on the next working day.",
        "Paused (0)",
        "Skipped (0)",
        "Friday 7 May 2027",
        LETTERS[Letter.CHASER],
        "at 8:30am the digest goes to admin@office.example.org",
    ):
        assert part in shown
    assert "Friday 21 May" not in shown  # more than four weeks away


def test_a_mail_is_shown_as_it_will_go(office: Pages) -> None:
    anna = office.browser("anna")
    path = first(anna)
    shown = anna.shown(path)
    assert "Monday 12 April 2027" in shown
    assert "Lena Adams, lead@youth.example.org" in shown
    assert "Form 2 Outcomes and impact CYP-2027-0001" in shown
    note = next(m for m in office.desk.run(NOTE_DAY) if kind(m) == "completion_note")
    body = note.get_body(("plain",))
    assert body is not None
    assert " ".join(str(body.get_content()).split()) in shown


def test_the_html_of_a_letter_runs_nothing_and_fetches_nothing(office: Pages) -> None:
    anna = office.browser("anna")
    query = urlsplit(first(anna)).query
    alone = anna.get(f"/outgoing/mail/as-html?{query}")
    assert "<!DOCTYPE html>" in alone.get_data(as_text=True)
    policy = alone.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert policy.endswith("sandbox")
    file = anna.get(f"/outgoing/mail/file/0?{query}")
    assert file.headers["Content-Disposition"].startswith("attachment;")
    assert file.data.startswith(b"PK")
    assert anna.get(f"/outgoing/mail/file/7?{query}").status_code == 404


def test_sent_now_it_goes_in_a_minute_and_can_be_undone(office: Pages) -> None:
    anna = office.browser("anna")
    done = do(anna, "send-now")
    assert done.status_code == 302
    shown = anna.get(done.location)
    assert "Done It is written, and goes " in text(shown)
    assert "It goes on 11 April 2027 at 11:01am" in text(shown)
    undone = anna.send(done.location, "/outgoing/undo")
    assert undone.status_code == 302
    assert went(office, office.now + MINUTE) == []
    do(anna, "send-now")
    assert went(office, office.now + MINUTE) == ["completion_note"]
    assert went(office, NOTE_DAY) == []


def test_what_goes_if_it_is_sent_now_is_shown_as_it_is_written_today(office: Pages) -> None:
    anna = office.browser("anna")
    chaser = links(anna.get("/outgoing"))[1]  # due on 7 May; today is 11 April
    shown = anna.shown(chaser)
    on_its_day, now = shown.split("How it reads if it is sent now")
    assert "Outcomes due today: A skate park for everyone" in on_its_day
    assert "what it says then is at the foot of this page" in on_its_day
    assert "Outcomes due on 7 May 2027: A skate park for everyone" in now
    assert "today" not in now
    form = "Form 2 Outcomes and impact CYP-2027-0001"
    assert (form in on_its_day, form in now) == (False, True)  # the first since the end brings it
    query = urlsplit(chaser).query
    page = anna.get(f"/outgoing/mail/as-html?{query}&now=1").get_data(as_text=True)
    assert "are due <strong" in page
    assert "on Friday 7 May 2027" in page
    assert anna.get(f"/outgoing/mail/file/0?{query}&now=1").data.startswith(b"PK")
    assert anna.get(f"/outgoing/mail/file/0?{query}").status_code == 404
    assert do(anna, "send-now", chaser).status_code == 302
    office.now += MINUTE
    (mail,) = office.desk.run(office.now)
    body = mail.get_body(("plain",))
    assert body is not None
    assert mail["Subject"] in now
    assert " ".join(str(body.get_content()).split()) in now


def test_a_letter_that_reads_the_same_on_both_days_is_shown_once(office: Pages) -> None:
    anna = office.browser("anna")
    shown = anna.shown(first(anna))
    assert "Send now" in shown
    assert "How it reads if it is sent now" not in shown


def test_what_cannot_be_sent_now_says_so_beforehand(office: Pages) -> None:
    anna = office.browser("anna")
    office.now = NOTE_DAY - timedelta(days=3)  # its last day
    shown = anna.get(first(anna))
    assert "/outgoing/act/send-now" not in shown.get_data(as_text=True)
    assert "It cannot be sent now. The consultation goes on until 9 April 2027" in text(shown)
    assert "/outgoing/act/skip" in shown.get_data(as_text=True)
    office.now += timedelta(days=1)
    assert "It cannot be sent now." not in anna.shown(first(anna))
    assert do(anna, "send-now").status_code == 302


def test_skipping_needs_a_reason_and_is_told_to_everybody(office: Pages) -> None:
    anna = office.browser("anna")
    refused = do(anna, "skip")
    assert refused.status_code == 422
    page: Any = document_fromstring(refused.get_data(as_text=True))
    (link,) = page.find_class("govuk-error-summary__list")[0].iter("a")
    assert link.text == "Give a reason: it is kept in the audit trail."
    typed = page.get_element_by_id(link.get("href").removeprefix("#"))
    assert "govuk-input--error" in typed.classes
    assert page.xpath("//details[@open]") == typed.xpath("ancestor::details")
    assert do(anna, "skip", why="They sent it by post").status_code == 302
    ben = office.browser("ben")
    said = "Does not go: anna skipped it on 11 April 2027 at 11:00am: They sent it by post"
    assert said in ben.shown("/outgoing?show=skipped")
    assert went(office, NOTE_DAY) == []


def test_a_skipped_one_is_put_back(office: Pages) -> None:
    anna = office.browser("anna")
    do(anna, "skip", why="Not needed")
    assert do(anna, "resume").status_code == 302
    assert went(office, NOTE_DAY) == ["completion_note"]


def test_a_pause_keeps_all_reminders_of_a_consultation_back(office: Pages) -> None:
    anna = office.browser("anna")
    assert do(anna, "pause", why="She is ill").status_code == 302
    shown = anna.shown("/outgoing?show=paused")
    assert shown.count("anna paused all reminders about it") == 2
    assert "2 found" in shown
    record = anna.shown("/register/CYP-2027-0001-8")
    assert record.count("anna paused all reminders about it") == 4
    assert "anna All reminders about it were paused Why: She is ill" in record
    assert went(office, NOTE_DAY) == []
    assert do(office.browser("ben"), "resume").status_code == 302
    assert went(office, NOTE_DAY) == []
    assert went(office, NOTE_DAY + MINUTE) == ["completion_note"]
    record = office.browser("anna").shown("/register/CYP-2027-0001-8")
    assert "ben Reminders about it go again" in record


def test_the_history_of_a_consultation_says_which_email(office: Pages) -> None:
    anna = office.browser("anna")
    note, chaser = links(anna.get("/outgoing"))
    do(anna, "skip", chaser, why="She rang")
    do(anna, "send-now", note)
    (written,) = [one for one in links(anna.get("/outgoing")) if "about=" in one][:1]
    do(anna, "pause", written)
    record = anna.shown("/register/CYP-2027-0001-8")
    subject = office.world.store.views.unsent()[0].subject
    for told in (
        "An email was skipped: Reminder of outcomes of 7 May 2027, to the lead worker"
        " Why: She rang",
        f"An email was let go before its time: {LETTERS[Letter.COMPLETION_NOTE]} (“{subject}”)",
        f"An email was paused: {LETTERS[Letter.COMPLETION_NOTE]} (“{subject}”)",
    ):
        assert told in record
    assert "Skipped (1)" in anna.shown("/outgoing")


def test_what_is_let_go_is_not_called_sent_before_it_is(office: Pages) -> None:
    anna = office.browser("anna")
    do(anna, "send-now")
    for page in ("/", "/register/CYP-2027-0001-8"):
        shown = anna.shown(page)
        assert "An email was let go before its time" in shown
        assert "sent before its time" not in shown


def found(browser: Browser, show: str) -> tuple[int, int]:
    """How many a list is said to have by the link to it, and how many are found in it."""
    page = browser.get(f"/outgoing?show={show}")
    said = re.findall(r'aria-current="true">[^<]*\((\d+)\)', page.get_data(as_text=True))
    (count,) = re.findall(r"(\d+) found", text(page))
    assert len(said) == 1
    return int(said[0]), int(count)


def test_each_list_has_as_many_as_are_counted_and_all_has_all(office: Pages) -> None:
    anna = office.browser("anna")
    note, chaser = links(anna.get("/outgoing"))
    do(anna, "send-now", note)
    do(anna, "skip", links(anna.get("/outgoing"))[0], why="By post")  # one that is written
    do(anna, "skip", chaser, why="She rang")  # one that is to come
    office.world.receive(form1(title="Bus stops", organisation="Buses", email="b@bus.example"))
    counts = {show: found(anna, show) for show in ("", "paused", "skipped", "unneeded", "stuck")}
    assert all(said == listed for said, listed in counts.values())
    assert counts["skipped"] == (2, 2)
    everything = anna.shown("/outgoing")
    assert everything.index("By post") > everything.index("Not going at all")
    assert everything.index("She rang") < everything.index("Not going at all")
    by_words = anna.shown("/outgoing?words=bus+stops")
    assert "Skipped (0)" in by_words


@pytest.mark.parametrize(
    ("gate", "whom", "turn"),
    [
        (Gate(per_day=1), "everybody together", "within a day"),
        (Gate(per_address=1), "lead@youth.example.org", "on 12 April 2027 at 11:00am"),
    ],
)
def test_what_is_beyond_a_cap_waits_for_its_turn_and_the_queue_leads_to_it(
    office: Pages, gate: Gate, whom: str, turn: str
) -> None:
    anna = office.browser("anna")
    for title in ("Bus stops", "Night buses"):
        office.world.receive(form1(title=title, organisation="Buses"))
    outbox = office.world.store.outbox
    assert outbox.claim(office.now, gate) is not None
    assert outbox.claim(office.now, gate) is None
    (led_to,) = re.findall(r'href="(/outgoing[^"]*capped)"', anna.get("/queue/1").text)
    shown = anna.shown(led_to)
    assert "1 found" in shown and "Night buses" in shown and "Bus stops" not in shown
    assert f"As many emails as may go in 24 hours went to {whom}. It goes by itself {turn}." in (
        shown
    )


def test_a_mail_in_the_outbox_is_paused_resumed_and_skipped(office: Pages) -> None:
    anna = office.browser("anna")
    do(anna, "send-now")
    assert do(anna, "pause").status_code == 302
    assert "Not going by themselves" in anna.shown("/outgoing")
    assert went(office, office.now + 5 * MINUTE) == []
    assert do(anna, "resume").status_code == 302
    assert do(anna, "skip", why="Enough").status_code == 302
    assert went(office, office.now + 5 * MINUTE) == []
    assert "Skipped" in anna.shown("/outgoing?show=skipped")
    assert "completion_note" not in went(office, NOTE_DAY)


def test_the_second_of_two_people_is_told(office: Pages) -> None:
    anna, ben = office.browser("anna"), office.browser("ben")
    path = first(ben)
    page = ben.get(path).get_data(as_text=True)
    do(anna, "pause", why="She is ill")
    answer = ben.post("/outgoing/act/skip", {**filled(page, "/outgoing/act/skip"), "why": "Why"})
    assert answer.status_code == 409
    assert "anna paused this on 11 April at 11:00am (She is ill). Look at it again." in text(answer)
    assert "Why" in answer.get_data(as_text=True)


def test_a_double_click_acts_once(office: Pages) -> None:
    anna = office.browser("anna")
    page = anna.get(first(anna)).get_data(as_text=True)
    fields = filled(page, "/outgoing/act/send-now")
    assert [anna.post("/outgoing/act/send-now", fields).status_code for _ in range(2)] == [302] * 2
    assert went(office, office.now + MINUTE) == ["completion_note"]


def test_a_mail_that_has_gone_says_so(office: Pages) -> None:
    anna = office.browser("anna")
    path = first(anna)
    page = anna.get(path).get_data(as_text=True)
    assert went(office, NOTE_DAY) == ["completion_note"]
    anna = office.browser("anna")
    gone = anna.get(path)
    assert gone.status_code == 404
    assert "It has gone" in text(gone)
    fields = filled(page, "/outgoing/act/pause")
    csrf = re.search(r'name="csrf_token" value="([^"]*)"', anna.get("/").get_data(as_text=True))
    assert csrf
    late = anna.post("/outgoing/act/pause", {**fields, "csrf_token": csrf[1]})
    assert late.status_code == 409
    assert "has gone meanwhile" in text(late)


def test_readers_look_and_do_not_act(office: Pages) -> None:
    rita, anna = office.browser("rita"), office.browser("anna")
    page = rita.get(first(rita)).get_data(as_text=True)
    assert "How it will read on its day" in page
    assert "/outgoing/act/" not in page
    fields = filled(anna.get(first(anna)).get_data(as_text=True), "/outgoing/act/skip")
    token = re.search(r'name="csrf_token" value="([^"]*)"', page)
    assert token
    sent = rita.post("/outgoing/act/skip", {**fields, "csrf_token": token[1], "why": "x"})
    assert sent.status_code == 403


def test_what_waits_says_why(office: Pages) -> None:
    store, anna = office.world.store, office.browser("anna")
    do(anna, "send-now")
    store.restored.hold_sending()
    shown = anna.shown("/outgoing")
    assert "Nothing is sent until somebody says so, after a restore." in shown
    store.restored.release_sending()
    office.now += MINUTE
    assert "It goes when the program next runs." in anna.shown("/outgoing")


def test_many_are_shown_a_page_at_a_time_and_found_by_words(office: Pages) -> None:
    for number in range(30):
        office.world.receive(form1(title=f"Bus stop {number}", organisation=f"Youth {number}"))
    anna = office.browser("anna")
    shown = anna.shown("/outgoing")
    assert "page 1 of 2" in shown or "page 1 of 3" in shown
    assert anna.get("/outgoing?page=99").status_code == 200
    assert anna.get("/outgoing?page=x").status_code == 200
    shown = anna.shown("/outgoing?words=bus+stop+17")
    assert "Bus stop 17" in shown
    assert "Bus stop 16" not in shown
    assert "None of them is like that." in anna.shown("/outgoing?words=nothing+at+all")


@pytest.mark.parametrize("path", ["/outgoing/mail", "/outgoing/mail?key=x&about=y"])
def test_what_is_not_there_is_said(office: Pages, path: str) -> None:
    assert office.browser("anna").get(path).status_code == 404
