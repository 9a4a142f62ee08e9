"""The commands that the register is kept by, on a register that mails were put through."""

from __future__ import annotations

import json
import re
import shutil
import signal
import subprocess
import sys
from datetime import UTC, date, datetime, timedelta
from email import message_from_string
from email.policy import default
from pathlib import Path

import pytest

from model import Reason
from notifier.reasons import NEXT
from parsers.references import split
from tests.commanded import MORNING, Office
from tests.harness.mails import samples
from tests.servers.pymap import Pymap

ROOT = Path(__file__).parent.parent

QUESTION = (
    b"From: jo@example.org\r\nMessage-ID: <1@example.org>\r\nSubject: Hello?\r\n\r\nWhat now?"
)


@pytest.fixture
def office(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Office:
    return Office(tmp_path, capsys)


def form(number: int) -> bytes:
    """A mail with a complete Form 1; each from somebody else."""
    return samples(2, 2, date(2027, 1, 4))[number].content


def test_the_queue_is_listed_shown_and_dismissed(office: Office) -> None:
    assert office.does("queue") == "The queue is empty.\n"
    office.handles("question", QUESTION)
    (item,) = office.queued()
    assert list(item) == "id reason from subject received_at reference message_id".split()
    assert (item["reason"], item["from"], item["subject"]) == (
        "no_form",
        "jo@example.org",
        "Hello?",
    )
    assert "no_form" in office.does("queue")
    number = str(item["id"])
    assert "What now?" in office.does("queue", "show", number)
    office.does("queue", "dismiss", number, "--why", "told by telephone")
    assert office.queued() == []
    assert "told by telephone" in office.does("queue", "show", number)
    office.does("queue", "dismiss", number, "--why", "once more", status=1)


def test_an_exception_is_shown_in_words(office: Office) -> None:
    office.handles("incomplete", samples(9, 2, date(2027, 1, 4))[8].content)
    (item,) = office.queued()
    said = office.does("queue", "show", str(item["id"]))
    assert f"What to do:  {NEXT[Reason.INCOMPLETE]}" in said
    asked = re.search(r"asked for:\n((?:  - .*\n)+)", said)
    assert asked
    assert "This has no answer yet" in asked[1] or "this has no answer yet" in asked[1]
    assert re.search(r"^Form 1 as it was read from .*, each answer with its place:$", said, re.M)
    assert re.search(r"^  Title.*: \w.*  \[(table|sheet) .+\]$", said, re.M)
    assert re.search(r"^File: .* kB\): Form 1$", said, re.M)
    assert not re.search(r"[{}\[]\"|missing|_", said.partition("Form 1 as")[2].partition("\n\n")[0])
    raw = json.loads(office.does("queue", "show", str(item["id"]), "--json"))
    assert raw["detail"]["form"] == "form1"


def test_what_a_stranger_wrote_cannot_steer_the_terminal(office: Office) -> None:
    office.handles("question", QUESTION.replace(b"Hello?", b"=?utf-8?q?Hello=1B[2J=C2=9B?="))
    (item,) = office.queued()
    for said in (office.does("queue"), office.does("queue", "show", str(item["id"]))):
        assert "Hello" in said
        assert not {"\x1b", "\x9b"} & {*said}


def bounce(office: Office) -> bytes:
    """A report that the latest mail of ours came back."""
    ours = message_from_string(office.sent()[-1], policy=default)
    return (
        "From: MAILER-DAEMON@example.org\r\nReturn-Path: <>\r\nSubject: Undelivered\r\n"
        "MIME-Version: 1.0\r\nContent-Type: multipart/report; report-type=delivery-status; "
        'boundary="b"\r\n\r\n--b\r\n\r\nUnknown.\r\n--b\r\n'
        "Content-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.example.org\r\n\r\n"
        f"Final-Recipient: rfc822; {ours['To'].addresses[0].addr_spec}\r\nAction: failed\r\n"
        "Status: 5.1.1\r\n\r\n--b\r\nContent-Type: text/rfc822-headers\r\n\r\n"
        f"Message-ID: {ours['Message-ID']}\r\n\r\n--b--\r\n"
    ).encode()


def test_dismissing_a_bounce_lets_its_address_get_mail_again(office: Office) -> None:
    office.handles("form", form(0))
    office.handles("bounce", bounce(office))
    (item,) = office.queued()
    assert item["reason"] == "bounced"
    number = str(item["id"])
    assert "it gets no more mail" in office.does("queue", "show", number)
    assert "HELD" in office.does("due", "--on", "2028-12-31")

    (record,) = office.exported()
    day = date.fromisoformat(record["form1"]["end_date"]) + timedelta(days=2)
    wednesday = datetime(day.year, day.month, day.day, 11, tzinfo=UTC)
    wednesday += timedelta(days=(2 - day.weekday()) % 7)
    office.works(wednesday)
    assert len(office.sent()) == 1, "the completion note is held"
    said = office.does("queue", "dismiss", number, "--why", "their server was away")
    assert "gets mail again" in said
    assert "it gets mail again" in office.does("queue", "show", number)
    assert "HELD" not in office.does("due", "--on", "2028-12-31")
    office.works(wednesday + timedelta(hours=1))
    assert len(office.sent()) == 2
    office.does("queue", "dismiss", number, "--why", "once more", status=1)


def test_every_consultation_is_exported(office: Office) -> None:
    office.handles("form", form(0))
    (record,) = office.exported()
    assert record["status"] == "registered"
    assert record["reference"].startswith("CYP-2027-0001-")
    assert [mail["direction"] for mail in record["mails"]] == ["in", "out"]
    line = office.does("export")
    assert record["reference"] in line
    assert record["form1"]["title"] in line
    assert f"outcomes due {record['outcomes_due']}" in line
    lead = record["form1"]["email"]
    head = f"From: {lead}\r\nMessage-ID: <2@example.org>\r\nSubject: {record['reference']}\r\n"
    office.handles("word", f"{head}\r\nWITHDRAW".encode())
    withdrawn = office.does("export")
    assert "withdrawn" in withdrawn
    assert "outcomes due" not in withdrawn


def test_what_goes_out_soon_is_listed_with_its_reason(office: Office) -> None:
    office.handles("form", form(0))
    (record,) = office.exported()
    the_end = date.fromisoformat(record["form1"]["end_date"])
    said = office.does("due", "--on", str(the_end + timedelta(days=60)))
    assert "completion_note" in said
    assert "chaser" in said
    assert "1 day after the end date" in said
    assert record["reference"] in said


def test_upgrade_says_what_it_did(office: Office) -> None:
    office.begins_anew()
    assert "was empty and is set up now" in office.does("upgrade")
    assert "nothing to do" in office.does("upgrade")


def test_a_backup_goes_beside_the_database_or_where_it_is_told_to(office: Office) -> None:
    office.handles("form", form(0))
    office.does("backup")
    (copy,) = (office.folder / "var/backup").glob("askonce-*.db")
    assert str(copy.stat().st_mode & 0o077) == "0"
    office.does("backup", "--to", str(office.folder / "elsewhere/copy.db"))
    shutil.copy(office.folder / "elsewhere/copy.db", office.database)
    assert len(office.exported()) == 1
    office.does("backup", "--to", str(office.folder / "elsewhere/copy.db"), status=1)


def test_after_a_restore_nothing_is_lost_nor_said_twice_and_no_reference_comes_again(
    office: Office,
) -> None:
    office.handles("first", form(0))
    copy = office.folder / "copy.db"
    office.does("backup", "--to", str(copy))
    office.handles("second", form(1), MORNING + timedelta(hours=1))
    before = office.exported()
    sent_before = office.sent()
    for file in office.database.parent.glob("askonce.db-*"):
        file.unlink()
    shutil.copy(copy, office.database)
    assert len(office.exported()) == 1

    assert "taken in once more: 1." in office.does("restored")
    assert "FAULT  database: nothing is sent" in office.does("check", status=1)
    office.works(MORNING + timedelta(hours=2))
    first, second = office.exported()
    assert first["reference"] == before[0]["reference"]
    assert second["form1"] == before[1]["form1"]
    assert split(second["reference"]) == (2027, 3), "the lost one's number was given already"
    assert office.sent() == sent_before

    office.does("restored", "--send")
    office.works(MORNING + timedelta(hours=3))
    subjects = [str(message_from_string(m, policy=default)["Subject"]) for m in office.sent()]
    assert len([subject for subject in subjects if first["reference"] in subject]) == 1
    assert len([subject for subject in subjects if second["reference"] in subject]) == 1
    assert office.does("restored", "--send").startswith("Mails handled after the backup, taken in")
    assert len(office.exported()) == 2


def test_check_tries_everything_and_says_what_to_do(office: Office) -> None:
    said = office.does("check").splitlines()
    parts = ("settings", "forms", "mailbox", "outgoing", "database", "disk")
    told = [line.split(":")[0] for line in said if "documents" not in line]
    assert told == [
        *(f"OK     {name}" for name in parts),
        "OK     bank holidays",
        "OK     clock",
        "NOTE   work",
        "NOTE   people",
    ]
    office.config.write_text(
        "[mailbox]\npath = 'config.toml'\n[store]\nurl = 'sqlite:///other'\n"
        "[people]\nadministrator = 'jo@example.org'\n"
    )
    (office.folder / "other").write_text("not a database, and long enough to be looked at " * 99)
    said = office.does("check", status=1).splitlines()
    told = [line.split(":")[0] for line in said if "documents" not in line]
    assert told == [
        "OK     settings",
        "OK     forms",
        "FAULT  mailbox",
        "OK     outgoing",
        "FAULT  database",
        "OK     disk",
        "OK     bank holidays",
    ]
    office.config.write_text("[mailbox]\nprot = 1\n")
    assert office.does("check", status=1).startswith("FAULT  settings: ")


def test_check_counts_the_mails_that_are_left_alone(office: Office) -> None:
    office.config.write_text("[mailbox]\nsince = 2099-01-01T09:00:00\n")
    office.handles("old", QUESTION)
    assert office.sent() == []
    assert "1 mail older than since (01 January 2099, 09:00)" in office.does("check")


IMAP = """\
[mailbox]
kind = "imap"
host = "127.0.0.1"
port = {port}
tls = "{tls}"
username = "bot"
password_file = "secret"
since = 2027-01-04
sent_folder = "Sent Items"
"""


def test_check_looks_for_the_folder_of_sent_mails(office: Office) -> None:
    (office.folder / "secret").write_text("secret")
    with Pymap() as server:
        office.config.write_text(IMAP.format(port=server.port, tls="none"))
        assert "FAULT  sent mails: There is no folder Sent Items" in office.does("check", status=1)
        with server.session() as session:
            session.create('"Sent Items"')
        assert "OK     sent mails: The folder Sent Items is there." in office.does("check")


def test_check_says_what_a_port_without_encryption_is_about(office: Office) -> None:
    (office.folder / "secret").write_text("secret")
    with Pymap() as server:
        office.config.write_text(IMAP.format(port=server.port, tls="implicit"))
        said = office.does("check", status=1)
    assert "That port does not begin with encryption: look at mailbox.tls and mailbox.port" in said


def test_the_daemon_says_that_it_watches_and_how_to_stop_it(office: Office) -> None:
    """And a sender that fails is not laid to the mailbox's account."""
    office.handles("form", form(0))
    office.handles("question", QUESTION)
    office.config.write_text(
        "[outgoing]\nkind = 'smtp'\nhost = 'localhost'\ntls = 'none'\nport = 1\n"
    )
    (office.folder / "var/mail/inbox/new/again").write_bytes(form(1))
    command = [sys.executable, "askonce.py", "run", "--config", str(office.config)]
    with subprocess.Popen(command, cwd=ROOT, stderr=subprocess.PIPE, text=True) as daemon:
        assert daemon.stderr
        said = []
        for line in daemon.stderr:
            said.append(line)
            if "cannot go on" in line:
                daemon.send_signal(signal.SIGINT)
    assert any("stop with Ctrl+C" in line for line in said)
    assert [line.split(": ")[1] for line in said if "cannot go on" in line] == [
        "deliver cannot go on for now"
    ]
    assert daemon.returncode == 0
