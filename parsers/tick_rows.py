"""Which tick stands by which words, where they have cells of their own."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

#: Signs that tick.
TICKED = "☑✓✔✅🗹🗸☓⊠◼■√☒✗✘✖❌❎"

_TYPED_TICK = re.compile(rf"[xX{TICKED}1]|yes|y|tick(?:ed)?|true", re.IGNORECASE)
_TYPED_BLANK = re.compile(r"no|n|false|0|[-–—]", re.IGNORECASE)

#: A box, ticked or not, or some words.
Token = bool | str


@dataclass(frozen=True, slots=True)
class Placed:
    """A cell: its column, whether there is nothing in it, its lines as boxes and words."""

    col: int
    blank: bool
    lines: list[list[Token]]


_Row = list[Placed]


def in_lines(rows: Sequence[_Row]) -> list[list[Token]]:
    """Each line as boxes and words. Cells of a row make one line if one of them is only a mark."""
    out: list[list[Token]] = []
    kinds = [_worded(row) for row in rows]
    ticks = _tick_columns(rows, kinds)
    texts = _text_columns(rows, kinds)
    n = 0
    while n < len(rows):
        row, worded = rows[n], kinds[n]
        if n + 1 < len(rows) and _heads(row, worded, rows[n + 1]):
            out += _down(row, rows[n + 1])
            n += 1
        elif len(row) > 1 and any(_only_mark(c, worded) for c in row):
            out.append(_across(row, worded, ticks))
        elif (cols := [c.col for c in row if not c.blank]) in texts:
            out += [[*line, False] for c in row for line in c.lines]
        elif len(cols) > 1 and any(set(cols) <= set(t) for t in texts):
            out.append(_across(row, worded, ticks))
        else:
            out += [line for c in row for line in c.lines]
        n += 1
    return out


def _worded(row: _Row) -> bool:
    """Whether "Yes" and "No" are words beside boxes here, and no marks themselves."""
    said = ["".join(map(str, c.lines[0])).lower() if len(c.lines) == 1 else "" for c in row]
    both = "yes" in said and "no" in said[1:]
    others = [c for c in row if c.lines and not _only_mark(c, worded=False)]
    return both and len(others) < said.count("yes") + said.count("no")


def _tick_columns(rows: Sequence[_Row], kinds: Sequence[bool]) -> set[int]:
    """The columns in which some row has a mark, and words beside it."""
    return {
        c.col
        for row, worded in zip(rows, kinds, strict=True)
        for c in row
        if len(row) > 1 and _only_mark(c, worded)
    }


def _text_columns(rows: Sequence[_Row], kinds: Sequence[bool]) -> list[list[int]]:
    """Where the words stand in rows of words and marks; a row there without a mark is unticked."""
    out = []
    for row, worded in zip(rows, kinds, strict=True):
        marks = [c.col for c in row if _only_mark(c, worded)]
        cols = [c.col for c in row if not c.blank and c.col not in marks]
        if marks and cols and len(row) > 1:
            out.append(cols)
    return out


def _heads(row: _Row, worded: bool, below: _Row) -> bool:
    """Whether a row of words stands over a row of marks, each below its word."""
    texts = [c.col for c in row if not c.blank]
    marks = [c for c in below if not c.blank]
    return (
        len(texts) > 1
        and bool(marks)
        and {c.col for c in marks} <= set(texts)
        and not any(_only_mark(c, worded) for c in row)
        and all(_only_mark(c, worded=False) for c in marks)
    )


def _down(row: _Row, below: _Row) -> list[list[Token]]:
    """A line for each word: its mark is in the cell below it."""
    marks = {c.col: _mark_of(c) for c in below if not c.blank}
    return [[_words(c), marks.get(c.col, False)] for c in row if not c.blank]


def _across(row: _Row, worded: bool, ticks: set[int]) -> list[Token]:
    """One line from cells such as [Yes][x][No][ ], blank cells standing for empty boxes."""
    line: list[tuple[Token, bool, bool]] = []  #: what, whether it is a blank cell, in a tick column
    for c in row:
        if _only_mark(c, worded):
            line.append((_mark_of(c), False, True))
        else:
            line.append((_words(c) if c.lines else False, not c.lines, c.col in ticks))
    last = max((n for n, x in enumerate(line) if not x[1]), default=0)
    for kept in (line, [x for x in line if x[2] or not x[1]], line[: last + 1]):
        turns = (isinstance(a[0], bool) != isinstance(b[0], bool) for a, b in pairwise(kept))
        if len(kept) > 1 and all(turns):
            return [token for token, _, _ in kept]
    return [token for token, blank, _ in line if not blank and token is not False]


def _words(c: Placed) -> str:
    return " ".join(t for line in c.lines for t in line if isinstance(t, str))


def _only_mark(c: Placed, worded: bool) -> bool:
    """Whether a cell is a box or a typed tick. `worded`: "Yes" and "No" are the words beside."""
    if len(c.lines) != 1 or len(c.lines[0]) != 1:
        return False
    token = c.lines[0][0]
    if isinstance(token, bool):
        return True
    if worded and len(token) > 1:
        return False
    return bool(_TYPED_TICK.fullmatch(token) or _TYPED_BLANK.fullmatch(token))


def _mark_of(c: Placed) -> bool:
    token = c.lines[0][0]
    return token if isinstance(token, bool) else bool(_TYPED_TICK.fullmatch(token))
