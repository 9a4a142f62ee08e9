"""Filling in the official forms as people do: Word's own controls, a sheet's cells, LibreOffice.

Each takes a blank form's bytes and gives the filled-in form's. They know the forms only from the
outside: a label is one run of text, its answer lies in the cell beside it.
"""

from __future__ import annotations

import io
import shutil
import subprocess
import zipfile
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any, cast

from lxml import etree
from openpyxl import load_workbook
from openpyxl.worksheet.worksheet import Worksheet

from parsers.spec import FieldSpec, FormSpec, Type

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
W14 = "http://schemas.microsoft.com/office/word/2010/wordml"
NS = {"w": W, "w14": W14}

SOFFICE = shutil.which("soffice")
SOFFICE_MISSING = "LibreOffice is not here: apt-get install libreoffice-writer libreoffice-calc"


def found(where: etree._Element, path: str) -> list[Any]:
    """What an XPath finds in a Word tree."""
    return cast(list[Any], where.xpath(path, namespaces=NS))


def english(iso: str) -> str:
    """ "2027-04-03" as Word's date picker shows it in our forms: "3 April 2027"."""
    day = date.fromisoformat(iso)
    return f"{day.day} {day:%B %Y}"


def said(spec: FieldSpec, value: Any) -> str:
    """One answer as somebody types it."""
    if spec.type is Type.DATE:
        return english(value)
    if spec.type is Type.AGE_RANGE:
        return f"{value['from']} to {value['to']}"
    if spec.type is Type.YES_NO:
        return "Yes" if value else "No"
    if spec.type is Type.CHOICES:
        return "; ".join(value)
    return str(value)


# --------------------------------------------------------------------------- Word


def by_word(blank: bytes, form: FormSpec, fields: Mapping[str, Any]) -> bytes:
    """Filled in as Word does it: content of controls set, prompts gone, boxes ticked."""
    files = _unzipped(blank)
    root = etree.fromstring(files["word/document.xml"])
    for spec in form.fields:
        value = fields.get(spec.key)
        if value is None or value == []:
            continue
        if spec.type is Type.ACTIONS:
            _fill_rows(root, spec, value)
        else:
            _fill_cell(answer_cell(root, spec.label), spec, value)
    files["word/document.xml"] = etree.tostring(root, xml_declaration=True, encoding="UTF-8")
    return _zipped(files)


def answer_cell(root: etree._Element, label: str) -> etree._Element:
    """The cell beside the one that holds a label as one run."""
    runs = [t for t in root.iter(f"{{{W}}}t") if t.text == label]
    cells = [c for t in runs for c in t.iterancestors(f"{{{W}}}tc")]
    assert len(cells) == 1, f"{label!r} stands in {len(cells)} cells"
    beside = cells[0].getnext()
    assert beside is not None, f"nothing beside {label!r}"
    return beside


def _fill_cell(cell: etree._Element, spec: FieldSpec, value: Any) -> None:
    if spec.type is Type.YES_NO:
        _tick(cell, "Yes" if value else "No")
    elif spec.type is Type.CHOICES:
        for choice in value:
            option, _, text = choice.partition(": ")
            line = _tick(cell, option if option == "Other" else choice)
            if text:
                _type(_written_controls(line)[0], text)
    else:
        control = _written_controls(cell)[0]
        if spec.type is Type.DATE:
            picker = control.find(".//w:date", NS)
            assert picker is not None
            picker.set(f"{{{W}}}fullDate", f"{value}T00:00:00Z")
        if spec.type is Type.CHOICE:
            items = found(control, ".//w:listItem/@w:value")
            assert value in items
        _type(control, said(spec, value))


def _fill_rows(root: etree._Element, spec: FieldSpec, rows: Sequence[Mapping[str, Any]]) -> None:
    titles = [column.label for column in spec.columns]
    table = next(t for t in root.iter(f"{{{W}}}tbl") if _texts(t.find("w:tr", NS)) == titles)
    for row, values in zip(table.findall("w:tr", NS)[1:], rows, strict=False):
        for cell, column in zip(row.findall("w:tc", NS), spec.columns, strict=True):
            value = values[column.key]
            if value is not None:
                _type(_written_controls(cell)[0], english(value) if column.key == "due" else value)


