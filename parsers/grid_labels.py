"""The labels of one table: found, and what only looks like one told apart."""

from __future__ import annotations

from collections.abc import Sequence, Set

from parsers.columns import WIDEST, Row, column_keys, comment_columns, note_columns
from parsers.document import Cell, Line, Table
from parsers.label_cells import Label, bold_cell, cell_label, is_table
from parsers.labels import Labels
from parsers.lines import has_sign, labels_in
from parsers.spec import Column
from parsers.text import clean, explains


class LabelGrid:
    """A table's labels. `headers`: rows that head a table of rows inside it. `worded`: the fields
    that are answered in words."""

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
        self.unsure: set[tuple[int, int]] = set()  #: labels answered in another's words
        self.sparse = table.sparse
        self._notes: set[int] = set()  #: columns of notes on how to answer
        self._headed: set[int] = set()  #: those of them whose heading says so
        self._remarks: set[int] = set()  #: columns of remarks beside the answers
        for r, row in enumerate(self.rows):
            self._remarks |= comment_columns(row)
            heads = {col for c in columns for col in column_keys(row, c)}
            if heads:
                self.headers.add(r)
                self._find(r, row, labels, heads)
            elif roles := note_columns(row, below=bool(self._labels)):
                self._notes = self._headed = roles
            else:
                self._find(r, row, labels, set())
        self._columns: set[int] = set()  #: in which, after the first, labels stand
        self._demote_below()
        self._demote()

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
            label, at = self._labels[r, i], (r, self._left(r, i))
            left = self._labels.get(at)
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
            elif label.rest and label.match.keys == left.match.keys:
                del self._labels[at]  # the answer repeats its label
            elif label.rest or self._asked(label) or not self._heads_column(r, i, label):
                del self._labels[r, i]
                if small:
                    parted.add(r)
                elif label.match.official and not label.rest:
                    self._echo(label, (r, i), at)

    def _asked(self, label: Label) -> bool:
        """Whether a label is a field's own, and asks for what another of the table asks for."""
        others = (x for x in self._labels.values() if x is not label)
        return label.match.official and any(
            x.match.keys.keys() & label.match.keys.keys() for x in others
        )

    def _echo(self, label: Label, here: tuple[int, int], left: tuple[int, int]) -> None:
        """A label's words in the place of an answer: they can be one where another label of the
        table asks for the same."""
        if self._asked(label):
            self.unsure.add(left)
        else:
            self._dead.add(here)

    def _left(self, r: int, i: int) -> int:
        """The cell left of one, notes and a colon alone passed over; -1 if there is none."""
        for k in range(i - 1, -1, -1):
            cell = self.rows[r][k]
            text = " ".join(line.text for line in cell.lines).strip()
            if cell.col not in self._headed and text != ":":
                return k
        return -1

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
            ends = r + 1 == len(self.rows) or self.labelled(r + 1) or self.blank(r + 1)
            if above is None or not ends:
                continue
            asked = {o for at, x in self._labels.items() if at != (r, i) for o in x.match.keys}
            here = self._labels.get((r, i))
            mine = here.match.keys.keys() if here else self._flows[r, i]
            known = [{o in asked for o in mine if o[0] == form} for form in {o[0] for o in mine}]
            placed = self._heads(r - 1) or self._alone(r, i)
            if placed and ({True} in known or (here and here.inline and not self._inline)):
                self._labels.pop((r, i), None)
                self._flows.pop((r, i), None)

    @property
    def _inline(self) -> bool:
        """Whether labels of the table have their answers on their own lines: more than a few."""
        return sum(x.inline for x in self._labels.values()) * 5 > len(self._labels)

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
        beside = self._labels.get((r - 1, k + 1))
        if beside and beside.rest:
            return None  # the answer beside it begins with the words of a label
        return None if any(not c.blank for c in self.right(r - 1, k)) else label

    def blank(self, r: int) -> bool:
        """Whether a row has nothing in it."""
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
        beside = beside and row[i + 1].col not in self._remarks
        if beside and (not row[i + 1].blank or i > 1):
            return True
        following = self.rows[r + 1] if r + 1 < len(self.rows) else ()
        return bool(following) and not self.labelled(r + 1)

    # ------------------------------------------------------------------ what stands near a label

    def under(self, r: int, i: int) -> Row:
        """The cells just below a label, unless they are labels."""
        k = r + 2 if self.sparse and r + 2 < len(self.rows) and not self.rows[r + 1] else r + 1
        if k >= len(self.rows) or self.labelled(k):
            return ()
        low, high = self.width(r, i)
        return [c for c in self.rows[k] if low <= c.col < high]

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
            if cell.col in self._remarks and any(not c.blank for c in out):
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
        if not self._notes.issuperset(range(cell.col, cell.col + cell.span)):
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
        boxes = has_sign(text) or any(r.box is not None for r in lines[0].runs)
        if not text or len(text) > 80 or boxes:
            return False
        if text.endswith(":") and text != ":":
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
