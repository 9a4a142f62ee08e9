"""Files that nobody sends by accident, made in code: small, and asking for far more than that."""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Mapping
from io import BytesIO

from tests.parsers.build import (
    PAIRS,
    beside,
    cell,
    changed,
    excel,
    p,
    row,
    table,
    two_columns,
    word,
)

BOMB = b'<!DOCTYPE a [<!ENTITY b "bbbbbbbbbb">%s]>' % b"".join(
    b'<!ENTITY %s "%s">' % (name, b"&%s;" % before * 10)
    for before, name in zip(
        (b"b", b"c", b"d", b"e", b"f"), (b"c", b"d", b"e", b"f", b"g"), strict=True
    )
)
EXTERNAL = b'<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/hostname">]>'
_DOCUMENT, _SHEET = "word/document.xml", "xl/worksheets/sheet1.xml"


def zipped(members: Mapping[str, bytes]) -> bytes:
    """A package of these members."""
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
        for name, data in members.items():
            package.writestr(name, data)
    return out.getvalue()


def declared(declaration: bytes) -> Callable[[bytes], bytes]:
    """A change that puts a declaration before an XML part's root, and uses its entity."""

    def change(xml: bytes) -> bytes:
        end = xml.index(b"?>") + 2 if xml.startswith(b"<?xml") else 0
        return xml[:end] + declaration + xml[end:].replace(b"Ipswich", b"&b;", 1)

    return change


def sheet(inner: bytes) -> bytes:
    """A form's workbook, its cells followed by something else."""
    return changed(
        excel(beside()), _SHEET, lambda xml: xml.replace(b"</sheetData>", inner + b"</sheetData>")
    )


def document(inner: bytes) -> bytes:
    """A form in Word, with something else before its end."""
    return changed(
        two_columns(), _DOCUMENT, lambda xml: xml.replace(b"<w:sectPr", inner + b"<w:sectPr", 1)
    )


def nested(depth: int) -> bytes:
    """Tables in tables."""
    inner = p("deep")
    for _ in range(depth):
        inner = table(row(cell(inner)))
    return word(inner)


def merged(reference: bytes) -> bytes:
    """A form with one merged range."""
    merges = b'<mergeCells count="1"><mergeCell ref="%s"/></mergeCells>' % reference
    return changed(
        excel(beside()), _SHEET, lambda xml: xml.replace(b"</sheetData>", b"</sheetData>" + merges)
    )


def stray_cell() -> bytes:
    """A form with one more cell in the last corner of its sheet."""
    return excel([*beside(PAIRS), ("XFD1048576", "x")])


def compound(*streams: str) -> bytes:
    """An OLE compound file (MS-CFB) of 512-byte sectors whose root holds empty streams."""
    entries = [_entry("Root Entry", 5, child=1 if streams else -1)]
    entries += [_entry(name, 2, right=n + 2 if n + 1 < len(streams) else -1)
                for n, name in enumerate(streams)]  # fmt: skip
    entries += [bytes(128)] * (-len(entries) % 4)
    directory = b"".join(entries)
    sectors = len(directory) // 512
    chain = [*range(2, sectors + 1), -2]
    table_ = [-3, *chain] + [-1] * (127 - len(chain))
    header = (
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16)
        + _numbers(2, 0x3E, 3, 0xFFFE, 9, 6) + bytes(6)
        + _numbers(4, 0, 1, 1, 0, 4096, -2, 0, -2, 0, 0) + _numbers(4, *[-1] * 108)
    )  # fmt: skip
    return header + _numbers(4, *table_) + directory


def _entry(name: str, kind: int, child: int = -1, right: int = -1) -> bytes:
    coded = (name + "\0").encode("utf-16-le")
    return (
        coded.ljust(64, b"\0") + _numbers(2, len(coded)) + bytes([kind, 1])
        + _numbers(4, -1, right, child) + bytes(36) + _numbers(4, -2) + bytes(8)
    )  # fmt: skip


def _numbers(size: int, *numbers: int) -> bytes:
    return b"".join((n % 256**size).to_bytes(size, "little") for n in numbers)
