"""Form 2: whose outcomes they are (process section "Form 2"), and what follows."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import Engine, event

from intake.clock import bring_what_is_due
from model import (
    Address,
    Code,
    Decision,
    Draft,
    Letter,
    Problem,
    Submission,
)
from parsers.references import make
from tests.intake.world import (
    COLLEAGUE,
    FORM1_FIELDS,
    LEAD,
    OTHER,
    STRANGER,
    World,
    form1,
    form2,
)

FIRST, SECOND, THIRD = (make("CYP", 2027, n) for n in (1, 2, 3))
TITLE = FORM1_FIELDS["title"]
BUSES: dict[str, Any] = {
    "title": "Bus fares",
    "purpose": "What do the fares keep you from?",
    "area": ["Waveney"],
}
NAMED = {"lead_worker": LEAD.name}
SLIP = "CYP-2027-0001-9"


def mistyped(seen: str = SLIP, **fields: Any) -> Submission:
    """A Form 2 whose reference cannot be right."""
    slip = Problem(field="reference", code=Code.REFERENCE_INVALID, seen=seen)
    return form2(slip, reference=None, **fields)


def missing(key: str, **fields: Any) -> Submission:
    return form2(Problem(field=key, code=Code.MISSING), **{key: None, **fields})


@pytest.fixture
def two(world: World) -> World:
    """An office that knows two consultations of the lead worker's."""
    world.receive(form1())
    world.receive(form1(**BUSES))
    return world


def answer(decision: Decision) -> Draft:
    (found,) = [d for d in decision.drafts if d.answers is not None]
    return found


def logged(world: World) -> list[str]:
    """The references of those whose outcomes are known."""
    return [r["reference"] for r in world.records() if r["form2"]]


def likely(world: World) -> list[str]:
    """The references of the candidates that the administrator is shown."""
    return [shown["reference"] for shown in world.store.views.queue()[-1].detail["likely"]]


# --------------------------------------------------------------------------- the ladder


def test_the_reference_says_whose_outcomes_they_are(two: World) -> None:
    decision = two.receive(form2(reference=SECOND))
    assert decision.outcome == "outcomes_logged"
    assert logged(two) == [SECOND]


def test_the_reference_goes_before_subject_and_thread(two: World) -> None:
    two.receive(form2(reference=FIRST), subject=SECOND, answers=two.last())
    assert logged(two) == [FIRST]


def test_without_a_reference_the_subject_says_it_before_the_thread(two: World) -> None:
    two.receive(form2(), subject=f"Outcomes {FIRST}", answers=two.last())
    assert logged(two) == [FIRST]


def test_without_either_the_thread_says_it(two: World) -> None:
    two.receive(form2(), answers=two.last())
    assert logged(two) == [SECOND]


def test_without_any_the_title_and_the_lead_worker_together_say_it(two: World) -> None:
    two.receive(form2(title="a skate-park, for everyone!", **NAMED))
    assert logged(two) == [FIRST]


def test_the_title_alone_is_enough_from_the_lead_workers_own_address(two: World) -> None:
    two.receive(form2(title=TITLE))
    assert logged(two) == [FIRST]


def test_the_title_is_not_enough_with_another_lead_worker(two: World) -> None:
    two.receive(form2(title=TITLE, lead_worker="Zoltan Quirk"))
    assert logged(two) == []
    assert two.reasons() == ["outcomes_unmatched"]


@pytest.mark.parametrize("fields", [{}, NAMED, {"title": "A survey", **NAMED}])
def test_with_nothing_to_go_by_a_person_chooses_from_the_likeliest(
    two: World, fields: dict[str, Any]
) -> None:
    decision = two.receive(form2(**fields))
    assert decision.outcome == "outcomes_unmatched"
    assert logged(two) == []
    assert sorted(likely(two)) == [FIRST, SECOND]


def test_a_fuzzy_match_counts_only_if_it_is_the_single_clear_one(world: World) -> None:
    world.receive(form1(title="A skate park for everyone 2026", area=["Babergh"]))
    world.receive(form1(title="A skate park for everyone 2027", area=["Waveney"]))
    decision = world.receive(form2(title=TITLE, **NAMED))
    assert decision.outcome == "outcomes_unmatched"
    assert sorted(likely(world)) == [FIRST, SECOND]


def test_the_likeliest_comes_first(two: World) -> None:
    two.receive(form2(title="Fares of buses", lead_worker="Somebody Else"))
    assert likely(two) == [SECOND, FIRST]


