"""One daemon on one SQLite store: a lock of the operating system's, which a kill releases too."""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from model import Permanent


@contextmanager
def alone(database: Path | None) -> Iterator[None]:
    """Hold the store's lock, beside its file; `None` (PostgreSQL) needs none.

    Raises `Permanent` at once if another process holds it.
    """
    if database is None:
        yield
        return
    path = database.with_name(database.name + ".lock")
    with path.open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as busy:
            raise Permanent(
                f"Another Ask Once is at work on {database} already. This one stops, so that no "
                "mail is handled twice. If you did not expect that, look for the other one with "
                "`systemctl status askonce` or `ps`."
            ) from busy
        yield
