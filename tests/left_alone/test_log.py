"""The log has numbers and reasons in it, and nothing of what a mail said or who wrote it."""

from __future__ import annotations

import json
import logging
import re
import socket
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest

from commands.log import without_addresses
from tests.commanded import MORNING, Office
from tests.harness.mails import samples
from tests.servers.smtp import SmtpServer

ROOT = Path(__file__).parents[2]
MARK = "zqmark"
STORY = (
    f"From: {MARK} Person <{MARK}@{MARK}.example>\r\nTo: us@example.org\r\n"
    f"Message-ID: <1@{MARK}.example>\r\nSubject: {MARK} is the subject\r\n\r\n"
    f"{MARK} wrote this.\r\n"
).encode()
#: Nothing in it is as it should be.
ODD = (
    f"From: =?x-{MARK}?q?=FF?= <{MARK}>\r\nContent-Type: multipart/mixed; boundary={MARK}\r\n"
    f"Subject: =?utf-8?b?{MARK}!!?=\r\nDate: {MARK}\r\nMessage-ID: {MARK}\r\n\r\n--{MARK}\r\n"
    f'Content-Type: application/octet-stream; name="{MARK}.docx"\r\n'
    f"Content-Transfer-Encoding: {MARK}\r\n\r\nPK{MARK}\r\n--{MARK}\r\n"
    f'Content-Type: application/ms-tnef; name="{MARK}.dat"\r\n\r\n{MARK}\r\n--{MARK}--\r\n'
).encode()


def run(office: Office, *words: str, status: int = 0) -> list[str]:
    """The lines of the log of a run in a process of its own."""
    command = [sys.executable, str(ROOT / "askonce.py"), "run", "--once", *words]
    ended = subprocess.run(
        [*command, "--config", str(office.config), "--now", MORNING.isoformat()],
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == status, ended.stderr
    return ended.stderr.splitlines()


def marked(office: Office) -> None:
    form = samples(1, 2, date(2027, 1, 4))[0].content
    sender = re.search(rb"^From: .*<(.+)>", form, re.MULTILINE)
    assert sender
    office.gets("form", form.replace(sender[1], f"{MARK}@{MARK}.example".encode()))
    office.gets("story", STORY)
    office.gets("odd", ODD)


@pytest.mark.parametrize("form", ["text", "json"])
def test_a_story_leaves_nothing_of_its_people_in_the_log(office: Office, form: str) -> None:
    with SmtpServer() as smtp:
        refusal = f"553 <{MARK}@{MARK}.example>: {MARK}@elsewhere.example not ours"
        smtp.faults["RCPT"].append(refusal)
        smtp.faults["MAIL"].extend([None, f"550 {MARK}@{MARK}.example may not send here"])
        office.set(
            f'[log]\nlevel = "debug"\nformat = "{form}"\n[outgoing]\nkind = "smtp"\n'
            f'host = "127.0.0.1"\nport = {smtp.port}\ntls = "none"\n'
            f'from = "{MARK} <{MARK}@office.example>"\n'
        )
        marked(office)
        # What is complained of at the end is for whoever typed the command; the rest is the log.
        lines = [x for x in run(office, status=1) if not x.startswith("askonce: ")]
    assert len([line for line in lines if "mail " in line]) >= 3
    assert [line for line in lines if MARK in line.lower()] == []


def test_each_line_of_json_has_its_event_and_its_ids(office: Office) -> None:
    office.set('[log]\nformat = "json"\n')
    office.gets("story", STORY)
    lines = [json.loads(line) for line in run(office)]
    by_event = {line["event"]: line for line in lines}
    assert {"time", "level", "room", "event", "message"} <= set.intersection(*map(set, lines))
    assert by_event["mail_handled"] | {"mail": 1, "kind": "other"} == by_event["mail_handled"]
    assert by_event["delivery"]["state"] == "sent"
    assert by_event["delivery"]["outgoing"] == 1


def test_the_level_is_heeded(office: Office) -> None:
    office.set('[log]\nlevel = "error"\n')
    office.gets("story", STORY)
    assert run(office) == []


def test_what_a_library_says_is_told_by_its_place_alone(office: Office) -> None:
    script = (
        "import logging, threading, warnings, commands.log as log\n"
        "log.set_up('info', 'json'); log.catch_what_falls()\n"
        f"logging.getLogger('mailparser').error('{MARK} %s', '{MARK}')\n"
        "logging.getLogger('waitress.queue').warning('Task queue depth is 1')\n"
        f"warnings.warn('{MARK}')\n"
        f"def fall(): raise KeyError('{MARK}')\n"
        "thread = threading.Thread(target=fall); thread.start(); thread.join()\n"
        "try:\n    fall()\nexcept KeyError:\n"
        f"    logging.getLogger('intake').exception('it failed')\n"
        "fall()\n"
    )
    ended = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=False, cwd=ROOT
    )
    lines = [json.loads(line) for line in ended.stderr.splitlines()]
    assert ended.returncode == 1
    assert len(lines) == 5
    assert lines[0]["message"] == "a library's error (<string>:3); its words are left out"
    assert MARK not in ended.stderr
    assert sum(bool(re.search("KeyError at .*<string>", x["message"])) for x in lines) == 3


@pytest.mark.parametrize(
    ("said", "left"),
    [
        ("550 <jo@x.example>: no", "550 <(an address)>: no"),
        ("refused jo.b+c@x.example.", "refused (an address)"),
        ("535 login=jo@x.example failed", "535 login=(an address) failed"),
        ("mail.example.org:587 broke off", "mail.example.org:587 broke off"),
    ],
)
def test_addresses_are_taken_out_of_what_a_server_said(said: str, left: str) -> None:
    assert without_addresses(said) == left


def test_a_server_that_is_away_is_named_in_the_log(office: Office) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    office.set(f'[outgoing]\nkind = "smtp"\nhost = "127.0.0.1"\nport = {port}\ntls = "none"\n')
    office.gets("story", STORY)
    assert any(f"127.0.0.1:{port}" in line for line in run(office, status=1))
    assert logging.getLogger("intake").isEnabledFor(logging.ERROR)
