"""What travels with a letter: forms to fill in, and files passed on."""

from __future__ import annotations

import pytest

from model import FORM1, FORM2, Attachment, Letter, OutgoingEmail
from parsers.face import Face
from tests.notifier.letters import FORM2_FILE, letter
from tests.notifier.samples import composed, opened

WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def files(mail: OutgoingEmail) -> list[tuple[str | None, str, bytes]]:
    return [
        (part.get_filename(), part.get_content_type(), part.get_payload(decode=True))  # type: ignore[misc]
        for part in opened(mail).iter_attachments()
    ]


def test_blank_forms_come_as_word_and_as_excel_files() -> None:
    face = Face()
    assert files(letter("not understood")) == [
        ("Form 1 Consultation proposal.docx", WORD, face.write(FORM1, None, "docx")),
        ("Form 1 Consultation proposal.xlsx", EXCEL, face.write(FORM1, None, "xlsx")),
        ("Form 2 Outcomes and impact.docx", WORD, face.write(FORM2, None, "docx")),
        ("Form 2 Outcomes and impact.xlsx", EXCEL, face.write(FORM2, None, "xlsx")),
    ]


def test_a_filled_in_form_comes_as_a_word_file_named_by_its_reference() -> None:
    written = Face().write(FORM2, FORM2_FILE.fields, "docx")
    name = "Form 2 Outcomes and impact CYP-2027-0042-1.docx"
    assert files(letter("completion note")) == [(name, WORD, written)]


def test_a_form_without_a_reference_is_named_by_the_consultation_s() -> None:
    (file,) = files(letter("pod request"))
    assert file[0] == "Form 1 Consultation proposal CYP-2027-0042-1.docx"


@pytest.mark.parametrize(
    ("name", "given", "told"),
    [
        ("photo.png", "image/png", "image/png"),
        ("form.docx", "", WORD),
        ("form.docx", "text/plain", WORD),
        ("forwarded.eml", "message/rfc822", "application/octet-stream"),
        ("page", "text/html; charset=utf-8", "application/octet-stream"),
        ("odd", "application/\r\nBcc: x@evil.example", "application/octet-stream"),
    ],
)
def test_a_file_is_passed_on_byte_for_byte(name: str, given: str, told: str) -> None:
    content = b"From the start\r\n\x00\xff\n.\nto the end"
    file = Attachment(name=name, content_type=given, content=content)
    assert files(composed(Letter.NOT_UNDERSTOOD, attachments=(file,))) == [(name, told, content)]


def test_the_name_of_a_file_cannot_add_a_header() -> None:
    name = 'a"; x=\r\nBcc: y@evil.example\r\n\r\n.docx'
    file = Attachment(name=name, content_type="", content=b"x")
    mail = composed(Letter.NOT_UNDERSTOOD, attachments=(file,))
    assert b"\nBcc" not in mail.content
    assert files(mail)[0][0] == 'a"; x= Bcc: y@evil.example .docx'
