"""winmail.dat: what Outlook sends in place of a mail's parts ([MS-OXTNEF])."""

from __future__ import annotations

import codecs
from collections.abc import Iterator
from contextlib import suppress
from struct import pack, unpack_from

from tnefparse import TNEF
from tnefparse.tnef import TNEFAttachment

from intake.wrapped.remade import Inside, as_mail
from model import Code
from parsers.sniff import Refused

_DEEPEST = 5  #: mails attached to mails
_HEADER = 6  #: signature and key
_OBJECT = 9  #: an attribute's level, number, type and length, before its data
_CODEPAGE, _BODY, _PROPERTIES = 0x9007, 0x800C, 0x9003
_TITLE, _DATA, _RENDERING, _ATTACHED = 0x8010, 0x800F, 0x9002, 0x9005
_CHECKSUM = 2  #: behind them; some programs leave out the last
#: All that is wanted of it. The rest (recipients, dates) is where its readers stumble.
_WANTED = frozenset({_CODEPAGE, _BODY, _PROPERTIES, _TITLE, _DATA, _RENDERING, _ATTACHED})
_SIMPLE = _WANTED - {_PROPERTIES, _ATTACHED}
_EMBEDDED = bytes.fromhex("0703020000000000c000000000000046")  #: IID_IMessage
_SUBJECT, _DATA_OBJECT = 0x0037, 0x3701
_SENDER = (0x5D01, 0x5D02, 0x0C1F, 0x0065)
_SENDER_NAME = (0x0C1A, 0x0042)


def as_mail_from(data: bytes) -> bytes:
    """What was wrapped. Raises `Refused` where it is damaged beyond reading."""
    return _mail(data, 0)


def _mail(data: bytes, depth: int) -> bytes:
    found = _parsed(data)
    files = (_attached(a, depth) for a in found.attachments)
    said = {p.name: p.data for p in found.mapiprops if isinstance(p.data, str)}
    return as_mail(
        *(file for file in files if file),
        sender=_sender(said),
        subject=said.get(_SUBJECT, ""),
        text=_text(found.body),
        html=_text(found.htmlbody),
    )


def _parsed(data: bytes) -> TNEF:
    """With all that is wanted of it, or, where that fails, with the plain files alone.

    One that was cut off is damaged as a whole: what is missing may be the form.
    """
    for wanted in (_WANTED, _SIMPLE):
        stripped = _stripped(data, wanted)
        with suppress(Exception):  # the library raises whatever its own steps raise
            return TNEF(stripped, do_checksum=False)
    raise Refused(Code.DAMAGED, "winmail")


def _stripped(data: bytes, wanted: frozenset[int]) -> bytes:
    """Only these attributes, after a code page that Python knows. Raises `Refused` if cut off."""
    kept = [data[:_HEADER]]
    codepage = 1252
    given = list(_attributes(data))
    if not given:
        raise Refused(Code.DAMAGED, "winmail")
    for number, whole in given:
        if number == _CODEPAGE:
            codepage = _known(unpack_from("<I", whole, _OBJECT)[0])
        elif number in wanted:
            kept.append(whole)
    kept.insert(1, pack("<BHHIIH", 1, _CODEPAGE, 6, 4, codepage, 0))
    # A reader that wants more than twelve bytes behind the last attribute gets them.
    return b"".join(kept) + b"\0" * 2


def _attributes(data: bytes) -> Iterator[tuple[int, bytes]]:
    at = _HEADER
    while at + _OBJECT <= len(data):
        number, _kind, length = unpack_from("<HHI", data, at + 1)
        end = at + _OBJECT + length + _CHECKSUM
        if end > len(data) + _CHECKSUM:
            raise Refused(Code.DAMAGED, "winmail")
        yield number, data[at:end].ljust(end - at, b"\0")
        at = end


def _known(codepage: int) -> int:
    with suppress(LookupError):
        codecs.lookup(f"cp{codepage}")
        return codepage
    return 1252


def _attached(file: TNEFAttachment, depth: int) -> Inside | None:
    embedded = _embedded(file)
    if embedded:
        deeper = depth < _DEEPEST
        return Inside(name="mail.eml", content=_mail(embedded, depth + 1)) if deeper else None
    return Inside(name=_name(file), content=bytes(file.data)) if file.data else None


def _embedded(file: TNEFAttachment) -> bytes:
    """A mail attached to the mail."""
    return bytes(file.data) if hasattr(file, "embed") else b""


def _name(file: TNEFAttachment) -> str:
    with suppress(UnicodeDecodeError):
        return _text(file.long_filename())
    return _text(file._name)


def _sender(said: dict[int, str]) -> str:
    address = next((said[n] for n in _SENDER if "@" in said.get(n, "")), "")
    name = next((said[n] for n in _SENDER_NAME if said.get(n)), "").replace('"', "")
    return f'"{name}" <{address}>' if address else ""


def _text(said: str | bytes | None) -> str:
    if isinstance(said, str) or said is None:
        return (said or "").rstrip("\0")
    try:
        return said.decode().rstrip("\0")
    except UnicodeDecodeError:
        return said.decode("cp1252", "replace").rstrip("\0")
