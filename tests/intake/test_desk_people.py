"""Who a consultation's people are after somebody changed them or merged it, and who hears of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from email.message import EmailMessage
from typing import Any

import pytest

from intake.desk import (
    Accept,
    Act,
    ChangePeople,
    Done,
    Link,
    Merge,
    Refused,
    Say,
    Separate,
    perform,
    undo,
)
from model import Address, Consultation, Person, Role, Word
from notifier.due import filled_in
from tests.intake.desk import NOW, Desk, came, form1_file, form2_file, kind, mail, words
from tests.intake.world import COLLEAGUE, LEAD, OTHER, STRANGER

MOVED = Address(email="lena@new.example.org", name=LEAD.name)


def do(desk: Desk, doing: Any, consultation: str, *, token: str = "t1") -> Done:
    act = Act(token=token, doing=doing, who="ann", why="by telephone", consultation=consultation)
    return perform(desk.house, act, NOW)


def record(desk: Desk, reference: str) -> Consultation:
    with desk.house.store.transaction() as transaction:
        found = transaction.record(reference)
    assert found is not None
    return found


def to(ours: EmailMessage, header: str = "To") -> list[str]:
    return [a.addr_spec for a in ours[header].addresses] if ours[header] else []


def people(*addresses: Address, role: Role = Role.FORM) -> tuple[Person, ...]:
    return tuple(Person(address=a, role=role) for a in addresses)


def test_an_extension_to_an_earlier_day_says_that_it_is_one(desk: Desk) -> None:
    (first,) = came(desk, mail(form1_file()))  # due on 7 May 2027
    earlier = mail(text="EXTEND 30 April 2027", answers=first)
    (ours,) = came(desk, earlier, at=NOW + timedelta(hours=1))
    assert "by Friday 30 April 2027. That is earlier than before" in words(ours)
    assert "they were due on Friday 7 May 2027" in words(ours)
    later = mail(text="EXTEND 31 May 2027", answers=ours)
    (ours,) = came(desk, later, at=NOW + timedelta(hours=2))
    assert "earlier than before" not in words(ours)


# --------------------------------------------------------------------------- the named contact


@pytest.fixture
def reference(desk: Desk) -> str:
    """A consultation of Lena's, registered."""
    came(desk, mail(form1_file()))
    return str(desk.world.record()["reference"])


def contact(desk: Desk, reference: str) -> tuple[Any, Any]:
    """As a Form 2 that we send gives them."""
    given = filled_in(record(desk, reference))
    return given["lead_worker"], given["email"]


def test_an_address_that_is_put_right_is_the_one_that_others_are_given(
    desk: Desk, reference: str
) -> None:
    do(desk, ChangePeople(people=people(MOVED), instead={LEAD.email: MOVED}), reference)
    assert contact(desk, reference) == (LEAD.name, MOVED.email)
    similar = came(desk, mail(form1_file(), sender=OTHER), at=NOW + timedelta(hours=1))[-1]
    assert kind(similar) == "similar"
    assert MOVED.email in words(similar)
    assert f"{LEAD.name}, Youth Forum, {LEAD.email}" not in words(similar)


def test_a_name_that_the_register_never_had_is_that_of_the_form(desk: Desk, reference: str) -> None:
    nameless = Address(email=MOVED.email, name="")
    do(desk, ChangePeople(people=people(nameless), instead={LEAD.email: nameless}), reference)
    assert contact(desk, reference) == (LEAD.name, MOVED.email)


@pytest.mark.parametrize(
    ("left", "named"),
    [
        ((COLLEAGUE,), COLLEAGUE),  # took over, and Lena left
        ((COLLEAGUE, LEAD), COLLEAGUE),  # took over, and Lena helps
        ((LEAD, COLLEAGUE), LEAD),  # helps
    ],
)
def test_whoever_takes_over_is_named(
    desk: Desk, reference: str, left: tuple[Address, ...], named: Address
) -> None:
    do(desk, ChangePeople(people=people(*left)), reference)
    assert contact(desk, reference) == (named.name, named.email)


def test_who_only_gets_a_copy_is_nobodys_contact(desk: Desk, reference: str) -> None:
    left = (*people(COLLEAGUE), *people(LEAD, role=Role.CC))
    do(desk, ChangePeople(people=left), reference)
    assert contact(desk, reference) == (COLLEAGUE.name, COLLEAGUE.email)


