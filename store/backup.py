"""A copy of the database that can be restored, made while the software runs."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from model import Permanent, Transient
from store.engine import Database


def backup(database: Database, to: Path) -> None:
    """Copy an SQLite database to the new file `to` and check the copy.

    The copy is one moment's state, however many transactions run meanwhile (SQLite's online
    backup). It appears under its name only when it is whole. Raises `Permanent` if `to` exists
    or the database is not a file; `Transient` if the disk has no room.
    """
    if not database.is_sqlite:
        raise Permanent("A PostgreSQL database is backed up with pg_dump: see docs/operations.md")
    if to.exists():
        raise Permanent(f"{to} exists already: name a new file for the backup")
    part = to.with_name(to.name + ".part")
    part.unlink(missing_ok=True)
    try:
        part.touch(mode=0o600)
        _copy(database.path, part)
        part.rename(to)
    except (sqlite3.OperationalError, OSError) as e:
        raise Transient(f"The backup {to} could not be written: {e}") from e
    except sqlite3.DatabaseError as e:
        raise _damaged(database.path, str(e)) from e
    finally:
        part.unlink(missing_ok=True)


def _copy(source: Path, part: Path) -> None:
    there = source.absolute().as_uri() + "?mode=rw"  # never makes a new file
    with (
        closing(sqlite3.connect(there, uri=True)) as one,
        closing(sqlite3.connect(part)) as other,
    ):
        one.backup(other)
        # A copy of a WAL database says WAL too; one file is easier to carry than three.
        other.execute("PRAGMA journal_mode = DELETE")
        found = other.execute("PRAGMA integrity_check").fetchone()[0]
        broken = other.execute("PRAGMA foreign_key_check").fetchone()
    if found != "ok" or broken:
        raise _damaged(source, found)


def _damaged(source: Path, found: str) -> Permanent:
    return Permanent(f"The database {source} is damaged ({found}): restore an earlier backup")
