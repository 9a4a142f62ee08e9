"""One cell of a table as a label: which field's it is, and what it holds besides."""

from __future__ import annotations

import re
from dataclasses import dataclass

from parsers.document import Cell, Line, Table, lines_of
from parsers.labels import Labels, Match
from parsers.lines import has_sign, label_of
from parsers.text import clean, is_help, is_prompt


@dataclass(frozen=True, slots=True)
class Label:
    """A label where it stands; `rest` is what its own cell holds besides."""

    match: Match
    text: str
    where: str
    bold: bool = False
    punctuated: bool = False
    inline: bool = False  #: its own line goes on after it
    rest: tuple[Line, ...] = ()

    def own_answer(self, cell: Cell) -> Cell:
        """What its own cell holds besides: lines, and the tables in that cell."""
        tabled = {id(line) for line in lines_of(cell.tables)}
        lines = tuple(line for line in self.rest if id(line) not in tabled)
        return Cell(0, 1, (*lines, *cell.tables), self.where)

    @property
    def answered_inside(self) -> bool:
        """Whether its own cell holds more than help, or alternatives of which none is marked."""
        texts = [clean(line.text) for line in self.rest if not _asks(line)]
        return any(t and not (is_help(t) or is_prompt(t)) for t in texts)


def _asks(line: Line) -> bool:
    """Whether a line is "Yes / No" as it was printed, with neither of them marked."""
    marks = {(r.bold, r.underlined, r.struck, r.marked) for r in line.runs if r.text.strip(" /()")}
    return len(marks) < 2 and bool(_YES_OR_NO.fullmatch(clean(line.text)))


_YES_OR_NO = re.compile(r"\(?y(?:es)?\s*(?:/|or)\s*no?\)?[\s:?*]*", re.IGNORECASE)


def is_table(cell: Cell) -> bool:
    """Whether a cell holds a table and nothing before it, whose headings are no labels here."""
    first = next((b for b in cell.blocks if isinstance(b, Table) or not b.blank), None)
    return isinstance(first, Table)


def cell_label(cell: Cell, lines: list[Line], labels: Labels) -> Label | None:
    """The label that a cell with these lines is, or starts with."""
    bold = lines[0].runs[0].bold if lines[0].runs else False
    whole = clean(" ".join(line.text for line in lines))
    if len(lines) < 5 and not has_sign(whole) and (match := labels.exact(whole)):
        return Label(match, whole, cell.where, bold, whole[-1:] in ":?")
    found = label_of(lines[0], labels)
    if found is None:
        match = labels.match(whole) if 1 < len(lines) < 5 else None
        return Label(match, whole, cell.where, bold, whole[-1:] in ":?") if match else None
    rest = (found.rest, *lines[1:]) if not found.rest.blank else tuple(lines[1:])
    inline = not found.rest.blank
    return Label(found.match, found.text, cell.where, bold, found.punctuated, inline, rest)


def bold_cell(cell: Cell) -> bool:
    """Whether everything in a cell is bold."""
    lines = [line for line in cell.lines if not line.blank]
    return bool(lines) and all(line.all("bold") for line in lines)