def test_another_sender_leaves_the_contact_that_the_form_names(desk: Desk) -> None:
    came(desk, mail(form1_file(), sender=COLLEAGUE))  # for Lena, whose address is in the form
    reference = str(desk.world.record()["reference"])
    assistant = Address(email="new.assistant@youth.example.org", name="New Assistant")
    do(desk, ChangePeople(people=people(assistant, LEAD)), reference)
    assert contact(desk, reference) == (LEAD.name, LEAD.email)
    do(desk, ChangePeople(people=people(assistant)), reference, token="t2")
    assert contact(desk, reference) == (assistant.name, assistant.email)


def test_an_address_in_the_form_that_never_counted_is_still_its_contact(desk: Desk) -> None:
    came(desk, mail(form1_file(email="lena@elsewhere.example.net")))
    reference = str(desk.world.record()["reference"])
    do(desk, ChangePeople(people=people(MOVED), instead={LEAD.email: MOVED}), reference)
    assert contact(desk, reference) == (LEAD.name, "lena@elsewhere.example.net")
    do(desk, ChangePeople(people=people(COLLEAGUE)), reference, token="t2")
    assert contact(desk, reference) == (COLLEAGUE.name, COLLEAGUE.email)


def test_one_in_the_same_place_with_another_name_is_somebody_else(
    desk: Desk, reference: str
) -> None:
    turn = ChangePeople(people=people(COLLEAGUE), instead={LEAD.email: COLLEAGUE}, tell=True)
    done = do(desk, turn, reference)
    assert [(m.kind, m.recipients) for m in done.letters] == [("new_contact", (COLLEAGUE.email,))]
    (told,) = desk.run(NOW + timedelta(minutes=2))
    assert "are given your name and email address" in words(told)
    assert contact(desk, reference) == (COLLEAGUE.name, COLLEAGUE.email)


def test_who_only_has_another_address_is_not_new(desk: Desk, reference: str) -> None:
    turn = ChangePeople(people=people(MOVED), instead={LEAD.email: MOVED}, tell=True)
    assert do(desk, turn, reference).letters == ()


def test_a_changed_form_with_the_old_address_leaves_the_right_one(
    desk: Desk, reference: str
) -> None:
    turn = ChangePeople(people=people(MOVED, COLLEAGUE), instead={LEAD.email: MOVED})
    do(desk, turn, reference)
    at = NOW + timedelta(hours=1)
    came(desk, mail(form1_file(purpose="Who skates?"), sender=COLLEAGUE), at=at)
    assert record(desk, reference).revision == 2
    assert contact(desk, reference) == (LEAD.name, MOVED.email)


def test_a_changed_form_that_names_another_contact_is_believed(desk: Desk, reference: str) -> None:
    turn = ChangePeople(people=people(MOVED, COLLEAGUE), instead={LEAD.email: MOVED})
    do(desk, turn, reference)
    form = form1_file(lead_worker=COLLEAGUE.name, email=COLLEAGUE.email)
    came(desk, mail(form, sender=COLLEAGUE), at=NOW + timedelta(hours=1))
    assert contact(desk, reference) == (COLLEAGUE.name, COLLEAGUE.email)


def test_outcomes_of_who_took_over_are_known_by_title_and_name(desk: Desk, reference: str) -> None:
    do(desk, ChangePeople(people=people(COLLEAGUE)), reference)
    form = form2_file(title="A skate park for everyone", lead_worker=COLLEAGUE.name)
    came(desk, mail(form, sender=COLLEAGUE), at=NOW + timedelta(days=50))
    assert [r["status"] for r in desk.world.records()] == ["complete"]


def test_who_takes_over_what_awaits_an_answer_is_told_of_the_similar_work(desk: Desk) -> None:
    came(desk, mail(form1_file(lead_worker=OTHER.name, email=OTHER.email), sender=OTHER))
    came(desk, mail(form1_file()), at=NOW + timedelta(minutes=1))
    waits = str(desk.world.record(1)["reference"])
    do(desk, ChangePeople(people=people(COLLEAGUE), tell=True), waits)
    (told,) = desk.run(NOW + timedelta(minutes=2))
    assert (kind(told), to(told)) == ("new_contact", [COLLEAGUE.email])
    assert OTHER.email in words(told)
    later = NOW + timedelta(minutes=3)
    (ours,) = came(desk, mail(sender=COLLEAGUE, text="PROCEED", answers=told), at=later)
    assert kind(ours) == "confirmed"


