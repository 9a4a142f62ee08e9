"""What follows from one mail: values in, one `Decision` out. No clock, no session, no disk."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from intake.answers import (
    doubtful,
    judge_word,
    left_to_a_person,
    said,
    spoken_to,
    unheard,
    with_the_rest,
)
from intake.classify import (
    blank_forms,
    broken_files,
    classify,
    filled_forms,
    unread_documents,
)
from intake.machines import away, bounce
from intake.merged import other_leads, told_of_merge
from intake.notices import notices
from intake.outcomes import judge_outcomes
from intake.people import answerable, answered_for, recipients
from intake.proposals import judge_proposal
from intake.restraint import says_it_again, why_silent
from intake.similar import SimilarRules
from intake.steps import Case, File, Step, hold, settled_in_thread
from intake.words import NO_WORD, Unheard
from model import (
    FORM1,
    FORM2,
    Address,
    Attachment,
    Code,
    Decision,
    Draft,
    Facts,
    FormFile,
    InboundEmail,
    Kind,
    Letter,
    Part,
    Problem,
    Reading,
    Reason,
    Rules,
    Status,
    Submission,
    Word,
)

#: The kind of one reply to several forms is the first of these (process table, below the mails).
PRECEDENCE = (
    Letter.INCOMPLETE,
    Letter.SIMILAR,
    Letter.OUTCOMES_UNMATCHED,
    Letter.REGISTERED,
    Letter.REVISED,
    Letter.OUTCOMES_LOGGED,
    Letter.REPEAT,
    Letter.CONFIRMED,
    Letter.WITHDRAWN,
    Letter.EXTENDED,
    Letter.STOPPED,
)

_SIMILAR = SimilarRules()


def decide(
    email: InboundEmail,
    files: tuple[File, ...],
    facts: Facts,
    rules: Rules,
    now: datetime,
    *,
    similar: SimilarRules = _SIMILAR,
) -> Decision:
    """Everything that follows from one mail.

    `files` are its attachments with what reading each gave; `now` is aware, and the moment at which
    whatever this registers is registered.
    """
    case = Case(email=email, files=files, facts=facts, rules=rules, now=now, similar=similar)
    return decide_case(case)


def decide_case(case: Case) -> Decision:
    """The same, of a case that is put together."""
    kind = classify(case)
    return HANDLERS[kind](case, kind)


# --------------------------------------------------------------------------- kept, no answer


def _keep(case: Case, kind: Kind) -> Decision:
    return Decision(kind=kind, outcome=_OUTCOMES.get(kind, "kept"), about=_belongs_to(case))


def _belongs_to(case: Case) -> tuple[str, ...]:
    """Its thread's consultations, and those in its subject that the sender has to do with.

    Anybody can write a number in a subject.
    """
    sender = case.email.sender
    ours = sender is not None and sender.email in case.rules.our_people
    thread = {c.key for c in case.facts.thread}
    return tuple(
        c.key
        for c in case.mentioned
        if c.key in thread or ours or (sender is not None and c.includes(sender))
    )


def _hold(reason: Reason) -> Handler:
    def handle(case: Case, kind: Kind) -> Decision:
        return Decision(kind=kind, outcome="kept", holds=(hold(case, reason),))

    return handle


def _automatic(case: Case, kind: Kind) -> Decision:
    holds = (hold(case, Reason.NOT_FROM_A_PERSON),) if filled_forms(case) else ()
    return replace(_keep(case, kind), holds=holds, changes=away(case))


def _from_our_people(case: Case, kind: Kind) -> Decision:
    """Kept with it; an exception that it answers is closed, if the mail is surely theirs."""
    answered = settled_in_thread(case.facts, case.email, *Reason) if case.email.verified else ()
    return replace(_keep(case, kind), settles=answered)


def _no_address(case: Case, kind: Kind) -> Decision:
    """Nobody could be told what became of a form, so a person looks at it."""
    reason = Reason.NOT_FROM_A_PERSON if filled_forms(case) else Reason.NO_FORM
    held = hold(case, reason, why="not answered: no email can go to where it is from")
    return Decision(kind=kind, outcome="kept", holds=(held,))


# --------------------------------------------------------------------------- forms and words


def _forms(case: Case, kind: Kind) -> Decision:
    """Each form in turn, each knowing what the ones before it did; one answer for the mail."""
    given = filled_forms(case)
    word = said(case)
    acts = [partial(_judge, form=form, file=file) for form, file in given]
    if word:
        # PROCEED answers the warning that was given, whatever the form beside it changes.
        first = word.word is Word.PROCEED and _warned(case)
        acts.insert(0 if first else len(acts), partial(judge_word, word=word))
    leads = [answered_for(case.email, form, file) for form, file in given]
    doubt = None if word else doubtful(case)
    steps: list[Step] = []
    for act in acts:
        steps.append(act(case))
        case = case.after(steps[-1])
    if doubt:
        steps[-1] = with_the_rest(case, spoken_to(case)[0], steps[-1], doubt)
    return _together(case, kind, steps, tuple(a for a in leads if a))


def _judge(case: Case, form: Submission, file: Attachment) -> Step:
    return judge_proposal(case, form, file) if form.form == FORM1 else judge_outcomes(case, form)


def _warned(case: Case) -> bool:
    return any(c.status is Status.AWAITING_CONFIRMATION for c in spoken_to(case))


def _word(case: Case, kind: Kind) -> Decision:
    word = said(case)
    return _together(case, kind, [judge_word(case, word)] if word else [])


def _reply(case: Case, kind: Kind) -> Decision:
    about = spoken_to(case)
    held = left_to_a_person(case, about[0], unheard(case) or Unheard(why=NO_WORD))
    return Decision(
        kind=kind,
        outcome="needs_answer",
        holds=(held,),
        about=tuple(c.key for c in about),
    )


def _together(
    case: Case, kind: Kind, steps: list[Step], leads: tuple[Address, ...] = ()
) -> Decision:
    parts = tuple(step.told for step in steps if step.told)
    changes = tuple(c for step in steps for c in step.changes)
    answer = answer_to(case, (*parts, *_also_broken(case)) if parts else (), leads)
    if answer and not changes and says_it_again(case, answer):
        steps, answer = [*steps, _said_enough(case, answer)], None
    return Decision(
        kind=kind,
        outcome=answer.kind if answer else _unanswered(steps),
        changes=changes,
        holds=tuple({h.key: h for step in steps for h in step.holds}.values()),
        settles=tuple(dict.fromkeys(s for step in steps for s in step.settles)),
        drafts=(*((answer,) if answer else ()), *_last_of_each(steps), *notices(case, changes)),
        about=tuple(dict.fromkeys(k for step in steps for k in step.about)),
    )


def _said_enough(case: Case, answer: Draft) -> Step:
    """Nothing changed, and its sender heard so often enough: perhaps a machine asks."""
    about = next((p.consultation for p in answer.parts if p.consultation), None)
    why = "they were told the same often enough"
    return Step(holds=(hold(case, Reason.NEEDS_ANSWER, about, why=why),))


def _also_broken(case: Case) -> tuple[Part, ...]:
    """Beside good forms, a file that will not open is told of; other attachments are just kept."""
    broken = broken_files(case)
    return (Part(kind=Letter.UNREADABLE, verdicts=broken),) if broken else ()


def _last_of_each(steps: list[Step]) -> tuple[Draft, ...]:
    return tuple({d.key: d for step in steps for d in step.drafts}.values())


def _unanswered(steps: list[Step]) -> str:
    return next((h.reason for step in steps for h in step.holds), "kept")


def answer_to(
    case: Case,
    parts: tuple[Part, ...],
    leads: tuple[Address, ...] = (),
    forms: tuple[FormFile, ...] = (),
) -> Draft | None:
    """The one answer to a mail, where there is anything to say and anybody to say it to."""
    also = other_leads(case, parts)
    parts = tuple(told_of_merge(case, part, also) for part in parts)
    to, cc = recipients(case.email, leads, case.rules, also)
    if not parts or not to:
        return None
    return Draft(
        key=f"answer:{case.key}",
        kind=min((p.kind for p in parts), key=_rank),
        to=to,
        cc=cc,
        parts=parts,
        answers=case.email,
        forms=forms,
    )


def _rank(letter: Letter) -> int:
    return PRECEDENCE.index(letter) if letter in PRECEDENCE else len(PRECEDENCE)


# --------------------------------------------------------------------------- no form


_BLANK = (FormFile(form=FORM1), FormFile(form=FORM2))


def _unreadable(case: Case, kind: Kind) -> Decision:
    blank = tuple(_called_blank(reading) for reading in blank_forms(case.files))
    part = Part(kind=Letter.UNREADABLE, verdicts=(*unread_documents(case), *blank))
    codes = [v.verdict.code for v in part.verdicts if v.verdict]
    return _told(case, kind, part, Reason.UNREADABLE_DOCUMENT, forms=_BLANK, codes=codes)


def _called_blank(reading: Reading) -> Reading:
    """One of our forms with nothing filled in: not a form that anything can be read from."""
    return replace(reading, verdict=Problem(field=None, code=Code.MISSING))


def _too_large(case: Case, kind: Kind) -> Decision:
    part = Part(
        kind=Letter.UNREADABLE,
        notes=("too_large",),
        details={"size": case.email.size, "limit": case.rules.largest},
    )
    about = tuple(c.key for c in spoken_to(case))
    return replace(_told(case, kind, part, Reason.TOO_LARGE), about=about)


def _other(case: Case, kind: Kind) -> Decision:
    if not _forms_wanted(case):
        why = "not answered: its sender got the blank forms lately"
        return Decision(kind=kind, outcome="kept", holds=(hold(case, Reason.NO_FORM, why=why),))
    return _told(case, kind, Part(kind=Letter.NOT_UNDERSTOOD), Reason.NO_FORM, forms=_BLANK)


def _told(
    case: Case,
    kind: Kind,
    part: Part,
    reason: Reason,
    forms: tuple[FormFile, ...] = (),
    **detail: Any,
) -> Decision:
    why = why_silent(case, part.kind)
    answer = None if why else answer_to(case, (part,), forms=forms)
    if why:
        detail["why"] = why
    return Decision(
        kind=kind,
        outcome=part.kind if answer else "kept",
        holds=(hold(case, reason, **detail),),
        drafts=(answer,) if answer else (),
    )


def _forms_wanted(case: Case) -> bool:
    """Blank forms go at most once a day and three times in 30 days to one address."""
    sent, rules = case.facts.forms_sent, case.rules
    today = [s for s in sent if rules.local_date(s) == rules.local_date(case.now)]
    lately = [s for s in sent if s > case.now - timedelta(days=30)]
    return (
        answerable(case.email.sender, rules)
        and len(today) < rules.forms_per_day
        and len(lately) < rules.forms_per_30_days
    )


Handler = Callable[[Case, Kind], Decision]

_OUTCOMES = {Kind.DUPLICATE: "duplicate", Kind.OUR_OWN: "ignored", Kind.DELAY_NOTICE: "ignored"}

HANDLERS: dict[Kind, Handler] = {
    Kind.DUPLICATE: lambda case, kind: Decision(kind=kind, outcome="duplicate"),
    Kind.OUR_OWN: _keep,
    Kind.BOUNCE: bounce,
    Kind.DELAY_NOTICE: _keep,
    Kind.AUTOMATIC: _automatic,
    Kind.FROM_OUR_PEOPLE: _from_our_people,
    Kind.UNVERIFIED: _hold(Reason.SENDER_UNVERIFIED),
    Kind.NOT_ALLOWED: _hold(Reason.SENDER_NOT_ALLOWED),
    Kind.NO_ADDRESS: _no_address,
    Kind.TOO_LARGE: _too_large,
    Kind.FORM: _forms,
    Kind.WORD: _word,
    Kind.REPLY: _reply,
    Kind.UNREADABLE: _unreadable,
    Kind.OTHER: _other,
}
