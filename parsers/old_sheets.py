"""Spreadsheets that we do not open ourselves (.xls, .xlsb, .ods, broken .xlsx), by python-calamine.

It sees values only: not what is struck out, hidden by its row, or shown by a number's format, and
no tick box that lies over the cells. So nothing read this way is certain. It can end the process
(an endless sheet) or raise what is no `Exception` (a panic): only ever to be called in a process
that may die.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from io import BytesIO

from openpyxl.utils import get_column_letter
from python_calamine import (
    CalamineError,
    CalamineSheet,
    CalamineWorkbook,
    PasswordError,
    SheetTypeEnum,
    SheetVisibleEnum,
)

from model import Code
from parsers.document import Cell, Document, Line, Run, Table, Typed
from parsers.excel import COLUMNS, ROWS
from parsers.sniff import Refused, xls_has_password

#: What is read this way: kinds of file as `Refused.seen` names them.
OLD_SHEETS = frozenset({"xls", "xlsb", "ods", "xlsx"})
#: How sure a value is at most.
CERTAINTY = 0.9


def read_old_sheets(data: bytes) -> Document:
    """The visible sheets of a workbook. Raises `Refused` where it is damaged or has a password."""
    try:
        book = CalamineWorkbook.from_filelike(BytesIO(data))
        names = [
            sheet.name
            for sheet in book.sheets_metadata
            if sheet.visible == SheetVisibleEnum.Visible and sheet.typ == SheetTypeEnum.WorkSheet
        ]
        parts = tuple((_table(book.get_sheet_by_name(name)),) for name in names)
    except PasswordError as e:
        raise Refused(Code.ENCRYPTED) from e
    except (CalamineError, ValueError, OSError) as e:
        raise Refused(Code.ENCRYPTED if xls_has_password(data) else Code.DAMAGED) from e
    return Document(parts=parts, certainty=CERTAINTY)


def _table(sheet: CalamineSheet) -> Table:
    merged = sheet.merged_cell_ranges or []
    spans = {start: end[1] - start[1] + 1 for start, end in merged}
    rows = sheet.to_python(skip_empty_area=False, nrows=ROWS)
    grid = tuple(tuple(_cells(sheet.name, number, row, spans)) for number, row in enumerate(rows))
    return Table(grid, f"sheet {sheet.name}", sparse=True)


def _cells(
    sheet: str, row: int, values: Sequence[object], spans: dict[tuple[int, int], int]
) -> Iterator[Cell]:
    for col, value in enumerate(values[:COLUMNS]):
        if value in ("", None):
            continue
        where = f"sheet {sheet}, cell {get_column_letter(col + 1)}{row + 1}"
        typed, shown = _value(value)
        lines = tuple(Line((Run(text=line),), where) for line in shown.splitlines())
        span = spans.get((row, col), 1)
        yield Cell(col + 1, span, lines, where, typed, shown if typed is not None else "")


def _value(value: object) -> tuple[Typed | None, str]:
    """(typed, as text)."""
    match value:
        case bool():
            return value, "TRUE" if value else "FALSE"
        case datetime():
            return value.date(), f"{value:%d/%m/%Y}"
        case date():
            return value, f"{value:%d/%m/%Y}"
        case float() if value.is_integer():
            return int(value), str(int(value))
        case int() | float():
            return value, str(value)
    return None, str(value)
