"""Acts on a consultation, from the page that asks to the mail that goes out."""

from __future__ import annotations

import logging
import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from pathlib import Path

import pytest

from model import Decision
from tests.intake.desk import form1_file, form2_file, kind, mail
from tests.intake.world import COLLEAGUE, LEAD, OTHER, RULES, World
from tests.pages.office import NOW, Browser, Pages, filled, text
from tests.pages.records import MINUTE, act, comes, goes, key, status
from tests.store import given

BLOCKED = Decision(kind=None, outcome="bounced", blocked=(LEAD.email,))


@pytest.fixture
def anna(pages: Pages) -> Browser:
    """An administrator, and a consultation."""
    comes(pages, mail(form1_file()))
    return pages.browser("anna")


def body(ours: EmailMessage) -> str:
    part = ours.get_body(("plain",))
    assert part is not None
    return str(part.get_content())


# --------------------------------------------------------------------------- words


def test_it_is_withdrawn_and_its_people_are_told(
    pages: Pages, anna: Browser, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO, "intake.desk"):
        answer = act(anna, pages, "withdraw")
    assert [one.getMessage() for one in caplog.records] == ["desk: act 1, say"]
    assert (answer.status_code, status(pages)) == (302, "withdrawn")
    page = anna.shown(answer.location)
    assert "Done Withdrawn. For a minute you can take this back." in page
    assert "anna Withdrawn Why: asked by telephone" in page
    assert [kind(m) for m in goes(pages)] == ["withdrawn"]


def test_more_time_is_given_and_a_date_that_cannot_be_is_told(pages: Pages, anna: Browser) -> None:
    date = {"until-day": "28", "until-month": "5", "until-year": "2027"}
    for wrong, at, said in (
        ({"until-day": "32"}, "day", "“32” is no day: give a number from 1 to 31"),
        ({"until-month": ""}, "month", "Give a month: a date such as 31 May 2027"),
        ({"until-year": "27"}, "year", "“27” is no year: give four figures"),
        ({"until-year": "9999"}, "year", "“9999” is no year: give four figures from 1990 to 2099"),
        ({"until-day": "31", "until-month": "6"}, "day", "June 2027 has no day 31"),
        (
            {"until-month": "Ma"},
            "month",
            "“Ma” is no month: give a number from 1 to 12, or its name",
        ),
        ({"until-month": "Mayor"}, "month", "“Mayor” is no month"),
        ({"until-month": "JUNE", "until-day": "31"}, "day", "June 2027 has no day 31"),
        ({"until-year": "2026"}, "day", "28 May 2026 lies before the consultation’s own end"),
        ({"until-day": "6"}, "day", "before the day on which outcomes are due now, 7 May 2027"),
    ):
        answer = act(anna, pages, "extend", **date | wrong)
        assert answer.status_code == 422
        page = answer.get_data(as_text=True)
        assert f'href="#until-{at}"' in page
        assert said in page
        assert 'value="asked by telephone"' in page
    assert act(anna, pages, "extend", **date).status_code == 302
    assert pages.world.record()["outcomes_due"] == "2027-05-28"
    assert "28 May 2027 Email: Reminder of outcomes" in anna.shown(f"/register/{key(pages)}")


@pytest.mark.parametrize("month", ["6", "06", "jun", "June", "JUN."])
def test_a_month_is_a_number_or_a_word(pages: Pages, anna: Browser, month: str) -> None:
    until = {"until-day": "4", "until-month": month, "until-year": "2027"}
    assert act(anna, pages, "extend", **until).status_code == 302
    assert pages.world.record()["outcomes_due"] == "2027-06-04"