def _written_controls(where: etree._Element) -> list[etree._Element]:
    return [c for c in where.iter(f"{{{W}}}sdt") if c.find(".//w14:checkbox", NS) is None]


def _tick(cell: etree._Element, option: str) -> etree._Element:
    """Tick the box of the paragraph that says `option`; gives the paragraph."""
    for line in cell.iter(f"{{{W}}}p"):
        if option in (text.strip() for text in _texts(line)):
            checked = line.find(".//w14:checked", NS)
            glyph = line.find(".//w:sdtContent//w:t", NS)
            assert checked is not None
            assert glyph is not None
            checked.set(f"{{{W14}}}val", "1")
            glyph.text = "☒"
            return line
    raise AssertionError(f"no box for {option!r}")


def _type(control: etree._Element, text: str) -> None:
    """Put text into a control; a line break is Word's own."""
    for prompt in control.findall(".//w:showingPlcHdr", NS):
        parent = prompt.getparent()
        assert parent is not None
        parent.remove(prompt)
    content = control.find("w:sdtContent", NS)
    assert content is not None
    content.clear()
    run = etree.SubElement(content, f"{{{W}}}r")
    for number, line in enumerate(text.split("\n")):
        if number:
            etree.SubElement(run, f"{{{W}}}br")
        words = etree.SubElement(run, f"{{{W}}}t")
        words.text = line
        words.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")


def _texts(where: etree._Element | None) -> list[str]:
    assert where is not None
    return [t.text or "" for t in where.iter(f"{{{W}}}t")]


def _unzipped(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        return {name: package.read(name) for name in package.namelist()}


def _zipped(files: Mapping[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
        for name, part in files.items():
            package.writestr(name, part)
    return out.getvalue()


# --------------------------------------------------------------------------- Excel


def by_openpyxl(blank: bytes, form: FormSpec, fields: Mapping[str, Any]) -> bytes:
    """Filled in cell by cell: days as days, numbers as numbers, the rest as text."""
    book = load_workbook(io.BytesIO(blank))
    sheet = book.active
    assert isinstance(sheet, Worksheet)
    for spec in form.fields:
        value = fields.get(spec.key)
        if value is None or value == []:
            continue
        row, column = place(sheet, spec.label)
        if spec.type is Type.ACTIONS:
            for number, values in enumerate(value, start=row + 2):
                for offset, each in enumerate(spec.columns):
                    kind = Type.DATE if each.key == "due" else Type.TEXT
                    answer = _cell_value(kind, values[each.key])
                    sheet.cell(number, column + offset, answer)
            continue
        plain = value if spec.type in {Type.DATE, Type.NUMBER} else said(spec, value)
        sheet.cell(row, column + 1, _cell_value(spec.type, plain))
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def place(sheet: Worksheet, label: str) -> tuple[int, int]:
    """Row and column of the cell that holds a label."""
    cells = [c for row in sheet.iter_rows() for c in row if c.value == label]
    assert len(cells) == 1, f"{label!r} stands in {len(cells)} cells"
    return cells[0].row, cells[0].column


def _cell_value(kind: Type, value: Any) -> Any:
    return date.fromisoformat(value) if kind is Type.DATE and value else value


# --------------------------------------------------------------------------- LibreOffice


def through_libreoffice(files: Mapping[str, bytes], folder: Path) -> dict[str, bytes]:
    """Each file (name -> bytes) opened and saved again by LibreOffice in its own format."""
    assert SOFFICE is not None, SOFFICE_MISSING
    saved = folder / "saved"
    for kind in sorted({Path(name).suffix[1:] for name in files}):
        paths = [folder / name for name in files if name.endswith(kind)]
        for path in paths:
            path.write_bytes(files[path.name])
        profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
        command = [SOFFICE, profile, "--headless", "--convert-to", kind, "--outdir", str(saved)]
        subprocess.run([*command, *map(str, paths)], check=True, capture_output=True, timeout=120)
    return {name: (saved / name).read_bytes() for name in files}
