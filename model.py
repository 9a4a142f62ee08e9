"""The words every room shares: what travels between them, and the one error tree.

Everything here is a frozen value made of the standard library. Nothing here reads a clock, a disk
or a network, and no room's own types (ORM rows, MIME parts, Word trees) ever appear.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from pathlib import PurePath
from traceback import extract_tb
from typing import Any, Literal, Protocol
from zoneinfo import ZoneInfo

# --------------------------------------------------------------------------- errors


class AskOnceError(Exception):
    """Any fault the software names itself: what happened, where, and what to do next."""


class Transient(AskOnceError):
    """Will probably pass by itself (server away, disk full, database locked): try again later."""


class Permanent(AskOnceError):
    """Will not pass by itself: a person has to change something."""


class Conflict(Permanent):
    """Somebody else, or something, was there first: nothing was done."""


class SettingsError(Permanent):
    """The settings cannot be used. `faults` lists every one, each with its key."""

    def __init__(self, faults: tuple[str, ...]) -> None:
        super().__init__("\n".join(faults))
        self.faults = faults


#: What turns the letters beside it round, or stands unseen between them: marks of direction,
#: overrides and isolates (Unicode's annex 9), spaces of no width, tags.
_UNSEEN = re.compile(
    "[\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\U000e0000-\U000e007f]"
)


def as_it_stands(text: str) -> str:
    """A text without what would have it read otherwise than it is: "exe.docx" may be "xcod.exe".

    For whatever strangers wrote, wherever it is shown: names of files, subjects, senders.
    """
    return _UNSEEN.sub("", text)


def where_it_failed(fault: BaseException) -> str:
    """What kind of fault and where, innermost last: "KeyError at decide.py:63, steps.py:120".

    For logs and the queue, which must never hold what a mail said: a fault's own text may.
    """
    places = extract_tb(fault.__traceback__)[-4:]
    at = ", ".join(f"{PurePath(p.filename).name}:{p.lineno}" for p in places)
    return f"{type(fault).__name__} at {at}"


# --------------------------------------------------------------------------- the office's words


class Status(StrEnum):
    """Where a consultation stands (process table "Every event on every status")."""

    DRAFT = "draft"
    AWAITING_CONFIRMATION = "awaiting_confirmation"
    REGISTERED = "registered"
    COMPLETE = "complete"
    WITHDRAWN = "withdrawn"
    AWAITING_APPROVAL = "awaiting_approval"
    MERGED = "merged"


#: The clock watches these, and reminds their people.
WATCHED = (Status.AWAITING_CONFIRMATION, Status.REGISTERED)
#: Outcomes may be logged on these (process table "Every event on every status").
TAKES_OUTCOMES = (*WATCHED, Status.COMPLETE)
#: Nothing is expected of these, said of them or changed in them any more.
ENDED = frozenset({Status.WITHDRAWN, Status.MERGED})


class Kind(StrEnum):
    """What a mail that came in is (process table "What a mail can be"), in the table's order."""

    OUR_OWN = "our_own"
    BOUNCE = "bounce"
    DELAY_NOTICE = "delay_notice"
    AUTOMATIC = "automatic"
    FROM_OUR_PEOPLE = "from_our_people"
    UNVERIFIED = "unverified"
    NOT_ALLOWED = "not_allowed"
    FORM = "form"
    WORD = "word"
    REPLY = "reply"
    UNREADABLE = "unreadable"
    TOO_LARGE = "too_large"
    OTHER = "other"
    NO_ADDRESS = "no_address"
    DUPLICATE = "duplicate"
    FAILED = "failed"


class Word(StrEnum):
    """What a lead worker can say in a plain reply (process section "Words")."""

    PROCEED = "proceed"
    WITHDRAW = "withdraw"
    EXTEND = "extend"
    STOP = "stop"


