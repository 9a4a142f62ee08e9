"""One answer, read as its field's type says (forms.md, "What reading gives")."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cache
from typing import Any

from model import Code
from parsers import references
from parsers.actions import read_actions
from parsers.choices import kept_in_words, read_choice, read_choices
from parsers.columns import has_boxes
from parsers.dates import YEARS, DateRead, read_date
from parsers.document import LOST_BOX, Cell, Line, Rows, Run, Typed
from parsers.hints import hints
from parsers.numbers import (
    ages_are_rough,
    number_is_rough,
    read_ages,
    read_email,
    read_number,
)
from parsers.spec import FieldSpec, Type
from parsers.text import clean, explains, is_error, is_help, not_applicable, written
from parsers.yesno import read_yes_no

#: Spreadsheets count days from here; a bare number is taken for a day between 2000 and 2099.
_EPOCH = date(1899, 12, 30)
_SERIALS = range(36526, 73051)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What one field's cells say. `codes` is empty where that is certain."""

    value: Any = None
    codes: tuple[Code, ...] = ()
    seen: str = ""  #: as it stood there
    #: taken from a range, or from words such as "about", "over" and "under"; or without the words
    #: in a further cell, which may be more of it
    rough: bool = False

    @property
    def blank(self) -> bool:
        """Nothing was answered."""
        return self.value in (None, []) and not self.codes


def read_value(spec: FieldSpec, rows: Rows, prefix: str) -> Answer:
    """The answer that some cells hold. Never raises for what they hold."""
    ours, italics = _printed(spec, prefix), _italics_before(rows)
    answer = _read_value(spec, _without_help(rows, italics, ours), prefix)
    dropped = {clean(line.text) for line in italics} - ours
    return answer if all(map(explains, dropped)) else replace(answer, rough=True)


def _read_value(spec: FieldSpec, rows: Rows, prefix: str) -> Answer:
    seen = "\n".join(written(line for row in rows for cell in row for line in cell.lines))
    if spec.type is Type.ACTIONS:
        value, codes, faulty = read_actions(spec, rows)
        return Answer(value=value, codes=codes, seen=faulty or seen)
    if spec.type in _BY_MARKS and LOST_BOX in seen:
        return Answer(codes=(Code.CHOICE_UNKNOWN,), seen=seen)
    if spec.type in _BY_MARKS:
        rows = [_without_note(row) for row in rows]
        value, code = _BY_MARKS[spec.type](spec, rows)
        rough = spec.type is Type.CHOICES and kept_in_words(spec, value)
        return Answer(value=value, codes=(code,) if code else (), seen=seen, rough=rough)
    first = [_first(row) for row in rows]
    if spec.type in _IN_ONE_CELL:
        return replace(_read(spec, first, prefix), rough=any(map(_has_more, rows)))
    rows = _span(spec, rows)
    answer = _read(spec, rows, prefix)
    if spec.type is Type.DATE and _several_days(spec, rows):
        return answer
    alone = _read(spec, first, prefix) if answer.codes else answer
    return answer if alone.value is None else alone


def _read(spec: FieldSpec, rows: Rows, prefix: str) -> Answer:
    typed = _typed(rows)
    seen = "\n".join(written(line for row in rows for cell in row for line in cell.lines))
    text = _one_line(rows) if spec.type is not Type.LONG_TEXT else seen
    if typed is None and (not text or not_applicable(text)):
        return Answer(seen=text)
    value, code = _BY_TEXT[spec.type](spec, text, typed, prefix)
    rough = typed is None and code is None and spec.type in _ROUGH and _ROUGH[spec.type](text)
    return Answer(value=value, codes=(code,) if code else (), seen=seen, rough=rough)


def _without_note(row: Sequence[Cell]) -> list[Cell]:
    """The cells of a row without those that, beside another one, say how to answer."""
    first = next((cell for cell in row if not cell.blank), None)
    return [cell for cell in row if cell is first or has_boxes(cell) or not _is_note(cell)]


def _has_more(row: Sequence[Cell]) -> bool:
    """Whether words that say nothing of how to answer stand beside the answer's cell."""
    return sum(not cell.blank for cell in _without_note(row)) > 1


def _is_note(cell: Cell) -> bool:
    text = clean(" ".join(line.text for line in cell.lines))
    return len(text) > len("other") and explains(text)


def _span(spec: FieldSpec, rows: Rows) -> Rows:
    """Two ages in two cells, as the one range that they are."""
    filled = [cell for row in rows for cell in row if not cell.blank]
    if spec.type is not Type.AGE_RANGE or len(filled) != 2 or not all(map(_is_age, filled)):
        return rows
    first, last = filled
    return [[replace(first, value=None), Cell(0, 1, (Line((Run(text="to"),)),)), last]]


def _is_age(cell: Cell) -> bool:
    return bool(_AGE.fullmatch(clean(" ".join(line.text for line in cell.lines))))


_AGE = re.compile(r"\d{1,2}")


def _several_days(spec: FieldSpec, rows: Rows) -> bool:
    """Whether two cells hold a day each: a range, and not a day with a note beside it."""
    filled = [cell for row in rows for cell in row if not cell.blank]
    days = [day_of(spec, _one_line([[cell]]), cell.value).value for cell in filled]
    return len([day for day in days if day]) > 1


