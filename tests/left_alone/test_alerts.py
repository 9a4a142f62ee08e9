"""The administrator is told once that mail stopped and once that it flows; by real servers."""

from __future__ import annotations

import socket
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from email import message_from_bytes, policy

import pytest

from model import Address, AlertRules, Letter, Outage, Sign, Trouble, Vitals
from notifier.alerts import judge
from store import Store
from store.pulse import Pulse
from tests.commanded import MORNING, Office
from tests.servers.smtp import Received, SmtpServer

JO, SECOND = Address(email="jo@example.org"), Address(email="second@example.net")
RULES = AlertRules(to=(JO, SECOND))
NOW = datetime(2027, 3, 1, 12, tzinfo=UTC)
QUESTION = b"From: asha@example.org\r\nMessage-ID: <%d@x>\r\nSubject: Hm\r\n\r\nWhat now? %d\r\n"


def ago(hours: float) -> datetime:
    return NOW - timedelta(hours=hours)


def keys(vitals: Vitals, **more: object) -> list[str]:
    told = judge(vitals, RULES, NOW, NOW.date(), **more)  # type: ignore[arg-type]
    return [draft.key for draft in told.drafts]


def sign(what: Trouble = Trouble.MAILBOX, daemon: str = "one", **more: datetime | None) -> Sign:
    return Sign(daemon=daemon, what=what, **more)  # type: ignore[arg-type]


# --------------------------------------------------------------------------- the rule


@pytest.mark.parametrize(("hours", "told"), [(2.9, 0), (3, 1), (30, 1)])
def test_what_fails_for_three_hours_is_told(hours: float, told: int) -> None:
    failing = sign(well_at=ago(hours + 1), failing_since=ago(hours))
    assert len(keys(Vitals(signs=(failing,)))) == told


def test_one_daemon_that_gets_through_is_enough() -> None:
    failing = sign(failing_since=ago(9))
    working = sign(daemon="two", well_at=ago(0.01))
    assert keys(Vitals(signs=(failing, working))) == []
    gone = sign(daemon="two", well_at=ago(5))
    (key,) = keys(Vitals(signs=(failing, gone)))
    assert key == f"alert:mailbox:{ago(5).isoformat()}"


def test_an_outage_is_told_once_and_its_end_once() -> None:
    failing = sign(well_at=ago(7), failing_since=ago(6))
    begun = Outage(what=Trouble.MAILBOX, since=ago(6))
    assert keys(Vitals(signs=(failing,), outages=(begun,))) == []
    again = sign(well_at=NOW, failing_since=ago(6), recovered_at=ago(1))
    told = judge(Vitals(signs=(again,), outages=(begun,)), RULES, NOW, NOW.date())
    assert told.ended == (Outage(what=Trouble.MAILBOX, since=ago(6), until=ago(1)),)
    assert told.drafts[0].parts[0].details["until"] == ago(1)
    assert keys(Vitals(signs=(again,), outages=told.ended)) == []


def test_an_outage_that_nobody_could_write_down_is_told_when_it_is_over() -> None:
    over = sign(Trouble.DATABASE, well_at=NOW, failing_since=ago(6), recovered_at=ago(1))
    (key,) = keys(Vitals(signs=(over,)))
    assert key.endswith(":back")
    short = sign(Trouble.DATABASE, well_at=NOW, failing_since=ago(2), recovered_at=ago(1))
    assert keys(Vitals(signs=(short,))) == []


def test_mail_that_waits_while_none_goes_is_an_outage_whatever_the_server_says() -> None:
    assert len(keys(Vitals(unsent_since=ago(4), sent_at=ago(5)))) == 1
    assert keys(Vitals(unsent_since=ago(4), sent_at=ago(1))) == []
    assert keys(Vitals(unsent_since=ago(4), held=True)) == []


def test_a_disk_is_told_of_once_until_it_has_room_to_spare() -> None:
    assert len(keys(Vitals(), free=RULES.room - 1)) == 1
    full = Outage(what=Trouble.DISK, since=ago(1))
    assert keys(Vitals(outages=(full,)), free=RULES.room + 1) == []
    assert len(keys(Vitals(outages=(full,)), free=2 * RULES.room)) == 1


@pytest.mark.parametrize(
    ("days", "which"), [(31, None), (30, 30), (8, 30), (7, 7), (0, 7), (-3, 7)]
)
def test_a_credential_is_told_of_30_and_7_days_before_it_ends(days: int, which: int | None) -> None:
    ends = NOW.date() + timedelta(days=days)
    rules = AlertRules(to=(JO,), credentials=(("mail account", ends),))
    told = judge(Vitals(), rules, NOW, NOW.date()).drafts
    assert [draft.key.rpartition(":")[2] for draft in told] == ([str(which)] if which else [])
    known = Vitals(warned=frozenset(draft.key for draft in told))
    assert judge(known, rules, NOW, NOW.date()).drafts == ()


def test_with_nobody_to_tell_it_is_kept_all_the_same() -> None:
    failing = Vitals(signs=(sign(failing_since=ago(4)),))
    told = judge(failing, AlertRules(), NOW, date(2027, 3, 1))
    assert (len(told.begun), told.drafts) == (1, ())


