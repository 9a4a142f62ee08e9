"""A Word package as a `Document`: everything on the page as its reader sees it, and nothing else.

python-docx shows direct children only, and so loses what stands in content controls, fields,
insertions and text boxes; this walks the tree beneath (ECMA-376 part 1, chapter 17).
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from dataclasses import replace
from itertools import islice

from model import Code
from parsers.document import Block, Cell, Document, Line, Run, Table
from parsers.ooxml import Element, main_part, tree
from parsers.sniff import Package, Refused
from parsers.word_inline import Inline
from parsers.word_lists import ticking
from parsers.word_styles import Styles, styles_in
from parsers.word_xml import (
    ALTERNATIVES,
    DELETED,
    SDT,
    TBL,
    TC,
    TC_PR,
    THROUGH,
    TR,
    TR_PR,
    VAL,
    P,
    W,
    branch,
    control,
    number,
    on,
)  # fmt: skip

#: Real forms nest at most 8 deep, and long reports have some ten thousand paragraphs.
DEPTH = 20
PARAGRAPHS = 20_000
WIDEST = 64  #: columns that one cell can be wide

_PARAGRAPH = re.compile(rb"<(?:\w+:)?p[ >/]")
_SHORTEST = len("<p/>")
_BEFORE, _HIDDEN = f"{W}gridBefore", f"{W}hidden"
_DOWN, _ACROSS, _SPAN = f"{W}vMerge", f"{W}hMerge", f"{W}gridSpan"


def read_word(package: Package) -> Document:
    """The body of a Word package. Raises `Refused` where it is damaged or unsafe."""
    main = main_part(package, "word/document.xml")
    styles = styles_in(package, posixpath.join(posixpath.dirname(main), "styles.xml"))
    xml = package.part(main)
    lists = posixpath.join(posixpath.dirname(main), "numbering.xml")
    styles.bullets = ticking(package, lists) if b"numPr" in xml else {}
    most = len(xml) // _SHORTEST
    if most > PARAGRAPHS and len(_PARAGRAPH.findall(xml)) > PARAGRAPHS:
        raise Refused(Code.TOO_LARGE)
    body = tree(xml).find(f"{W}body")
    if body is None:
        raise Refused(Code.DAMAGED)
    return Document(parts=(tuple(_Body(styles).read(body)),))


class _Body:
    """Walks block content. One for each file."""

    def __init__(self, styles: Styles) -> None:
        self._styles = styles
        self._tables = 0
        self._paragraphs = 0
        self._carried: list[Line] = []

    def read(self, body: Element) -> list[Block]:
        """The blocks of the body, in reading order."""
        return self._blocks(body, "", False, 0)

    def _blocks(self, parent: Element, where: str, prompt: bool, depth: int) -> list[Block]:
        out: list[Block] = []
        for el in parent:
            tag = el.tag
            if tag == P:
                out += self._paragraph(el, where, prompt, depth)
            elif tag == TBL:
                if depth >= DEPTH:
                    raise Refused(Code.UNSAFE)
                out.append(self._table(el, where, prompt, depth + 1))
            elif tag == SDT:
                out += self._control(el, where, prompt, depth)
            elif tag in THROUGH:
                out += self._blocks(el, where, prompt, depth)
            elif tag == ALTERNATIVES and (chosen := branch(el)) is not None:
                out += self._blocks(chosen, where, prompt, depth)
        if self._carried:
            out += self._carried
            self._carried = []
        return out

    def _control(self, sdt: Element, where: str, prompt: bool, depth: int) -> list[Block]:
        box, unanswered, content = control(sdt)
        if box is not None:
            return [Line((Run(box=box),), where)]
        if content is None:
            return []
        return self._blocks(content, where, prompt or unanswered, depth)

    def _paragraph(self, p: Element, where: str, prompt: bool, depth: int) -> list[Block]:
        self._paragraphs += 1
        inline = Inline(self._styles, where or f"paragraph {self._paragraphs}", prompt)
        lines = inline.read(p)
        if self._carried:
            lines[0] = replace(lines[0], runs=self._carried[-1].runs + lines[0].runs)
            lines[:0] = self._carried[:-1]
        self._carried = lines if inline.mark_deleted and not inline.boxes else []
        out: list[Block] = [] if self._carried else [*lines]
        for box in inline.boxes:
            out += self._blocks(box, where, prompt, depth + 1)
        return out

    # ------------------------------------------------------------------ tables

    def _table(self, tbl: Element, where: str, prompt: bool, depth: int) -> Table:
        self._tables += 1
        name = where or f"table {self._tables}"
        rows: list[tuple[Cell, ...]] = []
        for tr, unanswered in _wrapped(tbl, TR, prompt):
            before = _columns_before(tr)
            if before is not None:
                place = where or f"{name}, row {len(rows) + 1}"
                rows.append(tuple(self._cells(tr, before, place, unanswered, depth)))
        return Table(tuple(rows), name)

    def _cells(self, tr: Element, col: int, where: str, prompt: bool, depth: int) -> Iterator[Cell]:
        for tc, unanswered in _wrapped(tr, TC, prompt):
            span, continued = _merge(tc)
            if not continued:
                blocks = tuple(self._blocks(tc, where, unanswered, depth))
                yield Cell(col, span, blocks, where)
            col += span


def _wrapped(parent: Element, tag: str, prompt: bool) -> Iterator[tuple[Element, bool]]:
    """Rows or cells, also those that a control or another wrapper stands round."""
    for el in parent:
        if el.tag == tag:
            yield el, prompt
        elif el.tag == SDT:
            _box, unanswered, content = control(el)
            if content is not None:
                yield from _wrapped(content, tag, prompt or unanswered)
        elif el.tag in THROUGH:
            yield from _wrapped(el, tag, prompt)


def _columns_before(tr: Element) -> int | None:
    """How many columns a row leaves out at its start; None of a deleted or hidden row."""
    before = 0
    properties = next((el for el in islice(tr, 2) if el.tag == TR_PR), ())
    for el in properties:
        tag = el.tag
        if tag == DELETED or (tag == _HIDDEN and on(el)):
            return None
        if tag == _BEFORE:
            before = number(el, 0)
    return before


def _merge(tc: Element) -> tuple[int, bool]:
    """(columns wide, whether the cell continues the one above)."""
    span, continued = 1, False
    if len(tc) and (properties := tc[0]).tag == TC_PR:
        for el in properties:
            tag = el.tag
            if tag in (_DOWN, _ACROSS):
                continued = continued or el.get(VAL, "continue") == "continue"
            elif tag == _SPAN:
                span = max(1, min(number(el, 1), WIDEST))
    return span, continued