@pytest.mark.parametrize(("new", "phone"), [(MOVED, "01473 555 123"), (COLLEAGUE, None)])
def test_a_telephone_is_that_of_whom_the_form_names(
    desk: Desk, new: Address, phone: str | None
) -> None:
    came(desk, mail(form1_file(telephone="01473 555 123")))
    reference = str(desk.world.record()["reference"])
    do(desk, ChangePeople(people=people(new), instead={LEAD.email: new}), reference)
    assert record(desk, reference).contact["telephone"] == phone


def test_support_is_asked_for_with_the_right_address(desk: Desk) -> None:
    came(desk, mail(form1_file(), sender=OTHER))
    asked = form1_file(pod_request=True)
    came(desk, mail(asked), at=NOW + timedelta(minutes=1))
    reference = str(desk.world.record(1)["reference"])
    do(desk, ChangePeople(people=people(MOVED), instead={LEAD.email: MOVED}), reference)
    do(desk, Say(word=Word.PROCEED), reference, token="t2")
    (pod,) = (m for m in desk.run(NOW + timedelta(minutes=2)) if kind(m) == "pod_request")
    assert MOVED.email in words(pod)
    assert LEAD.email not in words(pod)


def test_a_colleague_takes_over(desk: Desk) -> None:
    came(desk, mail(form1_file()))
    key = desk.world.record()["reference"]
    people = (Person(address=COLLEAGUE, role=Role.SENDER),)
    do(desk, ChangePeople(people=people), key)
    done = do(desk, Say(word=Word.STOP), key, token="t2")
    assert done.letters[0].recipients == (COLLEAGUE.email,)
    with pytest.raises(Refused, match="written to first"):
        copied = (Person(address=LEAD, role=Role.CC),)
        do(desk, ChangePeople(people=copied), key, token="t3")


# --------------------------------------------------------------------------- merged


@pytest.fixture
def two(desk: Desk) -> tuple[str, str]:
    """What Lena sent in, and what Omar did, as if they were two."""
    came(desk, mail(form1_file()))
    other = form1_file(
        title="Library hours",
        purpose="When should libraries open?",
        lead_worker=OTHER.name,
        email=OTHER.email,
    )
    came(desk, mail(other, sender=OTHER), at=NOW + timedelta(minutes=1))
    kept, gone = (str(r["reference"]) for r in desk.world.records())
    return kept, gone


def test_merging_moves_people_and_references_to_the_one_that_stays(
    desk: Desk, two: tuple[str, str]
) -> None:
    kept, gone = two
    do(desk, Merge(into=kept), gone)
    assert [r["status"] for r in desk.world.records()] == ["registered", "merged"]
    at = NOW + timedelta(days=50)
    came(desk, mail(form2_file(reference=gone, title="Library hours"), sender=OTHER), at=at)
    assert [r["status"] for r in desk.world.records()] == ["complete", "merged"]


def test_what_has_ended_is_not_merged(desk: Desk, two: tuple[str, str]) -> None:
    kept, gone = two
    do(desk, Say(word=Word.WITHDRAW), gone)
    for names in ((gone, kept), (kept, gone)):
        with pytest.raises(Refused, match=f"{gone} is withdrawn"):
            do(desk, Merge(into=names[1]), names[0], token="t2")


def test_the_contacts_of_both_are_told_of_a_merge(desk: Desk, two: tuple[str, str]) -> None:
    kept, gone = two
    do(desk, Merge(into=kept, tell=True), gone)
    theirs, ours = desk.run(NOW + timedelta(minutes=2))
    assert (to(theirs), to(ours)) == ([OTHER.email], [LEAD.email])
    assert f"use the reference number {kept} from now on" in words(theirs)
    assert "beside Lena Adams, to whom our reminders go" in words(theirs)
    assert "we will send Lena Adams a copy of Form 2" in words(theirs)
    assert "we will send you a copy of Form 2" in words(ours)
    assert f"{gone}, “Library hours”, is now part of “A skate park for everyone”" in words(ours)
    assert f"your reference number is still {kept}" in words(ours)
    assert "Omar Bell sent in the other entry" in words(ours)


