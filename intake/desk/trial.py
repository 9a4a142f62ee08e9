"""A letter tried on a past consultation: as the rules of today would write it. Pure; nothing goes.

The consultation is put back to where it stood when such a letter is due, and the rule that writes
it is asked. What the past case has not is assumed, and said.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from intake.answers import carry_out
from intake.decide import answer_to, decide_case
from intake.desk.acts import Refused
from intake.desk.gather import as_if_written
from intake.notices import notices
from intake.outcomes import judge_outcomes
from intake.proposals import TABLE, await_answer, revise
from intake.steps import Case, Step, outcomes_due, pod_draft
from intake.which import Event
from intake.words import Said
from model import (
    FORM1,
    FORM2,
    AlertRules,
    Attachment,
    Change,
    Clocked,
    ClockRules,
    Code,
    Consultation,
    Draft,
    Facts,
    Letter,
    Match,
    Part,
    Problem,
    Reading,
    Rules,
    Sign,
    Status,
    Submission,
    Trouble,
    Vitals,
    Word,
)
from notifier import alerts
from notifier.due import decide, digest, forecast, written_to
from parsers.references import example

#: Letters that are about no consultation.
ABOUT_NONE = frozenset({Letter.DIGEST, Letter.ALERT})
_WEEK = timedelta(days=7)


@dataclass(frozen=True, slots=True, kw_only=True)
class Past:
    """The case on which a letter is tried."""

    rules: Rules
    clock: ClockRules
    now: datetime
    known: Consultation | None = None  #: None: of a letter that is about none
    similar: tuple[tuple[Match, Consultation], ...] = ()  #: what was found to be like it
    others: Sequence[Consultation] = ()  #: of the register, the next first
    queue: Sequence[Mapping[str, Any]] = field(default_factory=tuple)  #: rows, for the digest

    @property
    def record(self) -> Consultation:
        """The consultation."""
        if self.known is None:
            raise Refused("This letter is tried on a consultation: say on which.")
        return self.known

    @property
    def came_at(self) -> datetime:
        """When its form came."""
        return self.record.created_at

    def case(self, at: datetime | None = None, **more: Any) -> Case:
        """A mail as its lead worker would have written it at a moment; usually, of its form."""
        at = at or self.came_at
        facts = Facts(mail_id=0, own=(self.record,))
        rules = replace(self.rules, allowed_domains=frozenset())
        email = as_if_written(self.record, at)
        return replace(Case(email=email, files=(), facts=facts, rules=rules, now=at), **more)

    def as_it_was(self, status: Status, **more: Any) -> Past:
        """The same, where the consultation stood at an earlier time."""
        due = outcomes_due(self.record.end_date, self.rules)
        before: dict[str, Any] = {"extended_to": None, "outcomes_due": due, "stopped_at": None}
        before |= {"form2": None, "outcomes_revision": 0, "away_until": None}
        return replace(self, known=replace(self.record, status=status, **{**before, **more}))


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """A letter that was tried, when it would be written, and what was assumed."""

    draft: Draft
    at: datetime
    as_if: str = ""


def trial(kind: Letter, past: Past) -> Trial:
    """A letter as it would be written. Raises `Refused` saying what the past case lacks for it."""
    return _TRIALS[kind](past)


# --------------------------------------------------------------------------- answers to a mail


def _answer(kind: Letter, past: Past, step: Step, at: datetime, as_if: str = "") -> Trial:
    """The answer that a step of the mail path leads to, if it is of this kind."""
    case = past.case(at)
    if step.told is None or step.told.kind is not kind:
        raise Refused("This consultation is not one that such a letter could be written about.")
    draft = answer_to(case, (step.told,))
    if draft is None:
        raise Refused("Nobody of its people has an address that could be written to.")
    return Trial(draft=draft, at=at, as_if=as_if)


def _form1(past: Past, **changed: Any) -> Submission:
    fields = past.record.form1
    if fields is None:
        raise Refused("It has no Form 1.")
    problems = tuple(Problem(field=key, code=Code.MISSING) for key in changed if not changed[key])
    return Submission(form=FORM1, fields={**fields, **changed}, problems=problems)


def _form2(past: Past, **changed: Any) -> Submission:
    fields = past.record.form2
    if fields is None:
        raise Refused("Its outcomes have not come in: choose one that is complete.")
    return Submission(form=FORM2, fields={**fields, **changed})


def _proposed(kind: Letter, past: Past, as_if: str = "", **changed: Any) -> Trial:
    """As its Form 1 was answered, with some answers changed."""
    form = _form1(past, **changed)
    past = past.as_it_was(Status.DRAFT, revision=0)
    rule = TABLE[Event.CHANGED, Status.DRAFT]
    return _answer(kind, past, rule(past.case(), past.record, form), past.came_at, as_if)


def _registered(past: Past) -> Trial:
    return _proposed(Letter.REGISTERED, past)


def _incomplete(past: Past) -> Trial:
    as_if = "as if the end date had been left blank"
    return _proposed(Letter.INCOMPLETE, past, as_if, end_date=None)


def _similar(past: Past) -> Trial:
    if not past.similar:
        raise Refused("Nothing like it was found when it came: choose one that was warned.")
    form = _form1(past)
    past = past.as_it_was(Status.DRAFT)
    step = await_answer(past.case(), past.record, past.record, form, past.similar)
    return _answer(Letter.SIMILAR, past, step, past.came_at)


def _revised(past: Past) -> Trial:
    end = past.record.end_date
    if end is None:
        raise Refused("It has no end date that could be changed.")
    form = _form1(past, end_date=(end + _WEEK).isoformat())
    past = past.as_it_was(Status.REGISTERED)
    step = revise(past.case(), past.record, form)
    as_if = "as if its end date had been put off by a week"
    return _answer(Letter.REVISED, past, step, past.came_at, as_if)


def _repeat(past: Past) -> Trial:
    form = _form1(past)
    past = past.as_it_was(Status.REGISTERED)
    step = TABLE[Event.SAME, Status.REGISTERED](past.case(), past.record, form)
    return _answer(Letter.REPEAT, past, step, past.came_at, "as if its form had come twice")


def _outcomes_logged(past: Past) -> Trial:
    form, at = _form2(past), past.record.completed_at or past.now
    past = past.as_it_was(Status.REGISTERED)
    step = judge_outcomes(past.case(at), form, past.record)
    return _answer(Letter.OUTCOMES_LOGGED, past, step, at)


def _outcomes_unmatched(past: Past) -> Trial:
    form, at = _form2(past, reference=None), past.record.completed_at or past.now
    step = judge_outcomes(past.case(at, facts=Facts(mail_id=0)), form)
    as_if = "as if its Form 2 had come without the reference, from somebody who is not known"
    return _answer(Letter.OUTCOMES_UNMATCHED, past, step, at, as_if)


def _said(word: Word, kind: Letter, status: Status) -> Callable[[Past], Trial]:
    def tried(past: Past) -> Trial:
        past = past.as_it_was(status)
        due = past.record.outcomes_due
        until = due + 4 * _WEEK if due and word is Word.EXTEND else None
        step = carry_out(past.case(), past.record, Said(word=word, until=until))
        return _answer(
            kind, past, step, past.came_at, f"as if its lead worker had said {word.upper()}"
        )

    return tried


def _without_a_form(past: Past) -> Trial:
    as_if = "as if its lead worker had written without a form"
    return _told(Letter.NOT_UNDERSTOOD, past, past.case(facts=Facts(mail_id=0)), as_if)


def _unreadable(past: Past) -> Trial:
    verdict = Problem(field=None, code=Code.UNSUPPORTED_TYPE, seen="pdf")
    reading = Reading(file="Form 1.pdf", verdict=verdict)
    file = Attachment(name=reading.file, content_type="application/pdf", content=b"")
    case = past.case(facts=Facts(mail_id=0), files=((file, reading),))
    return _told(Letter.UNREADABLE, past, case, "as if its Form 1 had come as a PDF")


def _told(kind: Letter, past: Past, case: Case, as_if: str) -> Trial:
    """What a mail that is no form is answered."""
    draft = next((d for d in decide_case(case).drafts if d.kind is kind), None)
    if draft is None:
        raise Refused("Nobody of its people has an address that could be written to.")
    return Trial(draft=draft, at=past.came_at, as_if=as_if)


def _written_by_hand(past: Past) -> Trial:
    details = {
        "subject": f"Re: {past.record.title}",
        "text": "What a person in the office writes stands here, each line a paragraph.",
    }
    part = Part(kind=Letter.ANSWER, consultation=past.record, details=details)
    return _answer(Letter.ANSWER, past, Step(part=part), past.now)


# --------------------------------------------------------------------------- what nobody asked for


def _reminders_again(past: Past) -> Trial:
    past = past.as_it_was(Status.REGISTERED)
    part = Part(kind=Letter.REMINDERS_AGAIN, consultation=past.record)
    as_if = "as if its reminders had been stopped, and were started again"
    return _answer(Letter.REMINDERS_AGAIN, past, Step(part=part), past.came_at, as_if)


def _new_contact(past: Past) -> Trial:
    past = past.as_it_was(Status.REGISTERED)
    part = Part(kind=Letter.NEW_CONTACT, consultation=past.record, details={"lead": True})
    as_if = "as if its lead worker had been put in by the office"
    return _answer(Letter.NEW_CONTACT, past, Step(part=part), past.came_at, as_if)


def _merged(past: Past) -> Trial:
    """Into the one most like it, else into the next of the register; else into one made up."""
    record, (other, named) = past.record, _another(past)
    to, cc = written_to(record)
    if not to:
        raise Refused("Nobody of its people has an address that could be written to.")
    kept = replace(past, known=other).as_it_was(Status.REGISTERED).record
    details = {"was": record.reference or "", "was_title": record.title}
    part = Part(kind=Letter.MERGED, consultation=kept, details=details)
    key, thread = f"{Letter.MERGED}:trial", record.thread
    draft = Draft(key=key, kind=Letter.MERGED, to=to, cc=cc, parts=(part,), thread=thread)
    at = max(record.created_at, other.created_at)
    return Trial(draft=draft, at=at, as_if=f"as if it had been merged into {named}")


def _separated(past: Past) -> Trial:
    past = past.as_it_was(Status.REGISTERED)
    other, named = _another(past)
    details = {"other": other.reference or "", "other_title": other.title}
    part = Part(kind=Letter.SEPARATED, consultation=past.record, details=details)
    as_if = f"as if it had been merged into {named}, and separated again"
    return _answer(Letter.SEPARATED, past, Step(part=part), past.came_at, as_if)


def _another(past: Past) -> tuple[Consultation, str]:
    """A second consultation, and what to call it."""
    for other in (*(one for _, one in past.similar), *past.others):
        if other.reference and other.key != past.record.key and other.status is not Status.MERGED:
            return other, f"{other.reference} “{other.title}”"
    reference = example(past.rules.reference_prefix)
    made_up = replace(past.record, key=reference, reference=reference)
    return made_up, f"{reference}, a second entry of it that is made up here"


def _by_the_clock(kind: Letter, status: Status) -> Callable[[Past], Trial]:
    def tried(past: Past) -> Trial:
        asked_at = past.record.asked_at or past.came_at
        agreed, due_by = past.record.extended_to, past.record.outcomes_due
        due_by = due_by or outcomes_due(past.record.end_date, past.rules)
        past = past.as_it_was(status, asked_at=asked_at, extended_to=agreed, outcomes_due=due_by)
        since = past.rules.local_date(past.came_at)
        one, clock = Clocked(consultation=past.record), past.clock
        ahead = forecast([one], clock, since=since, until=date.max)
        due = next((d for d in ahead if d.what is kind), None)
        if due is None:
            raise Refused("The calendar brings no such letter about this consultation.")
        (draft,) = decide(due, clock).drafts
        at = datetime.combine(due.goes_on, clock.opens, tzinfo=clock.zone).astimezone(UTC)
        return Trial(draft=draft, at=at, as_if="as if nobody had answered by then")

    return tried


def _pod_request(past: Past) -> Trial:
    form1 = {**_form1(past).fields, "pod_request": True}
    asked = bool((past.record.form1 or {}).get("pod_request"))
    record = replace(past.record, form1=form1, pod_forwarded_at=None)
    draft = pod_draft(past.case(), record)
    if draft is None:
        raise Refused("The settings name no POD administrator, so no request is passed on.")
    as_if = "" if asked else "as if it had asked for POD support"
    return Trial(draft=draft, at=past.came_at, as_if=as_if)


def _similar_notice(past: Past) -> Trial:
    if not past.similar:
        raise Refused("Nothing like it was found when it came: choose one that was warned.")
    (match, other), past = past.similar[0], past.as_it_was(Status.REGISTERED)
    other = replace(other, status=Status.REGISTERED, stopped_at=None)
    facts = Facts(mail_id=0, warned={match.key: other})
    rules = replace(past.rules, similar_notice=True)
    change = Change(event="registered", before=None, after=past.record)
    drafts = notices(past.case(facts=facts, rules=rules), (change,))
    if not drafts:
        raise Refused("It and the work like it have the same people: nobody would be told.")
    off = "" if past.rules.similar_notice else "as if the settings wanted it (similar.notice)"
    return Trial(draft=drafts[0], at=past.came_at, as_if=off)


def _digest(past: Past) -> Trial:
    draft = digest(past.queue, past.rules.local_date(past.now), past.rules)
    if draft is None:
        raise Refused("The queue is empty, or there is no administrator: no digest goes.")
    return Trial(draft=draft, at=past.now)


def _alert(past: Past) -> Trial:
    if past.rules.administrator is None:
        raise Refused("The settings name no administrator, so nobody is told.")
    rules = AlertRules(to=(past.rules.administrator,))
    since = past.now - rules.after
    sign = Sign(daemon="", what=Trouble.MAILBOX, failing_since=since, fault="Connection refused")
    today = past.rules.local_date(past.now)
    (draft,) = alerts.judge(Vitals(signs=(sign,)), rules, past.now, today).drafts
    return Trial(draft=draft, at=past.now, as_if="as if no email could have been fetched for hours")


_TRIALS: dict[Letter, Callable[[Past], Trial]] = {
    Letter.REGISTERED: _registered,
    Letter.SIMILAR: _similar,
    Letter.INCOMPLETE: _incomplete,
    Letter.REVISED: _revised,
    Letter.REPEAT: _repeat,
    Letter.CONFIRMED: _said(Word.PROCEED, Letter.CONFIRMED, Status.AWAITING_CONFIRMATION),
    Letter.WITHDRAWN: _said(Word.WITHDRAW, Letter.WITHDRAWN, Status.REGISTERED),
    Letter.EXTENDED: _said(Word.EXTEND, Letter.EXTENDED, Status.REGISTERED),
    Letter.STOPPED: _said(Word.STOP, Letter.STOPPED, Status.REGISTERED),
    Letter.REMINDERS_AGAIN: _reminders_again,
    Letter.OUTCOMES_LOGGED: _outcomes_logged,
    Letter.OUTCOMES_UNMATCHED: _outcomes_unmatched,
    Letter.UNREADABLE: _unreadable,
    Letter.NOT_UNDERSTOOD: _without_a_form,
    Letter.COMPLETION_NOTE: _by_the_clock(Letter.COMPLETION_NOTE, Status.REGISTERED),
    Letter.CHASER: _by_the_clock(Letter.CHASER, Status.REGISTERED),
    Letter.CONFIRM_REMINDER: _by_the_clock(Letter.CONFIRM_REMINDER, Status.AWAITING_CONFIRMATION),
    Letter.POD_REQUEST: _pod_request,
    Letter.SIMILAR_NOTICE: _similar_notice,
    Letter.NEW_CONTACT: _new_contact,
    Letter.MERGED: _merged,
    Letter.SEPARATED: _separated,
    Letter.DIGEST: _digest,
    Letter.ALERT: _alert,
    Letter.ANSWER: _written_by_hand,
}
