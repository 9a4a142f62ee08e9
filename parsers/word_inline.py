"""One paragraph of a Word document: its lines, with runs of text and tick boxes."""

from __future__ import annotations

import re

from parsers.document import Line, Run
from parsers.ooxml import Element
from parsers.symbols import in_symbol_font, symbol, without_private_use
from parsers.word_styles import PLAIN, Style, Styles
from parsers.word_xml import (
    ALTERNATIVES,
    DELETED,
    FIELD,
    P_PR,
    R_PR,
    SDT,
    THROUGH,
    VAL,
    R,
    T,
    W,
    branch,
    control,
    number,
    on,
)  # fmt: skip

_GONE = {f"{W}{name}" for name in ("del", "moveFrom", "rPr", "pPr", "instrText", "delText")}
_STYLE, _LEVEL, _LIST = f"{W}pStyle", f"{W}outlineLvl", f"{W}numPr"
_TABS, _BREAKS = {f"{W}tab", f"{W}ptab"}, {f"{W}br", f"{W}cr"}
_HYPHEN, _SYMBOL, _BOXES = f"{W}noBreakHyphen", f"{W}sym", f"{W}txbxContent"
_NO_LEVEL = "9"  #: body text (17.3.1.20)
_BOXED = {ticked: Run(box=ticked) for ticked in (True, False)}
_HEX = re.compile(r"[0-9A-Fa-f]{1,6}")


class Inline:
    """Walks one paragraph. `boxes` are the text boxes anchored in it, to be read after it."""

    __slots__ = (
        "_fields", "_heading", "_left_out", "_lines", "_listed", "_prompt", "_runs", "_styles",
        "_where", "boxes", "mark_deleted",
    )  # fmt: skip

    def __init__(self, styles: Styles, where: str, prompt: bool) -> None:
        self._styles = styles
        self._where = where
        self._prompt = prompt
        self._runs: list[Run] = []
        self._lines: list[Line] = []
        self._heading = False
        self._listed = False
        self._fields: list[bool] = []  #: for each open field: whether its result is left out
        self._left_out = False
        self.boxes: list[Element] = []
        self.mark_deleted = False

    def read(self, p: Element) -> list[Line]:
        """The paragraph's lines: one, or more where it has line breaks."""
        self._walk(p, PLAIN)
        self._break()
        return self._lines

    def _break(self) -> None:
        self._lines.append(Line(tuple(self._runs), self._where, self._heading))
        self._runs = []

    def _walk(self, parent: Element, style: Style) -> None:
        for el in parent:
            tag = el.tag
            if tag == R:
                self._run(el, style)
            elif tag == P_PR:
                style = self._paragraph_style(el)
            elif tag == SDT:
                self._control(el, style)
            elif tag in THROUGH:
                self._walk(el, style)
            elif tag == ALTERNATIVES and (chosen := branch(el)) is not None:
                self._walk(chosen, style)

    def _paragraph_style(self, properties: Element) -> Style:
        style, level = PLAIN, None
        for el in properties:
            tag = el.tag
            if tag == _STYLE:
                style = self._styles.get(el.get(VAL, ""))
            elif tag == _LEVEL:
                level = el
            elif tag == R_PR:
                self.mark_deleted = el.find(DELETED) is not None
            elif tag == _LIST and self._styles.bullets:
                self._bullet(el)
        self._heading = style.heading or (level is not None and level.get(VAL) != _NO_LEVEL)
        return style

    def _bullet(self, item: Element) -> None:
        """A bullet that is a box; what is ticked off so may be struck out as well."""
        number, level = (item.find(f"{W}{name}") for name in ("numId", "ilvl"))
        which, deep = ("0" if el is None else el.get(VAL, "0") for el in (number, level))
        box = self._styles.bullets.get((which, deep))
        if box is not None:
            self._runs.append(_BOXED[box])
            self._listed = True

    def _control(self, sdt: Element, style: Style) -> None:
        box, unanswered, content = control(sdt)
        if box is not None:
            self._runs.append(_BOXED[box])
        elif content is not None:
            before, self._prompt = self._prompt, self._prompt or unanswered
            self._walk(content, style)
            self._prompt = before

    # ------------------------------------------------------------------ runs

    def _run(self, r: Element, style: Style) -> None:
        for el in r:
            tag = el.tag
            if tag == R_PR:
                style = self._styles.formatted(el, style)
                if style.hidden:
                    return
            elif tag == FIELD:
                self._field(el, style)
            elif tag not in _GONE and not self._left_out:
                self._piece(el, tag, style)

    def _piece(self, el: Element, tag: str, style: Style) -> None:
        if tag == T:
            text = el.text or ""
            if style.symbols:
                text = in_symbol_font(text, style.symbols)
            self._add(without_private_use(text), style)
        elif tag in _TABS:
            self._add("\t", style)
        elif tag == _HYPHEN:
            self._add("-", style)
        elif tag in _BREAKS:
            self._break()
        elif tag == _SYMBOL:
            char = el.get(f"{W}char", "")
            code = int(char, 16) if _HEX.fullmatch(char) else 0
            self._add(symbol(code, el.get(f"{W}font", "")), style)
        else:
            self._anchored(el)

    def _anchored(self, el: Element) -> None:
        """Text boxes in drawings; of two alternatives only one."""
        found = branch(el) if el.tag == ALTERNATIVES else el
        if found is not None:
            self.boxes += found.iter(_BOXES)

    def _add(self, text: str, style: Style) -> None:
        if text:
            f = style.format
            self._runs.append(
                Run(
                    text=text,
                    bold=f.bold,
                    italic=f.italic,
                    underlined=f.underlined,
                    struck=f.struck and not self._listed,
                    marked=f.marked,
                    prompt=self._prompt,
                )
            )

    # ------------------------------------------------------------------ fields

    def _field(self, char: Element, style: Style) -> None:
        """Legacy form fields keep their state in w:ffData of the opening character."""
        kind = char.get(f"{W}fldCharType")
        if kind == "begin":
            data = char.find(f"{W}ffData")
            answered = data is not None and self._legacy(data, style)
            self._fields.append(answered)
        elif kind == "end" and self._fields:
            self._fields.pop()
        self._left_out = any(self._fields)

    def _legacy(self, data: Element, style: Style) -> bool:
        """Whether the field's state has been read, so that its result is left out."""
        box, choices = data.find(f"{W}checkBox"), data.find(f"{W}ddList")
        if any(self._fields):
            return True
        if box is not None:
            state = box.find(f"{W}checked")
            state = box.find(f"{W}default") if state is None else state
            self._runs.append(Run(box=state is not None and on(state)))
        elif choices is not None:
            entries = [e.get(VAL, "") for e in choices.findall(f"{W}listEntry")]
            chosen = choices.find(f"{W}result")
            chosen = choices.find(f"{W}default") if chosen is None else chosen
            index = number(chosen, 0)
            self._add(entries[index] if index < len(entries) else "", style)
        return box is not None or choices is not None
