"""Old and foreign formats, with LibreOffice, with a stand-in for it, and without."""

from __future__ import annotations

import re
import sys
import time
import zipfile
from io import BytesIO
from pathlib import Path

import pytest

from model import Code, Reading
from parsers.convert import convert, with_lost_boxes_marked
from parsers.face import Face
from parsers.read import read
from parsers.reader import Reader
from parsers.sniff import Refused
from tests.parsers.build import FIELDS, PAIRS, beside, excel, two_columns
from tests.parsers.hostile import compound, zipped
from tests.parsers.saved import boxes, saved

ODT = zipped({"mimetype": b"application/vnd.oasis.opendocument.text", "content.xml": b"<a/>"})
RTF = rb"{\rtf1 Lead worker: Jo\par}"


def code(reading: Reading) -> Code | None:
    return reading.verdict.code if reading.verdict else None


# --------------------------------------------------------------------------- without LibreOffice


@pytest.fixture
def without(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A folder that is the whole PATH."""
    monkeypatch.setenv("PATH", str(tmp_path))
    return tmp_path


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (RTF, "File > Save As > Word Document (.docx)"),
        (compound("WordDocument"), "File > Save As > Word Document (.docx)"),
        (ODT, "open it in LibreOffice or Word, choose File > Save As, pick the Word type"),
        (b"<html><body>Lead worker: Jo</body></html>", "File > Save As > Word Document (.docx)"),
        (excel([*beside(), ("D1", "=B1")]), "open it in Excel, choose File > Save"),
    ],
    ids=["rtf", "doc", "odt", "html", "formulas"],
)
def test_without_libreoffice_the_reply_says_how_to_save(
    without: Path, data: bytes, words: str
) -> None:
    with Reader() as reader:
        reading = reader.read("form", data)
    assert reading.verdict
    assert reading.verdict.code is Code.UNSUPPORTED_TYPE
    assert words in Face().message(None, reading.verdict)


def test_an_open_document_with_a_password_is_named(without: Path) -> None:
    manifest = b"<manifest:manifest><manifest:encryption-data/></manifest:manifest>"
    locked = zipped({"mimetype": b"application/vnd.oasis.opendocument.text",
                     "META-INF/manifest.xml": manifest})  # fmt: skip
    assert code(read("form.odt", locked)) is Code.ENCRYPTED


def test_a_workbook_with_broken_styles_is_read_all_the_same_but_not_as_certain() -> None:
    data = _without_styles_that_count(excel(beside()))
    (form,) = read("form.xlsx", data).submissions
    assert form.fields == FIELDS
    assert {o.certainty for o in form.origins.values()} == {0.9}


def _without_styles_that_count(data: bytes) -> bytes:
    with zipfile.ZipFile(BytesIO(data)) as package:
        members = {n: package.read(n) for n in package.namelist()}
    styles = members["xl/styles.xml"]
    members["xl/styles.xml"] = re.sub(rb'numFmtId="\d+"', b'numFmtId="x"', styles)
    return zipped(members)


# --------------------------------------------------------------------------- a stand-in

STAND_IN = """#!{python}
import os, sys, time, shutil, subprocess
from pathlib import Path
out = Path(sys.argv[sys.argv.index("--outdir") + 1])
{body}
"""


def stand_in(folder: Path, body: str) -> None:
    command = folder / "soffice"
    command.write_text(STAND_IN.format(python=sys.executable, body=body), "utf-8")
    command.chmod(0o755)


def test_a_conversion_that_hangs_is_ended_with_all_that_it_started(without: Path) -> None:
    note = without / "pid"
    stand_in(
        without,
        f"child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)'])\n"
        f"Path({str(note)!r}).write_text(str(child.pid))\ntime.sleep(600)",
    )
    with Reader(conversion=3) as reader:
        assert code(reader.read("form.odt", ODT)) is Code.UNSAFE
        assert reader.read("form.docx", two_columns()).submissions[0].fields == FIELDS
    pid = int(note.read_text("utf-8"))
    while _runs(pid):
        time.sleep(0.05)


def _runs(pid: int) -> bool:
    try:
        return " Z " not in Path(f"/proc/{pid}/stat").read_text("utf-8")
    except OSError:
        return False


def test_a_conversion_of_which_nothing_comes_is_damaged(without: Path) -> None:
    stand_in(without, "sys.exit(1)")
    with Reader() as reader:
        assert code(reader.read("form.odt", ODT)) is Code.DAMAGED


def test_what_a_conversion_makes_is_read_like_any_file_and_converted_only_once(
    without: Path,
) -> None:
    (without / "made.docx").write_bytes(ODT)
    stand_in(
        without,
        f"out.mkdir(); shutil.copy({str(without / 'made.docx')!r}, out / 'form.docx')\n"
        f"with open({str(without / 'runs')!r}, 'a') as f: f.write('run\\n')",
    )
    with Reader() as reader:
        assert code(reader.read("form.odt", ODT)) is Code.UNSUPPORTED_TYPE
        (without / "made.docx").write_bytes(two_columns())
        assert reader.read("form.odt", ODT).submissions[0].fields == FIELDS
    assert (without / "runs").read_text("utf-8") == "run\n" * 2


def test_a_conversion_has_a_folder_of_its_own_that_is_gone_afterwards_and_no_passwords(
    without: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ASKONCE_MAILBOX__PASSWORD", "s3cret")
    said = without / "said"
    stand_in(
        without,
        f"Path({str(said)!r}).write_text(os.environ['HOME'] + '\\n' + repr(dict(os.environ)))",
    )
    with pytest.raises(Refused):
        convert(ODT, "odt")
    home, environment = said.read_text("utf-8").split("\n", 1)
    assert Path(home).name.startswith("askonce-")
    assert not Path(home).exists()
    assert "s3cret" not in environment


# --------------------------------------------------------------------------- RTF


def test_rtf_boxes_without_a_state_are_marked_and_others_left() -> None:
    lost = rb"{\field{\*\fldinst { FORMCHECKBOX }}{\fldrslt {}}} Ipswich"
    kept = rb"{\field{\*\fldinst {FORMCHECKBOX}{\*\formfield{\fftype1\ffres1}}}{\fldrslt }} Ipswich"
    assert with_lost_boxes_marked(lost) == rb"{\uc1\u9072?{\fldrslt {}}} Ipswich"
    assert with_lost_boxes_marked(kept) == kept
    with pytest.raises(Refused):
        with_lost_boxes_marked(lost.replace(b"{ FORMCHECKBOX }", rb"{ {FORMCHECKBOX }}"))


# --------------------------------------------------------------------------- LibreOffice itself


@pytest.mark.needs("libreoffice")
def test_word_files_of_other_types_are_read() -> None:
    with Reader() as reader:
        for kind, data in saved("columns").items():
            (form,) = reader.read(f"form.{kind}", data).submissions
            assert (kind, form.fields) == (kind, FIELDS)
            assert (kind, form.problems) == (kind, ())


@pytest.mark.needs("libreoffice")
def test_workbooks_of_other_types_are_read_with_all_that_a_reader_sees(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    made = saved("workbook")
    with Reader() as reader:
        for data in made.values():
            (form,) = reader.read("form", data).submissions
            assert form.fields == FIELDS
        monkeypatch.setenv("PATH", "")
        for data in made.values():
            (form,) = reader.read("form", data).submissions
            assert {o.certainty for o in form.origins.values()} <= {0.9, 0.5}
            assert form["title"] == FIELDS["title"]
            assert form["start_date"] == FIELDS["start_date"]


@pytest.mark.needs("libreoffice")
def test_tick_boxes_that_rtf_keeps_no_state_of_are_asked_about() -> None:
    assert read("", boxes()).submissions[0]["area"] == ["Ipswich"]
    made = saved("boxes")
    with Reader() as reader:
        (form,) = reader.read("form.rtf", made["rtf"]).submissions
        assert (form["area"], [p.code for p in form.problems if p.field == "area"]) == (
            [],
            [Code.CHOICE_UNKNOWN],
        )
        for kind in ("doc", "odt"):
            assert reader.read("form", made[kind]).submissions[0]["area"] == ["Ipswich"]


@pytest.mark.needs("libreoffice")
def test_formulas_without_results_are_calculated() -> None:
    rows = dict(PAIRS) | {"Area": '=CONCATENATE("Ips","wich")', "Start date": "=DATE(2027,4,19)"}
    with Reader() as reader:
        (form,) = reader.read("form.xlsx", excel(beside(rows.items()))).submissions
    assert form.fields == FIELDS


@pytest.mark.needs("libreoffice")
def test_nothing_from_this_machine_gets_into_a_converted_file(tmp_path: Path) -> None:
    canary = tmp_path / "canary.txt"
    canary.write_text("yellow-feathers", "utf-8")
    for kind, data in _reaching_for(canary).items():
        made = convert(data, kind)
        with zipfile.ZipFile(BytesIO(made)) as package:
            assert b"yellow-feathers" not in b"".join(map(package.read, package.namelist()))


def _reaching_for(canary: Path) -> dict[str, bytes]:
    office = "urn:oasis:names:tc:opendocument:xmlns:office:1.0"
    text = "urn:oasis:names:tc:opendocument:xmlns:text:1.0"
    content = f"""<office:document-content xmlns:office="{office}" xmlns:text="{text}"
        xmlns:xlink="http://www.w3.org/1999/xlink" office:version="1.2"><office:body><office:text>
        <text:section text:name="s"><text:section-source xlink:href="{canary.as_uri()}"
        text:filter-name="Text"/><text:p>Lead worker: Jo</text:p></text:section>
        </office:text></office:body></office:document-content>"""
    manifest = """<manifest:manifest
        xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0">
        <manifest:file-entry manifest:full-path="/"
        manifest:media-type="application/vnd.oasis.opendocument.text"/>
        <manifest:file-entry manifest:full-path="content.xml" manifest:media-type="text/xml"/>
        </manifest:manifest>"""
    return {
        "odt": zipped(
            {
                "mimetype": b"application/vnd.oasis.opendocument.text",
                "content.xml": content.encode(),
                "META-INF/manifest.xml": manifest.encode(),
            }
        ),
        "rtf": rb"{\rtf1 {\field{\*\fldinst INCLUDETEXT \"%b\"}{\fldrslt none}}\par}"
        % str(canary).encode(),
        "html": b'<html><body><p>Jo</p><iframe src="%b"></iframe></body></html>'
        % canary.as_uri().encode(),
        "formulas": excel([("A1", f'=WEBSERVICE("{canary.as_uri()}")'), ("A2", f"='{canary}'#A1")]),
    }