class Letter(StrEnum):
    """The kind of a mail that goes out: the value of its `X-Ask-Once` header."""

    REGISTERED = "registered"
    SIMILAR = "similar"
    INCOMPLETE = "incomplete"
    REVISED = "revised"
    REPEAT = "repeat"
    CONFIRMED = "confirmed"
    WITHDRAWN = "withdrawn"
    EXTENDED = "extended"
    STOPPED = "stopped"
    REMINDERS_AGAIN = "reminders_again"
    OUTCOMES_LOGGED = "outcomes_logged"
    OUTCOMES_UNMATCHED = "outcomes_unmatched"
    UNREADABLE = "unreadable"
    NOT_UNDERSTOOD = "not_understood"
    COMPLETION_NOTE = "completion_note"
    CHASER = "chaser"
    CONFIRM_REMINDER = "confirm_reminder"
    POD_REQUEST = "pod_request"
    SIMILAR_NOTICE = "similar_notice"
    NEW_CONTACT = "new_contact"
    MERGED = "merged"
    SEPARATED = "separated"
    DIGEST = "digest"
    ALERT = "alert"
    ANSWER = "answer"


#: Kinds that no mail to us asked for (RFC 3834 section 5: auto-generated); all others answer one.
UNASKED = frozenset(
    {
        Letter.COMPLETION_NOTE,
        Letter.CHASER,
        Letter.CONFIRM_REMINDER,
        Letter.POD_REQUEST,
        Letter.SIMILAR_NOTICE,
        Letter.REMINDERS_AGAIN,
        Letter.NEW_CONTACT,
        Letter.MERGED,
        Letter.SEPARATED,
        Letter.DIGEST,
        Letter.ALERT,
    }
)


class Reason(StrEnum):
    """Why something is in the exceptions queue."""

    INCOMPLETE = "incomplete"
    UNREADABLE_DOCUMENT = "unreadable_document"
    NO_FORM = "no_form"
    OUTCOMES_UNMATCHED = "outcomes_unmatched"
    NEEDS_ANSWER = "needs_answer"
    BOUNCED = "bounced"
    SENDER_UNVERIFIED = "sender_unverified"
    SENDER_NOT_ALLOWED = "sender_not_allowed"
    UNCONFIRMED = "unconfirmed"
    OUTCOMES_OVERDUE = "outcomes_overdue"
    TOO_MANY = "too_many"
    DELIVERY_FAILED = "delivery_failed"
    DELIVERY_UNCERTAIN = "delivery_uncertain"
    NOT_FROM_A_PERSON = "not_from_a_person"
    TOO_LARGE = "too_large"
    FAILED = "failed"


class Code(StrEnum):
    """What can be wrong with one field, or with a file (forms.md, "What reading gives")."""

    MISSING = "missing"
    DATE_UNREADABLE = "date_unreadable"
    DATE_APPROXIMATE = "date_approximate"
    NUMBER_UNREADABLE = "number_unreadable"
    EMAIL_UNREADABLE = "email_unreadable"
    END_BEFORE_START = "end_before_start"
    CHOICE_UNKNOWN = "choice_unknown"
    REFERENCE_INVALID = "reference_invalid"
    NOT_A_FORM = "not_a_form"
    ENCRYPTED = "encrypted"
    DAMAGED = "damaged"
    TOO_LARGE = "too_large"
    UNSAFE = "unsafe"
    UNSUPPORTED_TYPE = "unsupported_type"


# --------------------------------------------------------------------------- forms

#: A form's fields as reading gives them: key -> None, text, whole number, true/false, ISO date
#: text, list of choices, {"from": int, "to": int}, or a list of action rows. JSON as it stands.
Fields = Mapping[str, Any]

FORM1, FORM2 = "form1", "form2"


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """Something a person has to know about one field (or, with `field` None, about a file)."""

    field: str | None
    code: Code
    seen: str = ""  #: what stood there, as typed; "" for nothing


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """Where a value was read and how sure the reading is."""

    where: str  #: "table 2, row 5" or "sheet Form, cell C7" or "paragraph 12"
    seen: str  #: the text as it stood there
    certainty: float = 1.0  #: 1.0 is certain; below that the reply and the queue say so


