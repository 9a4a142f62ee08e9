"""Cutting a line into a label and what stands after it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import pairwise
from unicodedata import category

from parsers.document import Line, Run
from parsers.labels import LONGEST, Labels, Match
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
    r"|(?:section|part) (?:\d+|[a-z])(?:\s*[:.–-].*)?"
    r"|p\.?t\.?o\.?|please turn over|(?:form \d+,? )?v(?:ersion )?\d+\.\d+(?:\s*[(–-].*)?",
    re.IGNORECASE | re.DOTALL,
)
_CUT = re.compile(r"\?\s[-–—=]\s|\?;\s|[:?]|\t|\s[-–—=]\s|;\s|_{3,}|\.{4,}|…{2,}|\s{3,}")
#: A question that goes on in brackets, as part of the label.
_ASKED_ON = re.compile(r"\?\s*\([^()?:]*\)(?P<sign>[\s:;*]*(?:[-–—=](?=\s))?)")
_NEXT = re.compile(r"(?:(?<!\s)\s{2,}+|\t|[;|]\s*+)(?=[A-Za-z][^:?\t]{1,120}[:?])")
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
    rests: list[list[Line]] = []
    for piece in _pieces(line):
        found = label_of(piece, labels)
        if found:
            out.append(found)
            rests.append([found.rest])
        elif not out:
            whole = label_of(line, labels)
            return [whole] if whole else []
        elif not FOREIGN.fullmatch(piece.text.strip()):
            rests[-1].append(piece)
    return [
        replace(f, rest=_joined(parts)) if len(parts) > 1 else f
        for f, parts in zip(out, rests, strict=True)
    ]


def label_of(line: Line, labels: Labels) -> Found | None:
    """The label that a line is, or starts with.

    A label in the definitions' own words up to a sign, or in bold, ends there: what follows is the
    answer, even where more of it could be a label in other words.
    """
    if line.text in labels.none and not _varied(line):
        return None
    found = _label_of(line, labels)
    if found is None and len(line.text) <= LONGEST and not _varied(line):
        labels.none.add(line.text)
    return found


def _varied(line: Line) -> bool:
    """Whether a label may end where its bold type does."""
    return len(line.runs) > 1 and any(run.bold for run in line.runs)


def _label_of(line: Line, labels: Labels) -> Found | None:
    text = line.text
    whole = clean(text)
    short = bool(whole) and len(whole) <= _TOO_LONG
    if short and not has_sign(whole) and (match := labels.exact(whole)):
        return _alone(match, whole, line)
    if (m := _ASKED_ON.search(text[:LONGEST])) and labels.whole(label := text[: m.start("sign")]):
        match = labels.exact(clean(label))
        assert match
        return Found(match, clean(label), part(line, m.end(), len(text)), True)
    cuts = sorted(_cuts(line), reverse=True)
    for look, some in ((labels.exact, [c for c in cuts if c[2]]), (labels.match, cuts)):
        for end, after, _ in some:
            label = clean(text[:end])
            if label and len(label) <= _TOO_LONG and (match := look(label)):
                return Found(match, label, part(line, after, len(text)), True)
    match = labels.match(whole) if short else None
    return _alone(match, whole, line) if match else None


def _alone(match: Match, text: str, line: Line) -> Found:
    """The whole line is the label."""
    return Found(match, text, Line((), line.where, line.heading), text[-1:] in ":?")


def has_sign(text: str) -> bool:
    """Whether a symbol such as a tick stands in a text: a label's words take no notice of it."""
    return not text.isascii() and any(category(c) in ("So", "Sm") for c in text)


def _cuts(line: Line) -> Iterator[tuple[int, int, bool]]:
    """Where a label could end and its answer begin: signs, gaps, and where bold type ends.

    True with a colon, a question mark or the end of bold type: there a label does end.
    """
    text = line.text
    for m in _CUT.finditer(text[: _TOO_LONG + 20]):
        asked = m[0].startswith("?")
        yield m.start() + asked, m.end(), asked or m[0] == ":"
    at = 0
    runs = [r for r in line.runs if not r.prompt and r.text]
    for run, following in pairwise(runs):
        at += len(run.text)
        if at > _TOO_LONG + 20:
            return
        if run.bold and not following.bold:
            yield at, at, True


def _pieces(line: Line) -> list[Line]:
    """The line, cut before each further "Label:" that a gap sets off."""
    starts = [m.end() for m in _NEXT.finditer(line.text)]
    return _cut(line, starts) if starts else [line]


def _cut(line: Line, places: list[int]) -> list[Line]:
    """The line, cut at these places in `line.text`; boxes and prompts stay where they are."""
    pieces: list[list[Run]] = [[]]
    ends = iter([*places, len(line.text) + 1])
    at, end = 0, next(ends)
    for run in line.runs:
        text = "" if run.prompt else run.text
        while text and at + len(text) > end:
            if at < end:
                pieces[-1].append(replace(run, text=text[: end - at]))
            text, at = text[end - at :], end
            pieces.append([])
            end = next(ends)
        if text:
            pieces[-1].append(replace(run, text=text))
        elif run.prompt or not run.text:
            if at == end:
                pieces.append([])
                end = next(ends)
            pieces[-1].append(run)
        at += len(text)
    pieces += [[] for _ in range(len(places) + 1 - len(pieces))]
    return [replace(line, runs=tuple(runs)) for runs in pieces]


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


def _joined(parts: list[Line]) -> Line:
    """Parts of one line, gaps between them."""
    first, *others = parts
    runs = [*first.runs]
    for each in others:
        runs += [Run(text="  "), *each.runs]
    return replace(first, runs=tuple(runs)) if others else first
