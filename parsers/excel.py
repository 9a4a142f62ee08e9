"""An Excel package as a `Document`: each visible sheet one sparse table, values as shown."""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, time
from io import BytesIO
from typing import Any

from openpyxl import Workbook
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.reader.excel import ExcelReader
from openpyxl.styles.stylesheet import apply_stylesheet
from openpyxl.utils import column_index_from_string
from openpyxl.utils.datetime import CALENDAR_MAC_1904
from openpyxl.worksheet._reader import WorksheetReader
from openpyxl.worksheet.worksheet import Worksheet

from model import Code
from parsers.document import Block, Cell, Document, Line, Run, Table, Typed
from parsers.excel_boxes import Box, boxes
from parsers.sniff import Package, Refused

#: What lies beyond is stray: clipped, never read.
ROWS = 5000
COLUMNS = 256
MERGES = 10_000
CELLS = 200_000
#: openpyxl compares the name of each sheet with all the others'.
SHEETS = 500


def read_excel(data: bytes, package: Package) -> Document:
    """The visible sheets of a workbook. Raises `Refused` where it is damaged or unsafe."""
    _check(package)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            book = _Reader(data).book()
    except Exception as e:  # openpyxl names no errors of its own for broken parts
        raise Refused(Code.DAMAGED) from e
    serials = book.epoch != CALENDAR_MAC_1904
    over = boxes(package)
    return Document(
        parts=tuple((_table(s, serials, over.get(s.title, [])),) for s in book.worksheets)
    )


class _Reader(ExcelReader):
    """openpyxl's reader, for cells alone: properties, charts, pictures, pivots, tables, links to
    other files and hidden sheets are not opened, and so neither cost time nor fail.
    """

    def __init__(self, data: bytes) -> None:
        super().__init__(BytesIO(data), data_only=True, rich_text=True, keep_links=False)

    def book(self) -> Workbook:
        """The workbook with its visible sheets' cells, merges and hidden rows and columns."""
        self.read_manifest()
        self.read_strings()
        self.read_workbook()
        apply_stylesheet(self.archive, self.wb)
        for sheet, rel in self.parser.find_sheets():
            ours = "/worksheet" in rel.Type and sheet.state == "visible"
            if ours and rel.target in self.valid_files:
                self._sheet(sheet.name, rel.target)
        return self.wb

    def _sheet(self, name: str, part: str) -> None:
        with self.archive.open(part) as file:
            sheet = self.wb.create_sheet(name)
            reader = WorksheetReader(sheet, file, self.shared_strings, True, True)
            reader.bind_cells()
            reader.bind_merged_cells()
            reader.bind_col_dimensions()
            reader.bind_row_dimensions()


#: A formula whose result is not there. An empty one is: Excel writes it as text.
_FORMULA = re.compile(
    rb"<(?:\w+:)?c\b([^>]*)>\s*<(?:\w+:)?f\b(?:[^>]*/>|[^>]*>[^<]*</(?:\w+:)?f>)\s*"
    rb"(?:<(?:\w+:)?v\s*/>|<(?:\w+:)?v></(?:\w+:)?v>|(<(?:\w+:)?v))?"
)
_SHEET = re.compile(rb"<(?:\w+:)?sheet\s")
_MERGE = re.compile(rb"<(?:\w+:)?mergeCell\s+ref=\"([A-Z]{1,3})(\d+):([A-Z]{1,3})(\d+)\"")
_CELL = re.compile(rb"<(?:\w+:)?c[ >/]")


#: Parts that nobody here opens.
_NOT_OPENED = ("docProps/", "xl/theme/", "xl/printerSettings/")