@dataclass(frozen=True, slots=True, kw_only=True)
class Submission:
    """One filled-in form as read from one file."""

    form: str  #: FORM1 or FORM2
    fields: Fields  #: every key of the form is present
    problems: tuple[Problem, ...] = ()
    origins: Mapping[str, Origin] = field(default_factory=dict)
    file: str = ""

    def __getitem__(self, key: str) -> Any:
        return self.fields.get(key)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What became of one file: the forms in it, or (with none) the verdict saying why."""

    file: str
    submissions: tuple[Submission, ...] = ()
    verdict: Problem | None = None


# --------------------------------------------------------------------------- mail coming in


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """A mailbox of somebody's. `email` is lower case; `name` may be empty."""

    email: str
    name: str = ""

    @property
    def domain(self) -> str:
        """The part after the @."""
        return self.email.rpartition("@")[2]


@dataclass(frozen=True, slots=True, kw_only=True)
class MailRef:
    """Where a mail lies: mailbox name, UIDVALIDITY and UID (RFC 9051 2.3.1.1), and its size.

    In a Maildir the UID is the file's unique name with its time of arrival, and UIDVALIDITY is "0".
    `arrived_at` is the server's own time (INTERNALDATE, the file's), aware.
    """

    mailbox: str
    uidvalidity: str
    uid: str
    arrived_at: datetime
    size: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Attachment:
    """A file that came with a mail."""

    name: str
    content_type: str
    content: bytes
    #: From of the attached or forwarded message that the file was in, if it was in one.
    forwarded_from: Address | None = None
    #: Shown inside the text by Content-ID, as signature pictures are.
    in_text: bool = False
    #: Why it was not opened, where it is a wrapper (a zip, an encrypted mail) that could not be.
    verdict: Problem | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryReport:
    """A delivery status report (RFC 3464) or a bounce in another shape."""

    recipients: tuple[str, ...]
    message_id: str | None  #: of our mail that it is about
    subject: str = ""  #: of that mail, where it was returned: our reference stands in it
    delayed: bool = False  #: a notice that delivery is late, not that it failed
    status: str = ""  #: "5.1.1", where given
    came_to: str = ""  #: the name of our mail in the address that it was returned to


@dataclass(frozen=True, slots=True, kw_only=True)
class InboundEmail:
    """One mail as its sender meant it: decoded, unwrapped, judged by nothing but its own bytes."""

    message_id: str | None  #: with its angle brackets
    sender: Address | None  #: From; None when there is none that could be answered
    subject: str
    arrived_at: datetime
    to: tuple[Address, ...] = ()
    cc: tuple[Address, ...] = ()
    in_reply_to: tuple[str, ...] = ()
    references: tuple[str, ...] = ()
    written: str = ""  #: what the sender wrote, without quoted text and signature
    text: str = ""  #: the whole text
    html: str = ""  #: the same as its sender wrote it, where that was HTML: for looking at only
    attachments: tuple[Attachment, ...] = ()
    report: DeliveryReport | None = None
    automatic: str = (
        ""  #: why it counts as not from a person: "auto-submitted", "list", ...; "" if it does not
    )
    away_until: date | None = None  #: of a vacation note that surely says when its sender is back
    our_mark: bool = False  #: carries our loop header
    verified: bool = True  #: as `[mailbox] authserv_id` has it
    content_digest: str = ""  #: equal for the same mail delivered again, whatever its trace headers
    headers_only: bool = False  #: too large to be fetched
    size: int = 0  #: bytes, as the mailbox has it

    @property
    def thread(self) -> tuple[str, ...]:
        """Message-IDs this mail answers, nearest first."""
        seen = dict.fromkeys((*self.in_reply_to, *reversed(self.references)))
        return tuple(seen)


# --------------------------------------------------------------------------- records


