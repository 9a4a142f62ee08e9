"""Where a document's labels stand and which cells answer each: the same for Word and Excel."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import takewhile, zip_longest

from parsers.answers import Answers
from parsers.choices import is_option
from parsers.columns import WIDEST
from parsers.document import Block, Cell, Document, Line, Table
from parsers.grid import Grid
from parsers.label_cells import Label
from parsers.labels import Labels, plain
from parsers.lines import FOREIGN, Found, labels_in
from parsers.spec import FormSpec, Type
from parsers.text import clean, explains, is_help, is_prompt

#: "Date of application: 3 February".
_LABELLED = re.compile(r"[A-Z][^:?]{2,40}:\s+\S")
_NUMBERED = re.compile(r"\s*\(?Q?\d{1,2}[.)]", re.IGNORECASE)
_FORM_NAME = re.compile(r"\bform\s*(\d)\b", re.IGNORECASE)


@dataclass(slots=True)
class Hit:
    """A label, the fields it may stand for, and the cells of its answer."""

    label: Label
    rows: list[Sequence[Cell]] = field(default_factory=list)
    line: Line | None = None  #: the paragraph it begins, where that has no other label
    follows: Hit | None = None  #: the label whose answer that paragraph would else go on with
    beside: int = 0  #: how many of `rows` stand in that paragraph
    joins: bool = False  #: whether that answer goes on to the very line before it
    doubtful: bool = False  #: whether what stands near it may belong to its answer, or not

    def give_back(self, answer: Hit) -> None:
        """Its words go on with another label's answer: it is no label after all."""
        assert self.line is not None
        answer.rows += [(_as_cell(self.line),), *self.rows[self.beside :]]
        answer.doubtful = answer.doubtful or self.doubtful

    @property
    def answer(self) -> list[Sequence[Cell]]:
        """The cells without the help that goes on the label's own line, where more follows it."""
        first = next((c for row in self.rows for c in row), None)
        if first is None or not (self.label.inline or self.label.rest) or not first.lines:
            return self.rows
        text = clean(first.lines[0].text)
        others = any(not line.blank for line in first.lines[1:]) or any(
            not c.blank for row in self.rows for c in row if c is not first
        )
        if not (others and text.endswith(".") and " " in text and explains(text)):
            return self.rows
        rest = tuple(b for b in first.blocks if b is not first.lines[0])
        return [(replace(first, blocks=rest),), *self.rows[1:]]

    @property
    def answered(self) -> bool:
        """Whether anything stands there as its answer."""
        return any(not c.blank for row in self.rows for c in row)

    @property
    def goes_on(self) -> bool:
        """Whether its answer, as far as it is known, ends in a line with something on it."""
        return bool(self.rows) and any(not c.blank for c in self.rows[-1])

    @property
    def where(self) -> str:
        """Where the answer stands; where nothing does, the label's place."""
        cell = next((c for row in self.rows for c in row if not c.blank), None)
        return cell.where if cell and cell.where else self.label.where


@dataclass(frozen=True, slots=True)
class Sign:
    """A title that says which form begins."""

    form: str


@dataclass(frozen=True, slots=True)
class Part:
    """A new sheet begins."""


Event = Hit | Sign | Part


