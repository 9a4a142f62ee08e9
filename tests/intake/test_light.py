"""Large mails: whole, though the parser sees little of them, and bounded, whatever they are of."""

from __future__ import annotations

import pytest

from intake.light import LONGEST_HEAD, lightened
from intake.message import read_mail
from model import Address
from tests.intake.mails.making import NOON, attached, letter

DATA = bytes(range(256)) * 40


def of(lines: bytes) -> bytes:
    """A mail with these lines for its text."""
    return letter("What it says", boundary="zz").replace(b"What it says", lines)


@pytest.mark.parametrize("end", [b"\n", b"\r\n"])
@pytest.mark.parametrize("more", [0, 1, -1])
def test_a_large_file_is_whole_also_where_its_last_line_is(more: int, end: bytes) -> None:
    large = (DATA * 150)[: 57 * 20_000 + more]  # 57 bytes make a line of base64
    raw = letter("Hello", attached(large, "filename=a"), attached(large, "filename=b"))
    mail = read_mail(raw.replace(b"\n", end), NOON)
    assert [file.content for file in mail.attachments] == [large, large]


def test_a_large_mails_text_is_what_it_was() -> None:
    said = "A line of text.\n-- \nAnother one: £5\n" * 40_000
    text = f"Content-Type: text/plain; charset=utf-8\n\n{said}"
    mail = read_mail(letter(text, attached(DATA, "filename=a")), NOON)
    assert mail.text.rstrip("\n") == said.rstrip("\n")
    assert mail.attachments[0].content == DATA


@pytest.mark.parametrize("line", [b"a\n", b"\n", b"\r\n", b"YWFh\n", b"X-Filler: y\n"])
def test_of_two_million_lines_the_parser_sees_few(line: bytes) -> None:
    light = lightened(of(line * 2_000_000))
    assert light is not None
    assert light.count(b"\n") < 100_000


def test_a_mail_in_more_parts_than_anybody_makes_gives_its_header() -> None:
    raw = of(b"--zz\n\nx\n" * 200_000)
    assert lightened(raw) is None
    mail = read_mail(raw, NOON)
    assert (mail.subject, mail.text, mail.attachments) == ("Consultation", "", ())


def test_endless_headers_are_cut_off() -> None:
    raw = b"From: jo@example.org\n" + b"X: y\n" * 500_000 + b"\nHello"
    light = lightened(raw)
    assert light is not None
    assert len(light) < LONGEST_HEAD + 1000
    assert read_mail(raw, NOON).sender == Address(email="jo@example.org")


def test_of_an_endless_text_the_beginning_is_kept_but_a_file_in_it_is_found() -> None:
    assert len(read_mail(of(b"Hello there\n" * 500_000), NOON).text) == 4_000_000