def test_reminders_are_stopped(pages: Pages, anna: Browser) -> None:
    assert act(anna, pages, "stop").status_code == 302
    page = anna.shown(f"/register/{key(pages)}")
    assert "Nothing else goes out by itself. Its reminders were stopped." in page
    assert "Stop its reminders" not in page
    assert "Written already: Written, and not gone yet When What Why" in page
    assert "until then, who wrote it can take it back" in page
    (one,) = (r["reference"] for r in pages.world.records())
    assert f"A word was said on their behalf: A skate park for everyone ({one})" in anna.shown("/")
    assert [kind(m) for m in goes(pages)] == ["stopped"]
    comes(pages, mail(form2_file(reference=one)))
    page = anna.shown(f"/register/{one}")
    assert "Nothing goes out by itself. Its outcomes have come in." in page
    assert "An administrator can start" not in page


def test_reminders_are_started_again_without_a_backlog(pages: Pages, anna: Browser) -> None:
    assert anna.get(f"/register/{key(pages)}/remind").status_code == 409
    assert act(anna, pages, "stop").status_code == 302
    (stopped,) = goes(pages)
    assert "Our office has stopped the reminders" in body(stopped)
    assert "If you would like reminders again, write to us" in body(stopped)
    pages.now = datetime(2027, 6, 1, 10, tzinfo=UTC)  # the note and two chasers have been due
    assert goes(pages) == []
    anna.log_in()
    page = anna.shown(f"/register/{key(pages)}")
    assert "Its reminders were stopped. An administrator can start" in page
    assert "Stop its reminders" not in page
    assert act(anna, pages, "remind").status_code == 302
    told = [kind(m) for m in goes(pages)]
    for day in range(2, 4):
        pages.now = datetime(2027, 6, day, 10, tzinfo=UTC)
        told += [kind(m) for m in pages.desk.run(pages.now)]
    assert sorted(told) == ["chaser", "reminders_again"]
    anna.log_in()
    shown = anna.shown(f"/register/{key(pages)}")
    assert "Reminders come again" in shown
    assert "Stop its reminders" in shown


def test_a_reply_to_the_letter_about_stop_reaches_a_person(pages: Pages, anna: Browser) -> None:
    act(anna, pages, "stop")
    (stopped,) = goes(pages)
    comes(pages, mail(answers=stopped, text="Could I have the reminders again, please?"))
    assert pages.world.reasons() == ["needs_answer"]


def test_what_waits_for_a_word_is_confirmed(pages: Pages, anna: Browser) -> None:
    comes(pages, mail(form1_file(email=OTHER.email), sender=OTHER))
    assert status(pages, 1) == "awaiting_confirmation"
    path = f"/register/{key(pages, 1)}/confirm"
    assert anna.send(path, path, why="rang us").status_code == 302
    assert status(pages, 1) == "registered"
    assert [kind(m) for m in goes(pages)] == ["confirmed"]


def test_nothing_is_done_without_a_reason(pages: Pages, anna: Browser) -> None:
    for name in ("withdraw", "stop", "people", "edit-form1"):
        answer = act(anna, pages, name, why=" ")
        assert answer.status_code == 422, name
        assert 'href="#why"' in answer.get_data(as_text=True)
    assert status(pages) == "registered"


@pytest.mark.parametrize("how", ["by hand", "by email"])
def test_a_reminder_that_waits_when_it_is_withdrawn_does_not_go(
    pages: Pages, anna: Browser, how: str
) -> None:
    (registered,) = pages.desk.everything()
    given.do(pages.world.store, BLOCKED, now=pages.now)
    pages.now = datetime(2027, 4, 12, 10, tzinfo=UTC)
    assert pages.desk.run(pages.now) == []
    anna.log_in()
    if how == "by hand":
        act(anna, pages, "withdraw")
    else:
        comes(pages, mail(text="WITHDRAW", answers=registered))
    assert status(pages) == "withdrawn"
    lifted = Decision(kind=None, outcome="unblocked", unblocked=(LEAD.email,))
    given.do(pages.world.store, lifted, now=pages.now)
    assert [kind(m) for m in goes(pages)] == ["withdrawn"]


