"""Filing on servers that can do less, or say it otherwise (RFC 6851, 4315, 2342)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from intake.imap import ImapMailbox
from intake.mailbox import Filed, Folder
from tests.intake.test_mailbox_contract import mail, nothing_known
from tests.servers.account import ok
from tests.servers.dovecot import Dovecot

pytestmark = pytest.mark.needs("dovecot")

NOON = datetime(2027, 1, 4, 12, tzinfo=UTC)


@pytest.fixture(scope="module")
def _without_move() -> Iterator[Dovecot]:
    with Dovecot(capability="IMAP4rev1 UIDPLUS IDLE NAMESPACE") as server:
        yield server


@pytest.fixture
def without_move(_without_move: Dovecot) -> Dovecot:
    _without_move.empty()
    return _without_move


def test_without_move_a_mail_is_copied_and_that_one_expunged(without_move: Dovecot) -> None:
    without_move.deliver(mail(1), mail(2), at=NOON)
    with without_move.session() as session:  # a person has deleted the other, but not for good
        ok(session.select())
        ok(session.store("2", "+FLAGS", r"(\Deleted)"))
    with ImapMailbox(without_move.settings()) as mailbox:
        first, _ = mailbox.waiting(None, nothing_known)
        assert mailbox.file(first, Folder.PROCESSED, "<1@example.org>") is Filed.MOVED
        assert mailbox.file(first, Folder.PROCESSED, "<1@example.org>") is Filed.GONE
    assert without_move.messages("Processed") == [mail(1)]
    assert without_move.messages() == [mail(2)]


def test_a_copy_made_before_a_crash_is_not_made_again(without_move: Dovecot) -> None:
    without_move.deliver(mail(1), at=NOON)
    with ImapMailbox(without_move.settings()) as mailbox:
        (ref,) = mailbox.waiting(None, nothing_known)
        with without_move.session() as session:
            ok(session.create("Processed"))
            ok(session.select())
            ok(session.uid("COPY", ref.uid, "Processed"))
        assert mailbox.file(ref, Folder.PROCESSED, "<1@example.org>") is Filed.MOVED
    assert without_move.messages("Processed") == [mail(1)]
    assert without_move.messages() == []


def test_another_mail_with_the_same_message_id_is_copied_as_well(without_move: Dovecot) -> None:
    longer = mail(1) + b"And more.\r\n"
    without_move.deliver(mail(1), at=NOON)
    without_move.deliver(longer, at=NOON)
    with ImapMailbox(without_move.settings()) as mailbox:
        for ref in mailbox.waiting(None, nothing_known):
            mailbox.file(ref, Folder.PROCESSED, "<1@example.org>")
    assert without_move.messages("Processed") == [mail(1), longer]


def test_a_server_that_can_do_neither_keeps_the_mail_where_it_is() -> None:
    with Dovecot(capability="IMAP4rev1 IDLE") as server:
        server.deliver(mail(1))
        with ImapMailbox(server.settings()) as mailbox:
            (ref,) = mailbox.waiting(None, nothing_known)
            assert mailbox.file(ref, Folder.PROCESSED, None) is Filed.LEFT
            assert mailbox.file(ref, Folder.PROCESSED, None) is Filed.LEFT
            assert any("stay where they are" in line for line in mailbox.check())
        assert server.messages() == [mail(1)]
        assert server.folders() == {"INBOX"}


def test_folders_are_made_in_the_users_own_namespace() -> None:
    with Dovecot(prefix="INBOX.") as server:
        server.deliver(mail(1), mail(2))
        settings = server.settings(processed="Office/Done", exceptions="INBOX.Queries")
        with ImapMailbox(settings) as mailbox:
            first, second = mailbox.waiting(None, nothing_known)
            assert mailbox.file(first, Folder.PROCESSED, None) is Filed.MOVED
            assert mailbox.file(second, Folder.EXCEPTIONS, None) is Filed.MOVED
            assert len(list(mailbox.filed())) == 2
            assert "The folder Office/Done is there." in mailbox.check()
        assert len(server.messages("INBOX.Office.Done")) == 1
        assert len(server.messages("INBOX.Queries")) == 1


def test_a_folder_with_an_accent_is_found_again(dovecot: Dovecot) -> None:
    settings = dovecot.settings(processed="Erledigt & geprüft")
    for number in (1, 2):
        dovecot.deliver(mail(number))
        with ImapMailbox(settings) as mailbox:
            (ref,) = mailbox.waiting(None, nothing_known)
            mailbox.file(ref, Folder.PROCESSED, None)
    with ImapMailbox(settings) as mailbox:
        assert len(list(mailbox.filed())) == 2


def test_a_folder_deleted_while_we_are_connected_is_made_again(dovecot: Dovecot) -> None:
    dovecot.deliver(mail(1), mail(2))
    with ImapMailbox(dovecot.settings()) as mailbox:
        first, second = mailbox.waiting(None, nothing_known)
        mailbox.file(first, Folder.PROCESSED, None)
        with dovecot.session() as session:
            ok(session.delete("Processed"))
        assert mailbox.file(second, Folder.PROCESSED, None) is Filed.MOVED
    assert len(dovecot.messages("Processed")) == 1


def test_after_a_renumbering_old_refs_are_gone_and_the_mails_wait_anew(dovecot: Dovecot) -> None:
    dovecot.deliver(mail(1))
    mailbox = ImapMailbox(dovecot.settings())
    with mailbox:
        (old,) = mailbox.waiting(None, nothing_known)
    dovecot.renumber()
    ledger = {old.uidvalidity: {old.uid}}
    with mailbox:
        assert mailbox.fetch(old) is None
        assert mailbox.file(old, Folder.PROCESSED, "<1@example.org>") is Filed.GONE
        (new,) = mailbox.waiting(None, lambda validity: ledger.get(validity, set()))
        assert new.uidvalidity != old.uidvalidity
        assert mailbox.fetch(new) == mail(1)
        assert mailbox.file(new, Folder.PROCESSED, None) is Filed.MOVED


def test_what_people_read_and_flag_is_neither_minded_nor_changed(dovecot: Dovecot) -> None:
    dovecot.deliver(mail(1), mail(2))
    with dovecot.session() as session:
        ok(session.select())
        ok(session.store("1", "+FLAGS", r"(\Seen \Flagged)"))
    before = dovecot.flags()
    with ImapMailbox(dovecot.settings()) as mailbox:
        refs = list(mailbox.waiting(None, nothing_known))
        assert [mailbox.fetch(ref) for ref in refs] == [mail(1), mail(2)]
        assert all(mailbox.fetch_headers(ref) for ref in refs)
    assert dovecot.flags() == before
