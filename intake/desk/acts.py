"""What a person at the desk can do, as values: an `Act` is one click on one item."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import ClassVar

from model import Address, Permanent, Person, Problem, Word
from parsers.typed import Typed


class Refused(Permanent):
    """What was asked for cannot be done as things are. `problems`: the answers that are wrong."""

    def __init__(self, why: str, problems: tuple[Problem, ...] = ()) -> None:
        super().__init__(why)
        self.problems = problems


@dataclass(frozen=True, slots=True, kw_only=True)
class Accept:
    """Take a form as if it had come with these answers in it. `fields`: only those put right."""

    name: ClassVar[str] = "accept"
    fields: Mapping[str, Typed] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """The mail belongs to this consultation; a form in it is taken as its own."""

    name: ClassVar[str] = "link"
    to: str  #: key or reference


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """Write to the sender, or to a consultation's people, in a person's own words."""

    name: ClassVar[str] = "reply"
    subject: str
    text: str
    settles: bool = True  #: whether the exception is settled by it


@dataclass(frozen=True, slots=True, kw_only=True)
class AskAgain:
    """Send the letter that asked for something once more; the exception stays open."""

    name: ClassVar[str] = "ask_again"


@dataclass(frozen=True, slots=True, kw_only=True)
class Say:
    """Say a word on the lead worker's behalf. `until`: of EXTEND."""

    name: ClassVar[str] = "say"
    word: Word
    until: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RemindAgain:
    """Let the reminders come again that STOP ended."""

    name: ClassVar[str] = "remind_again"


@dataclass(frozen=True, slots=True, kw_only=True)
class SetAside:
    """Nothing more is needed; of a bounce, its addresses get mail again."""

    name: ClassVar[str] = "set_aside"


@dataclass(frozen=True, slots=True, kw_only=True)
class SendAgain:
    """Send a mail of ours once more that failed, or of which nobody knows whether it arrived."""

    name: ClassVar[str] = "send_again"


@dataclass(frozen=True, slots=True, kw_only=True)
class Edit:
    """Change answers of a form that is in the register. `tell`: write to its people."""

    name: ClassVar[str] = "edit"
    form: str
    fields: Mapping[str, Typed]
    tell: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Merge:
    """Let another consultation take the place of this one. `tell`: write to its people."""

    name: ClassVar[str] = "merge"
    into: str  #: key or reference
    tell: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Separate:
    """Let one that was merged be a consultation of its own again."""

    name: ClassVar[str] = "separate"


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangePeople:
    """Let these be the consultation's people, whoever is written to first in front.

    `tell`: write to whoever is new, or is now written to first. `instead`: an address, in
    lower case -> who has its place now. `send_on`: what did not reach the first goes there.
    """

    name: ClassVar[str] = "change_people"
    people: tuple[Person, ...]
    unblock: tuple[str, ...] = ()  #: addresses that get mail again, though one came back
    tell: bool = False
    instead: Mapping[str, Address] = field(default_factory=dict)
    send_on: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class OnMail:
    """An act on a mail that has not gone, by its key: in the outbox, or to be brought by the clock.

    `seen`: in which state it was shown. Of one that is to come, `Act.consultation` is needed.
    """

    name: ClassVar[str] = ""
    key: str
    seen: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Pause(OnMail):
    """It waits until it is resumed; of one to come, all that the clock brings about it do."""

    name: ClassVar[str] = "pause"


@dataclass(frozen=True, slots=True, kw_only=True)
class Resume(OnMail):
    """What was paused, or skipped before it was written, goes as if nothing had been said."""

    name: ClassVar[str] = "resume"


@dataclass(frozen=True, slots=True, kw_only=True)
class SendNow(OnMail):
    """It does not wait for its day, its hour or its next attempt; the caps still hold."""

    name: ClassVar[str] = "send_now"


@dataclass(frozen=True, slots=True, kw_only=True)
class Skip(OnMail):
    """It never goes."""

    name: ClassVar[str] = "skip"


Doing = (
    Accept
    | Link
    | Reply
    | AskAgain
    | Say
    | RemindAgain
    | SetAside
    | SendAgain
    | Edit
    | Merge
    | Separate
    | ChangePeople
    | OnMail
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """One act of one person on an exception or on a consultation."""

    token: str  #: of the form that was shown: sent twice, it does nothing the second time
    who: str
    doing: Doing
    exception: int | None = None
    consultation: str | None = None  #: key or reference; None: the exception's own
    why: str = ""  #: kept in the audit trail
    seen: int | None = None  #: the version that was shown of the exception, or else of the record