def test_stopped_and_started_again_within_the_minute_nobody_hears_of_it(
    pages: Pages, anna: Browser
) -> None:
    act(anna, pages, "stop")
    act(anna, pages, "remind")
    assert goes(pages) == []
    act(anna, pages, "stop")
    assert [kind(m) for m in goes(pages)] == ["stopped"]
    act(anna, pages, "remind")
    act(anna, pages, "stop")
    assert [kind(m) for m in goes(pages)] == []
    assert "Start its reminders again" in anna.shown(f"/register/{key(pages)}")


# --------------------------------------------------------------------------- answers


def test_an_answer_is_changed_and_its_people_are_told_or_not(pages: Pages, anna: Browser) -> None:
    answer = act(anna, pages, "edit-form1", **{"answer.title": "A skate park for girls"})
    assert answer.status_code == 302
    assert "Done Form 1 was changed: revision 2." in anna.shown(answer.location)
    (ours,) = goes(pages)
    assert kind(ours) == "revised"
    assert "A skate park for girls" in body(ours)
    quiet = act(anna, pages, "edit-form1", **{"answer.job_title": "Worker", "tell": "no"})
    assert quiet.status_code == 302
    assert goes(pages) == []
    assert pages.world.record()["form1"]["job_title"] == "Worker"


def test_an_answer_that_cannot_be_read_is_told_at_its_place(pages: Pages, anna: Browser) -> None:
    wrong = {"answer.start_date": "in spring", "answer.job_title": "Worker"}
    answer = act(anna, pages, "edit-form1", **wrong)
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert 'href="#answer.start_date"' in page
    assert 'value="in spring"' in page
    assert 'value="Worker"' in page
    never = text(act(anna, pages, "edit-form1", **{"answer.start_date": "30 2 2027"}))
    assert "there is no “30 2 2027”, as February 2027 has no day 30" in never
    none = act(anna, pages, "edit-form1")
    assert (none.status_code, "No answer was changed." in text(none)) == (422, True)


def test_outcomes_are_changed_once_there_are_any(pages: Pages, anna: Browser) -> None:
    assert anna.get(f"/register/{key(pages)}/edit-form2").status_code == 409
    comes(pages, mail(form2_file(reference=pages.world.record()["reference"])))
    assert act(anna, pages, "edit-form2", **{"answer.participants": "43"}).status_code == 302
    assert pages.world.record()["form2"]["participants"] == 43


def test_actions_are_changed_added_and_taken_away(pages: Pages, anna: Browser) -> None:
    lights = {"action": "Lights", "owner": "Omar Bell", "due": "2027-09-01"}
    rows = [lights, {"action": "Ask again", "owner": "Lena Adams", "due": None}]
    comes(pages, mail(form2_file(reference=pages.world.record()["reference"], actions=rows)))
    same = act(anna, pages, "edit-form2")
    assert "No answer was changed." in text(same)
    wrong = act(anna, pages, "edit-form2", **{"answer.actions.1.due": "spring"})
    page = wrong.get_data(as_text=True)
    assert (wrong.status_code, 'value="spring"' in page) == (422, True)
    assert 'href="#answer.actions"' in page
    typed = {
        "answer.actions.0.action": "",
        "answer.actions.0.owner": "",
        "answer.actions.0.due": "",
        "answer.actions.1.due": "1/10/2027",
        "answer.actions.2.action": "Paint",
    }
    assert act(anna, pages, "edit-form2", **typed).status_code == 302
    assert pages.world.record()["form2"]["actions"] == [
        {"action": "Ask again", "owner": "Lena Adams", "due": "2027-10-01"},
        {"action": "Paint", "owner": None, "due": None},
    ]


