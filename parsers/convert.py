"""Old and foreign formats by way of LibreOffice, in a process that can reach and harm nothing.

Each conversion has an empty profile of its own in a folder that is gone afterwards: no macros, no
links followed, no network, limits on time, memory and files. What comes out is read like any other
file from outside.
"""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from model import Code
from parsers.document import LOST_BOX
from parsers.sniff import FILE_BYTES, Refused

#: For one conversion: seconds by the clock, bytes of address space, bytes of any file it writes.
SECONDS = 60.0
MEMORY = 3 * 2**30
FILE = 100 * 2**20


_DOCX, _XLSX = "docx:MS Word 2007 XML", "xlsx:Calc MS Excel 2007 XML"


@dataclass(frozen=True, slots=True)
class _Way:
    """How LibreOffice opens a kind of file and what it makes of it; by its filters' names."""

    ending: str
    opens: str
    makes: str

    @property
    def sheets(self) -> bool:
        """Whether it is a spreadsheet."""
        return self.makes is _XLSX


WAYS: Mapping[str, _Way] = {
    "doc": _Way("doc", "MS Word 97", _DOCX),
    "rtf": _Way("rtf", "Rich Text Format", _DOCX),
    "odt": _Way("odt", "writer8", _DOCX),
    "html": _Way("html", "HTML (StarWriter)", _DOCX),
    "word 2003 xml": _Way("xml", "MS Word 2003 XML", _DOCX),
    "xls": _Way("xls", "MS Excel 97", _XLSX),
    "xlsb": _Way("xlsb", "Calc MS Excel 2007 Binary", _XLSX),
    "ods": _Way("ods", "calc8", _XLSX),
    "xlsx": _Way("xlsx", "Calc MS Excel 2007 XML", _XLSX),
    "formulas": _Way("xlsx", "Calc MS Excel 2007 XML", _XLSX),
}


def program() -> str | None:
    """LibreOffice's command, where it is installed."""
    return shutil.which("soffice") or shutil.which("libreoffice")


def convert(data: bytes, kind: str, *, seconds: float = SECONDS) -> bytes:
    """The .docx or .xlsx that LibreOffice makes of a file of one of the `WAYS`.

    Raises `Refused`: `unsafe` when it takes longer than `seconds` or more than its share,
    `damaged` when nothing comes of it.
    """
    command = program()
    if command is None:
        raise Refused(Code.UNSUPPORTED_TYPE, kind)
    if kind == "rtf":
        data = with_lost_boxes_marked(data)
    with TemporaryDirectory(prefix="askonce-", ignore_cleanup_errors=True) as folder:
        return _converted(Path(folder), command, WAYS[kind], data, seconds)


def _converted(folder: Path, command: str, way: _Way, data: bytes, seconds: float) -> bytes:
    source = folder / f"form.{way.ending}"
    source.write_bytes(data)
    profile = folder / "profile"
    (profile / "user").mkdir(parents=True)
    (profile / "user/registrymodifications.xcu").write_text(_PROFILE, "utf-8")
    out = folder / "out"
    arguments = [
        command,
        *("--headless", "--norestore", "--nologo", "--nodefault", "--nolockcheck"),
        f"-env:UserInstallation={profile.as_uri()}",
        f"--infilter={way.opens}",
        *("--convert-to", way.makes, "--outdir", str(out), str(source)),
    ]
    _run(arguments, folder, seconds)
    return _made(out / f"form.{way.makes.partition(':')[0]}")


def _made(file: Path) -> bytes:
    try:
        if file.stat().st_size > FILE_BYTES:
            raise Refused(Code.TOO_LARGE)
        return file.read_bytes()
    except FileNotFoundError as e:
        raise Refused(Code.DAMAGED) from e


def _run(arguments: list[str], folder: Path, seconds: float) -> None:
    limits = [str(n) for n in (MEMORY, int(seconds) + 1, FILE)]
    process = subprocess.Popen(  # noqa: S603
        [sys.executable, "-m", "parsers.confine", *limits, *arguments],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        cwd=folder,
        env=_environment(folder),
        start_new_session=True,
    )
    try:
        process.wait(seconds)
    except subprocess.TimeoutExpired as e:
        raise Refused(Code.UNSAFE) from e
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def _environment(folder: Path) -> dict[str, str]:
    nowhere = "http://127.0.0.1:9"
    return {
        "PATH": os.environ.get("PATH", os.defpath),
        "PYTHONPATH": str(Path(__file__).parent.parent),
        "LANG": "C.UTF-8",
        "HOME": str(folder),
        "TMPDIR": str(folder),
        "http_proxy": nowhere,
        "https_proxy": nowhere,
        "ftp_proxy": nowhere,
    }


# --------------------------------------------------------------------------- the profile

#: (path, name, value): settings of LibreOffice's own, org.openoffice.*.
_SETTINGS = (
    ("Office.Common/Security/Scripting", "MacroSecurityLevel", 3),  # only trusted places: none
    ("Office.Common/Security/Scripting", "DisableMacrosExecution", "true"),
    ("Office.Common/Security/Scripting", "DisableActiveContent", "true"),
    ("Office.Common/Security/Scripting", "BlockUntrustedRefererLinks", "true"),
    ("Office.Writer/Content/Update", "Link", 2),  # never
    ("Office.Calc/Content/Update", "Link", 2),
    ("Office.Calc/Formula/Load", "OOXMLRecalcMode", 0),  # always: results may not be there
    ("Office.Common/Save/Document", "WarnAlienFormat", "false"),
    ("Inet/Settings", "ooInetProxyType", 2),
    ("Inet/Settings", "ooInetHTTPProxyName", "127.0.0.1"),
    ("Inet/Settings", "ooInetHTTPProxyPort", 9),
)
_ITEM = (
    '<item oor:path="/org.openoffice.{}"><prop oor:name="{}" oor:op="fuse">'
    "<value>{}</value></prop></item>"
)
_PROFILE = (
    '<?xml version="1.0" encoding="UTF-8"?><oor:items xmlns:oor="http://openoffice.org/2001/registry">'
    + "".join(_ITEM.format(*setting) for setting in _SETTINGS)
    + "</oor:items>"
)


# --------------------------------------------------------------------------- what RTF leaves out

_BOX = rb"\{\\field\s*\{\\\*\\fldinst\s*(?:\{\s*FORMCHECKBOX\s*\}|FORMCHECKBOX)\s*\}"
_LOST = rb"{\\uc1\\u%d?" % ord(LOST_BOX)
_STATE = re.compile(rb"\\fftype1\b")


def with_lost_boxes_marked(rtf: bytes) -> bytes:
    """RTF in which each tick box that is stored without its state is a `LOST_BOX`.

    LibreOffice writes such boxes, and would read them as not ticked. Raises `Refused` where a box
    without its state cannot be found.
    """
    marked = re.sub(_BOX, _LOST, rtf)
    if marked.count(b"FORMCHECKBOX") > len(_STATE.findall(marked)):
        raise Refused(Code.UNSUPPORTED_TYPE, "rtf")
    return marked