class Role(StrEnum):
    """How somebody came to be one of a consultation's people."""

    SENDER = "sender"
    FORM = "form"
    CC = "cc"
    CONTACT = "contact"  #: the office made them the named contact, in the form's place; one at most


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Somebody who may speak for a consultation (process section "People")."""

    address: Address
    role: Role


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """Similar work that was found for a proposal."""

    key: str  #: of the other consultation
    reference: str
    title: str
    score: float  #: 0..1
    warn: bool
    strong: bool = False  #: almost the same; otherwise worth a look
    why: tuple[str, ...] = ()  #: what agrees, a sentence each
    differs: tuple[str, ...] = ()  #: what does not


@dataclass(frozen=True, slots=True, kw_only=True)
class Consultation:
    """One consultation's record as it stands now.

    `key` names it for good and never changes; it is made from the mail and the place of the form in
    it, so handling the same mail again makes the same record. `reference` is drawn on registering.
    """

    key: str
    status: Status
    form1: Fields | None
    form2: Fields | None = None
    reference: str | None = None
    people: tuple[Person, ...] = ()
    revision: int = 1  #: of Form 1, counted from 1
    outcomes_revision: int = 0  #: of Form 2; 0 before the first
    similar: tuple[Match, ...] = ()
    late_notice: bool = False
    created_at: datetime
    asked_at: datetime | None = None  #: when the warning that awaits an answer went out
    registered_at: datetime | None = None
    extended_to: date | None = None  #: outcomes due date set by EXTEND
    outcomes_due: date | None = None
    away_until: date | None = None  #: by their vacation note: no reminder before that day
    stopped_at: datetime | None = None  #: STOP was said: no more reminders
    completed_at: datetime | None = None
    withdrawn_at: datetime | None = None
    pod_forwarded_at: datetime | None = None
    message_id: str | None = None  #: of the mail that the latest form came in, for threading
    merged_into: str | None = None  #: key of the one that took the place of this one
    version: int = 0  #: raised by the store at each change; guards against two writers

    @property
    def title(self) -> str:
        """The title as last given."""
        form = self.form1 or self.form2 or {}
        return str(form.get("title") or "")

    @property
    def start_date(self) -> date | None:
        """Form 1's start date."""
        return _date(self.form1, "start_date")

    @property
    def end_date(self) -> date | None:
        """Form 1's end date."""
        return _date(self.form1, "end_date")

    @property
    def lead_worker(self) -> Address | None:
        """Whom is written to (process section "People"); None where nobody can be."""
        return next((p.address for p in self.people if p.role is not Role.CC), None)

    @property
    def contact(self) -> Fields:
        """`lead_worker`, `email` and `telephone` as others may have them (process table "Form 1").

        They are Form 1's own answers until the office puts somebody, or another address, there;
        the telephone is that of whom Form 1 names, and nobody else's.
        """
        by_office = next((p.address for p in self.people if p.role is Role.CONTACT), None)
        form = self.form1 or {}
        if by_office is None:
            return {key: form.get(key) for key in ("lead_worker", "email", "telephone")}
        named = str(form.get("lead_worker") or "").casefold()
        same = by_office.name.casefold() in named
        return {
            "lead_worker": by_office.name or None,
            "email": by_office.email,
            "telephone": form.get("telephone") if same else None,
        }

    @property
    def thread(self) -> tuple[str, ...]:
        """What a mail about it refers to that answers none: the Message-ID of its latest form's."""
        return (self.message_id,) if self.message_id else ()

    def includes(self, address: Address) -> bool:
        """Whether `address` belongs to one of this consultation's people."""
        return any(p.address.email == address.email for p in self.people)


def _date(form: Fields | None, key: str) -> date | None:
    value = (form or {}).get(key)
    return date.fromisoformat(value) if value else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """An open exception in the queue."""

    id: int
    key: str
    reason: Reason
    consultation: str | None  #: its key
    message_id: str | None  #: of the mail it is about
    unclear: tuple[Word, ...] = ()  #: words that it may say, and did not say plainly


@dataclass(frozen=True, slots=True, kw_only=True)
class SentIn:
    """How a form that is on record came: when its mail did, or it was changed by hand."""

    at: datetime
    sender: str | None  #: whose mail it came in
    as_sent: Fields | None = None  #: of one changed by hand: as it last came in a mail


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """A mail of ours, as far as deciding needs to know it."""

    key: str
    kind: Letter
    message_id: str
    consultations: tuple[str, ...]  #: keys
    recipients: tuple[str, ...]
    at: datetime
    subject: str = ""


