"""A file as it looks, to be shown beside what was read in it: no more than people look at."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from parsers.document import Block, Cell, Document, Line, Run, Table

#: Lines and cells, and characters in them. A filled-in form has some hundred and some thousand.
MOST, MOST_TEXT = 3_000, 200_000
WIDEST = 64  #: columns of a table

_MARKS = ("bold", "italic", "underlined", "struck", "marked", "prompt")


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """What a file looks like. `cut`: there is more of it than this."""

    document: Document
    cut: bool = False


class _Room:
    """How much more may be told."""

    def __init__(self) -> None:
        self.left, self.text = MOST, MOST_TEXT

    @property
    def full(self) -> bool:
        return self.left <= 0 or self.text <= 0

    def take(self, text: str) -> str:
        """As much of a text as there is room for."""
        kept = text[: max(self.text, 0)]
        self.text -= len(text)
        return kept


def told(document: Document) -> dict[str, Any]:
    """A document as JSON can have it, up to where there is no more room."""
    room = _Room()
    parts = [_blocks(part, room) for part in document.parts if not room.full]
    return {"parts": parts, "certainty": document.certainty, "cut": room.full}


def heard(said: Mapping[str, Any]) -> Shown:
    """What was told. Raises `KeyError`, `TypeError`, `ValueError` for anything else."""
    parts = tuple(tuple(map(_block, part)) for part in said["parts"])
    document = Document(parts=parts, certainty=float(said["certainty"]))
    return Shown(document=document, cut=bool(said["cut"]))


# --------------------------------------------------------------------------- told


def _blocks(blocks: Iterable[Block], room: _Room) -> list[dict[str, Any]]:
    out = []
    for block in blocks:
        if room.full:
            break
        out.append(_line(block, room) if isinstance(block, Line) else _table(block, room))
    return out


def _line(line: Line, room: _Room) -> dict[str, Any]:
    room.left -= 1
    runs = [
        {
            "text": room.take(run.text),
            "marks": [mark for mark in _MARKS if getattr(run, mark)],
            "box": run.box,
        }
        for run in line.runs
    ]
    return {"runs": runs, "where": line.where, "heading": line.heading}


def _table(table: Table, room: _Room) -> dict[str, Any]:
    rows: list[list[dict[str, Any]]] = []
    for row in table.rows:
        if room.full:
            break
        rows.append([_cell(cell, room) for cell in row if cell.col <= WIDEST and not room.full])
    return {"rows": rows, "where": table.where, "sparse": table.sparse}


def _cell(cell: Cell, room: _Room) -> dict[str, Any]:
    room.left -= 1
    blocks = _blocks(cell.blocks, room)
    return {"col": cell.col, "span": min(cell.span, WIDEST), "where": cell.where, "blocks": blocks}


# --------------------------------------------------------------------------- heard


def _block(said: Mapping[str, Any]) -> Block:
    if "rows" in said:
        rows = tuple(tuple(map(_as_cell, row)) for row in said["rows"])
        return Table(rows, str(said["where"]), bool(said["sparse"]))
    runs = tuple(map(_run, said["runs"]))
    return Line(runs, str(said["where"]), bool(said["heading"]))


def _run(said: Mapping[str, Any]) -> Run:
    box = said["box"]
    marks = {mark: True for mark in _MARKS if mark in said["marks"]}
    return Run(text=str(said["text"]), box=None if box is None else bool(box), **marks)


def _as_cell(said: Mapping[str, Any]) -> Cell:
    blocks = tuple(map(_block, said["blocks"]))
    return Cell(int(said["col"]), max(1, int(said["span"])), blocks, str(said["where"]))
