"""Mailboxes of every kind, each with a world around it that delivers and looks."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Protocol

import pytest

from intake.imap import ImapMailbox
from intake.mailbox import Mailbox
from intake.maildir import MaildirMailbox
from tests.intake.desk import NOW, Desk
from tests.intake.world import World
from tests.servers.dovecot import Dovecot
from tests.servers.maildir import deliver
from tests.servers.pymap import Pymap


class Outside(Protocol):
    """What happens to a mailbox from outside, whatever its kind."""

    def mailbox(self) -> Mailbox: ...

    def deliver(self, *raws: bytes, at: datetime | None = None) -> None: ...

    def messages(self, folder: str = "INBOX") -> list[bytes]: ...

    def delete_mails(self) -> None: ...


class MaildirOutside:
    def __init__(self, root: Path) -> None:
        self.root = root
        self._made = False

    def mailbox(self) -> Mailbox:
        return MaildirMailbox(self.root)

    def deliver(self, *raws: bytes, at: datetime | None = None) -> None:
        for place in ("tmp", "new", "cur"):
            (self.root / place).mkdir(parents=True, exist_ok=True)
        for raw in raws:
            deliver(raw, self.root, at)

    def messages(self, folder: str = "INBOX") -> list[bytes]:
        place = self.root if folder == "INBOX" else self.root / f".{folder}"
        return [p.read_bytes() for sub in ("new", "cur") for p in (place / sub).iterdir()]

    def delete_mails(self) -> None:
        for path in (*self.root.glob("new/*"), *self.root.glob("cur/*")):
            path.unlink()


class ImapOutside:
    def __init__(self, server: Dovecot | Pymap) -> None:
        self.server = server
        self.deliver = server.deliver
        self.messages = server.messages
        self.delete_mails = server.delete_mails

    def mailbox(self) -> Mailbox:
        return ImapMailbox(self.server.settings())


@pytest.fixture(scope="module")
def _dovecot() -> Iterator[Dovecot]:
    with Dovecot() as server:
        yield server


@pytest.fixture(scope="module")
def _pymap() -> Iterator[Pymap]:
    with Pymap() as server:
        yield server


@pytest.fixture
def dovecot(_dovecot: Dovecot) -> Dovecot:
    """A Dovecot with nothing in it."""
    _dovecot.empty()
    return _dovecot


@pytest.fixture
def maildir_outside(tmp_path: Path) -> Outside:
    return MaildirOutside(tmp_path / "inbox")


@pytest.fixture
def dovecot_outside(dovecot: Dovecot) -> Outside:
    return ImapOutside(dovecot)


@pytest.fixture
def pymap_outside(_pymap: Pymap) -> Outside:
    _pymap.empty()
    return ImapOutside(_pymap)


@pytest.fixture(
    params=["maildir", pytest.param("dovecot", marks=pytest.mark.needs("dovecot")), "pymap"]
)
def outside(request: pytest.FixtureRequest) -> Outside:
    """One after the other: every kind of mailbox there is."""
    found: Outside = request.getfixturevalue(f"{request.param}_outside")
    return found


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """An office on its first day."""
    with World.at(tmp_path) as office:
        yield office


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    """An office at whose desk somebody acts."""
    with World.at(tmp_path, now=NOW) as world:
        yield Desk(root=tmp_path / "mail", world=world)