# --------------------------------------------------------------------------- deciding


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """The settings that deciding depends on (`[process]`, `[people]`)."""

    reference_prefix: str = "CYP"
    outcome_days: int = 28
    zone: ZoneInfo = field(default_factory=lambda: ZoneInfo("Europe/London"))
    our_addresses: frozenset[str] = frozenset()  #: the mailbox's and the From's, lower case
    administrator: Address | None = None
    pod_administrator: Address | None = None
    boards: tuple[Address, ...] = ()
    allowed_domains: frozenset[str] = frozenset()  #: empty: anyone
    largest: int = 50_000_000  #: bytes; of a larger mail only the headers are fetched
    forms_per_day: int = 1
    forms_per_30_days: int = 3
    similar_notice: bool = False  #: the contact of earlier work hears of a proposal like it
    strangers_per_day: int = 4  #: unasked-for answers, to strangers of whom nothing came; 0: no cap
    strangers_per_month: int = 8

    @property
    def our_people(self) -> frozenset[str]:
        """Addresses of the administrator, the POD administrator and the boards."""
        known = (self.administrator, self.pod_administrator, *self.boards)
        return frozenset(a.email for a in known if a)

    def local_date(self, at: datetime) -> date:
        """The calendar day of an aware instant, in the office's time zone."""
        return at.astimezone(self.zone).date()


@dataclass(frozen=True, slots=True, kw_only=True)
class Sought:
    """What a Form 2 says of the consultation that it is about."""

    title: str
    others: tuple[str, ...] = ()  #: its lead worker, its organisation


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What deciding on one mail needs to know from the store."""

    email: InboundEmail
    references: frozenset[str] = frozenset()  #: every reference in its subject, text and forms
    year: int = 0  #: for which a reference may be drawn
    mail_id: int = 0
    at: datetime | None = None  #: the moment of deciding; None: the mail's arrival
    addresses: frozenset[str] = frozenset()  #: besides the sender's, whose consultations matter


@dataclass(frozen=True, slots=True, kw_only=True)
class Nearby:
    """What the index of similar work has near the proposals of one mail, and what ranking needs."""

    candidates: tuple[Consultation, ...] = ()  #: the most likely ones
    terms: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)  #: key -> as the index has
    documents: int = 0  #: consultations in the index
    counts: Mapping[str, int] = field(default_factory=dict)  #: term -> how many of them have it
    fault: str = ""  #: what failed and where, if the index could not be asked


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What the store knows about a mail's people, thread and references when it is decided."""

    mail_id: int
    seen_before: bool = False  #: the same mail was handled before
    our_own: bool = False  #: its Message-ID is one that we gave
    answered: tuple[
        Sent, ...
    ] = ()  #: mails of ours that this one answers or reports on, nearest first
    thread: tuple[Consultation, ...] = ()  #: those that its thread is about
    named: Mapping[str, Consultation] = field(default_factory=dict)  #: reference -> record
    own: tuple[
        Consultation, ...
    ] = ()  #: those that the sender (or a form's lead worker) is one of the people of
    merged: tuple[Consultation, ...] = ()  #: those that were merged into any of these
    #: Anybody's that outcomes may be of which nothing else settles: for the administrator to choose
    #: from, and nobody else's business.
    anybodys: tuple[Consultation, ...] = ()
    #: Key -> which form -> how the one on record came.
    latest: Mapping[str, Mapping[str, SentIn]] = field(default_factory=dict)
    nearby: Nearby = field(default_factory=Nearby)  #: what its proposals may be similar to
    warned: Mapping[str, Consultation] = field(
        default_factory=dict
    )  #: key -> work that `own` or `thread` was found to be similar to
    held: tuple[Held, ...] = ()  #: open exceptions on these or on mails in the thread
    unfiled: tuple[Held, ...] = ()  #: the sender's forms in the queue, of no consultation
    forms_sent: tuple[
        datetime, ...
    ] = ()  #: when blank forms went to this sender in the last 30 days
    #: Answers that went to this sender in the last 31 days, or were tried to be sent.
    answers: tuple[Sent, ...] = ()
    #: The same to mails without a form, to people who belong to no consultation to this day.
    unasked_for: tuple[Sent, ...] = ()
    next_number: int = 1  #: the next free reference number of `Question.year`


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A record before and after. `before` None: a new one."""

    event: str  #: "registered", "revised", "withdrawn", ...: for the audit trail
    before: Consultation | None
    after: Consultation
    submission: Submission | None = None  #: the form that caused it
    detail: Mapping[str, Any] = field(default_factory=dict)  #: what more the trail says; JSON


@dataclass(frozen=True, slots=True, kw_only=True)
class Hold:
    """Something for the exceptions queue. While one with the same `key` is open, it is that one."""

    key: str
    reason: Reason
    consultation: str | None = None
    detail: Mapping[str, Any] = field(default_factory=dict)  #: for the person who settles it; JSON


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """What one letter says about one form or one consultation. Composing turns it into words."""

    kind: Letter
    consultation: Consultation | None = None
    submission: Submission | None = None
    matches: tuple[tuple[Match, Consultation], ...] = ()
    problems: tuple[Problem, ...] = ()
    notes: tuple[
        str, ...
    ] = ()  #: codes of sentences to add: "late_notice", "email_from_sender", ...
    changed: tuple[str, ...] = ()  #: keys of fields that a revision changed
    before: Fields | None = None  #: the form's answers before that (`intake.steps`)
    references: tuple[str, ...] = ()  #: nearest valid references that are the sender's own
    verdicts: tuple[Reading, ...] = ()  #: files that could not be read
    details: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class FormFile:
    """A form to attach: blank, or with `fields` filled in."""

    form: str
    fields: Fields | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A mail to be composed: who gets it, what it says, what it answers. No wording yet."""

    key: str  #: unique for ever: the same decision made twice writes one mail
    kind: Letter
    to: tuple[Address, ...]
    parts: tuple[Part, ...]
    cc: tuple[Address, ...] = ()
    answers: InboundEmail | None = None
    thread: tuple[str, ...] = ()  #: Message-IDs to refer to where no mail is answered, oldest first
    forms: tuple[FormFile, ...] = ()
    attachments: tuple[Attachment, ...] = ()
    copy_of: OutgoingEmail | None = None  #: a mail of ours that goes once more as it was, to others


