"""Mails that Outlook saved as files: .msg ([MS-OXMSG]).

Read stream by stream: a property's number and type are in its stream's name, and streams are there
when the tables that describe them are damaged.
"""

from __future__ import annotations

import re

from olefile import OleFileIO
from oxmsg.storage import Storage

from intake.wrapped.remade import Inside, as_mail
from model import Code
from parsers.sniff import Refused

_DEEPEST = 5  #: mails attached to mails
_UNICODE, _EIGHT_BIT, _BINARY = 0x001F, 0x001E, 0x0102
_EMBEDDED = "__substg1.0_3701000D"  #: a mail as an attachment's data ([MS-OXMSG] 2.2.2.1)
_SUBJECT, _BODY, _HTML, _HEADERS = 0x0037, 0x1000, 0x1013, 0x007D
_DATA, _LONG_NAME, _SHORT_NAME = 0x3701, 0x3707, 0x3704
#: Where the sender's address may stand, the likeliest first; Exchange's own form of it is no use.
_SENDER = (0x5D01, 0x5D02, 0x0C1F, 0x0065)
_SENDER_NAME = (0x0C1A, 0x0042)
_FROM = re.compile(r"^From:[ \t]*(.+(?:\r?\n[ \t].+)*)", re.I | re.M)


def as_mail_from(data: bytes) -> bytes:
    """The saved mail. Raises `Refused` for one that is damaged."""
    try:
        with OleFileIO(data) as file:
            root = Storage.from_ole(file)
    except (OSError, ValueError, IndexError, TypeError, AttributeError) as e:
        raise Refused(Code.DAMAGED, "msg") from e
    return _mail(root, 0)


def _mail(storage: Storage, depth: int) -> bytes:
    files = [_attached(s, depth) for s in storage.iter_attachment_storages()]
    html = _bytes(storage, _HTML)
    return as_mail(
        *(file for file in files if file),
        sender=_sender(storage),
        subject=_text(storage, _SUBJECT),
        text=_text(storage, _BODY),
        html=html.decode("utf-8", "replace") if html else _text(storage, _HTML),
    )


def _attached(storage: Storage, depth: int) -> Inside | None:
    name = _text(storage, _LONG_NAME) or _text(storage, _SHORT_NAME)
    embedded = next((s for s in storage.storages if s.name == _EMBEDDED), None)
    if embedded:
        return (
            Inside(name="mail.eml", content=_mail(embedded, depth + 1))
            if depth < _DEEPEST
            else None
        )
    data = _bytes(storage, _DATA)
    return Inside(name=name, content=data) if data else None


def _sender(storage: Storage) -> str:
    """As its From had it; of a mail that never left Exchange, from the mail's own properties."""
    found = _FROM.search(_text(storage, _HEADERS))
    if found:
        return found.group(1)
    address = next((a for a in (_text(storage, n) for n in _SENDER) if "@" in a), "")
    name = next(filter(None, (_text(storage, n) for n in _SENDER_NAME)), "")
    name = re.sub(r'["\\<>@]', "", name)
    return f'"{name}" <{address}>' if address else ""


def _text(storage: Storage, number: int) -> str:
    wide = _stream(storage, number, _UNICODE)
    if wide:
        return wide.decode("utf-16-le", "replace").rstrip("\0")
    return _stream(storage, number, _EIGHT_BIT).decode("cp1252", "replace").rstrip("\0")


def _bytes(storage: Storage, number: int) -> bytes:
    return _stream(storage, number, _BINARY)


def _stream(storage: Storage, number: int, kind: int) -> bytes:
    try:
        return storage.property_stream_bytes(number, kind)
    except KeyError:
        return b""
