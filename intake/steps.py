"""What deciding is made of: the case at hand, and the step that one form or one word leads to."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Any

from intake.similar import SimilarRules, same_words
from model import (
    FORM2,
    Attachment,
    Change,
    Consultation,
    Draft,
    Facts,
    Fields,
    FormFile,
    Hold,
    InboundEmail,
    Letter,
    Part,
    Problem,
    Reading,
    Reason,
    Rules,
    SentIn,
    Status,
    Submission,
)
from notifier.outline import clock, short_day
from parsers.references import find, make

#: A file of the mail and what reading it gave.
File = tuple[Attachment, Reading]


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One mail with all that is known about it. `now` is the moment of deciding, aware."""

    email: InboundEmail
    files: tuple[File, ...]
    facts: Facts
    rules: Rules
    now: datetime
    similar: SimilarRules = field(default_factory=SimilarRules)
    forms_made: int = 0  #: new records so far, for their keys
    drawn: int = 0  #: reference numbers drawn so far
    act: str = ""  #: of a person's act: its token, so that it repeats nothing that the mail led to

    @property
    def key(self) -> str:
        """Names the mail for good: the same for the same mail, whenever it is handled."""
        return f"{mail_key(self.email)}:{self.act}" if self.act else mail_key(self.email)

    @property
    def in_subject(self) -> tuple[str, ...]:
        """The references that stand in the subject."""
        return find(self.email.subject, self.rules.reference_prefix)

    @property
    def in_thread(self) -> tuple[Consultation, ...]:
        """What the mail answers: the consultations of the nearest mail of ours that has any.

        Somebody who starts new work from an old thread answers its last mail, not its first.
        """
        by_key = {c.key: c for c in self.facts.thread}
        for sent in self.facts.answered:
            nearest = tuple(by_key[k] for k in sent.consultations if k in by_key)
            if nearest:
                return nearest
        return self.facts.thread

    @property
    def mentioned(self) -> tuple[Consultation, ...]:
        """What the mail is about, by its thread and by the references in its subject."""
        named = (self.facts.named[r] for r in self.in_subject if r in self.facts.named)
        return tuple({c.key: c for c in (*self.facts.thread, *named)}.values())

    @property
    def arrived_on(self) -> date:
        """The local day of arrival; being late is judged by it, so that our outage makes none."""
        return self.rules.local_date(self.email.arrived_at)

    def stands_for(self, consultation: Consultation) -> Consultation:
        """The one that took a consultation's place, or itself where none did."""
        known = {c.key: c for c in (*self.facts.merged, *self.facts.own)}
        while consultation.merged_into in known:
            consultation = known.pop(consultation.merged_into)
        return consultation

    def merged_into(self, consultation: Consultation) -> tuple[Consultation, ...]:
        """What it took the place of."""
        merged = {c.key: c for c in (*self.facts.merged, *self.facts.own)}
        gone = (c for c in merged.values() if c.status is Status.MERGED)
        return tuple(c for c in gone if self.stands_for(c).key == consultation.key)

    def own_of(self, reference: str) -> Consultation | None:
        """The sender's own that a reference names, or that took the place of the one it names."""
        named = self.facts.named.get(reference)
        known = self.stands_for(named) if named else None
        return known if known and known.key in {c.key for c in self.facts.own} else None

    def before_a_merge(self, consultation: Consultation, given: str | None = None) -> str:
        """What the mail is about, where another one took its place since; "" where none did.

        `given`: a reference that stands in its form.
        """
        named = self.facts.named.get(given or "")
        gone = (c for c in (*self.mentioned, named) if c and c.status is Status.MERGED)
        names = (c.reference or c.title for c in gone if self.stands_for(c).key == consultation.key)
        return next(names, "")

    def next_reference(self) -> str:
        """The next free reference, of the local year of registering."""
        year = self.rules.local_date(self.now).year
        number = self.facts.next_number + self.drawn
        return make(self.rules.reference_prefix, year, number)

    def after(self, step: Step) -> Case:
        """The case as the next form of the same mail meets it."""
        facts = self.facts
        for change in step.changes:
            facts = _with(facts, change)
        return replace(
            self,
            facts=facts,
            forms_made=self.forms_made + sum(c.before is None for c in step.changes),
            drawn=self.drawn + sum(_drew(c) for c in step.changes),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """What follows from one form or one word."""

    part: Part | None = None  #: what the answer says of it
    changes: tuple[Change, ...] = ()
    holds: tuple[Hold, ...] = ()
    settles: tuple[int, ...] = ()
    drafts: tuple[Draft, ...] = ()  #: mails besides the answer
    about: tuple[str, ...] = ()

    @property
    def told(self) -> Part | None:
        """What the answer says of it; of changed answers, also what they were before."""
        part = self.part
        if part is None or not part.changed or not part.submission or not part.consultation:
            return part
        about = (c.before for c in self.changes if c.after.key == part.consultation.key)
        before = next(about, None)
        if before is None:
            return part
        is_form2 = part.submission.form == FORM2
        return replace(part, before=before.form2 if is_form2 else before.form1)


#: A rule of the process: what one form or word leads to on one consultation.
Rule = Callable[[Case, Consultation, Submission], Step]


def mail_key(email: InboundEmail) -> str:
    """20 hex digits, made from what tells two mails apart: Message-ID, sender and content."""
    sender = email.sender.email if email.sender else ""
    named = f"{email.message_id or ''}\n{sender}\n{email.content_digest}"
    return hashlib.sha256(named.encode("utf-8", "replace")).hexdigest()[:20]


def hold(
    case: Case, reason: Reason, consultation: Consultation | None = None, **detail: Any
) -> Hold:
    """An exception about this mail. Its `why` also names what it was about before a merge."""
    if consultation is not None and (gone := case.before_a_merge(consultation)) and "why" in detail:
        detail["why"] += f"; it was written about {gone}, which was merged into this one"
    return Hold(
        key=f"{reason}:{case.key}",
        reason=reason,
        consultation=consultation.key if consultation else None,
        detail=detail,
    )


def hold_incomplete(
    case: Case, consultation: Consultation | None, form: Submission, wrong: tuple[Problem, ...]
) -> Hold:
    """A form that lacks something: one exception however often it comes."""
    about = consultation.key if consultation else unfiled_key(case, form)
    return Hold(
        key=f"{Reason.INCOMPLETE}:{about}:{form.form}",
        reason=Reason.INCOMPLETE,
        consultation=consultation.key if consultation else None,
        detail={"problems": [f"{p.field}:{p.code}" for p in wrong], **as_read(form)},
    )


def unfiled_key(case: Case, form: Submission) -> str:
    """Names a form that belongs to no consultation yet: the same when it comes again, corrected."""
    title = same_words(form["title"])
    if not title or case.email.sender is None:
        return case.key
    named = f"{case.email.sender.email}\n{form.form}\n{title}"
    return hashlib.sha256(named.encode()).hexdigest()[:20]


def as_read(form: Submission) -> dict[str, Any]:
    """What an exception keeps of a form: each answer, where it stood, and how sure that is."""
    return {
        "form": form.form,
        "file": form.file,
        "read": dict(form.fields),
        "origins": {key: asdict(origin) for key, origin in form.origins.items()},
    }


def not_the_latest(case: Case, known: Consultation, form: Submission) -> Step | None:
    """A form that was sent in before the one on record replaces nothing: a person looks at it.

    Nor does the same that was sent in before, once more, where the office changed it since.
    """
    later = case.facts.latest.get(known.key, {}).get(form.form)
    if later is not None and not case.act and _sent_so_before(later, form):
        why = f"{known.reference or known.title} was changed here since this same form came before"
        return needs_answer(case, known, form, why=f"{why}, and taking it would undo that")
    if later is None or case.email.arrived_at >= later.at:
        return None
    at = later.at.astimezone(case.rules.zone)
    what = f"a Form {form.form[-1]} of {short_day(at.date())} at {clock(at)}"
    why = f"{known.reference or known.title} has {what}, which is newer and would be overwritten"
    return needs_answer(case, known, form, why=why)


def _sent_so_before(later: SentIn, form: Submission) -> bool:
    sent = later.as_sent
    given = {**form.fields, "email": form.fields.get("email") or (sent or {}).get("email")}
    return sent is not None and not changed_fields(sent, given)


def needs_answer(
    case: Case, consultation: Consultation, form: Submission | None = None, *, why: str
) -> Step:
    """A person has to answer; nothing changes."""
    read = as_read(form) if form else {}
    return Step(
        holds=(hold(case, Reason.NEEDS_ANSWER, consultation, why=why, **read),),
        about=(consultation.key,),
    )


def settled(facts: Facts, consultation: Consultation, *reasons: Reason) -> tuple[int, ...]:
    """Open exceptions of these reasons whose cause went away with this consultation's progress."""
    return tuple(
        h.id for h in facts.held if h.consultation == consultation.key and h.reason in reasons
    )


def settled_by_form1(facts: Facts, consultation: Consultation, *reasons: Reason) -> tuple[int, ...]:
    """The same with an incomplete Form 1, but not with a Form 2 that lacks something still."""
    form2 = {h.id for h in facts.held if h.key.endswith(f":{FORM2}")}
    found = settled(facts, consultation, Reason.INCOMPLETE, *reasons)
    return tuple(number for number in found if number not in form2)


def settled_in_thread(facts: Facts, email: InboundEmail, *reasons: Reason) -> tuple[int, ...]:
    """The same, about earlier mails of the thread that this one answers.

    What is held about no consultation is known by its thread alone (`Facts.held`): through our own
    answer to it, where that is all that this mail names.
    """
    return tuple(
        h.id
        for h in facts.held
        if h.reason in reasons and (h.consultation is None or h.message_id in email.thread)
    )


def outcomes_due(end: date | None, rules: Rules, extended_to: date | None = None) -> date | None:
    """The day by which outcomes are due: EXTEND's date, or so many days after the end."""
    return extended_to or (end + timedelta(days=rules.outcome_days) if end else None)


def pod_draft(case: Case, consultation: Consultation) -> Draft | None:
    """The POD request to pass on, if one was made and was not passed on before."""
    form = {**(consultation.form1 or {}), **consultation.contact}
    wanted = form.get("pod_request") and consultation.pod_forwarded_at is None
    if not wanted or case.rules.pod_administrator is None:
        return None
    seen = replace(consultation, form1=form)
    return Draft(
        key=f"pod_request:{consultation.key}",
        kind=Letter.POD_REQUEST,
        to=(case.rules.pod_administrator,),
        parts=(Part(kind=Letter.POD_REQUEST, consultation=seen),),
        forms=(FormFile(form="form1", fields=form),),
    )


def changed_fields(old: Fields | None, new: Fields) -> tuple[str, ...]:
    """Keys whose values differ, in the form's order.

    A question that was not asked yet when the old form came counts as one left blank.
    """
    before = old or {}
    return tuple(k for k in new if before.get(k) != new[k] and (k in before or new[k] != []))


def live(consultations: Iterable[Consultation]) -> tuple[Consultation, ...]:
    """Those that a form can still be about, newest first, withdrawn and merged ones left out."""
    ended = (Status.WITHDRAWN, Status.MERGED)
    kept = (c for c in consultations if c.status not in ended)
    return tuple(sorted(kept, key=lambda c: c.created_at, reverse=True))


def _with(facts: Facts, change: Change) -> Facts:
    after = change.after

    def swap(group: tuple[Consultation, ...], add: bool) -> tuple[Consultation, ...]:
        kept = tuple(after if c.key == after.key else c for c in group)
        return (*kept, after) if add and after not in kept else kept

    named = dict(facts.named)
    if after.reference:
        named[after.reference] = after
    return replace(
        facts,
        own=swap(facts.own, add=True),
        thread=swap(facts.thread, add=False),
        nearby=replace(
            facts.nearby,
            candidates=swap(facts.nearby.candidates, add=change.before is None),
            terms={key: t for key, t in facts.nearby.terms.items() if key != after.key},
        ),
        named=named,
    )


def _drew(change: Change) -> bool:
    before = change.before.reference if change.before else None
    return before is None and change.after.reference is not None
