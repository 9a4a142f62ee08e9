"""A large mail made light for the standard library's parser, which makes an object of each line.

That takes up to fifty times the mail's memory. What cannot be structure is kept out of the parser's
way: a line says from where to where it lies in the mail, and gives place to it when a part's bytes
are asked for.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

#: Of all the headers of one mail, in bytes and in lines; the rest is left out.
LONGEST_HEAD = 2 * 2**20
_HEAD_LINES = 150_000
_LARGE = 2**20  # bytes: smaller mails are parsed as they are
#: So much behind each line that may part two parts is parsed, for it may be headers.
_STRUCTURE = 2**16
_LEAST = 2**16  # bytes that are worth a pointer
_MOST_LINES = 1_000_000
_MOST_PARTS = 50_000
_BLANK_LINE = re.compile(rb"\r?\n\r?\n|\A\r?\n")
_MAY_PART = re.compile(rb"(?<=[\r\n])--")  # RFC 2046 5.1.1
_POINTER = re.compile(rb"^ask-once-bytes-(\d{1,12})-(\d{1,12})(?:\n|\Z)", re.M)


def header_of(raw: bytes) -> bytes:
    """The bytes above the first blank line, within bounds."""
    found = _BLANK_LINE.search(raw)
    head = raw[: found.start()] + b"\n" if found else raw
    lines = head[:LONGEST_HEAD].split(b"\n", _HEAD_LINES)
    return b"\n".join(lines[:_HEAD_LINES]) + b"\n" * (len(lines) > _HEAD_LINES)


def body_start(raw: bytes) -> int:
    """Where the body begins, below the first blank line."""
    found = _BLANK_LINE.search(raw)
    return found.end() if found else len(raw)


def lightened(raw: bytes) -> bytes | None:
    """The same mail for the parser; None where there is too much structure in it to be parsed."""
    if len(raw) < _LARGE:
        return raw
    if raw.count(b"\n--") + raw.count(b"\r--") > _MOST_PARTS:
        return None
    light = b"".join(_pieces(raw))
    return light if light.count(b"\n") <= _MOST_LINES else None


def expanded(light: bytes, original: bytes) -> bytes:
    """A part's bytes, from those that the parser saw. Whoever wrote a pointer gets their own."""
    return _POINTER.sub(lambda at: original[int(at[1]) : int(at[2])], light)


def _pieces(raw: bytes) -> Iterator[bytes]:
    body = body_start(raw)
    yield header_of(raw) + b"\n"
    begin = body
    for found in _MAY_PART.finditer(raw, body):
        yield from _stretch(raw, begin, found.start())
        begin = found.start()
    yield from _stretch(raw, begin, len(raw))


def _stretch(raw: bytes, begin: int, end: int) -> Iterator[bytes]:
    """From one line that may part two parts to the next."""
    cut = raw.find(b"\n", begin + _STRUCTURE, end) + 1
    if not cut or end - cut < _LEAST:
        yield raw[begin:end]
    else:
        yield raw[begin:cut]
        yield b"ask-once-bytes-%d-%d\n" % (cut, end)
