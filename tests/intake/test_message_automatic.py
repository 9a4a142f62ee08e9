"""Mails that no person wrote: by their headers and structure (RFC 3834, 3464, 6522, 8098)."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from intake.message import read_mail
from model import DeliveryReport, InboundEmail

NOON = datetime(2027, 1, 4, 12, tzinfo=UTC)


def read(raw: str) -> InboundEmail:
    return read_mail(raw.encode(), NOON)


def from_jo(*headers: str) -> InboundEmail:
    return read("\n".join(("From: jo@x.org", *headers)) + "\n\nI am away.\n")


@pytest.mark.parametrize(
    ("header", "why"),
    [
        ("Auto-Submitted: auto-replied", "auto-submitted"),
        ("Auto-Submitted: auto-generated; owner=x", "auto-submitted"),
        ("auto-submitted: AUTO-REPLIED (vacation)", "auto-submitted"),
        ("Precedence: bulk", "precedence"),
        ("Precedence: List", "precedence"),
        ("Precedence: junk", "precedence"),
        ("Precedence: auto_reply", "precedence"),
        ("List-Id: Youth <youth.x.org>", "list"),
        ("List-Unsubscribe: <mailto:u@x.org>", "list"),
        ("X-Autoreply: yes", "auto-reply"),
        ("X-Autorespond: Away", "auto-reply"),
        ("X-AutoReply-From: jo@x.org", "auto-reply"),
        ("X-Mail-Autoreply: yes", "auto-reply"),
        ("X-POST-MessageClass: 9; Autoresponder", "auto-reply"),
    ],
)
def test_an_automatic_mail_says_why(header: str, why: str) -> None:
    assert from_jo(header).automatic == why


@pytest.mark.parametrize(
    "headers",
    [
        ("Subject: Hello",),
        ("Auto-Submitted: no",),
        ("Auto-Submitted: No (a person)",),
        ("X-Auto-Response-Suppress: All",),
        ("X-Auto-Response-Suppress: DR, OOF, AutoReply", "Subject: Our form"),
        ("Precedence: first-class",),
        ("X-Autoreply: no",),
        ("Subject: Automatic reply: what do you make of it?",),
        ("Subject: Out of office hours club: a consultation",),
        ("Return-Path: <jo@x.org>",),
        ("X-Priority: 1", "Importance: high", "X-Mailer: Microsoft Outlook"),
    ],
)
def test_a_person_is_not_taken_for_a_machine(headers: tuple[str, ...]) -> None:
    mail = from_jo(*headers)
    assert (mail.automatic, mail.report) == ("", None)


@pytest.mark.parametrize(
    "subject",
    ["Automatic reply: Form", "Out of Office: Form", "Auto: Form", "Autoreply: Form", "Vacation"],
)
def test_vacation_notes_without_headers_are_known_by_path_and_subject(subject: str) -> None:
    for mark in ("Return-Path: <>", "X-Auto-Response-Suppress: All"):
        mail = from_jo(mark, f"Subject: {subject}")
        assert (mail.automatic, mail.report) == ("vacation", None)


def test_a_vacation_note_with_a_null_path_is_no_bounce() -> None:
    mail = from_jo("Return-Path: <>", "Auto-Submitted: auto-replied", "In-Reply-To: <ours@x>")
    assert (mail.automatic, mail.report) == ("auto-submitted", None)


def test_a_read_receipt_is_no_bounce() -> None:
    mail = read(
        "Return-Path: <>\nFrom: jo@x.org\nSubject: Read: Form\n"
        "Content-Type: multipart/report; report-type=disposition-notification; boundary=z\n\n"
        "--z\n\nRead.\n--z\nContent-Type: message/disposition-notification\n\n"
        "Final-Recipient: rfc822;jo@x.org\nOriginal-Message-ID: <ours@x>\n"
        "Disposition: manual-action/MDN-sent-manually; displayed\n--z--\n"
    )
    assert (mail.automatic, mail.report) == ("read-receipt", None)


# --------------------------------------------------------------------------- delivery reports


def report(fields: str, returned: str, kind: str = "message/rfc822", head: str = "") -> str:
    return (
        f"Return-Path: <>\nFrom: MAILER-DAEMON@mx.x.org\n{head}Auto-Submitted: auto-replied\n"
        "Subject: Undelivered\n"
        "Content-Type: multipart/report; report-type=delivery-status; boundary=z\n\n"
        "--z\nContent-Type: text/plain\n\nSorry.\n"
        f"--z\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; mx.x.org\n\n{fields}\n"
        f"--z\nContent-Type: {kind}\n\n{returned}\n--z--\n"
    )


RETURNED = (
    "From: c@x.org\nMessage-ID: <ours@x>\nX-Ask-Once: registered\nSubject: Registered\n\nHi\n"
)
FAILED = "Final-Recipient: rfc822; Jo@X.org\nAction: failed\nStatus: 5.1.1\n"


def test_a_delivery_report_names_who_which_mail_and_why() -> None:
    mail = read(report(FAILED, RETURNED))
    assert mail.report == DeliveryReport(
        recipients=("jo@x.org",), message_id="<ours@x>", subject="Registered", status="5.1.1"
    )
    assert not mail.our_mark
    assert mail.attachments == ()


@pytest.mark.parametrize("kind", ["text/rfc822-headers", "message/global", "message/rfc822"])
def test_our_mail_is_known_whatever_was_returned_of_it(kind: str) -> None:
    found = read(report(FAILED, RETURNED, kind)).report
    assert found is not None
    assert found.message_id == "<ours@x>"


def test_our_mail_is_known_by_the_thread_when_nothing_was_returned() -> None:
    found = read(report(FAILED, "gone", "text/plain", "In-Reply-To: <ours@x>\n")).report
    assert found is not None
    assert found.message_id == "<ours@x>"


def test_the_address_we_wrote_to_counts_not_the_one_it_was_forwarded_to() -> None:
    fields = "Original-Recipient: rfc822;jo@x.org\n" + FAILED.replace("Jo@X.org", "jo@elsewhere.y")
    found = read(report(fields, RETURNED)).report
    assert found is not None
    assert found.recipients == ("jo@x.org",)


def test_only_those_who_failed_are_named() -> None:
    fields = FAILED + "\n" + FAILED.replace("Jo", "al").replace("failed", "delivered")
    found = read(report(fields, RETURNED)).report
    assert found is not None
    assert (found.recipients, found.delayed) == (("jo@x.org",), False)


@pytest.mark.parametrize("action", ["delayed", "relayed", "delivered", "expanded"])
def test_news_that_is_no_failure_blocks_nobody(action: str) -> None:
    found = read(report(FAILED.replace("failed", action).replace("5.1", "4.4"), RETURNED)).report
    assert found is not None
    assert found.delayed
    assert found.message_id == "<ours@x>"


def test_a_bounce_in_an_older_shape_is_read_from_its_text() -> None:
    mail = read(
        "Return-Path: <>\nFrom: MAILER-DAEMON@mx.x.org\nSubject: failure notice\n\n"
        "Hi. This is the program at mx.x.org.\n\n<jo@x.org>:\nNo mailbox here by that name.\n\n"
        "--- Below this line is a copy of the message.\n\n" + RETURNED
    )
    assert mail.report == DeliveryReport(
        recipients=("jo@x.org",), message_id="<ours@x>", subject="Registered"
    )


def test_a_bounce_is_known_by_its_failed_recipients() -> None:
    mail = read(
        "From: Mail Delivery System <Mailer-Daemon@mx.x.org>\nAuto-Submitted: auto-replied\n"
        "X-Failed-Recipients: jo@x.org, al@x.org\nReferences: <ours@x>\n\nIt could not be.\n"
    )
    assert mail.report == DeliveryReport(recipients=("jo@x.org", "al@x.org"), message_id="<ours@x>")


def test_a_null_path_without_any_mark_of_a_vacation_note_is_a_bounce() -> None:
    assert from_jo("Return-Path: < >", "Subject: Form").report is not None


def test_a_report_without_its_machine_readable_part_is_still_one() -> None:
    mail = read(
        "From: MAILER-DAEMON@mx.x.org (Mail Delivery System)\nSubject: Undelivered\n"
        "Content-Type: multipart/report; report-type=delivery-status; boundary=z\n\n"
        "--z\n\n<jo@x.org>: no such person\n"
        f"--z\nContent-Type: message/rfc822\n\n{RETURNED}\n--z--\n"
    )
    assert mail.report == DeliveryReport(
        recipients=("jo@x.org",), message_id="<ours@x>", subject="Registered"
    )


def test_a_warning_in_an_older_shape_blocks_nobody() -> None:
    mail = read(
        "Return-Path: <>\nFrom: Mailer-Daemon@mx.x.org\n"
        "Subject: Warning: message delayed 24 hours\nX-Failed-Recipients: jo@x.org\n\nLater.\n"
    )
    assert mail.report is not None
    assert mail.report.delayed


def test_a_mail_system_whose_path_is_not_known_bounces() -> None:
    assert read("From: MAILER-DAEMON@x.org\nSubject: Undeliverable\n\nNo.").report is not None
    postmaster = read("From: postmaster@x.org\nReturn-Path: <postmaster@x.org>\n\nOur form.")
    assert postmaster.report is None


@pytest.mark.parametrize(
    ("status", "failed"), [("Status: 5.1.1\n", True), ("Status: 4.4.7\n", False), ("", True)]
)
def test_without_an_action_the_status_decides(status: str, failed: bool) -> None:
    found = read(report(f"Final-Recipient: rfc822;jo@x.org\n{status}", RETURNED)).report
    assert found is not None
    assert found.delayed is not failed


@pytest.mark.parametrize("fields", ["", "Nonsense", "Action: failed", "Final-Recipient: rfc822;"])
def test_a_report_in_pieces_is_still_a_report(fields: str) -> None:
    mail = read(report(fields, RETURNED))
    assert mail.report is not None
    assert mail.report.message_id == "<ours@x>"
    assert mail.report.recipients == ()