# --------------------------------------------------------------------------- by real servers


@pytest.fixture
def smtp() -> Iterator[SmtpServer]:
    with SmtpServer() as server:
        yield server


def settings(port: int) -> str:
    return (
        f'[outgoing]\nkind = "smtp"\nhost = "127.0.0.1"\nport = {port}\ntls = "none"\n'
        '[people]\nadministrator = "Jo <jo@example.org>"\nalerts = "second@example.net"\n'
    )


def told(server: SmtpServer) -> list[Received]:
    mark = f"X-Ask-Once: {Letter.ALERT}".encode()
    return [mail for mail in server.received if mark in mail.content]


def alerts(server: SmtpServer) -> list[tuple[str, tuple[str, ...]]]:
    mails = ((message_from_bytes(m.content, policy=policy.default), m) for m in told(server))
    return [(head["Subject"], mail.recipients) for head, mail in mails]


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return int(taken.getsockname()[1])


def test_a_server_that_is_away_for_hours_is_told_of_once_and_once_when_it_is_back(
    office: Office, smtp: SmtpServer
) -> None:
    office.set(settings(free_port()))
    office.gets("one", QUESTION % (1, 1))
    for hours in (0, 1, 2.9, 3.1, 4, 20):
        office.works(MORNING + timedelta(hours=hours), status=1)
    office.set(settings(smtp.port))
    for hours in (21, 22, 23):
        office.works(MORNING + timedelta(hours=hours))

    both = ("jo@example.org", "second@example.net")
    assert alerts(smtp) == [
        ("Ask Once: No email is going out", both),
        ("Ask Once: Email is going out again", both),
    ]
    back = message_from_bytes(told(smtp)[-1].content, policy=policy.default)
    text = " ".join(back.get_body(("plain",)).get_content().split())  # type: ignore[union-attr]
    assert "from 10:00am on 4 January 2027 until 7:00am on 5 January 2027" in text


def test_a_mailbox_that_cannot_be_read_is_told_of_through_the_server_that_works(
    office: Office, smtp: SmtpServer
) -> None:
    office.set(settings(smtp.port))
    office.works()
    inbox = office.folder / "var/mail/inbox"
    inbox.rename(inbox.with_name("away"))
    inbox.touch()
    for hours in (1, 3.9, 4.1, 5):
        office.works(MORNING + timedelta(hours=hours), status=1)
    assert [subject for subject, _ in alerts(smtp)] == ["Ask Once: No email is coming in"]
    inbox.unlink()
    inbox.with_name("away").rename(inbox)
    for hours in (6, 7):
        office.works(MORNING + timedelta(hours=hours))
    assert [subject for subject, _ in alerts(smtp)][1:] == ["Ask Once: Email is coming in again"]


def test_an_alert_that_comes_back_leads_to_no_other(office: Office, smtp: SmtpServer) -> None:
    office.set(settings(smtp.port))
    office.works()
    (office.folder / "var/mail/inbox/new").rename(office.folder / "var/mail/inbox/gone")
    (office.folder / "var/mail/inbox/new").touch()
    for hours in (1, 4.1):
        office.works(MORNING + timedelta(hours=hours), status=1)
    (office.folder / "var/mail/inbox/new").unlink()
    (office.folder / "var/mail/inbox/gone").rename(office.folder / "var/mail/inbox/new")
    (alert,) = smtp.received
    office.gets(
        "bounce",
        (
            "From: MAILER-DAEMON@example.org\r\nReturn-Path: <>\r\nSubject: Undelivered\r\n"
            "MIME-Version: 1.0\r\nContent-Type: multipart/report; report-type=delivery-status; "
            'boundary="b"\r\n\r\n--b\r\n\r\nUnknown.\r\n--b\r\n'
            "Content-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx\r\n\r\n"
            "Final-Recipient: rfc822; jo@example.org\r\nAction: failed\r\nStatus: 5.1.1\r\n\r\n"
            f"--b\r\nContent-Type: text/rfc822-headers\r\n\r\nMessage-ID: {alert.message_id}\r\n"
            "\r\n--b--\r\n"
        ).encode(),
    )
    for hours in (5, 9, 14, 30):
        office.works(MORNING + timedelta(hours=hours))
    assert [recipients for _, recipients in alerts(smtp)] == [
        ("jo@example.org", "second@example.net"),
        ("second@example.net",),  # that it is over: told to the one who can be reached
    ]


def test_what_the_daemon_met_while_the_database_was_away_is_kept_for_later(
    office: Office,
) -> None:
    office.works()
    url = f"sqlite:///{office.database}"
    with Store.open(url, patience=0.1) as store:
        pulse = Pulse(store.health, "one")
        with closing(sqlite3.connect(office.database, isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            pulse.failed(Trouble.MAILBOX, NOW, "locked")
            pulse.failed(Trouble.MAILBOX, NOW + timedelta(hours=1), "locked")
            other.execute("ROLLBACK")
        pulse.well(Trouble.MAILBOX, NOW + timedelta(hours=5))
        found = [s for s in store.health.vitals(NOW).signs if s.what is Trouble.DATABASE]
    assert [(s.failing_since, s.recovered_at) for s in found] == [(NOW, NOW + timedelta(hours=5))]
