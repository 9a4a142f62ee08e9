"""Every file in a mail is found with its bytes, however a mail program put it in."""

from __future__ import annotations

from base64 import b64encode
from datetime import UTC, datetime
from email.message import EmailMessage

import pytest

from intake.message import read_mail
from model import Attachment, InboundEmail

NOON = datetime(2027, 1, 4, 12, tzinfo=UTC)
DATA = b"PK\x03\x04" + bytes(range(256)) * 3
WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


def read(raw: bytes | str | EmailMessage) -> InboundEmail:
    if isinstance(raw, EmailMessage):
        raw = raw.as_bytes()
    return read_mail(raw.encode() if isinstance(raw, str) else raw, NOON)


def part(head: str, data: bytes = DATA) -> str:
    body = b64encode(data).decode()
    return f"Content-Transfer-Encoding: base64\n{head}\n\n{body}\n"


def mixed(*parts: str, kind: str = "mixed") -> str:
    inner = "".join(f"--zz\n{p}\n" for p in parts)
    return f"From: jo@x.org\nContent-Type: multipart/{kind}; boundary=zz\n\n{inner}--zz--\n"


def only(mail: InboundEmail) -> Attachment:
    (file,) = mail.attachments
    return file


# --------------------------------------------------------------------------- what is a file


@pytest.mark.parametrize(
    ("head", "name"),
    [
        (f'Content-Type: {WORD}; name="f.docx"\nContent-Disposition: attachment', "f.docx"),
        ("Content-Type: application/octet-stream; name=f.docx", "f.docx"),
        (f'Content-Type: {WORD}\nContent-Disposition: inline; filename="f.docx"', "f.docx"),
        ("Content-Type: text/plain\nContent-Disposition: attachment; filename=f.docx", "f.docx"),
        ("Content-Type: image/png; name=f.docx", "f.docx"),
        ("Content-Disposition: attachment; filename=f.docx", "f.docx"),
        (f"Content-Type: {WORD}", "attachment-1.docx"),
        ("Content-Type: application/octet-stream", "attachment-1.bin"),
        (f"Content-Type: {WORD}\nContent-Disposition: attachment", "attachment-1.docx"),
        ("Content-Type: text/csv", "attachment-1.csv"),
        ("Content-Type: text/rtf", "attachment-1.rtf"),
        (f"Content-Type: {WORD}\nContent-Disposition: inline; filename=\nContent-ID: <1@x>",
         "attachment-1.docx"),
    ],
)  # fmt: skip
def test_a_file_is_a_file_whatever_it_is_called(head: str, name: str) -> None:
    file = only(read(mixed("Content-Type: text/plain\n\nHello", part(head))))
    assert (file.name, file.content, file.in_text) == (name, DATA, False)


@pytest.mark.parametrize(
    ("given", "name"),
    [
        ('filename="=?utf-8?q?F=C3=B6rm=2Edocx?="', "Förm.docx"),
        ("filename==?utf-8?b?RsO2cm0uZG9jeA==?=", "Förm.docx"),
        ("filename*=utf-8''F%C3%B6rm.docx", "Förm.docx"),
        ("filename*0*=iso-8859-1''F%F6; filename*1=rm.docx", "Förm.docx"),
        ("filename*0=long-; filename*1=name.docx", "long-name.docx"),
        ("filename*=unknown''F%C3%B6rm.docx", "FÃ¶rm.docx"),
        ('filename="C:\\\\Users\\\\jo\\\\Form.docx"', "Form.docx"),
        ('filename="../../etc/Form.docx"', "Form.docx"),
        ('filename="Form\n 1.docx"', "Form 1.docx"),
        ('filename="Förm.docx"', "Förm.docx"),
        ("filename=Form 1.docx", "Form 1.docx"),
        ('filename="a\x00b.docx"', "ab.docx"),
    ],
)
def test_names_are_read_however_they_are_encoded(given: str, name: str) -> None:
    head = f"Content-Type: application/octet-stream\nContent-Disposition: attachment; {given}"
    assert only(read(mixed(part(head)))).name == name


def test_a_name_in_windows_own_encoding_is_read() -> None:
    raw = mixed(part('Content-Disposition: attachment; filename="Förm – 1.docx"'))
    assert only(read(raw.encode("cp1252"))).name == "Förm – 1.docx"


def test_a_mail_that_is_nothing_but_a_file_has_it() -> None:
    mail = read("From: a@b.c\n" + part(f"Content-Type: {WORD}; name=f.docx"))
    assert only(mail).content == DATA
    assert mail.text == ""


