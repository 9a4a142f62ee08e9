"""Form 1: process tables "Form 1" and "Every event on every status", "People", several forms."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from model import Address, Change, Code, Decision, Draft, Letter, Problem, Role
from parsers.references import make
from tests.intake.world import (
    COLLEAGUE,
    FORM1_FIELDS,
    LEAD,
    OTHER,
    POD,
    STRANGER,
    World,
    form1,
    form2,
)

FIRST, SECOND, THIRD = (make("CYP", 2027, n) for n in (1, 2, 3))
THEIRS = {"organisation": "Leisure", "lead_worker": "Omar Bell", "email": OTHER.email}
BUSES = {"title": "Bus fares", "purpose": "What do the fares keep you from?"}
BUSES |= {"start_date": "2027-05-03", "end_date": "2027-05-28"}


def answer(decision: Decision) -> Draft:
    """The one answer to the sender."""
    (found,) = [d for d in decision.drafts if d.answers is not None]
    return found


def change(decision: Decision) -> Change:
    (found,) = decision.changes
    return found


def warned(world: World, **fields: Any) -> Decision:
    """A proposal of the lead worker's, similar to one that another team sent before."""
    world.receive(form1(**THEIRS), sender=OTHER)
    decision = world.receive(form1(**fields))
    assert decision.outcome == "similar"
    return decision


# --------------------------------------------------------------------------- complete


def test_a_complete_form_is_registered_and_told_what_is_due(world: World) -> None:
    decision = world.receive(form1())
    record = world.record()
    assert decision.outcome == "registered"
    assert (record["reference"], record["status"]) == (FIRST, "registered")
    assert record["outcomes_due"] == "2027-05-07"
    assert "Friday 7 May 2027" in world.words()
    assert world.reasons() == []


def test_references_follow_each_other_and_start_again_with_the_local_year(world: World) -> None:
    world.receive(form1())
    world.now = world.now.replace(month=12, day=31, hour=23, minute=59, second=0)
    world.receive(form1(**BUSES))
    world.later(1 / 24)
    world.receive(form1(title="Libraries", purpose="Opening hours", area=["Waveney"]))
    given = [r["reference"] for r in world.records()]
    assert given == [FIRST, SECOND, make("CYP", 2028, 1)]


def test_the_year_is_that_of_registering_not_of_arrival(world: World) -> None:
    world.now = world.now.replace(year=2028, month=1, day=1)
    world.receive(form1(), arrived_at=world.now - timedelta(days=1))
    assert world.record()["reference"] == make("CYP", 2028, 1)


def test_the_similar_work_is_outlined_with_a_contact_and_the_way_on(world: World) -> None:
    decision = warned(world)
    record = world.record(1)
    assert (record["reference"], record["status"]) == (SECOND, "awaiting_confirmation")
    assert [s["reference"] for s in record["similar"]] == [FIRST]
    words = world.words()
    for said in (FORM1_FIELDS["title"], "Leisure", "Omar Bell", OTHER.email, "Secondary age"):
        assert said in words
    assert "PROCEED" in words
    assert "WITHDRAW" in words
    assert [m.reference for m, _ in answer(decision).parts[0].matches] == [FIRST]


def test_what_was_found_is_told_only_where_publishing_is_allowed(world: World) -> None:
    for n, publish in enumerate((True, False, None)):
        mine = {**THEIRS, "organisation": f"Team {n}", "title": f"A skate park for all {n}"}
        world.receive(form1(**mine), sender=OTHER)
        if n:
            world.receive(
                text=f"PROCEED {make('CYP', 2027, n + 1)}", sender=OTHER, answers=world.last(OTHER)
            )
        outcomes = form2(
            reference=make("CYP", 2027, n + 1), you_said=f"Finding-{n}", publish=publish
        )
        assert world.receive(outcomes, sender=OTHER).outcome == "outcomes_logged"
    world.receive(form1())
    words = world.words()
    assert "Finding-0" in words
    assert "Finding-1" not in words
    assert "Finding-2" not in words