def test_the_second_of_two_is_told_and_keeps_what_was_typed(pages: Pages, anna: Browser) -> None:
    ben, path = pages.browser("ben"), f"/register/{key(pages)}/edit-form1"
    old = filled(ben.get(path).get_data(as_text=True), path)
    mine = {"answer.job_title": "Manager", "answer.title": "Ramps"}
    assert act(anna, pages, "edit-form1", **mine).status_code == 302
    theirs = {**old, "answer.job_title": "Youth worker", "answer.telephone": "01473", "why": "rang"}
    told = ben.post(path, theirs)
    page = told.get_data(as_text=True)
    assert told.status_code == 409
    assert (
        "has changed since you opened it, by anna on 1 March at 10:00am. Look at it again."
        in text(told)
    )
    assert "Somebody changed this meanwhile to: Manager" in page
    for typed in ("Youth worker", "01473", "rang", "Ramps"):  # and what anna did stays
        assert f'value="{typed}"' in page, typed
    again = {**filled(page, path), "answer.job_title": "Youth worker"}
    assert ben.post(path, again).status_code == 302
    form = pages.world.record()["form1"]
    assert [form[k] for k in ("job_title", "telephone", "title")] == [
        "Youth worker",
        "01473",
        "Ramps",
    ]


# --------------------------------------------------------------------------- people


def test_staff_leave_and_others_take_their_place(pages: Pages, anna: Browser) -> None:
    row = {
        "person-0-remove": "yes",
        "person-1-name": "Cleo Day",
        "person-1-email": "Colleague@youth.example.org",
        "person-1-part": "first",
    }
    assert act(anna, pages, "people", **row).status_code == 302
    page = anna.shown(f"/register/{key(pages)}")
    assert "Done Its people were changed." in page
    cleo = "Cleo Day, colleague@youth.example.org (named to others as its contact)"
    assert f"People {cleo} Change" in page
    assert [kind(m) for m in goes(pages)] == ["new_contact"]
    assert act(anna, pages, "stop").status_code == 302
    (ours,) = goes(pages)
    assert ours["To"].addresses[0].addr_spec == COLLEAGUE.email


PEOPLE_WHO_CANNOT_BE: tuple[tuple[dict[str, str], str], ...] = (
    ({"person-0-remove": "yes"}, "person-0-part"),
    ({"person-0-email": "lead"}, "person-0-email"),
    ({"person-0-part": "copy"}, "person-0-part"),
    ({"person-1-name": "Cleo Day"}, "person-1-email"),
    ({"person-1-email": LEAD.email}, "person-1-email"),
    ({"person-1-email": "a@b.example, c@d.example"}, "person-1-email"),
    ({"person-1-email": COLLEAGUE.email, "person-1-part": "first"}, "person-1-part"),
    ({"person-0-email": "consultations@example.org"}, "main-content"),
    ({"person-0-email": "no-reply@youth.example.org"}, "main-content"),
    ({}, "main-content"),
)


@pytest.mark.parametrize("tell", [True, False])
def test_whoever_is_put_in_is_told_what_and_by_whom(
    pages: Pages, anna: Browser, tell: bool
) -> None:
    row = {"person-0-part": "also", "person-1-email": COLLEAGUE.email, "person-1-part": "first"}
    assert 'name="tell" value="yes" checked' in anna.get(f"/register/{key(pages)}/people").get_data(
        as_text=True
    )
    fields = row if tell else {**row, "tell": []}
    assert act(anna, pages, "people", **fields).status_code == 302
    told = goes(pages)
    assert [kind(m) for m in told] == ["new_contact"] * tell
    for ours in told:
        assert [a.addr_spec for a in ours["To"].addresses] == [COLLEAGUE.email]
        said = " ".join(body(ours).split())
        assert "A person in our office has put you down as the contact" in said
        assert f"Its reference number is {pages.world.record()['reference']}" in said
        assert "are due on Friday 7 May 2027" in said
    assert act(anna, pages, "people", **{"person-1-remove": "yes"}).status_code == 302
    assert goes(pages) == []


def test_whoever_only_has_another_address_is_not_new(pages: Pages, anna: Browser) -> None:
    moved = {"person-0-email": "l.adams@youth.example.org", "tell": "yes"}
    assert act(anna, pages, "people", **moved).status_code == 302
    assert goes(pages) == []
    assert "l.adams@youth.example.org" in anna.shown(f"/register/{key(pages)}")
    another = {"person-0-name": "Cleo Day", "person-0-email": COLLEAGUE.email, "tell": "yes"}
    assert act(anna, pages, "people", **another).status_code == 302
    assert [kind(m) for m in goes(pages)] == ["new_contact"]


