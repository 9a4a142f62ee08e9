"""Check boxes that lie over a sheet's cells (form controls): openpyxl does not read them.

Their state is in xl/ctrlProps, in older files in the VML drawing alone; their place and caption are
in the VML drawing that Excel writes for every control (ECMA-376 part 4, 19.4).
"""

from __future__ import annotations

from dataclasses import dataclass

from lxml import etree

from parsers.ooxml import Element, Relation, relations
from parsers.sniff import Package
from parsers.text import clean

#: Height of a row in the drawing's pixels, where the sheet does not say otherwise.
_ROW = 20
_RELS = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"


@dataclass(frozen=True, slots=True, kw_only=True)
class Box:
    """A check box over the cell at `row` and `col`, counted from 1."""

    row: int
    col: int
    ticked: bool
    caption: str


def boxes(package: Package, part: str) -> list[Box]:
    """The check boxes of the sheet in `part`."""
    if not any("vmlDrawing" in name for name in package.names):
        return []
    related = relations(package, part)
    states = _states(package, part, related)
    drawings = [r.target for r in related.values() if "vmlDrawing" in r.target]
    shapes = [
        shape
        for name in drawings
        if name in package
        for shape in _tree(package, name).iter("{*}shape")
    ]
    return [box for shape in shapes if (box := _box(shape, states))]


def _states(package: Package, part: str, related: dict[str, Relation]) -> dict[str, bool]:
    """The state of each control that has properties of its own, by the number of its shape."""
    states = {}
    for control in _tree(package, part).iter("{*}control"):
        rel = related.get(str(control.get(_RELS)))
        if rel and rel.target in package:
            root = _tree(package, rel.target)
            if root.get("objectType") == "CheckBox":
                states[str(control.get("shapeId"))] = root.get("checked") == "Checked"
    return states


def _box(shape: Element, states: dict[str, bool]) -> Box | None:
    data = next(shape.iter("{*}ClientData"), None)
    if data is None or data.get("ObjectType") != "Checkbox":
        return None
    number = str(shape.get("id", "")).rpartition("_s")[2]
    checked = next(data.iter("{*}Checked"), None)
    ticked = states.get(number, checked is not None and (checked.text or "1").strip() == "1")
    place = next(data.iter("{*}Anchor"), None)
    anchor = [int(n) for n in ((place.text if place is not None else "") or "").split(",")]
    if len(anchor) != 8:
        return None
    left, _, top, above, _, _, bottom, below = anchor
    row = (top * _ROW + above + bottom * _ROW + below) // (2 * _ROW)
    caption = next(shape.iter("{*}textbox"), None)
    text = "" if caption is None else clean(" ".join(str(t) for t in caption.itertext()))
    return Box(row=row + 1, col=left + 1, ticked=ticked, caption=text)


def _tree(package: Package, part: str) -> Element:
    """A part's tree, mended where Excel's VML is not well-formed: its <br> have no end."""
    parser = etree.XMLParser(recover=True, resolve_entities=False, no_network=True, load_dtd=False)
    root = etree.fromstring(package.part(part).replace(b"<br>", b"<br/>"), parser)
    return root if root is not None else etree.Element("nothing")