class Finder:
    """Finds the labels of some forms in documents."""

    def __init__(self, specs: Iterable[FormSpec], labels: Labels) -> None:
        self._labels = labels
        specs = tuple(specs)
        self._titles = {plain(t): spec.key for spec in specs for t in (spec.title, *spec.signs)}
        self._names = {spec.name.lower(): spec.key for spec in specs}
        self._columns = [f.columns for spec in specs for f in spec.fields if f.columns]
        self._tabular = {(s.key, f.key) for s in specs for f in s.fields if f.columns}
        short = (Type.TEXT, Type.EMAIL, Type.DATE, Type.NUMBER, Type.AGE_RANGE, Type.REFERENCE)
        self._short = {(s.key, f.key) for s in specs for f in s.fields if f.type in short}
        words = (Type.TEXT, Type.LONG_TEXT, Type.EMAIL, Type.REFERENCE, Type.NUMBER)
        self._worded = {(s.key, f.key) for s in specs for f in s.fields if f.type in words}
        self._options = {(s.key, f.key): f for s in specs for f in s.fields if f.options}

    def events(self, document: Document) -> Iterator[Event]:
        """Titles and labels in reading order."""
        for part in document.parts:
            for side in self._sides(part):
                yield Part()
                yield from self._flow(side)

    def _sides(self, part: tuple[Block, ...]) -> Iterator[tuple[Block, ...]]:
        """The part, cut where a sheet has two forms side by side."""
        sheet = part[0] if len(part) == 1 else None
        if isinstance(sheet, Table) and sheet.sparse:
            col = Grid(sheet, self._labels, self._columns, self._worded).second
            if col is not None:
                yield (_columns(sheet, range(col)),)
                yield (_columns(sheet, range(col, WIDEST)),)
                return
        yield part

    # ------------------------------------------------------------------ paragraphs

    def _flow(self, blocks: Sequence[Block]) -> Iterator[Event]:
        """Paragraphs, each answering the label before it, with tables between them."""
        hit: Hit | None = None
        left = _Left()
        for block, following in zip_longest(blocks, blocks[1:]):
            if isinstance(block, Table):
                grid = Grid(block, self._labels, self._columns, self._worded)
                if hit is not None and not grid.has_labels and self._takes(hit, grid):
                    hit.rows += block.rows
                    continue
                yield from self._held(hit)
                hit = None
                yield from self._table(grid)
            elif found := self._found(block, hit, heads=isinstance(following, Table)):
                yield from self._held(hit)
                left.labelled()
                *others, last = [_paragraph_hit(f, block) for f in found]
                if not others:
                    last.line, last.follows, last.beside = block, hit, len(last.rows)
                    last.joins = hit is not None and hit.goes_on
                hit = last
                yield from others
            elif (sign := self._sign(block)) and not _runs_on(block, hit):
                yield from self._held(hit)
                hit = None
                yield sign
            elif hit is not None and self._unknown(block, hit):
                yield hit
                hit = None
            elif hit is not None and self._ends(block, hit):
                yield hit
                left.ended(hit, block)
                hit = None
            elif hit is not None:
                hit.rows.append((_as_cell(block),))
            else:
                left.passed(block)
        yield from self._held(hit)

    def _takes(self, hit: Hit, grid: Grid) -> bool:
        """A table of rows answers only a field that is such a table."""
        return not grid.headers or bool(hit.label.match.keys.keys() & self._tabular)

    def _held(self, hit: Hit | None) -> Iterator[Event]:
        if hit is not None:
            yield hit

    def _found(self, line: Line, open_hit: Hit | None, *, heads: bool) -> list[Found]:
        """The labels that a line begins with; `heads`: a table follows it."""
        found = labels_in(line, self._labels)
        if found and not found[0].match.strong and not found[0].punctuated:
            alone = line.heading or line.all("bold") or open_hit is None
            after = open_hit is not None and open_hit.answered
            rows = heads and bool(found[0].match.keys.keys() & self._tabular)
            follows = found[0].match.official and (after or rows or _NUMBERED.match(line.text))
            return found if alone or follows else []
        return found

    def _unknown(self, line: Line, hit: Hit) -> bool:
        """Whether a line below a short answer begins with a label of something else, set as labels
        are: with a colon, and in bold where they are. Below a long one, nobody can know."""
        short = bool(hit.label.match.keys.keys() & self._short)
        text = clean(line.text)
        foreign = FOREIGN.fullmatch(text)
        if hit.label.inline and hit.answered and _LABELLED.match(text) and not foreign:
            hit.doubtful = hit.doubtful or not short
            if not hit.label.bold:
                return short
        if not (hit.label.bold and hit.answered and short):
            return False
        runs = [r for r in line.runs if r.text.strip()]
        bold = "".join(r.text for r in takewhile(lambda r: r.bold, runs)).strip()
        return bold.endswith((":", "?")) and len(bold) <= 60

    def _ends(self, line: Line, hit: Hit) -> bool:
        """Whether a line that is no label ends the answer before it."""
        text = clean(line.text)
        if line.blank:
            return False
        if line.heading or FOREIGN.fullmatch(text):
            return True
        if self._names_option(hit.label, _as_cell(line)):
            return False
        titled = line.all("bold") or not (hit.label.bold or text[:1].isdigit())
        if plain(text) in self._labels.headings and titled:
            return True
        return hit.label.bold and line.all("bold") and len(text) < 60 and bool(hit.rows)

    def _sign(self, line: Line) -> Sign | None:
        """A title. "Form 2: ..." names its form; else the words are those of a definition."""
        text = clean(line.text)
        if not text or len(text) > 90 or text.endswith("."):
            return None
        if m := _FORM_NAME.search(text):
            form = self._names.get(f"form {m[1]}")
            return Sign(form) if form else None
        words = f" {plain(text)} "
        form = next((f for t, f in self._titles.items() if f" {t} " in words), None)
        return Sign(form) if form else None

    # ------------------------------------------------------------------ tables

    def _table(self, grid: Grid) -> Iterator[Event]:
        if grid.is_list:
            return
        answers = Answers(grid, self._labels.headings)
        given: set[int] = set()  #: cells of answers, so no titles
        for r, row in enumerate(grid.rows):
            for i, cell in enumerate(row):
                label = grid.label(r, i)
                if label is not None:
                    hit = Hit(label, answers.answer(r, i, self._names_option))
                    hit.doubtful = (r, i) in answers.unsure or (r, i) in grid.unsure
                    given |= {id(c) for cells in hit.rows for c in cells}
                    yield hit
                elif grid.is_flow(r, i):
                    yield from self._flow(cell.blocks)
                elif id(cell) not in given and (sign := self._sign_in(cell, row)):
                    yield sign
            yield from self._headless(grid, answers, r)

    def _sign_in(self, cell: Cell, row: Sequence[Cell]) -> Sign | None:
        if len([c for c in row if not c.blank]) != 1:
            return None
        lines = [line for line in cell.lines if not line.blank]
        return self._sign(lines[0]) if lines else None

    def _headless(self, grid: Grid, answers: Answers, r: int) -> Iterator[Event]:
        """A table of rows that stands there without its label."""
        if r in grid.headers and not answers.claimed(r):
            match = self._labels.of(self._tabular)
            where = grid.rows[r][0].where
            yield Hit(Label(match, "", where), list(answers.until_label(r)))

    def _names_option(self, label: Label, cell: Cell) -> bool:
        """Whether a cell holds an option of the field that `label` stands for."""
        text = clean(" ".join(line.text for line in cell.lines))
        specs = [self._options[o] for o in label.match.keys if o in self._options]
        return any(is_option(spec, text) for spec in specs)