class Wish(StrEnum):
    """What a person wishes of a mail of ours that has not gone."""

    PAUSE = "pause"  #: it waits until it is resumed
    RESUME = "resume"
    SEND = "send"  #: now
    SKIP = "skip"  #: it never goes
    AGAIN = "again"  #: though it failed, or nobody knows whether it arrived


#: Who did what no person did, in the audit trail.
PROGRAM = "askonce"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wished:
    """A wish, of a mail in the outbox or of one that the clock would bring.

    `key` is the mail's; or it is a consultation's, for all that the clock would bring about it.
    """

    wish: Wish
    key: str
    consultation: str | None = None  #: its key
    outgoing: int | None = None  #: number of the mail; None: it is not written yet
    who: str = ""  #: of one that is kept, or `PROGRAM`; else, whoever decided it
    at: datetime | None = None  #: of one that is kept
    why: str = ""

    @property
    def by_itself(self) -> bool:
        """Whether no person wished it: what the mail said had become untrue."""
        return self.who == PROGRAM


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """Everything that follows from one mail, one tick of the clock, or one act of a person."""

    kind: Kind | None
    outcome: str  #: one word for what became of it: "registered", "kept", "repeat", ...
    changes: tuple[Change, ...] = ()
    holds: tuple[Hold, ...] = ()
    settles: tuple[int, ...] = ()  #: ids of open exceptions whose cause is settled
    reopens: tuple[int, ...] = ()  #: ids of exceptions that were settled and are not after all
    #: Ids of open exceptions -> keys of what they are about from now on.
    moves: Mapping[int, str] = field(default_factory=dict)
    drafts: tuple[Draft, ...] = ()
    about: tuple[str, ...] = ()  #: keys of the consultations that the mail is kept with
    blocked: tuple[
        str, ...
    ] = ()  #: addresses that get no more mail until the administrator, or a mail from them, says so
    unblocked: tuple[str, ...] = ()  #: addresses that get mail again, with what was held for them
    wished: tuple[Wished, ...] = ()  #: what a person wishes of mails that have not gone
    why: str = ""  #: a person's own reason, for the audit trail


