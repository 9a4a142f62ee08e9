"""What is known when an act is judged, and what every judgement asks of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from intake.answers import spoken_to, words_for
from intake.desk.acts import Act, Refused
from intake.desk.forms import Drawn
from intake.steps import Case
from model import ENDED, Consultation, Reason, Word
from store import QueueState, Undelivered, Unsent


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """All that is known when an act is judged.

    `case` is the mail that the act is about, or one as the lead worker would have sent it; its
    facts hold `record` and `other` among the sender's own.
    """

    act: Act
    case: Case
    item: QueueState | None = None  #: the exception; it is open
    record: Consultation | None = None  #: the consultation that it is about
    other: Consultation | None = None  #: the one to link to, or to merge into
    drawn: Drawn | None = None  #: the form to be taken, complete and right
    waiting: tuple[Unsent, ...] = ()  #: mails about it that have not gone, where a word is said
    before: Mapping[str, Consultation] = field(default_factory=dict)  #: by key, before its merge
    closed: tuple[int, ...] = ()  #: exceptions about `record` that its merge settled
    theirs: tuple[int, ...] = ()  #: open exceptions about `other` from people of one merged into it
    undelivered: tuple[Undelivered, ...] = ()  #: to the addresses that are put right


def this_item(desk: Desk) -> tuple[int, ...]:
    """The exception, to be settled: not one about an address, which gets no mail until that is put
    right, or said to be."""
    item = desk.item
    return () if item is None or item.reason is Reason.BOUNCED else (item.id,)


def the_record(desk: Desk) -> Consultation:
    """The consultation that is meant. Raises `Refused` where that is not plain."""
    about = spoken_to(desk.case)
    record = desk.record or (about[0] if len(about) == 1 else None)
    if record is None:
        raise Refused("Say which consultation is meant.")
    return record


def sayable(record: Consultation | None) -> tuple[Word, ...]:
    """The words that can be said on its lead worker's behalf; all, where it is yet to be named."""
    return words_for(record) if record else tuple(Word)


def with_reason(desk: Desk) -> None:
    """Raises `Refused` where none was given."""
    if not desk.act.why.strip():
        raise Refused("Give a reason: it is kept in the audit trail.")


def name_of(record: Consultation) -> str:
    """What to call a consultation."""
    return record.reference or record.title or "This draft"


def standing(other: Consultation | None) -> Consultation:
    """The other consultation, if it is there and stands. Raises `Refused` otherwise."""
    if other is None:
        raise Refused("There is no such consultation in the register.")
    if other.status in ENDED:
        raise Refused(f"{name_of(other)} is {other.status}.")
    return other
