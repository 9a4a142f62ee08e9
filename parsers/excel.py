"""An Excel package as a `Document`: each visible sheet one sparse table, values as shown."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from openpyxl.utils.datetime import CALENDAR_MAC_1904, CALENDAR_WINDOWS_1900

from model import Code
from parsers.document import Block, Cell, Document, Line, Run, Table
from parsers.excel_boxes import Box, boxes
from parsers.excel_sheet import COLUMNS, ROWS, Book, Sheet, read_sheet
from parsers.excel_styles import S, read_styles
from parsers.ooxml import Element, Relation, main_part, relations, tree
from parsers.sniff import Package, Refused

__all__ = ["COLUMNS", "ROWS", "read_excel"]

#: More than any workbook with a form has.
SHEETS = 500
_ID = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"


def read_excel(package: Package) -> Document:
    """The visible sheets of a workbook. Raises `Refused` where it is damaged or unsafe."""
    try:
        return Document(parts=tuple(_parts(package)))
    except (Refused, RecursionError, MemoryError):
        raise
    except Exception as e:  # a workbook can be broken in more ways than anybody foresees
        raise Refused(Code.DAMAGED) from e


def _parts(package: Package) -> Iterator[tuple[Table]]:
    main = main_part(package, "xl/workbook.xml")
    root = tree(package.part(main))
    related = relations(package, main)
    book = _book(package, root, related)
    listed = list(root.iterfind(f"{S}sheets/{S}sheet"))
    if len(listed) > SHEETS:
        raise Refused(Code.UNSAFE)
    for el in listed:
        rel = related.get(str(el.get(_ID)))
        visible = el.get("state", "visible") == "visible"
        if visible and rel and rel.kind == "worksheet" and rel.target in package:
            title = str(el.get("name", ""))
            sheet = read_sheet(package.part(rel.target), title, book)
            yield (_table(sheet, title, boxes(package, rel.target)),)


def _book(package: Package, root: Element, related: dict[str, Relation]) -> Book:
    parts = {rel.kind: rel.target for rel in related.values() if rel.target in package}
    strings, styles = parts.get("sharedStrings"), parts.get("styles")
    properties = root.find(f"{S}workbookPr")
    early = properties is not None and properties.get("date1904") in ("1", "true")
    return Book(
        list(tree(package.part(strings)).iterchildren(f"{S}si")) if strings else [],
        read_styles(package.part(styles) if styles else None),
        CALENDAR_MAC_1904 if early else CALENDAR_WINDOWS_1900,
        not early,
    )


def _table(sheet: Sheet, title: str, over: list[Box]) -> Table:
    rows: dict[int, list[Cell]] = {}
    for r, c in sorted(sheet.cells):
        rows.setdefault(r, []).append(sheet.cells[r, c])
    for box in over:
        seen = box.row not in sheet.hidden_rows and box.col not in sheet.hidden_columns
        if seen and box.row <= ROWS:
            _lay(box, rows.setdefault(box.row, []), f"sheet {title}, row {box.row}")
    last = max(rows, default=0)
    numbers = (r for r in range(1, last + 1) if r not in sheet.hidden_rows)
    return Table(tuple(tuple(rows.get(r, ())) for r in numbers), f"sheet {title}", sparse=True)


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
