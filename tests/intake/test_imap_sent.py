"""Looking for a mail of ours among those that the server sent."""

from __future__ import annotations

import pytest

from intake.sent import SentFolder, own_id
from model import Permanent
from tests.intake.test_mailbox_contract import mail
from tests.servers.account import ok
from tests.servers.dovecot import Dovecot
from tests.servers.proxy import Proxy

pytestmark = pytest.mark.needs("dovecot")


@pytest.fixture
def sent(dovecot: Dovecot) -> SentFolder:
    with dovecot.session() as session:
        ok(session.create("Sent"))
    dovecot.append(mail(1), mail(22), folder="Sent")
    return SentFolder(dovecot.settings(), "Sent")


def test_a_mail_that_was_sent_is_found_by_its_message_id(sent: SentFolder) -> None:
    assert sent.has("<1@example.org>")
    assert sent.has("<22@example.org>")


@pytest.mark.parametrize("other", ["<2@example.org>", "1@example.org", '<">', "<ü@example.org>"])
def test_part_of_a_message_id_is_not_enough(sent: SentFolder, other: str) -> None:
    assert not sent.has(other)


def test_everything_that_was_sent_can_be_walked_through(sent: SentFolder) -> None:
    assert [h.rstrip() for h in sent.headers()] == [
        mail(n).partition(b"\r\n\r\n")[0] for n in (1, 22)
    ]


def test_no_such_folder_needs_a_person(dovecot: Dovecot) -> None:
    with pytest.raises(Permanent, match="no folder Sent"):
        SentFolder(dovecot.settings(), "Sent").has("<1@example.org>")


# --------------------------------------------------------------------------- replaced Message-IDs


def renamed(number: int, theirs: str) -> bytes:
    """A mail of ours whose Message-ID the server replaced."""
    head = f"Message-ID: {theirs}\r\nX-Ask-Once-Id: <{number}@example.org>\r\n"
    return head.encode() + b"Subject: x\r\n\r\nText.\r\n"


def test_a_mail_is_found_by_our_own_name_for_it(dovecot: Dovecot, sent: SentFolder) -> None:
    dovecot.append(renamed(3, "<a@outlook.test>"), renamed(4, "<b@outlook.test>"), folder="Sent")

    assert sent.has("<3@example.org>")
    assert sent.names(f"<{n}@example.org>" for n in (1, 3, 4, 5)) == {
        "<1@example.org>": "<1@example.org>",
        "<3@example.org>": "<a@outlook.test>",
        "<4@example.org>": "<b@outlook.test>",
    }


def test_a_server_that_cannot_search_for_it_is_looked_through(
    dovecot: Dovecot, sent: SentFolder
) -> None:
    dovecot.append(renamed(3, "<a@outlook.test>"), folder="Sent")
    with Proxy(dovecot.port) as proxy:
        # The search is for a header that no mail has, as if the server knew no such one.
        proxy.filter = lambda _, data: data.replace(b"HEADER X-Ask-Once-Id", b"HEADER X-Ask-Nobody")
        found = SentFolder(dovecot.settings(port=proxy.port), "Sent").names(["<3@example.org>"])

    assert found == {"<3@example.org>": "<a@outlook.test>"}


def test_what_a_mail_of_ours_was_written_with_is_read_from_its_header() -> None:
    assert own_id(renamed(3, "<a@outlook.test>")) == "<3@example.org>"
    assert own_id(mail(1)) == "<1@example.org>"
    assert own_id(b"Subject: x\r\n\r\n") is None