def test_one_who_sent_in_both_hears_of_it_once(desk: Desk) -> None:
    came(desk, mail(form1_file()))
    again = form1_file(title="Skating", start_date="2027-05-03", end_date="2027-06-04")
    came(desk, mail(again), at=NOW + timedelta(minutes=1))
    kept, gone = (str(r["reference"]) for r in desk.world.records())
    do(desk, Merge(into=kept, tell=True), gone)
    assert [to(m) for m in desk.run(NOW + timedelta(minutes=2))] == [[LEAD.email]]


def test_what_comes_under_the_old_number_is_answered_under_the_new_to_both(
    desk: Desk, two: tuple[str, str]
) -> None:
    kept, gone = two
    do(desk, Merge(into=kept), gone)
    at = NOW + timedelta(days=50)
    outcomes = mail(form2_file(reference=gone, title="Library hours"), sender=OTHER)
    (ours,) = (m for m in came(desk, outcomes, at=at) if kind(m) == "outcomes_logged")
    assert (to(ours), to(ours, "Cc")) == ([OTHER.email], [LEAD.email])
    assert f"You wrote about {gone}." in words(ours)
    assert f"its reference number is {kept}" in words(ours)
    assert "Lena Adams, the other contact for it, gets a copy of this email" in words(ours)
    revised = mail(form2_file(reference=kept, participants=43))
    (ours,) = came(desk, revised, at=at + timedelta(days=1))
    assert (to(ours), to(ours, "Cc")) == ([LEAD.email], [OTHER.email])
    assert kind(ours) == "outcomes_unmatched"
    assert "from another of its contacts" in words(ours)
    assert desk.world.record()["form2"]["participants"] == 42
    (item,) = desk.house.store.views.queue()
    act = Act(token="t2", doing=Accept(fields={}), who="ann", exception=item.id)
    perform(desk.house, act, at + timedelta(days=1))
    assert desk.world.record()["form2"]["participants"] == 43
    own = mail(form2_file(reference=kept, participants=44))
    went = came(desk, own, at=at + timedelta(days=2))
    assert [kind(m) for m in went] == ["outcomes_logged"] * 2  # the office's, and his own


def test_a_word_in_the_old_thread_is_answered_to_both(desk: Desk) -> None:
    (first,) = came(desk, mail(form1_file()))
    other = form1_file(title="Library hours", purpose="When should libraries open?")
    (second,) = came(desk, mail(other, sender=OTHER), at=NOW + timedelta(minutes=1))
    kept, gone = (str(r["reference"]) for r in desk.world.records())
    do(desk, Merge(into=kept), gone)
    later = NOW + timedelta(hours=1)
    theirs = mail(sender=OTHER, text="EXTEND 31 May 2027", answers=second)
    (ours,) = came(desk, theirs, at=later)
    assert (kind(ours), to(ours), to(ours, "Cc")) == ("extended", [OTHER.email], [LEAD.email])
    assert f"You wrote about {gone}." in words(ours)
    own = mail(text="EXTEND 7 June 2027", answers=first)
    (ours,) = came(desk, own, at=later + timedelta(hours=1))
    assert (kind(ours), to(ours), to(ours, "Cc")) == ("extended", [LEAD.email], [OTHER.email])
    assert "You wrote about" not in words(ours)


def test_nobody_gets_a_copy_of_what_is_not_theirs_too(desk: Desk, two: tuple[str, str]) -> None:
    kept, gone = two
    do(desk, Merge(into=kept), gone)
    new = form1_file(
        title="Bus fares",
        purpose="What should a bus ride cost?",
        lead_worker=OTHER.name,
        email=OTHER.email,
        start_date="2027-06-07",
        end_date="2027-07-09",
    )
    at = NOW + timedelta(days=50)
    both = mail(new, form2_file(reference=gone, title="Library hours"), sender=OTHER)
    ours = came(desk, both, at=at)
    assert [r["status"] for r in desk.world.records()] == ["complete", "merged", "registered"]
    assert [(to(m), to(m, "Cc")) for m in ours if OTHER.email in to(m)] == [([OTHER.email], [])]


