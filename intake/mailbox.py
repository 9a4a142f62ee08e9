"""What every mailbox can do, whichever way it is kept: the protocol that intake works against."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Set
from datetime import datetime
from enum import StrEnum
from typing import Protocol, Self

from model import MailRef

#: UIDVALIDITY -> the UIDs that the ledger already has for this mailbox.
Known = Callable[[str], Set[str]]


class Folder(StrEnum):
    """Where a mail goes once it has been handled."""

    PROCESSED = "processed"
    EXCEPTIONS = "exceptions"


class Filed(StrEnum):
    """What became of a mail that was to be filed."""

    MOVED = "moved"
    LEFT = "left"  #: the server can neither move nor expunge one mail; the ledger remembers it
    GONE = "gone"  #: no longer there: somebody moved or deleted it, or an earlier attempt did


class Mailbox(Protocol):
    """A mailbox that mails are taken from.

    Every method but `name` and `__exit__` raises `Transient` when the mailbox is out of reach and
    `Permanent` when a person has to change something. After a `Transient` the mailbox is left and
    entered again; nothing that was done before is lost by that.
    """

    @property
    def name(self) -> str:
        """Names the mailbox in the ledger, for good."""

    def __enter__(self) -> Self:
        """Connect, log in and find the folder."""

    def __exit__(self, *exc: object) -> None:
        """Leave. Never raises."""

    def waiting(self, since: datetime | None, known: Known) -> Iterator[MailRef]:
        """Every mail that arrived at `since` (aware; None: ever) or later and is not `known`.

        The oldest arrival comes first. What is fetched or filed between two steps of the iterator
        does not disturb it.
        """

    def fetch(self, ref: MailRef) -> bytes | None:
        """The mail's bytes, leaving its flags alone. None: it is no longer there."""

    def fetch_headers(self, ref: MailRef) -> bytes | None:
        """The mail's header alone, for one too large to fetch. None: it is no longer there."""

    def file(self, ref: MailRef, folder: Folder, message_id: str | None) -> Filed:
        """Move a mail out of the way. Safe to repeat, whatever became of the first attempt."""

    def wait(self, seconds: float) -> bool:
        """Wait for news at most so long: True when there is any, False when the time is up.

        News is a mail that neither `waiting` nor an earlier `wait` has seen since the mailbox was
        entered, so that one who only watches is told of each mail once.
        """

    def count_older(self, since: datetime) -> int:
        """How many mails arrived before `since`, and so are left alone (process, first day)."""

    def filed(self) -> Iterator[tuple[Folder, MailRef, bytes]]:
        """Every mail that lies in the two folders: for reconciling after a backup was restored.

        These refs name the folder, not the mailbox, and so never clash with those of `waiting`;
        `fetch` and `file` answer None and GONE for them.
        """

    def check(self) -> list[str]:
        """What was found, one sentence a line."""
