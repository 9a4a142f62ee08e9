"""A consultation's people, changed by a person (process section "People"): no mail can do that."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from intake.desk.acts import ChangePeople, Refused
from intake.desk.known import Desk, name_of, the_record, with_reason
from intake.overtaken import ASKING, skip
from intake.people import answerable, join, with_contact, without_contact
from intake.proposals import unanswered
from model import (
    ENDED,
    SENT_ON,
    Address,
    Change,
    Consultation,
    Decision,
    Draft,
    Letter,
    Part,
    Person,
    Role,
    Wished,
)
from store import Undelivered


@dataclass(frozen=True, slots=True, kw_only=True)
class _Turn:
    """Its people before and after. `instead`: an address that is there no more -> who is there."""

    before: Consultation
    people: tuple[Person, ...]
    instead: Mapping[str, Address]

    @property
    def speak(self) -> dict[str, Address]:
        """Who may speak for it now, by address, whoever is written to in front."""
        return {p.address.email: p.address for p in self.people if p.role is not Role.CC}

    @property
    def moved(self) -> dict[str, Address]:
        """Of `instead`, those who are the same people at another address."""
        names = {p.address.email: p.address.name for p in self.before.people}
        return {old: new for old, new in self.instead.items() if names.get(old) == new.name}

    @property
    def takes_over(self) -> bool:
        """Whether somebody else is written to than before."""
        before = self.before.lead_worker
        if before is None:
            return True
        same = (before.email, *(n.email for o, n in self.moved.items() if o == before.email))
        return next(iter(self.speak)) not in same


def change_people(desk: Desk, doing: ChangePeople) -> Decision:
    """Staff leave. Somebody has to be left to write to."""
    record = the_record(desk)
    with_reason(desk)
    if record.status in ENDED:
        raise Refused(f"{name_of(record)} is {record.status}: its people stay as they are.")
    people = without_contact(join((), doing.people))
    if not any(p.role is not Role.CC for p in people):
        raise Refused("Somebody has to be written to first: name one who is not only in copy.")
    if people == without_contact(record.people) and not doing.unblock:
        raise Refused("Nobody was changed.")
    if lost := [p.address.email for p in people if not answerable(p.address, desk.case.rules)]:
        raise Refused(f"No mail can ever go to {lost[0]}: give a person's own address.")
    turn = _Turn(before=record, people=people, instead=doing.instead)
    after = replace(record, people=with_contact(people, _named_contact(turn)))
    change = Change(event="people_changed", before=record, after=after)
    came_back = (one.came_back for one in desk.undelivered if one.came_back is not None)
    return Decision(
        kind=None,
        outcome="people_changed",
        changes=(*((change,) if after != record else ()), *_in_merged(desk, turn)),
        settles=tuple(dict.fromkeys((*((desk.item.id,) if desk.item else ()), *came_back))),
        drafts=(*(_told(desk, turn, after) if doing.tell else ()), *_sent_on(desk, doing)),
        wished=tuple(_not_there(desk, record)),
        unblocked=doing.unblock,
    )


def _in_merged(desk: Desk, turn: _Turn) -> Iterator[Change]:
    """The same person has the place in what was merged into it: copies go by that, and it may be
    separated again.
    """
    for gone in desk.case.merged_into(turn.before):
        placed = (
            replace(p, address=turn.instead.get(p.address.email, p.address)) for p in gone.people
        )
        after = replace(gone, people=join((), tuple(placed)))
        if after != gone:
            yield Change(event="people_changed", before=gone, after=after)


def _named_contact(turn: _Turn) -> Address | None:
    """The named contact that others are given from now on. None: the one whom Form 1 names.

    It is whoever stands in the contact's place; or who is written to now, where that is somebody
    else and the contact was written to before, or is not there to speak for it any more.
    """
    named = turn.before.contact
    was, name = (named["email"] or "").lower(), named["lead_worker"] or ""
    spoke = {p.address.email: p for p in turn.before.people if p.role is not Role.CC}
    lead = next(iter(turn.speak.values()))
    if (new := turn.instead.get(was)) is not None and new.email in turn.speak:
        return new if new.name or "@" in name else replace(new, name=name)
    if turn.takes_over and (was not in spoke or was == next(iter(spoke))):
        return lead
    if was not in spoke:
        return None
    if was not in turn.speak:
        return lead
    as_before = spoke[was].role is not Role.CONTACT and spoke[was].address == turn.speak[was]
    return None if as_before else turn.speak[was]


def _told(desk: Desk, turn: _Turn, after: Consultation) -> Iterator[Draft]:
    """A letter to each who is new, and to whoever is written to now and was not before.

    Whoever only got another address is not new.
    """
    lead, moved = next(iter(turn.speak)), {new.email for new in turn.moved.values()}
    asked = unanswered(desk.case, after)
    for to in turn.speak.values():
        taken_over = to.email == lead and turn.takes_over
        if to.email not in moved and (taken_over or not turn.before.includes(to)):
            named = to.email == str(after.contact["email"] or "").lower()
            details = {"lead": to.email == lead, "named": named}
            part = Part(kind=Letter.NEW_CONTACT, consultation=after, matches=asked, details=details)
            key = f"{Letter.NEW_CONTACT}:{desk.act.token}:{to.email}"
            yield Draft(key=key, kind=Letter.NEW_CONTACT, to=(to,), parts=(part,))


def still_wanted(undelivered: Iterable[Undelivered]) -> tuple[Undelivered, ...]:
    """What is worth sending on: what asks for something only if no later mail took its place.

    With a chaser also the note before it, which has the Form 2 that is asked for.
    """
    missed = tuple(undelivered)
    chased = any(one.latest and one.mail.kind is Letter.CHASER for one in missed)
    always = Letter.COMPLETION_NOTE if chased else None
    return tuple(
        one
        for one in missed
        if one.latest or one.mail.kind not in ASKING or one.mail.kind is always
    )


def _sent_on(desk: Desk, doing: ChangePeople) -> Iterator[Draft]:
    """To each new address what did not reach the old one: once, by its key."""
    for one in still_wanted(desk.undelivered):
        for to in (new for old, new in doing.instead.items() if old in one.missed_by):
            key = f"{one.mail.key}{SENT_ON}{to.email}"
            yield Draft(key=key, kind=one.mail.kind, to=(to,), parts=(), copy_of=one.mail)


def _not_there(desk: Desk, record: Consultation) -> Iterator[Wished]:
    """What waits for the old addresses alone never goes there, though they get mail again."""
    for one in desk.undelivered:
        if one.waits_for_them:
            yield skip(one.mail.id, one.mail.key, record.key)
