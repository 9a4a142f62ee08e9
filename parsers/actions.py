"""Tables of actions: rows of what, who and by when (forms.md, "What reading gives")."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from typing import Any

from model import Code
from parsers.columns import column_keys
from parsers.dates import DateRead, read_date
from parsers.document import Cell, Rows, unfolded
from parsers.spec import FieldSpec
from parsers.text import clean, is_help, not_applicable, written

_PARTS = re.compile(r"\s*(?:\t|\||;|\s[-–—]\s)\s*")
_DIGIT = re.compile(r"\d")  #: in the last of an action's parts, what was meant for a date
_NUMBER_ONLY = re.compile(r"\(?\d{1,2}[.)]?")


def read_actions(spec: FieldSpec, rows: Rows) -> tuple[list[dict[str, Any]], tuple[Code, ...], str]:
    """(rows, the problems of their dates, the dates that have them, one a line)."""
    out: list[dict[str, Any]] = []
    codes: dict[Code, None] = {}
    seen: list[str] = []
    for row in _rows(spec, rows):
        entry, read, text = row
        if any(entry.values()) or text:
            out.append(entry)
            if read.code:
                codes[read.code] = None
                seen.append(text)
    return out, tuple(codes), "\n".join(seen)


_Texts = dict[str, tuple[str, date | None]]
_Entry = tuple[dict[str, Any], DateRead, str]


def _rows(spec: FieldSpec, rows: Rows) -> Iterator[_Entry]:
    flat = list(unfolded(rows))
    start, heading = _heading(spec, flat)
    if heading:
        for row in flat[start + 1 :]:
            if column_keys(row, spec.columns) == heading or _is_instruction(row):
                continue
            yield _entry(spec, {key: _at(row, col) for col, key in heading.items()})
        return
    for row in flat:
        filled = [c for c in row if not c.blank]
        if len(filled) > 1:
            texts = [_text(c) for c in row if not _NUMBER_ONLY.fullmatch(_text(c)[0] or "-")]
            yield _entry(spec, dict(zip((c.key for c in spec.columns), texts, strict=False)))
        elif filled:
            lines = [t for t in written(filled[0].lines) if not not_applicable(t)]
            yield from (_typed(spec, line) for line in lines)


def _is_instruction(row: list[Cell]) -> bool:
    """ "Add more rows as needed", alone in its row."""
    filled = [c for c in row if not c.blank]
    return len(filled) == 1 and is_help(_text(filled[0])[0])


def _heading(spec: FieldSpec, rows: list[list[Cell]]) -> tuple[int, dict[int, str]]:
    for n, row in enumerate(rows):
        if found := column_keys(row, spec.columns):
            return n, found
    return 0, {}


def _at(row: list[Cell], col: int) -> tuple[str, date | None]:
    cell = next((c for c in row if c.covers(col)), None)
    return _text(cell) if cell else ("", None)


def _text(cell: Cell) -> tuple[str, date | None]:
    text = " ".join(written(cell.lines))
    day = cell.value if isinstance(cell.value, date) else None
    return ("", None) if not_applicable(text) else (text, day)


def _entry(spec: FieldSpec, found: _Texts) -> _Entry:
    texts = {c.key: found.get(c.key, ("", None)) for c in spec.columns}
    *keys, due = [c.key for c in spec.columns]
    entry: dict[str, Any] = {key: texts[key][0] or None for key in keys}
    text, day = texts[due]
    read = DateRead(value=day) if day else read_date(text) if text else DateRead()
    entry[due] = read.value.isoformat() if read.value else None
    return entry, read, text


def _typed(spec: FieldSpec, line: str) -> _Entry:
    """One action written as a line: "Install benches - Town Council - 30/9/27", or words alone."""
    parts = [clean(p) for p in _PARTS.split(line)]
    if len(parts) == len(spec.columns) and (read_date(parts[-1]).value or _DIGIT.search(parts[-1])):
        cells: _Texts = {c.key: (p, None) for c, p in zip(spec.columns, parts, strict=True)}
        return _entry(spec, cells)
    return _entry(spec, {spec.columns[0].key: (line, None)})
