"""Two entries of the register that are one consultation: no mail can say that."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from intake.desk.acts import Merge, Refused, Separate
from intake.desk.known import Desk, name_of, standing, the_record, this_item, with_reason
from intake.people import join, without_contact
from intake.proposals import unanswered
from intake.steps import settled
from model import ENDED, Change, Consultation, Decision, Draft, Hold, Letter, Part, Reason, Status
from notifier.due import written_to
from notifier.outline import short_day

#: Exceptions that a merge settles: nobody waits for that consultation any more.
_OVER = (Reason.INCOMPLETE, Reason.UNCONFIRMED, Reason.OUTCOMES_OVERDUE)


def merge(desk: Desk, doing: Merge) -> Decision:
    """Its people go over to the other one, which also takes what comes under its reference."""
    record, other = the_record(desk), standing(desk.other)
    with_reason(desk)
    if record.key == other.key:
        raise Refused("A consultation cannot be merged into itself.")
    if record.status in ENDED:
        raise Refused(f"{name_of(record)} is {record.status} already.")
    if record.form2 is not None and other.form2 is None:
        names = f"{name_of(record)} has outcomes and {name_of(other)} has none"
        raise Refused(f"{names}: merge the other way round.")
    gone = replace(record, status=Status.MERGED, merged_into=other.key)
    kept = replace(other, people=join(other.people, without_contact(record.people)))
    into, merged = {"into": other.reference or ""}, {"merged": record.reference or ""}
    return Decision(
        kind=None,
        outcome="merged",
        changes=(
            Change(event="merged", before=record, after=gone, detail=into),
            Change(event="took_over", before=other, after=kept, detail=merged),
        ),
        settles=(*this_item(desk), *settled(desk.case.facts, record, *_OVER)),
        drafts=tuple(_told(desk, record, kept)) if doing.tell else (),
        about=(record.key, other.key),
    )


def separate(desk: Desk, _doing: Separate) -> Decision:
    """It stands as before the merge, and its people leave the other one.

    What came in since stays with the other one: nobody but a person can say whose it was.
    """
    record, other = the_record(desk), desk.other
    with_reason(desk)
    if record.status is not Status.MERGED or other is None:
        raise Refused(f"{name_of(record)} is not merged into another one.")
    if other.status is Status.MERGED:
        raise Refused(f"{name_of(other)} was merged into another one since: separate that first.")
    was, other_was = desk.before.get(record.key), desk.before.get(other.key)
    if was is None or other_was is None:
        raise Refused("Nobody knows any more how they were before the merge.")
    again = replace(record, status=was.status, merged_into=None)
    left = tuple(
        p for p in other.people if other_was.includes(p.address) or not record.includes(p.address)
    )
    stays = replace(other, people=left)
    since = since_the_merge(other_was, stays)
    return Decision(
        kind=None,
        outcome="separated",
        moves=dict.fromkeys(desk.theirs, record.key),
        changes=(
            Change(event="separated", before=record, after=again, detail={"from": name_of(other)}),
            Change(event="let_go", before=other, after=stays, detail={"merged": name_of(record)}),
        ),
        holds=(_to_be_looked_at(desk, again, stays, since),) if since else (),
        settles=this_item(desk),
        reopens=desk.closed,
        drafts=tuple(_told_apart(desk, again, stays, since)),
        about=(record.key, other.key),
    )


def since_the_merge(was: Consultation, now: Consultation) -> tuple[str, ...]:
    """What became of the one that took the other's place, a clause each: whose it was, nobody knows
    but a person.
    """
    due = f"outcomes are due on {short_day(now.outcomes_due)} now" if now.outcomes_due else ""
    told = {
        f"it is {now.status.replace('_', ' ')} now": now.status is not was.status,
        "its reminders were stopped": now.stopped_at is not None and was.stopped_at is None,
        due: bool(due) and now.outcomes_due != was.outcomes_due,
        "Form 1 was changed": now.form1 != was.form1,
        "Form 2 came": now.form2 is not None and was.form2 is None,
        "Form 2 was changed": was.form2 is not None and now.form2 != was.form2,
    }
    return tuple(clause for clause, true in told.items() if true)


def _to_be_looked_at(
    desk: Desk, again: Consultation, stays: Consultation, since: tuple[str, ...]
) -> Hold:
    why = f"{name_of(again)} was separated from it. While the two were one: {'; '.join(since)}"
    return Hold(
        key=f"{Reason.NEEDS_ANSWER}:{stays.key}:{desk.act.token}",
        reason=Reason.NEEDS_ANSWER,
        consultation=stays.key,
        detail={"why": f"{why}. Look whether all of that is its own"},
    )


def _told_apart(
    desk: Desk, again: Consultation, stays: Consultation, since: tuple[str, ...]
) -> Iterator[Draft]:
    for mine, theirs in ((again, stays), (stays, again)):
        to, cc = written_to(mine)
        details: dict[str, Any] = {"other": theirs.reference or "", "other_title": theirs.title}
        if mine is stays:
            details |= {"stays": True, "since": since}
        if to and mine.status not in ENDED:
            key = f"{Letter.SEPARATED}:{desk.act.token}:{mine.key}"
            yield replace(_letter(desk, Letter.SEPARATED, key, mine, details), to=to, cc=cc)


def _told(desk: Desk, gone: Consultation, kept: Consultation) -> Iterator[Draft]:
    """To the people of the one that ends, and to whom is written to about the one that stays."""
    was: dict[str, Any] = {"was": gone.reference or "", "was_title": gone.title}
    key = f"{Letter.MERGED}:{desk.act.token}"
    to, cc = written_to(gone)
    lead = kept.lead_worker
    other = lead if lead and lead.email not in {a.email for a in (*to, *cc)} else None
    if to:
        details = {**was, "first": other.name or other.email} if other else was
        ours = _letter(desk, Letter.MERGED, key, kept, details)
        yield replace(ours, to=to, cc=cc, thread=gone.thread)
    if other:
        details = {**was, "stays": True, "joined": tuple(a.name or a.email for a in to)}
        yield replace(_letter(desk, Letter.MERGED, f"{key}:stays", kept, details), to=(other,))


def _letter(
    desk: Desk, kind: Letter, key: str, about: Consultation, details: Mapping[str, Any]
) -> Draft:
    """To nobody yet."""
    asked = unanswered(desk.case, about)
    part = Part(kind=kind, consultation=about, matches=asked, details=details)
    return Draft(key=key, kind=kind, to=(), parts=(part,), thread=about.thread)
