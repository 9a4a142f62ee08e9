"""Signing in by token at real mail servers: Dovecot, and SMTP, with tokens that run out."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from intake.imap import ImapMailbox
from intake.imap_link import ImapSettings
from intake.sent import SentFolder
from model import DeliveryState, Permanent, Transient
from notifier.senders import SmtpSender
from signin.microsoft import Application
from signin.tokens import Tokens
from tests.notifier.mails import mail, settings
from tests.servers.dovecot import Dovecot
from tests.servers.proxy import Proxy
from tests.servers.smtp import SmtpServer
from tests.servers.tokens import CLIENT, SECRET, TENANT, TokenServer

Ca = tuple[Path, Path, Path]


def nothing() -> None:
    pass


def incoming(number: int) -> bytes:
    return f"Message-ID: <{number}@example.org>\r\nSubject: {number}\r\n\r\nText\r\n".encode()


@pytest.fixture
def token(tokens: TokenServer, ca: Ca) -> Tokens:
    application = Application(
        tenant=TENANT, client_id=CLIENT, secret=SECRET, authority=tokens.url, ca_file=ca[0]
    )
    return Tokens(application.fetch)


@pytest.fixture(scope="module")
def shared(ca: Ca) -> Iterator[tuple[TokenServer, Dovecot]]:
    with TokenServer(ca[1:]) as tokens, Dovecot(introspection=tokens.introspection) as dovecot:
        yield tokens, dovecot


@pytest.fixture
def tokens(shared: tuple[TokenServer, Dovecot]) -> TokenServer:
    """The one that Dovecot asks."""
    shared[0].revoke()
    shared[0].asked.clear()
    shared[0].lasts = 3600.0
    return shared[0]


@pytest.fixture
def dovecot(shared: tuple[TokenServer, Dovecot]) -> Dovecot:
    shared[1].empty()
    return shared[1]


@pytest.fixture
def smtp(tokens: TokenServer) -> Iterator[SmtpServer]:
    with SmtpServer(knows=tokens.knows) as server:
        yield server


def by_token(dovecot: Dovecot, token: Tokens, **changes: Any) -> ImapSettings:
    return dovecot.settings(password="", token=token, **changes)


def looked(mailbox: ImapMailbox) -> int:
    return len(list(mailbox.waiting(None, lambda _: set())))


# --------------------------------------------------------------------------- IMAP


@pytest.mark.needs("dovecot")
class TestImap:
    def test_a_token_opens_the_mailbox(
        self, dovecot: Dovecot, tokens: TokenServer, token: Tokens
    ) -> None:
        dovecot.deliver(incoming(1))
        for _ in range(3):
            with ImapMailbox(by_token(dovecot, token)) as mailbox:
                assert looked(mailbox) == 1

        assert len(tokens.asked) == 1

    def test_it_opens_the_folder_of_sent_mails(self, dovecot: Dovecot, token: Tokens) -> None:
        with dovecot.session() as session:
            session.create("Sent")
        dovecot.append(incoming(1), folder="Sent")

        assert SentFolder(by_token(dovecot, token), "Sent").has("<1@example.org>")

    def test_a_token_that_ran_out_is_replaced(
        self, dovecot: Dovecot, tokens: TokenServer, token: Tokens
    ) -> None:
        tokens.lasts = 0.2
        for _ in range(1000):
            with ImapMailbox(by_token(dovecot, token)) as mailbox:
                assert looked(mailbox) == 0
            if len(tokens.asked) > 2:
                return
        pytest.fail("The token ran out, and no other was fetched.")

    def test_a_token_that_was_withdrawn_is_replaced_once(
        self, dovecot: Dovecot, tokens: TokenServer, token: Tokens
    ) -> None:
        with ImapMailbox(by_token(dovecot, token)):
            tokens.revoke()
        with ImapMailbox(by_token(dovecot, token)) as mailbox:
            assert looked(mailbox) == 0

        assert len(tokens.asked) == 2

    def test_a_session_that_ends_with_its_token_is_begun_anew(
        self, dovecot: Dovecot, tokens: TokenServer, token: Tokens
    ) -> None:
        with Proxy(dovecot.port) as proxy:
            mailbox = ImapMailbox(by_token(dovecot, token, port=proxy.port))
            with mailbox, pytest.raises(Transient):
                tokens.revoke()
                proxy.cut()
                looked(mailbox)
            with mailbox:
                assert looked(mailbox) == 0

    def test_a_token_that_is_never_good_is_told(
        self, dovecot: Dovecot, tokens: TokenServer, token: Tokens
    ) -> None:
        tokens.lasts = 0.0

        with pytest.raises(Permanent, match=r"refused the token .*docs/microsoft365\.md"):
            ImapMailbox(by_token(dovecot, token)).__enter__()
        assert len(tokens.asked) == 2

    def test_a_token_for_another_mailbox_is_told(self, dovecot: Dovecot, token: Tokens) -> None:
        with pytest.raises(Permanent, match="refused the token"):
            ImapMailbox(by_token(dovecot, token, username="other")).__enter__()

    def test_a_server_without_tokens_is_named(self, token: Tokens) -> None:
        with Dovecot() as plain, pytest.raises(Permanent, match=r"does not take tokens"):
            ImapMailbox(by_token(plain, token)).__enter__()

    def test_a_mailbox_that_was_not_given_to_the_application_is_told(
        self, dovecot: Dovecot, token: Tokens
    ) -> None:
        with Proxy(dovecot.port) as proxy:
            proxy.filter = _as_exchange_refuses
            with pytest.raises(Permanent, match="was not given the mailbox"):
                ImapMailbox(by_token(dovecot, token, port=proxy.port)).__enter__()

    def test_no_token_to_be_had_is_told_as_such(
        self, dovecot: Dovecot, tokens: TokenServer, token: Tokens
    ) -> None:
        expired = {"error": "invalid_client", "error_description": "AADSTS7000222: expired."}
        tokens.faults.append((401, expired))

        with pytest.raises(Permanent, match="secret has expired"):
            ImapMailbox(by_token(dovecot, token)).__enter__()


def _as_exchange_refuses(from_server: bool, data: bytes) -> bytes:
    """Exchange Online lets such an application in, and then obeys none of its commands."""
    tag, _, rest = data.partition(b" ")
    if from_server and rest.startswith(b"OK [READ-WRITE]"):
        return tag + b" BAD User is authenticated but not connected.\r\n"
    lines = data.split(b"\r\n")
    if from_server and any(b"OK [READ-WRITE]" in line for line in lines):
        tag = lines[-2].split(b" ")[0]
        return tag + b" BAD User is authenticated but not connected.\r\n"
    return data


# --------------------------------------------------------------------------- SMTP


def sender(smtp: SmtpServer, token: Tokens, **changes: Any) -> SmtpSender:
    return SmtpSender(settings(smtp, username="bot", token=token, **changes))


@pytest.mark.parametrize("length", [1, 100, 2000])
def test_a_token_of_any_length_lets_mail_out(
    smtp: SmtpServer, tokens: TokenServer, token: Tokens, length: int
) -> None:
    tokens.length = length
    with sender(smtp, token) as way:
        assert way.send(mail("one"), nothing).state is DeliveryState.SENT

    assert smtp.accepted == ["<one@test>"]


def test_a_withdrawn_token_is_replaced_once(
    smtp: SmtpServer, tokens: TokenServer, token: Tokens
) -> None:
    token()
    tokens.revoke()
    with sender(smtp, token) as way:
        assert way.send(mail("one"), nothing).state is DeliveryState.SENT

    assert len(tokens.asked) == 2


@pytest.mark.parametrize("reply", ["530 5.7.57 Client not authenticated", "421 4.7.66 expired"])
def test_a_session_that_ends_with_its_token_is_begun_anew(
    smtp: SmtpServer, tokens: TokenServer, token: Tokens, reply: str
) -> None:
    with sender(smtp, token) as way:
        way.send(mail("one"), nothing)
        tokens.revoke()
        smtp.faults["MAIL"].append(reply)

        assert way.send(mail("two"), nothing).state is DeliveryState.SENT

    assert smtp.accepted == ["<one@test>", "<two@test>"]
    assert len(tokens.asked) == 2


def test_a_token_that_is_never_good_is_told(
    smtp: SmtpServer, tokens: TokenServer, token: Tokens
) -> None:
    tokens.lasts = 0.0

    with pytest.raises(Permanent, match=r"allowed to send .*docs/microsoft365\.md"):
        sender(smtp, token).open()
    assert len(tokens.asked) == 2


def test_smtp_switched_off_sends_people_to_graph(
    smtp: SmtpServer, tokens: TokenServer, token: Tokens
) -> None:
    smtp.faults["AUTH"].append(
        "535 5.7.139 Authentication unsuccessful, SmtpClientAuthentication is disabled"
    )

    with pytest.raises(Permanent, match=r'send by Microsoft Graph \(\[outgoing\] kind = "graph"\)'):
        sender(smtp, token).open()
    assert len(tokens.asked) == 1


def test_a_fault_of_the_servers_may_pass(smtp: SmtpServer, token: Tokens) -> None:
    smtp.faults["AUTH"].append("454 4.7.0 Temporary authentication failure")

    with pytest.raises(Transient):
        sender(smtp, token).open()


def test_a_server_without_tokens_is_named(token: Tokens) -> None:
    with SmtpServer() as plain, pytest.raises(Permanent, match="takes no tokens"):
        sender(plain, token).open()


def test_checking_says_that_the_token_works(smtp: SmtpServer, token: Tokens) -> None:
    assert "The login by token works" in sender(smtp, token).check()


def test_two_threads_share_a_token(smtp: SmtpServer, tokens: TokenServer, token: Tokens) -> None:
    senders = [sender(smtp, token) for _ in range(4)]
    threads = [threading.Thread(target=one.open) for one in senders]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(tokens.asked) == 1
