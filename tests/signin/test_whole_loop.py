"""A council on Microsoft 365: mail in by token, out by Graph, which names mails as it likes."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from email.message import EmailMessage
from pathlib import Path

import pytest

from commands.run import works
from scheduler import Works, once
from settings import load
from tests.harness.mails import samples
from tests.servers.dovecot import Dovecot
from tests.servers.graph import Fault, GraphServer
from tests.servers.tokens import TokenServer
from tests.signin.test_front_door import application, config, graph, imap

Ca = tuple[Path, Path, Path]
NOW = datetime(2027, 3, 1, 10, 0, tzinfo=UTC)

pytestmark = pytest.mark.needs("dovecot")


@pytest.fixture
def dovecot(tokens: TokenServer) -> Iterator[Dovecot]:
    with Dovecot(introspection=tokens.introspection) as server:
        yield server


@pytest.fixture
def server(tokens: TokenServer, ca: Ca) -> Iterator[GraphServer]:
    with GraphServer(ca[1:], tokens.knows) as made:
        yield made


@pytest.fixture
def office(
    dovecot: Dovecot, server: GraphServer, tokens: TokenServer, ca: Ca, tmp_path: Path
) -> Iterator[Works]:
    file = config(tmp_path, imap(dovecot), graph(server, ca), application(tokens, ca))
    with works(load(file, {"ASKONCE_STORE__URL": "sqlite:///askonce.db"}), NOW) as wired:
        yield wired


def proposal() -> bytes:
    return samples(1, 1, date(2027, 3, 1))[0].content


def answer(to: str, word: str) -> bytes:
    """A reply whose subject names nothing, as some programs make them."""
    mail = EmailMessage()
    mail["From"] = "Worker 0 <worker-0@council.test>"
    mail["To"] = "Register <register@council.test>"
    mail["Subject"] = "Re:"
    mail["Message-ID"] = "<answer@council.test>"
    mail["In-Reply-To"] = to
    mail.set_content(f"{word}\n")
    return mail.as_bytes()


def statuses(office: Works) -> list[str]:
    return [str(record["status"]) for record in office.house.store.views.export()]


def test_an_answer_to_a_name_that_only_the_server_knows_finds_its_consultation(
    office: Works, dovecot: Dovecot, server: GraphServer
) -> None:
    server.replaces = True
    dovecot.deliver(proposal(), at=NOW)
    assert once(office) == ()
    (registered,) = server.sent
    assert registered["Message-ID"] == "<1@prod.outlook.test>"

    dovecot.deliver(answer("<1@prod.outlook.test>", "WITHDRAW"), at=NOW + timedelta(minutes=5))
    assert once(office) == ()

    assert statuses(office) == ["withdrawn"]


def test_tokens_that_run_out_all_the_time_lose_nothing(
    office: Works, dovecot: Dovecot, server: GraphServer, tokens: TokenServer
) -> None:
    for n, sample in enumerate(samples(6, 2, date(2027, 3, 1))):
        dovecot.deliver(sample.content, at=NOW + timedelta(minutes=n))
        tokens.revoke()
        once(office)

    answers = [mail for mail in server.sent if "worker-" in mail["To"]]  # and the digest
    assert len(answers) == sum(sample.answers for sample in samples(6, 2, date(2027, 3, 1)))
    assert len(set(server.accepted)) == len(server.accepted)
    assert len(tokens.asked) >= 6


def test_a_mail_that_graph_took_before_it_broke_off_is_sent_once(
    office: Works, dovecot: Dovecot, server: GraphServer
) -> None:
    server.stumbles.append(Fault.TAKE_AND_DROP)
    dovecot.deliver(proposal(), at=NOW)

    for _ in range(3):
        once(office)

    assert len(server.accepted) == 1
    assert office.house.store.views.queue() == ()
