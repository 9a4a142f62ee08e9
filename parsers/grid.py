"""One table: which cells are labels, and which cells answer each of them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from parsers.document import Cell, Line, Table
from parsers.labels import Labels, Match, plain
from parsers.lines import FOREIGN, label_of, labels_in
from parsers.spec import Column
from parsers.text import clean, is_help, is_prompt

#: A label's cell, or a cell of several labels with their answers.
Names = Callable[["Label", Cell], bool]
Row = Sequence[Cell]
#: Columns beyond any table's.
WIDEST = 1000


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

    @property
    def answered_inside(self) -> bool:
        """Whether its own cell holds more than help."""
        texts = [clean(line.text) for line in self.rest]
        return any(t and not (is_help(t) or is_prompt(t)) for t in texts)


class Grid:
    """A table's labels and how its answers lie: beside their labels, below or inside."""

    def __init__(self, table: Table, labels: Labels, columns: Sequence[Sequence[Column]]) -> None:
        self.rows: tuple[Row, ...] = table.rows
        self.headers: set[int] = set()
        self._labels: dict[tuple[int, int], Label] = {}
        self._flows: set[tuple[int, int]] = set()
        self._claimed: set[int] = set()
        self._dead: set[tuple[int, int]] = set()  #: labels with no answer, no answers themselves
        self._sparse = table.sparse
        self._notes: set[int] = set()  #: columns of notes on how to answer
        for r, row in enumerate(self.rows):
            heads = {col for c in columns for col in column_keys(row, c)}
            if heads:
                self.headers.add(r)
                self._find(r, row, labels, heads)
            elif roles := _roles(row):
                self._notes = roles
            else:
                self._find(r, row, labels, set())
        self._titles = labels.headings
        self._demote()
        self._columns = self._label_columns()
        self._notes |= self._unnamed_notes()
        self._below = self._mostly_below()

    # ------------------------------------------------------------------ finding

    def _find(self, r: int, row: Row, labels: Labels, heads: set[int]) -> None:
        for i, cell in enumerate(row):
            lines = [line for line in cell.lines if not line.blank]
            if cell.value is not None or not lines or cell.col in heads:
                continue
            if self._is_flow(lines, labels) and (r, i - 1) not in self._labels:
                self._flows.add((r, i))
            elif label := _cell_label(cell, lines, labels):
                self._labels[r, i] = label

    def _is_flow(self, lines: list[Line], labels: Labels) -> bool:
        """Several labels in one cell: it is read as paragraphs."""
        if len(lines) == 1 and ":" not in lines[0].text:
            return False
        found = [f for line in lines for f in labels_in(line, labels)]
        sure = [f for f in found if f.match.strong or f.punctuated]
        return len({next(iter(f.match.keys), None) for f in sure}) >= 2

    def _demote(self) -> None:
        """What looks like a label but stands as another label's answer is no label."""
        parted: set[int] = set()  #: rows whose answer has small labels of its own: "From", "To"
        for r, i in sorted(self._labels):
            label, left = self._labels[r, i], self._labels.get((r, i - 1))
            small = not label.match.strong and not label.punctuated
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
        return bool(following) and not self._labelled(r + 1)

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
            filled = [c for c in self._right(r, i) if not c.blank and not _ticks(c)]
            for n, cell in enumerate(filled):
                at.setdefault(cell.col, []).append(cell)
                both[cell.col] = both.get(cell.col, 0) + (n > 0)
        notes = {col for col, cells in at.items() if len(cells) >= 3 and _only_notes(cells)}
        rest = sorted(set(at) - notes)
        return notes | {col for col in rest[1:] if both[col] >= 3 and both[col] * 2 > len(at[col])}

    def _mostly_below(self) -> bool:
        beside = below = 0
        for r, i in self._labels:
            right = self._right(r, i)
            if any(not c.blank for c in right):
                beside += 1
            elif any(not c.blank for c in self._under(r, i)):
                below += 1
        return below > beside

    def _under(self, r: int, i: int) -> Row:
        """The cells just below a label, unless they are labels."""
        if r + 1 >= len(self.rows) or self._labelled(r + 1):
            return ()
        low, high = self._width(r, i)
        return [c for c in self.rows[r + 1] if low <= c.col < high]

    def _labelled(self, r: int) -> bool:
        return any(
            (r, i) in self._labels or (r, i) in self._flows for i in range(len(self.rows[r]))
        )

    def _right(self, r: int, i: int) -> list[Cell]:
        """The cells from a label to the next label in its row, known or not."""
        out: list[Cell] = []
        for k in range(i + 1, len(self.rows[r])):
            cell = self.rows[r][k]
            if cell.col in self._notes or (r, k) in self._dead:
                continue
            if (r, k) in self._labels or (r, k) in self._flows:
                break
            if self._unknown_label(cell, self.rows[r][i], out):
                break
            out.append(cell)
        return out

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
        styled = _bold(label) and lines[0].all("bold") and not any(map(_bold, between))
        return bool(between) and (styled or cell.col in self._columns)

    def _width(self, r: int, i: int) -> tuple[int, int]:
        """The columns that belong to a label: up to the next label in its row."""
        row = self.rows[r]
        following = next(
            (row[k].col for k in range(i + 1, len(row)) if (r, k) in self._labels), 999
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
        if self._labelled(r):
            return 0
        cols = {c.col for c in heads}
        return sum(c.col in cols and not c.blank for c in self.rows[r])

    def label(self, r: int, i: int) -> Label | None:
        """The label in a cell, if it is one."""
        return self._labels.get((r, i))

    def is_flow(self, r: int, i: int) -> bool:
        """Whether a cell holds several labels with their answers."""
        return (r, i) in self._flows

    def claimed(self, r: int) -> bool:
        """Whether a row belongs to an answer already given out."""
        return r in self._claimed

    # ------------------------------------------------------------------ answers

    def answer(self, r: int, i: int, is_option: Names) -> list[Row]:
        """The cells that answer the label in a cell, row by row."""
        label = self._labels[r, i]
        right = self._right(r, i)
        if r in self.headers:
            self._claimed.add(r)
        filled = any(not c.blank for c in right)
        if label.answered_inside and not filled and (not right or label.inline):
            return [(Cell(0, 1, label.rest, label.where),)]
        if filled or (right and not self._below):
            return [right, *self._more(r, i, label, filled, is_option)]
        if self._sparse and not self._below:
            return list(self._more(r, i, label, filled, is_option))
        return list(self._beneath(r, i, label, is_option))

    def _more(self, r: int, i: int, label: Label, filled: bool, is_option: Names) -> Iterator[Row]:
        """Rows that go on with an answer: added rows, a row for each option, rows of a table."""
        end = self.rows[r][i].col + self.rows[r][i].span
        if i > 0 and any((r, k) in self._labels for k in range(i)):
            return
        for k in range(r + 1, len(self.rows)):
            row = self.rows[k]
            if self._labelled(k):
                return
            if k in self.headers:
                yield from self.until_label(k)
                return
            first = next((c for c in row if not c.blank), None)
            if first is None:
                if self._sparse and filled:
                    return
                continue
            if first.col < end and (filled or not is_option(label, first)):
                return
            yield row

    def _beneath(self, r: int, i: int, label: Label, is_option: Names) -> Iterator[Row]:
        low, high = self._width(r, i)
        found = False
        for k in range(r + 1, len(self.rows)):
            if k in self.headers:
                yield from self.until_label(k)
                return
            row = [c for c in self.rows[k] if low <= c.col < high]
            if self._labelled(k) or (found and self._is_title(row, label)):
                return
            if all(c.blank for c in row):
                if found and self._sparse:
                    return
                continue
            if not found and self._is_title(row, label):
                return
            if found and not self._sparse and not _goes_on(row, label, is_option):
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
        for k in range(r, len(self.rows)):
            if k > r and (self._labelled(k) or self._is_note(k)):
                return
            self._claimed.add(k)
            yield self.rows[k]

    def _is_note(self, r: int) -> bool:
        row = [c for c in self.rows[r] if not c.blank]
        if len(row) != 1 or row[0].value is not None:
            return False
        wide = row[0].span > 1 or len(self.rows[r]) == 1
        text = clean(row[0].lines[0].text) if row[0].lines else ""
        return (
            (wide and not self._sparse)
            or plain(text) in self._titles
            or bool(FOREIGN.fullmatch(text))
        )


def _cell_label(cell: Cell, lines: list[Line], labels: Labels) -> Label | None:
    """The label that a cell is, or starts with."""
    bold = lines[0].runs[0].bold if lines[0].runs else False
    whole = clean(" ".join(line.text for line in lines))
    if len(lines) < 5 and (match := labels.exact(whole)):
        return Label(match, whole, cell.where, bold, whole[-1:] in ":?")
    found = label_of(lines[0], labels)
    if found is None:
        match = labels.match(whole) if 1 < len(lines) < 5 else None
        return Label(match, whole, cell.where, bold, whole[-1:] in ":?") if match else None
    rest = (found.rest, *lines[1:]) if not found.rest.blank else tuple(lines[1:])
    inline = not found.rest.blank
    return Label(found.match, found.text, cell.where, bold, found.punctuated, inline, rest)


def _ticks(cell: Cell) -> bool:
    return isinstance(cell.value, bool) or any(
        r.box is not None for line in cell.lines for r in line.runs
    )


def _only_notes(cells: Sequence[Cell]) -> bool:
    """Whether cells beside labels only say how to answer."""
    texts = {clean(" ".join(line.text for line in c.lines)) for c in cells}
    if len(texts) == 1:
        return len(next(iter(texts))) > 8
    lines = [line for c in cells for line in c.lines if not line.blank]
    return all(line.all("italic") or is_help(clean(line.text)) for line in lines)


_NOTES = re.compile(
    r"(?:guidance|help|explanatory|completion)?\s*(?:notes?|guidance|help(?: text)?|examples?"
    r"|instructions|(?:for )?office use(?: only)?|how to answer|explanation)",
    re.IGNORECASE,
)
_ANSWERS = re.compile(
    r"(?:your |the )?(?:answers?|response|reply|details|information)(?: here)?", re.IGNORECASE
)


def _roles(row: Row) -> set[int]:
    """The columns of notes on how to answer, where a heading row says which column is which."""
    texts = {c.col: clean(" ".join(line.text for line in c.lines)) for c in row if not c.blank}
    answers = [col for col, t in texts.items() if _ANSWERS.fullmatch(t)]
    notes = [col for col, t in texts.items() if _NOTES.fullmatch(t)]
    if len(texts) < 2 or not notes:
        return set()
    before = [col for col in answers if col > notes[0]]
    return set(range(notes[0], before[0] if before else WIDEST))


def _goes_on(row: Row, label: Label, is_option: Names) -> bool:
    """Whether a row below an answer belongs to it: boxes, or options."""
    filled = [c for c in row if not c.blank]
    boxes = any(r.box is not None for c in filled for line in c.lines for r in line.runs)
    return boxes or any(is_option(label, c) for c in filled)


def _bold(cell: Cell) -> bool:
    lines = [line for line in cell.lines if not line.blank]
    return bool(lines) and all(line.all("bold") for line in lines)


def column_keys(row: Row, columns: Sequence[Column]) -> dict[int, str]:
    """The grid columns that a heading row names; {} where a row is not the heading of a table."""
    found: dict[int, str] = {}
    for cell in row:
        text = plain(" ".join(line.text for line in cell.lines))
        for column in columns:
            names = {plain(t) for t in (column.label, *column.aliases)}
            if text and text in names and column.key not in found.values():
                found[cell.col] = column.key
                break
    filled = sum(not c.blank for c in row)
    first = columns[0].key
    enough = len(found) >= 2 and first in found.values() and filled - len(found) <= 2
    return found if enough else {}
