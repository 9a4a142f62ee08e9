"""Acts on a record that no mail can do: a merge, other people."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from intake.desk.acts import ChangePeople, Merge, Refused
from intake.desk.known import Desk, name_of, standing, the_record, this_item, with_reason
from intake.overtaken import ASKING, skip
from intake.people import answerable, join, reminded
from intake.steps import settled
from model import (
    ENDED,
    Change,
    Consultation,
    Decision,
    Draft,
    Letter,
    Part,
    Person,
    Reason,
    Role,
    Status,
    Wished,
)
from notifier.due import written_to
from store import Undelivered

#: Exceptions that a merge settles: nobody waits for that consultation any more.
_OVER = (Reason.INCOMPLETE, Reason.UNCONFIRMED, Reason.OUTCOMES_OVERDUE)


def merge(desk: Desk, doing: Merge) -> Decision:
    """Its people go over to the other one, which also takes what comes under its reference."""
    record, other = the_record(desk), standing(desk.other)
    with_reason(desk)
    if record.key == other.key:
        raise Refused("A consultation cannot be merged into itself.")
    if record.status is Status.MERGED:
        raise Refused(f"{name_of(record)} is merged already.")
    if record.form2 is not None and other.form2 is None:
        names = f"{name_of(record)} has outcomes and {name_of(other)} has none"
        raise Refused(f"{names}: merge the other way round.")
    gone = replace(record, status=Status.MERGED, merged_into=other.key)
    kept = replace(other, people=join(other.people, record.people))
    into, merged = {"into": other.reference or ""}, {"merged": record.reference or ""}
    return Decision(
        kind=None,
        outcome="merged",
        changes=(
            Change(event="merged", before=record, after=gone, detail=into),
            Change(event="took_over", before=other, after=kept, detail=merged),
        ),
        settles=(*this_item(desk), *settled(desk.case.facts, record, *_OVER)),
        drafts=tuple(_merged(desk, record, kept)) if doing.tell else (),
        about=(record.key, other.key),
    )


def _merged(desk: Desk, gone: Consultation, kept: Consultation) -> Iterator[Draft]:
    to, cc = written_to(gone)
    if to:
        details = {"was": gone.reference or "", "was_title": gone.title}
        yield Draft(
            key=f"{Letter.MERGED}:{desk.act.token}",
            kind=Letter.MERGED,
            to=to,
            cc=cc,
            parts=(Part(kind=Letter.MERGED, consultation=kept, details=details),),
            thread=gone.thread,
        )


def change_people(desk: Desk, doing: ChangePeople) -> Decision:
    """Staff leave. Somebody has to be left to write to."""
    record = the_record(desk)
    with_reason(desk)
    if record.status in ENDED:
        raise Refused(f"{name_of(record)} is {record.status}: its people stay as they are.")
    people = join((), doing.people)
    if not any(p.role is not Role.CC for p in people):
        raise Refused("Somebody has to be written to first: name one who is not only in copy.")
    if people == record.people and not doing.unblock:
        raise Refused("Nobody was changed.")
    if lost := [p.address.email for p in people if not answerable(p.address, desk.case.rules)]:
        raise Refused(f"No mail can ever go to {lost[0]}: give a person's own address.")
    after = replace(record, people=people)
    change = Change(event="people_changed", before=record, after=after)
    came_back = (one.came_back for one in desk.undelivered if one.came_back is not None)
    return Decision(
        kind=None,
        outcome="people_changed",
        changes=(change,) if people != record.people else (),
        settles=tuple(dict.fromkeys((*this_item(desk), *came_back))),
        drafts=(*(_told(desk, record, after) if doing.tell else ()), *_sent_on(desk, doing)),
        wished=tuple(_not_there(desk, record)),
        unblocked=doing.unblock,
    )


def _told(desk: Desk, before: Consultation, after: Consultation) -> Iterator[Draft]:
    """A letter to each who is new, and to whoever is written to now and was not before.

    Whoever only got another address is not new.
    """
    lead = reminded(after)
    moved = {p.address.email for p in after.people if _has_moved(p, before, after)}
    for person in after.people:
        to = person.address
        if to.email in moved:
            continue
        taken_over = to.email == lead != reminded(before)
        if person.role is not Role.CC and (taken_over or not before.includes(to)):
            details = {"lead": to.email == lead}
            part = Part(kind=Letter.NEW_CONTACT, consultation=after, details=details)
            key = f"{Letter.NEW_CONTACT}:{desk.act.token}:{to.email}"
            yield Draft(key=key, kind=Letter.NEW_CONTACT, to=(to,), parts=(part,))


def _has_moved(person: Person, before: Consultation, after: Consultation) -> bool:
    """Whether somebody of this name was there under an address that is there no more."""
    name = person.address.name.strip().casefold()
    gone = (p.address for p in before.people if not after.includes(p.address))
    is_new = not before.includes(person.address)
    return is_new and bool(name) and name in {one.name.strip().casefold() for one in gone}


def still_wanted(undelivered: Iterable[Undelivered]) -> tuple[Undelivered, ...]:
    """What is worth sending on: what asks for something only if no later mail took its place."""
    return tuple(one for one in undelivered if one.latest or one.mail.kind not in ASKING)


def _sent_on(desk: Desk, doing: ChangePeople) -> Iterator[Draft]:
    """To each new address what did not reach the old one: once, by its key."""
    for one in still_wanted(desk.undelivered):
        for to in (new for old, new in doing.instead.items() if old in one.missed_by):
            key = f"{one.mail.key}:to:{to.email}"
            yield Draft(key=key, kind=one.mail.kind, to=(to,), parts=(), copy_of=one.mail)


def _not_there(desk: Desk, record: Consultation) -> Iterator[Wished]:
    """What waits for the old addresses alone never goes there, though they get mail again."""
    for one in desk.undelivered:
        if one.waits_for_them:
            yield skip(one.mail.id, one.mail.key, record.key)
