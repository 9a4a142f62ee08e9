"""A copy of the register to try things on: the register itself is read, and nothing more."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import create_engine, func, insert, select, text

from model import Permanent, Reason, Transient
from store import migrate, outgoing
from store.engine import Database, plainly
from store.schema import HEAD, exceptions, inbound_mails, metadata, outgoing_mails
from store.schema import outgoing_recipients as recipients
from store.store import Store

_BATCH = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class WouldGo:
    """A mail that was written, or waits to go."""

    mail: int | None  #: that it answers
    kind: str
    to: int  #: how many people


@dataclass(frozen=True, slots=True, kw_only=True)
class WouldBe:
    """What became of one mail in a rehearsal."""

    mail: int
    message_id: str | None
    sender: str
    subject: str
    kind: str
    outcome: str
    queue: tuple[Reason, ...]  #: the exceptions that it would lead to


def copy(url: str, to: Path) -> None:
    """Copy the register at `url` into the new SQLite file `to`, as it is at one moment.

    A register that was never set up leaves `to` unmade. Raises `Permanent` for one of another
    version, `Transient` if it cannot be read just now.
    """
    database = Database(url)
    try:
        if database.is_sqlite:
            _copy_file(database.path, to)
        else:
            _copy_rows(database, to)
    finally:
        database.close()


def _copy_file(source: Path, to: Path) -> None:
    if not source.exists():
        return
    # With a write-ahead log beside it somebody has it open, and reading takes part in their locks.
    # Without one, not even the files for that are made.
    log = source.with_name(source.name + "-wal")
    at_rest = not log.exists()
    _back_up(source, to, "mode=ro&immutable=1" if at_rest else "mode=ro")
    if at_rest and log.exists():  # it was opened meanwhile
        to.unlink()
        _back_up(source, to, "mode=ro")


def _back_up(source: Path, to: Path, how: str) -> None:
    here = f"{source.absolute().as_uri()}?{how}"
    try:
        with closing(sqlite3.connect(here, uri=True)) as one, closing(sqlite3.connect(to)) as other:
            one.backup(other)
    except sqlite3.Error as fault:
        raise Transient(f"The database {source} cannot be read just now: {fault}") from fault


def _copy_rows(database: Database, to: Path) -> None:
    with database.read() as source:
        found = migrate.revision(source)
        if found is None:
            return
        if found != HEAD:
            raise Permanent("The database is of another version: run ./askonce upgrade first")
        Store.open(f"sqlite:///{to}").close()
        engine = create_engine(f"sqlite:///{to}")
        try:
            with plainly(database.url), engine.begin() as copied:
                for table in metadata.sorted_tables:
                    copied.execute(text(f"DELETE FROM {table.name}"))  # noqa: S608 - our own name
                    for rows in source.execute(select(table)).partitions(_BATCH):
                        copied.execute(insert(table), [row._asdict() for row in rows])
        finally:
            engine.dispose()


def handled(store: Store) -> frozenset[int]:
    """The numbers of the mails that were handled."""
    with store.views.database.read() as connection:
        query = select(inbound_mails.c.id).where(inbound_mails.c.handled_at.is_not(None))
        return frozenset(connection.scalars(query))


def would_be(store: Store, but: frozenset[int]) -> tuple[WouldBe, ...]:
    """What became of every mail but these, oldest first."""
    held, mails = exceptions.c, inbound_mails.c
    reasons: dict[int, list[Reason]] = {}
    with store.views.database.read() as connection:
        for row in connection.execute(select(held.inbound_id, held.reason).order_by(held.id)):
            reasons.setdefault(row.inbound_id, []).append(Reason(row.reason))
        rows = connection.execute(select(inbound_mails).order_by(mails.arrived_at, mails.id))
        return tuple(
            WouldBe(
                mail=row.id,
                message_id=row.message_id,
                sender=row.sender or "",
                subject=row.subject or "",
                kind=row.kind or "",
                outcome=row.outcome or "",
                queue=tuple(reasons.get(row.id, ())),
            )
            for row in rows
            if row.id not in but
        )


def would_go(store: Store) -> tuple[WouldGo, ...]:
    """Every mail that waits to go, oldest first."""
    ours, to = outgoing_mails.c, recipients.c
    query = (
        select(ours.inbound_id, ours.kind, func.count(to.position).label("to"))
        .outerjoin(recipients, to.outgoing_id == ours.id)
        .where(outgoing.unfinished, ours.state.in_(outgoing.UNDER_WAY))
        .group_by(ours.id)
        .order_by(ours.id)
    )
    with store.views.database.read() as connection:
        rows = connection.execute(query).all()
    return tuple(WouldGo(mail=row.inbound_id, kind=row.kind, to=row.to) for row in rows)