def _without_help(rows: Rows, italics: Iterable[Line], ours: frozenset[str]) -> Rows:
    """The cells without what only tells how to answer: help of the form's own.

    That is what stands in italics before the answer, what says so in so many words, and what the
    official forms show beside the label.
    """
    drop = {id(line) for line in italics}
    drop |= {id(line) for line in _filled(rows) if _only_help(line, ours)}
    return [[_without(cell, drop) for cell in row] for row in rows] if drop else rows


def _filled(rows: Rows) -> list[Line]:
    return [line for row in rows for cell in row for line in cell.lines if not line.blank]


def _italics_before(rows: Rows) -> list[Line]:
    """The lines in italics before others that are not. A quotation is somebody's own words."""
    lines = _filled(rows)
    answer = next((n for n, line in enumerate(lines) if not _italic(line)), 0)
    return [line for line in lines[:answer] if not _QUOTED.match(line.text)]


_QUOTED = re.compile(r"\s*[\"'“‘«]")


@cache
def _printed(spec: FieldSpec, prefix: str) -> frozenset[str]:
    return frozenset(map(clean, hints(spec, prefix)))


def _without(cell: Cell, drop: set[int]) -> Cell:
    if cell.value is not None:
        return cell
    return replace(cell, blocks=tuple(b for b in cell.blocks if id(b) not in drop))


def _italic(line: Line) -> bool:
    return line.all("italic") and not any(r.box is not None for r in line.runs)


def _only_help(line: Line, ours: frozenset[str]) -> bool:
    text = clean(line.text)
    if not text or any(r.box is not None for r in line.runs):
        return False
    if text in ours:
        return True
    return (line.all("italic") or text[0] in "([") and is_help(text)


def _typed(rows: Rows) -> Typed | None:
    """The value of the only cell that has anything in it, where a spreadsheet knows its type."""
    filled = [cell for row in rows for cell in row if not cell.blank]
    return filled[0].value if len(filled) == 1 else None


_IN_ONE_CELL = (Type.TEXT, Type.LONG_TEXT, Type.EMAIL, Type.REFERENCE)


def _first(row: Sequence[Cell]) -> list[Cell]:
    """The answer's cell: what stands further right is a note on it."""
    return [cell for cell in row if not cell.blank][:1]


def _one_line(rows: Rows) -> str:
    return " ".join(written(line for row in rows for cell in row for line in cell.lines))


_Result = tuple[Any, Code | None]


def _text(_spec: FieldSpec, text: str, typed: Typed | None, _prefix: str) -> _Result:
    # A formula shows the zero of an empty cell.
    nothing = is_error(text) or (typed == 0 and not isinstance(typed, bool))
    return None if nothing else text, None


def _email(_spec: FieldSpec, text: str, _typed: Typed | None, _prefix: str) -> _Result:
    address = read_email(text)
    return address, None if address else Code.EMAIL_UNREADABLE


def _number(_spec: FieldSpec, text: str, typed: Typed | None, _prefix: str) -> _Result:
    if typed is None:
        number = read_number(text)
    elif isinstance(typed, bool | date) or typed != int(typed) or typed < 0:
        number = None
    else:
        number = int(typed)
    return number, Code.NUMBER_UNREADABLE if number is None else None


def _ages(_spec: FieldSpec, text: str, typed: Typed | None, _prefix: str) -> _Result:
    # "8-11" typed into a spreadsheet becomes 8 November: what was meant is lost.
    ages = None if isinstance(typed, bool | date) else read_ages(text)
    return ages, None if ages else Code.NUMBER_UNREADABLE


def _date(spec: FieldSpec, text: str, typed: Typed | None, _prefix: str) -> _Result:
    read = day_of(spec, text, typed)
    return read.value.isoformat() if read.value else None, read.code


def day_of(spec: FieldSpec, text: str, typed: Typed | None) -> DateRead:
    """The day that a date cell, a bare day number or some words state."""
    if isinstance(typed, date) and typed.year in YEARS:
        return DateRead(value=typed)
    if isinstance(typed, int | float) and int(typed) in _SERIALS:
        return DateRead(value=_EPOCH + timedelta(days=int(typed)))
    return read_date(text, spec.bound or "end")


def _reference(_spec: FieldSpec, text: str, _typed: Typed | None, prefix: str) -> _Result:
    found = references.parse(text, prefix)
    return found, None if found else Code.REFERENCE_INVALID


_BY_TEXT: dict[Type, Callable[[FieldSpec, str, Typed | None, str], _Result]] = {
    Type.TEXT: _text,
    Type.LONG_TEXT: _text,
    Type.EMAIL: _email,
    Type.NUMBER: _number,
    Type.AGE_RANGE: _ages,
    Type.DATE: _date,
    Type.REFERENCE: _reference,
}
_ROUGH: dict[Type, Callable[[str], bool]] = {
    Type.NUMBER: number_is_rough,
    Type.AGE_RANGE: ages_are_rough,
}
_BY_MARKS: dict[Type, Callable[[FieldSpec, Rows], _Result]] = {
    Type.CHOICES: read_choices,
    Type.CHOICE: read_choice,
    Type.YES_NO: lambda _spec, rows: read_yes_no(rows),
}