def test_the_people_of_the_one_that_stays_may_use_the_old_number_too(
    desk: Desk, two: tuple[str, str]
) -> None:
    kept, gone = two
    do(desk, Merge(into=kept), gone)
    asked = mail(text="EXTEND 31 May 2027", subject=f"{gone} more time")
    (ours,) = came(desk, asked, at=NOW + timedelta(hours=1))
    assert (kind(ours), to(ours)) == ("extended", [LEAD.email])
    outcomes = mail(form2_file(reference=gone, title="A skate park for everyone"))
    (ours,) = came(desk, outcomes, at=NOW + timedelta(days=50))
    assert kind(ours) == "outcomes_logged"


@pytest.mark.parametrize("number", ["kept", "gone", None])
@pytest.mark.parametrize("title", ["A skate park for everyone", "Library hours"])
def test_each_number_and_each_title_of_two_that_were_merged_is_right(
    desk: Desk, two: tuple[str, str], number: str | None, title: str
) -> None:
    kept, gone = two
    do(desk, Merge(into=kept), gone)
    given = {"kept": kept, "gone": gone, None: None}[number]
    form = form2_file(reference=given, title=title, lead_worker=OTHER.name)
    came(desk, mail(form, sender=OTHER), at=NOW + timedelta(days=50))
    assert [r["status"] for r in desk.world.records()] == ["complete", "merged"]


def test_another_title_still_contradicts_the_number_of_one_that_was_merged(
    desk: Desk, two: tuple[str, str]
) -> None:
    kept, gone = two
    do(desk, Merge(into=kept), gone)
    form = form2_file(reference=gone, title="What should a bus ride cost?")
    came(desk, mail(form, sender=OTHER), at=NOW + timedelta(days=50))
    assert [r["status"] for r in desk.world.records()] == ["registered", "merged"]
    assert desk.world.reasons() == ["outcomes_unmatched"]


def test_what_was_merged_by_mistake_is_separated_again(desk: Desk, two: tuple[str, str]) -> None:
    kept, gone = two
    before = [record(desk, one) for one in two]
    do(desk, Merge(into=kept), gone)
    at = NOW + timedelta(days=50)
    asked = mail(sender=OTHER, text="Who counts the answers?", subject=gone)
    came(desk, mail(form2_file(reference=kept)), asked, at=at)
    do(desk, Separate(), gone, token="t2")
    items = {item.reference: item for item in desk.house.store.views.queue()}
    assert items.keys() == {gone, kept}
    assert items[kept].detail["why"] == (
        f"{gone} was separated from it. While the two were one: it is complete now; Form 2 came."
        " Look whether all of that is its own"
    )
    came_out = desk.run(at + timedelta(minutes=2))
    theirs, ours = (m for m in came_out if kind(m) == "separated")
    assert (to(theirs), to(ours)) == ([OTHER.email], [LEAD.email])
    (note,) = (m for m in came_out if kind(m) != "separated")  # its end has passed meanwhile
    assert (kind(note), to(note)) == ("completion_note", [OTHER.email])
    assert f"The reference number of yours is {gone}" in words(theirs)
    assert "we will send you a copy of Form 2" not in words(ours)
    after = [record(desk, one) for one in two]
    assert [c.status for c in after] == ["complete", "registered"]
    assert [c.people for c in after] == [c.people for c in before]
    word = mail(sender=OTHER, text="EXTEND 31 May 2027", subject=gone)
    (extended,) = came(desk, word, at=at + timedelta(hours=1))
    assert (to(extended), to(extended, "Cc")) == ([OTHER.email], [])
    assert record(desk, gone).extended_to == date(2027, 5, 31)


def test_what_a_merge_settled_in_the_queue_is_there_again_after_a_separation(
    desk: Desk, two: tuple[str, str]
) -> None:
    kept, gone = two
    for weeks in range(6, 17):
        desk.run(NOW + timedelta(weeks=weeks))
    overdue = desk.house.store.views.queue()
    assert [item.reason for item in overdue] == ["outcomes_overdue"] * 2
    do(desk, Merge(into=kept), gone)
    assert [item.reference for item in desk.house.store.views.queue()] == [kept]
    do(desk, Separate(), gone, token="t2")
    again = {item.id: item.reference for item in desk.house.store.views.queue()}
    assert again == {item.id: item.reference for item in overdue}
    undo(desk.house, "t2", NOW, who="ann")
    assert [item.reference for item in desk.house.store.views.queue()] == [kept]


