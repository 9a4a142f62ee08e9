"""What tests do to an IMAP account from outside: with imaplib, not with the code under test."""

from __future__ import annotations

import imaplib
import re
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

from intake.imap_link import ImapSettings


class ImapAccount:
    """One account on a server that listens on loopback without encryption."""

    username = "bot"
    password = "secret"
    port: int

    def settings(self, **changes: Any) -> ImapSettings:
        """Settings that log in to this account."""
        given: dict[str, Any] = {
            "host": "127.0.0.1",
            "port": self.port,
            "tls": "none",
            "username": self.username,
            "password": self.password,
            "timeout": 10.0,
        }
        return ImapSettings(**(given | changes))

    @contextmanager
    def session(self) -> Iterator[imaplib.IMAP4]:
        """A logged-in connection."""
        with imaplib.IMAP4("127.0.0.1", self.port, timeout=10) as session:
            session.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            session.login(self.username, self.password)
            yield session

    def append(self, *raws: bytes, at: datetime | None = None, folder: str = "INBOX") -> None:
        """Put mails into a folder, with that INTERNALDATE."""
        date = imaplib.Time2Internaldate((at or datetime.now(UTC)).astimezone())
        with self.session() as session:
            for raw in raws:
                ok(session.append(f'"{folder}"', "", date, raw))

    def messages(self, folder: str = "INBOX") -> list[bytes]:
        """The mails in a folder, whole."""
        with self.session() as session:
            ok(session.select(f'"{folder}"', readonly=True))
            found = ok(session.uid("FETCH", "1:*", "(BODY.PEEK[])"))
            return [item[1] for item in found if isinstance(item, tuple)]

    def empty(self) -> None:
        """Delete every mail and every folder."""
        for folder in self.folders() - {"INBOX"}:
            with self.session() as session:
                ok(session.delete(f'"{folder}"'))
        self.delete_mails()

    def delete_mails(self, folder: str = "INBOX") -> None:
        """Delete every mail of a folder, as a person might."""
        with self.session() as session:
            ok(session.select(f'"{folder}"'))
            ok(session.uid("STORE", "1:*", "+FLAGS.SILENT", r"(\Deleted)"))
            ok(session.expunge())

    def flags(self, folder: str = "INBOX") -> list[bytes]:
        """What the server says of each mail's flags."""
        with self.session() as session:
            ok(session.select(f'"{folder}"', readonly=True))
            found = ok(session.uid("FETCH", "1:*", "(FLAGS)"))
            return [item for item in found if isinstance(item, bytes)]

    def folders(self) -> set[str]:
        """The names of all folders."""
        with self.session() as session:
            lines = b"\n".join(filter(None, ok(session.list()))).decode()
            names = re.findall(r'\) (?:"[^"]*"|NIL) (.+)', lines)
            return {name.strip('"') for name in names}


def ok(answer: tuple[str, list[Any]]) -> list[Any]:
    """The data of an answer that has to be OK."""
    status, data = answer
    assert status == "OK", data
    return data
