"""One sheet of a workbook: its cells that can be seen, with their values (ECMA-376 part 1, 18.3).

openpyxl makes an object of each style, column and cell, which takes most of its time; this reads
the sheet's own tree. What the numbers mean, dates above all, is left to openpyxl.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime

from openpyxl.utils.cell import coordinate_to_tuple, get_column_letter
from openpyxl.utils.datetime import from_excel, from_ISO8601

from model import Code
from parsers.document import Cell, Line, Run
from parsers.excel_styles import S, Style, marks
from parsers.excel_values import shown, typed
from parsers.ooxml import Element, tree
from parsers.sniff import Refused

#: What lies beyond is stray: clipped, never read.
ROWS = 5000
COLUMNS = 256
#: More than any form has, by far: refused before they take up memory.
MERGES = 10_000
CELLS = 200_000

_CELL = re.compile(rb"<(?:\w+:)?c[ >/]")
_SHORTEST = len("<c/>")
_ROW, _C, _V, _F, _IS = (f"{S}{name}" for name in ("row", "c", "v", "f", "is"))
_DATA, _COLS, _MERGES = (f"{S}{name}" for name in ("sheetData", "cols", "mergeCells"))
_T, _R, _R_PR = (f"{S}{name}" for name in ("t", "r", "rPr"))
_TRUE = ("1", "true")

Place = tuple[int, int]  #: row and column, from 1
#: Text in one style, or in several: (marks, or None for the cell's own; text).
Text = str | list[tuple[Run | None, str]]


@dataclass(frozen=True, slots=True)
class Book:
    """What the sheets of a workbook share. `strings`: the elements of its shared strings."""

    strings: list[Element]
    styles: list[Style]
    epoch: datetime  #: day 0
    serials: bool  #: whether the number of a day is one of the usual calendar


@dataclass(slots=True)
class Sheet:
    """A sheet's cells by row and column, from 1; blank, hidden and covered ones are not there."""

    cells: dict[Place, Cell] = field(default_factory=dict)
    hidden_rows: set[int] = field(default_factory=set)
    hidden_columns: set[int] = field(default_factory=set)


def read_sheet(xml: bytes, title: str, book: Book) -> Sheet:
    """The sheet in one part. Raises `Refused` where it has too much, or formulas never worked out;
    `ValueError`, `KeyError` or `IndexError` where it is broken."""
    if len(xml) // _SHORTEST > CELLS and len(_CELL.findall(xml)) > CELLS:
        raise Refused(Code.TOO_LARGE)
    root = tree(xml)
    sheet = Sheet()
    for el in root.iterchildren(_COLS):
        sheet.hidden_columns.update(_hidden_columns(el))
    spans, covered = _merged(root)
    for data in root.iterchildren(_DATA):
        for at, el in _stored(data, sheet.hidden_rows):
            if at in covered or at[0] in sheet.hidden_rows or at[1] in sheet.hidden_columns:
                continue
            if at[0] <= ROWS and at[1] <= COLUMNS:
                place = f"sheet {title}, cell {get_column_letter(at[1])}{at[0]}"
                cell = _cell(el, at[1], spans.get(at, 1), place, book)
                if cell is not None:
                    sheet.cells[at] = cell
    return sheet


def _hidden_columns(columns: Element) -> Iterator[int]:
    for col in columns:
        if col.get("hidden") in _TRUE:
            last = min(int(col.get("max", "")), COLUMNS)
            yield from range(int(col.get("min", "")), last + 1)


def _merged(root: Element) -> tuple[dict[Place, int], set[Place]]:
    """(columns wide, by the first cell of each merged range; the cells that the others cover)."""
    refs = [str(el.get("ref")) for merges in root.iterchildren(_MERGES) for el in merges]
    if len(refs) > MERGES:
        raise Refused(Code.UNSAFE)
    ranges = [_corners(ref) for ref in refs]
    if sum(max(b - t + 1, 0) * max(r - le + 1, 0) for (t, le), (b, r) in ranges) > CELLS:
        raise Refused(Code.UNSAFE)
    spans = {first: last[1] - first[1] + 1 for first, last in ranges}
    covered = {
        (r, c)
        for first, last in ranges
        for r in range(first[0], last[0] + 1)
        for c in range(first[1], last[1] + 1)
        if (r, c) != first
    }
    return spans, covered


