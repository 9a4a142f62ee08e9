"""Check lists: lists whose bullets are boxes, ticked or not, as Google Docs saves them.

Word's own bullets are no text; a bullet that is a tick is an answer (ECMA-376 part 1, 17.9).
"""

from __future__ import annotations

from collections.abc import Mapping

from parsers.ooxml import tree
from parsers.sniff import Package
from parsers.word_xml import VAL, W

_TICKED, _UNTICKED = "☑☒✓✔✅", "☐□⬜"
_SIGNS = tuple(c.encode() for c in _TICKED)

#: (number of the list, level) -> whether its bullet is a ticked box.
Bullets = Mapping[tuple[str, str], bool]


def ticking(package: Package, name: str) -> Bullets:
    """The lists in one part whose bullets tick; none where all bullets are the same."""
    xml = package.part(name) if name in package else b""
    if not any(sign in xml for sign in _SIGNS):
        return {}
    root = tree(xml)
    levels = {
        (el.get(f"{W}abstractNumId", ""), level.get(f"{W}ilvl", "")): text.get(VAL, "").strip()
        for el in root.iterchildren(f"{W}abstractNum")
        for level in el.iterchildren(f"{W}lvl")
        for text in level.iterchildren(f"{W}lvlText")
    }
    found = {
        (el.get(f"{W}numId", ""), at): text in _TICKED
        for el in root.iterchildren(f"{W}num")
        for kind in el.iterchildren(f"{W}abstractNumId")
        for (number, at), text in levels.items()
        if number == kind.get(VAL) and text and text in _TICKED + _UNTICKED
    }
    return found if len(set(found.values())) > 1 else {}
