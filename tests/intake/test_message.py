"""Bytes -> InboundEmail: addresses, headers, encodings, and whatever else can be in a mail."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from intake.message import read_mail
from model import Address, InboundEmail

NOON = datetime(2027, 1, 4, 12, tzinfo=UTC)


def read(raw: bytes | str, **options: Any) -> InboundEmail:
    data = raw.encode() if isinstance(raw, str) else raw
    return read_mail(data.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n"), NOON, **options)


# --------------------------------------------------------------------------- who


@pytest.mark.parametrize(
    ("value", "email", "name"),
    [
        ("Jo@Example.ORG", "jo@example.org", ""),
        ("Jo Bloggs <jo@example.org>", "jo@example.org", "Jo Bloggs"),
        ('"Bloggs, Jo" <jo@example.org>', "jo@example.org", "Bloggs, Jo"),
        ("=?utf-8?q?J=C3=B6_Bloggs?= <jo@example.org>", "jo@example.org", "Jö Bloggs"),
        ("=?iso-8859-1?q?J=F6?= =?utf-8?b?w6k=?= <jo@example.org>", "jo@example.org", "Jöé"),
        ("=?utf-8?q?a=40b=2Ecom?= <jo@example.org>", "jo@example.org", "a@b.com"),
        ("jo@example.org (Jo Bloggs)", "jo@example.org", "Jo Bloggs"),
        ("Jo\r\n Bloggs\r\n <jo@example.org>", "jo@example.org", "Jo Bloggs"),
        ("Office: jo@example.org;", "jo@example.org", ""),
        ("Jo <jo@exämple.org>", "jo@xn--exmple-cua.org", "Jo"),
        ("Jö <jö@exämple.org>", "jö@exämple.org", "Jö"),
        ("jo@example.org, al@example.org", "jo@example.org", ""),
    ],
)
def test_the_sender_is_the_from_in_lower_case(value: str, email: str, name: str) -> None:
    assert read(f"From: {value}\n\nHi").sender == Address(email=email, name=name)


@pytest.mark.parametrize(
    "value",
    ["", "<>", "undisclosed:;", "Jo Bloggs", "jo@", "@example.org", "<jo example.org>", "a b@c d"],
)
def test_a_from_that_cannot_be_answered_is_no_sender(value: str) -> None:
    assert read(f"From: {value}\n\nHi").sender is None


def test_a_mail_without_any_from_has_no_sender() -> None:
    assert read("Subject: x\n\nHi").sender is None


def test_to_and_cc_take_in_every_header_and_every_group_once() -> None:
    mail = read(
        "From: a@b.c\nTo: One <one@x.org>, team: two@x.org, one@X.org;\nTo: three@x.org\n"
        "Cc: (nobody)\n\n"
    )
    assert [a.email for a in mail.to] == ["one@x.org", "two@x.org", "three@x.org"]
    assert mail.cc == ()


def test_raw_8_bit_headers_read_as_utf_8_or_else_as_windows_writes_them() -> None:
    utf8 = read("From: Zoë <z@x.org>\nSubject: Café – “now”\n\n".encode())
    windows = read("From: Zoë <z@x.org>\nSubject: Café – “now”\n\n".encode("cp1252"))
    for mail in (utf8, windows):
        assert mail.sender == Address(email="z@x.org", name="Zoë")
        assert mail.subject == "Café – “now”"


# --------------------------------------------------------------------------- headers


@pytest.mark.parametrize(
    ("value", "subject"),
    [
        ("=?utf-8?B?Q2Fmw6k=?=", "Café"),
        ("=?utf-8?q?one?=\r\n =?utf-8?q?_two?=", "one two"),
        ("Re: =?windows-1252?q?=93quoted=94?= text", "Re: “quoted” text"),
        ("=?unknown-8bit?q?caf=E9?=", "café"),
        ("=?x-nonsense?b?Y2Fm6Q==?=", "café"),
        ("=?utf-8?b?broken!!?= but =?utf-8?q?legible?=", "=?utf-8?b?broken!!?= but legible"),
        ("Café – =?utf-8?q?=E2=80=93?= C:\\users", "Café – – C:\\users"),
        ("=?utf-8?q?caf=C3?= =?utf-8?q?=A9?=", "café"),
        ("folded\r\n\tover lines", "folded over lines"),
        ("with\x00NUL", "withNUL"),
    ],
)
def test_subjects_are_decoded(value: str, subject: str) -> None:
    assert read(f"Subject: {value}\n\n").subject == subject


def test_a_line_break_hidden_in_an_encoded_subject_is_taken_out() -> None:
    mail = read("Subject: =?utf-8?q?one=0D=0ABcc=3A_x=40y=2Ez?=\n\n")
    assert mail.subject == "one Bcc: x@y.z"


def test_message_ids_keep_their_brackets_and_the_nearest_comes_first_in_the_thread() -> None:
    mail = read(
        "Message-ID:\n <abc@x.org>\nIn-Reply-To: <two@x.org> (mail of Monday)\n"
        "References: <one@x.org>\n <two@x.org>\n\n"
    )
    assert mail.message_id == "<abc@x.org>"
    assert mail.in_reply_to == ("<two@x.org>",)
    assert mail.references == ("<one@x.org>", "<two@x.org>")
    assert mail.thread == ("<two@x.org>", "<one@x.org>")


@pytest.mark.parametrize(
    ("value", "message_id"),
    [("abc@x.org", "<abc@x.org>"), ("", None), (" <a@b> trailing", "<a@b>"), ("<>", None)],
)
def test_a_message_id_out_of_shape_is_put_into_it(value: str, message_id: str | None) -> None:
    assert read(f"Message-ID: {value}\n\n").message_id == message_id


def test_our_own_mark_is_seen_in_any_case() -> None:
    assert read("x-ask-once: registered\n\n").our_mark
    assert not read("Subject: X-Ask-Once: registered\n\nX-Ask-Once: registered").our_mark


# --------------------------------------------------------------------------- text

WORDS = "Café “naïve” – £5"


@pytest.mark.parametrize(
    ("declared", "written"),
    [
        ("utf-8", "utf-8"),
        ("iso-8859-1", "cp1252"),
        ("us-ascii", "cp1252"),
        ("us-ascii", "utf-8"),
        ("iso-8859-1", "utf-8"),
        ("utf-8", "cp1252"),
        ("nonsense", "utf-8"),
        ("nonsense", "cp1252"),
        ("", "utf-8"),
        ('"UTF-8"', "utf-8"),
        ("utf-16", "utf-16"),
        ("zlib", "utf-8"),
        ("undefined", "cp1252"),
        ("punycode", "utf-8"),
    ],
)
def test_text_is_read_whatever_encoding_it_claims(declared: str, written: str) -> None:
    head = f"Content-Type: text/plain; charset={declared}\r\nContent-Transfer-Encoding: 8bit\r\n"
    mail = read_mail(head.encode() + b"\r\n" + WORDS.encode(written), NOON)
    assert mail.text == WORDS


@pytest.mark.parametrize("charset", ["koi8-r", "cp1251", "shift_jis", "gb2312", "iso-2022-jp"])
def test_other_alphabets_are_read_as_they_say(charset: str) -> None:
    words = "Привет" if charset in ("koi8-r", "cp1251") else "日本"
    head = f"Content-Type: text/plain; charset={charset}\r\n\r\n".encode()
    assert read_mail(head + words.encode(charset), NOON).text == words


def test_quoted_printable_and_base64_text_is_decoded() -> None:
    quoted = read(
        "Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: quoted-printable\n\n"
        "Caf=C3=A9 soft=\n line"
    )
    assert quoted.text == "Café soft line"
    encoded = read(
        "Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: BASE64\n\nQ2Fmw6k=\n"
    )
    assert encoded.text == "Café"


def test_a_mail_that_begins_with_blank_lines_still_has_its_header() -> None:
    mail = read_mail(b"\n\r\nFrom: a@b.c\nSubject: Saved\n\nText", NOON)
    assert (mail.subject, mail.text) == ("Saved", "Text")


def test_marks_that_editors_leave_at_the_start_are_taken_out() -> None:
    bom = b"\xef\xbb\xbf"
    mail = read_mail(bom + b"Subject: Saved\r\n\r\n" + bom + b"PROCEED", NOON)
    assert (mail.subject, mail.written) == ("Saved", "PROCEED")


@pytest.mark.parametrize(
    "encoding", ["quoted-printable;", "Quoted-Printable (soft)", " QUOTED-PRINTABLE"]
)
def test_an_encoding_with_something_behind_it_is_known(encoding: str) -> None:
    mail = read(f"Content-Transfer-Encoding: {encoding}\n\nCaf=C3=A9")
    assert mail.text == "Café"


@pytest.mark.parametrize("encoding", ["7-bit", "text/html", "plain", "8bits", ""])
def test_an_encoding_that_is_none_leaves_the_text_as_it_is(encoding: str) -> None:
    mail = read(f"Content-Transfer-Encoding: {encoding}\nContent-Type: text/plain\n\nCafé =3D")
    assert mail.text == "Café =3D"


def test_uuencoded_text_is_decoded() -> None:
    mail = read("Content-Transfer-Encoding: x-uuencode\n\nbegin 644 x\n%2&5L;&\\ \n \nend\n")
    assert mail.text == "Hello"


@pytest.mark.parametrize("kind", ["mixed", "alternative", "report"])
def test_a_mail_that_says_it_has_parts_but_has_none_is_text(kind: str) -> None:
    mail = read(f"Content-Type: multipart/{kind}; boundary=zz\n\nThanks!\n\nPROCEED\n")
    assert mail.written == "Thanks!\n\nPROCEED"


def test_no_text_holds_what_a_database_refuses() -> None:
    mail = read(b"Subject: a\x00b\nMessage-ID: <a\x00b@c>\n\nx\x00y \xed\xa0\x80 \x1b[31m")
    for text in (mail.text, mail.written, mail.subject, mail.message_id or ""):
        assert "\x00" not in text
        text.encode()


def test_the_headers_alone_make_a_mail_that_says_so() -> None:
    mail = read("From: a@b.c\nSubject: Big\nMessage-ID: <1@x>\n", headers_only=True)
    assert (mail.sender, mail.subject, mail.message_id) == (Address(email="a@b.c"), "Big", "<1@x>")
    assert mail.headers_only
    assert mail.text == ""


# --------------------------------------------------------------------------- the same mail again

MAIL = "From: Jo <jo@x.org>\nSubject: Form\nDate: Mon, 4 Jan 2027 10:00:00 +0000\n\nText\n"


def test_a_redelivery_has_the_same_digest() -> None:
    traced = "Return-Path: <jo@x.org>\nReceived: from a by b; x\nX-Spam: no\n" + MAIL
    assert read(MAIL).content_digest == read(traced).content_digest
    assert read(MAIL).content_digest == read_mail(MAIL.encode(), NOON).content_digest


@pytest.mark.parametrize(
    "change", [("jo@x", "al@x"), ("Form", "Forms"), ("10:00", "10:01"), ("Text", "Text2")]
)
def test_another_mail_has_another_digest(change: tuple[str, str]) -> None:
    assert read(MAIL).content_digest != read(MAIL.replace(*change)).content_digest


# --------------------------------------------------------------------------- anything at all

HEADERS = st.sampled_from(
    [
        b"From: ",
        b"Subject: =?utf-8?q?",
        b"Content-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\n",
        b"Content-Type: message/rfc822\r\n\r\n",
        b"Content-Type: multipart/report; report-type=delivery-status; boundary=x\r\n\r\n--x\r\n",
        b"Content-Type: message/delivery-status\r\n\r\n",
        b"Content-Type: text/html; charset=",
        b"Content-Transfer-Encoding: base64\r\n",
        b"Content-Transfer-Encoding: x-uuencode\r\n",
        b"begin 644 x\r\n",
        b"Content-Disposition: attachment; filename*0*=utf-8''",
        b"Authentication-Results: x; dmarc=pass (",
        b"Message-ID: <",
        b"Return-Path: <>\r\n",
        b"\r\n",
        b"--x\r\n",
        b"--x--\r\n",
        b"\x00",
        b"\xff\xfe",
        b"<blockquote>",
        b"-----Original Message-----\r\n",
    ]
)


@given(st.lists(HEADERS | st.binary(max_size=30), max_size=25).map(b"".join))
@example(b"")
@example(b"\r\n")
@example(b"Content-Type: multipart/mixed; boundary=\r\n\r\n--\r\n\r\n--")
@example(b"Content-Type: text/plain; charset*=x'y'%ff\r\n\r\n\xff")
@example(b"Content-Disposition: attachment; filename*=bogus'x'%E9\r\n\r\nx")
@example(b"Content-Transfer-Encoding: x-uuencode\r\n\r\nbegin 666 \xff\r\nx\r\n")
@settings(max_examples=150, deadline=None)
def test_any_bytes_are_a_mail(raw: bytes) -> None:
    for headers_only in (False, True):
        mail = read_mail(raw, NOON, authserv_id="topmost", headers_only=headers_only)
        assert mail.arrived_at == NOON
        assert len(mail.content_digest) == 64
        for text in (mail.subject, mail.text, mail.written, *(a.name for a in mail.attachments)):
            assert "\x00" not in text
            text.encode()


@pytest.mark.parametrize("levels", [40, 3_000, 20_000])
def test_parts_nested_past_all_reason_are_survived(levels: int) -> None:
    raw = b"From: jo@x.org\r\n" + b"".join(
        b"Content-Type: multipart/mixed; boundary=%d\r\n\r\n--%d\r\n" % (n, n)
        for n in range(levels)
    )
    assert read_mail(raw, NOON).sender == Address(email="jo@x.org")
    mails = b"From: jo@x.org\r\nContent-Type: message/rfc822\r\n\r\n" * levels
    assert read_mail(mails, NOON).sender == Address(email="jo@x.org")


@pytest.mark.parametrize(
    "raw",
    [
        b"Content-Type: text/plain; " + b"a=b;" * 100_000 + b"\r\n\r\nx",
        b"Subject: " + b"=?utf-8?q?a?= " * 50_000 + b"\r\n\r\nx",
        b"To: " + b"a@b.c, " * 50_000 + b"\r\n\r\nx",
        b"Content-Type: text/html\r\n\r\n" + b"<blockquote>a " * 20_000,
        b"Content-Type: text/html\r\n\r\n" + b"<div>" * 100_000 + b"x",
        b"Content-Type: text/plain\r\n\r\n" + b"on 1\n" * 50_000,
        b"Content-Type: text/plain\r\n\r\n" + b"from: x\nwrote:\n" * 20_000,
        b"Content-Type: text/plain\r\n\r\n" + b"On 1 " * 100_000 + b"wrote:",
        b"Content-Type: multipart/mixed; boundary=a\r\n\r\n" + b"--a\r\n\r\nx\r\n" * 10_000,
        b"Authentication-Results: " + b'("' * 50_000 + b"\r\n\r\n",
    ],
    ids=lambda raw: raw[:40].decode().strip(),
)
def test_a_mail_made_to_keep_us_busy_is_read_as_any_other(raw: bytes) -> None:
    assert read_mail(raw, NOON, authserv_id="x").content_digest


def test_mails_without_a_header_are_told_apart_by_what_they_say() -> None:
    when = datetime(2027, 3, 1, 10, tzinfo=UTC)
    texts = (b"only one line, please call Anna", b"quite another line: a child is in danger", b"")
    digests = {read_mail(text, when).content_digest for text in texts}
    assert len(digests) == len(texts)