def test_two_references_in_the_subject_settle_nothing(two: World) -> None:
    two.receive(form2(), subject=f"{FIRST} and {SECOND}")
    assert logged(two) == []


def test_a_mail_of_ours_about_two_settles_nothing_by_its_thread(world: World) -> None:
    world.receive(form1(), form1(**BUSES))
    assert world.receive(form2(), answers=world.last()).outcome == "outcomes_unmatched"


# --------------------------------------------------------------------------- mistyped


@pytest.mark.parametrize(
    "how",
    [
        {"subject": f"Outcomes {FIRST}"},
        {"title": TITLE, **NAMED},
        {"subject": FIRST, "title": TITLE, **NAMED},
    ],
)
def test_a_mistyped_reference_is_settled_where_the_others_agree(
    two: World, how: dict[str, Any]
) -> None:
    subject = how.pop("subject", "Consultation")
    decision = two.receive(mistyped(**how), subject=subject)
    assert decision.outcome == "outcomes_logged"
    assert logged(two) == [FIRST]


def test_a_mistyped_reference_stays_open_where_the_others_differ(two: World) -> None:
    decision = two.receive(mistyped(title=TITLE), answers=two.last())
    assert decision.outcome == "outcomes_unmatched"
    assert logged(two) == []


def test_the_nearest_references_of_the_senders_own_are_named(two: World) -> None:
    two.receive(form1(title="Of another team", purpose="Other"), sender=OTHER)
    decision = two.receive(mistyped())
    assert decision.outcome == "outcomes_unmatched"
    assert set(answer(decision).parts[0].references) <= {FIRST, SECOND}
    assert answer(decision).parts[0].references[0] == FIRST
    words = two.words()
    assert FIRST in words
    assert SLIP in words
    assert THIRD not in words


def test_a_slip_that_makes_another_valid_number_never_lands_on_a_strangers(two: World) -> None:
    two.receive(form1(title="Of another team", purpose="Other"), sender=OTHER)
    decision = two.receive(form2(reference=THIRD))
    assert decision.outcome == "outcomes_unmatched"
    assert logged(two) == []
    assert "another team" not in two.words().lower()
    assert likely(two)[0] == THIRD  # the administrator may know
    shown = two.store.views.queue()[-1].detail["likely"]
    assert [one["named"] for one in shown] == [True, False, False]


def test_of_a_stranger_the_administrator_sees_the_likeliest_of_anybodys(two: World) -> None:
    two.receive(form1(title="Swimming lessons", purpose="Other", lead_worker="Zoltan Quirk"))
    two.receive(form2(reference=THIRD), sender=LEAD)
    by_title = form2(title="The fares of buses", lead_worker="Somebody")
    two.receive(by_title, sender=STRANGER)
    assert likely(two)[0] == SECOND
    two.receive(form2(title="Swimming", lead_worker="Zoltan Quirk"), sender=STRANGER)
    assert likely(two) == [THIRD]  # though it is complete; the others are not worth showing
    detail = two.store.views.queue()[-1].detail
    assert not any(shown["theirs"] for shown in detail["likely"])
    assert BUSES["title"] not in two.words()


# --------------------------------------------------------------------------- the very title

SIX = ("Street lights", "Bus fares", "Library hours", "School meals", "Music festival", "Homework")
SWIMMING: dict[str, Any] = {
    "title": "Swimming lessons",
    "purpose": "Other",
    "organisation": "Leisure Trust",
    "lead_worker": "Omar Bell",
    "email": OTHER.email,
}


@pytest.fixture
def many(world: World) -> World:
    """Six of the lead worker's, and one of another team's: `THEIRS`."""
    for title in SIX:
        world.receive(form1(title=title, purpose=title))
    world.receive(form1(**SWIMMING), sender=OTHER)
    return world


THEIRS = make("CYP", 2027, 7)


@pytest.mark.parametrize("title", ["Swimming lessons", "SWIMMING LESSONS!", "Swiming lesson"])
@pytest.mark.parametrize("reference", [FIRST, None, SLIP, make("CYP", 2027, 99)])
def test_whoevers_it_is_the_one_of_the_very_title_is_shown_and_not_told(
    many: World, title: str, reference: str | None
) -> None:
    own = {"title": title, "lead_worker": LEAD.name, "organisation": FORM1_FIELDS["organisation"]}
    form = mistyped(**own) if reference == SLIP else form2(reference=reference, **own)
    decision = many.receive(form)
    assert decision.outcome == "outcomes_unmatched"
    assert logged(many) == []
    shown = many.store.views.queue()[-1].detail["likely"]
    assert [one["reference"] for one in shown if one["title"] == SWIMMING["title"]] == [THEIRS]
    assert len(shown) == 5
    assert not next(one["theirs"] for one in shown if one["reference"] == THEIRS)
    assert THEIRS not in many.words()
    assert OTHER.name not in many.words()


