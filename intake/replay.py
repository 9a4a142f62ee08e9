"""One stored mail, run again with today's code and settings; what it did before is not doubled."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from intake.decide import decide
from intake.overtaken import without_overtaken
from intake.process import House, composed, gather, opened, question
from intake.steps import File
from model import Decision, Draft, InboundEmail, Permanent, Transient
from store.again import Past


@dataclass(frozen=True, slots=True, kw_only=True)
class Replayed:
    """What running it again came to."""

    before: Past
    decision: Decision | None  #: None: it had done its work, and nothing was changed
    letters: tuple[Draft, ...] = ()  #: those that are new
    settled: tuple[int, ...] = ()  #: exceptions that are closed now


def replay(house: House, mail_id: int, now: datetime, *, who: str) -> Replayed:
    """Handle a stored mail once more, in one transaction.

    A mail that changed a record is left as it is: what came after it must not be undone. For any
    other, its open exceptions are settled by the new decision unless that holds them anew, and an
    answer goes out only if none of its kind did. Raises `Permanent` for a mail that there is not,
    and whatever handling it raises; then nothing is changed.
    """
    stored = house.store.mail(mail_id)
    if stored is None:
        raise Permanent(f"There is no mail {mail_id} in the database.")
    email, files = opened(house, stored)
    with house.store.transaction() as transaction:
        before = transaction.past(mail_id)
        assert before is not None
        if before.did_its_work:
            return Replayed(before=before, decision=None)
        transaction.reopen(mail_id)
        facts = gather(house, transaction, email, files, mail_id=mail_id, now=now)
        decision = decide(email, files, facts, house.rules, now, similar=house.similar)
        decision = without_overtaken(transaction, _beside(decision, before), house.clock)
        transaction.apply(
            decision,
            mail_id=mail_id,
            email=email,
            readings=tuple(reading for _file, reading in files),
            outgoing=composed(house, decision.drafts, now),
            now=now,
            who=who,
        )
    return Replayed(
        before=before,
        decision=decision,
        letters=tuple(d for d in decision.drafts if d.key not in before.letters),
        settled=tuple(number for number in decision.settles if number in before.held),
    )


def comes_to_more(
    house: House, mail_id: int, email: InboundEmail, files: tuple[File, ...] | None, now: datetime
) -> bool:
    """Whether handling a stored mail once more would come to anything else than it did, as things
    are. Nothing is changed, and no lock is taken.

    `files` of None were not read again: with them it may. Raises `Transient` alone.
    """
    views = house.store.views
    before = views.past(mail_id)
    if before is None or before.did_its_work:
        return False
    if files is None:
        return True
    try:
        facts = views.facts(question(house.rules, email, files, mail_id, now))
        decision = _beside(decide(email, files, facts, house.rules, now), before)
    except Transient:
        raise
    except Exception:  # as when it came
        return False
    written = any(draft.key not in before.letters for draft in decision.drafts)
    return bool(decision.changes or decision.settles or decision.blocked or written)


def _beside(decision: Decision, before: Past) -> Decision:
    """The decision, with what is open about the mail settled, and new answers beside old ones."""
    again = {hold.key for hold in decision.holds}
    settled = (number for number, key in before.held.items() if key not in again)
    return replace(
        decision,
        settles=tuple(dict.fromkeys((*decision.settles, *settled))),
        drafts=tuple(_named(draft, before) for draft in decision.drafts),
    )


def _named(draft: Draft, before: Past) -> Draft:
    """With a key of its own where the mail was answered otherwise before: it repeats nothing."""
    if before.letters.get(draft.key, draft.kind) == draft.kind:
        return draft
    return replace(draft, key=f"{draft.key}:{draft.kind}")
