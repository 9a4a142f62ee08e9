"""A person's acts at the desk, from a real mail that came in to the mail that goes out."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from email.message import EmailMessage
from typing import Any

import pytest

from intake.desk import (
    Accept,
    Act,
    AskAgain,
    Done,
    Edit,
    Link,
    Refused,
    Reply,
    Say,
    SendAgain,
    SetAside,
    claim,
    perform,
    release,
    take_over,
    undo,
)
from intake.desk.perform import CLAIM
from model import (
    FORM1,
    FORM2,
    Conflict,
    Delivery,
    DeliveryState,
    Gate,
    Hold,
    Reason,
    Word,
)
from tests.intake.desk import NOW, Desk, came, form1_file, form2_file, kind, mail, words
from tests.intake.world import LEAD, OTHER, STRANGER
from tests.store import given

ANN, BEN = "ann", "ben"


def the_item(desk: Desk) -> int:
    (item,) = desk.house.store.views.queue()
    return item.id


def do(desk: Desk, doing: Any, *, token: str = "t1", at: datetime = NOW, **more: Any) -> Done:
    if not {"exception", "consultation"} & more.keys():
        more["exception"] = the_item(desk)
    act = Act(token=token, doing=doing, **{"who": ANN, "why": "asked by telephone", **more})
    return perform(desk.house, act, at)


def goes_out(desk: Desk, at: datetime = NOW + timedelta(minutes=2)) -> list[EmailMessage]:
    return desk.run(at)


# --------------------------------------------------------------------------- forms


def test_an_incomplete_form_is_completed_and_accepted(desk: Desk) -> None:
    came(desk, mail(form1_file(start_date=None)))
    done = do(desk, Accept(fields={"start_date": "8 March 2027"}))
    assert done.decision and done.decision.outcome == "registered"
    assert desk.world.reasons() == []
    assert desk.world.record()["status"] == "registered"
    assert desk.world.record()["form1"]["start_date"] == "2027-03-08"
    (ours,) = goes_out(desk)
    assert (kind(ours), ours["To"].addresses[0].addr_spec) == ("registered", LEAD.email)
    assert "A person in our office did this for you" in words(ours)
    assert "Start date" in words(ours)


def test_a_value_that_cannot_be_read_is_refused_with_its_problem(desk: Desk) -> None:
    came(desk, mail(form1_file(start_date=None)))
    with pytest.raises(Refused) as refused:
        do(desk, Accept(fields={"start_date": "some time in spring", "email": "nobody"}))
    assert {(p.field, p.code) for p in refused.value.problems} == {
        ("start_date", "date_unreadable"),
        ("email", "email_unreadable"),
    }
    assert desk.world.record()["status"] == "draft"
    assert desk.world.reasons() == ["incomplete"]


def test_a_missing_title_put_in_completes_the_draft_and_makes_no_second_record(desk: Desk) -> None:
    came(desk, mail(form1_file(title=None)))
    do(desk, Accept(fields={"title": "A skate park for everyone"}))
    assert [r["status"] for r in desk.world.records()] == ["registered"]


def test_similar_work_is_looked_for_as_if_the_mail_had_said_so(desk: Desk) -> None:
    came(desk, mail(form1_file(), sender=OTHER))
    came(desk, mail(form1_file(start_date=None)), at=NOW + timedelta(minutes=1))
    done = do(desk, Accept(fields={"start_date": "8/3/2027"}), at=NOW + timedelta(minutes=2))
    assert done.decision and done.decision.outcome == "similar"
    assert desk.world.record(1)["status"] == "awaiting_confirmation"


def test_outcomes_that_matched_nothing_are_linked(desk: Desk) -> None:
    came(desk, mail(form1_file()))
    reference = desk.world.record()["reference"]
    at = NOW + timedelta(minutes=1)
    came(desk, mail(form2_file(title="Wheels"), sender=STRANGER), at=at)
    do(desk, Link(to=reference), at=at)
    record = desk.world.record()
    assert (record["status"], record["form2"]["participants"]) == ("complete", 42)
    assert desk.world.reasons() == []
    assert [m["direction"] for m in record["mails"]] == ["in", "out", "in"]
    (ours,) = goes_out(desk, at + timedelta(minutes=2))
    assert (kind(ours), ours["To"].addresses[0].addr_spec) == ("outcomes_logged", LEAD.email)
    assert [a.addr_spec for a in ours["Cc"].addresses] == [STRANGER.email]
    assert f"came to us from {STRANGER.name}, who gets a copy of this email" in words(ours)


def test_a_reference_that_is_put_in_says_whose_outcomes_they_are(desk: Desk) -> None:
    came(desk, mail(form1_file()))
    reference = desk.world.record()["reference"]
    at = NOW + timedelta(minutes=1)
    came(desk, mail(form2_file(title="Wheels"), sender=STRANGER), at=at)
    do(desk, Accept(fields={"reference": reference}), at=at)
    assert desk.world.record()["status"] == "complete"
    assert desk.world.reasons() == []


def test_another_reference_than_the_one_it_was_linked_to_is_said(desk: Desk) -> None:
    came(desk, mail(form1_file()), mail(form1_file(title="Buses", purpose="Fares?")))
    first, second = (r["reference"] for r in desk.world.records())
    at = NOW + timedelta(minutes=1)
    came(desk, mail(form2_file(title="Bus lanes", reference=first)), at=at)
    do(desk, Link(to=second), at=at)
    (ours,) = goes_out(desk, at + timedelta(minutes=2))
    assert f"on record under {second} instead" in words(ours)


def test_a_mail_without_a_form_is_kept_with_a_consultation(desk: Desk) -> None:
    came(desk, mail(form1_file()))
    came(desk, mail(sender=STRANGER, text="We come too."), at=NOW + timedelta(minutes=1))
    do(desk, Link(to=desk.world.record()["reference"]))
    assert desk.world.reasons() == []
    assert len([m for m in desk.world.record()["mails"] if m["direction"] == "in"]) == 2


def test_nothing_is_linked_to_what_has_ended_or_is_not_there(desk: Desk) -> None:
    came(desk, mail(form1_file()), mail(sender=STRANGER, text="We come too."))
    reference = desk.world.record()["reference"]
    do(desk, Say(word=Word.WITHDRAW), consultation=reference)
    with pytest.raises(Refused, match="is withdrawn"):
        do(desk, Link(to=reference), token="t2")
    with pytest.raises(Refused, match="no such consultation"):
        do(desk, Link(to="CYP-2027-0099-1"), token="t3")


# --------------------------------------------------------------------------- letters and words


def test_an_answer_goes_to_the_sender_in_the_thread(desk: Desk) -> None:
    question = mail(sender=STRANGER, text="May we use your form?")
    came(desk, question)
    do(desk, Reply(subject="Re: Consultation", text="Yes.\n\nPlease do."))
    assert desk.world.reasons() == []
    assert goes_out(desk, NOW + timedelta(seconds=59)) == []
    (ours,) = goes_out(desk)
    assert (kind(ours), ours["In-Reply-To"]) == ("answer", question["Message-ID"])
    assert ours["To"].addresses[0].addr_spec == STRANGER.email
    assert "Yes. Please do." in " ".join(words(ours).split())


def test_the_sender_is_asked_again_and_the_exception_stays(desk: Desk) -> None:
    (first,) = came(desk, mail(form1_file(start_date=None)))
    do(desk, AskAgain())
    (again,) = goes_out(desk)
    assert (kind(first), kind(again)) == ("incomplete", "incomplete")
    assert first["Message-ID"] != again["Message-ID"]
    assert desk.world.reasons() == ["incomplete"]


def test_a_warning_is_answered_on_the_lead_workers_behalf(desk: Desk) -> None:
    came(desk, mail(form1_file(), sender=OTHER))
    came(desk, mail(form1_file()), at=NOW + timedelta(minutes=1))
    came(desk, at=NOW + timedelta(days=23))
    at = NOW + timedelta(days=23)
    do(desk, Say(word=Word.PROCEED), at=at)
    assert desk.world.record(1)["status"] == "registered"
    (ours,) = goes_out(desk, at + timedelta(minutes=2))
    assert (kind(ours), ours["To"].addresses[0].addr_spec) == ("confirmed", LEAD.email)
    assert "A person in our office did this for you" in words(ours)
    assert "Thank you for your answer" not in words(ours)


def test_a_word_that_the_status_does_not_allow_is_refused(desk: Desk) -> None:
    came(desk, mail(form1_file()))
    key = desk.world.record()["reference"]
    with pytest.raises(Refused, match="EXTEND says 1 February 2027, and that day has passed"):
        do(desk, Say(word=Word.EXTEND, until=date(2027, 2, 1)), consultation=key)
    with pytest.raises(Refused, match="EXTEND says 31 December 9999, and the register counts to"):
        do(desk, Say(word=Word.EXTEND, until=date(9999, 12, 31)), consultation=key)
    do(desk, Say(word=Word.EXTEND, until=date(2027, 8, 1)), consultation=key)
    assert desk.world.record()["outcomes_due"] == "2027-08-01"
    do(desk, Say(word=Word.WITHDRAW), consultation=key, token="t2")
    with pytest.raises(Refused, match="PROCEED for one that is withdrawn"):
        do(desk, Say(word=Word.PROCEED), consultation=key, token="t3")


def test_setting_aside_wants_a_reason_and_keeps_it(desk: Desk) -> None:
    came(desk, mail(sender=STRANGER, text="Spam"))
    number = the_item(desk)
    with pytest.raises(Refused, match="reason"):
        do(desk, SetAside(), why=" ")
    do(desk, SetAside(), why="an advertisement")
    case = desk.house.store.views.queue_item(number)
    assert case and (case.closed_by, case.closed_why) == (ANN, "an advertisement")
    assert [entry.act for entry in case.history] == ["held", "settled", "desk"]


# --------------------------------------------------------------------------- records


def test_a_record_is_changed_with_a_reason(desk: Desk) -> None:
    came(desk, mail(form1_file()))
    key = desk.world.record()["reference"]
    edit = Edit(form=FORM1, fields={"end_date": "16 April 2027"})
    with pytest.raises(Refused, match="reason"):
        do(desk, edit, consultation=key, why="")
    do(desk, edit, consultation=key)
    record = desk.world.record()
    assert (record["revision"], record["outcomes_due"]) == (2, "2027-05-14")
    (ours,) = goes_out(desk)
    assert kind(ours) == "revised"
    assert "A person in our office did this for you" in words(ours)
    with pytest.raises(Refused, match="No answer was changed"):
        do(desk, edit, consultation=key, token="t2")


def test_a_slip_is_put_right_without_a_mail(desk: Desk) -> None:
    came(desk, mail(form1_file()))
    key = desk.world.record()["reference"]
    edit = Edit(form=FORM1, fields={"organisation": "Youth Forum Ipswich"}, tell=False)
    do(desk, edit, consultation=key)
    assert desk.world.record()["form1"]["organisation"] == "Youth Forum Ipswich"
    assert goes_out(desk) == []


def test_outcomes_are_changed_after_they_came(desk: Desk) -> None:
    came(desk, mail(form1_file()))
    key = desk.world.record()["reference"]
    came(desk, mail(form2_file(reference=key)), at=NOW + timedelta(days=50))
    edit = Edit(form=FORM2, fields={"participants": "43"})
    do(desk, edit, consultation=key, at=NOW + timedelta(days=51))
    assert desk.world.record()["form2"]["participants"] == 43


def test_an_older_form_never_replaces_a_newer_one(desk: Desk) -> None:
    came(desk, mail(form1_file()))
    key = desk.world.record()["reference"]
    came(desk, mail(form2_file(title="Wheels"), sender=STRANGER), at=NOW + timedelta(days=50))
    at = NOW + timedelta(days=51)
    came(desk, mail(form2_file(reference=key, participants=77)), at=at)
    with pytest.raises(Refused, match=r"has a Form 2 of 21 April 2027 at 11:00am, which is"):
        do(desk, Link(to=key), at=at)
    edit = Edit(form=FORM1, fields={"organisation": "Forum"}, tell=False)
    do(desk, edit, consultation=key, at=at)
    late = mail(form1_file(purpose="Who skates?"))
    assert came(desk, late, at=at - timedelta(hours=1)) == []
    assert desk.world.record()["form2"]["participants"] == 77
    assert desk.world.record()["form1"]["organisation"] == "Forum"
    assert desk.world.reasons() == ["outcomes_unmatched", "needs_answer"]


def test_the_same_form_once_more_does_not_undo_what_the_office_changed(desk: Desk) -> None:
    came(desk, mail(form1_file()))
    key = desk.world.record()["reference"]
    at = NOW + timedelta(hours=1)
    do(desk, Edit(form=FORM1, fields={"end_date": "16 April 2027"}), consultation=key, at=at)
    goes_out(desk, at + timedelta(minutes=2))
    again = mail(form1_file(), text="Did you get it?")
    assert came(desk, again, at=at + timedelta(hours=1)) == []
    assert desk.world.record()["form1"]["end_date"] == "2027-04-16"
    (item,) = desk.house.store.views.queue()
    assert "was changed here since this same form came before" in item.detail["why"]
    do(desk, Accept(), token="t2", at=at + timedelta(hours=2))
    assert desk.world.record()["form1"]["end_date"] == "2027-04-09"
    edited = mail(form1_file(purpose="Who skates?"))
    assert [kind(m) for m in came(desk, edited, at=at + timedelta(hours=3))] == ["revised"] * 2


def test_of_what_is_put_right_within_the_minute_only_the_last_is_told(desk: Desk) -> None:
    came(desk, mail(form1_file()))
    key = desk.world.record()["reference"]
    for token, day in enumerate((date(2027, 5, 31), date(2027, 6, 30))):
        do(desk, Say(word=Word.EXTEND, until=day), consultation=key, token=f"e{token}")
    (extended,) = goes_out(desk)
    assert "by Wednesday 30 June 2027" in words(extended)
    later = NOW + timedelta(hours=1)
    for token, word in enumerate((Word.EXTEND, Word.WITHDRAW)):
        say = Say(word=word, until=date(2027, 7, 30) if word is Word.EXTEND else None)
        do(desk, say, consultation=key, token=f"w{token}", at=later)
    assert [kind(m) for m in goes_out(desk, later + timedelta(minutes=2))] == ["withdrawn"]


# --------------------------------------------------------------------------- once, and by one


def test_a_double_click_does_nothing_twice(desk: Desk) -> None:
    came(desk, mail(form1_file(start_date=None)))
    number = the_item(desk)
    accept = Accept(fields={"start_date": "8 March 2027"})
    first = do(desk, accept)
    second = do(desk, accept, exception=number)
    assert (second.decision, second.act) == (None, first.act)
    assert [kind(ours) for ours in goes_out(desk)] == ["registered"]


def test_the_second_of_two_people_is_told(desk: Desk) -> None:
    came(desk, mail(sender=STRANGER, text="Hello"))
    number = the_item(desk)
    do(desk, SetAside(), why="an advertisement")
    with pytest.raises(
        Conflict, match=r"ann settled this on 1 March at 10:00am \(an advertisement"
    ):
        do(desk, Reply(subject="Hello", text="Hello"), exception=number, who=BEN, token="t2")
    assert goes_out(desk) == []


def test_what_somebody_has_taken_is_theirs_for_some_minutes(desk: Desk) -> None:
    came(desk, mail(sender=STRANGER, text="Hello"))
    number = the_item(desk)
    until = claim(desk.house, number, NOW, who=ANN)
    with pytest.raises(Conflict, match="ann is at this"):
        claim(desk.house, number, NOW, who=BEN)
    with pytest.raises(Conflict, match="ann is at this"):
        do(desk, SetAside(), who=BEN)
    release(desk.house, number, who=BEN)
    assert claim(desk.house, number, NOW, who=ANN) == until
    assert claim(desk.house, number, until, who=BEN) > until
    release(desk.house, number, who=BEN)
    do(desk, SetAside())


def test_what_changed_since_it_was_shown_is_not_acted_on(desk: Desk) -> None:
    came(desk, mail(form1_file(start_date=None)))
    number = the_item(desk)
    came(desk, mail(form1_file(start_date=None, end_date=None)), at=NOW + timedelta(minutes=1))
    with pytest.raises(Conflict, match="changed since"):
        do(desk, Accept(fields={"start_date": "8 March 2027"}), exception=number, seen=1)


def test_two_people_at_one_record(desk: Desk) -> None:
    came(desk, mail(form1_file()))
    key = desk.world.record()["reference"]
    edit = Edit(form=FORM1, fields={"organisation": "Forum"}, tell=False)
    do(desk, edit, consultation=key, seen=1)
    with pytest.raises(Conflict, match=r"by ann on 1 March at 10:00am\. Look"):
        do(desk, edit, consultation=key, seen=1, who=BEN, token="t2")


# --------------------------------------------------------------------------- undone


def test_within_a_minute_all_of_it_is_undone_and_can_be_done_again(desk: Desk) -> None:
    came(desk, mail(form1_file(start_date=None, pod_request=True)))
    before, number = desk.world.record(), the_item(desk)
    accept = Accept(fields={"start_date": "8 March 2027"})
    do(desk, accept)
    registered = desk.world.record()
    undo(desk.house, "t1", NOW + timedelta(seconds=59), who=ANN)
    after = desk.world.record()
    assert after == {**before, "reference": registered["reference"]}
    assert the_item(desk) == number
    assert goes_out(desk) == []
    do(desk, accept, token="t2", at=NOW + timedelta(minutes=2))
    assert desk.world.record()["reference"] == registered["reference"]
    out = goes_out(desk, NOW + timedelta(minutes=4))
    assert sorted(map(kind, out)) == ["pod_request", "registered"]


def test_outcomes_that_were_linked_are_taken_back(desk: Desk) -> None:
    came(desk, mail(form1_file()))
    before = desk.world.record()
    actions = [{"action": "Lights", "owner": "Parks", "due": "2027-07-01"}]
    form = form2_file(title="Wheels", actions=actions)
    came(desk, mail(form, sender=STRANGER), at=NOW + timedelta(minutes=1))
    do(desk, Link(to=before["reference"]))
    undo(desk.house, "t1", NOW, who=ANN)
    assert desk.world.record() == before
    assert desk.world.reasons() == ["outcomes_unmatched"]


def test_after_the_minute_it_is_too_late(desk: Desk) -> None:
    came(desk, mail(sender=STRANGER, text="Hello"))
    do(desk, SetAside())
    with pytest.raises(Conflict, match="More than a minute"):
        undo(desk.house, "t1", NOW + timedelta(minutes=1), who=ANN)
    with pytest.raises(Refused, match="ann did this"):
        undo(desk.house, "t1", NOW, who=BEN)
    undo(desk.house, "t1", NOW, who=ANN)
    with pytest.raises(Conflict, match="already"):
        undo(desk.house, "t1", NOW, who=ANN)


def test_what_was_changed_since_is_not_undone(desk: Desk) -> None:
    came(desk, mail(form1_file()))
    key = desk.world.record()["reference"]
    do(desk, Edit(form=FORM1, fields={"organisation": "One"}), consultation=key)
    do(desk, Edit(form=FORM1, fields={"organisation": "Two"}), consultation=key, token="t2")
    with pytest.raises(Conflict, match="changed since"):
        undo(desk.house, "t1", NOW, who=ANN)
    assert desk.world.record()["form1"]["organisation"] == "Two"
    assert [kind(ours) for ours in goes_out(desk)] == ["revised", "revised"]


def test_a_mail_of_an_unverified_sender_is_accepted_on_a_persons_word(desk: Desk) -> None:
    desk.house = replace(desk.house, authserv_id="mx.example.org")
    came(desk, mail(form1_file()))
    assert desk.world.reasons() == ["sender_unverified"]
    do(desk, Accept())
    assert desk.world.record()["status"] == "registered"


def test_what_is_about_no_mail_and_no_consultation_can_be_set_aside(desk: Desk) -> None:
    held = Hold(key="too_many", reason=Reason.TOO_MANY)
    given.do(desk.world.store, given.decision(holds=(held,)), now=NOW)
    do(desk, SetAside(), exception=the_item(desk), why="seen")
    assert desk.world.reasons() == []


def test_a_mail_that_reached_some_is_not_sent_again_to_all(desk: Desk) -> None:
    store = desk.world.store
    ours = given.letter(recipients=(LEAD.email, OTHER.email))
    given.do(store, given.decision(), outgoing=[ours], now=NOW)
    claimed = store.outbox.claim(NOW, Gate())
    assert claimed is not None
    some = Delivery(state=DeliveryState.SENT, refused=(OTHER.email,))
    store.outbox.settle(claimed.id, some, NOW)
    with pytest.raises(Refused, match="everybody else"):
        do(desk, SendAgain(), exception=the_item(desk))


def test_somebody_who_takes_over_is_told_of_to_whoever_had_it(desk: Desk) -> None:
    came(desk, mail(sender=STRANGER))
    number = the_item(desk)
    claim(desk.house, number, NOW, who="anna")
    until = take_over(desk.house, number, NOW, who="ben")
    assert until == NOW + CLAIM
    with pytest.raises(Conflict, match="ben is at this"):
        do(desk, SetAside(), exception=number, why="spam", who="anna")
    do(desk, SetAside(), exception=number, why="spam", who="ben")
    with pytest.raises(Conflict, match="ben settled this"):
        take_over(desk.house, number, NOW, who="anna")