def test_the_one_of_the_very_title_goes_before_the_senders_own(world: World) -> None:
    for what in ("galas", "pools", "badges", "clubs", "prices", "teachers"):
        world.receive(form1(title=f"Swimming {what}", purpose=what))
    world.receive(form1(**SWIMMING), sender=OTHER)
    organisation = FORM1_FIELDS["organisation"]
    world.receive(form2(title=SWIMMING["title"], organisation=organisation, **NAMED))
    assert likely(world)[0] == THEIRS
    assert len(likely(world)) == 5


def test_the_very_title_goes_before_the_one_that_the_form_names(many: World) -> None:
    """Somebody else's number, and the title of one of the sender's own."""
    form = form2(reference=THEIRS, title=SIX[3], lead_worker=LEAD.name)
    assert many.receive(form).outcome == "outcomes_unmatched"
    own = make("CYP", 2027, 4)
    assert likely(many)[:2] == [own, THEIRS]
    shown = many.store.views.queue()[-1].detail["likely"]
    assert [one["theirs"] for one in shown[:2]] == [True, False]
    assert [one["score"] for one in shown[2:]] == sorted(o["score"] for o in shown[2:])[::-1]


def test_the_one_that_the_form_names_is_shown_beside_any_number_of_its_title(many: World) -> None:
    for n in range(6):
        many.receive(form1(title=f"Our homework {n}", purpose=f"Of year {n}"))
    many.receive(form2(reference=THEIRS, title="Our homework", **NAMED))
    assert len(likely(many)) == 5
    assert likely(many)[-1] == THEIRS


def test_nearly_the_very_title_is_shown_though_nothing_else_is_alike(many: World) -> None:
    far = form2(title="Our swimming lessons", lead_worker=None, organisation="Hjk")
    many.receive(far, sender=STRANGER)
    (shown,) = many.store.views.queue()[-1].detail["likely"]
    assert shown["reference"] == THEIRS
    assert shown["score"] <= 0.5


def test_beside_one_that_takes_no_outcomes_the_one_of_the_very_title_is_shown(many: World) -> None:
    many.receive(text="WITHDRAW", subject=FIRST)
    assert many.receive(form2(reference=FIRST)).outcome == "outcomes_unmatched"
    assert likely(many)[0] == FIRST
    many.receive(form1(**SWIMMING | {"title": SIX[0]}), sender=OTHER)
    many.receive(form2(reference=FIRST, title=SIX[0]))
    assert likely(many)[:2] == [FIRST, make("CYP", 2027, 8)]


def test_of_a_form_1_and_a_form_2_in_one_mail_all_of_the_register_is_searched(
    many: World,
) -> None:
    proposal = form1(title="Swimming lessons for us", purpose="New")
    outcomes = form2(reference=FIRST, title="Swimming lessons")
    many.receive(proposal, outcomes)
    assert many.reasons() == ["outcomes_unmatched"]
    assert THEIRS in likely(many)


@pytest.mark.parametrize(
    ("form", "how"),
    [
        (form2(reference=FIRST), {}),
        (form2(), {"subject": FIRST}),
        (form2(title=SIX[3], **NAMED), {}),
        (mistyped(), {"subject": FIRST}),
        (form1(title=SIX[1], purpose="New"), {}),
        (missing("participants", title=SWIMMING["title"]), {}),
    ],
)
def test_what_is_settled_makes_nobody_search_all_of_the_register(
    many: World, form: Submission, how: dict[str, Any]
) -> None:
    with watched(many) as asked:
        assert many.receive(form, **how).outcome in ("outcomes_logged", "revised", "incomplete")
    assert asked == []
    with watched(many) as asked:
        many.receive(form2(reference=FIRST, title="Swimming lessons"))
    assert len(asked) == 2


