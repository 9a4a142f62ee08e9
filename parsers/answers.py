"""Which cells of a table answer each of its labels: beside it, below it or in its own cell."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import islice

from parsers.columns import Row, has_boxes
from parsers.document import Cell
from parsers.grid import Grid
from parsers.label_cells import Label
from parsers.labels import plain
from parsers.lines import FOREIGN
from parsers.text import clean

#: Whether a cell holds an option of the field that a label stands for.
IsOption = Callable[[Label, Cell], bool]


class Answers:
    """Hands out a table's answers. `titles` are the sections' names, in plain words."""

    def __init__(self, grid: Grid, titles: frozenset[str]) -> None:
        self._grid = grid
        self._titles = titles
        self._claimed: set[int] = set()

    def claimed(self, r: int) -> bool:
        """Whether a row belongs to an answer already given out."""
        return r in self._claimed

    def answer(self, r: int, i: int, is_option: IsOption) -> list[Row]:
        """The cells that answer the label in a cell, row by row."""
        label = self._grid.label(r, i)
        assert label
        right = self._grid.right(r, i)
        if r in self._grid.headers:
            self._claimed.add(r)
            if right:
                return [right, *islice(self.until_label(r), 1, None)]
        filled = any(not c.blank for c in right)
        if label.answered_inside and not filled and (not right or label.inline):
            return [(Cell(0, 1, label.rest, label.where),)]
        if filled or (right and not self._grid.below):
            return [right, *self._more(r, i, label, filled, is_option)]
        if self._grid.sparse and not self._grid.below:
            return list(self._more(r, i, label, filled, is_option))
        return list(self._beneath(r, i, label, is_option))

    def _more(
        self, r: int, i: int, label: Label, filled: bool, is_option: IsOption
    ) -> Iterator[Row]:
        """Rows that go on with an answer: added rows, a row for each option, rows of a table."""
        end = self._grid.rows[r][i].col + self._grid.rows[r][i].span
        if i > 0 and any(self._grid.label(r, k) for k in range(i)):
            return
        for k in range(r + 1, len(self._grid.rows)):
            row = self._grid.rows[k]
            if self._grid.labelled(k):
                return
            if k in self._grid.headers:
                yield from self.until_label(k)
                return
            first = next((c for c in row if not c.blank), None)
            if first is None:
                if self._grid.sparse and filled:
                    return
                continue
            if first.col < end and (filled or not any(is_option(label, c) for c in row)):
                return
            yield row

    def _beneath(self, r: int, i: int, label: Label, is_option: IsOption) -> Iterator[Row]:
        low, high = self._grid.width(r, i)
        found = False
        for k in range(r + 1, len(self._grid.rows)):
            if k in self._grid.headers:
                yield from self.until_label(k)
                return
            row = [c for c in self._grid.rows[k] if low <= c.col < high]
            if self._grid.labelled(k) or (found and self._is_title(row, label)):
                return
            if all(c.blank for c in row):
                if found and self._grid.sparse:
                    return
                continue
            if not found and self._is_title(row, label):
                return
            if found and not self._grid.sparse and not _goes_on(row, label, is_option):
                return
            found = True
            yield row

    def _is_title(self, row: Row, label: Label) -> bool:
        """A section's title or a note below the form: not part of an answer."""
        lines = [line for c in row for line in c.lines if not line.blank]
        if len(lines) != 1:
            return False
        line = lines[0]
        text = clean(line.text)
        if line.heading or FOREIGN.fullmatch(text) or plain(text) in self._titles:
            return True
        return label.bold and line.all("bold") and len(text) < 60

    def until_label(self, r: int) -> Iterator[Row]:
        """A table of rows inside the table: from its heading row to the next label."""
        for k in range(r, len(self._grid.rows)):
            if k > r and (self._grid.labelled(k) or self._is_note(k)):
                return
            self._claimed.add(k)
            yield self._grid.rows[k]

    def _is_note(self, r: int) -> bool:
        row = [c for c in self._grid.rows[r] if not c.blank]
        if len(row) != 1 or row[0].value is not None:
            return False
        wide = row[0].span > 1 or len(self._grid.rows[r]) == 1
        text = clean(row[0].lines[0].text) if row[0].lines else ""
        return (
            (wide and not self._grid.sparse)
            or plain(text) in self._titles
            or bool(FOREIGN.fullmatch(text))
        )


def _goes_on(row: Row, label: Label, is_option: IsOption) -> bool:
    """Whether a row below an answer belongs to it: boxes, or options."""
    filled = [c for c in row if not c.blank]
    return any(has_boxes(c) or is_option(label, c) for c in filled)
