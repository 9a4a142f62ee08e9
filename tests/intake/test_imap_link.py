"""Getting in safely, and getting over every way in which a connection can fail."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from intake.imap import ImapMailbox
from intake.imap_link import ImapSettings
from intake.mailbox import Filed, Folder
from model import Permanent, SettingsError, Transient
from tests.intake.test_mailbox_contract import mail, nothing_known
from tests.servers.dovecot import Dovecot
from tests.servers.ports import free_port
from tests.servers.proxy import Proxy
from tests.servers.tls import make_ca

pytestmark = pytest.mark.needs("dovecot")


@pytest.fixture(scope="module")
def ca(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path, Path]:
    return make_ca(tmp_path_factory.mktemp("ca"))


@pytest.fixture(scope="module")
def secure(ca: tuple[Path, Path, Path]) -> Iterator[Dovecot]:
    with Dovecot(certificate=ca[1:]) as server:
        yield server


@pytest.fixture
def proxy(dovecot: Dovecot) -> Iterator[Proxy]:
    with Proxy(dovecot.port) as proxy:
        yield proxy


def enter(settings: ImapSettings) -> list[str]:
    with ImapMailbox(settings) as mailbox:
        return mailbox.check()


# --------------------------------------------------------------------------- encryption


@pytest.mark.parametrize("tls", ["implicit", "starttls"])
def test_it_gets_in_by_tls_with_a_private_authority(
    secure: Dovecot, ca: tuple[Path, Path, Path], tls: str
) -> None:
    port = secure.tls_port if tls == "implicit" else secure.port
    said = enter(secure.settings(host="localhost", port=port, tls=tls, ca_file=ca[0]))
    assert said[0].endswith(", by TLS." if tls == "implicit" else ", by STARTTLS.")


@pytest.mark.parametrize("tls", ["implicit", "starttls"])
def test_a_certificate_of_an_unknown_authority_is_refused(secure: Dovecot, tls: str) -> None:
    port = secure.tls_port if tls == "implicit" else secure.port
    with pytest.raises(Permanent, match="not to be trusted"):
        enter(secure.settings(port=port, tls=tls))


@pytest.mark.parametrize("tls", ["implicit", "starttls"])
def test_a_certificate_for_another_host_is_refused(tmp_path: Path, tls: str) -> None:
    authority, *certificate = make_ca(tmp_path, ("mail.example.org",))
    with Dovecot(certificate=(certificate[0], certificate[1])) as server:
        port = server.tls_port if tls == "implicit" else server.port
        with pytest.raises(Permanent, match="not to be trusted"):
            enter(server.settings(port=port, tls=tls, ca_file=authority))


def test_starttls_refused_is_an_error_and_the_password_stays_here(
    dovecot: Dovecot, proxy: Proxy
) -> None:
    sent: list[bytes] = []

    def listen(from_server: bool, data: bytes) -> bytes:
        if not from_server:
            sent.append(data)
        return data

    proxy.filter = listen
    with pytest.raises(Permanent, match="STARTTLS"):
        enter(dovecot.settings(port=proxy.port, tls="starttls"))
    assert b"secret" not in b"".join(sent)
    assert b"LOGIN" not in b"".join(sent).upper()


def test_starttls_offered_and_then_refused_is_an_error(secure: Dovecot) -> None:
    with Proxy(secure.port) as proxy:
        proxy.filter = lambda _, data: data.replace(b"STARTTLS\r\n", b"STARTNOT\r\n")
        with pytest.raises(Permanent, match="STARTTLS"):
            enter(secure.settings(port=proxy.port, tls="starttls"))


def test_tls_with_a_server_that_has_none_is_an_error(dovecot: Dovecot) -> None:
    with pytest.raises((Permanent, Transient), match="Could not reach"):
        enter(dovecot.settings(tls="implicit"))


@pytest.mark.parametrize("host", ["mail.example.org", "192.0.2.1", "localhost.example.org"])
def test_clear_text_is_for_this_machine_only(host: str) -> None:
    with pytest.raises(SettingsError, match=r"mailbox\.tls"):
        ImapSettings(host=host, tls="none", username="bot", password="secret")


def test_a_ca_file_that_is_no_certificate_is_named(secure: Dovecot, tmp_path: Path) -> None:
    with pytest.raises(Permanent, match="ca_file"):
        enter(secure.settings(tls="starttls", ca_file=tmp_path / "missing.pem"))


# --------------------------------------------------------------------------- logging in


def test_a_wrong_password_needs_a_person(dovecot: Dovecot) -> None:
    with pytest.raises(Permanent, match="refused the user name or the password") as caught:
        enter(dovecot.settings(password="wrong-one"))
    assert "wrong-one" not in str(caught.value)


def test_a_password_beyond_ascii_is_sent_as_utf_8(dovecot: Dovecot) -> None:
    with pytest.raises(Permanent, match="refused the user name or the password"):
        enter(dovecot.settings(password="pässwort"))


def test_settings_do_not_show_the_password() -> None:
    assert "secret" not in repr(ImapSettings(host="h", username="bot", password="secret"))


def test_a_server_that_is_away_is_tried_again(dovecot: Dovecot) -> None:
    with pytest.raises(Transient, match="tried again"):
        enter(dovecot.settings(port=free_port()))


def test_a_host_that_has_no_address_is_tried_again() -> None:
    with pytest.raises(Transient, match=r"mail\.invalid"):
        enter(ImapSettings(host="mail.invalid", username="bot", password="secret", timeout=5))


def test_a_mailbox_that_does_not_exist_needs_a_person(dovecot: Dovecot) -> None:
    with pytest.raises(Permanent, match="no folder Nowhere"):
        enter(dovecot.settings(folder="Nowhere"))


def test_a_server_that_talks_nonsense_is_tried_again(dovecot: Dovecot, proxy: Proxy) -> None:
    proxy.filter = lambda from_server, data: b"220 ESMTP ready\r\n" if from_server else data
    with pytest.raises(Transient):
        enter(dovecot.settings(port=proxy.port))


# --------------------------------------------------------------------------- cuts


def handle_all(mailbox: ImapMailbox, fetched: set[bytes]) -> None:
    with mailbox:
        for ref in mailbox.waiting(None, nothing_known):
            raw = mailbox.fetch(ref)
            if raw is not None:
                fetched.add(raw)
                mailbox.file(ref, Folder.PROCESSED, "<1@example.org>")


@pytest.mark.parametrize("capability", ["", "IMAP4rev1 UIDPLUS IDLE NAMESPACE"])
def test_a_connection_cut_anywhere_is_recovered_from(capability: str) -> None:
    with Dovecot(capability=capability) as server, Proxy(server.port) as proxy:
        size, cuts = 1, 0
        while cuts == size - 1:  # until a run goes through without being cut
            server.empty()
            server.deliver(mail(1))
            mailbox = ImapMailbox(server.settings(port=proxy.port))
            fetched: set[bytes] = set()
            proxy.cut_after(size * 127)
            size += 1
            try:
                handle_all(mailbox, fetched)
            except Transient:
                cuts += 1
                handle_all(mailbox, fetched)
            assert fetched == {mail(1)}
            assert server.messages() == []
            assert server.messages("Processed") == [mail(1)]
        assert cuts > 20


@pytest.mark.parametrize("command", [b"MOVE", b"FETCH", b"SEARCH", b"SELECT", b"LOGIN"])
def test_an_answer_that_never_comes_is_recovered_from(
    dovecot: Dovecot, proxy: Proxy, command: bytes
) -> None:
    dovecot.deliver(mail(1))
    silent = False

    def swallow(from_server: bool, data: bytes) -> bytes:
        nonlocal silent
        silent = silent or (not from_server and command in data.upper())
        return b"" if from_server and silent else data

    proxy.filter = swallow
    mailbox = ImapMailbox(dovecot.settings(port=proxy.port, timeout=0.5))
    fetched: set[bytes] = set()
    with pytest.raises(Transient, match="does not answer"):
        handle_all(mailbox, fetched)
    proxy.filter = lambda _, data: data
    handle_all(mailbox, fetched)
    assert fetched == {mail(1)}
    assert dovecot.messages("Processed") == [mail(1)]


def test_a_lost_connection_stays_lost_until_entered_again(dovecot: Dovecot, proxy: Proxy) -> None:
    dovecot.deliver(mail(1))
    mailbox = ImapMailbox(dovecot.settings(port=proxy.port))
    with mailbox:
        (ref,) = mailbox.waiting(None, nothing_known)
        proxy.cut()
        for _ in range(2):
            with pytest.raises(Transient):
                mailbox.fetch(ref)
        with pytest.raises(Transient):
            mailbox.wait(1)
    with mailbox:
        assert mailbox.fetch(ref) == mail(1)
        assert mailbox.file(ref, Folder.PROCESSED, None) is Filed.MOVED


# --------------------------------------------------------------------------- news


@pytest.mark.parametrize("tls", ["none", "implicit", "starttls"])
def test_idle_brings_news_of_a_mail_that_comes_in_meanwhile(
    secure: Dovecot, ca: tuple[Path, Path, Path], tls: str
) -> None:
    secure.empty()
    port = secure.tls_port if tls == "implicit" else secure.port
    settings = secure.settings(port=port, tls=tls, ca_file=ca[0])
    with ImapMailbox(settings) as mailbox:
        assert list(mailbox.waiting(None, nothing_known)) == []
        delivery = threading.Timer(0.3, secure.deliver, (mail(1),))
        delivery.start()
        assert mailbox.wait(30) is True
        delivery.join()
        assert len(list(mailbox.waiting(None, nothing_known))) == 1


def test_idle_on_a_link_gone_silent_is_noticed(dovecot: Dovecot, proxy: Proxy) -> None:
    silent = False

    def fall_silent(from_server: bool, data: bytes) -> bytes:
        nonlocal silent
        passing = b"" if silent else data
        silent = silent or (from_server and data.startswith(b"+"))
        return passing

    proxy.filter = fall_silent
    with ImapMailbox(dovecot.settings(port=proxy.port, timeout=0.5)) as mailbox:
        list(mailbox.waiting(None, nothing_known))
        with pytest.raises(Transient, match="does not answer"):
            mailbox.wait(0.2)


def test_without_idle_mail_is_polled_for() -> None:
    polling = Dovecot(capability="IMAP4rev1 UIDPLUS MOVE")
    with polling as server, ImapMailbox(server.settings()) as mailbox:
        list(mailbox.waiting(None, nothing_known))
        assert mailbox.wait(0.1) is False
        server.deliver(mail(1))
        assert mailbox.wait(0.1) is True
        assert "News comes by polling; mails are filed by MOVE." in mailbox.check()