def _corners(ref: str) -> tuple[Place, Place]:
    first, _, last = ref.partition(":")
    return coordinate_to_tuple(first), coordinate_to_tuple(last or first)


def _stored(data: Element, hidden: set[int]) -> Iterator[tuple[Place, Element]]:
    """The place of each stored cell. Places may be left out: then it is the next one."""
    number = 0
    for row in data.iterchildren(_ROW):
        number = int(row.get("r") or number + 1)
        if row.get("hidden") in _TRUE:
            hidden.add(number)
        col = 0
        for el in row.iterchildren(_C):
            place = el.get("r")
            at = coordinate_to_tuple(place) if place else (number, col + 1)
            col = at[1]
            yield at, el


# --------------------------------------------------------------------------- cells


def _cell(el: Element, col: int, span: int, where: str, book: Book) -> Cell | None:
    style = book.styles[int(el.get("s") or 0)]
    value = _value(el, style, book)
    if value is None or value == "":
        return None
    if isinstance(value, str):
        return Cell(col, span, tuple(_lines([(style.marks, value)], style, where)), where)
    if isinstance(value, list):
        return Cell(col, span, tuple(_lines(value, style, where)), where)
    text = shown(value, style.code)
    kept = typed(value, style.code, book.serials)
    return Cell(col, span, (Line((Run(text=text),), where),), where, kept, text)


def _value(el: Element, style: Style, book: Book) -> object:
    """A cell's value, or the cached result of its formula; None where it has none."""
    kind, text, inline, formula = el.get("t", "n"), None, None, False
    for part in el:
        tag = part.tag
        if tag == _V:
            text = part.text
        elif tag == _IS:
            inline = part
        formula = formula or tag == _F
    if formula and not text and kind != "str":
        raise Refused(Code.UNSUPPORTED_TYPE, "formulas")
    if kind == "inlineStr" and inline is not None:
        return _text(inline)
    return _meant(kind, text, style, book) if text else None


def _meant(kind: str, text: str, style: Style, book: Book) -> object:
    """What the stored text stands for (18.18.11)."""
    match kind:
        case "n":
            return _number(text, style, book)
        case "s":
            return _text(book.strings[int(text)])
        case "b":
            return text in _TRUE
        case "d":
            return from_ISO8601(text)  # type: ignore[no-untyped-call]
    return text


def _number(text: str, style: Style, book: Book) -> object:
    value = float(text) if "." in text or "e" in text.lower() else int(text)
    if not style.dates:
        return value
    try:
        return from_excel(value, book.epoch, timedelta=style.spans)
    except (OverflowError, ValueError):
        return "#VALUE!"


def _text(el: Element) -> Text:
    """A string, some of whose words may be struck out, bold or the like (18.4.8)."""
    plain: str | None = None
    runs: list[tuple[Run | None, str]] = []
    for part in el:
        if part.tag == _T:
            plain = part.text
        elif part.tag == _R:
            font = next(part.iterchildren(_R_PR), None)
            text = next(part.iterchildren(_T), None)
            written = (text.text or "") if text is not None else ""
            runs.append((None if font is None else marks(font), _unescaped(written)))
    if plain or not runs:
        return _unescaped(plain or "")
    return runs[0][1] if len(runs) == 1 and runs[0][0] is None else runs


def _unescaped(text: str) -> str:
    return text.replace("x005F_", "") if "x005F_" in text else text


def _lines(text: list[tuple[Run | None, str]], style: Style, where: str) -> Iterator[Line]:
    runs: list[Run] = []
    for own, part in text:
        looks = own or style.marks
        first, *others = part.replace("\r\n", "\n").replace("_x000D_", "").split("\n")
        runs.append(_with(looks, first))
        for more in others:
            yield Line(tuple(runs), where)
            runs = [_with(looks, more)]
    yield Line(tuple(runs), where)


def _with(looks: Run, text: str) -> Run:
    return Run(
        text=text,
        bold=looks.bold,
        italic=looks.italic,
        underlined=looks.underlined,
        struck=looks.struck,
        marked=looks.marked,
    )
