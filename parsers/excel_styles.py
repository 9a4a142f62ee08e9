"""How a workbook's cells look: the marks of their font and the format of their numbers.

ECMA-376 part 1, 18.8; which formats are dates is openpyxl's knowledge.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache

from openpyxl.styles.numbers import (
    FORMAT_GENERAL,
    builtin_format_code,
    is_date_format,
    is_timedelta_format,
)

from parsers.document import Run
from parsers.ooxml import Element, tree

S = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_MARKS = {f"{S}b": "bold", f"{S}i": "italic", f"{S}u": "underlined", f"{S}strike": "struck"}
_OFF = ("0", "false", "none")
_COLOUR, _PATTERN, _FRONT = f"{S}color", f"{S}patternFill", f"{S}fgColor"
#: The channels of a colour that stands out are this far apart (0..255): type, and a cell's fill.
_TYPE, _FILL = 0x60, 0x18
#: The first colours of a theme: its texts and backgrounds.
_GREYS = 3


_PLAIN = Run()


@dataclass(frozen=True, slots=True)
class Style:
    """How a cell is shown. `marks` has no text."""

    marks: Run = _PLAIN
    code: str = FORMAT_GENERAL  #: of its number
    dates: bool = False  #: whether a number in it is a day
    spans: bool = False  #: whether it is a length of time


def read_styles(xml: bytes | None) -> list[Style]:
    """The cell styles of a workbook, as its cells number them."""
    if xml is None:
        return [Style()]
    root = tree(xml)
    codes = {int(f.get("numFmtId", "")): str(f.get("formatCode")) for f in _in(root, "numFmts")}
    fonts = [marks(font) for font in _in(root, "fonts")]
    shaded = [_shaded(fill) for fill in _in(root, "fills")]
    found = []
    for xf in _in(root, "cellXfs"):
        number, font = int(xf.get("numFmtId") or 0), int(xf.get("fontId") or 0)
        code = codes.get(number) or builtin_format_code(number) or FORMAT_GENERAL
        looks = fonts[font] if font < len(fonts) else _PLAIN
        if shaded and shaded[int(xf.get("fillId") or 0) % len(shaded)]:
            looks = replace(looks, marked=True)
        found.append(Style(looks, code, *_times(code)))
    return found or [Style()]


def marks(font: Element) -> Run:
    """What a font says of its text (18.8.22, 18.4.7)."""
    found = {
        mark: el.get("val", "1") not in _OFF for el in font if (mark := _MARKS.get(str(el.tag)))
    }
    colour = next(font.iterchildren(_COLOUR), None)
    found["marked"] = colour is not None and _stands_out(colour, _TYPE)
    return Run(**found)  # type: ignore[arg-type]


def _shaded(fill: Element) -> bool:
    """Whether a cell stands out by its fill; white and greys are those of forms (18.8.20)."""
    pattern = next(fill.iterchildren(_PATTERN), None)
    front = None if pattern is None else next(pattern.iterchildren(_FRONT), None)
    if pattern is None or front is None or pattern.get("patternType") in (None, "none"):
        return False
    return _stands_out(front, _FILL) or int(front.get("theme") or 0) > _GREYS


def _stands_out(colour: Element, apart: int) -> bool:
    rgb = str(colour.get("rgb", ""))[2:]
    parts = [int(rgb[at : at + 2], 16) for at in range(0, len(rgb), 2)]
    return bool(parts) and max(parts) - min(parts) >= apart


def _in(root: Element, name: str) -> Iterator[Element]:
    for parent in root.iterchildren(f"{S}{name}"):
        yield from parent


@lru_cache(maxsize=256)
def _times(code: str) -> tuple[bool, bool]:
    return is_date_format(code), is_timedelta_format(code)