def test_people_who_cannot_be_are_told(pages: Pages, anna: Browser) -> None:
    for row, where in PEOPLE_WHO_CANNOT_BE:
        answer = act(anna, pages, "people", **row)
        page = answer.get_data(as_text=True)
        assert answer.status_code == 422, row
        assert f'href="#{where}"' in page, row
        assert f'id="{where}"' in page
        assert all(f'value="{typed}"' in page for typed in row.values())


def test_an_address_that_came_back_gets_mail_again(pages: Pages, anna: Browser) -> None:
    unblocked = pages.world.store.views.blocked
    with pages.world.store.transaction() as transaction:
        transaction.apply(BLOCKED, now=pages.now)
    assert "Gets no mail" in anna.shown(f"/register/{key(pages)}")
    assert act(anna, pages, "people", **{"person-0-unblock": "yes"}).status_code == 302
    assert unblocked() == frozenset()
    assert "An address gets mail again" in anna.shown(f"/register/{key(pages)}")
    assert anna.send(f"/register/{key(pages)}", f"/register/{key(pages)}/undo").status_code == 302
    assert unblocked() == {LEAD.email}


# --------------------------------------------------------------------------- merging


def test_a_twin_is_found_compared_and_merged(pages: Pages, anna: Browser) -> None:
    comes(pages, mail(form1_file(email=OTHER.email, title="Ramps", purpose="Who?"), sender=OTHER))
    first, second = (r["reference"] for r in pages.world.records())
    for words in ("ramp", second.lower(), second.replace("-", " ")):
        page = anna.get(f"/register/{first}/merge", query_string={"words": words})
        assert f'href="/register/{first}/merge/{second}"' in page.get_data(as_text=True), words
    assert "No other consultation" in anna.shown(f"/register/{first}/merge?words=skate")
    check = anna.shown(f"/register/{first}/merge/{second}")
    assert "Title of consultation Differs A skate park for everyone Ramps" in check
    assert "Outcomes due 7 May 2027 7 May 2027" in check
    assert act(anna, pages, f"merge/{key(pages, 1)}").status_code == 302
    assert status(pages) == "merged"
    assert OTHER.email in anna.shown(f"/register/{second}")
    assert LEAD.email in anna.shown(f"/register/{second}")
    undone = anna.send(f"/register/{first}", f"/register/{key(pages)}/undo")
    assert (undone.status_code, status(pages)) == (302, "registered")
    assert goes(pages) == []


def test_examples_of_a_reference_have_the_offices_own_prefix(tmp_path: Path) -> None:
    with World.at(tmp_path, now=NOW, rules=replace(RULES, reference_prefix="FEN")) as world:
        pages = Pages(root=tmp_path, world=world)
        comes(pages, mail(form1_file()), mail(form2_file(reference="FEN-2027-0001-1")))
        anna = pages.browser("anna")
        assert "skate park, or FEN-2027-0042-1" in anna.shown(f"/register/{key(pages)}/merge")
        wrong = {"answer.reference": "FEN-2027-0001-2"}
        queued = text(anna.send("/queue/1", "/queue/1/accept", **wrong))
    assert "is not a reference number of ours" in queued
    assert "from our email, such as FEN-2027-0042-1." in queued