def _check(package: Package) -> None:
    """Refuses, before openpyxl expands it, what is too much: each merged cell becomes an object."""
    for name in package.names:
        if not name.endswith((".xml", ".rels", ".vml")) or name.startswith(_NOT_OPENED):
            continue
        xml = package.part(name)
        if len(_SHEET.findall(xml)) > SHEETS:
            raise Refused(Code.UNSAFE)
        if "worksheets/" in name:
            merges = _MERGE.findall(xml)
            if len(merges) > MERGES or sum(map(_area, merges)) > CELLS:
                raise Refused(Code.UNSAFE)
            if len(_CELL.findall(xml)) > CELLS:
                raise Refused(Code.TOO_LARGE)
            if any(not has and b't="str"' not in of for of, has in _FORMULA.findall(xml)):
                raise Refused(Code.UNSUPPORTED_TYPE, "formulas")


def _area(merge: tuple[bytes, bytes, bytes, bytes]) -> int:
    left, top, right, bottom = (part.decode() for part in merge)
    columns = column_index_from_string(right) - column_index_from_string(left) + 1
    return columns * (int(bottom) - int(top) + 1)


def _table(sheet: Worksheet, serials: bool, over: list[Box]) -> Table:
    spans = _spans(sheet)
    hidden_rows = {n for n, d in sheet.row_dimensions.items() if d.hidden}
    hidden_columns = set(_hidden_columns(sheet))
    rows: dict[int, list[Cell]] = {}
    stored: dict[tuple[int, int], Any] = sheet._cells  # the stored cells, not the rectangle
    for (r, c), cell in sorted(stored.items()):
        if r > ROWS or c > COLUMNS or r in hidden_rows or c in hidden_columns:
            continue
        if cell.value is None or cell.value == "":
            continue
        where = f"sheet {sheet.title}, cell {cell.coordinate}"
        rows.setdefault(r, []).append(_cell(cell, c, spans.get((r, c), 1), where, serials))
    for box in over:
        if box.row not in hidden_rows and box.col not in hidden_columns and box.row <= ROWS:
            _lay(box, rows.setdefault(box.row, []), f"sheet {sheet.title}, row {box.row}")
    last = max(rows, default=0)
    grid = tuple(tuple(rows.get(r, ())) for r in range(1, last + 1) if r not in hidden_rows)
    return Table(grid, f"sheet {sheet.title}", sparse=True)


def _lay(box: Box, row: list[Cell], where: str) -> None:
    """Put a check box into the cell that it lies over, in place of its linked value."""
    line = Line((Run(box=box.ticked), Run(text=f" {box.caption}")), where)
    at = next((n for n, c in enumerate(row) if c.col >= box.col), len(row))
    if at == len(row) or row[at].col != box.col:
        row.insert(at, Cell(box.col, 1, (line,), where))
        return
    under = row[at]
    blocks: tuple[Block, ...] = (line, *under.blocks)
    if isinstance(under.value, bool):
        blocks = (line,)
    elif not box.caption and under.lines:
        first, *others = under.lines
        blocks = (replace(first, runs=(Run(box=box.ticked), *first.runs)), *others)
    row[at] = Cell(box.col, under.span, blocks, under.where)


def _spans(sheet: Worksheet) -> dict[tuple[int, int], int]:
    ranges = sheet.merged_cells.ranges
    return {(m.min_row, m.min_col): m.max_col - m.min_col + 1 for m in ranges}


def _hidden_columns(sheet: Worksheet) -> Iterator[int]:
    for dimension in sheet.column_dimensions.values():
        if dimension.hidden and dimension.min and dimension.max:
            yield from range(dimension.min, min(dimension.max, COLUMNS) + 1)


def _cell(cell: Any, col: int, span: int, where: str, serials: bool) -> Cell:
    value = cell.value
    if isinstance(value, CellRichText):
        return Cell(col, span, tuple(_rich(value, cell, where)), where)
    if isinstance(value, str):
        return Cell(col, span, tuple(_lines(value, _marks(cell), where)), where)
    typed = _typed(value, cell.number_format, serials)
    shown = _shown(value, cell.number_format)
    return Cell(col, span, (Line((Run(text=shown),), where),), where, typed, shown)


