"""Acts on a record that no mail can do: a merge, other people."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from intake.desk.acts import ChangePeople, Merge, Refused
from intake.desk.known import ENDED, Desk, name_of, standing, the_record, this_item, with_reason
from intake.people import answerable, join, reminded
from intake.steps import settled
from model import (
    Change,
    Consultation,
    Decision,
    Draft,
    Letter,
    Part,
    Reason,
    Role,
    Status,
    Wish,
    Wished,
)

#: Letters that ask for something of a consultation, or say that we shall.
_ASKING = frozenset(
    {
        Letter.SIMILAR,
        Letter.INCOMPLETE,
        Letter.COMPLETION_NOTE,
        Letter.CHASER,
        Letter.CONFIRM_REMINDER,
        Letter.REMINDERS_AGAIN,
    }
)
#: Exceptions that a merge settles: nobody waits for that consultation any more.
_OVER = (Reason.INCOMPLETE, Reason.UNCONFIRMED, Reason.OUTCOMES_OVERDUE)


def merge(desk: Desk, _doing: Merge) -> Decision:
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
        wished=tuple(_no_longer_true(desk, record)),
        settles=(*this_item(desk), *settled(desk.case.facts, record, *_OVER)),
        about=(record.key, other.key),
    )


def _no_longer_true(desk: Desk, record: Consultation) -> Iterator[Wished]:
    """What waits to ask its people for something, or to promise it, does not go any more."""
    for mail in desk.waiting:
        if mail.kind in _ASKING and all(one.key == record.key for one in mail.about):
            yield Wished(wish=Wish.SKIP, key=mail.key, consultation=record.key, outgoing=mail.id)


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
    return Decision(
        kind=None,
        outcome="people_changed",
        changes=(change,) if people != record.people else (),
        settles=this_item(desk),
        drafts=(*(_told(desk, record, after) if doing.tell else ()), *_sent_on(desk, doing)),
        unblocked=doing.unblock,
    )


def _told(desk: Desk, before: Consultation, after: Consultation) -> Iterator[Draft]:
    """A letter to each who is new, and to whoever is written to now and was not before."""
    lead = reminded(after)
    for person in after.people:
        to = person.address
        taken_over = to.email == lead != reminded(before)
        if person.role is not Role.CC and (taken_over or not before.includes(to)):
            details = {"lead": to.email == lead}
            part = Part(kind=Letter.NEW_CONTACT, consultation=after, details=details)
            key = f"{Letter.NEW_CONTACT}:{desk.act.token}:{to.email}"
            yield Draft(key=key, kind=Letter.NEW_CONTACT, to=(to,), parts=(part,))


def _sent_on(desk: Desk, doing: ChangePeople) -> Iterator[Draft]:
    """What came back, to each who should have had it: once, by its key."""
    mail = desk.came_back
    for to in doing.send_on if mail else ():
        assert mail
        yield Draft(
            key=f"{mail.key}:to:{to.email}", kind=mail.kind, to=(to,), parts=(), copy_of=mail
        )
