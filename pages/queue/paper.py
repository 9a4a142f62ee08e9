"""A form's file as it looks, with each answer marked where it was read."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from model import Submission
from parsers.document import Block, Cell, Document, Line, Table
from parsers.shown import Shown
from parsers.spec import Type, forms


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """An answer that was read in a place."""

    key: str
    label: str
    unsure: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """Columns of a row in which nothing stands."""

    span: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    """What a page shows of a file."""

    name: str
    document: Document
    cut: bool = False  #: there is more of it
    _marks: Mapping[int, tuple[Mark, ...]] = field(default_factory=dict)

    @classmethod
    def of(cls, name: str, shown: Shown, form: Submission | None) -> Paper:
        """A file, with the answers of a form that was read in it."""
        marks = _marked(shown.document, form) if form else {}
        return cls(name=name, document=shown.document, cut=shown.cut, _marks=marks)

    def marks(self, place: Cell | Line) -> tuple[Mark, ...]:
        """The answers that were read in a cell, or in a line of its own."""
        return self._marks.get(id(place), ())

    @property
    def places(self) -> frozenset[str]:
        """The keys of the answers whose places are marked."""
        return frozenset(mark.key for marks in self._marks.values() for mark in marks)

    def rows(self, table: Table) -> Iterator[list[Cell | Gap]]:
        """Its rows, with the columns that a row leaves out."""
        cells = [cell for row in table.rows for cell in row]
        first = min((cell.col for cell in cells), default=0)
        end = max((cell.col + cell.span for cell in cells), default=0)
        for row in table.rows:
            yield list(_filled(row, first, end))

    def is_line(self, block: Block) -> bool:
        """Whether a block is a line, and not a table."""
        return isinstance(block, Line)

    def is_gap(self, cell: Cell | Gap) -> bool:
        """Whether nothing stands there."""
        return isinstance(cell, Gap)


def _filled(row: Iterable[Cell], col: int, end: int) -> Iterator[Cell | Gap]:
    for cell in row:
        if cell.col > col:
            yield Gap(span=cell.col - col)
        yield cell
        col = cell.col + cell.span
    if col < end:
        yield Gap(span=end - col)


# --------------------------------------------------------------------------- marking


def _marked(document: Document, form: Submission) -> Mapping[int, tuple[Mark, ...]]:
    places: dict[str, list[Cell | Line]] = {}
    for part in document.parts:
        for place in _places(part):
            places.setdefault(place.where, []).append(place)
    found: dict[int, tuple[Mark, ...]] = {}
    for spec in forms()[form.form].fields:
        origin = form.origins.get(spec.key)
        if origin and (there := places.get(origin.where)):
            whole = spec.type is Type.ACTIONS  # its rows begin there
            place = there[0] if whole else _nearest(there, origin.seen)
            mark = Mark(key=spec.key, label=spec.label, unsure=origin.certainty < 1)
            found[id(place)] = (*found.get(id(place), ()), mark)
    return found


def _places(blocks: Iterable[Block]) -> Iterator[Cell | Line]:
    """Lines that stand by themselves, and cells, those within others after them."""
    for block in blocks:
        if isinstance(block, Line):
            yield block
        else:
            for row in block.rows:
                for cell in row:
                    yield cell
                    yield from _places(cell.tables)


def _nearest(places: list[Cell | Line], seen: str) -> Cell | Line:
    """Of several places of one name, such as the cells of a row, the one with what was seen."""
    wanted = _words(seen)
    return max(places, key=lambda place: _likeness(_words(_text(place)), wanted))


def _likeness(text: str, wanted: str) -> tuple[int, int]:
    if not wanted or not text:
        return (0, 0)
    if text == wanted:
        return (3, 0)
    return (2, -len(text)) if wanted[:60] in text or text[:60] in wanted else (1, -len(text))


def _words(text: str) -> str:
    return " ".join(text.split()).casefold()


def _text(place: Cell | Line) -> str:
    return place.text if isinstance(place, Line) else " ".join(line.text for line in place.lines)
