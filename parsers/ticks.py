"""Answers given by marking: ticked boxes, struck-out, highlighted, bold or underlined words."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from parsers.document import Cell, Line, Rows, Run, unfolded
from parsers.text import clean
from parsers.tick_rows import TICKED, Placed, Token, in_lines

_UNTICKED = "☐□◻❏❑❒▢⬜🔲"
_CROSSES = "☒✗✘✖❌❎☓⊠"
_CHECKS = "☑✓✔✅🗹🗸√"
_SIGN = re.compile(
    rf"(?P<no>[{_UNTICKED}]\ufe0e?|\[[\s_]*\]|\([\s_]*\)|○)"
    rf"|(?P<yes>[{TICKED}][\ufe0e\ufe0f]?|●|◉|[\[(]\s*(?:[xX{TICKED}*]|yes)\s*[\])])"
)
_X_FIRST = re.compile(r"^\s*[xX](?:\s+|\s*[:.)-]\s+)(?=\w)")
_X_LAST = re.compile(r"(?<=\w)\)?(?:\s+|\s*[:-]\s+)[xX]\s*$")


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


def _token_lines(rows: Rows, crossed: bool) -> list[list[Token]]:
    """Each line as boxes and texts."""
    placed = [
        [Placed(c.col, c.blank, _cell_lines(c, crossed)) for c in row] for row in unfolded(rows)
    ]
    return in_lines(placed)


def _cell_lines(cell: Cell, crossed: bool) -> list[list[Token]]:
    if isinstance(cell.value, bool):
        return [[cell.value]]
    return [tokens for line in cell.lines if (tokens := _tokens(line, crossed))]


def _tokens(line: Line, crossed: bool) -> list[Token]:
    out: list[Token] = []
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
def _split(text: str, crossed: bool) -> tuple[Token, ...]:
    out: list[Token] = []
    at = 0
    for m in _SIGN.finditer(text):
        out += [clean(text[at : m.start()]), _ticked(m, crossed)]
        at = m.end()
    return tuple(t for t in [*out, clean(text[at:])] if t != "")


def _ticked(m: re.Match[str], crossed: bool) -> bool:
    return bool(m["yes"]) and not (crossed and any(c in m[0] for c in _CROSSES))


def _paired(tokens: list[Token]) -> tuple[list[Option], list[str]]:
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


def _one_of_two(tokens: list[Token], either: re.Match[str]) -> tuple[list[Option], list[str]]:
    """ "Yes / No ☒" is a no, "☒ Yes / No" a yes."""
    first = isinstance(tokens[0], bool)
    ticked = tokens[0] is True or tokens[1] is True
    return [
        Option(ticked=ticked and first, text=either["first"]),
        Option(ticked=ticked and not first, text=either["last"]),
    ], []


def _box_first(tokens: list[Token]) -> list[Option]:
    options: list[Option] = []
    for token in tokens:
        if isinstance(token, bool):
            options.append(Option(ticked=token, text=""))
        else:
            last = options[-1]
            options[-1] = Option(ticked=last.ticked, text=f"{last.text} {token}".strip())
    return options


def _between(tokens: list[Token]) -> tuple[list[Option], list[str]]:
    """ "Yes ✓ No": whose tick that is cannot be known; "Label: ☒ option" has its box first."""
    first, mark, last = tokens
    if str(first).endswith(":") and str(last).endswith(":"):  # "Yes: ✓  No:"
        after = Option(ticked=False, text=str(last))
        return [Option(ticked=bool(mark), text=str(first)), after], []
    if str(last).startswith("/"):
        after = Option(ticked=False, text=str(last).strip(" /"))
        return [Option(ticked=bool(mark), text=str(first)), after], []
    if str(first).lower().startswith("other"):
        return [Option(ticked=bool(mark), text=f"{first} {last}")], []
    if str(first).endswith((":", "?")):
        return [Option(ticked=bool(mark), text=str(last))], [str(first)]
    return [Option(ticked=bool(mark), text="")], [str(first), str(last)]


# --------------------------------------------------------------------------- marks on words

MARKS = ("marked", "bold", "underlined")
#: So many rows by turns with and without a mark are a pattern.
STRIPES = 5


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
        if chosen and len(chosen) < len(there) and not _striped(there, chosen):
            return chosen
    return None


def _striped(there: list[int], chosen: list[int]) -> bool:
    """Whether every second one has the mark: so the form itself is printed."""
    return len(there) >= STRIPES and chosen in (there[::2], there[1::2])


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
