"""What Word and Excel packages have in common: well-formed parts, and relationships between them.

ECMA-376 part 2 (packages); part 1, annex A, and part 4 (the two families of namespaces).
"""

from __future__ import annotations

import posixpath
import re
from dataclasses import dataclass

from lxml import etree

from model import Code
from parsers.sniff import Package, Refused

Element = etree._Element

_STRICT = b"http://purl.oclc.org/ooxml/"
#: A namespace of the strict family, and the same in the usual one.
_STRICT_NAME, _USUAL_NAME = (
    re.compile(_STRICT + rb"(\w+)/"),
    rb"http://schemas.openxmlformats.org/\1/2006/",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Relation:
    """Where a part leads: `kind` is the last part of its type, `target` a part's name."""

    kind: str
    target: str


def tree(data: bytes) -> Element:
    """The root of one part. Raises `Refused` where it is not well-formed."""
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        remove_comments=True,
        remove_pis=True,
        collect_ids=False,
    )
    if _STRICT in data:
        data = _STRICT_NAME.sub(_USUAL_NAME, data)
    try:
        return etree.fromstring(data, parser)
    except etree.XMLSyntaxError as e:
        raise Refused(Code.DAMAGED) from e


def relations(package: Package, part: str = "") -> dict[str, Relation]:
    """The relationships of a part, by their ids; of the package itself, where none is named."""
    folder, name = posixpath.split(part)
    rels = posixpath.join(folder, "_rels", f"{name}.rels")
    if rels not in package:
        return {}
    found = {}
    for rel in tree(package.part(rels)):
        target, kind = str(rel.get("Target", "")), str(rel.get("Type", ""))
        path = target.lstrip("/") if target.startswith("/") else posixpath.join(folder, target)
        found[str(rel.get("Id"))] = Relation(
            kind=kind.rpartition("/")[2], target=posixpath.normpath(path)
        )
    return found


def main_part(package: Package, usual: str) -> str:
    """The part that a package is about."""
    for rel in relations(package).values():
        if rel.kind == "officeDocument" and rel.target in package:
            return rel.target
    return usual
