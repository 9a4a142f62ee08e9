"""What kind of file some bytes are, whatever their name says; and the door for hostile packages."""

from __future__ import annotations

import re
import zipfile
import zlib
from enum import StrEnum
from io import BytesIO

from model import Code
from parsers.compound import SIGNATURE, Compound

#: Far above any of 1,917 genuine packages (largest: 57 MB, 291 members, ratio 170).
FILE_BYTES = 20 * 2**20
EXPANDED_BYTES = 60 * 2**20
PART_BYTES = 40 * 2**20
MEMBERS = 1000
RATIO = 200
RATIO_FROM = 2**20

_DOCTYPE = re.compile(rb"<!\s*(?i:DOCTYPE|ENTITY)")
_CONTENT_TYPE = re.compile(rb'(?:ContentType|PartName)\s*=\s*["\']([^"\']+)')


class Kind(StrEnum):
    """What reading can open."""

    WORD = "word"
    EXCEL = "excel"


class Refused(Exception):
    """This file is not read: `code` is the verdict, `seen` the kind of file, if known."""

    def __init__(self, code: Code, seen: str = "") -> None:
        super().__init__(code.value)
        self.code = code
        self.seen = seen


class Package:
    """An Office package whose parts come out whole, within the limits, or not at all."""

    def __init__(self, data: bytes) -> None:
        try:
            self._zip = zipfile.ZipFile(BytesIO(data))
        except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError) as e:
            raise Refused(Code.DAMAGED) from e
        infos = self._zip.infolist()
        if len(infos) > MEMBERS:
            raise Refused(Code.UNSAFE)
        self._members = {_clean(i.filename): i for i in infos}
        _check_sizes(infos)

    @property
    def names(self) -> frozenset[str]:
        """Part names, without a leading slash."""
        return frozenset(self._members)

    def __contains__(self, name: str) -> bool:
        return name in self._members

    def part(self, name: str) -> bytes:
        """One part. Raises `Refused` if it is damaged, too large, or declares a DOCTYPE."""
        info = self._members.get(name)
        if info is None:
            raise Refused(Code.DAMAGED)
        if info.flag_bits & 1:
            raise Refused(Code.ENCRYPTED)
        try:
            with self._zip.open(info) as stream:
                data = stream.read(PART_BYTES + 1)
        except (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError) as e:
            raise Refused(Code.DAMAGED) from e
        if len(data) > PART_BYTES:
            raise Refused(Code.TOO_LARGE)
        if name.endswith((".xml", ".rels", ".vml")) and _DOCTYPE.search(_ascii(data)):
            raise Refused(Code.UNSAFE)
        return data


def kind(data: bytes) -> tuple[Kind, Package]:
    """The kind of file and its package. Raises `Refused` for all that is not read."""
    if len(data) > FILE_BYTES:
        raise Refused(Code.TOO_LARGE)
    if data.startswith(SIGNATURE):
        raise _ole(data)
    if not data.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        raise _other(data)
    package = Package(data)
    return _package_kind(package), package


def _package_kind(package: Package) -> Kind:
    if "[Content_Types].xml" in package:
        types = package.part("[Content_Types].xml")
        for found in _CONTENT_TYPE.findall(types):
            if b"wordprocessingml" in found and b"main+xml" in found:
                return Kind.WORD
            if b"ms-word" in found and b"main+xml" in found:
                return Kind.WORD
            if (b"spreadsheetml" in found or b"ms-excel" in found) and b"main+xml" in found:
                return Kind.EXCEL
    if "word/document.xml" in package:
        return Kind.WORD
    if "xl/workbook.xml" in package:
        return Kind.EXCEL
    if "[Content_Types].xml" in package and not any("/" in n for n in package.names):
        raise Refused(Code.DAMAGED)
    raise Refused(Code.UNSUPPORTED_TYPE, _zip_type(package))


def _zip_type(package: Package) -> str:
    if "mimetype" in package:
        return _open_document(package)
    if "xl/workbook.bin" in package:
        return "xlsb"
    if "ppt/presentation.xml" in package:
        return "pptx"
    return next((kind for sign, kind in _APPLE if any(map(sign.search, package.names))), "zip")


#: Parts that only one of Apple's programs writes, the most telling first.
_APPLE = (
    (re.compile(r"Index/(?:Slide|Presentation)[^/]*\.iwa$|^presentation\.apxl"), "keynote"),
    (re.compile(r"\.iwa$|^QuickLook/|^buildVersionHistory\.plist$"), "pages"),
)


