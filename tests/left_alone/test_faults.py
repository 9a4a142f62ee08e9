"""What goes wrong around the daemon: said by its name, lost by nobody, over when it is over."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from commands.run import works
from intake.imap import ImapMailbox
from intake.mailbox import Folder
from model import Transient
from notifier.senders import SmtpSender, SmtpSettings
from scheduler import once
from settings import load
from tests.commanded import MORNING, Office
from tests.harness.mails import samples
from tests.servers import postgres
from tests.servers.dovecot import running
from tests.servers.smtp import SmtpServer
from tests.servers.tls import make_ca

FORMS = [mail.content for mail in samples(2, 2, date(2027, 1, 4))]
QUESTION = b"From: asha@example.org\r\nMessage-ID: <q@x>\r\nSubject: Hm\r\n\r\nWhat now?\r\n"


def kinds(office: Office) -> list[str]:
    heads = (mail.partition("\n\n")[0] for mail in office.sent())
    return sorted(
        line[12:] for head in heads for line in head.splitlines() if line.startswith("X-Ask-Once: ")
    )


# --------------------------------------------------------------------------- the disk


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 3 MB of our own."""
    place = tmp_path / "disk"
    place.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=3m", "askonce", str(place)]
    if subprocess.run(command, capture_output=True, check=False).returncode:
        pytest.skip("only root may mount a small disk")
    yield place
    subprocess.run(["umount", str(place)], check=True)


def on(disk: Path) -> str:
    return f'[store]\nurl = "sqlite:///{disk}/askonce.db"\n[health]\ndisk_mb = 1\n'


def test_a_full_disk_is_named_and_what_came_meanwhile_is_handled_when_there_is_room(
    office: Office, disk: Path
) -> None:
    office.set(on(disk))
    office.works()
    office.gets("form", FORMS[0])
    filler = disk / "filler"
    with pytest.raises(OSError, match="No space"):
        filler.write_bytes(bytes(10_000_000))

    office.works(status=1)
    assert "the disk is full: make room" in office.complained
    assert "FAULT  disk:" in office.does("check", status=1)
    assert len(list((office.folder / "var/mail/inbox/new").iterdir())) == 1
    assert office.sent() == []

    filler.unlink()
    office.works()
    assert [record["status"] for record in office.exported()] == ["registered"]
    assert kinds(office) == ["registered"]


def test_a_disk_that_became_read_only_is_named_and_nothing_is_lost(
    office: Office, disk: Path
) -> None:
    office.set(on(disk))
    office.works()
    office.gets("form", FORMS[0])
    subprocess.run(["mount", "-o", "remount,ro", str(disk)], check=True)
    office.works(status=1)
    assert "read-only" in office.complained.lower()
    office.does("check", status=1)

    subprocess.run(["mount", "-o", "remount,rw", str(disk)], check=True)
    office.works()
    assert kinds(office) == ["registered"]


# --------------------------------------------------------------------------- the database


def test_a_database_that_goes_away_and_comes_back_costs_nothing(office: Office) -> None:
    with postgres.running() as server:
        url = server.url(server.new_database())
        office.set(f'[store]\nurl = "{url}"\n')
        office.gets("one", FORMS[0])
        with works(load(office.config, {}), MORNING) as wired:
            assert once(wired) == ()
            server.connection.close()
            server.server.stop()
            office.gets("two", FORMS[1])
            faults = once(wired)
            assert faults
            assert all(isinstance(fault, Transient) for fault in faults)
            assert all(str(fault).startswith("The database test") for fault in faults)
            server.server.start()
            assert once(wired) == ()
            assert wired.house.store.views.counts().mails == 2
        assert kinds(office) == ["registered", "registered"]


# --------------------------------------------------------------------------- the clock


def test_a_clock_that_jumps_a_year_ahead_and_back_sends_nothing_twice(office: Office) -> None:
    office.gets("form", FORMS[0])
    office.works()
    (record,) = office.exported()
    after = datetime.fromisoformat(record["form1"]["end_date"]).replace(tzinfo=UTC)
    after += timedelta(days=2, hours=11)
    after += timedelta(days=(2 - after.weekday()) % 7)  # a Wednesday

    office.works(MORNING + timedelta(days=365))  # long overdue: for a person, no mail
    assert kinds(office) == ["registered"]
    assert [item["reason"] for item in office.queued()] == ["outcomes_overdue"]
    for _ in range(2):
        office.works(MORNING + timedelta(hours=1))  # it was wrong: back
        office.works(after)
    assert kinds(office).count("registered") == 1
    assert kinds(office).count("completion_note") <= 1
    office.gets("two", FORMS[1])
    office.works(MORNING - timedelta(days=2))  # and now it is behind
    assert kinds(office).count("registered") == 2


