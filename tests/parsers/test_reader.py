"""Any file at all, read in the process that may die of it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from model import Code, Reading
from parsers.document import Cell, Document, Line, Run, Table, lines_of
from parsers.face import Face
from parsers.read import read, show
from parsers.reader import Reader
from parsers.shown import MOST, MOST_TEXT, heard, told
from parsers.wire import Reply, decoded, encoded
from tests.parsers.build import FIELDS, PAIRS, beside, changed, excel, paragraphs, two_columns
from tests.parsers.hostile import (
    BOMB,
    EXTERNAL,
    compound,
    declared,
    document,
    merged,
    nested,
    sheet,
    stray_cell,
    zipped,
)

FORM = two_columns()
#: Takes some seconds to read, and is within every other limit.
SLOW = excel([(f"{col}{n}", "Lead worker") for n in range(1, 4000) for col in "ABCDEFGH"])


@pytest.fixture(scope="module")
def reader() -> Iterator[Reader]:
    with Reader() as ready:
        yield ready


def code(reading: Reading) -> Code | None:
    return reading.verdict.code if reading.verdict else None


@pytest.mark.parametrize(
    "data",
    [
        FORM,
        paragraphs(),
        excel(beside()),
        Face().write("form1", {"title": "A skate park", "start_date": "2027-04-03"}, "docx"),
        Face().write("form2", {"title": "A skate park", "participants": 3}, "xlsx"),
        b"nothing much",
    ],
)
def test_a_file_reads_the_same_in_the_process_as_outside_it(reader: Reader, data: bytes) -> None:
    assert reader.read("form", data) == read("form", data)


HOSTILE = {
    "a part that swells to 100 MB": (
        zipped({"word/document.xml": bytes(100 * 2**20)}), {Code.UNSAFE, Code.TOO_LARGE}),
    "parts that swell to 70 MB together": (
        zipped({f"word/{n}.xml": bytes(7 * 2**20) for n in range(10)}),
        {Code.UNSAFE, Code.TOO_LARGE}),
    "a bomb within a form": (
        changed(FORM, "word/document.xml", lambda x: x + b" " * 30_000_000), {Code.UNSAFE}),
    "5,000 parts": (zipped({f"word/{n}.xml": b"" for n in range(5000)}), {Code.UNSAFE}),
    "entities that multiply": (
        changed(FORM, "word/document.xml", declared(BOMB)), {Code.UNSAFE}),
    "entities that multiply, in a sheet": (
        changed(excel(beside()), "xl/worksheets/sheet1.xml", declared(BOMB)), {Code.UNSAFE}),
    "an entity from a file": (
        changed(FORM, "word/document.xml", declared(EXTERNAL)), {Code.UNSAFE}),
    "an entity from a file, in UTF-16": (
        changed(FORM, "word/document.xml",
                lambda x: declared(EXTERNAL)(x).split(b"?>", 1)[1].decode().encode("utf-16")),
        {Code.UNSAFE}),
    "60 tables in each other": (nested(60), {Code.UNSAFE}),
    "1.7 million paragraphs": (document(b"<w:p/>" * 1_700_000), {Code.UNSAFE, Code.TOO_LARGE}),
    "a million rows": (
        sheet(b"".join(b'<row r="%d"><c r="A%d"><v>1</v></c></row>' % (n, n)
                       for n in range(20, 1_000_020))),
        {Code.UNSAFE, Code.TOO_LARGE}),
    "a merge over the whole sheet": (merged(b"A20:XFD1048576"), {Code.UNSAFE}),
    "a password": (compound("EncryptionInfo", "EncryptedPackage"), {Code.ENCRYPTED}),
    "a mail of Outlook's": (compound("__properties_version1.0"), {Code.UNSUPPORTED_TYPE}),
    "no bytes": (b"", {Code.DAMAGED}),
    "zeros": (bytes(5000), {Code.UNSUPPORTED_TYPE}),
    "21 MB": (b"PK\x03\x04" + bytes(21 * 2**20), {Code.TOO_LARGE}),
}  # fmt: skip


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_file_has_its_verdict_and_the_next_file_is_read(
    reader: Reader, name: str
) -> None:
    data, codes = HOSTILE[name]
    assert code(reader.read("form.docx", data)) in codes
    assert reader.read("form.docx", FORM).submissions[0].fields == FIELDS


def test_a_stray_cell_in_the_last_corner_is_left_out(reader: Reader) -> None:
    (form,) = reader.read("form.xlsx", stray_cell()).submissions
    assert form.fields == FIELDS


@pytest.mark.parametrize("data", [FORM, excel(beside())], ids=["Word", "Excel"])
def test_a_file_cut_off_anywhere_is_damaged(reader: Reader, data: bytes) -> None:
    codes = {code(reader.read("form", data[: len(data) * n // 12])) for n in range(1, 12)}
    assert codes == {Code.DAMAGED}


def test_the_bytes_count_and_not_the_name(reader: Reader) -> None:
    assert reader.read("form.xlsx", FORM).submissions[0].fields == FIELDS
    assert reader.read("form.pdf", excel(beside(PAIRS))).submissions[0].fields == FIELDS


# --------------------------------------------------------------------------- dying


def test_a_file_that_takes_too_long_is_unsafe_and_the_next_one_is_read() -> None:
    with Reader(seconds=0.4) as reader:
        assert reader.read("form.docx", FORM).submissions
        assert code(reader.read("slow.xlsx", SLOW)) is Code.UNSAFE
        assert reader.read("form.docx", FORM).submissions[0].fields == FIELDS


def test_a_file_that_takes_too_much_memory_is_unsafe_and_the_next_one_is_read() -> None:
    with Reader(memory=60 * 2**20) as reader:
        assert code(reader.read("large.xlsx", SLOW)) is Code.UNSAFE
        assert reader.read("form.docx", FORM).submissions[0].fields == FIELDS


@pytest.mark.parametrize(
    ("how", "verdict"), [(signal.SIGKILL, Code.UNSAFE), (signal.SIGSEGV, Code.DAMAGED)]
)
def test_a_process_that_dies_over_a_file_leaves_a_verdict_and_the_next_file_unharmed(
    how: signal.Signals, verdict: Code
) -> None:
    with Reader(seconds=60) as reader:
        reader.read("form.docx", FORM)
        first = reader.pid
        assert first
        threading.Timer(0.2, os.kill, (first, how)).start()
        assert code(reader.read("slow.xlsx", SLOW)) is verdict
        assert reader.read("form.docx", FORM).submissions[0].fields == FIELDS
        assert reader.pid != first


def test_a_process_that_died_between_two_files_is_replaced() -> None:
    with Reader() as reader:
        reader.read("form.docx", FORM)
        assert reader.pid
        os.kill(reader.pid, signal.SIGKILL)
        os.waitid(os.P_PID, reader.pid, os.WEXITED | os.WNOWAIT)
        assert reader.read("form.docx", FORM).submissions[0].fields == FIELDS


def test_a_process_makes_way_after_so_many_files() -> None:
    with Reader(files=2) as reader:
        pids = []
        for _ in range(3):
            reader.read("x", b"nothing much")
            pids.append(reader.pid)
    assert pids[0]
    assert pids[1] is None
    assert pids[2] not in (None, pids[0])


def test_threads_may_share_a_reader(reader: Reader) -> None:
    read: list[Reading] = []
    threads = [
        threading.Thread(target=lambda n=n: read.append(reader.read(f"{n}.docx", FORM)))
        for n in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(r.file for r in read) == [f"{n}.docx" for n in range(8)]
    assert all(r.submissions[0].fields == FIELDS for r in read)


# --------------------------------------------------------------------------- shut in

DAEMON = """
import os, sys
from parsers.reader import Reader
reader = Reader()
reader.read("x", b"nothing much")
print(reader.pid, flush=True)
os.kill(os.getpid(), 9)
"""


def test_the_process_ends_when_its_daemon_does() -> None:
    ended = subprocess.run([sys.executable, "-c", DAEMON], capture_output=True, check=False)
    pid = int(ended.stdout)
    while _runs(pid):
        time.sleep(0.05)


def _runs(pid: int) -> bool:
    try:
        return " Z " not in Path(f"/proc/{pid}/stat").read_text("utf-8")
    except OSError:
        return False


SHUT_IN = """
import socket
from parsers.worker import shut_in
shut_in(200 * 2**20)
for reaching in (
    lambda: open("/etc/hostname"), lambda: open("/tmp/askonce-new", "w"), socket.socket,
    lambda: socket.create_connection(("127.0.0.1", 9)), lambda: bytes(300 * 2**20),
):
    try:
        reaching()
    except (OSError, MemoryError):
        print("no")
    else:
        print("reached")
