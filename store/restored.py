"""What `askonce restored` needs after a backup was put back: the world went on without it."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import update

from store import state
from store.engine import Database
from store.schema import counters
from store.upsert import add_unless_known


@dataclass(frozen=True, slots=True)
class Restored:
    """Holding back what would be said twice, and moving past what was said already."""

    database: Database

    def hold_sending(self) -> None:
        """Let nothing leave the outbox until `release_sending`."""
        with self.database.write() as connection:
            state.hold_sending(connection)

    def release_sending(self) -> None:
        """Let mails leave the outbox again."""
        with self.database.write() as connection:
            state.release_sending(connection)

    def sending_held(self) -> bool:
        """Whether nothing leaves the outbox."""
        with self.database.read() as connection:
            return state.sending_held(connection)

    def counter_at_least(self, year: int, number: int) -> None:
        """Draw no reference of this year up to `number` any more."""
        with self.database.write(register=True) as connection:
            add_unless_known(connection, counters, ("year",), year=year, last=0)
            connection.execute(
                update(counters)
                .where(counters.c.year == year, counters.c.last < number)
                .values(last=number)
            )
