"""An SMTP server and a wire to an IMAP server that stumble, each at a command that can be named."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, Literal

from aiosmtpd.smtp import Envelope, Session

from tests.servers.smtp import SmtpServer

_COMMAND = re.compile(rb"(\S+) (?:UID )?([A-Z]+)")

How = Literal["drop", "drop after", "drop within", "stall", "refuse", "bye"]


class Witness(SmtpServer):
    """Calls `taken` when it has a mail, and before it says so."""

    taken: Callable[[], None] | None = None

    async def handle_DATA(self, server: Any, session: Session, envelope: Envelope) -> str:
        """Called by aiosmtpd with the whole mail."""
        reply = await super().handle_DATA(server, session, envelope)
        if self.taken is not None:
            self.taken()
        return reply


class ImapWire:
    """What a `Proxy` to an IMAP server lets pass: everything, until it is `armed`.

    A refused command never reaches the server, which is asked for nothing instead (NOOP).
    """

    def __init__(self) -> None:
        self.arm("", "drop")

    def arm(self, verb: str, how: How, nth: int = 1) -> None:
        """From now on; the `nth` such command is met by it."""
        self._verb, self._how, self._left = verb.encode(), how, nth
        self._tag = b""
        self._silent = False

    @property
    def met(self) -> bool:
        """Whether it has come to that."""
        return bool(self._verb) and self._left <= 0

    def __call__(self, from_server: bool, data: bytes) -> bytes | None:
        """What passes; None: the wire is cut."""
        if self._silent:
            return b""
        if from_server:
            return self._answered(data) if self._tag else data
        command = _COMMAND.match(data)
        if command is None or command[2] != self._verb:
            return data
        self._left -= 1
        return self._met(command[1], data) if self._left == 0 else data

    def _met(self, tag: bytes, data: bytes) -> bytes | None:
        if self._how == "drop":
            return None
        if self._how == "stall":
            self._silent = True
            return b""
        if self._how == "bye":
            return tag + b" LOGOUT\r\n"
        self._tag = tag
        return tag + b" NOOP\r\n" if self._how == "refuse" else data

    def _answered(self, data: bytes) -> bytes | None:
        tag = self._tag
        if self._how == "drop within":
            self._tag, self._silent = b"", True
            return data[: len(data) // 2]
        if not re.search(rb"^" + re.escape(tag) + b" ", data, re.MULTILINE):
            return data
        self._tag = b""
        if self._how == "drop after":
            return None
        why = b"AUTHENTICATIONFAILED" if self._verb == b"LOGIN" else b"UNAVAILABLE"
        pattern = rb"^" + re.escape(tag) + rb" OK[^\r]*"
        return re.sub(pattern, tag + b" NO [" + why + b"] not now", data, flags=re.MULTILINE)
