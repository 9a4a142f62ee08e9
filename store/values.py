"""What the store hands out that no other room makes: plain frozen values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from model import Consultation, Kind, Letter, MailRef, OutgoingEmail, Reason


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredMail:
    """A mail in the ledger with its original bytes."""

    id: int
    ref: MailRef
    raw: bytes
    headers_only: bool = False
    message_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ToFile:
    """A handled mail that still lies where it came in."""

    id: int
    ref: MailRef
    message_id: str | None
    to_exceptions: bool  #: handling it put something in the exceptions queue


@dataclass(frozen=True, slots=True, kw_only=True)
class Interrupted:
    """An outgoing mail whose sender went away."""

    mail: OutgoingEmail
    #: True: it may have gone; look for it in Sent, then settle it. False: it waits again already.
    handed_over: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueItem:
    """One line of the exceptions queue (design: `queue list`)."""

    id: int
    reason: Reason
    sender: str  #: address, "" if there is none; the lead worker's for one that the clock opened
    subject: str
    received_at: datetime  #: of the mail; of the opening where there is none
    reference: str | None
    message_id: str | None
    detail: Mapping[str, Any]
    opened_at: datetime

    @property
    def since(self) -> datetime:
        """Since when it waits: a newer mail about the same makes that no shorter."""
        return min(self.received_at, self.opened_at)

    def as_json(self) -> dict[str, Any]:
        """The line that `queue list --json` prints."""
        return {
            "id": self.id,
            "reason": self.reason.value,
            "from": self.sender,
            "subject": self.subject,
            "received_at": self.received_at.isoformat(),
            "reference": self.reference,
            "message_id": self.message_id,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueState:
    """One exception as an act on it has to know it. `version` rises whenever it changes."""

    id: int
    key: str
    reason: Reason
    version: int
    consultation: str | None
    mail_id: int | None  #: of the mail that it is about, if one came in
    outgoing_id: int | None  #: of the mail of ours that it is about
    detail: Mapping[str, Any]
    closed_at: datetime | None = None
    closed_by: str | None = None
    closed_why: str | None = None
    claimed_by: str | None = None
    claimed_until: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FileSeen:
    """An attachment as the ledger remembers it."""

    name: str
    content_type: str
    size: int
    verdict: str | None  #: why it could not be read
    forms: tuple[str, ...]  #: the forms found in it


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditEntry:
    """Who did what, and when."""

    at: datetime
    who: str
    act: str
    detail: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueCase:
    """Everything known about one item of the queue, open or closed."""

    item: QueueItem
    raw: bytes | None  #: the original mail
    files: tuple[FileSeen, ...] = ()
    consultation: Consultation | None = None  #: as it stands, after a merge
    once: str = ""  #: what it was about before one: a reference, or a title
    outgoing: OutgoingEmail | None = None
    last_error: str | None = None  #: of the outgoing mail
    answers: tuple[OutgoingEmail, ...] = ()  #: ours to the mail that came, gone or waiting
    history: tuple[AuditEntry, ...] = ()
    closed_at: datetime | None = None
    closed_by: str | None = None
    closed_why: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MailSummary:
    """What became of one mail that came in, for the demo's table."""

    id: int
    arrived_at: datetime
    sender: str
    subject: str
    kind: Kind | None  #: None: not handled yet
    outcome: str | None
    references: tuple[str, ...] = ()
    replies: tuple[Letter, ...] = ()
    reasons: tuple[Reason, ...] = ()  #: of the exceptions it opened, open or closed


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """The store at a glance, for `check` and the digest."""

    mails: int = 0
    unhandled: int = 0
    unfiled: int = 0
    consultations: int = 0
    exceptions: int = 0  #: open
    waiting: int = 0  #: outgoing, to be sent or being sent
    uncertain: int = 0
    failed: int = 0
    held: int = 0  #: all recipients blocked
    paused: int = 0  #: by a person
    oldest_waiting: datetime | None = None
    by_status: Mapping[str, int] = field(default_factory=dict)