@pytest.mark.parametrize(
    ("ended", "outcome"), [("2025-03-07", "registered"), ("2025-03-08", "similar")]
)
def test_similar_work_counts_within_the_look_back_window_only(
    world: World, ended: str, outcome: str
) -> None:
    """24 months before the new start, 8 March 2027."""
    world.receive(form1(**THEIRS, start_date="2025-02-01", end_date=ended), sender=OTHER)
    assert world.receive(form1()).outcome == outcome


@pytest.mark.parametrize("word", ["WITHDRAW", None])
def test_withdrawn_work_and_drafts_are_nobodys_similar_work(world: World, word: str | None) -> None:
    if word:
        world.receive(form1(**THEIRS), sender=OTHER)
        world.receive(text=word, sender=OTHER, answers=world.last(OTHER))
    else:
        missing = Problem(field="purpose", code=Code.MISSING)
        world.receive(form1(missing, **THEIRS | {"purpose": None}), sender=OTHER)
    assert world.receive(form1()).outcome == "registered"


# --------------------------------------------------------------------------- incomplete


@pytest.mark.parametrize(
    ("fields", "problem"),
    [
        ({"purpose": None}, Problem(field="purpose", code=Code.MISSING)),
        ({"audience": []}, Problem(field="audience", code=Code.MISSING)),
        (
            {"start_date": None},
            Problem(field="start_date", code=Code.DATE_UNREADABLE, seen="Spring term"),
        ),
        (
            {"end_date": "2027-03-01"},
            Problem(field="end_date", code=Code.END_BEFORE_START, seen="1 March 2027"),
        ),
    ],
)
def test_a_required_field_missing_or_unreadable_makes_a_draft(
    world: World, fields: dict[str, Any], problem: Problem
) -> None:
    decision = world.receive(form1(problem, **fields))
    record = world.record()
    assert decision.outcome == "incomplete"
    assert (record["status"], record["reference"]) == ("draft", None)
    assert world.reasons() == ["incomplete"]
    assert answer(decision).parts[0].problems == (problem,)
    assert problem.seen in world.words()


@pytest.mark.parametrize(
    ("fields", "problem"),
    [
        ({"email": None}, Problem(field="email", code=Code.MISSING)),
        ({"email": None}, Problem(field="email", code=Code.EMAIL_UNREADABLE, seen="see above")),
        ({}, Problem(field="end_date", code=Code.DATE_APPROXIMATE, seen="April 2027")),
        ({}, Problem(field="themes", code=Code.CHOICE_UNKNOWN, seen="Fun")),
        ({}, Problem(field="participants_expected", code=Code.NUMBER_UNREADABLE, seen="some")),
    ],
)
def test_what_does_not_stop_a_form(world: World, fields: dict[str, Any], problem: Problem) -> None:
    assert world.receive(form1(problem, **fields)).outcome == "registered"


def test_a_missing_address_is_filled_in_from_the_sender_and_said(world: World) -> None:
    missing = Problem(field="email", code=Code.MISSING)
    decision = world.receive(form1(missing, email=None))
    assert world.record()["form1"]["email"] == LEAD.email
    assert "email_from_sender" in answer(decision).parts[0].notes


def test_a_missing_address_says_the_same_whoever_of_the_people_sends_it_again(
    world: World,
) -> None:
    missing = Problem(field="email", code=Code.MISSING)
    world.receive(form1(missing, email=None), cc=(COLLEAGUE,))
    assert world.receive(form1(missing, email=None), sender=COLLEAGUE).outcome == "repeat"
    assert world.record()["form1"]["email"] == LEAD.email


MISSING = Problem(field="purpose", code=Code.MISSING)
INCOMPLETE = form1(MISSING, purpose=None)


def test_the_same_draft_again_is_one_exception(world: World) -> None:
    for _ in range(3):
        assert world.receive(INCOMPLETE).outcome == "incomplete"
    assert world.reasons() == ["incomplete"]
    assert len(world.records()) == 1


