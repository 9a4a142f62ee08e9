"""Form 1: what a proposal leads to (process tables "Form 1" and "Every event on every status")."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

from intake.people import join, people_as_given, people_of
from intake.similar import COUNTED, find_near
from intake.steps import (
    Case,
    Rule,
    Step,
    changed_fields,
    hold_incomplete,
    needs_answer,
    not_the_latest,
    outcomes_due,
    pod_draft,
    settled_by_form1,
)
from intake.which import Event, which
from model import (
    Attachment,
    Change,
    Code,
    Consultation,
    Draft,
    Hold,
    Letter,
    Match,
    Part,
    Person,
    Problem,
    Reason,
    Status,
    Submission,
    where_it_failed,
)
from parsers.spec import forms

Matches = tuple[tuple[Match, Consultation], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Search:
    """What looking for similar work gave: the matches, or the fault that kept it from its work."""

    matches: Matches = ()
    fault: str = ""


def judge_proposal(
    case: Case, form: Submission, file: Attachment, linked: Consultation | None = None
) -> Step:
    """What one Form 1 leads to. `linked`: a person says that it is a changed form of this one's."""
    people = people_of(case.email, form, file, case.rules)
    found = (Event.CHANGED, linked) if linked else which(case, form)
    form = with_sender_address(case, form)
    if found is None:
        return _new(case, form, people)
    event, known = found
    rule = TABLE.get((event, known.status), _needs_answer)
    if event is Event.CHANGED:
        known = replace(known, people=join(known.people, people))
    return rule(case, known, form)


def blocking(form: Submission) -> tuple[Problem, ...]:
    """The problems that stop a form: those of its required fields.

    In Form 1 the end date is one, so an end before the start stops it; in Form 2 it does not.

    A missing address does not: the sender's is used. Nor does a missing reference: a Form 2 may be
    matched in other ways.
    """
    spec = forms()[form.form]
    harmless = {Code.DATE_APPROXIMATE, Code.REFERENCE_INVALID}
    return tuple(
        p
        for p in form.problems
        if p.field
        and p.code not in harmless
        and p.field not in ("email", "reference")
        and spec[p.field].required
    )


def with_sender_address(case: Case, form: Submission) -> Submission:
    """The form with the sender's address where its own is blank or unreadable."""
    if form["email"] or case.email.sender is None:
        return form
    return replace(form, fields={**form.fields, "email": case.email.sender.email})


# --------------------------------------------------------------------------- a new one


def _new(case: Case, form: Submission, people: tuple[Person, ...]) -> Step:
    start = Consultation(
        key=f"{case.key}-{case.forms_made + 1}",
        status=Status.DRAFT,
        form1=None,
        people=people,
        revision=0,
        created_at=case.email.arrived_at,
    )
    return _judge(case, None, start, form)


def _judge(case: Case, before: Consultation | None, start: Consultation, form: Submission) -> Step:
    """A proposal seen for the first time, or once more in the place of its draft."""
    seen = replace(
        start,
        form1=form.fields,
        people=people_as_given(start, form),
        revision=start.revision + 1,
        message_id=case.email.message_id,
        outcomes_due=outcomes_due(_end(form), case.rules),
    )
    wrong = blocking(form)
    if wrong:
        return _incomplete(case, before, seen, form, wrong)
    search = _search(case, seen, form)
    late = seen.start_date is not None and case.arrived_on > seen.start_date
    seen = replace(
        seen,
        reference=seen.reference or case.next_reference(),
        late_notice=late,
        similar=tuple(m for m, _ in search.matches),
    )
    step = (
        await_answer(case, before, seen, form, search.matches)
        if search.matches
        else _register(case, before, seen, form)
    )
    step = replace(step, settles=settled_by_form1(case.facts, seen))
    return _with_search(case, step, seen, search)


def _incomplete(
    case: Case,
    before: Consultation | None,
    after: Consultation,
    form: Submission,
    wrong: tuple[Problem, ...],
) -> Step:
    return Step(
        part=Part(
            kind=Letter.INCOMPLETE,
            consultation=after,
            submission=form,
            problems=wrong,
            notes=_notes(case, after, form),
        ),
        changes=(Change(event="incomplete", before=before, after=after, submission=form),),
        holds=(hold_incomplete(case, after, form, wrong),),
        about=(after.key,),
    )


