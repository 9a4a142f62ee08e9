"""Looking for a mail of ours among those that the server sent."""

from __future__ import annotations

import pytest

from intake.sent import SentFolder
from model import Permanent
from tests.intake.test_mailbox_contract import mail
from tests.servers.account import ok
from tests.servers.dovecot import Dovecot

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
