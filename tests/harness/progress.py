"""How far the program has come, seen from outside by what is committed."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import astuple, dataclass
from pathlib import Path

_OF_MAILS = "SELECT count(*), count(handled_at), count(filed) FROM inbound_mails"
_OF_LETTERS = "SELECT count(*), count(handed_over_at), count(ended_at) FROM attempts"


@dataclass(frozen=True, slots=True)
class Progress:
    """Commits made, by kind: of mails, and of attempts to send letters."""

    stored: int = 0
    handled: int = 0
    filed: int = 0
    claimed: int = 0
    handed_over: int = 0
    settled: int = 0

    @classmethod
    def whole(cls, mails: int, letters: int) -> Progress:
        """What there is when all is done, each letter at the first attempt."""
        return cls(mails, mails, mails, letters, letters, letters)

    @property
    def steps(self) -> int:
        """All of them together."""
        return sum(astuple(self))

    def phase(self, whole: Progress) -> str:
        """What is being done, on the way to the whole."""
        if self.stored == 0:
            return "starting"
        if self.stored < whole.stored:
            return "taking in"
        if self.handled < whole.handled:
            return "deciding"
        return "filing" if self.filed < whole.filed else "sending"


def progress(database: Path) -> Progress:
    """What its database says.

    Nothing, while there is no write-ahead log: a look would be in the way of setting up.
    """
    if not database.with_name(database.name + "-wal").exists():
        return Progress()
    with closing(sqlite3.connect(database)) as connection:
        try:
            rows = [connection.execute(query).fetchone() for query in (_OF_MAILS, _OF_LETTERS)]
        except sqlite3.OperationalError:
            return Progress()  # killed before its tables were made
    return Progress(*rows[0], *rows[1])
