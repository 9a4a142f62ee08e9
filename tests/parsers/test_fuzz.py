"""Any bytes at all give a result and no crash; what is only written in another way is read alike.

The same for longer: `python -m benchmarks.fuzz_forms` (docs/reliability.md).
"""

from __future__ import annotations

import logging
import sys
import warnings
from pathlib import Path
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from model import Code, Transient
from parsers.face import Face
from parsers.numbers import read_ages, read_number
from parsers.read import read
from parsers.reader import Reader
from tests.parsers.build import PAIRS, beside, excel, paragraphs, two_columns
from tests.parsers.hostile import compound
from tests.parsers.mutate import NASTY, damaged, packed, rewritten, unpacked
from tests.parsers.promises import broken, same

ORIGINALS = {
    "two columns": two_columns(),
    "paragraphs": paragraphs(),
    "sheet": excel(beside()),
    "official.docx": Face().write("form1", {"title": "A skate park", "area": ["Ipswich"]}, "docx"),
    "official.xlsx": Face().write("form2", {"title": "A skate park", "participants": 9}, "xlsx"),
}
SEEDS = range(40)
QUICK = settings(
    max_examples=60,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=list(HealthCheck),
)


@pytest.mark.parametrize("name", ORIGINALS)
def test_damaged_files_give_a_result_and_no_crash(
    name: str, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In the process that reads, which may die only of a limit, and says so."""
    monkeypatch.setenv("PATH", "")  # no LibreOffice: it is not what is tried here
    with Reader() as reader, warnings.catch_warnings(), caplog.at_level(logging.WARNING):
        warnings.simplefilter("ignore")  # zipfile's, of names that come twice
        for seed in SEEDS:
            reading = reader.read(name, damaged(Random(seed), ORIGINALS[name]))
            assert list(broken(reading)) == [], seed
    assert [r.getMessage() for r in caplog.records if "failed" in r.getMessage()] == []


@pytest.mark.parametrize("name", ORIGINALS)
def test_a_form_written_in_another_way_reads_the_same(name: str) -> None:
    before = read(name, ORIGINALS[name])
    assert before.submissions
    for seed in SEEDS:
        after = read(name, rewritten(Random(seed), ORIGINALS[name]))
        assert list(same(before, after)) == [], seed


BEGINNINGS = st.sampled_from(
    [b"", b"PK\x03\x04", b"PK\x05\x06", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"{\\rtf1", b"%PDF-",
     b"<?xml version='1.0'?>", b"\xff\xfe", b"\x09\x08"]
)  # fmt: skip


@QUICK
@given(BEGINNINGS, st.binary(max_size=3000))
def test_any_bytes_at_all_give_a_result(beginning: bytes, data: bytes) -> None:
    assert list(broken(read("", beginning + data))) == []


@QUICK
@given(
    st.sampled_from(["word/document.xml", "xl/workbook.xml", "content.xml"]),
    st.one_of(st.binary(max_size=500), st.text(max_size=300).map(str.encode)),
)
def test_any_content_of_a_package_gives_a_result(part: str, content: bytes) -> None:
    assert list(broken(read("", packed([(part, content)])))) == []


@QUICK
@given(st.data())
def test_any_words_as_answers_give_a_result(data: st.DataObject) -> None:
    words = st.one_of(st.sampled_from(NASTY), st.text(max_size=60))
    pairs = [(label, data.draw(words)) for label, _ in PAIRS]
    written = [(k, "".join(c for c in v if c.isprintable() or c == "\n")) for k, v in pairs]
    assert list(broken(read("", paragraphs(written)))) == []


# --------------------------------------------------------------------------- what fuzzing found


def test_both_dates_of_a_range_say_where_they_stood() -> None:
    """Fuzzing: the end date of a range in the start date's cell had no place."""
    pairs = dict(PAIRS) | {"Start date": "19 April 2027 to 28 May 2027"}
    del pairs["End date"]
    (form,) = read("", two_columns(tuple(pairs.items()))).submissions
    assert form["end_date"] == "2027-05-28"
    assert form.origins["end_date"].where == form.origins["start_date"].where == "table 1, row 12"


@pytest.mark.parametrize("text", ["7" * 900, "3 to " + "7" * 900, "7" * 5000, "3 to " + "7" * 5000])
def test_a_page_of_anything_is_no_number(text: str) -> None:
    """Fuzzing: "3 to" and 900 digits was one; with 5,000 it was a crash, and took seconds."""
    assert read_number(text) is None
    assert read_ages(text) is None


def test_a_workbook_of_thousands_of_sheets_is_refused() -> None:
    """Fuzzing: openpyxl compares each new sheet's name with all others', for half a minute."""

    def doubled(content: bytes) -> bytes:
        at, end = content.index(b"<sheet "), content.index(b"</sheets>")
        return content[:at] + content[at:end] * 2000 + content[end:]

    parts = unpacked(ORIGINALS["sheet"])
    many = packed([(n, doubled(c) if n == "xl/workbook.xml" else c) for n, c in parts])
    verdict = read("", many).verdict
    assert verdict
    assert verdict.code.value == "unsafe"


@pytest.mark.parametrize("locked", [True, False])
def test_an_old_workbook_with_a_password_is_told_from_a_broken_one(locked: bool) -> None:
    """The public files: an .xls with a password of its own was said to be damaged."""
    begins = b"\x09\x08\x04\x00\x00\x06\x05\x00"  # BOF
    begins += b"\x2f\x00\x02\x00\x01\x00" if locked else b"\xe1\x00\x02\x00\xb0\x04"
    data = bytearray(compound("Workbook"))
    entry = 2 * 512 + 128  # the stream's, after the root's
    data[entry + 116 : entry + 120] = (len(data) // 512 - 1).to_bytes(4, "little")
    data[entry + 120 : entry + 124] = (4096).to_bytes(4, "little")
    data += begins.ljust(4096, b"\0")
    verdict = read("", bytes(data)).verdict
    assert verdict
    assert verdict.code is (Code.ENCRYPTED if locked else Code.DAMAGED)


def test_no_process_to_read_in_is_a_fault_that_may_pass(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The public files, read while Python itself was being replaced: a bare `OSError` came out."""
    monkeypatch.setattr(sys, "executable", str(tmp_path / "python"))
    with Reader() as reader, pytest.raises(Transient, match="did not start"):
        reader.read("form.docx", ORIGINALS["two columns"])
    monkeypatch.undo()
    assert reader.read("form.docx", ORIGINALS["two columns"]).submissions
    reader.close()
