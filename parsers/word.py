"""A Word package as a `Document`: everything on the page as its reader sees it, and nothing else.

python-docx shows direct children only, and so loses what stands in content controls, fields,
insertions and text boxes; this walks the tree beneath (ECMA-376 part 1, chapter 17).
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property

from lxml import etree

from model import Code
from parsers.document import Block, Cell, Document, Line, Run, Table
from parsers.sniff import Package, Refused
from parsers.symbols import in_symbol_font, symbol, without_private_use

Element = etree._Element

_MAIN = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_W14 = "http://schemas.microsoft.com/office/word/2010/wordml"
_MC = "http://schemas.openxmlformats.org/markup-compatibility/2006"
_STRICT = b"http://purl.oclc.org/ooxml/wordprocessingml/main"
W = f"{{{_MAIN}}}"
_VAL = f"{W}val"
_DOCUMENT_REL = "/officeDocument"
#: Real forms nest at most 8 deep, and long reports have some ten thousand paragraphs.
DEPTH = 20
PARAGRAPHS = 20_000

_PARAGRAPH = re.compile(rb"<(?:\w+:)?p[ >/]")
_PARSER = {
    "resolve_entities": False,
    "no_network": True,
    "load_dtd": False,
    "remove_comments": True,
    "remove_pis": True,
}


def read_word(package: Package) -> Document:
    """The body of a Word package. Raises `Refused` where it is damaged or unsafe."""
    main = _main_part(package)
    styles = _Styles(package, posixpath.join(posixpath.dirname(main), "styles.xml"))
    xml = package.part(main)
    if len(_PARAGRAPH.findall(xml)) > PARAGRAPHS:
        raise Refused(Code.TOO_LARGE)
    body = _tree(xml).find(f"{W}body")
    if body is None:
        raise Refused(Code.DAMAGED)
    return Document(parts=(tuple(_Body(styles).read(body)),))


def _main_part(package: Package) -> str:
    if "_rels/.rels" in package:
        for rel in _tree(package.part("_rels/.rels")):
            if str(rel.get("Type", "")).endswith(_DOCUMENT_REL):
                target = posixpath.normpath(str(rel.get("Target", "")).lstrip("/"))
                if target in package:
                    return target
    return "word/document.xml"


def _tree(data: bytes) -> Element:
    try:
        parser = etree.XMLParser(**_PARSER)  # type: ignore[arg-type]
        return etree.fromstring(data.replace(_STRICT, _MAIN.encode()), parser)
    except etree.XMLSyntaxError as e:
        raise Refused(Code.DAMAGED) from e


# --------------------------------------------------------------------------- styles


_PLAIN = Run()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Style:
    format: Run = _PLAIN
    hidden: bool = False
    heading: bool = False
    symbols: str = ""


_PLAIN_STYLE = _Style()


class _Styles:
    """What the styles that a document uses say about the marks that matter; styles inherit."""

    def __init__(self, package: Package, name: str) -> None:
        self._package = package
        self._name = name
        self._done: dict[str, _Style] = {}

    def get(self, style_id: str) -> _Style:
        """The style of that id; a plain one where there is none."""
        return self._resolve(style_id, 0)

    @cached_property
    def _raw(self) -> dict[str, Element]:
        if self._name not in self._package:
            return {}
        styles = _tree(self._package.part(self._name)).iterchildren(f"{W}style")
        return {str(style.get(f"{W}styleId")): style for style in styles}

    def _resolve(self, style_id: str, depth: int) -> _Style:
        if style_id not in self._done:
            style = self._raw.get(style_id)
            if style is None or depth > DEPTH:
                return _PLAIN_STYLE
            self._done[style_id] = self._read(style, depth)
        return self._done[style_id]

    def _read(self, style: Element, depth: int) -> _Style:
        parent = style.find(f"{W}basedOn")
        base = _PLAIN_STYLE if parent is None else self._resolve(parent.get(_VAL, ""), depth + 1)
        name = style.find(f"{W}name")
        title = (name.get(_VAL, "") if name is not None else "").lower()
        level = style.find(f"{W}pPr/{W}outlineLvl")
        heading = base.heading or level is not None or title.startswith(("heading", "title"))
        return _formatted(style.find(f"{W}rPr"), replace(base, heading=heading), None)


def _on(el: Element) -> bool:
    return el.get(_VAL, "1") not in ("0", "false", "off", "none")


_TOGGLES = {
    f"{W}b": "bold",
    f"{W}i": "italic",
    f"{W}u": "underlined",
    f"{W}strike": "struck",
    f"{W}dstrike": "struck",
    f"{W}highlight": "marked",
}
_PLAIN_FILLS = {"auto", "clear", "FFFFFF", "ffffff"}


def _formatted(rpr: Element | None, base: _Style, styles: _Styles | None) -> _Style:
    """`base` with what one w:rPr changes."""
    if rpr is None or len(rpr) == 0:
        return base
    marks: dict[str, bool] = {}
    hidden, symbols = base.hidden, base.symbols
    for el in rpr:
        if toggle := _TOGGLES.get(el.tag):
            marks[toggle] = _on(el) or (toggle == "struck" and marks.get("struck", False))
        elif el.tag == f"{W}vanish":
            hidden = _on(el)
        elif el.tag == f"{W}shd":
            marks["marked"] = el.get(f"{W}fill", "auto") not in _PLAIN_FILLS
        elif el.tag == f"{W}rFonts":
            font = el.get(f"{W}ascii") or el.get(f"{W}hAnsi") or ""
            symbols = font if font.startswith("Wingdings") else ""
        elif el.tag == f"{W}rStyle" and styles is not None:
            style = styles.get(el.get(_VAL, ""))
            hidden = hidden or style.hidden
            marks |= {k: True for k in _TOGGLES.values() if getattr(style.format, k)}
    if not marks and (hidden, symbols) == (base.hidden, base.symbols):
        return base
    marked = replace(base.format, **marks)  # type: ignore[arg-type]
    return replace(base, format=marked, hidden=hidden, symbols=symbols)


# --------------------------------------------------------------------------- blocks

_THROUGH = {
    f"{W}{name}"
    for name in ("customXml", "smartTag", "ins", "moveTo", "hyperlink", "dir", "bdo", "fldSimple")
}
_GONE = {f"{W}{name}" for name in ("del", "moveFrom", "rPr", "pPr", "instrText", "delText")}
_T, _FIELD = f"{W}t", f"{W}fldChar"
_SDT, _P, _TBL, _TR, _TC, _R = (f"{W}{n}" for n in ("sdt", "p", "tbl", "tr", "tc", "r"))
_CHOICE = f"{{{_MC}}}AlternateContent"


def _branch(alternate: Element) -> Element | None:
    """The one branch of mc:AlternateContent to read: the first that has text in it."""
    for branch in alternate:
        if next(branch.iter(f"{W}t", f"{W}sdt", f"{W}fldChar"), None) is not None:
            return branch
    return None


class _Body:
    """Walks block content. One for each file."""

    def __init__(self, styles: _Styles) -> None:
        self._styles = styles
        self._tables = 0
        self._paragraphs = 0
        self._carried: list[Line] = []

    def read(self, body: Element) -> Iterator[Block]:
        """The blocks of the body, in reading order."""
        yield from self._blocks(body, "", False, 0)

    def _blocks(self, parent: Element, where: str, prompt: bool, depth: int) -> Iterator[Block]:
        for el in parent:
            if el.tag == _P:
                yield from self._paragraph(el, where, prompt, depth)
            elif el.tag == _TBL:
                if depth >= DEPTH:
                    raise Refused(Code.UNSAFE)
                yield self._table(el, where, prompt, depth + 1)
            elif el.tag == _SDT:
                yield from self._control(el, where, prompt, depth)
            elif el.tag in _THROUGH:
                yield from self._blocks(el, where, prompt, depth)
            elif el.tag == _CHOICE and (branch := _branch(el)) is not None:
                yield from self._blocks(branch, where, prompt, depth)
        yield from self._carried
        self._carried = []

    def _control(self, sdt: Element, where: str, prompt: bool, depth: int) -> Iterator[Block]:
        box, unanswered, content = control(sdt)
        if box is not None:
            yield Line((Run(box=box),), where)
        elif content is not None:
            yield from self._blocks(content, where, prompt or unanswered, depth)

    def _paragraph(self, p: Element, where: str, prompt: bool, depth: int) -> Iterator[Block]:
        self._paragraphs += 1
        place = where or f"paragraph {self._paragraphs}"
        inline = _Inline(self._styles, place, prompt)
        lines = inline.read(p)
        if self._carried and lines:
            lines[0] = replace(lines[0], runs=self._carried[-1].runs + lines[0].runs)
            lines[:0] = self._carried[:-1]
        self._carried = lines if inline.mark_deleted and not inline.boxes else []
        if not self._carried:
            yield from lines
        for box in inline.boxes:
            yield from self._blocks(box, where, prompt, depth + 1)

    def _table(self, tbl: Element, where: str, prompt: bool, depth: int) -> Table:
        self._tables += 1
        name = where or f"table {self._tables}"
        rows = []
        for number, (tr, unanswered) in enumerate(_rows(tbl, prompt), 1):
            place = where or f"{name}, row {number}"
            rows.append(tuple(self._cells(tr, place, unanswered, depth)))
        return Table(tuple(rows), name)

    def _cells(self, tr: Element, where: str, prompt: bool, depth: int) -> Iterator[Cell]:
        col = _number(tr.find(f"{W}trPr/{W}gridBefore"), 0)
        for tc, unanswered in _wrapped(tr, _TC, prompt):
            properties = tc.find(f"{W}tcPr")
            span, continued = _merge(properties)
            if not continued:
                blocks = tuple(self._blocks(tc, where, unanswered, depth))
                yield Cell(col, span, blocks, where)
            col += span


def _rows(tbl: Element, prompt: bool) -> Iterator[tuple[Element, bool]]:
    """The rows that are there: not deleted, not hidden."""
    for tr, unanswered in _wrapped(tbl, _TR, prompt):
        properties = tr.find(f"{W}trPr")
        if properties is not None:
            hidden = properties.find(f"{W}hidden")
            if properties.find(f"{W}del") is not None or (hidden is not None and _on(hidden)):
                continue
        yield tr, unanswered


def _wrapped(parent: Element, tag: str, prompt: bool) -> Iterator[tuple[Element, bool]]:
    """Rows or cells, also those that a control or another wrapper stands round."""
    for el in parent:
        if el.tag == tag:
            yield el, prompt
        elif el.tag == _SDT:
            _box, unanswered, content = control(el)
            if content is not None:
                yield from _wrapped(content, tag, prompt or unanswered)
        elif el.tag in _THROUGH:
            yield from _wrapped(el, tag, prompt)


def _merge(properties: Element | None) -> tuple[int, bool]:
    """(columns wide, whether the cell continues the one above)."""
    if properties is None:
        return 1, False
    down = properties.find(f"{W}vMerge")
    across = properties.find(f"{W}hMerge")
    continued = any(m is not None and m.get(_VAL, "continue") == "continue" for m in (down, across))
    return max(1, min(_number(properties.find(f"{W}gridSpan"), 1), 64)), continued


def _number(el: Element | None, default: int) -> int:
    text = "" if el is None else el.get(_VAL, "")
    return int(text) if text.isdigit() else default


def control(sdt: Element) -> tuple[bool | None, bool, Element | None]:
    """(tick box state or None, whether its placeholder shows, its content) of a content control."""
    properties = sdt.find(f"{W}sdtPr")
    content = sdt.find(f"{W}sdtContent")
    if properties is None:
        return None, False, content
    for el in properties:
        if el.tag.endswith("}checkbox") and not el.tag.startswith(W):
            checked = next((c for c in el if c.tag.endswith("}checked")), None)
            return _checked(checked), False, content
    prompt = properties.find(f"{W}showingPlcHdr")
    return None, prompt is not None and _on(prompt), content


def _checked(el: Element | None) -> bool:
    if el is None:
        return False
    value = next((v for k, v in el.attrib.items() if str(k).endswith("}val")), "1")
    return str(value) not in ("0", "false", "off")


# --------------------------------------------------------------------------- inline


class _Inline:
    """Walks one paragraph. `boxes` are the text boxes anchored in it, to be read after it."""

    def __init__(self, styles: _Styles, where: str, prompt: bool) -> None:
        self._styles = styles
        self._where = where
        self._prompt = prompt
        self._runs: list[Run] = []
        self._lines: list[Line] = []
        self._heading = False
        self._fields: list[bool] = []  #: for each open field: whether its result is left out
        self.boxes: list[Element] = []
        self.mark_deleted = False

    def read(self, p: Element) -> list[Line]:
        """The paragraph's lines: one, or more where it has line breaks."""
        style = self._paragraph_style(p.find(f"{W}pPr"))
        self._walk(p, style)
        self._break()
        return self._lines

    def _paragraph_style(self, ppr: Element | None) -> _Style:
        if ppr is None:
            return _PLAIN_STYLE
        named = ppr.find(f"{W}pStyle")
        style = _PLAIN_STYLE if named is None else self._styles.get(named.get(_VAL, ""))
        level = ppr.find(f"{W}outlineLvl")
        self._heading = style.heading or (level is not None and level.get(_VAL) != "9")
        self.mark_deleted = ppr.find(f"{W}rPr/{W}del") is not None
        return style

    def _break(self) -> None:
        self._lines.append(Line(tuple(self._runs), self._where, self._heading))
        self._runs = []

    def _walk(self, parent: Element, style: _Style) -> None:
        for el in parent:
            tag = el.tag
            if tag == _R:
                self._run(el, style)
            elif tag == _SDT:
                self._inline_control(el, style)
            elif tag in _THROUGH:
                self._walk(el, style)
            elif tag == _CHOICE and (branch := _branch(el)) is not None:
                self._walk(branch, style)

    def _inline_control(self, sdt: Element, style: _Style) -> None:
        box, unanswered, content = control(sdt)
        if box is not None:
            self._runs.append(Run(box=box))
        elif content is not None:
            before, self._prompt = self._prompt, self._prompt or unanswered
            self._walk(content, style)
            self._prompt = before

    def _run(self, r: Element, inherited: _Style) -> None:
        style = _formatted(r.find(f"{W}rPr"), inherited, self._styles)
        if style.hidden:
            return
        for el in r:
            if el.tag not in _GONE:
                self._piece(el, style)

    def _piece(self, el: Element, style: _Style) -> None:
        tag = el.tag
        if tag == _FIELD:
            self._field(el, style)
        elif self._fields and any(self._fields):
            return
        elif tag == _T:
            text = el.text or ""
            if style.symbols:
                text = in_symbol_font(text, style.symbols)
            self._add(without_private_use(text), style)
        elif tag in (f"{W}tab", f"{W}ptab"):
            self._add("\t", style)
        elif tag == f"{W}noBreakHyphen":
            self._add("-", style)
        elif tag in (f"{W}br", f"{W}cr"):
            self._break()
        elif tag == f"{W}sym":
            char = el.get(f"{W}char", "")
            code = int(char, 16) if re.fullmatch(r"[0-9A-Fa-f]{1,6}", char) else 0
            self._add(symbol(code, el.get(f"{W}font", "")), style)
        else:
            self._anchored(el)

    def _anchored(self, el: Element) -> None:
        """Text boxes in drawings; of two alternatives only one."""
        found = _branch(el) if el.tag == _CHOICE else el
        if found is None:
            return
        for box in found.iter(f"{W}txbxContent"):
            self.boxes.append(box)

    def _add(self, text: str, style: _Style) -> None:
        if text:
            f = style.format
            self._runs.append(
                Run(
                    text=text,
                    bold=f.bold,
                    italic=f.italic,
                    underlined=f.underlined,
                    struck=f.struck,
                    marked=f.marked,
                    prompt=self._prompt,
                )
            )

    def _field(self, char: Element, style: _Style) -> None:
        """Legacy form fields keep their state in w:ffData of the opening character."""
        kind = char.get(f"{W}fldCharType")
        if kind == "begin":
            data = char.find(f"{W}ffData")
            answered = data is not None and self._legacy(data, style)
            self._fields.append(answered)
        elif kind == "end" and self._fields:
            self._fields.pop()

    def _legacy(self, data: Element, style: _Style) -> bool:
        """Whether the field's state has been read, so that its result is left out."""
        box, choices = data.find(f"{W}checkBox"), data.find(f"{W}ddList")
        if any(self._fields):
            return True
        if box is not None:
            state = box.find(f"{W}checked")
            state = box.find(f"{W}default") if state is None else state
            self._runs.append(Run(box=state is not None and _on(state)))
        elif choices is not None:
            entries = [e.get(_VAL, "") for e in choices.findall(f"{W}listEntry")]
            chosen = choices.find(f"{W}result")
            chosen = choices.find(f"{W}default") if chosen is None else chosen
            index = _number(chosen, 0)
            self._add(entries[index] if index < len(entries) else "", style)
        return box is not None or choices is not None