def test_the_same_values_without_the_problem_complete_the_draft(world: World) -> None:
    """Two dates the wrong way round, and then meant as they stand: read again, it is complete."""
    world.receive(form1(Problem(field="end_date", code=Code.END_BEFORE_START)))
    assert world.receive(form1()).outcome == "registered"
    assert world.reasons() == []


@pytest.mark.parametrize("how", ["reply", "title"])
def test_a_corrected_form_takes_the_drafts_place(world: World, how: str) -> None:
    world.receive(INCOMPLETE)
    corrected = form1() if how == "title" else form1(title="Skating")
    decision = world.receive(corrected, answers=world.last() if how == "reply" else None)
    assert decision.outcome == "registered"
    assert [r["reference"] for r in world.records()] == [FIRST]
    assert world.record()["revision"] == 2
    assert world.reasons() == []


def test_what_a_draft_left_blank_is_no_difference(world: World) -> None:
    """It said neither what nor when; the corrected form in reply says both."""
    blank = {"title": None, "start_date": None, "end_date": None}
    world.receive(form1(*(Problem(field=key, code=Code.MISSING) for key in blank), **blank))
    assert world.receive(form1(), answers=world.last()).outcome == "registered"
    assert [r["status"] for r in world.records()] == ["registered"]
    assert world.reasons() == []


def test_a_corrected_form_that_is_similar_awaits_an_answer(world: World) -> None:
    world.receive(form1(**THEIRS), sender=OTHER)
    world.receive(INCOMPLETE)
    assert world.receive(form1(), answers=world.last()).outcome == "similar"
    assert world.reasons() == []


def test_a_form_corrected_only_in_part_stays_one_draft(world: World) -> None:
    second = Problem(field="area", code=Code.MISSING)
    world.receive(form1(MISSING, second, purpose=None, area=[]))
    decision = world.receive(form1(second, area=[]), answers=world.last())
    assert decision.outcome == "incomplete"
    assert [r["status"] for r in world.records()] == ["draft"]
    assert world.reasons() == ["incomplete"]
    assert answer(decision).parts[0].problems == (second,)


def test_a_strangers_form_of_the_same_title_does_not_touch_the_draft(world: World) -> None:
    world.receive(INCOMPLETE)
    world.receive(form1(**THEIRS), sender=OTHER)
    assert [r["status"] for r in world.records()] == ["draft", "registered"]
    assert world.reasons() == ["incomplete"]


# --------------------------------------------------------------------------- late notice, POD


@pytest.mark.parametrize(("arrives", "late"), [(date(2027, 3, 8), False), (date(2027, 3, 9), True)])
def test_late_is_what_arrives_after_its_own_start(world: World, arrives: date, late: bool) -> None:
    at = world.now.replace(month=arrives.month, day=arrives.day)
    world.now = world.now.replace(month=4, day=1)  # an outage of ours makes nobody late
    decision = world.receive(form1(), arrived_at=at)
    assert world.record()["late_notice"] is late
    assert ("late_notice" in answer(decision).parts[0].notes) is late


def pod_letters(world: World) -> list[str]:
    return [str(m.kind) for m in world.letters if m.recipients == (POD.email,)]


def test_a_pod_request_goes_on_once(world: World) -> None:
    world.receive(form1(pod_request=True, pod_details="A room"))
    world.receive(form1(pod_request=True, pod_details="Two rooms"))
    world.receive(form1(pod_request=True, pod_details="Two rooms"))
    assert pod_letters(world) == ["pod_request"]
    assert world.record()["pod_forwarded_at"] is not None


def test_a_pod_request_goes_on_with_the_form_attached(world: World) -> None:
    decision = world.receive(form1(pod_request=True, pod_details="A room"))
    (request,) = [d for d in decision.drafts if d.kind is Letter.POD_REQUEST]
    (attached,) = request.forms
    assert attached.fields is not None
    assert attached.fields["pod_details"] == "A room"