def await_answer(
    case: Case,
    before: Consultation | None,
    after: Consultation,
    form: Submission,
    matches: Matches,
) -> Step:
    """Similar work was found: it is registered when its lead worker says PROCEED."""
    after = replace(after, status=Status.AWAITING_CONFIRMATION, asked_at=case.now)
    return Step(
        part=Part(
            kind=Letter.SIMILAR,
            consultation=after,
            submission=form,
            matches=matches,
            notes=_notes(case, after, form),
        ),
        changes=(Change(event="similar_found", before=before, after=after, submission=form),),
        about=(after.key,),
    )


def _register(
    case: Case, before: Consultation | None, after: Consultation, form: Submission
) -> Step:
    after = replace(after, status=Status.REGISTERED, registered_at=case.now)
    after, drafts = pass_on_to_pod(case, after)
    return Step(
        part=Part(
            kind=Letter.REGISTERED,
            consultation=after,
            submission=form,
            notes=_notes(case, after, form),
        ),
        changes=(Change(event="registered", before=before, after=after, submission=form),),
        drafts=drafts,
        about=(after.key,),
    )


def pass_on_to_pod(case: Case, after: Consultation) -> tuple[Consultation, tuple[Draft, ...]]:
    """The record marked as passed on, and the mail that does it; both only where it is wanted."""
    draft = pod_draft(case, after)
    if draft is None:
        return after, ()
    return replace(after, pod_forwarded_at=case.now), (draft,)


# --------------------------------------------------------------------------- one that is there


def _still_incomplete(case: Case, known: Consultation, form: Submission) -> Step:
    wrong = blocking(form)
    if not wrong:  # the same values, no longer in doubt
        return _take_the_drafts_place(case, known, form)
    step = _incomplete(case, known, known, form, wrong)
    return replace(step, changes=())


def _take_the_drafts_place(case: Case, known: Consultation, form: Submission) -> Step:
    before = next(c for c in case.facts.own if c.key == known.key)
    return _judge(case, before, known, form)


def _repeat(case: Case, known: Consultation, form: Submission) -> Step:
    matches = unanswered(case, known)
    return Step(
        part=Part(kind=Letter.REPEAT, consultation=known, submission=form, matches=matches),
        about=(known.key,),
    )


def revise(case: Case, known: Consultation, form: Submission) -> Step:
    """A changed form on a record that awaits an answer, or is registered already."""
    before = next(c for c in case.facts.own if c.key == known.key)
    wrong = blocking(form)
    if wrong:
        step = _incomplete(case, before, known, form, wrong)
        return replace(step, changes=())
    if older := not_the_latest(case, known, form):
        return older
    search = _search(case, known, form)
    matches = _warning(case, known) if search.fault else search.matches
    after = replace(
        known,
        form1=form.fields,
        people=people_as_given(known, form),
        revision=known.revision + 1,
        message_id=case.email.message_id,
        outcomes_due=_due(case, known, form),
        similar=known.similar if search.fault else tuple(m for m, _ in matches),
    )
    if known.status is Status.AWAITING_CONFIRMATION:
        step = _revise_awaiting(case, before, after, form, matches)
    else:
        seen = {m.key for m in before.similar}
        fresh = tuple(pair for pair in matches if pair[0].key not in seen)
        step = _revised(case, before, after, form, fresh)
    return _with_search(case, step, after, search)


def _due(case: Case, known: Consultation, form: Submission) -> date | None:
    """When outcomes are due: never before the day that EXTEND agreed, wherever the end moves."""
    if _end(form) == known.end_date and known.outcomes_due:
        return known.outcomes_due
    counted = outcomes_due(_end(form), case.rules)
    return max(filter(None, (known.extended_to, counted)), default=None)


def _revise_awaiting(
    case: Case, before: Consultation, after: Consultation, form: Submission, matches: Matches
) -> Step:
    if after.similar:
        return _revised(case, before, replace(after, asked_at=case.now), form, matches)
    after = replace(after, status=Status.REGISTERED, registered_at=case.now)
    return _revised(case, before, after, form, ())


def _revised(
    case: Case, before: Consultation, after: Consultation, form: Submission, matches: Matches
) -> Step:
    drafts: tuple[Draft, ...] = ()
    if after.status is Status.REGISTERED:
        after, drafts = pass_on_to_pod(case, after)
    reasons = [Reason.UNCONFIRMED]
    if after.outcomes_due != before.outcomes_due:
        reasons.append(Reason.OUTCOMES_OVERDUE)
    return Step(
        part=Part(
            kind=Letter.REVISED,
            consultation=after,
            submission=form,
            matches=matches,
            changed=changed_fields(before.form1, form.fields),
            notes=_notes(case, after, form),
            details={"registered_now": after.status is not before.status},
        ),
        changes=(Change(event="revised", before=before, after=after, submission=form),),
        settles=settled_by_form1(case.facts, after, *reasons),
        drafts=drafts,
        about=(after.key,),
    )