@dataclass(slots=True)
class _Left:
    """Lines that belong to no label, after one that looked like the end of an answer.

    Where more labels follow, it stood in the midst of a form: then the answer may have gone on.
    """

    hit: Hit | None = None
    lines: bool = False

    def ended(self, hit: Hit, line: Line) -> None:
        """An answer ended. At a heading, or where there was none, that is certain; at a plain line
        just below its own, it is not."""
        self.hit = hit if hit.answered and not line.heading else None
        self.lines = False
        hit.doubtful = hit.doubtful or (hit.goes_on and not line.heading)

    def passed(self, line: Line) -> None:
        """A line without a label. What is blank, set off or tells how to answer was printed."""
        text = clean(line.text)
        printed = line.heading or line.all("bold") or line.all("italic") or FOREIGN.fullmatch(text)
        if text and not (printed or is_help(text) or is_prompt(text)):
            self.lines = True

    def labelled(self) -> None:
        """A label: the form goes on."""
        if self.hit is not None and self.lines:
            self.hit.doubtful = True
        self.hit = None


def _columns(sheet: Table, cols: range) -> Table:
    """Some of a sheet's columns."""
    rows = tuple(tuple(c for c in row if c.col in cols) for row in sheet.rows)
    return replace(sheet, rows=rows)


def _runs_on(line: Line, hit: Hit | None) -> bool:
    """Whether a line goes on with an answer rather than standing by itself, as a title does."""
    if hit is None or line.heading or line.all("bold"):
        return False
    return hit.goes_on or not hit.rows


def _paragraph_hit(found: Found, line: Line) -> Hit:
    bold = line.all("bold") or _bold_label(line)
    inline = not found.rest.blank
    label = Label(found.match, found.text, line.where, bold, inline=inline)
    hit = Hit(label)
    if not found.rest.blank or found.rest.runs:
        hit.rows.append((_as_cell(found.rest),))
    return hit


def _bold_label(line: Line) -> bool:
    return bool(line.runs) and line.runs[0].bold


def _as_cell(line: Line) -> Cell:
    return Cell(0, 1, (line,), line.where)
