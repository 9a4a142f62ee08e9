"""A file as the matcher sees it: one neutral grid, the same for Word and Excel.

Lines hold runs of text with the marks that people answer with; tables hold cells on a grid; every
line and cell knows where it stands, in words that a lead worker understands.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

#: Stands for a tick box whose state the file does not hold.
LOST_BOX = "\u2370"

#: What a spreadsheet cell can hold besides text.
Typed = bool | int | float | date


def _made() -> Any:
    """A field that is made from the others, once: it is asked for again and again."""
    return field(init=False, repr=False, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """A stretch of text with one set of marks. A tick box is a run of its own."""

    text: str = ""
    bold: bool = False
    italic: bool = False
    underlined: bool = False
    struck: bool = False
    marked: bool = False  #: highlighted
    box: bool | None = None  #: a tick box: ticked or not; None: text
    prompt: bool = False  #: placeholder text that nobody replaced


@dataclass(frozen=True, slots=True)
class Line:
    """One paragraph, or a part of one up to a line break."""

    runs: tuple[Run, ...]
    where: str = ""
    heading: bool = False  #: styled as a heading
    text: str = _made()  #: what was written: boxes and placeholders left out
    blank: bool = _made()  #: neither text nor a box

    def __post_init__(self) -> None:
        text, boxed = "", False
        for run in self.runs:
            if not run.prompt:
                text += run.text
            boxed = boxed or run.box is not None
        object.__setattr__(self, "text", text)
        object.__setattr__(self, "blank", not boxed and not text.strip())

    def all(self, mark: str) -> bool:
        """Whether every visible run has `mark` ("bold", "italic", ...)."""
        found = False
        for run in self.runs:
            if run.text.strip() and not run.prompt:
                if not getattr(run, mark):
                    return False
                found = True
        return found


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell at column `col` of its grid, `span` columns wide."""

    col: int
    span: int = 1
    blocks: tuple[Block, ...] = ()
    where: str = ""
    value: Typed | None = None  #: of a spreadsheet cell that is not text
    shown: str = ""  #: how the spreadsheet shows `value`
    lines: tuple[Line, ...] = _made()  #: every line, those of nested tables included
    blank: bool = _made()  #: nothing at all in it

    def __post_init__(self) -> None:
        lines = tuple(lines_of(self.blocks))
        object.__setattr__(self, "lines", lines)
        blank = self.value is None and not [line for line in lines if not line.blank]
        object.__setattr__(self, "blank", blank)

    @property
    def tables(self) -> tuple[Table, ...]:
        """Tables directly inside."""
        return tuple(b for b in self.blocks if isinstance(b, Table))

    def covers(self, col: int) -> bool:
        """Whether the cell stands in column `col`."""
        return self.col <= col < self.col + self.span


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of cells. A cell merged downwards stands in its first row only."""

    rows: tuple[tuple[Cell, ...], ...]
    where: str = ""
    sparse: bool = False  #: a sheet: blank cells are not there at all


Block = Line | Table


@dataclass(frozen=True, slots=True)
class Document:
    """The parts of a file in reading order: a Word file's body is one, each sheet is one."""

    parts: tuple[tuple[Block, ...], ...]
    certainty: float = 1.0  #: below 1 where the way of reading cannot see all that a reader sees


#: Cells of an answer, row by row.
Rows = Sequence[Sequence[Cell]]


def unfolded(rows: Rows) -> Iterator[list[Cell]]:
    """The rows, those of a table inside a cell in that cell's place; blank ones left out."""
    for row in rows:
        if any(cell.tables for cell in row):
            for cell in row:
                for block in cell.blocks:
                    if isinstance(block, Table):
                        yield from unfolded(block.rows)
                    elif not block.blank:
                        yield [Cell(0, 1, (block,), cell.where)]
        elif any(not cell.blank for cell in row):
            yield list(row)


def lines_of(blocks: tuple[Block, ...]) -> list[Line]:
    """Every line in reading order, through all nested tables."""
    out: list[Line] = []
    for block in blocks:
        if isinstance(block, Line):
            out.append(block)
        else:
            for row in block.rows:
                for cell in row:
                    out += cell.lines
    return out