def test_what_waits_about_a_merged_one_does_not_go(pages: Pages, anna: Browser) -> None:
    comes(pages, mail(form1_file(email=OTHER.email, title="Ramps", purpose="Who?"), sender=OTHER))
    first, second = (r["reference"] for r in pages.world.records())
    given.do(pages.world.store, BLOCKED, now=pages.now)
    pages.now = datetime(2027, 4, 12, 10, tzinfo=UTC)
    assert pages.desk.run(pages.now) == []
    anna.log_in()
    assert "Held: its address gets no mail" in anna.shown(f"/outgoing?words={first}")
    assert act(anna, pages, f"merge/{key(pages, 1)}").status_code == 302
    assert first not in anna.shown("/outgoing?show=stuck")
    gone = anna.shown(f"/outgoing?show=unneeded&words={first}")
    assert "No longer needed (1)" in gone
    assert "Skipped (0)" in gone
    assert "1 found Not going at all" in gone
    assert "Does not go: not needed any more since 12 April 2027" in gone
    emails = anna.shown(f"/register/{first}")
    assert "It has ended: outcomes are asked for No longer needed" in emails
    trail = anna.shown(f"/register/{first}")
    unneeded = "An email was not needed any more: It has ended: outcomes are asked for (“"
    assert f"the program {unneeded}" in trail
    assert trail.count(unneeded) == 2  # said where it was done, and kept
    assert "”) Why: overtaken by what happened since" in trail
    assert "was skipped" not in trail
    undo = f"/register/{key(pages)}/undo"
    assert anna.send(f"/register/{first}", undo).status_code == 302
    assert first in anna.shown("/outgoing?show=stuck")
    assert act(anna, pages, f"merge/{key(pages, 1)}").status_code == 302
    lifted = Decision(kind=None, outcome="unblocked", unblocked=(LEAD.email,))
    given.do(pages.world.store, lifted, now=pages.now)
    told, other = goes(pages)
    assert (kind(told), told["To"].addresses[0].addr_spec) == ("merged", LEAD.email)
    assert (kind(other), other["To"].addresses[0].addr_spec) == ("merged", OTHER.email)
    assert f"use the reference number {second} from now on" in " ".join(body(told).split())
    assert f"Merged into {second}" in anna.shown(f"/register/{first}")
    assert f"{first} was merged into it" in anna.shown(f"/register/{second}")


def test_a_late_word_about_a_merged_one_is_told_as_that(pages: Pages, anna: Browser) -> None:
    (registered,) = pages.desk.everything()
    comes(pages, mail(form1_file(email=OTHER.email, title="Ramps", purpose="Who?"), sender=OTHER))
    first, second = (r["reference"] for r in pages.world.records())
    assert act(anna, pages, f"merge/{key(pages, 1)}").status_code == 302
    goes(pages)
    comes(pages, mail(form2_file(reference=second), sender=OTHER))
    assert status(pages, 1) == "complete"
    comes(pages, mail(text="PROCEED", answers=registered))
    item = anna.shown("/queue/1")
    meant = f"it was written about {first}, which was merged into this one"
    assert f"PROCEED for one that is complete; {meant}" in item
    assert "Say a word for the lead worker" not in item  # none of them would do anything


def test_only_words_that_do_something_can_be_said(pages: Pages, anna: Browser) -> None:
    (told,) = pages.desk.everything()
    comes(pages, mail(text="May we talk?", answers=told))
    item = anna.get("/queue/1").get_data(as_text=True)
    offered = re.findall(r'name="word" type="radio" value="(\w+)"', item)
    assert offered == ["proceed", "withdraw", "extend", "stop"]
    act(anna, pages, "withdraw")
    item = anna.get("/queue/1").get_data(as_text=True)
    assert re.findall(r'name="word" type="radio" value="(\w+)"', item) == ["withdraw"]
    assert 'name="until-day"' not in item


def test_it_is_not_merged_into_itself_nor_into_nothing(pages: Pages, anna: Browser) -> None:
    name = key(pages)
    assert anna.get(f"/register/{name}/merge/{name}").status_code == 404
    assert anna.get(f"/register/{name}/merge/CYP-1999-0001-1").status_code == 404


# --------------------------------------------------------------------------- once, and by one