@pytest.mark.parametrize("pod", [False, None])
def test_without_a_pod_request_nothing_goes_on(world: World, pod: bool | None) -> None:
    world.receive(form1(pod_request=pod))
    assert pod_letters(world) == []
    assert world.record()["pod_forwarded_at"] is None


def test_where_similar_work_was_found_the_pod_request_waits_for_proceed(world: World) -> None:
    warned(world, pod_request=True)
    assert pod_letters(world) == []
    world.receive(text="PROCEED", answers=world.last())
    world.receive(text="PROCEED", answers=world.last())
    assert pod_letters(world) == ["pod_request"]


def test_a_withdrawn_pod_request_never_goes_on(world: World) -> None:
    warned(world, pod_request=True)
    world.receive(text="WITHDRAW", answers=world.last())
    assert pod_letters(world) == []


def test_a_draft_passes_no_pod_request_on_until_it_is_complete(world: World) -> None:
    world.receive(form1(MISSING, purpose=None, pod_request=True))
    assert pod_letters(world) == []
    world.receive(form1(pod_request=True))
    assert pod_letters(world) == ["pod_request"]


def test_a_revision_may_ask_for_pod_support(world: World) -> None:
    world.receive(form1())
    world.receive(form1(pod_request=True))
    assert pod_letters(world) == ["pod_request"]


# --------------------------------------------------------------------------- the same, the changed


def test_a_changed_form_is_a_revision_and_says_what_changed(world: World) -> None:
    world.receive(form1())
    decision = world.receive(form1(end_date="2027-04-30"), answers=world.last())
    record = world.record()
    assert decision.outcome == "revised"
    assert answer(decision).parts[0].changed == ("end_date",)
    assert (record["revision"], record["outcomes_due"]) == (2, "2027-05-28")
    assert (record["reference"], record["status"]) == (FIRST, "registered")


@pytest.mark.parametrize(
    ("revision", "due"),
    [
        ({"telephone": "1"}, "2027-06-30"),
        ({"end_date": "2027-04-30"}, "2027-06-30"),
        ({"end_date": "2027-03-30"}, "2027-06-30"),
        ({"end_date": "2027-06-15"}, "2027-07-13"),
    ],
)
def test_a_revision_never_brings_forward_the_day_that_was_agreed(
    world: World, revision: dict[str, str], due: str
) -> None:
    world.receive(form1())
    world.receive(text="EXTEND 30 June 2027", answers=world.last())
    world.receive(form1(**revision))
    assert world.record()["outcomes_due"] == due
    agreed = "by the day agreed, Wednesday 30 June 2027"
    assert (agreed in " ".join(world.words().split())) is (due == "2027-06-30")
    world.receive(form1(**{**revision, "telephone": "2"}))
    assert world.record()["outcomes_due"] == due
    world.receive(form1())
    assert world.record()["outcomes_due"] == "2027-06-30"


def test_a_revision_names_similar_work_that_is_new(world: World) -> None:
    warned(world)
    world.receive(text="PROCEED", answers=world.last())
    theirs = {**THEIRS, "area": ["Waveney"]}
    world.receive(form1(**theirs, title="The skate park for everyone"), sender=STRANGER)
    decision = world.receive(form1(area=["Ipswich", "Waveney"]))
    assert decision.outcome == "revised"
    assert [m.reference for m, _ in answer(decision).parts[0].matches] == [THIRD]
    assert world.record(1)["status"] == "registered"


def test_a_revision_while_awaiting_is_checked_again(world: World) -> None:
    warned(world)
    still = world.receive(form1(telephone="1"), answers=world.last())
    assert (still.outcome, world.record(1)["status"]) == ("revised", "awaiting_confirmation")
    assert answer(still).parts[0].matches
    clear = world.receive(form1(area=["Waveney"]), answers=world.last())
    assert (clear.outcome, world.record(1)["status"]) == ("revised", "registered")
    assert not answer(clear).parts[0].matches


def test_a_repeat_while_awaiting_carries_the_warning(world: World) -> None:
    warned(world)
    decision = world.receive(form1())
    assert decision.outcome == "repeat"
    assert [m.reference for m, _ in answer(decision).parts[0].matches] == [FIRST]


