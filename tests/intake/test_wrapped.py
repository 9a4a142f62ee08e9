"""Wrappers are opened within bounds, in a process that may die of them; any bytes will do."""

from __future__ import annotations

import sys
from pathlib import Path
from struct import pack

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from intake.message import read_mail
from intake.wrapped import opener
from intake.wrapped.__main__ import answer
from intake.wrapped.kinds import Wrapper, wrapper_of
from intake.wrapped.opener import Opener
from model import Code, InboundEmail, Problem, Transient
from parsers.face import Face
from parsers.sniff import Refused
from tests.intake.mails import wrappers
from tests.intake.mails.making import NOON, attached, form, letter
from tests.intake.test_mails import MAILS

DATA = bytes(range(256)) * 40 + b"\0\0"  # an Office file ends in two NULs


def read(*parts: str) -> InboundEmail:
    return read_mail(letter("Hello", *parts), NOON)


def zip_of(data: bytes) -> str:
    return attached(wrappers.zipped({"form.docx": data}), "filename=f.zip")


# --------------------------------------------------------------------------- what comes out


@pytest.mark.parametrize(
    "wrapped",
    [
        wrappers.zipped({"f.docx": DATA, "folder/": b""}),
        wrappers.tnef({"f.docx": DATA}),
        wrappers.msg({"f.docx": DATA}),
        wrappers.msg({"f.docx": DATA[:100] + b"\0"}),
    ],
    ids=["zip", "winmail", "msg", "small"],
)
def test_a_file_comes_out_to_the_last_byte(wrapped: bytes) -> None:
    (file,) = read(attached(wrapped)).attachments
    assert file.name == "f.docx"
    assert file.content in (DATA, DATA[:100] + b"\0")


def test_an_office_file_is_a_zip_that_is_left_alone() -> None:
    assert wrapper_of(form(), "application/zip", "f.zip") is None
    odt = wrappers.zipped({"mimetype": b"application/vnd.oasis.opendocument.text"})
    assert wrapper_of(odt, "application/octet-stream", "f") is None
    inside = wrappers.zipped({"form.docx": form()}, method=0)
    assert wrapper_of(inside, "application/octet-stream", "form.docx") is Wrapper.ZIP


def test_names_in_a_zip_lose_folders_and_the_litter_of_file_managers() -> None:
    archive = wrappers.zipped(
        {"../../a.docx": DATA, "b\\c.docx": DATA, "__MACOSX/._a.docx": b"x", "Thumbs.db": b"x"}
    )
    names = [f.name for f in read(attached(archive)).attachments]
    assert names == ["a.docx", "c.docx"]


def test_a_saved_mails_text_is_not_what_the_sender_wrote() -> None:
    saved = wrappers.msg({"f.docx": DATA}, body="WITHDRAW")
    assert read(attached(saved)).written == "Hello"


def test_a_text_in_winmail_is_shown_where_there_is_no_other() -> None:
    wrapped = attached(wrappers.tnef({"f.docx": DATA}, body="In the wrapper"))
    assert read(wrapped).written == "Hello"
    assert read_mail(letter(wrapped), NOON).written == "In the wrapper"


# --------------------------------------------------------------------------- bounds


def test_a_mail_has_so_many_wrappers_opened_and_no_more() -> None:
    files = read(*[zip_of(b"x")] * (opener.WRAPPERS + 1)).attachments
    assert [f.name for f in files] == ["form.docx"] * opener.WRAPPERS + ["f.zip"]
    assert files[-1].verdict is not None
    assert files[-1].verdict.code is Code.TOO_LARGE


def test_what_comes_out_is_bounded_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(opener, "ALL_BYTES", 2000)
    files = read(zip_of(b"x" * 3000), zip_of(b"x")).attachments
    assert [f.name for f in files] == ["form.docx", "f.zip"]


