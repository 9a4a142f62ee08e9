"""One stored mail, run again: what failed is handled, what was done is not done twice."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import date, timedelta

import pytest

from tests.commanded import MORNING, Office
from tests.harness.mails import samples

ALLOWED = '[people]\nallowed_domains = ["nowhere.example"]\n'


def form() -> bytes:
    return samples(1, 2, date(2027, 1, 4))[0].content


def kinds(office: Office) -> list[str]:
    return [
        line.partition(": ")[2]
        for mail in office.sent()
        for line in mail.splitlines()
        if line.startswith("X-Ask-Once: ")
    ]


def test_a_mail_that_the_settings_kept_out_is_handled_once_they_let_it_in(office: Office) -> None:
    office.set(ALLOWED)
    office.gets("form", form())
    office.works()
    (item,) = office.queued()
    assert item["reason"] == "sender_not_allowed"
    office.set("")

    said = office.does("replay", str(item["id"]))

    assert "registered" in said
    assert f"exception {item['id']} is closed" in said
    assert office.queued() == []
    (record,) = office.exported()
    assert record["status"] == "registered"
    office.works(MORNING + timedelta(hours=1))
    assert kinds(office) == ["registered"]


def test_what_a_mail_did_is_not_done_again(office: Office) -> None:
    office.gets("form", form())
    office.works()
    before = office.exported()
    for _ in range(3):
        said = office.does("replay", "mail:1")
        assert "nothing was changed, and nothing is sent" in said
        office.works(MORNING + timedelta(hours=1))
    assert office.exported() == before
    assert kinds(office) == ["registered"]


def test_an_answer_of_the_same_kind_is_not_sent_twice(office: Office) -> None:
    office.gets(
        "question", b"From: jo@example.org\r\nMessage-ID: <q@x>\r\nSubject: Hm\r\n\r\nWhat?"
    )
    office.works()
    queue, sent = office.queued(), office.sent()
    for _ in range(2):
        assert "Nothing is different" in office.does("replay", "<q@x>")
        office.works(MORNING + timedelta(hours=1))
    assert (office.queued(), office.sent()) == (queue, sent)


def test_a_mail_that_our_code_failed_on_is_handled_anew(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise KeyError("secret@example.org")

    office.gets("form", form())
    with monkeypatch.context() as patch:  # a fault of ours cannot be had otherwise
        patch.setattr("intake.process.decide", broken)
        office.works()
    (item,) = office.queued()
    assert item["reason"] == "failed"
    with monkeypatch.context() as patch:
        patch.setattr("intake.replay.decide", broken)
        said = office.does("replay", str(item["id"]), status=1)
    assert "failed again, and nothing was changed: KeyError at" in said
    assert "secret" not in said
    assert [i["id"] for i in office.queued()] == [item["id"]]

    assert "registered" in office.does("replay", str(item["id"]))
    assert office.queued() == []
    office.works(MORNING + timedelta(hours=1))
    assert kinds(office) == ["registered"]


def test_who_ran_it_is_in_the_audit_trail(office: Office) -> None:
    office.set(ALLOWED)
    office.gets("form", form())
    office.works()
    office.set("")
    office.does("replay", "mail:1")
    with closing(sqlite3.connect(office.database)) as database:
        query = "SELECT who FROM audit WHERE act = 'registered'"
        ((who,),) = database.execute(query).fetchall()
    assert who not in ("", "askonce")


@pytest.mark.parametrize(
    ("wanted", "said"),
    [
        ("7", "There is no exception 7"),
        ("mail:7", "There is no mail 7"),
        ("<gone@x>", "No mail has the Message-ID"),
    ],
)
def test_what_is_not_there_is_said(office: Office, wanted: str, said: str) -> None:
    office.does("replay", wanted, status=1)
    assert said in office.complained
