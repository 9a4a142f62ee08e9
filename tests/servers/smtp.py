"""A real SMTP server (aiosmtpd) that notes every mail it takes and stumbles where it is told to."""

from __future__ import annotations

import asyncio
import json
import socket
import ssl
import warnings
from base64 import b64decode
from collections import defaultdict, deque
from collections.abc import Callable
from dataclasses import dataclass
from email import message_from_bytes
from email.policy import compat32
from enum import Enum
from pathlib import Path
from typing import Any, Literal, Self

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session


class Fault(Enum):
    """Ways to stumble that are not a reply."""

    DROP = "close the connection without a word"
    TAKE_AND_DROP = "keep the mail, then close the connection without a word (at END)"
    STALL = "never answer"


#: Where it can stumble: at a command, at the answer to DATA, when the mail's text begins to come
#: (CONTENT), and after the final dot (END).
Stage = Literal[
    "EHLO", "HELO", "STARTTLS", "AUTH", "MAIL", "RCPT", "DATA", "CONTENT", "END", "RSET"
]

Tls = Literal["implicit", "starttls", "none"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Received:
    """A mail that the server answered for."""

    message_id: str
    sender: str
    recipients: tuple[str, ...]
    content: bytes
    options: tuple[str, ...]  #: of MAIL FROM


class SmtpServer(Controller):
    """Listens on a free loopback port, in a thread, between `with` and its end.

    `faults[stage]` are what to do the next times that stage is reached: a reply ("451 later"), a
    `Fault`, or None for nothing unusual. `log`: a file that gets one JSON line a mail taken.
    `knows`: whether an access token is good; nobody gets in without one then.
    """

    def __init__(
        self,
        *,
        tls: Tls = "none",
        certificate: tuple[Path, Path] | None = None,
        login: tuple[str, str] | None = None,
        knows: Callable[[str], bool] | None = None,
        smtputf8: bool = True,
        log: Path | None = None,
    ) -> None:
        self.received: list[Received] = []
        self.faults: dict[str, deque[str | Fault | None]] = defaultdict(deque)
        self.connections: list[_Conversation] = []
        self._log = log
        self._login = login
        self.knows = knows
        self._socket = socket.create_server(("127.0.0.1", 0))
        context = _context(certificate) if certificate else None
        self._parameters: dict[str, Any] = {
            "tls_context": context if tls == "starttls" else None,
            "require_starttls": tls == "starttls",
            "auth_required": login is not None or knows is not None,
            "auth_require_tls": (login is None and knows is None) or tls == "starttls",
            "auth_exclude_mechanism": ["LOGIN", "PLAIN"] if knows else ["XOAUTH2"],
            "authenticator": self._authenticate if login else None,
            "enable_SMTPUTF8": smtputf8,
            "hostname": "mail.test",
        }
        super().__init__(
            self,
            hostname="127.0.0.1",
            port=self._socket.getsockname()[1],
            ssl_context=context if tls == "implicit" else None,
        )

    def __enter__(self) -> Self:
        self.start()
        self.connections.clear()  # aiosmtpd's own, by which it sees that the server is up
        return self

    def __exit__(self, *_: object) -> None:
        self.hang_up(b"")
        self.stop()

    @property
    def accepted(self) -> list[str]:
        """Message-IDs in the order in which they were taken."""
        return [mail.message_id for mail in self.received]

    def took(self, message_id: str) -> bool:
        """Whether it took such a mail, as a folder of sent mail would show."""
        return message_id in self.accepted

    def hang_up(self, last_words: bytes = b"421 closing, you were idle\r\n") -> None:
        """Closes every connection, as servers do with those that idle."""
        asyncio.run_coroutine_threadsafe(self._hang_up(last_words), self.loop).result()

    async def _hang_up(self, last_words: bytes) -> None:
        for connection in self.connections:
            transport = connection.transport
            if isinstance(transport, asyncio.WriteTransport):
                transport.write(last_words)
                transport.close()

    async def stumble(self, stage: Stage, connection: _Conversation) -> bool:
        """Whether a fault took the place of what was to happen at `stage`."""
        connection.commands.append(stage)
        fault = self.faults[stage].popleft() if self.faults[stage] else None
        if fault is None:
            return False
        if isinstance(fault, str):
            await connection.push(fault)
        elif fault is Fault.STALL:
            await asyncio.Event().wait()
        elif connection.transport is not None:
            connection.transport.close()
        return True

    async def handle_DATA(self, server: _Conversation, session: Session, envelope: Envelope) -> str:
        """Called by aiosmtpd with the whole mail."""
        fault = self.faults["END"].popleft() if self.faults["END"] else None
        if isinstance(fault, str):
            return fault
        if fault in {None, Fault.TAKE_AND_DROP}:
            self._keep(envelope)
        if fault is Fault.STALL:
            await asyncio.Event().wait()
        if fault in {Fault.DROP, Fault.TAKE_AND_DROP} and server.transport is not None:
            server.transport.close()
        return "250 taken"

    def _keep(self, envelope: Envelope) -> None:
        content = envelope.original_content or b""
        mail = Received(
            message_id=str(message_from_bytes(content, policy=compat32)["Message-ID"]).strip(),
            sender=envelope.mail_from or "",
            recipients=tuple(envelope.rcpt_tos),
            content=content,
            options=tuple(envelope.mail_options),
        )
        self.received.append(mail)
        if self._log is not None:
            line = {"message_id": mail.message_id, "recipients": mail.recipients}
            with self._log.open("a") as log:
                log.write(json.dumps(line) + "\n")

    def _authenticate(
        self, server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: object
    ) -> AuthResult:
        assert isinstance(data, LoginPassword)
        given = (data.login.decode(), data.password.decode())
        return AuthResult(success=given == self._login, handled=False)

    def factory(self) -> SMTP:
        """Called by aiosmtpd for each connection."""
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # on login in clear text: this is loopback
            connection = _Conversation(self, loop=self.loop, **self._parameters)
        self.connections.append(connection)
        return connection

    def _create_server(self) -> Any:
        return self.loop.create_server(
            self._factory_invoker, sock=self._socket, ssl=self.ssl_context
        )


class _Conversation(SMTP):
    """One connection: each command may stumble before it is carried out."""

    line_length_limit = 12_288  # RFC 4954 4, for what is said after AUTH

    def __init__(self, server: SmtpServer, **parameters: Any) -> None:
        super().__init__(server, **parameters)
        self._server = server
        self.commands: list[str] = []  #: that came, in order

    async def smtp_EHLO(self, hostname: str) -> None:
        if not await self._server.stumble("EHLO", self):
            await super().smtp_EHLO(hostname)

    async def smtp_HELO(self, hostname: str) -> None:
        if not await self._server.stumble("HELO", self):
            await super().smtp_HELO(hostname)

    async def smtp_STARTTLS(self, arg: str) -> None:
        if not await self._server.stumble("STARTTLS", self):
            await super().smtp_STARTTLS(arg)

    async def smtp_AUTH(self, arg: str) -> None:
        if not await self._server.stumble("AUTH", self):
            await super().smtp_AUTH(arg)

    async def auth_XOAUTH2(self, _: SMTP, args: list[str]) -> AuthResult:
        shown = b64decode(args[1]) if len(args) > 1 else await self.challenge_auth(b"")
        token = str(shown).partition("auth=Bearer ")[2].partition("\\x01")[0]
        if self._server.knows is not None and self._server.knows(token):
            return AuthResult(success=True)
        # The client has to answer this before it is told no.
        await self.challenge_auth(b'{"status":"401","schemes":"bearer"}')
        return AuthResult(success=False, handled=False)

    async def smtp_MAIL(self, arg: str | None) -> None:
        if not await self._server.stumble("MAIL", self):
            await super().smtp_MAIL(arg)

    async def smtp_RCPT(self, arg: str | None) -> None:
        if not await self._server.stumble("RCPT", self):
            await super().smtp_RCPT(arg)

    async def smtp_RSET(self, arg: str) -> None:
        if not await self._server.stumble("RSET", self):
            await super().smtp_RSET(arg)

    async def smtp_DATA(self, arg: str) -> None:
        if await self._server.stumble("DATA", self):
            return
        if self._server.faults["CONTENT"]:
            await self.push("354 go ahead")
            await self._reader.readuntil(b"\r\n")
            await self._server.stumble("CONTENT", self)
            return
        await super().smtp_DATA(arg)


def _context(certificate: tuple[Path, Path]) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*certificate)
    return context
