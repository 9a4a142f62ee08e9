"""Which wrapper some bytes are, by the bytes: names and declared types are often wrong."""

from __future__ import annotations

import re
from enum import StrEnum

from parsers.compound import SIGNATURE as OLE
from parsers.compound import Compound


class Wrapper(StrEnum):
    """What a file can be wrapped in; the words are those of `Problem.seen`."""

    ZIP = "zip"
    TNEF = "winmail"
    OUTLOOK = "msg"
    SIGNED = "email"  #: S/MIME: signed, encrypted or compressed (RFC 8551)


_TNEF = b"\x78\x9f\x3e\x22"  #: [MS-OXTNEF] 2.1.3.1
_PROPERTIES = "__properties_version1.0"  #: [MS-OXMSG] 2.4: at the root of every .msg file
_ZIP = (b"PK\x03\x04", b"PK\x05\x06", b"PK00PK\x03\x04")
_END = b"PK\x05\x06"
#: The member that makes a zip an Office file, an OpenDocument or an Apple one.
_OFFICE = re.compile(
    rb"PK\x01\x02.{42}(?:\[Content_Types\]\.xml|mimetype|word/document\.xml|xl/workbook\.|"
    rb"[^\x00-\x1f]{1,80}\.iwa)",
    re.S,
)
_SMIME = ("application/pkcs7-mime", "application/x-pkcs7-mime")
_RIGHTS_MANAGED = "application/x-microsoft-rpmsg-message"  #: [MS-OXORMMS]
_PGP = re.compile(rb"\s{0,99}-----BEGIN PGP MESSAGE-----")


def wrapper_of(data: bytes, content_type: str, name: str) -> Wrapper | None:
    """The wrapper that these bytes are; None for any other file, an Office file included."""
    if data.startswith(_TNEF):
        return Wrapper.TNEF
    if data.startswith(_ZIP):
        return None if _is_office(data) else Wrapper.ZIP
    if data.startswith(OLE):
        return Wrapper.OUTLOOK if _PROPERTIES in Compound(data).streams else None
    is_smime = content_type in _SMIME or name.lower().endswith((".p7m", ".p7z"))
    return Wrapper.SIGNED if is_smime else None


def is_locked(data: bytes, content_type: str) -> bool:
    """Whether only its owner can open this mail: PGP's (RFC 9580 6.2), or rights-managed."""
    return bool(_PGP.match(data)) or content_type == _RIGHTS_MANAGED


def _is_office(data: bytes) -> bool:
    """By the directory at the end; a file whose end is lost goes to whoever reads Office files."""
    end = data.rfind(_END, max(0, len(data) - 70_000))
    start = int.from_bytes(data[end + 16 : end + 20], "little") if end >= 0 else len(data)
    return end < 0 or bool(_OFFICE.search(data, min(start, end)))