def _typed(value: object, style: str, serials: bool) -> Typed | None:
    """The value with its type, where the sheet shows enough of it to be what was typed.

    A date shown without its day or its year was typed so; the sheet made up the rest.
    """
    if isinstance(value, datetime):
        value = value.date()
    if isinstance(value, date):
        plain = _FORMAT_NOISE.sub("", style.lower())
        return value if "d" in plain and "y" in plain else None
    if isinstance(value, bool):
        return value
    return value if isinstance(value, int | float) and serials else None


_FORMAT_NOISE = re.compile(r'\[[^\]]*\]|"[^"]*"|\\.')
#: How Excel stores what it shows between the digits of a number.
_ESCAPED = re.compile(r"\\([ ()+\-/])")
_ZEROS = re.compile(r"[0 ()+\-/]*0[0 ()+\-/]*")
_DATE_TOKENS = re.compile(r"d{1,4}|m{1,5}|y{2,4}|[^dmy]+", re.IGNORECASE)
_STRFTIME = {
    "d": "%d", "dd": "%d", "ddd": "%a", "dddd": "%A", "m": "%m", "mm": "%m", "mmm": "%b",
    "mmmm": "%B", "yy": "%y", "yyyy": "%Y",
}  # fmt: skip


def _shown(value: object, style: str) -> str:
    """A value as the sheet shows it: dates day first, numbers with the zeros of their format."""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, datetime | date):
        return _date_shown(value, style)
    if isinstance(value, time):
        return value.strftime("%H:%M")
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    first = _FORMAT_NOISE.sub("", _ESCAPED.sub(r"\1", style.split(";", 1)[0]))
    if isinstance(value, int) and _ZEROS.fullmatch(first) and first != "0":
        return _with_zeros(abs(value), first)
    return str(value)


def _with_zeros(value: int, style: str) -> str:
    digits = list(str(value).zfill(style.count("0")))
    places = style.count("0")
    out = "".join(digits[: len(digits) - places])
    rest = iter(digits[len(digits) - places :])
    return out + "".join(next(rest) if c == "0" else c for c in style)


def _date_shown(value: date, style: str) -> str:
    plain = _FORMAT_NOISE.sub("", style.split(";", 1)[0])
    if plain.lower().startswith("mm-dd-yy"):  # built-in 14: the reader's own short form
        plain = "dd/mm/yyyy"
    tokens = _DATE_TOKENS.findall(plain)
    return "".join(
        value.strftime(_STRFTIME[t.lower()]) if t.lower() in _STRFTIME else t for t in tokens
    )


def _marks(cell: Any) -> Run:
    font = cell.font
    return Run(
        bold=bool(font.b),
        italic=bool(font.i),
        underlined=bool(font.u),
        struck=bool(font.strike),
    )


def _rich(value: CellRichText, cell: Any, where: str) -> Iterator[Line]:
    """A cell some of whose words are struck out, bold or the like."""
    base = _marks(cell)
    runs: list[Run] = []
    for part in value:
        marks, text = (_block(part), part.text) if isinstance(part, TextBlock) else (base, part)
        first, *others = str(text).replace("\r\n", "\n").split("\n")
        runs.append(_with(marks, first))
        for more in others:
            yield Line(tuple(runs), where)
            runs = [_with(marks, more)]
    yield Line(tuple(runs), where)


def _block(part: TextBlock) -> Run:
    font = part.font
    return Run(
        bold=bool(font.b), italic=bool(font.i), underlined=bool(font.u), struck=bool(font.strike)
    )


def _lines(text: str, marks: Run, where: str) -> Iterator[Line]:
    for line in text.replace("\r\n", "\n").replace("_x000D_", "").split("\n"):
        yield Line((_with(marks, line),), where)


def _with(marks: Run, text: str) -> Run:
    return Run(
        text=text,
        bold=marks.bold,
        italic=marks.italic,
        underlined=marks.underlined,
        struck=marks.struck,
    )
