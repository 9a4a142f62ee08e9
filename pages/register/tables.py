"""Rows as CSV or as an Excel workbook, one at a time: harmless, and right when Excel opens them."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from io import TextIOWrapper
from typing import IO, Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter

#: What a cell may hold. None: nothing.
Cell = str | int | date | datetime | None

#: A cell that begins so would be taken for a formula, or after a tab or line end for the next cell
#: (OWASP, "CSV Injection"); in full width too.
_FORMULAS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
#: What no XML can hold.
_NO_TEXT = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")
_LONGEST = 32_767  # characters that a cell of Excel can hold
_CUT = " … (cut: a cell can hold no more)"
_DAY, _MOMENT = "d mmm yyyy", "d mmm yyyy hh:mm"


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One column: its heading, and how many characters wide Excel shows it."""

    title: str
    width: int


def harmless(text: str) -> str:
    """A text that no spreadsheet takes for anything but text."""
    text = _NO_TEXT.sub("", text)
    if text.startswith(_FORMULAS):
        text = f"'{text}"
    return text if len(text) <= _LONGEST else text[: _LONGEST - len(_CUT)] + _CUT


def as_csv(out: IO[bytes], columns: Sequence[Column], rows: Iterable[Sequence[Cell]]) -> int:
    """UTF-8 with the mark that Excel knows it by. Gives how many rows there were."""
    text = TextIOWrapper(out, encoding="utf-8-sig", newline="", write_through=False)
    writer = csv.writer(text)
    writer.writerow([harmless(column.title) for column in columns])
    count = 0
    for row in rows:
        writer.writerow([_text(cell) for cell in row])
        count += 1
    text.flush()
    text.detach()
    return count


def _text(cell: Cell) -> str | int:
    if cell is None:
        return ""
    if isinstance(cell, datetime):
        return f"{cell:%Y-%m-%d %H:%M}"
    if isinstance(cell, date):
        return cell.isoformat()
    return harmless(cell) if isinstance(cell, str) else cell


def as_xlsx(out: IO[bytes], columns: Sequence[Column], rows: Iterable[Sequence[Cell]]) -> int:
    """A workbook of one sheet, dates as dates. Gives how many rows there were."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet("Register")
    sheet.freeze_panes = "A2"
    for number, column in enumerate(columns, 1):
        sheet.column_dimensions[get_column_letter(number)].width = column.width
    sheet.append(list(_headings(sheet, columns)))
    dates, count = _Dates(sheet, len(columns)), 0
    for row in rows:
        sheet.append(dates.row(row))
        count += 1
    sheet.auto_filter.ref = f"A1:{get_column_letter(len(columns))}{count + 1}"
    book.save(out)
    return count


def _headings(sheet: Any, columns: Sequence[Column]) -> Iterator[Any]:
    for column in columns:
        cell = WriteOnlyCell(sheet, harmless(column.title))
        cell.font, cell.alignment = Font(bold=True), Alignment(wrap_text=True, vertical="top")
        yield cell


class _Dates:
    """Cells for days and moments, one a column: a workbook that is only written keeps none."""

    def __init__(self, sheet: Any, width: int) -> None:
        self._days = [WriteOnlyCell(sheet) for _ in range(width)]
        self._moments = [WriteOnlyCell(sheet) for _ in range(width)]
        for cells, kind in ((self._days, _DAY), (self._moments, _MOMENT)):
            for cell in cells:
                cell.number_format = kind

    def row(self, cells: Sequence[Cell]) -> list[Any]:
        """What the workbook takes for a row."""
        return [self._shown(place, cell) for place, cell in enumerate(cells)]

    def _shown(self, place: int, cell: Cell) -> Any:
        if isinstance(cell, str):
            return harmless(cell)
        if not isinstance(cell, date):
            return cell
        made = (self._moments if isinstance(cell, datetime) else self._days)[place]
        made.value = cell
        return made
