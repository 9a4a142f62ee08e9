"""The connection: SQLite or PostgreSQL by URL, and every fault of theirs in our own words."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from time import monotonic, sleep
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event, exc, func, make_url, select

from model import AskOnceError, Permanent, Transient

#: What SQLite's transactions are anyhow: every statement sees the same state.
_ONE_MOMENT: dict[str, Any] = {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
#: One number names the register's lock on a PostgreSQL server ("AskOnce" in ASCII).
_LOCK = int.from_bytes(b"AskOnce", "big")
_OUTBOX = _LOCK + 1
#: Seconds to wait for another process's transaction.
PATIENCE = 30.0
_AGAIN = 0.01  # seconds

_SQLITE = {
    "SQLITE_FULL": "the disk is full: make room",
    "SQLITE_BUSY": "another program keeps it locked: look for a second copy or a backup at work",
    "SQLITE_LOCKED": "another connection keeps it locked",
    "SQLITE_IOERR": "the disk reports an error: look at the system's log",
    "SQLITE_CANTOPEN": "the file cannot be opened: look at the folder and who may write there",
    "SQLITE_READONLY": "the file or its disk is read-only: look at who may write there",
    "SQLITE_CORRUPT": "the file is damaged: restore a backup",
    "SQLITE_NOTADB": "the file is no database: look at [store] url",
}
_NO_ROOM = 100_000  # bytes
_SQLITE_WONT_PASS = {"SQLITE_CORRUPT", "SQLITE_NOTADB"}
#: SQLSTATE classes and codes that pass by themselves (PostgreSQL documentation, appendix A).
_POSTGRESQL = {
    "53100": "the server's disk is full: make room",
    "53": "the server is short of memory or connections",
    "25006": "the server takes no changes at the moment",
    "55P03": "another program keeps the register locked",
    "57": "the server is being shut down",
    "58": "the server's disk or system reports an error: look at its log",
    "40": "two transactions were in each other's way",
    "08": "the connection was lost",
}


class Database:
    """A pool of connections to one database. Raises only `Transient` and `Permanent`."""

    def __init__(self, url: str, *, patience: float = PATIENCE) -> None:
        """Connects to nothing yet. `patience`: seconds to wait for somebody else's transaction.

        Raises `Permanent` for a URL that cannot be used.
        """
        self.url = parse(url)
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        make = _sqlite if self.is_sqlite else _postgresql
        engine = make(self.url, patience)
        self._writer = engine.execution_options(begin="BEGIN IMMEDIATE")
        self._reader = engine if self.is_sqlite else engine.execution_options(**_ONE_MOMENT)

    @property
    def path(self) -> Path:
        """The file of an SQLite database."""
        return Path(str(self.url.database))

    def make_file(self) -> None:
        """Make the file of an SQLite database, readable by nobody else, unless it is there."""
        if not self.is_sqlite or self.path.exists():
            return
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            self.path.touch(mode=0o600)
        except OSError as e:
            raise Transient(f"{_place(self.url)} cannot be made: {e.strerror}") from e

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """One view of the data as it is at this moment; nothing is written."""
        with plainly(self.url), self._reader.connect() as connection, connection.begin():
            yield connection

    @contextmanager
    def write(self, *, register: bool = False, outbox: bool = False) -> Iterator[Connection]:
        """One transaction: committed at the end, rolled back by any exception.

        With `register` nobody else's transaction of that kind runs meanwhile, in any process, so
        what was read stays true until the commit; with `outbox`, nobody else's of that other kind.
        (On SQLite that holds for every `write`.)
        """
        with plainly(self.url), self._writer.connect() as connection, connection.begin():
            if register:
                self._lock(connection)
            if outbox:
                self._lock(connection, _OUTBOX)
            yield connection

    @contextmanager
    def only_one(self, work: str) -> Iterator[bool]:
        """Whether this work is ours alone for as long as it is entered; False: somebody is at it.

        On PostgreSQL a lock of the connection's, which ends with whoever holds it. (On SQLite
        there is one daemon.)
        """
        if self.is_sqlite:
            yield True
            return
        number = int.from_bytes(sha256(work.encode()).digest()[:8], "big", signed=True)
        alone = self._writer.execution_options(isolation_level="AUTOCOMMIT")
        with plainly(self.url), alone.connect() as connection:
            ours = bool(connection.scalar(select(func.pg_try_advisory_lock(number))))
            try:
                yield ours
            finally:
                if ours:
                    connection.execute(select(func.pg_advisory_unlock(number)))

    @contextmanager
    def rebuild(self) -> Iterator[Connection]:
        """One transaction that may drop and rename tables, with the register locked.

        SQLite can do that with foreign keys unchecked only, which must be so before the
        transaction begins (SQLite documentation, ALTER TABLE, section 7); they are checked before
        it ends. Raises `Permanent` if one points nowhere; nothing is changed then.
        """
        with plainly(self.url), self._writer.connect() as connection:
            self._check_foreign_keys(connection, "OFF")
            try:
                with connection.begin():
                    self._lock(connection)
                    yield connection
                    self._find_loose_ends(connection)
            finally:
                self._check_foreign_keys(connection, "ON")

    def _lock(self, connection: Connection, number: int = _LOCK) -> None:
        if not self.is_sqlite:  # whose BEGIN IMMEDIATE has locked it already
            connection.execute(select(func.pg_advisory_xact_lock(number)))

    def _find_loose_ends(self, connection: Connection) -> None:
        if self.is_sqlite and connection.exec_driver_sql("PRAGMA foreign_key_check").first():
            raise Permanent(f"{_place(self.url)}: a row points nowhere; nothing is changed")

    def _check_foreign_keys(self, connection: Connection, how: str) -> None:
        driver = connection.connection.driver_connection
        if isinstance(driver, sqlite3.Connection):
            driver.execute(f"PRAGMA foreign_keys = {how}")

    def close(self) -> None:
        """Close every connection."""
        self._reader.dispose()


def parse(url: str) -> URL:
    """The URL, checked. Raises `Permanent` for anything but an SQLite file or PostgreSQL."""
    try:
        parsed = make_url(url)
    except (exc.ArgumentError, ValueError):
        raise Permanent("[store] url: cannot be read; write sqlite:///var/askonce.db") from None
    kind = parsed.get_backend_name()
    if kind == "sqlite" and parsed.database in (None, "", ":memory:"):
        raise Permanent("[store] url: name a file; a register in memory is lost at the end")
    if kind not in ("sqlite", "postgresql"):
        raise Permanent(f"[store] url: {kind} is not supported; use sqlite or postgresql+psycopg")
    return parsed.set(drivername="postgresql+psycopg") if kind == "postgresql" else parsed


def _sqlite(url: URL, patience: float) -> Engine:
    # mode=rw: a file that went away is an error, not a new and empty register
    file = Path(str(url.database)).absolute().as_uri() + "?mode=rw"

    def connect() -> sqlite3.Connection:
        return sqlite3.connect(file, uri=True, timeout=patience, check_same_thread=False)

    # Every use ends in a commit or a rollback of its own: the pool need not roll back once more.
    engine = create_engine(url, hide_parameters=True, creator=connect, pool_reset_on_return=None)

    @event.listens_for(engine, "connect")
    def settle(connection: Any, _record: object) -> None:
        connection.isolation_level = None  # sqlite3 itself would begin at the first change only
        _log_ahead(connection, patience)
        for pragma in ("synchronous = FULL", "foreign_keys = ON"):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        connection.exec_driver_sql(connection.get_execution_options().get("begin", "BEGIN"))

    return engine


def _log_ahead(connection: sqlite3.Connection, patience: float) -> None:
    """Write-ahead logging, which a file keeps.

    Of two who set it in a new file at once SQLite refuses one without waiting (SQLite
    documentation, sqlite3_busy_handler), so that one tries again.
    """
    until = monotonic() + patience
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError as e:
            if e.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or monotonic() > until:
                raise
            sleep(_AGAIN)
        else:
            return


def _postgresql(url: URL, patience: float) -> Engine:
    # A machine that is gone without a word must not keep its locks for hours.
    alive = "-c tcp_keepalives_idle=30 -c tcp_keepalives_interval=10 -c tcp_keepalives_count=3"
    options = f"-c lock_timeout={patience * 1000:.0f} -c timezone=UTC {alive}"
    return create_engine(
        url,
        hide_parameters=True,
        pool_pre_ping=True,
        connect_args={"connect_timeout": 10, "options": options},
    )


@contextmanager
def plainly(url: URL) -> Iterator[None]:
    """Turn the libraries' errors into ours. No value that was being stored is in the message."""
    try:
        yield
    except exc.TimeoutError as e:
        raise Transient(f"{_place(url)}: every connection is in use") from e
    except exc.DBAPIError as e:
        raise _fault(url, e) from e
    except exc.SQLAlchemyError as e:
        raise Permanent(f"{_place(url)}: {type(e).__name__}; this is a fault of ours") from e


