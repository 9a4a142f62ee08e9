"""The official forms as Excel workbooks: the label in column B, its answer right of it, then notes.

A question that takes several choices has one cell: its list gives one of them with a click, and
more can be typed with semicolons between. That list suggests and never refuses; others hold.
"""

from __future__ import annotations

import io
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from openpyxl import Workbook
from openpyxl.cell.cell import Cell
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.dimensions import RowDimension
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

from model import Permanent
from parsers.blank import (
    ACCENT,
    ACTION_ROWS,
    ANSWER,
    FONT,
    GROUND,
    HOW_TO,
    INK,
    LANGUAGE,
    MADE_AT,
    NOTES,
    QUESTION,
    QUIET,
    RULE,
    SPARE_ROWS,
    column_field,
    heading,
)
from parsers.blank_excel_checks import Checks
from parsers.hints import hint
from parsers.spec import FieldSpec, FormSpec, Type
from parsers.wording import in_words

#: Columns: the label, the answer, the notes; widths in characters.
LABEL, VALUE, NOTE = 2, 3, 4
WIDTHS = {1: 2, LABEL: 38, VALUE: 56, NOTE: 42}
HEADER_ROW = 3

#: Heights in points: a line of text, the air about it, an empty answer that may take several lines.
LINE, AIR, LONG_ANSWER = 15, 4, 60

DATE_FORMAT, TEXT_FORMAT = "dd/mm/yyyy", "@"
#: Text as typed: Excel would take the first nought off a number and make a day of "11-16".
AS_TYPED = {Type.TEXT, Type.EMAIL, Type.REFERENCE, Type.AGE_RANGE}

#: The most that an Excel cell holds, in characters (ECMA-376 part 1, 18.3.1.40 and Excel's limits).
CELL_LIMIT = 32767

_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def make(form: FormSpec, fields: Mapping[str, Any], prefix: str) -> bytes:
    """The form as an .xlsx file; `fields` (any of its keys) are filled in.

    `prefix` is that of the reference numbers.
    Raises `Permanent` where an answer is longer than a cell can be.
    """
    book = Workbook()
    sheet = book.active
    assert isinstance(sheet, Worksheet)
    sheet.title = form.name
    checks = Checks(sheet=sheet, lists=_hidden(book, "Lists"))
    page = _Page(sheet=sheet, checks=checks, prefix=prefix)
    page.top(form)
    for name, specs in form.sections.items():
        page.section(name, specs, fields)
    _setup(sheet, heading(form))
    properties = book.properties
    properties.title, properties.language, properties.creator = heading(form), LANGUAGE, ""
    properties.created = MADE_AT
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _hidden(book: Workbook, title: str) -> Worksheet:
    sheet: Worksheet = book.create_sheet(title)
    sheet.sheet_state = "hidden"
    return sheet


