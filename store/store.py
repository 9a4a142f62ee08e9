"""The store as other rooms see it."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any, Self

from model import MailRef
from store import backup, blocked, ledger, migrate, queue, state
from store.accounts import Accounts
from store.audit import Step
from store.engine import PATIENCE, Database
from store.health import Health
from store.outbox import Outbox
from store.register import Transaction
from store.restored import Restored
from store.values import StoredMail, ToFile
from store.views import Views


class Store:
    """One register in one database. Every method raises only `Transient` and `Permanent`.

    It may be shared between threads. `close` it, or use it as a context manager.
    """

    def __init__(self, database: Database, installation: str) -> None:
        self.installation = installation  #: random; made once with the database
        self.outbox = Outbox(database)
        self.views = Views(database)
        self.restored = Restored(database)
        self.health = Health(database)
        self.accounts = Accounts(database)
        self._database = database

    @classmethod
    def open(cls, url: str, *, patience: float = PATIENCE) -> Self:
        """Open the database at `url` ("sqlite:///..." or "postgresql+psycopg://...").

        An empty one is set up. `patience`: seconds to wait for another process's transaction.
        Raises `Permanent` for a database that `askonce upgrade` has to bring up to date first, for
        a newer one and for a URL that cannot be used.
        """
        database = Database(url, patience=patience)
        try:
            migrate.ready(database)
            return cls(database, _installation(database))
        except BaseException:
            database.close()
            raise

    def close(self) -> None:
        """Close every connection."""
        self._database.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    # ---- the ledger of mails that came in

    def keep(
        self,
        ref: MailRef,
        raw: bytes,
        *,
        headers_only: bool = False,
        message_id: str | None = None,
        sender: str = "",
    ) -> bool:
        """Store a mail's original bytes and its ledger row, in one commit.

        `sender`: whose mails are handled in the order in which they arrived.
        False: this place in the mailbox is in the ledger already; nothing is changed.
        """
        with self._database.write() as connection:
            return ledger.keep(
                connection,
                ref,
                raw,
                headers_only=headers_only,
                message_id=message_id,
                sender=sender,
            )

    def known(self, mailbox: str, uidvalidity: str) -> set[str]:
        """Every UID of a mailbox that is in the ledger."""
        with self._database.read() as connection:
            return ledger.known(connection, mailbox, uidvalidity)

    def has_original(self, raw: bytes) -> bool:
        """Whether these very bytes came in before, wherever they lay."""
        with self._database.read() as connection:
            return ledger.has_original(connection, raw)

    def next_mail(self, exclude: Collection[int] = ()) -> StoredMail | None:
        """The oldest arrival not yet handled, but for those in `exclude` (that failed for now)."""
        with self._database.read() as connection:
            return ledger.next_mail(connection, exclude)

    def claim_mail(self, now: datetime) -> StoredMail | None:
        """The next mail to handle, which is ours until it is handled or the claim runs out.

        The oldest arrival, but never one whose sender has an earlier one to be handled: two
        daemons are never at one sender's mails. On SQLite there is one daemon, and no claim.
        """
        if self._database.is_sqlite:
            return self.next_mail()
        with self._database.write() as connection:
            return ledger.claim(connection, self.outbox.owner, now)

    def only_one(self, work: str) -> AbstractContextManager[bool]:
        """While it is entered nobody else does this work, in any process. False: somebody does."""
        return self._database.only_one(work)

    def mail(self, mail_id: int) -> StoredMail | None:
        """One mail of the ledger by its number."""
        with self._database.read() as connection:
            return ledger.stored(connection, mail_id)

    def to_file(self) -> tuple[ToFile, ...]:
        """Mails that are handled, but not yet moved in the mailbox."""
        with self._database.read() as connection:
            return ledger.to_file(connection)

    def filed(self, mail_id: int, how: str) -> None:
        """Remember what became of a mail in the mailbox: "moved", "left" or "gone"."""
        with self._database.write() as connection:
            ledger.filed(connection, mail_id, how)

    # ---- the register

    @contextmanager
    def transaction(self) -> Iterator[Transaction]:
        """One step of the register: committed at the end, undone by any exception.

        Only one runs at a time, in all processes together: references have no gaps, and twins
        that arrive together do not miss each other.
        """
        with self._database.write(register=True) as connection:
            yield Transaction(connection)

    def close_exception(self, number: int, *, who: str, why: str, now: datetime) -> bool:
        """Set an item of the queue aside. False: it is not open."""
        with self._database.write(register=True) as connection:
            return queue.close(Step(connection=connection, now=now, who=who), number, why)

    def unblock(
        self, addresses: Collection[str], *, who: str, now: datetime, exception: int | None = None
    ) -> tuple[str, ...]:
        """Let addresses get mail again, with what was held for them. Gives those that got none.

        `exception` is the item of the queue that said why they were blocked, for its history.
        """
        with self._database.write(register=True) as connection:
            step = Step(connection=connection, now=now, who=who)
            return blocked.unblock(step, addresses, exception=exception)

    def note(self, act: str, *, who: str, now: datetime, detail: Mapping[str, Any]) -> None:
        """Write a line of the audit trail for what changes nothing, such as an export."""
        with self._database.write() as connection:
            Step(connection=connection, now=now, who=who).note(act, detail=detail)

    # ---- keeping it

    def backup(self, to: Path) -> None:
        """Copy an SQLite database to a new file while it is in use, and check the copy.

        Raises `Permanent` for PostgreSQL, which has pg_dump for that.
        """
        backup.backup(self._database, to)


def _installation(database: Database) -> str:
    with database.read() as connection:
        name = state.installation(connection)
    if name is None:
        with database.write() as connection:
            state.name_installation(connection)
            name = state.installation(connection)
    assert name is not None
    return name
