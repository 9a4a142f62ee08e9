"""A word in a plain reply: what it does (process section "Words", and the table of events)."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import date
from typing import Any

from intake.proposals import pass_on_to_pod
from intake.steps import Case, Step, hold, needs_answer, outcomes_due, settled
from intake.words import Said, Unheard, in_capitals, read_word, why_unheard
from model import Change, Consultation, Hold, Letter, Part, Reason, Status, Word
from notifier.outline import short_day
from parsers.dates import YEARS

Answer = Callable[[Case, Consultation, Said], Step]


def spoken_to(case: Case) -> tuple[Consultation, ...]:
    """The consultations that a reply is about and that its sender is one of the people of.

    A reference in the subject says which, but not of several that one mail of ours was about: its
    subject came from us.
    """
    named = _spoken_for(case, (case.facts.named.get(r) for r in case.in_subject))
    thread = _spoken_for(case, case.in_thread)
    chosen = named if named and not named.keys() < thread.keys() else thread
    return tuple(chosen.values())


def _spoken_for(
    case: Case, consultations: Iterable[Consultation | None]
) -> dict[str, Consultation]:
    sender = case.email.sender
    pairs = ((c, case.stands_for(c)) for c in consultations if c)
    spoken_for = (
        stands for c, stands in pairs if sender and (c.includes(sender) or stands.includes(sender))
    )
    return {c.key: c for c in spoken_for}


def said(case: Case) -> Said | None:
    """The plain word in what the sender wrote, if there is one."""
    return read_word(case.email.written, prefix=case.rules.reference_prefix, titles=_titles(case))


def unheard(case: Case) -> Unheard | None:
    """Why there is no plain word in what the sender wrote; None: there is one."""
    return why_unheard(case.email.written, prefix=case.rules.reference_prefix, titles=_titles(case))


def doubtful(case: Case) -> Unheard | None:
    """Why a word that was surely meant as an answer is not plain; None: there is no such word."""
    meant = spoken_to(case) and in_capitals(case.email.written)
    return unheard(case) if meant else None


def _titles(case: Case) -> tuple[str, ...]:
    return tuple(c.title for c in spoken_to(case))


def judge_word(case: Case, word: Said) -> Step:
    """What a plain word leads to on the one consultation that it is about."""
    about = spoken_to(case)
    if word.references:
        about = tuple(c for c in about if c.reference in word.references)
    if len(about) != 1:
        return _which(case, about)
    step = carry_out(case, about[0], word)
    more = Unheard(why="the word was acted on; the email says something else as well")
    return with_the_rest(case, about[0], step, more) if word.more and not step.holds else step


def with_the_rest(case: Case, known: Consultation, step: Step, rest: Unheard) -> Step:
    """The step is taken, and a person reads what else the mail says."""
    part = replace(step.part, notes=(*step.part.notes, "more_said")) if step.part else None
    return replace(step, part=part, holds=(*step.holds, left_to_a_person(case, known, rest)))


def left_to_a_person(case: Case, known: Consultation, rest: Unheard) -> Hold:
    """The exception about what was not said plainly."""
    unclear = [word.value for word in rest.words]
    return hold(case, Reason.NEEDS_ANSWER, known, why=rest.why, unclear=unclear)


def carry_out(case: Case, known: Consultation, word: Said) -> Step:
    """What a word leads to on a consultation."""
    rule = TABLE.get((word.word, known.status))
    if rule is None:
        why = f"{word.word.upper()} for one that is {known.status.replace('_', ' ')}"
        return needs_answer(case, known, why=why)
    step = rule(case, known, word)
    cleared = () if step.holds else _clear(case, known, word)
    return replace(step, settles=(*step.settles, *cleared))


def _clear(case: Case, known: Consultation, word: Said) -> tuple[int, ...]:
    """What was held of this word, which was not plain then and is now."""
    held = (h for h in case.facts.held if h.reason is Reason.NEEDS_ANSWER)
    return tuple(h.id for h in held if h.consultation == known.key and word.word in h.unclear)


def _which(case: Case, about: tuple[Consultation, ...]) -> Step:
    known = about or spoken_to(case)
    step = needs_answer(case, known[0], why="it is not clear which consultation is meant")
    return replace(step, about=tuple(c.key for c in known))


def _step(
    case: Case,
    letter: Letter,
    before: Consultation,
    after: Consultation,
    *settles: Reason,
    notes: tuple[str, ...] = (),
    **details: Any,
) -> Step:
    """Says it to the sender; a word said again changes nothing."""
    change = () if after == before else (Change(event=letter, before=before, after=after),)
    return Step(
        part=Part(kind=letter, consultation=after, notes=notes, details=details),
        changes=change,
        settles=settled(case.facts, after, *settles),
        about=(after.key,),
    )


def _proceed(case: Case, known: Consultation, _word: Said) -> Step:
    after = replace(known, status=Status.REGISTERED, registered_at=case.now)
    after, drafts = pass_on_to_pod(case, after)
    notes = ("pod_forwarded",) if drafts else ()
    step = _step(case, Letter.CONFIRMED, known, after, Reason.UNCONFIRMED, notes=notes)
    return replace(step, drafts=drafts)


def _proceed_again(case: Case, known: Consultation, _word: Said) -> Step:
    return _step(case, Letter.CONFIRMED, known, known)


def _withdraw(case: Case, known: Consultation, _word: Said) -> Step:
    after = replace(known, status=Status.WITHDRAWN, withdrawn_at=case.now)
    settles = (Reason.INCOMPLETE, Reason.UNCONFIRMED, Reason.OUTCOMES_OVERDUE)
    return _step(case, Letter.WITHDRAWN, known, after, *settles)


def _withdraw_again(case: Case, known: Consultation, _word: Said) -> Step:
    return _step(case, Letter.WITHDRAWN, known, known)


def _extend(case: Case, known: Consultation, word: Said) -> Step:
    """A new date by which outcomes are due; the end date stays."""
    until = word.until
    if why := _cannot_be_due(case, known, until):
        return needs_answer(case, known, why=why)
    due = outcomes_due(known.end_date, case.rules, until)
    after = replace(known, extended_to=until, outcomes_due=due)
    was = known.outcomes_due
    earlier_than = was if was and due and due < was else None
    return _step(
        case, Letter.EXTENDED, known, after, Reason.OUTCOMES_OVERDUE, earlier_than=earlier_than
    )


def _cannot_be_due(case: Case, known: Consultation, until: date | None) -> str:
    """Why outcomes cannot be due on a day; "" where they can."""
    if until is None:
        return "EXTEND says no day"
    named = short_day(until)
    if until.year not in YEARS:
        return f"EXTEND says {named}, and the register counts to {YEARS[-1]}"
    if until < case.arrived_on:
        return f"EXTEND says {named}, and that day has passed"
    if known.end_date and until < known.end_date:
        ends = short_day(known.end_date)
        return f"EXTEND says {named}, and the consultation goes on until {ends}"
    return ""


def _stop(case: Case, known: Consultation, _word: Said) -> Step:
    after = replace(known, stopped_at=known.stopped_at or case.now)
    settles = (Reason.UNCONFIRMED, Reason.OUTCOMES_OVERDUE)
    return _step(case, Letter.STOPPED, known, after, *settles)


def words_for(known: Consultation) -> tuple[Word, ...]:
    """The words that lead to something on a consultation as it stands."""
    return tuple(word for word in Word if (word, known.status) in TABLE)


#: Process table "Every event on every status", the four words. What is not here needs an answer.
TABLE: dict[tuple[Word, Status], Answer] = {
    (Word.PROCEED, Status.AWAITING_CONFIRMATION): _proceed,
    (Word.PROCEED, Status.REGISTERED): _proceed_again,
    (Word.WITHDRAW, Status.DRAFT): _withdraw,
    (Word.WITHDRAW, Status.AWAITING_CONFIRMATION): _withdraw,
    (Word.WITHDRAW, Status.REGISTERED): _withdraw,
    (Word.WITHDRAW, Status.WITHDRAWN): _withdraw_again,
    (Word.EXTEND, Status.REGISTERED): _extend,
    (Word.STOP, Status.AWAITING_CONFIRMATION): _stop,
    (Word.STOP, Status.REGISTERED): _stop,
}
