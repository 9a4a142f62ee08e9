"""Bringing a database to this version of the software: forwards only, after a copy."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import Connection, inspect, text

from model import Permanent
from store import backup
from store.engine import Database
from store.schema import HEAD

SCRIPTS = Path(__file__).parent / "migrations"


@dataclass(frozen=True, slots=True, kw_only=True)
class Upgraded:
    """What `upgrade` did."""

    before: str | None  #: revision, None for an empty database
    after: str
    copy: Path | None = None  #: of the database as it was


def revision(connection: Connection) -> str | None:
    """The revision that a database is at. None: it is empty."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    found = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
    return None if found is None else str(found)


def ready(database: Database) -> None:
    """Make sure that this version of the software can work with the database.

    An empty one is set up. Raises `Permanent` for an older or a newer one.
    """
    database.make_file()
    with database.read() as connection:
        found = revision(connection)
    if found is None:
        _run(database, SCRIPTS)
    elif found < HEAD:
        raise Permanent(
            f"The database is of an older version ({found}; this software needs {HEAD}):"
            " run ./askonce upgrade"
        )
    elif found > HEAD:
        raise Permanent(
            f"The database is of a newer version ({found}; this software knows {HEAD}):"
            " install the newer software, or restore a backup made before it"
        )


def upgrade(url: str, *, now: datetime, scripts: Path = SCRIPTS) -> Upgraded:
    """Bring the database at `url` to the newest revision in `scripts`, all or nothing.

    An SQLite file is copied first, beside itself, with its revision and the time in the name.
    Raises `Permanent` for a database of a newer version; nothing is changed then.
    """
    database = Database(url)
    try:
        database.make_file()
        with database.read() as connection:
            before = revision(connection)
        after = head(scripts)
        if before is not None and before > after:
            raise Permanent(f"The database is of a newer version ({before}) than this software")
        if before == after:
            return Upgraded(before=before, after=after)
        copy = _copy(database, before, now) if before and database.is_sqlite else None
        _run(database, scripts)
        return Upgraded(before=before, after=after, copy=copy)
    finally:
        database.close()


def head(scripts: Path = SCRIPTS) -> str:
    """The newest revision in a folder of migrations. Revisions are numbers of four digits."""
    return max(path.name[:4] for path in (scripts / "versions").glob("[0-9]*.py"))


def _copy(database: Database, before: str, now: datetime) -> Path:
    path = database.path
    stamp = now.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")
    copy = path.with_name(f"{path.stem}-{before}-{stamp}{path.suffix}")
    backup.backup(database, copy)
    return copy


def _run(database: Database, scripts: Path) -> None:
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(scripts).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    with database.rebuild() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