@pytest.mark.parametrize(
    ("early", "due"),
    [
        ("2028-03-24T08:29", "2028-03-24T08:30"),  # the Friday before summer time begins
        ("2028-03-27T07:29", "2028-03-27T07:30"),  # the Monday after
        ("2027-10-29T07:29", "2027-10-29T07:30"),  # the Friday before it ends
        ("2027-11-01T08:29", "2027-11-01T08:30"),  # the Monday after
    ],
)
def test_the_digest_goes_at_half_past_eight_by_the_clock_on_the_wall(
    office: Office, early: str, due: str
) -> None:
    office.set('[people]\nadministrator = "jo@example.org"\n')
    office.gets("question", QUESTION)
    office.works(datetime.fromisoformat(early).replace(tzinfo=UTC))
    assert kinds(office) == ["not_understood"]
    office.works(datetime.fromisoformat(due).replace(tzinfo=UTC))
    assert kinds(office) == ["digest", "not_understood"]


# --------------------------------------------------------------------------- certificates, quota


@pytest.fixture
def expired(tmp_path: Path) -> tuple[Path, Path, Path]:
    return make_ca(tmp_path / "tls", lasts=timedelta(days=-1))


@pytest.mark.needs("dovecot")
def test_an_expired_certificate_of_the_mailbox_is_named_and_tried_again(
    expired: tuple[Path, Path, Path],
) -> None:
    ca, certificate, key = expired
    with running(certificate=(certificate, key)) as server:
        settings = server.settings(
            host="localhost", port=server.tls_port, tls="implicit", ca_file=ca
        )
        with pytest.raises(Transient, match=r"localhost:\d+: .*\(certificate has expired\)"):
            ImapMailbox(settings).__enter__()


@pytest.mark.parametrize("tls", ["implicit", "starttls"])
def test_an_expired_certificate_of_the_way_out_is_named_and_tried_again(
    expired: tuple[Path, Path, Path], tls: str
) -> None:
    ca, certificate, key = expired
    with SmtpServer(tls=tls, certificate=(certificate, key)) as server:  # type: ignore[arg-type]
        settings = SmtpSettings(
            host="localhost",
            port=server.port,
            tls=tls,  # type: ignore[arg-type]
            envelope_from="us@example.org",
            ca_file=str(ca),
        )
        with (
            SmtpSender(settings) as sender,
            pytest.raises(Transient, match=r"localhost:\d+ .*certificate has expired"),
        ):
            sender.open()


@pytest.mark.needs("dovecot")
def test_a_mailbox_over_quota_is_named_and_its_mail_is_answered_all_the_same(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A server that can only copy: a copy needs room, and there is none."""
    with running(quota=6_000, capability="IMAP4rev1 UIDPLUS NAMESPACE IDLE") as server:
        monkeypatch.setenv("ASKONCE_MAILBOX__PASSWORD", server.password)
        office.set(
            f'[mailbox]\nkind = "imap"\nhost = "127.0.0.1"\nport = {server.port}\ntls = "none"\n'
            f'username = "{server.username}"\nsince = "2027-01-01"\n'
        )
        server.deliver(QUESTION + b"x" * 5_000, at=MORNING)
        for hour in range(3):
            office.works(MORNING + timedelta(hours=hour), status=1)
            assert "[OVERQUOTA]" in office.complained
        assert kinds(office) == ["not_understood"]
        assert len(server.messages()) == 1
        with ImapMailbox(server.settings()) as mailbox:
            assert list(mailbox.filed()) == []
            (ref,) = mailbox.waiting(None, lambda _: set())
            with pytest.raises(Transient, match=r"Could not file a mail .*OVERQUOTA"):
                mailbox.file(ref, Folder.PROCESSED, None)


@pytest.mark.needs("dovecot")
def test_one_folder_that_cannot_be_read_does_not_stop_the_others(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    with running() as server:
        monkeypatch.setenv("ASKONCE_MAILBOX__PASSWORD", server.password)
        office.set(
            f'[mailbox]\nkind = "imap"\nhost = "127.0.0.1"\nport = {server.port}\ntls = "none"\n'
            f'username = "{server.username}"\nsince = "2027-01-01"\nfolders = ["Gone", "INBOX"]\n'
        )
        server.deliver(QUESTION, at=MORNING)
        office.works(status=1)
        assert "There is no folder Gone" in office.complained
        assert kinds(office) == ["not_understood"]
