"""What the door of the room answers to files of every kind, and to any bytes at all."""

from __future__ import annotations

import random
import zipfile
from io import BytesIO

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from model import Code
from parsers.read import read
from tests.parsers.build import (
    FIELDS,
    PAIRS,
    beside,
    cell,
    changed,
    control,
    excel,
    p,
    row,
    run,
    table,
    two_columns,
    word,
)

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
WORD, EXCEL = two_columns(), excel(beside())


def zipped(parts: dict[str, bytes]) -> bytes:
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in parts.items():
            package.writestr(name, content)
    return out.getvalue()


def verdict(data: bytes) -> Code | None:
    reading = read("x.docx", data)
    return reading.verdict.code if reading.verdict else None


DOCTYPE = b'<!DOCTYPE x [<!ENTITY a "aaaa">]>'


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", Code.DAMAGED),
        (b"hello", Code.UNSUPPORTED_TYPE),
        (b"%PDF-1.7 ...", Code.UNSUPPORTED_TYPE),
        (b"{\\rtf1 x}", Code.UNSUPPORTED_TYPE),
        (b"\xff\xd8\xff\xe0 photo", Code.UNSUPPORTED_TYPE),
        (OLE + bytes(600) + "EncryptedPackage".encode("utf-16-le"), Code.ENCRYPTED),
        (OLE + bytes(600) + "WordDocument".encode("utf-16-le"), Code.UNSUPPORTED_TYPE),
        (zipped({"mimetype": b"application/vnd.oasis.opendocument.text"}), Code.UNSUPPORTED_TYPE),
        (WORD[: len(WORD) // 2], Code.DAMAGED),
        (EXCEL[: len(EXCEL) // 2], Code.DAMAGED),
        (changed(WORD, "word/document.xml", lambda x: x[:-40]), Code.DAMAGED),
        (changed(EXCEL, "xl/worksheets/sheet1.xml", lambda x: x[:-40]), Code.DAMAGED),
        (changed(WORD, "word/document.xml", lambda x: DOCTYPE + x[55:]), Code.UNSAFE),
        (changed(EXCEL, "xl/workbook.xml", lambda x: DOCTYPE + x), Code.UNSAFE),
        (zipped({f"word/{n}.xml": b"" for n in range(1001)}), Code.UNSAFE),
        (zipped({"word/document.xml": b"<a>" + b" " * 30_000_000}), Code.UNSAFE),
        (bytes(21 * 2**20), Code.TOO_LARGE),
        (word(p("Dear all,"), p("Email: a@example.org"), p("See you there.")), Code.NOT_A_FORM),
        (excel([("A1", "Milk"), ("B1", 2)]), Code.NOT_A_FORM),
    ],
)
def test_what_is_no_form_is_named(data: bytes, code: Code) -> None:
    assert verdict(data) is code


def test_tables_nested_deeper_than_any_form_are_refused() -> None:
    nested = table(row("x"))
    for _ in range(30):
        nested = table(row(cell(nested, "<w:p/>")))
    assert verdict(word(nested)) is Code.UNSAFE


def test_the_content_decides_and_not_the_name() -> None:
    for name in ("form.docx", "form.xlsx", "form.pdf", "form"):
        for data in (WORD, EXCEL):
            (submission,) = read(name, data).submissions
            assert dict(submission.fields) == FIELDS
            assert submission.file == name


def test_a_newsletter_that_uses_some_of_the_words_is_no_form() -> None:
    data = word(
        p("Start dates for your diary", properties='<w:outlineLvl w:val="0"/>'),
        p("The next training day is on 12 May 2027."),
        p("You said, we did", properties='<w:outlineLvl w:val="0"/>'),
        p("Young people asked for lights."),
        table(row("Event", "Date", "Where"), row("Youth Council", "4 May 2027", "Ipswich")),
        p("Email: news@example.org"),
        p("Telephone: 01632 960001"),
    )
    assert verdict(data) is Code.NOT_A_FORM


@settings(max_examples=80, deadline=None)
@given(st.binary(max_size=300))
def test_any_bytes_at_all_give_a_verdict(data: bytes) -> None:
    for start in (b"", b"PK\x03\x04", OLE):
        assert read("x", start + data).verdict is not None


@settings(max_examples=70, deadline=None)
@given(st.sampled_from([WORD, EXCEL]), st.integers(0, 2**32))
def test_a_file_with_some_bytes_changed_gives_a_reading_or_a_verdict(
    data: bytes, seed: int
) -> None:
    chance = random.Random(seed)
    spoiled = bytearray(data)
    for _ in range(chance.randint(1, 20)):
        spoiled[chance.randrange(len(spoiled))] = chance.randrange(256)
    reading = read("x", bytes(spoiled))
    assert bool(reading.submissions) != bool(reading.verdict)


@settings(max_examples=70, deadline=None)
@given(st.sampled_from(["word/document.xml", "word/styles.xml"]), st.integers(0, 2**32))
def test_a_document_with_elements_lost_or_doubled_gives_a_reading(part: str, seed: int) -> None:
    chance = random.Random(seed)

    def shuffle(xml: bytes) -> bytes:
        pieces = xml.split(b"<")
        for _ in range(chance.randint(1, 5)):
            at = chance.randrange(1, len(pieces))
            pieces[at] = pieces[at].replace(b'w:val="', b'w:val="-', 1)
            pieces[at] = pieces[at].replace(b"w:tc", b"w:tr", 1)
        return b"<".join(pieces)

    reading = read("x", changed(WORD, part, shuffle))
    assert bool(reading.submissions) != bool(reading.verdict)


# ---------------------------------------------------------------- a random layout, read back

WORDS = st.text("abcdefghijklmnopqrstuvwxyzéïß’", min_size=2, max_size=9)
TEXT = st.lists(WORDS, min_size=2, max_size=5).map(lambda w: "Zz " + " ".join(w))
ANSWERS = st.fixed_dictionaries({
    "Organisation or agency": TEXT,
    "Lead worker": TEXT,
    "Title of consultation": TEXT,
    "What do you want to find out, and why?": TEXT,
    "How will you tell children and young people what happened?": TEXT,
})  # fmt: skip
KEYS = {
    "Organisation or agency": "organisation",
    "Lead worker": "lead_worker",
    "Title of consultation": "title",
    "What do you want to find out, and why?": "purpose",
    "How will you tell children and young people what happened?": "feedback_plan",
}


def laid_out(pairs: list[tuple[str, str]], chance: random.Random) -> bytes:
    """The pairs in groups, each laid out in one of the usual ways."""
    blocks: list[str] = []
    while pairs:
        size = chance.choice((2, 4, len(pairs)))
        group, pairs = pairs[:size], pairs[size:]
        style = chance.choice(("beside", "four", "above", "lines", "headings"))
        marks = chance.choice(("", "<w:b/>"))
        labels = [p(run(chance.choice(("", f"{n}. ")) + k, marks)) for n, (k, _) in
                  enumerate(group, 1)]  # fmt: skip
        values = [chance.choice((p, lambda v: p(control(run(v)))))(v) for _, v in group]
        if style == "lines":
            blocks += [p(run(f"{k.rstrip('?')}:", marks), f" {v}") for k, v in group]
        elif style == "headings":
            for (k, _), v in zip(group, values, strict=True):
                blocks += [p(k, properties='<w:outlineLvl w:val="1"/>'), v]
        else:
            blocks += [table(*rows(style, labels, values)), "<w:p/>"]
    return word(*blocks)


def rows(style: str, labels: list[str], values: list[str]) -> list[str]:
    cells = [(cell(a), cell(b)) for a, b in zip(labels, values, strict=True)]
    if style == "above":
        return [r for a, b in cells for r in (row(a), row(b))]
    if style == "four" and len(cells) % 2 == 0:
        return [row(*a, *b) for a, b in zip(cells[::2], cells[1::2], strict=True)]
    return [row(*pair) for pair in cells]


@settings(max_examples=40, deadline=None)
@given(ANSWERS, st.integers(0, 2**32))
def test_a_form_in_a_random_layout_is_read_back(answers: dict[str, str], seed: int) -> None:
    chance = random.Random(seed)
    pairs = dict(PAIRS) | answers
    (submission,) = read("x", laid_out(list(pairs.items()), chance)).submissions
    expected = FIELDS | {KEYS[k]: v for k, v in answers.items()}
    assert dict(submission.fields) == expected
    assert not submission.problems
