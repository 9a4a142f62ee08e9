"""What the columns of a table are for: answers, notes on how to answer, parts of an action."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache, lru_cache

from parsers.document import Cell
from parsers.labels import plain
from parsers.spec import Column
from parsers.text import clean, is_help

Row = Sequence[Cell]
#: Columns beyond any table's.
WIDEST = 1000

_NOTES = re.compile(
    r"(?:guidance|help|explanatory|completion)?\s*(?:notes?|guidance|help(?: text)?|examples?"
    r"|instructions|(?:for )?office use(?: only)?|how to answer|explanation)",
    re.IGNORECASE,
)
_REMARKS = re.compile(r"(?:\w+ )?(?:comments?|remarks?)(?: \(.*\))?", re.IGNORECASE)
_ANSWERS = re.compile(
    r"(?:your |the )?(?:answers?|response|reply|details|information)(?: here)?", re.IGNORECASE
)


def column_keys(row: Row, columns: Sequence[Column]) -> dict[int, str]:
    """The grid columns that a heading row names; {} where a row is not the heading of a table."""
    found: dict[int, str] = {}
    named = [(column, plain(column.label), _names(column)) for column in columns]
    texts = [plain(" ".join([line.text for line in cell.lines])) for cell in row]
    if all(names.isdisjoint(texts) for _, _, names in named):
        return {}
    for cell, text in zip(row, texts, strict=True):
        for column, own, names in named:
            meant = (own,) if own in texts else names
            if text and text in meant and column.key not in found.values():
                found[cell.col] = column.key
                break
    filled = sum(not c.blank for c in row)
    first = columns[0].key
    enough = len(found) >= 2 and first in found.values() and filled - len(found) <= 2
    return found if enough else {}


@cache
def _names(column: Column) -> frozenset[str]:
    return frozenset(plain(text) for text in (column.label, *column.aliases))


def has_boxes(cell: Cell) -> bool:
    """Whether a cell holds tick boxes, or a value that stands for one."""
    return isinstance(cell.value, bool) or any(
        r.box is not None for line in cell.lines for r in line.runs
    )


def only_notes(cells: Sequence[Cell]) -> bool:
    """Whether cells beside labels only say how to answer."""
    texts = {clean(" ".join(line.text for line in c.lines)) for c in cells}
    if len(texts) == 1:
        (text,) = texts
        return len(text) > 8 or not any(c.isalnum() for c in text)
    lines = [line for c in cells for line in c.lines if not line.blank]
    return all(line.all("italic") or is_help(clean(line.text)) for line in lines)


def note_columns(row: Row, *, below: bool) -> set[int]:
    """The columns of notes on how to answer, where a heading row says which column is which.

    In a first column or `below` a label, the answers must have a heading too: else "Notes" may
    be a question.
    """
    texts = _headings(row)
    roles = {col: _role(t) for col, t in texts.items()}
    answers = [col for col, role in roles.items() if role == "answers"]
    notes = [col for col, role in roles.items() if role == "notes"]
    if len(texts) < 2 or not notes:
        return set()
    before = [col for col in answers if col > notes[0]]
    if (notes[0] == min(texts) and not before) or (below and not answers):
        return set()
    return set(range(notes[0], before[0] if before else WIDEST))


def comment_columns(row: Row) -> set[int]:
    """The columns for remarks about answers, beside one for the answers, by their headings."""
    texts = _headings(row)
    answers = [col for col, text in texts.items() if _role(text) == "answers"]
    remarks = {col for col, text in texts.items() if _REMARKS.fullmatch(text)}
    return {col for col in remarks if answers and col > answers[0]}


def _headings(row: Row) -> dict[int, str]:
    """What stands in each column of a row that is not blank."""
    return {c.col: clean(" ".join(line.text for line in c.lines)) for c in row if not c.blank}


@lru_cache(maxsize=1024)
def _role(heading: str) -> str:
    if _ANSWERS.fullmatch(heading):
        return "answers"
    return "notes" if _NOTES.fullmatch(heading) else ""