def test_an_act_is_undone_within_a_minute_by_whoever_did_it(pages: Pages, anna: Browser) -> None:
    assert act(anna, pages, "withdraw").status_code == 302
    page, undo = f"/register/{key(pages)}", f"/register/{key(pages)}/undo"
    form = filled(anna.get(page).get_data(as_text=True), undo)
    ben = pages.browser("ben")
    assert "For a minute" not in ben.shown(page)
    his = filled(ben.get(page).get_data(as_text=True), "/logout")
    assert ben.post(undo, {**his, "token": form["token"]}).status_code == 409
    assert anna.post(undo, form).status_code == 302
    assert status(pages) == "registered"
    assert "Taken back" in anna.shown(page)
    assert act(anna, pages, "edit-form1", **{"answer.job_title": "Worker"}).status_code == 302
    assert act(anna, pages, "withdraw").status_code == 302
    assert anna.send(page, undo).status_code == 302
    shown = anna.shown(page)
    assert "Undone. No email was sent." in shown
    assert "For a minute" not in shown
    assert "For a minute" not in anna.shown(page)  # of what was done before that
    assert act(anna, pages, "withdraw").status_code == 302
    form = filled(anna.get(page).get_data(as_text=True), undo)
    pages.now += MINUTE
    assert "For a minute" not in anna.shown(page)
    late = anna.post(undo, form)
    assert (late.status_code, "More than a minute has passed" in text(late)) == (409, True)


def test_a_form_sent_twice_acts_once(pages: Pages, anna: Browser) -> None:
    path = f"/register/{key(pages)}/withdraw"
    fields = {**filled(anna.get(path).get_data(as_text=True), path), "why": "rang"}
    assert [anna.post(path, fields).status_code for _ in range(2)] == [302, 302]
    assert len(goes(pages)) == 1


def test_of_what_has_ended_nothing_is_offered(pages: Pages, anna: Browser) -> None:
    name = key(pages)
    assert "Outcomes due 7 May 2027" in anna.shown(f"/register/{name}")
    assert "7 May 2027" in anna.shown("/register")
    assert act(anna, pages, "withdraw").status_code == 302
    pages.now += timedelta(minutes=2)
    page = anna.get(f"/register/{name}").get_data(as_text=True)
    assert "Outcomes due" not in page
    assert "7 May 2027" not in anna.shown("/register")
    assert re.findall(r'<form[^>]*action="([^"]*)"', page) == ["/logout"]
    assert "What you can do" not in page
    for offer in ("withdraw", "edit-form1", "people", "merge", "stop", "extend", "confirm"):
        answer = anna.get(f"/register/{name}/{offer}")
        assert (answer.status_code, "it is withdrawn" in text(answer)) == (409, True), offer
    assert anna.get(f"/register/{name}/no-such-act").status_code == 404


@pytest.mark.parametrize(
    ("first", "name", "fields"),
    [
        ("stop", "remind", {}),
        ("", "people", {"person-0-email": OTHER.email, "tell": []}),
        ("", "extend", {"until-day": "11", "until-month": "5", "until-year": "2027"}),
    ],
)
def test_the_calendar_brings_nothing_that_an_undo_could_not_take_back(
    pages: Pages, anna: Browser, first: str, name: str, fields: dict[str, str]
) -> None:
    if first:
        assert act(anna, pages, first).status_code == 302
        goes(pages)
    pages.now = datetime(2027, 5, 10, 10, tzinfo=UTC)  # since 7 May outcomes are late
    anna = pages.browser("anna")
    assert act(anna, pages, name, **fields).status_code == 302
    pages.now += MINUTE / 2
    assert pages.desk.run(pages.now) == []
    path = f"/register/{key(pages)}"
    assert anna.send(path, f"{path}/undo").status_code == 302
    late = [] if first else [["lead@youth.example.org"]]
    assert [[a.addr_spec for a in m["To"].addresses] for m in goes(pages)] == late


def test_the_calendar_goes_on_a_minute_after_an_act(pages: Pages, anna: Browser) -> None:
    pages.now = datetime(2027, 5, 10, 10, tzinfo=UTC)
    anna = pages.browser("anna")
    act(anna, pages, "people", **{"person-0-email": OTHER.email, "tell": []})
    pages.now += MINUTE
    (chaser,) = pages.desk.run(pages.now)
    assert (kind(chaser), chaser["To"].addresses[0].addr_spec) == ("chaser", OTHER.email)