# --------------------------------------------------------------------------- mail going out


@dataclass(frozen=True, slots=True, kw_only=True)
class Office:
    """Who writes, and how it signs (`[outgoing]`, `[office]`, `[pages]`)."""

    sender: Address
    name: str = "the consultation register"
    installation: str = ""  #: random, made once per database: keeps Message-IDs of two apart
    zone: ZoneInfo = field(default_factory=lambda: ZoneInfo("Europe/London"))
    show_contacts: bool = True
    pages: str = ""  #: where the web pages are found ("https://..."); "" where nobody said so


#: In the key of a mail that went on to a right address: between that of the first and the address.
SENT_ON = ":to:"


@dataclass(frozen=True, slots=True, kw_only=True)
class OutgoingEmail:
    """A mail ready to go, its Message-ID fixed and its bytes final."""

    key: str
    kind: Letter
    message_id: str
    recipients: tuple[str, ...]
    subject: str
    content: bytes  #: RFC 5322 with CRLF line ends
    consultations: tuple[str, ...] = ()
    thread: str = ""  #: the first Message-ID of its conversation; "" if it begins one
    #: 0 for one not stored yet
    id: int = 0
    attempts: int = 0


#: So much of a Message-ID of ours names its mail in the address that a bounce comes to.
_NAME_IN_ADDRESS = 20  # characters
_LONGEST_LOCAL_PART = 64  # RFC 5321 4.5.3.1.1
_RETURNED_TO = re.compile(rf"\+b-([0-9a-f]{{{_NAME_IN_ADDRESS}}})@", re.IGNORECASE)


def returned_to(address: str, message_id: str) -> str:
    """The address that a bounce of this mail is to come to, where there is room for its name."""
    local, _, domain = address.rpartition("@")
    named = f"{local}+b-{message_id[1 : 1 + _NAME_IN_ADDRESS]}"
    whole = f"{named}@{domain}"
    return whole if len(named) <= _LONGEST_LOCAL_PART and named_in(whole) else address


def named_in(address: str) -> str:
    """The beginning of our mail's Message-ID that such an address gives; "" for none."""
    found = _RETURNED_TO.search(address)
    return found.group(1).lower() if found else ""


def mailbox_of(address: str) -> str:
    """The mailbox that an address leads to: in lower case, without what follows a plus."""
    local, at, domain = address.strip().lower().rpartition("@")
    return f"{local.partition('+')[0]}{at}{domain.rstrip('.')}"


def _everybody(address: str) -> bool:
    return True


@dataclass(frozen=True, slots=True, kw_only=True)
class Gate:
    """What every mail has to pass that leaves (`[outgoing]`); 0: no such cap.

    Beyond a cap mails wait. A day is any 24 hours.
    """

    admits: Callable[[str], bool] = _everybody  #: whether this address may ever be written to
    per_address: int = 20  #: mails to one mailbox in a day
    per_thread: int = 10  #: in one conversation in a day
    per_day: int = 2000  #: in all
    per_minute: int = 0  #: spreads them