def _fault(url: URL, error: exc.DBAPIError) -> AskOnceError:
    place = _place(url)
    first_line = (str(error.orig).splitlines() or [""])[0]
    name = getattr(error.orig, "sqlite_errorname", None)
    if name is not None:
        kind = "_".join(name.split("_")[:2])
        if kind == "SQLITE_IOERR" and _is_full(Path(str(url.database)).parent):
            kind = "SQLITE_FULL"  # without room for the files beside it, SQLite says no more
        words = _SQLITE.get(kind)
        passes = words is not None and kind not in _SQLITE_WONT_PASS
        return (Transient if passes else Permanent)(f"{place}: {words or first_line}")
    code = getattr(error.orig, "sqlstate", None) or ""
    words = _POSTGRESQL.get(code) or _POSTGRESQL.get(code[:2])
    if words:
        return Transient(f"{place}: {words}")
    if error.connection_invalidated or (isinstance(error, exc.OperationalError) and not code):
        return Transient(f"{place}: it cannot be reached: {first_line}")
    return Permanent(f"{place}: {first_line}")


def _is_full(folder: Path) -> bool:
    try:
        return shutil.disk_usage(folder).free < _NO_ROOM
    except OSError:
        return False


def _place(url: URL) -> str:
    if url.get_backend_name() == "sqlite":
        return f"The database {url.database}"
    return f"The database {url.database} on {url.host or 'this machine'}"