def _needs_answer(case: Case, known: Consultation, form: Submission) -> Step:
    return needs_answer(case, known, form, why=f"a changed Form 1 for one that is {known.status}")


def _which(case: Case, known: Consultation, form: Submission) -> Step:
    why = "a changed Form 1 in reply to a mail about several, and none has its title"
    return needs_answer(case, known, form, why=why)


#: Process table "Every event on every status", rows "the same form" and "a changed form".
#: Withdrawn and merged ones are not looked at: a form like theirs is a new proposal.
TABLE: dict[tuple[Event, Status], Rule] = {
    (Event.SAME, Status.DRAFT): _still_incomplete,
    (Event.SAME, Status.AWAITING_CONFIRMATION): _repeat,
    (Event.SAME, Status.AWAITING_APPROVAL): _repeat,
    (Event.SAME, Status.REGISTERED): _repeat,
    (Event.SAME, Status.COMPLETE): _repeat,
    (Event.CHANGED, Status.DRAFT): _take_the_drafts_place,
    (Event.CHANGED, Status.AWAITING_CONFIRMATION): revise,
    (Event.CHANGED, Status.REGISTERED): revise,
    (Event.CHANGED, Status.COMPLETE): _needs_answer,
    **{(Event.UNCLEAR, status): _which for status in Status},
}


# --------------------------------------------------------------------------- helpers


def _end(form: Submission) -> date | None:
    return date.fromisoformat(form["end_date"]) if form["end_date"] else None


def _search(case: Case, seen: Consultation, form: Submission) -> Search:
    """Look for similar work. A fault of ours in it must not keep a proposal from being logged."""
    nearby = case.facts.nearby
    if nearby.fault:
        return Search(fault=nearby.fault)
    counted = tuple(c for c in nearby.candidates if c.status in COUNTED)
    nearby = replace(nearby, candidates=counted)
    try:
        found = find_near(form.fields, nearby, frozenset({seen.key}), case.similar)
    except Exception as fault:
        return Search(fault=where_it_failed(fault))
    return Search(matches=found)


def _with_search(case: Case, step: Step, after: Consultation, search: Search) -> Step:
    """Never "nothing similar" of a search that failed: the letter says so, a person has it."""
    key = f"{Reason.FAILED}:similar:{after.key}"
    if not search.fault:
        done = tuple(held.id for held in case.facts.held if held.key == key)
        return replace(step, settles=(*step.settles, *done))
    why = (
        "it was logged, but similar work could not be looked for; to look again: "
        f"./askonce similar --reference {after.reference}"
    )
    detail = {"why": why, "fault": search.fault}
    held = Hold(key=key, reason=Reason.FAILED, consultation=after.key, detail=detail)
    part = step.part and replace(step.part, notes=(*step.part.notes, "similar_unchecked"))
    return replace(step, part=part, holds=(*step.holds, held))


def unanswered(case: Case, known: Consultation) -> Matches:
    """The warning about similar work that waits for PROCEED or WITHDRAW; empty where none does."""
    return _warning(case, known) if known.status is Status.AWAITING_CONFIRMATION else ()


def _warning(case: Case, known: Consultation) -> Matches:
    """The warning that was given, as it stands in the record."""
    here = {c.key: c for c in (*case.facts.nearby.candidates, *case.facts.own)}
    by_key = {**case.facts.warned, **here}
    return tuple((m, by_key[m.key]) for m in known.similar if m.key in by_key)


def _notes(case: Case, after: Consultation, form: Submission) -> tuple[str, ...]:
    asked_pod = bool(form["pod_request"])
    sender = case.email.sender.email if case.email.sender else ""
    no_address = any(p.field == "email" for p in form.problems) and form["email"] == sender
    notes = {
        "late_notice": after.late_notice,
        "email_from_sender": no_address,
        "pod_forwarded": asked_pod and after.pod_forwarded_at == case.now,
        "pod_after_proceed": asked_pod and after.status is Status.AWAITING_CONFIRMATION,
    }
    return tuple(code for code, true in notes.items() if true)
