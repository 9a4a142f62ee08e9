"""A first reading of nothing much: it loads every module while files may still be opened."""

from __future__ import annotations

import codecs
import zipfile
from datetime import UTC, datetime
from io import BytesIO

from openpyxl import Workbook

from parsers.read import read

#: That the parsers beneath may ask Python for: of texts, and of names in a package.
ENCODINGS = (
    "ascii", "cp437", "cp1250", "cp1252", "iso8859-1", "iso8859-15", "utf-8", "utf-8-sig",
    "utf-16", "utf-16-le", "utf-16-be",
)  # fmt: skip

_WORD = """<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main">
<w:body>{}</w:body></w:document>"""
_LINE = "<w:p><w:r><w:t>{}</w:t></w:r></w:p>"
_LINES = (
    "Form 1: Consultation proposal", "Lead worker: Jo", "Email: jo@example.org",
    "Title of consultation: A skate park", "Purpose of consultation: x", "Age range: 8 to 12",
    "Start date: 3 April 2027", "End date: May 2027", "Consent: yes", "Reference: CYP-2027-0042-1",
)  # fmt: skip


def rehearse() -> None:
    """Load everything that reading any file may need."""
    for name in ENCODINGS:
        codecs.lookup(name)
    for data in (_word(), _excel(), b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
        read("", data)


def _word() -> bytes:
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
        lines = "".join(_LINE.format(line) for line in _LINES)
        package.writestr("word/document.xml", _WORD.format(lines))
    return out.getvalue()


def _excel() -> bytes:
    out = BytesIO()
    book = Workbook()
    assert book.active
    for line in _LINES:
        book.active.append(line.split(": "))
    book.active["D4"] = datetime(2027, 4, 3, tzinfo=UTC).replace(tzinfo=None)
    book.save(out)
    return out.getvalue()