def test_a_revision_that_is_incomplete_changes_nothing(world: World) -> None:
    world.receive(form1())
    decision = world.receive(INCOMPLETE, answers=world.last())
    assert decision.outcome == "incomplete"
    assert (world.record()["revision"], world.record()["status"]) == (1, "registered")
    assert world.reasons() == ["incomplete"]
    world.receive(form1(telephone="1"), answers=world.last())
    assert world.reasons() == []


def test_title_and_dates_both_other_is_a_new_proposal_even_in_reply(world: World) -> None:
    world.receive(form1())
    decision = world.receive(form1(**BUSES), answers=world.last(), subject=f"Re: [{FIRST}]")
    assert decision.outcome == "registered"
    assert [r["reference"] for r in world.records()] == [FIRST, SECOND]
    assert world.record()["form1"]["title"] == FORM1_FIELDS["title"]


@pytest.mark.parametrize("fields", [{"title": "Skating"}, {"end_date": "2027-04-30"}])
def test_either_alone_is_a_revision(world: World, fields: dict[str, Any]) -> None:
    world.receive(form1())
    decision = world.receive(form1(**fields), subject=f"changed: {FIRST}")
    assert decision.outcome == "revised"


def test_out_of_the_blue_a_title_of_its_own_is_a_new_proposal(world: World) -> None:
    world.receive(form1())
    assert world.receive(form1(title="Bus fares", purpose="Cost")).outcome == "registered"


@pytest.mark.parametrize("place", [0, 1])
def test_of_two_in_one_thread_the_title_says_which_is_changed(world: World, place: int) -> None:
    """Both run on the same days, and one of our mails answered both."""
    fields: list[dict[str, Any]] = [{}, {"title": "Bus fares", "purpose": "Are they fair?"}]
    world.receive(*(form1(**f) for f in fields))
    decision = world.receive(form1(**fields[place], telephone="1"), answers=world.last())
    assert decision.outcome == "revised"
    changed = [r["form1"]["title"] for r in world.records() if r["revision"] == 2]
    assert changed == [fields[place].get("title", FORM1_FIELDS["title"])]


def test_of_two_in_one_thread_a_title_that_is_neithers_needs_an_answer(world: World) -> None:
    world.receive(form1(), form1(title="Bus fares", purpose="Are they fair?"))
    decision = world.receive(form1(title="Wheels"), answers=world.last())
    assert (decision.outcome, decision.changes) == ("needs_answer", ())
    assert world.reasons() == ["needs_answer"]


def test_a_form_like_a_withdrawn_one_is_a_new_proposal(world: World) -> None:
    world.receive(form1())
    world.receive(text="WITHDRAW", answers=world.last())
    assert world.receive(form1(), answers=world.last()).outcome == "registered"
    assert world.record(1)["reference"] == SECOND
    assert world.record()["status"] == "withdrawn"


# --------------------------------------------------------------------------- several forms


def test_two_forms_are_two_consultations_and_one_reply(world: World) -> None:
    decision = world.receive(form1(), form1(**BUSES))
    assert [r["reference"] for r in world.records()] == [FIRST, SECOND]
    assert len(decision.drafts) == 1
    words = world.words()
    assert FIRST in words
    assert SECOND in words


def test_two_copies_of_one_form_are_one_consultation(world: World) -> None:
    decision = world.receive(form1(), form1())
    assert [p.kind for p in answer(decision).parts] == [Letter.REGISTERED, Letter.REPEAT]
    assert len(world.records()) == 1


def test_twins_in_one_mail_see_each_other(world: World) -> None:
    decision = world.receive(form1(), form1(title="The skate park for everyone"))
    assert [p.kind for p in answer(decision).parts] == [Letter.REGISTERED, Letter.SIMILAR]
    assert decision.outcome == "similar"


