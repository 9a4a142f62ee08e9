"""Letters that still wait in the outbox when a change makes what they say untrue."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from model import (
    PROGRAM,
    WATCHED,
    Change,
    ClockRules,
    Consultation,
    Decision,
    Letter,
    Status,
    Wish,
    Wished,
)
from notifier.due import steps
from store import Transaction, Unsent

#: Given as the reason, in the audit trail and on the pages.
WHY = "overtaken by what happened since"

#: What the clock writes, and of which consultations it is true.
_BY_THE_CLOCK = {
    Letter.CONFIRM_REMINDER: (Status.AWAITING_CONFIRMATION,),
    Letter.COMPLETION_NOTE: (Status.REGISTERED,),
    Letter.CHASER: (Status.REGISTERED,),
}
#: The same of answers that ask for something, promise it or give a day.
_ANSWERS = {
    Letter.INCOMPLETE: (Status.DRAFT, *WATCHED),
    Letter.SIMILAR: (Status.AWAITING_CONFIRMATION,),
    Letter.REMINDERS_AGAIN: WATCHED,
    Letter.CONFIRMED: (Status.REGISTERED, Status.COMPLETE),
    Letter.EXTENDED: (Status.REGISTERED,),
}
#: Letters that ask their reader for something, promise it or give a day.
ASKING = frozenset({*_BY_THE_CLOCK, *_ANSWERS} - {Letter.CONFIRMED})


def without_overtaken(
    transaction: Transaction, decision: Decision, clock: ClockRules, *, by_hand: bool = False
) -> Decision:
    """The decision, and with it that what it makes untrue does not go any more.

    Of a mail, that is what the clock wrote: each mail of theirs gets its answer, in its turn. A
    person (`by_hand`) settles what an answer would still ask for.
    """
    known = {wished.key for wished in decision.wished}
    skipped = tuple(
        wished
        for change in decision.changes
        if change.before is not None and _may_matter(change.before, change.after)
        for wished in _skips(change, transaction.unsent_about(change.after.key), clock, by_hand)
        if wished.key not in known
    )
    return replace(decision, wished=(*decision.wished, *skipped)) if skipped else decision


def _may_matter(before: Consultation, after: Consultation) -> bool:
    """Most changes are of answers, and nothing has to be asked."""
    return (before.status, before.stopped_at, before.end_date, before.outcomes_due) != (
        after.status,
        after.stopped_at,
        after.end_date,
        after.outcomes_due,
    )


def _skips(
    change: Change, waiting: Iterable[Unsent], clock: ClockRules, by_hand: bool
) -> Iterator[Wished]:
    key = change.after.key
    for mail in waiting:
        of_this_alone = all(one.key == key for one in mail.about)
        if of_this_alone and is_overtaken(mail.kind, mail.key, change, clock, by_hand=by_hand):
            yield skip(mail.id, mail.key, key)


def skip(number: int, key: str, about: str) -> Wished:
    """That a mail in the outbox never goes: nobody wished it. `about`: key of the consultation."""
    return Wished(
        wish=Wish.SKIP, key=key, consultation=about, outgoing=number, who=PROGRAM, why=WHY
    )


def is_overtaken(
    kind: Letter, key: str, change: Change, clock: ClockRules, *, by_hand: bool = False
) -> bool:
    """Whether a letter about a consultation is no longer true after a change of it. Pure.

    What the clock wrote is not where the clock would not write it any more, by its key.
    """
    before, after = change.before, change.after
    assert before is not None
    true_of = {**_BY_THE_CLOCK, **(_ANSWERS if by_hand else {})}.get(kind)
    if true_of is None:
        return False
    if after.status not in true_of:
        return True
    if kind is Letter.INCOMPLETE:
        return before.status is Status.DRAFT is not after.status
    if kind is Letter.REMINDERS_AGAIN:
        return after.stopped_at is not None
    if kind is Letter.EXTENDED:
        return before.outcomes_due != after.outcomes_due
    return key in _keys(before, clock) - _keys(after, clock)


def _keys(record: Consultation, clock: ClockRules) -> set[str]:
    return {step.key for step in steps(record, clock)}
