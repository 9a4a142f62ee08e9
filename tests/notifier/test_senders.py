"""What every way out keeps to, tried on each of them for real."""

from __future__ import annotations

import mailbox
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from model import DeliveryState, Transient
from notifier.graph import GraphSettings
from notifier.graph_sender import GraphSender
from notifier.senders import MaildirSender, Sender, SmtpSender
from tests.notifier.mails import mail, settings
from tests.servers.graph import MAILBOX, GraphServer
from tests.servers.smtp import SmtpServer
from tests.servers.tls import make_ca


@dataclass
class WayOut:
    """A sender, and what can be seen of it from the other side."""

    sender: Sender
    arrived: Callable[[], list[str]]  #: Message-IDs on the other side
    again: Callable[[], Sender]  #: another sender of the same way, as after a restart


def nothing() -> None:
    pass


def _in_maildir(path: Path) -> list[str]:
    return [str(m["Message-ID"]) for m in mailbox.Maildir(path, create=False)]


@contextmanager
def _maildir(folder: Path) -> Iterator[WayOut]:
    path = folder / "sent"
    with MaildirSender(path) as sender:
        sender.open()
        yield WayOut(sender, lambda: _in_maildir(path), lambda: MaildirSender(path))


@contextmanager
def _smtp(folder: Path) -> Iterator[WayOut]:
    with SmtpServer() as server, SmtpSender(settings(server), server.took) as way:
        yield WayOut(
            way,
            lambda: server.accepted,
            lambda: SmtpSender(settings(server), server.took),
        )


@contextmanager
def _graph(folder: Path) -> Iterator[WayOut]:
    authority, *certificate = make_ca(folder / "ca")
    with GraphServer((certificate[0], certificate[1]), "good".__eq__) as server:
        reached = GraphSettings(
            mailbox=MAILBOX,
            token=lambda *, anew=False: "good",
            host="localhost",
            port=server.port,
            ca_file=str(authority),
        )
        with GraphSender(reached) as way:
            yield WayOut(way, lambda: server.accepted, lambda: GraphSender(reached))


@pytest.fixture(params=[_maildir, _smtp, _graph], ids=["maildir", "smtp", "graph"])
def way(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[WayOut]:
    with request.param(tmp_path) as made:
        yield made


def test_a_mail_arrives_once(way: WayOut) -> None:
    delivery = way.sender.send(mail("one"), nothing)

    assert delivery.state is DeliveryState.SENT
    assert way.arrived() == ["<one@test>"]


def test_many_mails_arrive_in_one_visit(way: WayOut) -> None:
    names = [f"mail-{n}" for n in range(5)]

    states = {way.sender.send(mail(name), nothing).state for name in names}

    assert states == {DeliveryState.SENT}
    assert sorted(way.arrived()) == [f"<{name}@test>" for name in names]


def test_nothing_has_arrived_when_the_handing_over_is_noted(way: WayOut) -> None:
    seen: list[list[str]] = []

    way.sender.send(mail("one"), lambda: seen.append(way.arrived()))

    assert seen == [[]]
    assert way.arrived() == ["<one@test>"]


def test_a_mail_whose_handing_over_cannot_be_noted_does_not_go(way: WayOut) -> None:
    def disk_full() -> None:
        raise Transient("The disk is full.")

    with pytest.raises(Transient):
        way.sender.send(mail("one"), disk_full)

    assert way.arrived() == []
    assert way.sender.was_sent("<one@test>") is not True


def test_after_such_a_fault_the_next_mail_goes(way: WayOut) -> None:
    def fault() -> None:
        raise OSError("database gone")

    with pytest.raises(OSError, match="database gone"):
        way.sender.send(mail("one"), fault)

    assert way.sender.send(mail("two"), nothing).state is DeliveryState.SENT
    assert way.arrived() == ["<two@test>"]


def test_a_mail_that_arrived_is_known_after_a_restart(way: WayOut) -> None:
    way.sender.send(mail("one"), nothing)

    assert way.again().was_sent("<one@test>") is True


def test_opening_twice_does_no_harm(way: WayOut) -> None:
    way.sender.open()
    way.sender.open()

    assert way.sender.send(mail("one"), nothing).state is DeliveryState.SENT


def test_checking_sends_nothing(way: WayOut) -> None:
    assert way.sender.check()
    assert way.arrived() == []