def test_one_reply_to_several_forms_is_of_the_first_kind_in_the_list(world: World) -> None:
    """incomplete, similar, outcomes_unmatched, registered, revised, outcomes_logged, repeat."""
    world.receive(form1(title="One", purpose="The first", area=["Babergh"]))
    world.receive(form1(title="Two", purpose="The second", area=["Waveney"]))
    world.receive(form1(**THEIRS), sender=OTHER)
    forms = {
        "repeat": form1(title="One", purpose="The first", area=["Babergh"]),
        "outcomes_logged": form2(reference=SECOND, title="Two"),
        "revised": form1(title="One", purpose="The first", area=["Babergh"], telephone="1"),
        "registered": form1(**BUSES, area=["Forest Heath"]),
        "outcomes_unmatched": form2(title="Of nobody's", impact="Much"),
        "similar": form1(),
        "incomplete": form1(MISSING, title="Three", purpose=None, area=["Mid Suffolk"]),
    }
    given: list[Any] = []
    for kind, form in forms.items():
        given.append(form)
        decision = world.receive(*given)
        assert (decision.outcome, answer(decision).kind) == (kind, kind)
        assert len([d for d in decision.drafts if d.answers]) == 1
        given = [f for k, f in forms.items() if k in ("repeat",)]


def test_a_word_after_several_needs_a_reference_beside_it(world: World) -> None:
    world.receive(form1(), form1(**BUSES))
    both: dict[str, Any] = {"answers": world.last(), "subject": f"Re: {world.letters[-1].subject}"}
    assert world.receive(text="WITHDRAW", **both).outcome == "needs_answer"
    assert world.receive(text=f"WITHDRAW {SECOND}", **both).outcome == "withdrawn"
    assert {r["reference"]: r["status"] for r in world.records()} == {
        FIRST: "registered",
        SECOND: "withdrawn",
    }


def test_a_word_after_one_with_a_number_and_one_without_needs_it_beside_too(world: World) -> None:
    """Only the first has a reference, so that our own subject names it alone."""
    world.receive(form1(), form1(MISSING, **BUSES | {"purpose": None}))
    both: dict[str, Any] = {"answers": world.last(), "subject": f"Re: {world.letters[-1].subject}"}
    assert world.receive(text="WITHDRAW", **both).outcome == "needs_answer"
    assert world.receive(text=f"WITHDRAW {FIRST}", **both).outcome == "withdrawn"


def test_proceed_with_the_form_once_more_leaves_no_question_open(world: World) -> None:
    warned(world)
    decision = world.receive(form1(), text="PROCEED", answers=world.last())
    assert world.record(1)["status"] == "registered"
    assert {p.kind for p in answer(decision).parts} == {Letter.CONFIRMED, Letter.REPEAT}
    assert "not registered yet" not in world.words()
    assert world.reasons() == []


def test_proceed_with_a_changed_form_leaves_no_question_open(world: World) -> None:
    warned(world)
    decision = world.receive(form1(telephone="1"), text="PROCEED", answers=world.last())
    assert (world.record(1)["status"], world.record(1)["revision"]) == ("registered", 2)
    assert decision.outcome == "revised"
    words = world.words()
    assert "not registered yet" not in words
    assert "nothing similar is left" not in words


# --------------------------------------------------------------------------- people


def people(world: World, number: int = 0) -> list[tuple[str, Role]]:
    found = world.store.views.clocked()[number].consultation.people
    return [(p.address.email, p.role) for p in found]


def test_the_people_are_the_sender_the_address_of_the_same_domain_and_the_copies(
    world: World,
) -> None:
    world.receive(
        form1(email=COLLEAGUE.email), cc=(STRANGER, Address(email="consultations@example.org"))
    )
    assert people(world) == [
        (LEAD.email, Role.SENDER),
        (COLLEAGUE.email, Role.FORM),
        (STRANGER.email, Role.CC),
    ]
    assert world.letters[-1].recipients == (LEAD.email, STRANGER.email)


def test_an_address_of_another_domain_in_the_form_is_a_stranger(world: World) -> None:
    world.receive(form1(email=STRANGER.email))
    assert people(world) == [(LEAD.email, Role.SENDER)]
    world.receive(sender=STRANGER, text="WITHDRAW", answers=world.last())
    assert world.record()["status"] == "registered"