@pytest.mark.parametrize(
    "head",
    [
        "Content-Type: application/pgp-signature; name=signature.asc",
        "Content-Type: application/pkcs7-signature; name=smime.p7s",
        "Content-Type: message/delivery-status",
        "Content-Type: image/png; name=empty.png",
    ],
)
def test_signatures_reports_and_empty_files_are_no_files(head: str) -> None:
    data = b"" if "empty" in head else DATA
    assert read(mixed("Content-Type: text/plain\n\nHello", part(head, data))).attachments == ()


# --------------------------------------------------------------------------- bytes


def test_base64_that_is_dirty_or_cut_off_gives_what_is_there() -> None:
    head = "Content-Type: application/octet-stream; name=f\nContent-Transfer-Encoding: base64\n\n"
    whole = b64encode(DATA).decode()
    dirty = only(read(mixed(head + whole[:40] + "\n!! \t" + whole[40:] + "\nfooter of a list")))
    assert dirty.content.startswith(DATA[:-3])
    for cut in range(1, 6):
        content = only(read(mixed(head + whole[:-cut].rstrip("=")))).content
        assert DATA.startswith(content)
        assert len(content) >= len(DATA) - 5


def test_files_in_every_encoding_come_out_whole() -> None:
    text = b"a,b\r\n1,\xa35=\r\n"
    for encoding, body in (
        ("8bit", text),
        ("binary", text),
        ("quoted-printable", b"a,b\r\n1,=A35=3D\r\n"),
    ):
        head = f"Content-Type: text/csv; name=t.csv\r\nContent-Transfer-Encoding: {encoding}\r\n"
        assert only(read(head.encode() + b"\r\n" + body)).content == text


# --------------------------------------------------------------------------- pictures


def page(text: str) -> str:
    return f"Content-Type: text/html\n\n{text}"


PICTURE = "Content-Type: image/png; name=logo.png\nContent-ID: <logo@x>"


def test_a_picture_that_the_text_shows_is_marked() -> None:
    mail = read(mixed(page('Hi <img src="cid:logo@x">'), part(PICTURE), kind="related"))
    assert only(mail).in_text


def test_a_picture_that_the_text_does_not_show_is_an_attachment() -> None:
    assert not only(read(mixed(page("Hi"), part(PICTURE)))).in_text


def test_a_document_with_a_content_id_is_no_picture() -> None:
    head = f"Content-Type: {WORD}; name=f.docx\nContent-ID: <logo@x>"
    assert not only(read(mixed(page('<a href="cid:logo@x">form</a>'), part(head)))).in_text


# --------------------------------------------------------------------------- mails in mails


def letter(sender: str, subject: str = "Form") -> EmailMessage:
    mail = EmailMessage()
    mail["From"], mail["Subject"] = sender, subject
    mail.set_content(f"Text by {sender}")
    return mail


def with_form(mail: EmailMessage) -> EmailMessage:
    maintype, subtype = WORD.split("/")
    mail.add_attachment(DATA, maintype=maintype, subtype=subtype, filename="form.docx")
    return mail


def test_a_file_in_an_attached_mail_knows_who_sent_it() -> None:
    outer = letter("manager@x.org", "FW: Form")
    outer.add_attachment(with_form(letter("Lead Worker <lead@x.org>")))
    mail = read(outer)
    assert only(mail).content == DATA
    assert only(mail).forwarded_from is not None
    assert only(mail).forwarded_from.email == "lead@x.org"  # type: ignore[union-attr]
    assert mail.text.strip() == "Text by manager@x.org"


def test_a_file_in_a_mail_in_a_mail_knows_the_innermost() -> None:
    middle = letter("office@x.org")
    middle.add_attachment(with_form(letter("lead@x.org")))
    outer = with_form(letter("manager@x.org"))
    outer.add_attachment(middle)
    origins = [f.forwarded_from and f.forwarded_from.email for f in read(outer).attachments]
    assert origins == [None, "lead@x.org"]


def test_an_attached_mail_encoded_against_the_rules_is_opened() -> None:
    inner = with_form(letter("lead@x.org")).as_bytes()
    mail = read(mixed(part("Content-Type: message/rfc822", inner)))
    assert only(mail).content == DATA
    assert only(mail).forwarded_from is not None


def test_a_mail_forwarded_in_the_text_passes_its_sender_on_to_the_files() -> None:
    text = (
        "Please see below.\n\n---------- Forwarded message ---------\n"
        "From: Lead Worker <Lead@x.org>\nDate: Mon, 4 Jan 2027 at 10:00\n"
        "Subject: Form\nTo: Manager <manager@x.org>\n\nHere it is.\n"
    )
    outer = EmailMessage()
    outer["From"], outer["Subject"] = "manager@x.org", "Fwd: Form"
    outer.set_content(text)
    origin = only(read(with_form(outer))).forwarded_from
    assert origin is not None
    assert (origin.email, origin.name) == ("lead@x.org", "Lead Worker")


