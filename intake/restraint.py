"""When no answer is given, lest two automatic mailers keep each other busy. Pure.

Whoever answers a mail of ours by machine has one of ours to answer only if we answered before. So
what counts is what went out: answers that still wait began no loop, and mails that came in together
are all answered. An answer that led somewhere (its recipient belongs to a consultation by now) does
not count either. Beyond a limit a mail is left to a person; none is lost (RFC 3834, section 2).
"""

from __future__ import annotations

from collections.abc import Iterable, Set
from datetime import datetime, timedelta

from intake.classify import blank_forms
from intake.steps import Case
from model import Address, Draft, Letter, Rules

#: Answers to mails that hold no form that could be read.
UNASKED_FOR = frozenset({Letter.NOT_UNDERSTOOD, Letter.UNREADABLE})
#: To one address: of these, and of any answer about one consultation that tells nothing new.
PER_DAY, PER_MONTH = 4, 8
#: So many times the strangers' allowance for those who send a file of their own, as somebody with a
#: form to send does: a machine that answers us has at most the files that we sent.
WITH_A_FILE = 5
DAY, MONTH = timedelta(days=1), timedelta(days=31)


def why_silent(case: Case, letter: Letter) -> str:
    """Why a mail without a form is not answered by a letter out of `UNASKED_FOR`; "": it is."""
    linked = _answers_one(case)
    if letter is Letter.NOT_UNDERSTOOD and linked:
        return "not answered: it answers our letter that no form was found"
    theirs = [sent.at for sent in case.facts.answers if sent.kind in UNASKED_FOR]
    if not _below(theirs, case.now, PER_DAY, PER_MONTH):
        return "not answered: its sender was told so often enough"
    if _is_known(case):
        return ""
    own_file = letter is Letter.UNREADABLE and not linked and not blank_forms(case.files)
    counted = {letter} if letter is Letter.NOT_UNDERSTOOD else UNASKED_FOR
    room = _has_room(case, counted, WITH_A_FILE if own_file else 1)
    return "" if room else "not answered: as many strangers were as may be lately"


def says_it_again(case: Case, draft: Draft) -> bool:
    """Whether an answer that tells of no change was given to the sender often enough."""
    about = {part.consultation.key for part in draft.parts if part.consultation}
    same = [
        sent.at
        for sent in case.facts.answers
        if sent.kind is draft.kind
        and (about.intersection(sent.consultations) or not (about or sent.consultations))
    ]
    return not _below(same, case.now, PER_DAY, PER_MONTH)


def _is_known(case: Case) -> bool:
    sender = case.email.sender
    return bool(case.facts.own) or (sender is not None and sender.email in case.rules.our_people)


def _answers_one(case: Case) -> bool:
    """Whether the mail answers such a letter of ours, by its thread or by the subject it has."""
    if any(sent.kind in UNASKED_FOR for sent in case.facts.answered):
        return True
    email = case.email
    said = f"{email.subject}\n{email.text}".casefold()
    subjects = {sent.subject.casefold() for sent in case.facts.unasked_for if sent.subject}
    return any(subject in said for subject in subjects)


def _has_room(case: Case, kinds: Set[Letter], times: int) -> bool:
    """Strangers share one allowance; those of each domain of the office's own have another."""
    group = _group(case.email.sender, case.rules)
    went = [
        sent.at
        for sent in case.facts.unasked_for
        if sent.kind in kinds
        and group in {_group(Address(email=r), case.rules) for r in sent.recipients}
    ]
    per_day, per_month = case.rules.strangers_per_day, case.rules.strangers_per_month
    return _below(went, case.now, per_day * times, per_month * times)


def _group(address: Address | None, rules: Rules) -> str:
    own = {a.rpartition("@")[2] for a in (*rules.our_addresses, *rules.our_people)}
    return address.domain if address and address.domain in own | rules.allowed_domains else ""


def _below(went: Iterable[datetime], now: datetime, per_day: int, per_month: int) -> bool:
    """0: no limit."""
    month = [at for at in went if at > now - MONTH]
    day = [at for at in month if at > now - DAY]
    return (not per_day or len(day) < per_day) and (not per_month or len(month) < per_month)