@pytest.mark.parametrize("sender", [LEAD, COLLEAGUE, STRANGER])
def test_each_of_the_people_may_change_it(world: World, sender: Address) -> None:
    world.receive(form1(email=COLLEAGUE.email), cc=(STRANGER,))
    world.receive(form1(email=COLLEAGUE.email, telephone="1"), sender=sender)
    assert world.record()["revision"] == 2
    assert len(world.records()) == 1


def test_a_revision_adds_people_and_takes_none_away(world: World) -> None:
    world.receive(form1())
    world.receive(form1(telephone="1"), cc=(COLLEAGUE,))
    assert people(world) == [(LEAD.email, Role.SENDER), (COLLEAGUE.email, Role.CC)]


@pytest.mark.parametrize("how", ["form", "reply"])
def test_a_stranger_cannot_join(world: World, how: str) -> None:
    """Neither by a form of the same title nor by quoting our mail and number."""
    world.receive(form1())
    world.receive(
        form1(telephone="1"),
        sender=STRANGER,
        answers=world.last() if how == "reply" else None,
        subject=f"Re: {FIRST}" if how == "reply" else "Consultation",
    )
    assert people(world) == [(LEAD.email, Role.SENDER)]
    assert world.record()["revision"] == 1


# --------------------------------------------------------------------------- forwarded forms


def forwarded(world: World, *forms: Any, **more: Any) -> Decision:
    """By a colleague of another organisation, as it came from the lead worker."""
    return world.receive(*forms, sender=OTHER, forwarded_from=LEAD, **more)


def test_a_forwarded_form_is_answered_to_the_lead_worker_with_a_copy(world: World) -> None:
    draft = answer(forwarded(world, form1(), cc=(STRANGER,)))
    assert [a.email for a in draft.to] == [LEAD.email]
    assert draft.cc == (OTHER, STRANGER)


def test_both_may_speak_for_a_forwarded_form_and_the_clock_writes_to_the_lead_worker(
    world: World,
) -> None:
    forwarded(world, form1())
    assert people(world) == [(LEAD.email, Role.FORM), (OTHER.email, Role.SENDER)]
    assert world.receive(text="STOP", answers=world.last()).outcome == "stopped"
    decision = world.receive(sender=OTHER, text="WITHDRAW", answers=world.last(OTHER))
    assert decision.outcome == "withdrawn"


def test_a_forwarded_form_that_names_somebody_else_counts_for_the_forwarder_alone(
    world: World,
) -> None:
    draft = answer(forwarded(world, form1(email=STRANGER.email)))
    assert draft.to == (OTHER,)
    assert people(world) == [(OTHER.email, Role.SENDER)]


def test_a_forwarded_form_without_an_address_is_answered_to_the_forwarder(world: World) -> None:
    draft = answer(forwarded(world, form1(Problem(field="email", code=Code.MISSING), email=None)))
    assert (draft.to, draft.cc) == ((OTHER,), ())


def test_a_form_forwarded_inside_an_organisation_goes_to_the_address_in_it(world: World) -> None:
    decision = world.receive(form1(), sender=COLLEAGUE, forwarded_from=STRANGER)
    assert [a.email for a in answer(decision).to] == [LEAD.email]


def test_forms_of_two_lead_workers_forwarded_in_one_mail_are_answered_to_both(
    world: World,
) -> None:
    mine = form1(email="one@leisure.example.org")
    theirs = form1(**BUSES, email="two@leisure.example.org")
    draft = answer(forwarded(world, mine, theirs))
    assert [a.email for a in draft.to] == ["one@leisure.example.org", "two@leisure.example.org"]
    assert draft.cc == (OTHER,)


def test_a_form_that_was_not_forwarded_is_answered_to_its_sender(world: World) -> None:
    draft = answer(world.receive(form1(email=COLLEAGUE.email)))
    assert (draft.to, draft.cc) == ((LEAD,), ())
