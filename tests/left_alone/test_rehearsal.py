"""A dry run reads: afterwards every server and every file is as it was."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest

from store import Store
from store.rehearsal import copy
from tests.commanded import MORNING, Office
from tests.harness.mails import samples
from tests.servers import postgres
from tests.servers.dovecot import Dovecot, running
from tests.servers.smtp import SmtpServer

MAILS = [mail.content for mail in samples(9, 2, date(2027, 1, 4))]
QUESTION = b"From: jo@example.org\r\nMessage-ID: <q@x>\r\nSubject: Hm\r\n\r\nWhat now?\r\n"


def state_of(folder: Path) -> dict[str, tuple[str, int]]:
    """Every file with its content and when it was last written to."""
    return {
        str(path.relative_to(folder)): (
            hashlib.sha256(path.read_bytes()).hexdigest(),
            path.stat().st_mtime_ns,
        )
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


@pytest.fixture
def dovecot() -> Iterator[Dovecot]:
    with running() as server:
        yield server


def seen_from_outside(server: Dovecot) -> tuple[object, ...]:
    with server.session() as session:
        session.select("INBOX", readonly=True)
        marks = session.uid("FETCH", "1:*", "(UID FLAGS INTERNALDATE)")[1]
        counts = session.status("INBOX", "(MESSAGES RECENT UNSEEN UIDNEXT UIDVALIDITY)")[1]
    files = {path.name for path in server.maildir.rglob("*") if path.parent.name in ("new", "cur")}
    return marks, counts, server.folders(), server.messages(), files


@pytest.mark.needs("dovecot")
def test_a_live_mailbox_and_the_register_stay_as_they_are(
    dovecot: Dovecot, office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ASKONCE_MAILBOX__PASSWORD", dovecot.password)
    with SmtpServer() as smtp:
        office.set(
            f'[mailbox]\nkind = "imap"\nhost = "127.0.0.1"\nport = {dovecot.port}\ntls = "none"\n'
            f'username = "{dovecot.username}"\nsince = "2027-01-01"\n'
            f'[outgoing]\nkind = "smtp"\nhost = "127.0.0.1"\nport = {smtp.port}\ntls = "none"\n'
        )
        dovecot.deliver(MAILS[0], at=MORNING)
        office.works()  # one that is handled and answered
        assert len(smtp.received) == 1
        dovecot.deliver(QUESTION, *MAILS[1:], at=MORNING + timedelta(minutes=1))
        before = seen_from_outside(dovecot), state_of(office.folder)

        said = office.does("run", "--dry-run", "--json", "--now", "2027-01-04T11:00")

        assert (seen_from_outside(dovecot), state_of(office.folder)) == before
        assert len(smtp.received) == 1
    *mails, figures = (json.loads(line) for line in said.splitlines())
    assert len(mails) == len(MAILS) == figures["mails"]
    question = next(mail for mail in mails if mail["message_id"] == "<q@x>")
    assert question["outcome"] == "not_understood"
    assert question["letters"] == [{"kind": "not_understood", "to": 1}]
    assert question["queue"] == ["no_form"]
    assert figures["sent"] == sum(len(mail["letters"]) for mail in mails)


def test_a_rehearsal_foretells_what_the_run_does(office: Office) -> None:
    office.begins_anew()
    for number, mail in enumerate((QUESTION, *MAILS)):
        office.gets(f"mail{number}", mail)
    now = MORNING.isoformat()
    told = [
        json.loads(x)
        for x in office.does("run", "--dry-run", "--json", "--now", now).split("\n")
        if x
    ]
    assert not office.database.exists()
    office.works()
    assert told[-1]["sent"] == len(office.sent())
    assert told[-1]["queue"] == len(office.queued())
    registered = [mail for mail in told[:-1] if mail["outcome"] == "registered"]
    assert len(registered) == len([r for r in office.exported() if r["status"] == "registered"])


def test_it_says_in_words_what_it_would_do(office: Office) -> None:
    office.gets("question", QUESTION)
    said = office.does("run", "--dry-run", "--now", MORNING.isoformat())
    assert "Mail from jo@example.org: Hm\n" in said
    assert "would be sent: not_understood to 1" in said
    assert said.endswith("Nothing was changed and nothing was sent.\n")


def test_a_first_rehearsal_makes_no_file(office: Office) -> None:
    office.begins_anew()
    before = state_of(office.folder)
    assert "0 mails would be handled" in office.does("run", "--dry-run")
    assert state_of(office.folder) == before
    assert list(office.folder.iterdir()) == [office.config]


def test_a_register_on_postgresql_is_copied_with_everything_in_it(
    office: Office, tmp_path: Path
) -> None:
    with postgres.running() as server:
        url = server.url(server.new_database())
        office.set(f'[store]\nurl = "{url}"\n')
        office.gets("form", MAILS[0])
        office.gets("question", QUESTION)
        office.works()
        copy(url, tmp_path / "copy.db")
        with Store.open(url) as one, Store.open(f"sqlite:///{tmp_path}/copy.db") as other:
            assert list(one.views.export()) == list(other.views.export())
            assert one.views.queue() == other.views.queue()
            assert one.views.counts() == other.views.counts()
            assert one.installation == other.installation
        office.gets("form", MAILS[1])
        assert "1 mails would be handled" in office.does("run", "--dry-run")
        with Store.open(url) as store:
            assert store.views.counts().mails == 2
