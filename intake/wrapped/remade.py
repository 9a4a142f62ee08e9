"""What was in a wrapper, written as a mail."""

from __future__ import annotations

import re
from base64 import b64encode
from dataclasses import dataclass

_BOUNDARY = b"=_ask_once_="  #: cannot occur in base64, and nothing else follows the headers
_UNSAFE = re.compile(r"[\x00-\x1f\x7f\"\\\ud800-\udfff]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Inside:
    """One file in a wrapper."""

    name: str
    content: bytes


def as_mail(
    *files: Inside, sender: str = "", subject: str = "", text: str = "", html: str = ""
) -> bytes:
    """A mail with these files attached. `sender` as a From has it; headers are raw UTF-8."""
    shown = (("text/plain", text),) if text.strip() else (("text/html", html),)
    parts = [
        _part(f"Content-Type: {kind}; charset=utf-8", said.encode("utf-8", "replace"))
        for kind, said in shown
        if said.strip()
    ]
    parts += [_part(_attached(file.name), file.content) for file in files]
    head = f"From: {_line(sender)}\nSubject: {_line(subject)}\nContent-Type: multipart/mixed"
    opening = head.encode() + b'; boundary="' + _BOUNDARY + b'"\n\n'
    return opening + b"".join(parts) + b"--" + _BOUNDARY + b"--\n"


def _attached(name: str) -> str:
    shown = f'; filename="{_UNSAFE.sub("_", name)}"' if name else ""
    return f"Content-Type: application/octet-stream\nContent-Disposition: attachment{shown}"


def _part(head: str, content: bytes) -> bytes:
    """The base64 on one line: a list of 76-character lines would take twice its memory."""
    encoding = b"\nContent-Transfer-Encoding: base64\n\n"
    return b"--" + _BOUNDARY + b"\n" + head.encode() + encoding + b64encode(content) + b"\n"


def _line(text: str) -> str:
    return re.sub(r"[\x00-\x1f\x7f\ud800-\udfff]+", " ", text)[:998]