def _open_document(package: Package) -> str:
    """ISO 26300-3 3.3: the first member names the type, the manifest what is encrypted."""
    for name in ("META-INF/manifest.xml", "content.xml", "styles.xml"):
        if name in package and b"manifest:encryption-data" in package.part(name):
            raise Refused(Code.ENCRYPTED)
    mimetype = package.part("mimetype").strip().removesuffix(b"-template")
    return _OPEN_DOCUMENTS.get(mimetype, "open document")


_OPEN_DOCUMENTS = {
    b"application/vnd.oasis.opendocument.text": "odt",
    b"application/vnd.oasis.opendocument.spreadsheet": "ods",
}


def _ole(data: bytes) -> Refused:
    """An OLE compound file: by the streams at its root; if those are lost, by any of that name."""
    file = Compound(data)
    streams = file.streams or {n for n in _STREAMS if n.encode("utf-16-le") in data}
    name = next((_STREAMS[n] for n in _STREAMS if n in streams), "ole")
    protected = int.from_bytes(file.head("WordDocument", 12)[10:], "little") & _WORD_PASSWORD
    if name == "encrypted" or (name == "doc" and protected):
        return Refused(Code.ENCRYPTED)
    return Refused(Code.UNSUPPORTED_TYPE, name)


_STREAMS = {
    "EncryptedPackage": "encrypted", "WordDocument": "doc", "Workbook": "xls", "Book": "xls",
}  # fmt: skip
_WORD_PASSWORD = 0x0100  #: [MS-DOC] 2.5.2, FibBase.fEncrypted


_FILE_PASS = 0x002F  #: [MS-XLS] 2.4.117: what follows is encrypted


def xls_has_password(data: bytes) -> bool:
    """Whether an .xls workbook is encrypted. Programs open one with the default password."""
    file = Compound(data)
    head = file.head("Workbook", 512) or file.head("Book", 512)
    at = 0
    while at + 4 <= len(head):
        kind, length = (int.from_bytes(head[n : n + 2], "little") for n in (at, at + 2))
        if kind == _FILE_PASS:
            return True
        at += 4 + length
    return False


_STARTS = (
    (b"%PDF", "pdf"),
    (b"{\\rtf", "rtf"),
    (b"\xff\xd8\xff", "picture"),
    (b"\x89PNG", "picture"),
    (b"GIF8", "picture"),
    (b"II*\x00", "picture"),
    (b"MM\x00*", "picture"),
    (b"BM", "picture"),
    (b"<svg", "picture"),
)


def _other(data: bytes) -> Refused:
    head = data[:1024].lstrip(b"\xef\xbb\xbf \t\r\n")
    if not head:
        return Refused(Code.DAMAGED)
    for start, name in _STARTS:
        if head.startswith(start):
            return Refused(Code.UNSUPPORTED_TYPE, name)
    if data[4:8] == b"ftyp":
        return Refused(Code.UNSUPPORTED_TYPE, "picture")
    low = head.lower()
    if low.startswith((b"<!doctype html", b"<html")):
        return Refused(Code.UNSUPPORTED_TYPE, "html")
    if low.startswith(b"<?xml"):
        return Refused(Code.UNSUPPORTED_TYPE, _xml_type(data))
    return Refused(Code.UNSUPPORTED_TYPE, "" if _BINARY.search(head) else "csv")


def _xml_type(data: bytes) -> str:
    if _DOCTYPE.search(_ascii(data)):
        raise Refused(Code.UNSAFE)
    head = data[:8192]
    return next((kind for sign, kind in _XML.items() if sign in head), "xml")


_XML = {
    b"office/word/2003/wordml": "word 2003 xml",
    b"office/2006/xmlPackage": "word xml",
    b"office:spreadsheet": "excel 2003 xml",
}
_BINARY = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f]")


def _clean(name: str) -> str:
    return name.replace("\\", "/").lstrip("/")


def _ascii(data: bytes) -> bytes:
    """The bytes with UTF-16's zero bytes gone, so that a pattern finds what it looks for."""
    return data.replace(b"\x00", b"") if data[:2] in (b"\xff\xfe", b"\xfe\xff") else data


def _check_sizes(infos: list[zipfile.ZipInfo]) -> None:
    if sum(i.file_size for i in infos) > EXPANDED_BYTES:
        raise Refused(Code.TOO_LARGE)
    for i in infos:
        if i.file_size > PART_BYTES:
            raise Refused(Code.TOO_LARGE)
        if i.file_size > RATIO_FROM and i.file_size > RATIO * max(i.compress_size, 1):
            raise Refused(Code.UNSAFE)