class DeliveryState(StrEnum):
    """How one attempt to deliver ended."""

    SENT = "sent"
    RETRY = "retry"  #: a temporary refusal, certainly not accepted (SMTP 4yz, no connection)
    REFUSED = "refused"  #: a permanent refusal (SMTP 5yz)
    UNCERTAIN = (
        "uncertain"  #: the connection was lost while the server had the whole mail (RFC 1047)
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """The result of one attempt. `detail` has no names or text in it beyond the server's reply."""

    state: DeliveryState
    detail: str = ""
    refused: tuple[str, ...] = ()  #: recipients refused while others were accepted


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """Something that the clock brings: a mail or an exception, for one consultation."""

    key: str
    consultation: Consultation
    what: Letter | Reason
    due_on: date  #: as counted
    goes_on: date  #: the working day it goes out on (an exception: the same day)
    why: str  #: "28 days after the end date", for `askonce due`
    with_form: bool = False  #: carries the filled-in Form 2
    wished: Wished | None = None  #: it does not come, as somebody paused or skipped it


class Token(Protocol):
    """What lets us in at a server that takes no password: an access token (RFC 6750)."""

    def __call__(self, *, anew: bool = False) -> str:
        """The token that is good now; `anew`: another, as the server refused this one.

        Raises `Transient`, `Permanent` when none is to be had.
        """


class Forms(Protocol):
    """What other rooms may ask of the form definitions (`parsers.face` answers)."""

    def label(self, form: str, key: str) -> str:
        """The official label of a field."""

    def shown(self, form: str, fields: Fields) -> tuple[tuple[str, str], ...]:
        """(label, answer in words) of every field that has an answer, British dates, in order."""

    def message(self, form: str | None, problem: Problem) -> str:
        """One plain sentence: what is wrong, what was seen, what is needed."""

    def taken(self, form: str, key: str, value: Any, origin: Origin, aside: str = "") -> str:
        """What was made of an answer that is not certain; "" where what was read stood there."""

    def write(self, form: str, fields: Fields | None, kind: Literal["docx", "xlsx"]) -> bytes:
        """The form as a file, blank or filled in."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Clocked:
    """A consultation that the clock watches, with what the clock has made for it so far."""

    consultation: Consultation
    made: frozenset[str] = frozenset()  #: keys of clock mails and clock exceptions, ever
    #: What was paused or skipped, by key: the consultation's own, or that of a mail.
    wishes: Mapping[str, Wished] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class ClockRules:
    """When the clock acts (process section "Dates that the software watches"), in whole days."""

    completion_note_days: int = 1  #: after the end date
    chaser_days: tuple[int, ...] = (0, 14, 28)  #: after the due date
    overdue_days: int = 42  #: after the due date
    confirm_reminder_days: int = 7  #: after asking
    unconfirmed_days: int = 21  #: after asking
    zone: ZoneInfo = field(default_factory=lambda: ZoneInfo("Europe/London"))
    nation: str = "ENG"  #: ENG, SCT, WLS or NIR: whose bank holidays
    opens: time = time(9)
    closes: time = time(17)
    digest_at: time = time(8, 30)


# --------------------------------------------------------------------------- being left alone


class Trouble(StrEnum):
    """What keeps mail from flowing, or soon will, without any mail being at fault."""

    MAILBOX = "mailbox"  #: no mail can be fetched
    DELIVERY = "delivery"  #: none can be sent
    DATABASE = "database"  #: nothing can be written down
    DISK = "disk"  #: it is nearly full
    CREDENTIAL = "credential"  #: what the daemon logs in with ends soon


@dataclass(frozen=True, slots=True, kw_only=True)
class Sign:
    """How one daemon fares with one thing. Failing: `failing_since` without `recovered_at`."""

    daemon: str
    what: Trouble
    well_at: datetime | None = None  #: when it last worked
    failing_since: datetime | None = None  #: when it first failed after that
    recovered_at: datetime | None = None  #: when it first worked after failing
    fault: str = ""  #: what was said; may hold addresses, so it is for the administrator alone


@dataclass(frozen=True, slots=True, kw_only=True)
class Outage:
    """A trouble that lasted for hours. `until` None: it is not over."""

    what: Trouble
    since: datetime
    until: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Vitals:
    """What the health of the daemons is judged by."""

    signs: tuple[Sign, ...] = ()
    outages: tuple[Outage, ...] = ()  #: those not over, and the latest that are
    #: When the oldest mail was written that was tried, or should have been, and has not gone.
    unsent_since: datetime | None = None
    sent_at: datetime | None = None  #: when a mail last went
    held: bool = False  #: sending waits for a person, after a restore
    warned: frozenset[str] = frozenset()  #: keys of all alerts ever written


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertRules:
    """When the administrator is told by mail that something stopped (`[health]`, `[people]`)."""

    to: tuple[Address, ...] = ()
    after: timedelta = timedelta(hours=3)
    room: int = 500_000_000  #: bytes; less free disk than that is trouble
    credentials: tuple[tuple[str, date], ...] = ()  #: what each is for, and its last day