@contextmanager
def watched(world: World) -> Iterator[list[str]]:
    """The questions that read every consultation's words, as they are asked."""
    asked: list[str] = []

    def note(_c: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if "searched" in statement and statement.startswith(("SELECT", "WITH")):
            asked.append(statement)

    event.listen(Engine, "before_cursor_execute", note)
    try:
        yield asked
    finally:
        event.remove(Engine, "before_cursor_execute", note)


# --------------------------------------------------------------------------- contradiction


#: The third resembles the skate park's by its letters, and has no word of its subject.
@pytest.mark.parametrize(
    "title", ["Libraries in winter", BUSES["title"], "A safe start for everyone"]
)
def test_a_valid_reference_that_the_title_contradicts_is_unmatched(two: World, title: str) -> None:
    decision = two.receive(form2(reference=FIRST, title=title))
    assert decision.outcome == "outcomes_unmatched"
    assert logged(two) == []
    assert FIRST in likely(two)


def test_the_very_title_of_another_of_theirs_contradicts_however_alike(world: World) -> None:
    world.receive(form1(title="Youth club in Ipswich", purpose="Hours", area=["Ipswich"]))
    world.receive(form1(title="Youth club in Lowestoft", purpose="Food", area=["Waveney"]))
    decision = world.receive(form2(reference=FIRST, title="Youth Club in Lowestoft"))
    assert decision.outcome == "outcomes_unmatched"
    assert logged(world) == []
    assert set(likely(world)) == {FIRST, SECOND}


def test_a_title_much_closer_to_another_of_theirs_contradicts(world: World) -> None:
    world.receive(form1(title="Youth club in Ipswich", purpose="Hours", area=["Ipswich"]))
    world.receive(form1(title="Youth club in Lowestoft", purpose="Food", area=["Waveney"]))
    decision = world.receive(form2(reference=FIRST, title="The youth club in Lowestoft, 2027"))
    assert decision.outcome == "outcomes_unmatched"
    assert logged(world) == []


def test_the_title_of_one_that_was_withdrawn_contradicts_nothing(world: World) -> None:
    world.receive(form1(title="Youth club in Ipswich"))
    world.receive(text="WITHDRAW", answers=world.last())
    world.receive(form1(title="Youth club in Ipswich, again"))
    decision = world.receive(form2(reference=SECOND, title="Youth club in Ipswich"))
    assert decision.outcome == "outcomes_logged"


@pytest.mark.parametrize(
    "title",
    [
        None,
        "Skate park",
        "A SKATE PARK FOR EVERYONE",
        "skatepark for all",
        "Skate prak",
        "Parc sglefrio i bawb",
        "Skateboarding area",
        "Our survey",
    ],
)
def test_a_title_that_is_only_said_differently_does_not(two: World, title: str | None) -> None:
    assert two.receive(form2(reference=FIRST, title=title)).outcome == "outcomes_logged"


def test_another_title_is_said_in_the_reply(two: World) -> None:
    two.receive(form2(reference=FIRST, title="Skate park, our findings"))
    words = " ".join(two.words().split())
    assert f"Thank you for the outcomes of “{TITLE}”" in words
    assert "Your form calls the consultation “Skate park, our findings”." in words
    assert f"{FIRST} is “{TITLE}”, and we took the outcomes as those of that one." in words


@pytest.mark.parametrize("title", [None, TITLE, TITLE.upper() + "!"])
def test_the_same_title_or_none_is_not_spoken_of(two: World, title: str | None) -> None:
    two.receive(form2(reference=FIRST, title=title))
    assert "Your form calls" not in two.words()


def test_a_title_that_contradicts_subject_and_thread_is_not_forced_on_them(two: World) -> None:
    decision = two.receive(form2(title="Libraries in winter"), subject=FIRST, answers=two.last())
    assert decision.outcome == "outcomes_unmatched"


# --------------------------------------------------------------------------- strangers


@pytest.mark.parametrize("how", ["reference", "subject", "thread", "title"])
def test_a_strangers_form_2_never_counts_and_learns_nothing(two: World, how: str) -> None:
    form = form2(
        reference=FIRST if how == "reference" else None, title=TITLE if how == "title" else None
    )
    decision = two.receive(
        form,
        sender=STRANGER,
        subject=FIRST if how == "subject" else "Outcomes",
        answers=two.last() if how == "thread" else None,
    )
    assert decision.outcome == "outcomes_unmatched"
    assert decision.about == ()
    assert logged(two) == []
    assert answer(decision).parts[0].consultation is None
    if how != "title":
        assert TITLE not in two.words()
    assert LEAD.name not in two.words()


@pytest.mark.parametrize("sender", [LEAD, COLLEAGUE, STRANGER])
def test_a_form_2_counts_from_each_of_the_people(world: World, sender: Address) -> None:
    world.receive(form1(email=COLLEAGUE.email), cc=(STRANGER,))
    decision = world.receive(form2(reference=FIRST), sender=sender)
    assert decision.outcome == "outcomes_logged"
    assert world.letters[-1].recipients == (sender.email,)


def test_a_forwarded_form_2_is_answered_to_the_lead_worker_with_a_copy(world: World) -> None:
    world.receive(form1(), cc=(OTHER,))
    decision = world.receive(
        form2(reference=FIRST, email=LEAD.email), sender=OTHER, forwarded_from=LEAD
    )
    assert decision.outcome == "outcomes_logged"
    assert world.letters[-1].recipients == (LEAD.email, OTHER.email)


# --------------------------------------------------------------------------- incomplete


@pytest.mark.parametrize("key", ["participants", "you_said", "we_did"])
def test_without_a_required_answer_nothing_is_logged(two: World, key: str) -> None:
    decision = two.receive(missing(key, reference=FIRST))
    assert decision.outcome == "incomplete"
    assert logged(two) == []
    assert two.record()["status"] == "registered"
    assert two.reasons() == ["incomplete"]
    assert two.store.views.queue()[0].reference == FIRST


def test_a_number_that_cannot_be_read_is_told_with_what_was_seen(two: World) -> None:
    odd = Problem(field="participants", code=Code.NUMBER_UNREADABLE, seen="about a dozen")
    assert two.receive(form2(odd, reference=FIRST, participants=None)).outcome == "incomplete"
    assert "about a dozen" in two.words()


@pytest.mark.parametrize(
    ("problem", "fields"),
    [
        (Problem(field="reference", code=Code.MISSING), {"reference": None}),
        (Problem(field="actions", code=Code.DATE_UNREADABLE, seen="soon"), {}),
        (Problem(field="email", code=Code.EMAIL_UNREADABLE, seen="me"), {}),
        (
            Problem(field="end_date", code=Code.END_BEFORE_START, seen="1 March 2027"),
            {"start_date": "2027-03-08", "end_date": "2027-03-01"},
        ),
    ],
)
def test_what_does_not_make_a_form_2_incomplete(
    two: World, problem: Problem, fields: dict[str, Any]
) -> None:
    decision = two.receive(form2(problem, **{"reference": SECOND, **fields}), answers=two.last())
    assert decision.outcome == "outcomes_logged"
    assert logged(two) == [SECOND]


def test_the_completed_form_closes_the_exception(two: World) -> None:
    two.receive(missing("we_did", reference=FIRST))
    two.receive(form2(reference=FIRST))
    assert two.reasons() == []


@pytest.mark.parametrize("by", ["in_reply_to", "references"])
def test_one_that_nobody_could_place_closes_when_its_reply_is_complete(two: World, by: str) -> None:
    two.receive(missing("we_did"), message_id="<first@youth>")
    assert two.reasons() == ["incomplete"]
    thread = (two.last(),) if by == "in_reply_to" else ("<first@youth>", two.last())
    more: dict[str, Any] = {by: thread}
    two.receive(form2(reference=FIRST), **more)
    assert two.reasons() == []


def test_a_changed_form_1_does_not_close_what_form_2_is_held_for(two: World) -> None:
    two.receive(missing("we_did", reference=FIRST))
    two.receive(form1(telephone="1"))
    assert two.reasons() == ["incomplete"]


def test_an_incomplete_form_of_each_kind_is_an_exception_of_its_own(two: World) -> None:
    two.receive(missing("we_did", reference=FIRST))
    two.receive(form1(Problem(field="area", code=Code.MISSING), area=[]))
    assert two.reasons() == ["incomplete", "incomplete"]
    two.receive(missing("we_did", reference=FIRST))
    assert two.reasons() == ["incomplete", "incomplete"]


def test_a_strangers_incomplete_form_2_tells_nothing(two: World) -> None:
    decision = two.receive(missing("we_did", reference=FIRST), sender=STRANGER)
    assert decision.outcome == "incomplete"
    assert decision.about == ()
    assert TITLE not in two.words()


# --------------------------------------------------------------------------- what follows


def test_the_reply_thanks_and_says_what_will_be_published(two: World) -> None:
    summary = "You asked for lights and there are lights."
    two.receive(form2(reference=FIRST, publish=True, public_summary=summary))
    words = two.words()
    assert "Thank you" in words
    assert summary in words
    assert two.record()["status"] == "complete"


@pytest.mark.parametrize("publish", [False, None])
def test_without_a_yes_nothing_will_be_published(two: World, publish: bool | None) -> None:
    two.receive(form2(reference=FIRST, publish=publish))
    _, _, what = two.words().partition("What will be published")
    assert "Nothing" in what[:50]


def test_outcomes_of_one_that_awaits_an_answer_take_the_proceeding_as_said(world: World) -> None:
    theirs = {"organisation": "Leisure", "email": OTHER.email}
    world.receive(form1(**theirs), sender=OTHER)
    world.receive(form1())
    assert world.receive(form2(reference=SECOND)).outcome == "outcomes_logged"
    assert world.record(1)["status"] == "complete"


def test_a_second_form_2_is_a_revision_and_says_what_changed(two: World) -> None:
    two.receive(form2(reference=FIRST))
    decision = two.receive(form2(reference=FIRST, participants=50))
    assert decision.outcome == "outcomes_logged"
    assert answer(decision).parts[0].changed == ("participants",)
    assert "50" in two.words()
    assert two.record()["form2"]["participants"] == 50


def test_the_very_same_form_2_changes_nothing(two: World) -> None:
    two.receive(form2(reference=FIRST))
    decision = two.receive(form2(reference=FIRST))
    assert (decision.outcome, decision.changes) == ("repeat", ())


def test_a_form_2_in_reply_to_its_own_thanks_is_a_revision(two: World) -> None:
    two.receive(form2(reference=FIRST))
    two.receive(form2(participants=7), answers=two.last())
    assert two.record()["form2"]["participants"] == 7


def test_outcomes_without_a_home_are_settled_by_those_that_find_it(two: World) -> None:
    two.receive(form2())
    assert two.reasons() == ["outcomes_unmatched"]
    two.receive(form2(reference=FIRST), answers=two.last())
    assert two.reasons() == []


def test_outcomes_of_a_draft_are_settled_once_it_is_registered(world: World) -> None:
    purposeless = form1(Problem(field="purpose", code=Code.MISSING), purpose=None)
    world.receive(purposeless)
    assert world.receive(form2(), answers=world.last()).outcome == "outcomes_unmatched"
    world.receive(form1())
    assert world.receive(form2(reference=FIRST)).outcome == "outcomes_logged"
    assert world.reasons() == []


def test_outcomes_close_what_was_overdue_and_stop_the_reminders(two: World) -> None:
    two.now = two.now.replace(month=7, day=1)
    bring_what_is_due(two.house, two.now)
    assert two.reasons() == ["outcomes_overdue", "outcomes_overdue"]
    two.receive(form2(reference=FIRST))
    two.receive(form2(reference=SECOND))
    assert two.reasons() == []
    assert two.store.views.clocked() == ()


def test_outcomes_close_what_was_unconfirmed(world: World) -> None:
    world.receive(form1(organisation="Leisure", email=OTHER.email), sender=OTHER)
    world.receive(form1())
    world.later(21)
    bring_what_is_due(world.house, world.now)
    assert world.reasons() == ["unconfirmed"]
    world.receive(form2(reference=SECOND))
    assert world.reasons() == []


def test_of_two_forms_2_each_finds_its_own(two: World) -> None:
    decision = two.receive(form2(reference=FIRST), form2(reference=SECOND, you_said="Cheaper."))
    assert logged(two) == [FIRST, SECOND]
    assert [p.kind for p in answer(decision).parts] == [Letter.OUTCOMES_LOGGED] * 2


def test_both_forms_of_one_consultation_in_one_mail_register_and_complete_it(
    world: World,
) -> None:
    decision = world.receive(form1(), form2(title=TITLE, **NAMED))
    assert decision.outcome == "registered"
    assert (world.record()["status"], logged(world)) == ("complete", [FIRST])


def test_outcomes_that_come_in_by_a_new_mail_close_what_was_held_of_them(two: World) -> None:
    two.receive(form2(reference=THIRD, title="A skate park for everyone"))
    assert two.reasons() == ["outcomes_unmatched"]
    two.receive(form2(reference=FIRST, title="A skate park for everyone"))
    assert two.reasons() == []


def test_unfiled_outcomes_of_another_title_stay_in_the_queue(two: World) -> None:
    two.receive(form2(reference=THIRD, title="Quite another matter"))
    two.receive(form2(reference=FIRST, title="A skate park for everyone"))
    assert two.reasons() == ["outcomes_unmatched"]
