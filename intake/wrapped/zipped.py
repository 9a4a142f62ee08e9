"""Zip archives (APPNOTE 6.3), small ones: the files in them, whole and within bounds."""

from __future__ import annotations

import zipfile
import zlib
from io import BytesIO

from intake.wrapped.remade import Inside, as_mail
from model import Code
from parsers.sniff import EXPANDED_BYTES, FILE_BYTES, RATIO, RATIO_FROM, Refused

#: A person zips a few forms, not a disk.
FILES = 100
_SEEN = "zip"
_UTF8 = 0x800  #: bit 11 of the general purpose flags
_NOT_SOMEBODYS = ("__macosx/", "thumbs.db", "desktop.ini", ".ds_store")


def as_mail_from(data: bytes) -> bytes:
    """The files of an archive as a mail's. Raises `Refused`: encrypted, too large, damaged."""
    try:
        archive = zipfile.ZipFile(BytesIO(data))
        infos = [i for i in archive.infolist() if not i.is_dir() and not _is_litter(i.filename)]
        _check(infos)
        return as_mail(*(Inside(name=_name(i), content=_content(archive, i)) for i in infos))
    except NotImplementedError as e:  # a method of compression that only some programs know
        raise Refused(Code.UNSUPPORTED_TYPE, _SEEN) from e
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError) as e:
        raise Refused(Code.DAMAGED, _SEEN) from e


def _check(infos: list[zipfile.ZipInfo]) -> None:
    """By what the directory says; that it says the truth is checked as the members are read."""
    if any(i.flag_bits & 1 for i in infos):
        raise Refused(Code.ENCRYPTED, _SEEN)
    if len(infos) > FILES or sum(i.file_size for i in infos) > EXPANDED_BYTES:
        raise Refused(Code.TOO_LARGE, _SEEN)
    for i in infos:
        if i.file_size > RATIO_FROM and i.file_size > RATIO * max(i.compress_size, 1):
            raise Refused(Code.UNSAFE, _SEEN)


def _content(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> bytes:
    """One member; of one too large to be a form so much that reading it says so."""
    with archive.open(info) as stream:
        return stream.read(FILE_BYTES + 1)


def _name(info: zipfile.ZipInfo) -> str:
    """Without folders. Programs that write UTF-8 often forget to say so."""
    name = info.filename
    if not info.flag_bits & _UTF8:
        try:
            name = name.encode("cp437").decode()
        except ValueError:
            name = info.filename
    return name.replace("\\", "/").rpartition("/")[2]


def _is_litter(name: str) -> bool:
    """What file managers leave in archives."""
    low = name.lower()
    last = low.rpartition("/")[2]
    return low.startswith(_NOT_SOMEBODYS) or last in _NOT_SOMEBODYS or last.startswith("._")
