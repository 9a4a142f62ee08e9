"""What one daemon meets, written down for all to see; also once the database is back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from model import AskOnceError, Trouble
from store.health import Health


@dataclass(slots=True)
class Pulse:
    """Never raises: a daemon whose database is away remembers it until it can be written down."""

    health: Health
    daemon: str
    #: Since when nothing can be written down, and what was said.
    broken: tuple[datetime, str] | None = None

    def well(self, what: Trouble, now: datetime) -> None:
        """A thing worked."""
        if what is Trouble.DELIVERY:
            self._write(now, lambda: self.health.delivered(self.daemon, now))
        else:
            self._write(now, lambda: self.health.well(self.daemon, what, now))

    def failed(self, what: Trouble, now: datetime, fault: str) -> None:
        """It did not. Where it cannot even be written down, the database is what fails."""
        self._write(now, lambda: self.health.failed(self.daemon, what, now, fault))

    def _write(self, now: datetime, act: Callable[[], None]) -> None:
        try:
            if self.broken:
                self.health.failed(self.daemon, Trouble.DATABASE, *self.broken)
                self.health.well(self.daemon, Trouble.DATABASE, now)
                self.broken = None
            act()
        except AskOnceError as fault:
            self.broken = self.broken or (now, str(fault))
