"""Reading only: what the store holds, as plain values."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select

from model import Clocked, Consultation, Facts, OutgoingEmail, Question
from store import (
    acts,
    again,
    blocked,
    browsing,
    clock,
    dossier,
    exported,
    listing,
    mails,
    outgoing,
    overlaps,
    overview,
    queue,
    records,
    summary,
    undelivered,
    unsent,
    waiting,
)
from store.acts import Acted
from store.again import Past
from store.browsing import Filter, Offered, Order, Page
from store.dossier import Dossier
from store.engine import Database
from store.facts import gather
from store.mails import MailIn, MailOut
from store.overlaps import Quarter
from store.overview import Overview
from store.schema import (
    consultations,
    exceptions,
    inbound_mails,
    outgoing_mails,
)
from store.undelivered import Undelivered
from store.unsent import Unsent
from store.values import Counts, MailSummary, QueueCase, QueueItem, QueueState
from store.waiting import Waiting, WaitingPage

_BATCH = 200


@dataclass(frozen=True, slots=True)
class Views:
    """Each method reads one moment's state and changes nothing."""

    database: Database
    remembered: browsing.Remembered = field(default_factory=browsing.Remembered)

    def export(self) -> Iterator[dict[str, Any]]:
        """Every consultation as `export --json` shows it, in the order in which they came.

        Dates are ISO text, instants in UTC. A mail is listed once it has gone, or may have.
        """
        with self.database.read() as connection:
            yield from exported.everything(connection)

    def consultation(self, reference: str) -> Consultation | None:
        """The consultation of a reference. None: there is none."""
        with self.database.read() as connection:
            where = consultations.c.reference == reference
            return next(iter(records.load(connection, records.oldest_first(where))), None)

    def consultations(self, keys: Iterable[str]) -> tuple[Consultation, ...]:
        """The consultations of these keys, in the keys' order."""
        with self.database.read() as connection:
            return tuple(records.load_keys(connection, keys).values())

    def register(
        self,
        wanted: Filter | None = None,
        by: Order = Order.CAME,
        *,
        down: bool = True,
        number: int = 1,
        size: int = 25,
    ) -> Page:
        """A page of the consultations that a filter lets pass, sorted, with how many there are.

        `down`: the latest, or the last by the alphabet, first. A `number` beyond the last page
        gives the last.
        """
        with self.database.read() as connection:
            wanted = wanted or Filter()
            return browsing.page(connection, wanted, by, down=down, number=number, size=size)

    def filtered(
        self, wanted: Filter, by: Order = Order.CAME, *, down: bool = True
    ) -> Iterator[Consultation]:
        """All the consultations that a filter lets pass, sorted, for an export."""
        with self.database.read() as connection:
            keys = browsing.keys(connection, wanted, by, down=down)
            for start in range(0, len(keys), _BATCH):
                yield from records.load_keys(connection, keys[start : start + _BATCH]).values()

    def offered(self) -> Offered:
        """What there is to filter by."""
        with self.database.read() as connection:
            return self.remembered.offered(connection)

    def overview(self, today: date, going_on: Filter, months: Sequence[datetime]) -> Overview:
        """How things stand: what waits, what is late, what the months brought.

        `months`: the first moments of months one after the other, and of the one after the last.
        """
        with self.database.read() as connection:
            return overview.look(connection, today, going_on, months)

    def dossier(self, name: str) -> Dossier | None:
        """Everything about the consultation of a key or a reference. None: there is none."""
        with self.database.read() as connection:
            return dossier.of(connection, name)

    def outgoing(self, number: int) -> OutgoingEmail | None:
        """A mail of ours with its bytes. None: there is none of this number."""
        query = select(outgoing_mails).where(outgoing_mails.c.id == number)
        with self.database.read() as connection:
            row = connection.execute(query).one_or_none()
            return outgoing.read(connection, row) if row else None

    def ours(self, key: str) -> OutgoingEmail | None:
        """The same by its key, gone or not."""
        with self.database.read() as connection:
            return outgoing.of_key(connection, key)

    def item(self, number: int) -> QueueState | None:
        """Whose an exception is, and in which version. None: there is none of this number."""
        with self.database.read() as connection:
            return queue.state_of(connection, number)

    def last_act(self, exception: int) -> Acted | None:
        """The last act on an exception. None: there is none, or it was undone."""
        with self.database.read() as connection:
            return acts.latest_on(connection, exception)

    def last_act_of(self, consultation: str) -> Acted | None:
        """The last act on a consultation, by its key. None: there is none, or it was undone."""
        with self.database.read() as connection:
            return acts.latest_of(connection, consultation)

    def mail_in(self, number: int) -> MailIn | None:
        """What is known of a mail that came in. None: there is none of this number."""
        with self.database.read() as connection:
            return mails.came(connection, number)

    def mail_out(self, number: int) -> MailOut | None:
        """A mail of ours with its way so far. None: there is none of this number."""
        with self.database.read() as connection:
            return mails.went(connection, number)

    def overlaps(self, zone: ZoneInfo) -> tuple[Quarter, ...]:
        """The overlaps found, by quarter of the office's calendar, and what came of them."""
        with self.database.read() as connection:
            return overlaps.by_quarter(connection, zone)

    def clocked(self) -> tuple[Clocked, ...]:
        """What the clock watches (`Transaction.clocked`), for looking ahead."""
        with self.database.read() as connection:
            return clock.watched(connection)

    def clocked_soon(self, until: date, known: Iterable[Clocked] = ()) -> tuple[Clocked, ...]:
        """Those of them of which the clock may still bring something by a day.

        Those of `known` for which nothing changed are given back, without being read again.
        """
        with self.database.read() as connection:
            return clock.soon(connection, until, known)

    def marker(self) -> tuple[int, int]:
        """Another one after each change to what the clock watches, and to what it made."""
        with self.database.read() as connection:
            return clock.marker(connection)

    def clocked_one(self, key: str) -> Clocked | None:
        """One of them. None: the clock does not watch it."""
        with self.database.read() as connection:
            return clock.one(connection, key)

    def unsent(self) -> tuple[Unsent, ...]:
        """Every mail in the outbox that has not gone and was not skipped, oldest first."""
        with self.database.read() as connection:
            return unsent.all_of_them(connection)

    def before(self, kind: str, consultation: str) -> Mapping[str, Consultation]:
        """As `Transaction.before`, for looking only."""
        with self.database.read() as connection:
            return acts.before(connection, kind, consultation)

    def unsent_about(self, consultation: str) -> tuple[Unsent, ...]:
        """Those of them that are about a consultation, by its key."""
        with self.database.read() as connection:
            return unsent.about(connection, consultation)

    def skipped(self, at_most: int = 100) -> tuple[Unsent, ...]:
        """The mails that were written and then skipped, the latest first."""
        with self.database.read() as connection:
            return unsent.skipped(connection, at_most)

    def undelivered(self, consultation: str, addresses: Collection[str]) -> tuple[Undelivered, ...]:
        """As `Transaction.undelivered`, for looking only."""
        with self.database.read() as connection:
            return undelivered.to(connection, consultation, addresses)

    def reachable(self, number: int) -> tuple[str, ...]:
        """Whom a mail of ours can go to: its recipients, without those that get no mail."""
        with self.database.read() as connection:
            return outgoing.reachable(connection, number)

    def unsent_one(self, key: str) -> Unsent | None:
        """A mail by its key, if it is in the outbox and has not gone. None: it is not."""
        with self.database.read() as connection:
            return unsent.of_key(connection, key)

    def acted(self, token: str) -> Acted | None:
        """The act that was done under a token. None: none was."""
        with self.database.read() as connection:
            return acts.with_token(connection, token)

    def blocked(self) -> frozenset[str]:
        """The addresses that get no more mail, in lower case."""
        with self.database.read() as connection:
            return blocked.all_of_them(connection)

    def queue(self) -> tuple[QueueItem, ...]:
        """The open exceptions, oldest first."""
        with self.database.read() as connection:
            return listing.items(connection)

    def waiting(self, wanted: Waiting, *, number: int = 1, size: int = 50) -> WaitingPage:
        """A page of the open exceptions that are wanted, oldest first, with counts to filter by.

        A `number` beyond the last page gives the last.
        """
        with self.database.read() as connection:
            return waiting.page(connection, wanted, number, size)

    def following(self, number: int, wanted: Waiting) -> int | None:
        """The item to take up after this one: a later one, or else the oldest, that is wanted.

        None: no other is left that nobody else is at.
        """
        with self.database.read() as connection:
            return waiting.following(connection, number, wanted)

    def queue_item(self, number: int) -> QueueCase | None:
        """Everything about one exception, open or closed. None: there is none of this number."""
        with self.database.read() as connection:
            return listing.case(connection, number)

    def open_exceptions_count(self) -> int:
        """How many exceptions are open."""
        with self.database.read() as connection:
            return summary.count(connection, exceptions, exceptions.c.closed_at.is_(None))

    def mail_of_exception(self, number: int) -> int | None:
        """The number of the mail that an exception is about. None: there is no such mail."""
        query = select(exceptions.c.inbound_id).where(exceptions.c.id == number)
        with self.database.read() as connection:
            return connection.execute(query).scalar()

    def past(self, number: int) -> Past | None:
        """What became of a mail that came in. None: there is none of this number."""
        with self.database.read() as connection:
            return again.past(connection, number)

    def facts(self, question: Question) -> Facts:
        """As `Transaction.facts`, for looking only: they may have changed a moment later."""
        with self.database.read() as connection:
            return gather(connection, question)

    def mails_with(self, message_id: str) -> tuple[int, ...]:
        """The numbers of the mails that came in with a Message-ID, oldest first."""
        came = inbound_mails.c
        query = select(came.id).where(came.message_id == message_id).order_by(came.id)
        with self.database.read() as connection:
            return tuple(connection.scalars(query))

    def mails(self) -> tuple[MailSummary, ...]:
        """What became of every mail that came in, oldest arrival first."""
        with self.database.read() as connection:
            return summary.mails(connection)

    def counts(self) -> Counts:
        """How much there is of everything."""
        with self.database.read() as connection:
            return summary.counts(connection)