def test_a_forwards_from_is_found_in_whatever_order_its_header_comes() -> None:
    outer = letter("manager@x.org", "Fwd: Form")
    outer.set_content(
        "---------- Forwarded message ---------\nDate: Sat, 2 Oct 2021\nMessage-ID: <2@x.org>\n"
        "Subject: Form\nFrom: Lead <lead@x.org>\nTo: Office <office@x.org>\n\nHi\n"
    )
    origin = only(read(with_form(outer))).forwarded_from
    assert origin is not None
    assert origin.email == "lead@x.org"


@pytest.mark.parametrize(
    ("subject", "who", "email"),
    [
        ("FW: Form", "Lead Worker <lead@x.org>", "lead@x.org"),
        ("FW: Form", "Lead Worker [mailto:lead@x.org]", "lead@x.org"),
        ("FW: Form", "Lead Worker <lead@x.org<mailto:lead@x.org>>", "lead@x.org"),
        ("FW: Form", "Lead Worker", None),
        ("RE: Form", "Lead Worker <lead@x.org>", None),
    ],
)
def test_outlooks_forwards_are_told_from_its_replies(
    subject: str, who: str, email: str | None
) -> None:
    outer = EmailMessage()
    outer["From"], outer["Subject"] = "manager@x.org", subject
    outer.set_content(
        f"See below.\n\nFrom: {who}\nSent: 4 January\nTo: Manager\nSubject: Form\n\nHi"
    )
    origin = only(read(with_form(outer))).forwarded_from
    assert (origin and origin.email) == email


# --------------------------------------------------------------------------- texts


def test_of_alternatives_the_plain_text_is_read() -> None:
    plain, rich = "Content-Type: text/plain\n\nPlain", page("<p>Rich</p>")
    assert read(mixed(plain, rich, kind="alternative")).text == "Plain"
    assert read(mixed(rich, plain, kind="alternative")).text == "Plain"


def test_an_empty_plain_text_gives_way_to_the_page() -> None:
    mail = mixed("Content-Type: text/plain\n\n \n", page("<p>Rich</p>"), kind="alternative")
    assert read(mail).text == "Rich"


def test_texts_around_a_file_are_read_in_order() -> None:
    form = part("Content-Type: application/octet-stream; name=f.docx")
    mail = read(mixed("Content-Type: text/plain\n\nAbove", form, page("<p>Below</p>")))
    assert mail.text.split() == ["Above", "Below"]


def test_a_body_that_was_given_a_name_is_still_the_text() -> None:
    mail = read("Content-Type: text/plain; name=body.txt\n\nPROCEED\n")
    assert mail.written == "PROCEED"
    assert only(mail).name == "body.txt"


def test_a_text_file_beside_the_text_is_not_the_text() -> None:
    file = "Content-Type: text/plain; name=notes.txt\n\nWITHDRAW"
    assert read(mixed("Content-Type: text/plain\n\nHello", file)).text.strip() == "Hello"


def test_a_named_text_in_an_attached_mail_is_not_what_the_sender_wrote() -> None:
    inner = "Content-Type: text/plain; name=body.txt\n\nWITHDRAW\n"
    mail = read(mixed(f"Content-Type: message/rfc822\n\n{inner}"))
    assert (mail.text, mail.written) == ("", "")
    assert only(mail).content.strip() == b"WITHDRAW"


def test_what_a_report_returns_is_no_file_of_its_senders() -> None:
    returned = "Content-Type: message/rfc822\n\n" + with_form(letter("c@x.org")).as_string()
    mail = read(mixed("Content-Type: text/plain\n\nSorry.", returned, kind="report"))
    assert mail.attachments == ()
    assert mail.text.strip() == "Sorry."


def test_an_endless_name_keeps_its_ending() -> None:
    head = f"Content-Disposition: attachment; filename={'x' * 5000}.docx"
    assert only(read(mixed(part(head)))).name.endswith("x.docx")
    assert len(only(read(mixed(part(head)))).name) == 200


PLAIN, RICH = "Content-Type: text/plain\n\na < b", page("<p>Rich</p>")


@pytest.mark.parametrize(
    ("mail", "html"),
    [
        (mixed(PLAIN, RICH, kind="alternative"), "<p>Rich</p>"),
        (mixed(RICH, PLAIN, kind="alternative"), "<p>Rich</p>"),
        (RICH, "<p>Rich</p>"),
        (PLAIN, ""),
        (mixed(PLAIN, RICH), "<pre>a &lt; b</pre> <p>Rich</p>"),
        (mixed(f"Content-Type: message/rfc822\n\n{RICH}"), ""),
        (page("<p>" + "x" * 1_000_001), ""),
    ],
    ids=["beside plain", "before plain", "alone", "none", "after plain", "attached", "too long"],
)
def test_a_mail_keeps_the_html_that_its_sender_wrote(mail: str, html: str) -> None:
    assert " ".join(read(mail).html.split()) == html
