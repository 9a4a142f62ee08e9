"""What forms come wrapped in, written from the formats' own descriptions."""

from __future__ import annotations

import zipfile
from dataclasses import dataclass
from io import BytesIO
from struct import pack
from typing import Any

from asn1crypto import cms

# --------------------------------------------------------------------------- zip (APPNOTE 6.3)


def zipped(files: dict[str, bytes], *, method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """An archive."""
    made = BytesIO()
    with zipfile.ZipFile(made, "w", method) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return made.getvalue()


def locked(archive: bytes) -> bytes:
    """The same with every member's flag saying that it is encrypted."""
    made = bytearray(archive)
    for signature, flag in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = made.find(signature)
        while at >= 0:
            made[at + flag] |= 1
            at = made.find(signature, at + 4)
    return bytes(made)


# --------------------------------------------------------------------------- TNEF ([MS-OXTNEF])

_CODEPAGE, _VERSION, _BODY, _PROPERTIES = 0x69007, 0x89006, 0x2800C, 0x69003
_RENDERING, _TITLE, _DATA, _ATTACHMENT = 0x69002, 0x18010, 0x6800F, 0x69005
_MESSAGE, _FILE = 1, 2  #: levels
_IMESSAGE = bytes.fromhex("0703020000000000c000000000000046")


def tnef(
    files: dict[str, bytes],
    *,
    body: str = "",
    codepage: int | None = 1252,
    properties: dict[int, str] | None = None,
    embedded: bytes = b"",
    long_names: bool = True,
) -> bytes:
    """A winmail.dat with these files; `embedded` is another, attached as a mail."""
    made = [pack("<IH", 0x223E9F78, 1), _attribute(_MESSAGE, _VERSION, pack("<I", 0x10000))]
    if codepage is not None:
        made.append(_attribute(_MESSAGE, _CODEPAGE, pack("<II", codepage, 0)))
    if body:
        made.append(_attribute(_MESSAGE, _BODY, body.encode("cp1252") + b"\0"))
    if properties:
        made.append(_attribute(_MESSAGE, _PROPERTIES, _mapi(properties)))
    for name, content in files.items():
        short = name.encode("cp1252", "replace")
        made += [
            _attribute(_FILE, _RENDERING, pack("<HIHHIH", 1, 0, 0, 0, 0, 0)),
            _attribute(_FILE, _TITLE, short + b"\0"),
            _attribute(_FILE, _DATA, content),
        ]
        if long_names:
            made.append(_attribute(_FILE, _ATTACHMENT, _mapi({0x3707: name})))
    if embedded:
        made.append(_attribute(_FILE, _RENDERING, pack("<HIHHIH", 2, 0, 0, 0, 0, 0)))
        made.append(_attribute(_FILE, _ATTACHMENT, _mapi({}, embedded=embedded)))
    return b"".join(made)


def _attribute(level: int, number: int, data: bytes) -> bytes:
    total = sum(data) & 0xFFFF
    return pack("<BII", level, number, len(data)) + data + pack("<H", total)


def _mapi(texts: dict[int, str], *, embedded: bytes = b"") -> bytes:
    made = [pack("<I", len(texts) + bool(embedded))]
    for number, text in texts.items():
        data = (text + "\0").encode("utf-16-le")
        made.append(pack("<HHII", 0x001F, number, 1, len(data)) + _padded(data))
    if embedded:
        data = _IMESSAGE + embedded
        made.append(pack("<HHII", 0x000D, 0x3701, 1, len(data)) + _padded(data))
    return b"".join(made)


def _padded(data: bytes) -> bytes:
    return data + b"\0" * (-len(data) % 4)


# --------------------------------------------------------------------------- .msg ([MS-OXMSG])


@dataclass(frozen=True, slots=True)
class Folder:
    """A storage of a compound file."""

    items: dict[str, Any]


def msg(
    files: dict[str, bytes],
    *,
    subject: str = "",
    body: str = "",
    html: bytes = b"",
    sender: str = "",
    headers: str = "",
    embedded: Folder | None = None,
) -> bytes:
    """A mail saved from Outlook."""
    texts = {0x0037: subject, 0x1000: body, 0x5D01: sender, 0x007D: headers}
    return compound(saved(files, texts=texts, html=html, embedded=embedded))


def saved(
    files: dict[str, bytes],
    *,
    texts: dict[int, str],
    html: bytes = b"",
    embedded: Folder | None = None,
) -> Folder:
    """A saved mail's storage, which another may hold."""
    items: dict[str, Any] = {"__properties_version1.0": bytes(32)}
    items |= {f"__substg1.0_{n:04X}001F": t.encode("utf-16-le") for n, t in texts.items() if t}
    if html:
        items["__substg1.0_10130102"] = html
    for number, (name, content) in enumerate(files.items()):
        items[f"__attach_version1.0_#{number:08X}"] = Folder(
            {
                "__properties_version1.0": bytes(8),
                "__substg1.0_3707001F": name.encode("utf-16-le"),
                "__substg1.0_37010102": content,
            }
        )
    if embedded:
        inner = {"__properties_version1.0": bytes(8), "__substg1.0_3701000D": embedded}
        items[f"__attach_version1.0_#{len(files):08X}"] = Folder(inner)
    return Folder(items)


_SECTOR, _SMALL, _CUTOFF = 512, 64, 4096
_FREE, _END, _TABLE = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD


def compound(root: Folder) -> bytes:
    """A compound file ([MS-CFB]) of version 3 with at most 109 sectors of allocation table."""
    return _Compound().write(root)


class _Compound:
    def __init__(self) -> None:
        self.sectors: list[bytes] = []
        self.chain: list[int] = []  # the allocation table
        self.small = bytearray()  # the mini stream
        self.small_chain: list[int] = []
        self.entries: list[list[Any]] = []  # name, kind, left, right, child, start, size

    def write(self, root: Folder) -> bytes:
        self.entries.append(["Root Entry", 5, _FREE, _FREE, _FREE, _END, 0])
        self.entries[0][4] = self._children(root)
        if self.small:
            self.entries[0][5:] = [self._store(bytes(self.small)), len(self.small)]
        small_table = b"".join(pack("<I", n) for n in self.small_chain)
        small_start = self._store(small_table, fill=b"\xff") if small_table else _END
        small_sectors = -(-len(small_table) // _SECTOR)
        directory = b"".join(_entry(*e) for e in self.entries)
        directory_start = self._store(directory + b"\0" * (-len(directory) % _SECTOR))
        count = 1
        while (len(self.chain) + count) * 4 > count * _SECTOR:
            count += 1
        at = list(range(len(self.chain), len(self.chain) + count))
        table = self.chain + [_TABLE] * count
        table += [_FREE] * (-len(table) % (_SECTOR // 4))
        header = (
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16)
            + pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6) + bytes(6)
            + pack("<IIIIIIIII", 0, count, directory_start, 0, _CUTOFF, small_start,
                   small_sectors, _END, 0)
            + b"".join(pack("<I", n) for n in (at + [_FREE] * 109)[:109])
        )  # fmt: skip
        return header + b"".join(self.sectors) + b"".join(pack("<I", n) for n in table)

    def _children(self, folder: Folder) -> int:
        """Entries chained to the right: no balanced tree, but a lawful one."""
        previous = first = _FREE
        for name, item in sorted(folder.items.items(), key=lambda i: (len(i[0]), i[0].upper())):
            number = len(self.entries)
            self.entries.append([name, 2, _FREE, _FREE, _FREE, _END, 0])
            if isinstance(item, Folder):
                self.entries[number][1] = 1
                self.entries[number][4] = self._children(item)
            else:
                start = self._store(item) if len(item) >= _CUTOFF else self._store_small(item)
                self.entries[number][5:] = [start, len(item)]
            if previous == _FREE:
                first = number
            else:
                self.entries[previous][3] = number
            previous = number
        return first

    def _store(self, data: bytes, fill: bytes = b"\0") -> int:
        start = len(self.chain)
        pieces = [data[at : at + _SECTOR] for at in range(0, len(data), _SECTOR)]
        self.sectors += [piece.ljust(_SECTOR, fill) for piece in pieces]
        self.chain += [*range(start + 1, start + len(pieces)), _END]
        return start

    def _store_small(self, data: bytes) -> int:
        if not data:
            return _END
        start, count = len(self.small_chain), -(-len(data) // _SMALL)
        self.small += data.ljust(count * _SMALL, b"\0")
        self.small_chain += [*range(start + 1, start + count), _END]
        return start


def _entry(*given: Any) -> bytes:
    name, kind, left, right, child, start, size = given
    coded = f"{name}\0".encode("utf-16-le")
    head = coded.ljust(64, b"\0") + pack("<HBB", len(coded), kind, 1)
    return head + pack("<III", left, right, child) + bytes(36) + pack("<IQ", start, size)


# --------------------------------------------------------------------------- S/MIME (RFC 8551)


def signed(mail: bytes) -> bytes:
    """A mail in a signature that nobody made: reading it asks for none."""
    inside = {"content_type": "data", "content": mail}
    given: dict[str, Any] = {
        "version": "v1",
        "digest_algorithms": [],
        "encap_content_info": inside,
        "signer_infos": [],
    }
    return _cms("signed_data", cms.SignedData(given))


def signed_in_pieces(mail: bytes) -> bytes:
    """The same in BER of indefinite length, its content in pieces, as some programs write it."""
    half = len(mail) // 2
    pieces = b"".join(b"\x04" + _length(p) + p for p in (mail[:half], mail[half:]))
    content = b"\xa0\x80\x24\x80" + pieces + b"\0\0\0\0"
    data = bytes.fromhex("06092a864886f70d010701")
    inside = b"\x30\x80" + data + content + b"\0\0"
    signed_data = b"\x30\x80\x02\x01\x01\x31\x00" + inside + b"\x31\x00\0\0"
    kind = bytes.fromhex("06092a864886f70d010702")
    return b"\x30\x80" + kind + b"\xa0\x80" + signed_data + b"\0\0\0\0"


def _length(data: bytes) -> bytes:
    if len(data) < 128:
        return bytes([len(data)])
    size = len(data).to_bytes(4, "big").lstrip(b"\0")
    return bytes([128 + len(size)]) + size


def enveloped() -> bytes:
    """A mail that only its owner can open."""
    secret = {
        "content_type": "data",
        "content_encryption_algorithm": {"algorithm": "aes256_cbc", "parameters": bytes(16)},
        "encrypted_content": bytes(range(64)),
    }
    given = {"version": "v0", "recipient_infos": [], "encrypted_content_info": secret}
    return _cms("enveloped_data", cms.EnvelopedData(given))


def _cms(kind: str, content: Any) -> bytes:
    made: bytes = cms.ContentInfo({"content_type": kind, "content": content}).dump()
    return made
