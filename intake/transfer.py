"""A part's bytes and name, however a mail program encoded them (RFC 2045, 2047, 2231)."""

from __future__ import annotations

import re
from base64 import b64decode
from binascii import Error, a2b_base64, a2b_uu
from contextlib import suppress
from quopri import decodestring
from typing import NamedTuple

from intake.headers import Mime, children, parse, payload, token, words

_LONGEST_NAME = 200  # characters, of which the ending is kept
_BASE64 = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/="
_NOT_BASE64 = bytes(set(range(256)) - set(_BASE64))
#: A file in the text, as programs sent them before MIME.
_UU = re.compile(
    r"^begin [0-7]{3,4} (?P<name>[^\n]+)\n(?P<lines>(?:[ -`]{1,90}\n)+)(?:end[ \t]*$)?", re.M
)


def attached_message(part: Mime) -> Mime | None:
    """The mail in a message/rfc822 part, also where it was encoded against RFC 2046 5.2.1."""
    message = next(iter(children(part)), None)
    if message is None:
        return None
    if token(part, "Content-Transfer-Encoding") == "base64" and not message.keys():
        return parse(_from_base64(content(message)))
    return message


def content(part: Mime) -> bytes:
    """A part's bytes. Truncated or dirty base64 gives what can be had of it."""
    held = payload(part)
    match token(part, "Content-Transfer-Encoding"):
        case "base64":
            return _from_base64(held)
        case "quoted-printable":
            return decodestring(held)
        case "x-uuencode" | "uuencode" | "x-uue" | "uue":
            _text, files = out_of_text(held.decode("latin-1").replace("\r\n", "\n"))
            return files[0].content if files else held
    return held


def _from_base64(data: bytes) -> bytes:
    if _is_prose(data):
        return data
    with suppress(Error):
        return a2b_base64(data)  # dirt left out, without a copy
    digits = data.translate(None, _NOT_BASE64).partition(b"=")[0]
    digits = digits[: len(digits) - (len(digits) % 4 == 1)]
    return b64decode(digits + b"=" * (-len(digits) % 4))


def _is_prose(data: bytes) -> bool:
    """Said to be base64, but there are spaces between its words."""
    first, _, _ = data[:200].lstrip().partition(b"\n")
    return b" " in first.strip()


def file_name(part: Mime) -> str:
    """The name a file was sent under (RFC 2231, 2047), without folders; "" for none."""
    try:
        return bare_name(words(str(part.get_filename(""))))
    except (LookupError, ValueError, TypeError):
        return ""


def bare_name(given: str) -> str:
    """A name without folders, its ending kept where it is too long."""
    return re.split(r"[/\\]", given)[-1].strip()[-_LONGEST_NAME:]


class InText(NamedTuple):
    """A file that stood in the text."""

    name: str
    content: bytes


def out_of_text(text: str) -> tuple[str, tuple[InText, ...]]:
    """The text without the uuencoded files in it, and those files."""
    if "\nbegin " not in f"\n{text}":
        return text, ()
    files = tuple(
        InText(bare_name(found["name"]), b"".join(map(_uu_line, found["lines"].splitlines())))
        for found in _UU.finditer(text)
    )
    return (_UU.sub("", text), files) if files else (text, ())


def _uu_line(line: str) -> bytes:
    """One line; what a relay cut off at its end were spaces."""
    length = (ord(line[0]) - 32) & 63
    digits = line[1 : 1 + (length + 2) // 3 * 4].ljust((length + 2) // 3 * 4)
    try:
        return a2b_uu(line[0] + digits)
    except Error:
        return b""
