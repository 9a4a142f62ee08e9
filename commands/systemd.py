"""Telling systemd how the service fares (sd_notify(3)): a datagram to the socket that it names."""

from __future__ import annotations

import socket
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Notifier:
    """Says nothing, and never fails, where nobody listens: `address` is empty then."""

    address: str = ""

    @classmethod
    def of(cls, environ: Mapping[str, str]) -> Notifier:
        """The one that systemd named, if it started us."""
        return cls(environ.get("NOTIFY_SOCKET", ""))

    def ready(self) -> None:
        """The service is up."""
        self._say("READY=1\nSTATUS=At work")

    def alive(self) -> None:
        """The work went on one step. Nothing else is to call this, or a daemon that hangs lives."""
        self._say("WATCHDOG=1")

    def status(self, text: str) -> None:
        """One line for `systemctl status`."""
        self._say("STATUS=" + " ".join(text.split()))

    def stopping(self) -> None:
        """The service is on its way out."""
        self._say("STOPPING=1\nSTATUS=Finishing the mail in hand")

    def _say(self, what: str) -> None:
        if not self.address:
            return
        # "@" stands for the NUL that an abstract address begins with (unix(7)).
        name = "\0" + self.address[1:] if self.address.startswith("@") else self.address
        with suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as sender:
            sender.setblocking(False)
            sender.sendto(what.encode(), name)
