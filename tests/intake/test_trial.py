"""Every letter tried on a past consultation: of its kind, by today's rules, and nothing happens."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from email.parser import BytesParser
from email.policy import default

import pytest

from intake.desk import Refused
from intake.desk.trial import ABOUT_NONE, Past, trial
from intake.process import composed
from model import ClockRules, Consultation, Letter, Status
from parsers.references import example
from store import Filter
from tests.intake.world import OTHER, World, form1, form2


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """One that is complete, and one that was warned of it."""
    with World.at(tmp_path_factory.mktemp("trial")) as made:
        made.receive(form1())
        made.receive(form2(), answers=made.last())
        made.receive(form1(organisation="Leisure", email=OTHER.email), sender=OTHER)
        made.receive(text="A question", sender=OTHER)
        yield made


def records(world: World) -> list[Consultation]:
    return list(world.store.views.filtered(Filter()))


def past(world: World, status: Status = Status.COMPLETE) -> Past:
    known = next(c for c in records(world) if c.status is status)
    others = {c.key: c for c in records(world)}
    return Past(
        known=known,
        rules=world.rules,
        clock=ClockRules(),
        now=world.now,
        similar=tuple((m, others[m.key]) for m in known.similar),
        others=tuple(records(world)),
        queue=[item.as_json() for item in world.store.views.queue()],
    )


_WARNED = frozenset({Letter.SIMILAR, Letter.SIMILAR_NOTICE})


def suits(world: World, kind: Letter) -> Past:
    """The past case that a letter of this kind is about."""
    return past(world, Status.AWAITING_CONFIRMATION if kind in _WARNED else Status.COMPLETE)


@pytest.mark.parametrize("kind", list(Letter))
def test_each_letter_is_written_on_a_case_that_suits_it(world: World, kind: Letter) -> None:
    before = (records(world), world.store.views.unsent())
    made = trial(kind, suits(world, kind))
    (mail,) = composed(world.house, (made.draft,), made.at)
    assert (mail.kind, made.draft.kind) == (kind, kind)
    assert mail.subject
    assert (records(world), world.store.views.unsent()) == before


def subject(world: World, kind: Letter) -> str:
    made = trial(kind, suits(world, kind))
    (mail,) = composed(world.house, (made.draft,), made.at)
    return mail.subject


def test_a_letter_speaks_of_its_own_day_and_names_the_reference_that_was_given(
    world: World,
) -> None:
    known = past(world).record
    assert subject(world, Letter.REGISTERED) == f"Registered: {known.title} [{known.reference}]"
    assert subject(world, Letter.CHASER).startswith("Outcomes due today")
    assert "May 2027" in subject(world, Letter.COMPLETION_NOTE)


def merged(world: World, case: Past) -> tuple[str, str]:
    """What the letter on a merge says, on one line; and what was assumed."""
    made = trial(Letter.MERGED, case)
    (mail,) = composed(world.house, (made.draft,), made.at)
    body = BytesParser(policy=default).parsebytes(mail.content).get_body(("plain",))
    assert body is not None
    return " ".join(str(body.get_content()).split()), made.as_if


def test_a_merge_is_tried_with_a_second_one_never_with_itself(world: World) -> None:
    asked, case = past(world, Status.AWAITING_CONFIRMATION), past(world)
    (_, alike), *_ = asked.similar
    said, as_if = merged(world, asked)
    assert f"reference number {alike.reference} from now on" in said
    assert as_if == f"as if it had been merged into {alike.reference} “{alike.title}”"
    library = replace(case.record, key="library", reference="CYP-2027-0009-1")
    assert "CYP-2027-0009-1 from now on" in merged(world, replace(case, others=(library,)))[0]
    said, as_if = merged(world, replace(case, others=(case.record,)))
    assert f"{case.record.reference}, “{case.record.title}”, is now part of" in said
    assert f"reference number {example('CYP')} from now on" in said
    assert as_if.endswith(f"{example('CYP')}, a second entry of it that is made up here")


@pytest.mark.parametrize(
    ("kind", "status", "why"),
    [
        (Letter.SIMILAR, Status.COMPLETE, "Nothing like it was found"),
        (Letter.SIMILAR_NOTICE, Status.COMPLETE, "Nothing like it was found"),
        (Letter.OUTCOMES_LOGGED, Status.AWAITING_CONFIRMATION, "have not come in"),
        (Letter.OUTCOMES_UNMATCHED, Status.AWAITING_CONFIRMATION, "have not come in"),
    ],
)
def test_what_a_case_lacks_is_said(world: World, kind: Letter, status: Status, why: str) -> None:
    with pytest.raises(Refused, match=why):
        trial(kind, past(world, status))


@pytest.mark.parametrize("kind", sorted(set(Letter) - ABOUT_NONE))
def test_a_letter_about_a_consultation_needs_one_with_somebody_to_write_to(
    world: World, kind: Letter
) -> None:
    case = suits(world, kind)
    with pytest.raises(Refused):
        trial(kind, replace(case, known=None))
    if kind not in (Letter.POD_REQUEST, Letter.SIMILAR_NOTICE):  # these go to others
        with pytest.raises(Refused):
            trial(kind, replace(case, known=replace(case.record, people=())))


def test_what_the_settings_leave_out_is_said(world: World) -> None:
    nobody = replace(world.rules, administrator=None, pod_administrator=None)
    case = replace(past(world), rules=nobody)
    for kind in (Letter.POD_REQUEST, Letter.ALERT, Letter.DIGEST):
        with pytest.raises(Refused, match="administrator"):
            trial(kind, case)
    with pytest.raises(Refused, match="queue is empty"):
        trial(Letter.DIGEST, replace(past(world), queue=()))
