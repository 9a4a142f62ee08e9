"""Cutting a line into a label and what stands after it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import pairwise

from parsers.document import Line, Run
from parsers.labels import Labels, Match
from parsers.text import clean

#: Lines that belong to no field and end the answer before them.
FOREIGN = re.compile(
    r"(?:signed|signature)(?=\s*(?:[:._…(\t]|by\b|on behalf\b|$)|\s{2}).*"
    r"|(?:print(?:ed)? name|for office use|office use|date(?: signed| received)?:|received(?: by)?:"
    r"|please (?:return|send|e-?mail) (?:this|the|it|to|by|your|completed)"
    r"|return (?:this|the) (?:completed )?form|return completed|return to:"
    r"|thank you for (?:completing|filling)(?: in)? (?:this|the|our|your) form"
    r"|page \d+ of \d+|logged by)(?:(?<=:)|\b).*"
    r"|(?:data protection|privacy|declaration)(?: (?:act|notice|policy|statement)\b.*|:.*)?"
    r"|(?:section|part) (?:\d+|[a-z])(?:\s*[:.–-].*)?",
    re.IGNORECASE | re.DOTALL,
)
_CUT = re.compile(r"[:?]|\t|\s[-–—]\s|_{3,}|\.{4,}|…{2,}|\s{3,}")
_NEXT = re.compile(r"(?:\t|\s{2,}|[;|]\s*)(?=[A-Za-z][^:?\t]{1,120}[:?])")
_TOO_LONG = 160


@dataclass(frozen=True, slots=True)
class Found:
    """A label at the start of a line and the rest of the line after it."""

    match: Match
    text: str
    rest: Line
    punctuated: bool  #: the label ended in a colon, a question mark or the like


def labels_in(line: Line, labels: Labels) -> list[Found]:
    """The labels that a line starts with, each with what stands after it up to the next."""
    out: list[Found] = []
    for piece in _pieces(line):
        found = label_of(piece, labels)
        if found:
            out.append(found)
        elif not out:
            whole = label_of(line, labels)
            return [whole] if whole else []
        elif not FOREIGN.fullmatch(piece.text.strip()):
            last = out[-1]
            out[-1] = replace(last, rest=joined(last.rest, piece))
    return out


def label_of(line: Line, labels: Labels) -> Found | None:
    """The label that a line is, or starts with."""
    text = line.text
    whole = clean(text)
    bare = replace(line, runs=())
    if whole and len(whole) <= _TOO_LONG and (match := labels.exact(whole)):
        return Found(match, whole, bare, whole[-1] in ":?")
    for end, after in sorted(_cuts(line), reverse=True):
        label = clean(text[:end])
        if not label or len(label) > _TOO_LONG:
            continue
        if match := labels.match(label):
            return Found(match, label, part(line, after, len(text)), True)
    if whole and len(whole) <= _TOO_LONG and (match := labels.match(whole)):
        return Found(match, whole, bare, whole[-1] in ":?")
    return None


def _cuts(line: Line) -> Iterator[tuple[int, int]]:
    """Where a label could end and its answer begin: signs, gaps, and where bold type ends."""
    text = line.text
    for m in _CUT.finditer(text[: _TOO_LONG + 20]):
        yield (m.end() if m[0] == "?" else m.start()), m.end()
    at = 0
    runs = [r for r in line.runs if not r.prompt and r.text]
    for run, following in pairwise(runs):
        at += len(run.text)
        if run.bold and not following.bold:
            yield at, at


def _pieces(line: Line) -> list[Line]:
    """The line, cut before each further "Label:" that a gap sets off."""
    text = line.text
    starts = [0, *(m.end() for m in _NEXT.finditer(text))]
    if len(starts) == 1:
        return [line]
    return [part(line, a, b) for a, b in zip(starts, [*starts[1:], len(text)], strict=True)]


def part(line: Line, start: int, end: int) -> Line:
    """The runs between two places in `line.text`; boxes and prompts stay where they are."""
    out: list[Run] = []
    at = 0
    for run in line.runs:
        size = 0 if run.prompt else len(run.text)
        if size == 0:
            if start <= at <= end:
                out.append(run)
            continue
        a, b = max(start - at, 0), min(end - at, size)
        if a < b:
            out.append(replace(run, text=run.text[a:b]))
        at += size
    return replace(line, runs=tuple(out))


def joined(first: Line, second: Line) -> Line:
    """Two parts of one line, a gap between them."""
    return replace(first, runs=(*first.runs, Run(text="  "), *second.runs))
