"""One table: where the answers to its labels stand, and what kind of table it is."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence, Set
from functools import cached_property

from parsers.columns import Row, has_boxes, only_notes
from parsers.document import Cell, Table
from parsers.grid_labels import LabelGrid
from parsers.label_cells import Label
from parsers.labels import Labels
from parsers.spec import Column


class Grid(LabelGrid):
    """A table's labels, and whether answers lie beside or below them."""

    def __init__(
        self,
        table: Table,
        labels: Labels,
        columns: Sequence[Sequence[Column]],
        worded: Set[tuple[str, str]],
    ) -> None:
        super().__init__(table, labels, columns, worded)
        self._columns = self._label_columns()
        self._notes = self._notes | self._unnamed_notes()
        self.below = self._mostly_below()

    def _label_columns(self) -> set[int]:
        """The columns, after the first of them, in which labels stand rather than answers."""
        at: dict[int, list[bool]] = {}
        for r, row in enumerate(self.rows):
            for i, cell in enumerate(row):
                if not cell.blank:
                    at.setdefault(cell.col, []).append((r, i) in self._labels)
        return {col for col, found in at.items() if sum(found) >= 2 and sum(found) * 2 > len(found)}

    def _unnamed_notes(self) -> set[int]:
        """Columns of notes that no heading names: the same words, or help, beside every label.

        So too is a column that is filled in beside the column of the answers, row after row.
        """
        at: dict[int, list[Cell]] = {}
        both: dict[int, int] = {}
        for r, i in self._labels:
            if self._worded.isdisjoint(self._labels[r, i].match.keys):
                continue  # marks and options may take several cells
            filled = [c for c in self.right(r, i) if not c.blank and not has_boxes(c)]
            for n, cell in enumerate(filled):
                at.setdefault(cell.col, []).append(cell)
                both[cell.col] = both.get(cell.col, 0) + (n > 0)
        notes = {col for col, cells in at.items() if len(cells) >= 3 and only_notes(cells)}
        rest = sorted(set(at) - notes)
        return notes | {col for col in rest[1:] if both[col] >= 3 and both[col] * 2 > len(at[col])}

    def _mostly_below(self) -> bool:
        beside = below = 0
        for r, i in self._labels:
            right = self.right(r, i)
            if any(not c.blank for c in right):
                beside += 1
            elif any(not c.blank for c in self.under(r, i)):
                below += 1
        return below > beside

    @cached_property
    def usual(self) -> dict[int, int]:
        """Column of labels -> column in which most of their answers begin, beside them."""
        at: dict[int, list[int]] = {}
        for (r, i), label in self._labels.items():
            cell = next((c for c in self.right(r, i) if not c.blank), None)
            if cell is not None or label.answered_inside:
                at.setdefault(self.rows[r][i].col, []).append(cell.col if cell else 0)
        most = {col: Counter(found).most_common(1)[0] for col, found in at.items()}
        return {
            col: first
            for col, (first, times) in most.items()
            if first and times >= 3 and times * 2 > len(at[col])
        }

    @cached_property
    def second(self) -> int | None:
        """The column in which another form begins, beside the first one; None: there is one."""
        again: Counter[int] = Counter()
        for r, row in enumerate(self.rows):
            seen: set[tuple[str, str] | None] = set()
            for i, cell in enumerate(row):
                if label := self._labels.get((r, i)):
                    owner = next(iter(label.match.keys), None)
                    again[cell.col] += owner in seen
                    seen.add(owner)
        col, times = again.most_common(1)[0] if again else (0, 0)
        return col if times >= 4 else None

    def answers_from(self, low: int, high: int) -> int:
        """The first column between these two in which answers stand in this table."""
        return min((col for col in self._answered if low <= col < high), default=high)

    @cached_property
    def _answered(self) -> set[int]:
        return {
            c.col
            for r, row in enumerate(self.rows)
            for i, c in enumerate(row)
            if (r, i) not in self._labels and not c.blank
        }

    # ------------------------------------------------------------------ asking

    @property
    def has_labels(self) -> bool:
        """Whether it is more than a table inside an answer."""
        sure = [x for x in self._labels.values() if x.match.strong or x.punctuated]
        return bool(sure or self._flows) or len(self._labels) > 1

    @property
    def is_list(self) -> bool:
        """A register with a heading row and many entries, and so no form."""
        for r, row in enumerate(self.rows):
            heads = [c for i, c in enumerate(row) if (r, i) in self._labels]
            if len(heads) >= 3 and len(heads) * 2 > sum(not c.blank for c in row):
                entries = [self._filled(k, heads) for k in range(r + 1, min(r + 3, len(self.rows)))]
                if len(entries) == 2 and all(n * 2 >= len(heads) for n in entries):
                    return True
        return False

    def _filled(self, r: int, heads: Row) -> int:
        if self.labelled(r):
            return 0
        cols = {c.col for c in heads}
        return sum(c.col in cols and not c.blank for c in self.rows[r])

    def is_heading(self, r: int) -> bool:
        """Whether a row is labels side by side, and the only row of the table with any."""
        return self._heads(r) and not any(self.labelled(k) for k in range(len(self.rows)) if k != r)

    def label(self, r: int, i: int) -> Label | None:
        """The label in a cell, if it is one."""
        return self._labels.get((r, i))

    def is_flow(self, r: int, i: int) -> bool:
        """Whether a cell holds several labels with their answers."""
        return (r, i) in self._flows
