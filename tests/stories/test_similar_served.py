"""Similar work through a real Dovecot and a real SMTP server, by the program as it is wired."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

import pytest

from commands.run import works
from scheduler import once
from settings import Settings, load
from tests.intake.desk import form1_file, kind, mail
from tests.intake.world import OTHER
from tests.servers.dovecot import Dovecot
from tests.servers.smtp import SmtpServer
from tests.stories.replies import gmail, outlook

NOW = datetime(2027, 3, 1, 10, tzinfo=UTC)
_SETTINGS = """
[mailbox]
kind = "imap"
host = "127.0.0.1"
port = {imap}
tls = "none"
username = "{user}"
since = "2027-01-04T09:00"

[outgoing]
kind = "smtp"
host = "127.0.0.1"
port = {smtp}
tls = "none"
from = "Consultations <consultations@example.org>"

[store]
url = "sqlite:///askonce.db"

[pages]
serve = false

[similar]
notice = true
"""


@dataclass
class Office:
    """The program at work on two servers."""

    settings: Settings
    dovecot: Dovecot
    smtp: SmtpServer
    seen: int = 0

    def told(self, made: EmailMessage, now: datetime) -> list[EmailMessage]:
        """A mail comes; what goes out because of it."""
        self.dovecot.deliver(made.as_bytes(), at=now)
        with works(self.settings, now) as wired:
            assert once(wired) == ()
        new = self.smtp.received[self.seen :]
        self.seen += len(new)
        return [message_from_bytes(r.content, policy=policy.default) for r in new]

    def statuses(self) -> list[str]:
        with works(self.settings, NOW) as wired:
            return [record["status"] for record in wired.house.store.views.export()]


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    with Dovecot() as dovecot, SmtpServer() as smtp:
        config = tmp_path / "config.toml"
        given = _SETTINGS.format(imap=dovecot.port, user=dovecot.username, smtp=smtp.port)
        config.write_text(given, "utf-8")
        settings = load(config, {"ASKONCE_MAILBOX__PASSWORD": dovecot.password})
        yield Office(settings, dovecot, smtp)


@pytest.mark.needs("dovecot")
def test_two_are_warned_and_one_proceeds_and_one_withdraws(office: Office) -> None:
    first, second = form1_file(email=OTHER.email), form1_file(organisation="Another")
    (registered,) = office.told(mail(first, sender=OTHER), NOW)
    assert kind(registered) == "registered"
    sent = office.told(mail(second), NOW + timedelta(hours=1))
    assert sorted(map(kind, sent)) == ["similar", "similar_notice"]
    (warning,) = [one for one in sent if kind(one) == "similar"]
    (confirmed,) = office.told(outlook("PROCEED", warning), NOW + timedelta(hours=2))
    assert kind(confirmed) == "confirmed"
    (withdrawn,) = office.told(gmail("WITHDRAW", confirmed), NOW + timedelta(hours=3))
    assert kind(withdrawn) == "withdrawn"
    assert office.statuses() == ["registered", "withdrawn"]
    assert office.dovecot.messages("INBOX") == []