@dataclass(slots=True, kw_only=True)
class _Page:
    sheet: Worksheet
    checks: Checks
    prefix: str
    row: int = 1  #: the next one to be written

    def top(self, form: FormSpec) -> None:
        """Title, what the form is for and how to fill it in, and the header of the columns."""
        title = self._write(self.row, LABEL, heading(form), size=18, bold=True)
        title.alignment = Alignment(vertical="center")
        self._height(1, 30)
        intro = self._write(2, LABEL, " ".join((form.intro, HOW_TO)).strip())
        self.sheet.merge_cells(start_row=2, start_column=LABEL, end_row=2, end_column=NOTE)
        intro.alignment = Alignment(wrap_text=True, vertical="top")
        self._height(2, 3 * LINE)
        self._header(HEADER_ROW, (QUESTION, ANSWER, NOTES))
        self.row = HEADER_ROW + 1

    def section(self, name: str, specs: Sequence[FieldSpec], fields: Mapping[str, Any]) -> None:
        """A heading over its questions."""
        if name:
            self._write(self.row, LABEL, name, size=13, bold=True, colour=ACCENT)
            self._height(self.row, 30)
            self.row += 1
        for spec in specs:
            if spec.type is Type.ACTIONS:
                self._rows(spec, fields.get(spec.key) or [])
            else:
                self._question(spec, fields.get(spec.key))

    def _question(self, spec: FieldSpec, value: Any) -> None:
        label = self._write(self.row, LABEL, spec.label, bold=True)
        label.fill = PatternFill("solid", fgColor=GROUND)
        cell = self._answer(VALUE, spec, value)
        note = self._write(self.row, NOTE, hint(spec, "xlsx", self.prefix), colour=QUIET)
        for each in (label, cell, note):
            each.border = _box()
        least = LONG_ANSWER if spec.type is Type.LONG_TEXT else LINE
        self._height(self.row, max(least, *(_needed(each) for each in (label, cell, note))))
        self.row += 1

    def _answer(self, column: int, spec: FieldSpec, value: Any) -> Cell:
        cell = self._cell(self.row, column)
        cell.font = Font(name=FONT, size=11, color=INK)
        cell.alignment = _words()
        if spec.type is Type.DATE:
            cell.number_format = DATE_FORMAT
        elif spec.type in AS_TYPED:
            cell.number_format = TEXT_FORMAT
        _put(cell, spec, value)
        self.checks.add(cell, spec)
        return cell

    def _rows(self, spec: FieldSpec, rows: Sequence[Mapping[str, Any]]) -> None:
        """A field that is a table of rows: its label, the columns' labels, the rows."""
        self._write(self.row, LABEL, spec.label, bold=True)
        self._write(self.row, NOTE, hint(spec, "xlsx", self.prefix), colour=QUIET)
        self.row += 1
        self._header(self.row, [column.label for column in spec.columns])
        self.row += 1
        for number in range(max(ACTION_ROWS, len(rows) + SPARE_ROWS if rows else 0)):
            values, lines = rows[number] if number < len(rows) else {}, float(LINE + AIR)
            for place, column in enumerate(spec.columns, start=LABEL):
                cell = self._answer(place, column_field(column), values.get(column.key))
                cell.border = _box()
                lines = max(lines, _needed(cell))
            self._height(self.row, lines)
            self.row += 1
        self.row += 1

    def _header(self, row: int, titles: Sequence[str]) -> None:
        for place, title in enumerate(titles, start=LABEL):
            cell = self._write(row, place, title, bold=True)
            cell.fill = PatternFill("solid", fgColor=GROUND)
            cell.border = _box()

    def _write(
        self, row: int, column: int, text: str, *, size: int = 11, bold: bool = False,
        colour: str = INK,
    ) -> Cell:  # fmt: skip
        cell = self._cell(row, column)
        cell.value = text or None
        cell.font = Font(name=FONT, size=size, bold=bold, color=colour)
        cell.alignment = _words() if size == 11 else Alignment(vertical="bottom")
        return cell

    def _cell(self, row: int, column: int) -> Cell:
        cell = self.sheet.cell(row, column)
        assert isinstance(cell, Cell)
        return cell

    def _height(self, row: int, points: float) -> None:
        self.sheet.row_dimensions[row] = _Growing(self.sheet, index=row, ht=points)


class _Growing(RowDimension):
    """A row's height at first: programs still fit the row to what is typed into it."""

    @property
    def customHeight(self) -> bool:
        """Whether the height is to stay as it is."""
        return False


def _needed(cell: Cell) -> float:
    """About how high the text of a cell stands, in points."""
    width = WIDTHS[cell.column] * (1.0 if cell.font.bold else 1.15)
    lines = str(cell.value or "").split("\n")
    return AIR + LINE * sum(max(1, math.ceil(len(line) / width)) for line in lines)


def _put(cell: Cell, spec: FieldSpec, value: Any) -> None:
    """The answer as Excel keeps it: a day, a number, or text that is never taken for a formula."""
    if value is None or value == []:
        return
    if spec.type is Type.DATE:
        cell.value = date.fromisoformat(value)
        return
    if spec.type is Type.NUMBER:
        cell.value = value
        return
    text = _NOT_XML.sub("", in_words(spec, value))
    if len(text) > CELL_LIMIT:
        raise Permanent(
            f"{spec.label}: the answer has {len(text)} characters and an Excel cell holds "
            f"{CELL_LIMIT}; make the Word form instead"
        )
    cell.value = text
    cell.data_type = "s"
    cell.quotePrefix = text.startswith("=")


def _words() -> Alignment:
    return Alignment(wrap_text=True, vertical="top", horizontal="left", indent=1)


def _box() -> Border:
    side = Side(style="thin", color=RULE)
    return Border(left=side, right=side, top=side, bottom=side)


def _setup(sheet: Worksheet, title: str) -> None:
    """Widths, the frozen header, and one A4 page across when printed."""
    for column, width in WIDTHS.items():
        sheet.column_dimensions[get_column_letter(column)].width = width
    sheet.freeze_panes = f"A{HEADER_ROW + 1}"
    sheet.sheet_view.showGridLines = False
    sheet.print_title_rows = f"{HEADER_ROW}:{HEADER_ROW}"
    sheet.page_setup.paperSize = int(Worksheet.PAPERSIZE_A4)
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    margins = sheet.page_margins
    margins.left = margins.right = 0.5
    margins.top, margins.bottom, margins.footer = 0.6, 0.9, 0.4
    footer = sheet.oddFooter
    assert footer is not None
    footer.left.text, footer.right.text = title, "Page &P of &N"
