"""Answers given by marking: ticked boxes, struck-out, highlighted, bold or underlined words."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from parsers.document import Cell, Line, Rows, Run, unfolded
from parsers.text import clean

_UNTICKED = "☐□◻❏❑❒▢⬜🔲"
_TICKED = "☑✓✔✅🗹🗸☓⊠◼■√☒✗✘✖❌❎"
_CROSSES = "☒✗✘✖❌❎☓⊠"
_CHECKS = "☑✓✔✅🗹🗸√"
_SIGN = re.compile(
    rf"(?P<no>[{_UNTICKED}]\ufe0e?|\[\s*\]|\(\s+\)|\(\)|○)"
    rf"|(?P<yes>[{_TICKED}][\ufe0e\ufe0f]?|●|◉|[\[(]\s*(?:[xX{_TICKED}*]|yes)\s*[\])])"
)
_X_FIRST = re.compile(r"^\s*[xX](?:\s+|\s*[:.)-]\s+)(?=\w)")
_X_LAST = re.compile(r"(?<=\w)\)?(?:\s+|\s*[:-]\s+)[xX]\s*$")
_TYPED_TICK = re.compile(rf"[xX{_TICKED}1]|yes|y|tick(?:ed)?|true", re.IGNORECASE)
_TYPED_BLANK = re.compile(r"no|n|false|0|[-–—]", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """A tick box and the text that belongs to it."""

    ticked: bool
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Marked:
    """What a marked answer holds: boxes with their texts, and lines without a box."""

    options: tuple[Option, ...] = ()
    loose: tuple[tuple[int, str], ...] = ()  #: (number of options before it, text)


#: Both alternatives without a box between them: a mark at an end is for the one beside it.
_EITHER = re.compile(r"(?P<first>yes|y)(?:\s*(?:/|\||\bor\b)\s*|\s+)(?P<last>no|n)", re.IGNORECASE)

_Token = bool | str


def read_marked(rows: Rows) -> Marked:
    """The boxes of an answer, each with its text."""
    crossed = _crosses_mean_no(rows)
    options: list[Option] = []
    loose: list[tuple[int, str]] = []
    for tokens in _token_lines(rows, crossed):
        found, rest = _paired(tokens)
        options += found
        loose += [(len(options), text) for text in rest]
    return Marked(options=tuple(options), loose=tuple(loose))


def _crosses_mean_no(rows: Rows) -> bool:
    """Where some boxes are ticked, others crossed and none empty, a cross is a no."""
    text = "".join(line.text for row in rows for cell in row for line in cell.lines)
    has = [any(c in text for c in signs) for signs in (_CHECKS, _CROSSES, _UNTICKED)]
    return has == [True, True, False]


def _token_lines(rows: Rows, crossed: bool) -> list[list[_Token]]:
    """Each line as boxes and texts. Cells of a row make one line if one of them is only a mark."""
    out: list[list[_Token]] = []
    beside = _marked_columns(rows, crossed)
    for row in unfolded(rows):
        cells = [_cell_lines(cell, crossed) for cell in row]
        worded = _has(cells, "yes") and _has(cells[1:], "no")
        if len(cells) > 1 and any(_only_mark(c, worded) for c in cells):
            out += _across(cells, worded)
        elif [c.col for c in row if not c.blank] in beside:
            out += [[*line, False] for cell in cells for line in cell]
        else:
            out += [line for cell in cells for line in cell]
    return out


def _has(cells: list[list[list[_Token]]], word: str) -> bool:
    return any(len(c) == 1 and [str(t).lower() for t in c[0]] == [word] for c in cells)


def _marked_columns(rows: Rows, crossed: bool) -> list[list[int]]:
    """Where the text stands in rows of [option][tick]; a row there without a tick is unticked."""
    out = []
    for row in unfolded(rows):
        if len(row) < 2:
            continue
        texts = [c.col for c in row if not c.blank and not _is_mark(c, crossed)]
        if len(texts) == 1 and any(_is_mark(c, crossed) for c in row):
            out.append(texts)
    return out


def _is_mark(cell: Cell, crossed: bool) -> bool:
    return _only_mark(_cell_lines(cell, crossed), False)


def _across(cells: list[list[list[_Token]]], worded: bool) -> list[list[_Token]]:
    """One line from cells such as [Yes][x][No][ ], blank cells standing for empty boxes."""
    marks = [_only_mark(c, worded) for c in cells]
    has_text = [bool(c) and not m for c, m in zip(cells, marks, strict=True)]
    line: list[_Token] = []
    for lines, mark, text in zip(cells, marks, has_text, strict=True):
        if mark:
            line.append(_mark_of(lines))
        elif text:
            line.append(" ".join(t for part in lines for t in part if isinstance(t, str)))
        else:
            line.append(False)
    return [_without_stray_blanks(line)]


def _without_stray_blanks(line: list[_Token]) -> list[_Token]:
    """Blank cells count as empty boxes only where boxes and texts take turns."""
    turns = all(isinstance(a, bool) != isinstance(b, bool) for a, b in pairwise(line))
    return line if turns else [t for t in line if t is not False]


def _only_mark(lines: list[list[_Token]], worded: bool) -> bool:
    """Whether a cell is a box or a typed tick. `worded`: "Yes" and "No" are the texts beside."""
    if len(lines) != 1 or len(lines[0]) != 1:
        return False
    token = lines[0][0]
    if isinstance(token, bool):
        return True
    if worded and len(token) > 1:
        return False
    return bool(_TYPED_TICK.fullmatch(token) or _TYPED_BLANK.fullmatch(token))


def _mark_of(lines: list[list[_Token]]) -> bool:
    token = lines[0][0]
    return token if isinstance(token, bool) else bool(_TYPED_TICK.fullmatch(token))


def _cell_lines(cell: Cell, crossed: bool) -> list[list[_Token]]:
    if isinstance(cell.value, bool):
        return [[cell.value]]
    return [tokens for line in cell.lines if (tokens := _tokens(line, crossed))]


def _tokens(line: Line, crossed: bool) -> list[_Token]:
    out: list[_Token] = []
    text = ""
    for run in line.runs:
        if run.box is None:
            text += "" if run.prompt or run.struck else run.text
            continue
        out += [*_split(text, crossed), run.box]
        text = ""
    if not out:
        text = _typed_ticks(text)
    return [*out, *_split(text, crossed)]


@lru_cache(maxsize=4096)
def _typed_ticks(text: str) -> str:
    """A lone x at the start or the end of a line is a tick."""
    return _X_LAST.sub(" ☑", _X_FIRST.sub("☑ ", text))


@lru_cache(maxsize=4096)
def _split(text: str, crossed: bool) -> tuple[_Token, ...]:
    out: list[_Token] = []
    at = 0
    for m in _SIGN.finditer(text):
        out += [clean(text[at : m.start()]), _ticked(m, crossed)]
        at = m.end()
    return tuple(t for t in [*out, clean(text[at:])] if t != "")


def _ticked(m: re.Match[str], crossed: bool) -> bool:
    return bool(m["yes"]) and not (crossed and any(c in m[0] for c in _CROSSES))


def _paired(tokens: list[_Token]) -> tuple[list[Option], list[str]]:
    """Boxes with their texts: the text after each, or before each where the line ends in a box."""
    if not any(isinstance(t, bool) for t in tokens):
        return [], [str(t) for t in tokens]
    if len(tokens) == 2 and (either := _EITHER.fullmatch(str(tokens[isinstance(tokens[0], bool)]))):
        return _one_of_two(tokens, either)
    if isinstance(tokens[0], bool):
        return _box_first(tokens), []
    if isinstance(tokens[-1], bool):
        return _box_first(tokens[::-1])[::-1], []
    if len(tokens) == 3:
        return _between(tokens)
    return _box_first(tokens[1:]), [str(tokens[0])]


def _one_of_two(tokens: list[_Token], either: re.Match[str]) -> tuple[list[Option], list[str]]:
    """ "Yes / No ☒" is a no, "☒ Yes / No" a yes."""
    first = isinstance(tokens[0], bool)
    ticked = tokens[0] is True or tokens[1] is True
    return [
        Option(ticked=ticked and first, text=either["first"]),
        Option(ticked=ticked and not first, text=either["last"]),
    ], []


def _box_first(tokens: list[_Token]) -> list[Option]:
    options: list[Option] = []
    for token in tokens:
        if isinstance(token, bool):
            options.append(Option(ticked=token, text=""))
        else:
            last = options[-1]
            options[-1] = Option(ticked=last.ticked, text=f"{last.text} {token}".strip())
    return options


def _between(tokens: list[_Token]) -> tuple[list[Option], list[str]]:
    """ "Yes ✓ No": whose tick that is cannot be known; "Label: ☒ option" has its box first."""
    first, mark, last = tokens
    if str(last).startswith("/"):
        after = Option(ticked=False, text=str(last).strip(" /"))
        return [Option(ticked=bool(mark), text=str(first)), after], []
    if str(first).endswith((":", "?")):
        return [Option(ticked=bool(mark), text=str(last))], [str(first)]
    return [Option(ticked=bool(mark), text="")], [str(first), str(last)]


# --------------------------------------------------------------------------- marks on words

MARKS = ("marked", "bold", "underlined")


def picked(lines: Sequence[Line], groups: Sequence[re.Pattern[str]]) -> list[int] | None:
    """Which of the alternatives that stand in `lines` were picked by marking them.

    `groups` finds each alternative. Crossed-out ones are out; of the others, those that are
    highlighted (else bold, else underlined) while the rest are not. None: no mark tells.
    """
    found = [_marks(lines, pattern) for pattern in groups]
    there = [i for i, marks in enumerate(found) if marks]
    left = [i for i in there if not all(m.struck for m in found[i])]
    if left != there and left:
        return left
    for mark in MARKS:
        chosen = [i for i in there if any(getattr(m, mark) for m in found[i])]
        if chosen and len(chosen) < len(there):
            return chosen
    return None


def _marks(lines: Sequence[Line], pattern: re.Pattern[str]) -> list[Run]:
    """One run's marks for each place where `pattern` stands: those of its first letter."""
    out = []
    for line in lines:
        runs = [r for r in line.runs if r.text and not r.prompt]
        ends = []
        at = 0
        for run in runs:
            at += len(run.text)
            ends.append(at)
        for m in pattern.finditer("".join(r.text for r in runs)):
            out.append(runs[next(i for i, end in enumerate(ends) if end > m.start())])
    return out
