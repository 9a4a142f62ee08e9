"""S/MIME (RFC 8551): the mail inside a signature. Whether the signature is good is not asked.

Who sent a mail is believed by "Verified" (`intake.trust`) alone, so a signature adds no right.
"""

from __future__ import annotations

import re
from binascii import Error, a2b_base64

from asn1crypto import cms

from model import Code
from parsers.sniff import Refused

_SEEN = "email"
_ARMOUR = re.compile(rb"\s*-----BEGIN [A-Z0-9 ]+-----(.*?)-----END ", re.S)
_LOCKED = ("enveloped_data", "authenticated_enveloped_data", "encrypted_data")


def as_mail_from(data: bytes) -> bytes:
    """The mail that was signed or compressed. Raises `Refused`: encrypted, or damaged."""
    try:
        info = cms.ContentInfo.load(_der(data))
        kind = info["content_type"].native
        if kind in _LOCKED:
            raise Refused(Code.ENCRYPTED, _SEEN)
        if kind == "compressed_data":
            return bytes(info["content"].decompressed)
        signed = info["content"]["encap_content_info"]["content"].native if _is(kind) else None
    except (ValueError, TypeError, KeyError, AttributeError) as e:
        raise Refused(Code.DAMAGED, _SEEN) from e
    if not isinstance(signed, bytes):
        raise Refused(Code.DAMAGED, _SEEN)
    return signed


def _is(kind: object) -> bool:
    return kind == "signed_data"


def _der(data: bytes) -> bytes:
    armoured = _ARMOUR.match(data)
    try:
        return a2b_base64(armoured.group(1)) if armoured else data
    except Error as e:
        raise ValueError("no base64") from e
