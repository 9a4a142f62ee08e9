"""The commands that the register is kept by, on a register that mails were put through."""

from __future__ import annotations

import json
import shutil
from datetime import UTC, date, datetime, timedelta
from email import message_from_string
from email.policy import default
from pathlib import Path
from typing import Any

import pytest

import askonce
from parsers.references import split
from tests.harness.mails import samples

MORNING = datetime(2027, 1, 4, 10, tzinfo=UTC)  # a Monday
QUESTION = (
    b"From: jo@example.org\r\nMessage-ID: <1@example.org>\r\nSubject: Hello?\r\n\r\nWhat now?"
)


class Office:
    """An office of its own in a folder, worked from the command line."""

    def __init__(self, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.folder = folder
        self.database = folder / "var/askonce.db"
        self.config = folder / "config.toml"
        self.config.touch()
        self._capsys = capsys

    def does(self, *words: str, status: int = 0) -> str:
        assert askonce.main([*words, "--config", str(self.config)]) == status
        return self._capsys.readouterr().out

    def gets(self, name: str, mail: bytes, now: datetime = MORNING) -> None:
        new = self.folder / "var/mail/inbox/new"
        new.mkdir(parents=True, exist_ok=True)
        (new / name).write_bytes(mail)
        self.works(now)

    def works(self, now: datetime) -> None:
        self.does("run", "--once", "--now", now.isoformat())

    def exported(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.does("export", "--json").splitlines()]

    def queued(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.does("queue", "list", "--json").splitlines()]

    def sent(self) -> list[str]:
        """The texts of the mails that went out, the latest last."""
        files = (self.folder / "var/mail/sent/new").glob("*")
        return [f.read_text("utf-8") for f in sorted(files, key=lambda f: f.stat().st_mtime_ns)]


@pytest.fixture
def office(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Office:
    return Office(tmp_path, capsys)


def form(number: int) -> bytes:
    """A mail with a complete Form 1; each from somebody else."""
    return samples(2, 2, date(2027, 1, 4))[number].content


def test_the_queue_is_listed_shown_and_dismissed(office: Office) -> None:
    assert office.does("queue") == "The queue is empty.\n"
    office.gets("question", QUESTION)
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


def test_every_consultation_is_exported(office: Office) -> None:
    office.gets("form", form(0))
    (record,) = office.exported()
    assert record["status"] == "registered"
    assert record["reference"].startswith("CYP-2027-0001-")
    assert [mail["direction"] for mail in record["mails"]] == ["in", "out"]
    line = office.does("export")
    assert record["reference"] in line
    assert record["form1"]["title"] in line


def test_what_goes_out_soon_is_listed_with_its_reason(office: Office) -> None:
    office.gets("form", form(0))
    (record,) = office.exported()
    the_end = date.fromisoformat(record["form1"]["end_date"])
    said = office.does("due", "--on", str(the_end + timedelta(days=60)))
    assert "completion_note" in said
    assert "chaser" in said
    assert "1 day after the end date" in said
    assert record["reference"] in said


def test_upgrade_says_what_it_did(office: Office) -> None:
    assert "was empty and is set up now" in office.does("upgrade")
    assert "nothing to do" in office.does("upgrade")


def test_a_backup_goes_beside_the_database_or_where_it_is_told_to(office: Office) -> None:
    office.gets("form", form(0))
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
    office.gets("first", form(0))
    copy = office.folder / "copy.db"
    office.does("backup", "--to", str(copy))
    office.gets("second", form(1), MORNING + timedelta(hours=1))
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
    assert [line.split(":")[0] for line in said] == [
        f"OK     {name}"
        for name in ("settings", "forms", "mailbox", "outgoing", "database", "disk")
    ]
    office.config.write_text("[mailbox]\npath = 'config.toml'\n[store]\nurl = 'sqlite:///other'\n")
    (office.folder / "other").write_text("not a database, and long enough to be looked at " * 99)
    said = office.does("check", status=1).splitlines()
    assert [line.split(":")[0] for line in said] == [
        "OK     settings",
        "OK     forms",
        "FAULT  mailbox",
        "OK     outgoing",
        "FAULT  database",
        "OK     disk",
    ]
    office.config.write_text("[mailbox]\nprot = 1\n")
    assert office.does("check", status=1).startswith("FAULT  settings: ")


def test_check_counts_the_mails_that_are_left_alone(office: Office) -> None:
    office.config.write_text("[mailbox]\nsince = 2099-01-01T09:00:00\n")
    office.gets("old", QUESTION)
    assert office.sent() == []
    assert "1 mail older than since (01 January 2099, 09:00)" in office.does("check")
