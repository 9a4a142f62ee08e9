"""What a mail is made of: its texts, and every file in it, however it was put in."""

from __future__ import annotations

import mimetypes
import re
from base64 import b64decode
from contextlib import suppress
from copy import copy
from dataclasses import dataclass, field, replace
from quopri import decodestring
from typing import NamedTuple
from urllib.parse import unquote

from intake.headers import Mime, children, clean, decode, header, parse, people, token, words
from intake.page import from_html
from model import Address, Attachment

_DEEPEST = 50  # levels of parts in parts
_LONGEST_NAME = 200  # characters, of which the ending is kept
_BASE64 = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/="
_NOT_BASE64 = bytes(set(range(256)) - set(_BASE64))
_CID = re.compile(r"cid:([^\"'\s>)]+)", re.I)
#: Parts about the mail, not in it: signatures, reports, keys.
_NOT_FILES = {
    "application/pgp-signature",
    "application/pgp-keys",
    "application/pkcs7-signature",
    "application/x-pkcs7-signature",
    "message/delivery-status",
    "message/global-delivery-status",
    "message/disposition-notification",
    "text/rfc822-headers",
    "message/global-headers",
}
#: What `mimetypes` does not know on every machine.
_ENDINGS = {
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": ".docx",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": ".xlsx",
    "application/vnd.oasis.opendocument.text": ".odt",
    "application/vnd.oasis.opendocument.spreadsheet": ".ods",
    "application/msword": ".doc",
    "application/vnd.ms-excel": ".xls",
    "application/rtf": ".rtf",
    "text/rtf": ".rtf",
    "text/calendar": ".ics",
    "application/ms-tnef": ".dat",
    "application/octet-stream": ".bin",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """The text that is shown as the mail's own, and the files in and below it."""

    text: str = ""
    files: tuple[Attachment, ...] = ()


class _Text(NamedTuple):
    html: bool
    source: str


@dataclass(slots=True)
class _Found:
    texts: list[_Text] = field(default_factory=list)
    named: list[_Text] = field(default_factory=list)  # shown as well, but under a file's name
    files: list[tuple[Mime, Attachment]] = field(default_factory=list)
    cids: set[str] = field(default_factory=set)

    def take(self, inside: _Found) -> None:
        """Everything but the texts, which are alternatives or another mail's."""
        self.files += inside.files
        self.cids |= inside.cids


def gather(message: Mime) -> Parts:
    """Every text and file. Text of an attached message is not the mail's own; its files are."""
    found = _Found()
    _walk(message, found, None, 0)
    files = tuple(_named(_placed(p, a, found.cids), n) for n, (p, a) in enumerate(found.files, 1))
    shown = found.texts or found.named[:1]  # some mailers give the body itself a name
    texts = [from_html(t.source) if t.html else t.source for t in shown]
    return Parts(text="\n".join(t for t in texts if t.strip()), files=files)


def expand(file: Attachment) -> tuple[Attachment, ...]:
    """The files that one attached file stands for: itself, until wrappers are opened here."""
    return (file,)


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
    match token(part, "Content-Transfer-Encoding"):
        case "base64":
            return _from_base64(_undecoded(part))
        case "quoted-printable":
            return decodestring(_undecoded(part))
        case "x-uuencode" | "uuencode" | "x-uue" | "uue":
            with suppress(ValueError):
                return _bytes(part.get_payload(decode=True))
    return _undecoded(part)


def _undecoded(part: Mime) -> bytes:
    """The bytes as they came: asked for so, the library passes them through a charset."""
    bare = copy(part)
    del bare["Content-Transfer-Encoding"]
    return _bytes(bare.get_payload(decode=True))


def _bytes(payload: object) -> bytes:
    return payload if isinstance(payload, bytes) else b""


def _from_base64(data: bytes) -> bytes:
    digits = data.translate(None, _NOT_BASE64).partition(b"=")[0]
    digits = digits[: len(digits) - (len(digits) % 4 == 1)]
    return b64decode(digits + b"=" * (-len(digits) % 4))


def file_name(part: Mime) -> str:
    """The name a file was sent under (RFC 2231, 2047), without folders; "" for none."""
    try:
        given = words(str(part.get_filename("")))
    except (LookupError, ValueError, TypeError):
        return ""
    return re.split(r"[/\\]", given)[-1].strip()[-_LONGEST_NAME:]


def _walk(part: Mime, found: _Found, origin: Address | None, depth: int) -> None:
    kind = _kind(part)
    if depth > _DEEPEST or kind in _NOT_FILES:
        return
    if kind in ("message/rfc822", "message/global"):
        inner = attached_message(part)
        if inner is not None:
            _walk_attached(inner, found, depth + 1)
    elif kind == "multipart/alternative":
        _walk_alternatives(part, found, origin, depth + 1)
    elif part.is_multipart():
        # What a report returns of another mail is no news of its sender's (RFC 6522).
        for child in children(part)[: 1 if kind == "multipart/report" else None]:
            _walk(child, found, origin, depth + 1)
    elif _is_shown(part) and not file_name(part):
        _add_text(part, found)
    else:
        _add_file(part, found, origin)


def _walk_attached(message: Mime, found: _Found, depth: int) -> None:
    inside = _Found()
    sender = next(iter(people(message, "From")), None)
    _walk(message, inside, sender, depth)
    found.files += [(part, _placed(part, file, inside.cids)) for part, file in inside.files]


def _walk_alternatives(part: Mime, found: _Found, origin: Address | None, depth: int) -> None:
    """The plain text where it says anything, else the first that does (RFC 2046 5.1.4)."""
    choices: list[list[_Text]] = []
    for child in children(part):
        inside = _Found()
        _walk(child, inside, origin, depth)
        found.take(inside)
        if any(t.source.strip() for t in inside.texts):
            choices.append(inside.texts)
    choices.sort(key=lambda texts: any(t.html for t in texts))
    found.texts += choices[0] if choices else []


def _kind(part: Mime) -> str:
    """Its content type; what calls itself multipart but has no parts is text."""
    kind = part.get_content_type()
    return "text/plain" if kind.startswith("multipart/") and not part.is_multipart() else kind


def _is_shown(part: Mime) -> bool:
    """Text, and not said to be a file."""
    is_text = _kind(part) in ("text/plain", "text/html")
    return is_text and part.get_content_disposition() != "attachment"


def _add_text(part: Mime, found: _Found) -> None:
    text = _text(part)
    found.texts.append(text)
    if text.html:
        found.cids |= {unquote(c) for c in _CID.findall(text.source)}


def _text(part: Mime) -> _Text:
    source = decode(content(part), part.get_content_charset(""))
    return _Text(part.get_content_type() == "text/html", source)


def _add_file(part: Mime, found: _Found, origin: Address | None) -> None:
    data = content(part)
    if _is_shown(part):
        found.named.append(_text(part))
    if data:
        file = Attachment(
            name=file_name(part),
            content_type=clean(part.get_content_type()),
            content=data,
            forwarded_from=origin,
        )
        found.files += [(part, one) for one in expand(file)]


def _placed(part: Mime, file: Attachment, cids: set[str]) -> Attachment:
    """Marked as part of the text where the text shows it. Outlook gives documents ids as well."""
    cid = header(part, "Content-ID").strip("<> ")
    shown = bool(cid) and cid in cids and part.get_content_maintype() == "image"
    return replace(file, in_text=file.in_text or shown)


def _named(file: Attachment, number: int) -> Attachment:
    if file.name:
        return file
    kind = file.content_type
    ending = _ENDINGS.get(kind) or mimetypes.guess_extension(kind) or ".bin"
    return replace(file, name=f"attachment-{number}{ending}")