"""


def test_a_process_shut_in_opens_no_file_and_no_socket_and_takes_no_more_memory() -> None:
    done = subprocess.run(
        [sys.executable, "-c", SHUT_IN], capture_output=True, text=True, check=True
    )
    assert done.stdout.split() == ["no"] * 5


def test_the_process_is_told_no_password(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ASKONCE_MAILBOX__PASSWORD", "s3cret")
    with Reader() as reader:
        reader.read("x", b"nothing much")
        assert b"s3cret" not in Path(f"/proc/{reader.pid}/environ").read_bytes()


@pytest.mark.parametrize("reply", [b"", b"{}", b"[]", b'{"reading": 1}', b"\xff", b"[" * 100_000])
def test_a_reply_that_is_none_is_refused(reply: bytes) -> None:
    with pytest.raises(ValueError, match=r"not a reply|Expecting|codec"):
        decoded(reply, "form.docx")


def test_a_reply_crosses_whole() -> None:
    reading = read("form.docx", FORM)
    assert decoded(encoded(Reply(reading=reading)), "form.docx").reading == reading


def test_what_a_file_looks_like_is_told_as_it_would_be_in_the_same_process() -> None:
    with Reader() as reader:
        for kind in ("docx", "xlsx"):
            data = Face().write("form1", {"title": "A skate park", "pod_request": True}, kind)
            shown = reader.show(f"form.{kind}", data)
            assert shown == show(f"form.{kind}", data)
            assert shown is not None
            lines = lines_of(tuple(block for part in shown.document.parts for block in part))
            assert any(line.text == "A skate park" for line in lines)
            assert not shown.cut
        assert reader.show("form.docx", b"no document") is None
        assert reader.read("form.docx", Face().write("form1", {"title": "x"}, "docx")).submissions


def test_no_more_of_a_file_is_told_than_people_look_at() -> None:
    rows = tuple((Cell(1, 1, (Line((Run(text="x" * 100),)),)),) for _ in range(MOST))
    told_ = heard(told(Document(parts=((Table(rows),),))))
    (table,) = told_.document.parts[0]
    assert isinstance(table, Table)
    assert told_.cut
    assert len(table.rows) <= MOST / 2 + 1
    long = Document(parts=((Line((Run(text="x" * (MOST_TEXT + 1)),)),),))
    assert heard(told(long)).cut