def test_a_file_that_keeps_its_reader_busy_for_hours_gets_seconds(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(opener, "SECONDS", 1)
    busy = pack("<IH", 0x223E9F78, 1) + wrappers._attribute(1, 0x69003, b"\xff" * 4)
    with pytest.raises(Refused) as refused:
        Opener().open(Wrapper.TNEF, busy)
    assert refused.value.code is Code.UNSAFE


def test_where_no_process_starts_the_mail_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", "/nowhere/python")
    with pytest.raises(Transient, match="did not start"):
        read(zip_of(DATA))
    assert read(attached(DATA)).attachments[0].content == DATA


def test_the_process_is_told_no_passwords(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ASKONCE_PASSWORD", "secret")
    assert "ASKONCE_PASSWORD" not in opener._environment()


@pytest.mark.parametrize("code", [Code.ENCRYPTED, Code.DAMAGED, Code.TOO_LARGE, Code.UNSAFE])
def test_each_verdict_says_how_to_send_it_right(code: Code) -> None:
    said = Face().message(None, Problem(field=None, code=code, seen="zip"))
    assert "instead of a zip" in said


# --------------------------------------------------------------------------- any bytes at all

_GOOD = (
    (Wrapper.ZIP, wrappers.zipped({"f.docx": DATA, "g.txt": b"x"})),
    (Wrapper.OUTLOOK, wrappers.msg({"f.docx": DATA}, body="b", sender="a@b.c")),
    (Wrapper.SIGNED, wrappers.signed(b"Subject: x\n\nHi\n")),
)


def _spoilt(data: bytes, at: int, new: bytes, cut: int) -> bytes:
    at %= len(data)
    return data[:at] + new + data[at + len(new) + cut :]


@given(st.sampled_from(_GOOD), st.integers(0), st.binary(max_size=8), st.integers(0, 40))
@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_a_spoilt_wrapper_is_a_mail_or_a_verdict(
    good: tuple[Wrapper, bytes], at: int, new: bytes, cut: int
) -> None:
    said = answer(good[0], _spoilt(good[1], at, new, cut))
    assert said.startswith(b"+") or Code(said[1:].decode().split()[0])


_RAWS = [made.raw for made in MAILS if isinstance(made.raw, bytes) and len(made.raw) < 200_000]


@given(st.sampled_from(_RAWS), st.integers(0), st.binary(max_size=20), st.integers(0, 200))
@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_a_spoilt_mail_is_still_a_mail(raw: bytes, at: int, new: bytes, cut: int) -> None:
    mail = read_mail(_spoilt(raw or b"\n", at, new, cut), NOON)
    assert mail.content_digest
    assert all(file.name for file in mail.attachments)


@given(st.binary(max_size=400))
@settings(max_examples=60, deadline=None)
def test_any_bytes_are_a_mail_and_any_file_in_one(data: bytes) -> None:
    assert read_mail(data, NOON).content_digest
    assert read(attached(data, "filename=f")).text.strip() == "Hello"


# --------------------------------------------------------------------------- large mails


def test_a_large_mails_files_are_whole_though_the_parser_never_saw_them(tmp_path: Path) -> None:
    large = DATA * 300  # 3 MB
    mail = read(attached(large, "filename=a"), zip_of(DATA), attached(large[1:], "filename=b"))
    assert [f.content for f in mail.attachments] == [large, DATA, large[1:]]
    inner = letter("In", attached(large, "filename=c"), boundary="in").decode()
    (file,) = read(f"Content-Type: message/rfc822\n\n{inner}").attachments
    assert file.content == large
    dos = letter("Hello", attached(large, "filename=d")).replace(b"\n", b"\r\n")
    assert read_mail(dos, NOON).attachments[0].content == large


def test_whoever_writes_our_pointer_gets_bytes_of_their_own_mail_at_most() -> None:
    mail = read_mail(letter("ask-once-bytes-0-5\nask-once-bytes-7-999999999999\n"), NOON)
    assert mail.text.startswith("From:")
    assert len(mail.text) < 1000
