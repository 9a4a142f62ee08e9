"""Which cells of a table answer each of its labels: beside it, below it or in its own cell."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from itertools import islice

from parsers.columns import Row, has_boxes
from parsers.document import Cell
from parsers.grid import Grid
from parsers.label_cells import Label
from parsers.labels import plain
from parsers.lines import FOREIGN
from parsers.text import clean, explains, is_help

#: So many characters are more than a label of something else has.
SENTENCE = 30

#: Whether a cell holds an option of the field that a label stands for.
IsOption = Callable[[Label, Cell], bool]


class Answers:
    """Hands out a table's answers. `titles` are the sections' names, in plain words."""

    def __init__(self, grid: Grid, titles: frozenset[str]) -> None:
        self._grid = grid
        self._titles = titles
        self._claimed: set[int] = set()
        self.unsure: set[tuple[int, int]] = set()  #: labels of answers that may be none

    def claimed(self, r: int) -> bool:
        """Whether a row belongs to an answer already given out."""
        return r in self._claimed

    def answer(self, r: int, i: int, is_option: IsOption) -> list[Row]:
        """The cells that answer the label in a cell, row by row."""
        rows = self._answer(r, i, is_option)
        return self._padded(rows, self._grid.rows[r][i]) if self._grid.sparse else rows

    def _padded(self, rows: list[Row], label: Cell) -> list[Row]:
        """The rows with the blank cells that a sheet leaves out, where they have several columns.

        An even number of them: words and the ticks beside them take turns.
        """
        cols = {c.col for row in rows for c in row}
        if len(cols) < 2:
            return rows
        first = self._grid.answers_from(label.col + label.span, min(cols))
        last = max(c.col + c.span - 1 for row in rows for c in row)
        words = sum(any(c.col == last and not c.blank for c in row) for row in rows)
        uneven = (last - first + 1) % 2 and words * 2 > len(rows)
        wanted = range(first, last + 1 + bool(uneven))
        return [_filled_up(row, wanted) for row in rows]

    def _answer(self, r: int, i: int, is_option: IsOption) -> list[Row]:
        label = self._grid.label(r, i)
        assert label
        right = self._grid.right(r, i)
        if r in self._grid.headers:
            self._claimed.add(r)
            if right:
                return [right, *islice(self.until_label(r), 1, None)]
        right = self._without_note(r, i, right, is_option)
        filled = any(not c.blank for c in right)
        if label.answered_inside and not filled and (not right or label.inline):
            explained = self._explained(r, i, label)
            if not explained:
                return [(label.own_answer(self._grid.rows[r][i]),)]
        if filled or (right and not self._grid.below):
            return [right, *self._more(r, i, label, filled, is_option)]
        if self._grid.sparse and not self._grid.below and not self._has_below(r, i, is_option):
            return list(self._more(r, i, label, filled, is_option))
        return list(self._beneath(r, i, label, is_option))

    def _without_note(self, r: int, i: int, right: list[Cell], is_option: IsOption) -> list[Cell]:
        """What stands further right than answers do is a note, where the answer is blank."""
        label = self._grid.label(r, i)
        usual = self._grid.usual.get(self._grid.rows[r][i].col)
        first = next((c for c in right if not c.blank), None)
        if label is None or usual is None or first is None or first.col <= usual:
            return right
        text = clean(" ".join(line.text for line in first.lines))
        if has_boxes(first) or is_option(label, first):
            return right
        if self._asks_on(r, first, text):
            return [c for c in right if c.col <= usual]
        if first.value is None and explains(text):
            return [c for c in right if c.col <= usual]
        self.unsure.add((r, i))
        return right

    def _asks_on(self, r: int, first: Cell, text: str) -> bool:
        """Whether a cell right of a blank answer is a label of something else: few words, and
        its own answer in the next one."""
        following = [i for i, c in enumerate(self._grid.rows[r]) if c.col > first.col]
        if not following or self._grid.label(r, following[0]):
            return False
        worded = first.value is None and re.fullmatch(r"[^\W\d]+(?: [^\W\d]+){0,3}", text)
        return bool(worded) and not self._grid.rows[r][following[0]].blank

    def _explained(self, r: int, i: int, label: Label) -> bool:
        """Whether what stands in a label's own cell is help: its answer stands beside
        or below it, or would."""
        text = clean(" ".join(line.text for line in label.rest))
        if explains(text) and any(not c.blank for c in self._grid.under(r, i)):
            return True
        if self._grid.rows[r][i].col not in self._grid.usual:
            return False
        if explains(text):
            return True
        self.unsure.add((r, i))
        return False

    def _has_below(self, r: int, i: int, is_option: IsOption) -> bool:
        """Whether a label on a sheet has its answer below it, though most have it beside them."""
        label, cell = self._grid.label(r, i), self._grid.rows[r][i]
        if label is None or r + 1 >= len(self._grid.rows) or self._grid.labelled(r + 1):
            return False
        row = self._grid.rows[r + 1]
        if not row or r + 1 in self._grid.headers or row[0].col != cell.col:
            return False
        text = clean(" ".join(line.text for line in row[0].lines))
        if any(is_option(label, c) for c in row):
            return False
        if any(has_boxes(c) for c in row):
            return True
        if len(row) > 1 or self._is_title(row, label) or is_help(text):
            return False
        if row[0].span == 1 and row[0].value is None and len(text) < SENTENCE:
            self.unsure.add((r, i))
        return True

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
        columns = self._grid.is_heading(r)  # "You said" and "We did" over any number of rows
        found = False
        for k in range(r + 1, len(self._grid.rows)):
            if k in self._grid.headers:
                yield from self.until_label(k)
                return
            row = [c for c in self._grid.rows[k] if low <= c.col < high]
            if self._grid.labelled(k) or (found and self._is_title(row, label)):
                return
            if all(c.blank for c in row):
                if found and self._grid.sparse and self._grid.blank(k):
                    return
                continue
            if not found and self._is_title(row, label):
                return
            if columns:
                found = True
                yield row
                continue
            if found and not self._grid.sparse and not _goes_on(row, label, is_option):
                return
            several = self._grid.sparse and len(self._grid.rows[k]) > 1
            if found and several and not self._grid.below and not _goes_on(row, label, is_option):
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


def _filled_up(row: Row, cols: range) -> Row:
    there = {col for c in row for col in range(c.col, c.col + c.span)}
    where = row[0].where if row else ""
    blanks = [Cell(col, 1, (), where) for col in cols if col not in there]
    return sorted([*row, *blanks], key=lambda c: c.col)


def _goes_on(row: Row, label: Label, is_option: IsOption) -> bool:
    """Whether a row below an answer belongs to it: boxes, or options."""
    filled = [c for c in row if not c.blank]
    return any(has_boxes(c) or is_option(label, c) for c in filled)