def test_an_address_put_right_after_a_merge_is_right_for_both_also_when_they_are_separated(
    desk: Desk, two: tuple[str, str]
) -> None:
    kept, gone = two
    do(desk, Merge(into=kept), gone)
    here = Address(email="omar@new.example.org", name=OTHER.name)
    act = ChangePeople(people=people(LEAD, here), instead={OTHER.email: here})
    do(desk, act, kept, token="t2")
    asked = mail(text="EXTEND 31 May 2027", subject=kept)
    (ours,) = came(desk, asked, at=NOW + timedelta(hours=1))
    assert (to(ours), to(ours, "Cc")) == ([LEAD.email], [here.email])
    do(desk, Separate(), gone, token="t3")
    whose = [[p.address.email for p in record(desk, one).people] for one in two]
    assert whose == [[LEAD.email], [here.email]]


def test_what_the_other_contact_had_asked_for_is_nobodys_wish_after_a_separation(
    desk: Desk, two: tuple[str, str]
) -> None:
    kept, gone = two
    do(desk, Merge(into=kept), gone)
    for hours, word in enumerate(("EXTEND 31 May 2027", "STOP"), start=1):
        asked = mail(sender=OTHER, text=word, subject=gone)
        came(desk, asked, at=NOW + timedelta(hours=hours))
    do(desk, Separate(), gone, token="t2")
    theirs, ours = desk.run(NOW + timedelta(hours=3))
    assert (to(theirs), to(ours)) == ([OTHER.email], [LEAD.email])
    assert "its reminders were stopped; outcomes are due on 31 May 2027 now" in words(ours)
    assert "As you asked" not in words(ours)
    assert "Form 2 with the first part already filled in" in words(theirs)
    (item,) = desk.house.store.views.queue()
    assert (item.reference, "reminders were stopped" in item.detail["why"]) == (kept, True)


def test_nothing_else_is_separated(desk: Desk, two: tuple[str, str]) -> None:
    kept, gone = two
    with pytest.raises(Refused, match="is not merged"):
        do(desk, Separate(), gone)
    fares = form1_file(title="Bus fares", purpose="What should a bus ride cost?")
    came(desk, mail(fares), at=NOW + timedelta(minutes=2))
    third = str(desk.world.record(2)["reference"])
    do(desk, Merge(into=kept), gone, token="t2")
    do(desk, Merge(into=third), kept, token="t3")
    with pytest.raises(Refused, match="separate that first"):
        do(desk, Separate(), gone, token="t4")
    do(desk, Separate(), kept, token="t5")
    do(desk, Separate(), gone, token="t6")
    assert [r["status"] for r in desk.world.records()] == ["registered"] * 3


def test_a_form_is_linked_by_the_number_of_one_that_was_merged(
    desk: Desk, two: tuple[str, str]
) -> None:
    kept, gone = two
    do(desk, Merge(into=kept), gone)
    at = NOW + timedelta(days=50)
    came(desk, mail(form2_file(title="Wheels"), sender=STRANGER), at=at)
    (item,) = desk.house.store.views.queue()
    act = Act(token="t2", doing=Link(to=gone), who="ann", exception=item.id)
    perform(desk.house, act, at)
    assert [r["status"] for r in desk.world.records()] == ["complete", "merged"]


def test_a_separation_is_taken_back_with_what_went_over(desk: Desk, two: tuple[str, str]) -> None:
    kept, gone = two
    do(desk, Merge(into=kept), gone)
    asked = mail(sender=OTHER, text="Who counts the answers?", subject=gone)
    came(desk, asked, at=NOW + timedelta(minutes=2))
    before = [record(desk, one) for one in two]
    do(desk, Separate(), gone, token="t2")
    undo(desk.house, "t2", NOW, who="ann")
    (item,) = desk.house.store.views.queue()
    assert item.reference == kept
    after = [record(desk, one) for one in two]
    assert [replace(c, version=0) for c in after] == [replace(c, version=0) for c in before]
