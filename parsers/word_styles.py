"""What the styles and formats of a Word document say about the marks that people answer with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache

from parsers.document import Run
from parsers.ooxml import Element, tree
from parsers.sniff import Package
from parsers.word_xml import R_PR, VAL, W, on

#: Larger ones (bytes) are not kept for the next file.
_KEPT = 500_000
#: Styles inherit; real ones no deeper than this.
DEPTH = 20

_PLAIN = Run()


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Style:
    """The marks of a stretch of text. Two with the same marks are one object."""

    format: Run = _PLAIN
    hidden: bool = False
    heading: bool = False
    symbols: str = ""  #: the symbol font it is set in


PLAIN = Style()

_TOGGLES = {
    f"{W}b": "bold",
    f"{W}i": "italic",
    f"{W}u": "underlined",
    f"{W}strike": "struck",
    f"{W}dstrike": "struck",
    f"{W}highlight": "marked",
}
_HIDDEN, _SHADE, _FONTS, _STYLE = (f"{W}{n}" for n in ("vanish", "shd", "rFonts", "rStyle"))
_FILL, _ASCII, _ANSI = f"{W}fill", f"{W}ascii", f"{W}hAnsi"
_PLAIN_FILLS = {"auto", "clear", "FFFFFF", "ffffff"}
_MARKS = frozenset(_TOGGLES.values())


def styles_in(package: Package, name: str) -> Styles:
    """The styles in one part; none where it is not there. Forms of one template share them."""
    xml = package.part(name) if name in package else b""
    return _kept(xml) if len(xml) < _KEPT else Styles(xml)


class Styles:
    """The styles that one part holds, read when first asked for."""

    def __init__(self, xml: bytes) -> None:
        self._xml = xml
        self.bullets: Mapping[tuple[str, str], bool] = {}  #: of the file being read: word_lists
        self._done: dict[str, Style] = {}
        self._made: dict[tuple[object, ...], Style] = {}

    def get(self, style_id: str) -> Style:
        """The style of that id; a plain one where there is none."""
        return self._done.get(style_id) or self._resolve(style_id, 0)

    def formatted(self, properties: Element, base: Style, *, named: bool = True) -> Style:
        """`base` with what one w:rPr changes; with `named`, also the character style it names."""
        marks: dict[str, bool] = {}
        hidden, symbols = base.hidden, base.symbols
        for el in properties:
            tag = el.tag
            if toggle := _TOGGLES.get(tag):
                marks[toggle] = on(el) or (toggle == "struck" and marks.get("struck", False))
            elif tag == _HIDDEN:
                hidden = on(el)
            elif tag == _SHADE:
                marks["marked"] = el.get(_FILL, "auto") not in _PLAIN_FILLS
            elif tag == _FONTS:
                font = el.get(_ASCII) or el.get(_ANSI) or ""
                symbols = font if font.startswith("Wingdings") else ""
            elif tag == _STYLE and named:
                style = self.get(el.get(VAL, ""))
                hidden = hidden or style.hidden
                marks |= {k: True for k in _MARKS if getattr(style.format, k)}
        if not marks and hidden == base.hidden and symbols == base.symbols:
            return base
        return self._one(base, marks, hidden, symbols)

    def _one(self, base: Style, marks: dict[str, bool], hidden: bool, symbols: str) -> Style:
        key = (base, *marks.items(), hidden, symbols)
        if key not in self._made:
            marked = replace(base.format, **marks)  # type: ignore[arg-type]
            self._made[key] = replace(base, format=marked, hidden=hidden, symbols=symbols)
        return self._made[key]

    @cached_property
    def _raw(self) -> dict[str, Element]:
        if not self._xml:
            return {}
        styles = tree(self._xml).iterchildren(f"{W}style")
        return {str(style.get(f"{W}styleId")): style for style in styles}

    def _resolve(self, style_id: str, depth: int) -> Style:
        if style_id not in self._done:
            style = self._raw.get(style_id)
            if style is None or depth > DEPTH:
                return PLAIN
            self._done[style_id] = self._read(style, depth)
        return self._done[style_id]

    def _read(self, style: Element, depth: int) -> Style:
        parent = style.find(f"{W}basedOn")
        base = PLAIN if parent is None else self._resolve(parent.get(VAL, ""), depth + 1)
        name = style.find(f"{W}name")
        title = (name.get(VAL, "") if name is not None else "").lower()
        level = style.find(f"{W}pPr/{W}outlineLvl")
        if level is not None or title.startswith(("heading", "title")):
            base = replace(base, heading=True)
        properties = style.find(R_PR)
        return base if properties is None else self.formatted(properties, base, named=False)


@lru_cache(maxsize=4)
def _kept(xml: bytes) -> Styles:
    return Styles(xml)
