"""One table: which of its cells are labels, and which only look like labels."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence, Set
from functools import cached_property

from parsers.columns import WIDEST, Row, column_keys, has_boxes, note_columns, only_notes
from parsers.document import Cell, Line, Table
from parsers.label_cells import Label, bold_cell, cell_label, is_table
from parsers.labels import Labels
from parsers.lines import labels_in
from parsers.spec import Column
from parsers.text import clean, explains


class Grid:
    """A table's labels, and whether answers lie beside or below them. `headers`: rows that head a
    table of rows inside it. `worded`: the fields that are answered in words."""

    def __init__(
        self,
        table: Table,
        labels: Labels,
        columns: Sequence[Sequence[Column]],
        worded: Set[tuple[str, str]],
    ) -> None:
        self.rows: tuple[Row, ...] = table.rows
        self.headers: set[int] = set()
        self._tabular = columns
        self._worded = worded
        self._labels: dict[tuple[int, int], Label] = {}
        self._flows: dict[tuple[int, int], frozenset[tuple[str, str]]] = {}  #: and their fields
        self._dead: set[tuple[int, int]] = set()  #: labels with no answer, no answers themselves
        self.sparse = table.sparse
        self._notes: set[int] = set()  #: columns of notes on how to answer
        self._headed: set[int] = set()  #: those of them whose heading says so
        for r, row in enumerate(self.rows):
            heads = {col for c in columns for col in column_keys(row, c)}
            if heads:
                self.headers.add(r)
                self._find(r, row, labels, heads)
            elif roles := note_columns(row):
                self._notes = self._headed = roles
            else:
                self._find(r, row, labels, set())
        self._columns: set[int] = set()
        self._demote_below()
        self._demote()
        self._columns = self._label_columns()
        self._notes = self._notes | self._unnamed_notes()
        self.below = self._mostly_below()

    # ------------------------------------------------------------------ finding

    def _find(self, r: int, row: Row, labels: Labels, heads: set[int]) -> None:
        for i, cell in enumerate(row):
            lines = [line for line in cell.lines if not line.blank]
            if cell.value is not None or not lines or cell.col in heads:
                continue
            flow = self._flow(lines, labels)
            if flow and (r, i - 1) not in self._labels:
                self._flows[r, i] = flow
            elif is_table(cell):
                if (r, i - 1) not in self._labels and self._asks(cell.tables[0], labels):
                    self._flows[r, i] = frozenset()
            elif label := cell_label(cell, lines, labels):
                self._labels[r, i] = label

    def _asks(self, table: Table, labels: Labels) -> bool:
        """Whether a table inside a cell has a label of its own, however small it is."""
        if any(column_keys(row, c) for row in table.rows for c in self._tabular):
            return False
        cells = [c for row in table.rows for c in row if c.value is None and not c.blank]
        lines = [(c, [line for line in c.lines if not line.blank]) for c in cells]
        found = [label for c, texts in lines if (label := cell_label(c, texts, labels))]
        return any(label.match.strong or label.punctuated for label in found)

    def _flow(self, lines: list[Line], labels: Labels) -> frozenset[tuple[str, str]]:
        """The fields of a cell that has several labels and is read as paragraphs; else none."""
        if len(lines) == 1 and ":" not in lines[0].text:
            return frozenset()
        found = [f for line in lines for f in labels_in(line, labels)]
        sure = [f for f in found if f.match.strong or f.punctuated]
        if len({next(iter(f.match.keys), None) for f in sure}) < 2:
            return frozenset()
        return frozenset(owner for f in found for owner in f.match.keys)

    def _demote(self) -> None:
        """What looks like a label but stands as another label's answer is no label."""
        headings = self._rows_of_labels()
        parted: set[int] = set()  #: rows whose answer has small labels of its own: "From", "To"
        for r, i in sorted(self._labels):
            label, left = self._labels[r, i], self._labels.get((r, i - 1))
            if r in headings:
                continue
            small = not label.match.strong and not label.punctuated
            if small and self._between(r, i, label):
                del self._labels[r, i]
                continue
            if r in parted and small:
                del self._labels[r, i]
            elif left is None or left.answered_inside:
                continue
            elif label.rest or not self._heads_column(r, i, label):
                del self._labels[r, i]
                if small:
                    parted.add(r)
                elif label.match.official and not label.rest:
                    self._dead.add((r, i))

    def _between(self, r: int, i: int, label: Label) -> bool:
        """Whether a word such as "to" stands between two parts of one answer: it is no field's own
        label, and its field has another in the table."""
        first = next((x for k in range(i) if (x := self._labels.get((r, k)))), None)
        others = (x for at, x in self._labels.items() if at != (r, i) and at[0] != r)
        elsewhere = any(x.match.keys.keys() & label.match.keys.keys() for x in others)
        return first is not None and first.match.strong and not label.match.official and elsewhere

    def _demote_below(self) -> None:
        """What looks like labels but stands just below a label, as its answer, is none.

        It is one where it stands in the place of an answer, with the next label just below, and
        asks for nothing that the label does not ask for, or another one in the table.
        """
        for r, i in sorted({*self._labels, *self._flows}):
            above = self._above(r, i)
            ends = r + 1 == len(self.rows) or self.labelled(r + 1) or self._empty(r + 1)
            if above is None or not ends:
                continue
            asked = {o for at, x in self._labels.items() if at != (r, i) for o in x.match.keys}
            here = self._labels.get((r, i))
            mine = here.match.keys.keys() if here else self._flows[r, i]
            known = [{o in asked for o in mine if o[0] == form} for form in {o[0] for o in mine}]
            if {True} in known and (self._heads(r - 1) or self._alone(r, i)):
                self._labels.pop((r, i), None)
                self._flows.pop((r, i), None)

    def _heads(self, r: int) -> bool:
        """Whether a row is labels side by side, and so the row below it answers."""
        return len(self.rows[r]) > 1 and all(
            (r, i) in self._labels for i in range(len(self.rows[r]))
        )

    def _alone(self, r: int, i: int) -> bool:
        return all(c.blank for c in self.right(r, i))

    def _above(self, r: int, i: int) -> Label | None:
        """The label just above a cell that has no answer beside it or in its own cell."""
        col = self.rows[r][i].col
        k = next((k for k, c in enumerate(self.rows[r - 1]) if r and c.col == col), None)
        label = None if k is None else self._labels.get((r - 1, k))
        if label is None or k is None or label.answered_inside:
            return None
        return None if any(not c.blank for c in self.right(r - 1, k)) else label

    def _empty(self, r: int) -> bool:
        return all(c.blank for c in self.rows[r])

    def _rows_of_labels(self) -> set[int]:
        """Rows of labels over rows of answers, where the table has several of them for certain."""
        rows, sure = set(), 0
        for r, row in enumerate(self.rows[:-1]):
            filled = [i for i, c in enumerate(row) if not c.blank]
            found = [x for i in filled if (x := self._labels.get((r, i))) and not x.answered_inside]
            if 2 <= len(filled) == len(found) and not self.labelled(r + 1):
                rows.add(r)
                sure += sum(x.match.strong or x.punctuated for x in found) > 1
        return rows if sure >= 2 else set()

    def _heads_column(self, r: int, i: int, label: Label) -> bool:
        """Whether a label right of a label has its answer below or beside it."""
        row = self.rows[r]
        everything = sum((r, k) in self._labels for k, c in enumerate(row) if not c.blank)
        filled = sum(not c.blank for c in row)
        if not label.match.strong and not label.punctuated and (filled < 3 or everything < filled):
            return False
        beside = i + 1 < len(row) and (r, i + 1) not in self._labels
        if beside and (not row[i + 1].blank or i > 1):
            return True
        following = self.rows[r + 1] if r + 1 < len(self.rows) else ()
        return bool(following) and not self.labelled(r + 1)

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

    def under(self, r: int, i: int) -> Row:
        """The cells just below a label, unless they are labels."""
        k = r + 2 if self.sparse and r + 2 < len(self.rows) and not self.rows[r + 1] else r + 1
        if k >= len(self.rows) or self.labelled(k):
            return ()
        low, high = self.width(r, i)
        return [c for c in self.rows[k] if low <= c.col < high]

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

    def labelled(self, r: int) -> bool:
        """Whether a row has a label anywhere."""
        return any(
            (r, i) in self._labels or (r, i) in self._flows for i in range(len(self.rows[r]))
        )

    def right(self, r: int, i: int) -> list[Cell]:
        """The cells from a label to the next label in its row, known or not."""
        out: list[Cell] = []
        for k in range(i + 1, len(self.rows[r])):
            cell = self.rows[r][k]
            if self._is_noted(r, i, cell) or (r, k) in self._dead:
                continue
            if (r, k) in self._labels or (r, k) in self._flows:
                break
            if self._unknown_label(cell, self.rows[r][i], out):
                break
            out.append(cell)
        return out

    def _is_noted(self, r: int, i: int, cell: Cell) -> bool:
        """Whether a cell beside a label is in a column of notes, and a note: beside options and
        the like, where answers may take several columns, what says how to answer is."""
        if cell.col not in self._notes:
            return False
        label = self._labels.get((r, i))
        if cell.col in self._headed or not label or label.match.keys.keys() & self._worded:
            return True
        return cell.value is None and explains(clean(" ".join(x.text for x in cell.lines)))

    def _unknown_label(self, cell: Cell, label: Cell, between: list[Cell]) -> bool:
        """A label of something else: it ends in a colon, or looks and stands like labels."""
        lines = [line for line in cell.lines if not line.blank]
        if len(lines) != 1 or cell.value is not None:
            return False
        text = clean(lines[0].text)
        if not text or len(text) > 80 or any(r.box is not None for r in lines[0].runs):
            return False
        if text.endswith(":"):
            return True
        styled = bold_cell(label) and lines[0].all("bold") and not any(map(bold_cell, between))
        return bool(between) and (styled or cell.col in self._columns)

    def width(self, r: int, i: int) -> tuple[int, int]:
        """The columns that belong to a label: up to the next label in its row."""
        row = self.rows[r]
        following = next(
            (row[k].col for k in range(i + 1, len(row)) if (r, k) in self._labels), WIDEST
        )
        return row[i].col, following

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

    def label(self, r: int, i: int) -> Label | None:
        """The label in a cell, if it is one."""
        return self._labels.get((r, i))

    def is_flow(self, r: int, i: int) -> bool:
        """Whether a cell holds several labels with their answers."""
        return (r, i) in self._flows
