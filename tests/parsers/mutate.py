"""Damage and noise for form files, by seed: what fuzzing does to them.

`damaged` may change what a file says, or leave it no file at all. `rewritten` changes only how it
is written, as other programs and other hands do: it has to be read as before.
"""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Sequence
from copy import deepcopy
from io import BytesIO
from random import Random

from lxml import etree

#: (name, content) of each part of a package, in order; a name may come twice.
Parts = list[tuple[str, bytes]]
Element = etree._Element

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
S = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_XML_SPACE = "{http://www.w3.org/XML/1998/namespace}space"

#: Elements in one part, at most, however often something in it is doubled.
LARGEST = 30_000

NASTY = (
    "", " ", "-1", "0", "1", "3", "1e999", "NaN", "99999999999999999999", "2147483648", "true",
    "A0", "A1048577", "XFD1048576", "ZZZZ99999999", "A1:XFD1048576", "s", "b", "e", "d", "rId999",
    "inlineStr", "../../../etc/passwd", "file:///etc/passwd", "a" * 20_000, "☒", "☐ Yes ☒ No",
    "31/02/2027", "0000-00-00", "9999-12-31T00:00:00Z", "2027-13-45", "Start date", "End date:",
    "8 to 12 to 17", "١٢", "\u202e", "\ufffd", "İ", "ß" * 300, "x: " * 3_000, "( " * 3_000,
    "and " * 3_000, "1 " * 3_000, "nobody@" * 500, "=1+1", "hidden", "gray125", "w:p", "[0]",
    "7" * 5_000, "3 to " + "7" * 900, "Yes " * 5_000,
)  # fmt: skip


def damaged(rng: Random, data: bytes) -> bytes:
    """A file after one to four kinds of damage."""
    for _ in range(rng.choice((1, 1, 1, 2, 3, 4))):
        data = rng.choice((_bytes, _parts, _tree, _tree, _tree))(rng, data)
    return data


def rewritten(rng: Random, data: bytes) -> bytes:
    """The same form, written in another way."""
    parts = unpacked(data)
    for _ in range(rng.randint(1, 12)):
        parts = _part_of(rng, parts, _ANSWERS, rng.choice(_NOISES))
    rng.shuffle(parts)
    return packed(parts, rng.choice((zipfile.ZIP_DEFLATED, zipfile.ZIP_STORED)))


def unpacked(data: bytes) -> Parts:
    """A package's parts."""
    with zipfile.ZipFile(BytesIO(data)) as package:
        return [(info.filename, package.read(info)) for info in package.infolist()]


def packed(parts: Parts, method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A package of these parts."""
    out = BytesIO()
    with zipfile.ZipFile(out, "w", method) as package:
        for name, content in parts:
            package.writestr(zipfile.ZipInfo(name or "?"), content, method)
    return out.getvalue()


# --------------------------------------------------------------------------- bytes


def _bytes(rng: Random, data: bytes) -> bytes:
    if not data:
        return data
    start = rng.randrange(len(data))
    end = min(len(data), start + int(rng.expovariate(1 / 200)) + 1)
    return rng.choice(
        (
            lambda: _flipped(rng, data),
            lambda: _flipped(rng, data[-2000:]).rjust(len(data), b"\0")[: len(data)],
            lambda: data[:-2000] + _flipped(rng, data[-2000:]),
            lambda: data[:start],
            lambda: data[:start] + data[end:],
            lambda: data[:end] + data[start:],
            lambda: data[:start] + bytes([rng.choice((0, 255))]) * (end - start) + data[end:],
        )
    )()


def _flipped(rng: Random, data: bytes) -> bytes:
    out = bytearray(data)
    for _ in range(rng.choice((1, 1, 2, 8, 64))):
        if out:
            out[rng.randrange(len(out))] ^= 1 << rng.randrange(8)
    return bytes(out)


# --------------------------------------------------------------------------- parts


def _parts(rng: Random, data: bytes) -> bytes:
    try:
        parts = unpacked(data)
    except Exception:  # already damaged
        return _bytes(rng, data)
    if not parts:
        return data
    one, other = rng.randrange(len(parts)), rng.randrange(len(parts))
    (name, content), (others_name, others) = parts[one], parts[other]
    match rng.randrange(6):
        case 0:
            del parts[one]
        case 1:
            parts.append((name, rng.choice((content, others, b""))))
        case 2:
            parts[one], parts[other] = (name, others), (others_name, content)
        case 3:
            parts[one] = (name, b"")
        case 4:
            parts[one] = (rng.choice((name.upper(), "/" + name, "../" + name, "?")), content)
        case _:
            parts[one] = (name, _bytes(rng, content))
    return packed(parts)


# --------------------------------------------------------------------------- trees

_ANSWERS = ("word/document", "xl/worksheets/", "xl/sharedStrings")

Change = Callable[[Random, Element], None]


def _tree(rng: Random, data: bytes) -> bytes:
    try:
        parts = unpacked(data)
    except Exception:  # already damaged
        return _bytes(rng, data)
    often = rng.choice((_ANSWERS, _ANSWERS, ("",)))
    for _ in range(rng.choice((1, 1, 2, 5))):
        parts = _part_of(rng, parts, often, rng.choice(_CHANGES))
    return packed(parts)


def _part_of(rng: Random, parts: Parts, names: Sequence[str], change: Change) -> Parts:
    """The parts after a change to the tree of one whose name begins with one of `names`."""
    fit = [
        i
        for i, (name, _) in enumerate(parts)
        if name.startswith(tuple(names)) and name.endswith((".xml", ".rels"))
    ]
    if not fit:
        return parts
    place = rng.choice(fit)
    name, content = parts[place]
    try:
        root = etree.fromstring(content, etree.XMLParser(resolve_entities=False, huge_tree=True))
        change(rng, root)
        content = etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)
    except (etree.XMLSyntaxError, ValueError):  # already damaged, or would be no tree
        return parts
    return [*parts[:place], (name, content), *parts[place + 1 :]]


def _some(rng: Random, root: Element) -> Element:
    """Any element but the root, if there is another."""
    return rng.choice(list(root.iterdescendants("*")) or [root])


def _delete(rng: Random, root: Element) -> None:
    one = _some(rng, root)
    if (above := one.getparent()) is not None:
        above.remove(one)


def _double(rng: Random, root: Element) -> None:
    one = _some(rng, root)
    above = one.getparent()
    if above is None:
        return
    room = (LARGEST - sum(1 for _ in root.iter())) // (1 + sum(1 for _ in one.iter()))
    for _ in range(min(room, rng.choice((1, 1, 2, 20, 2000)))):
        above.insert(above.index(one), deepcopy(one))


def _shuffle(rng: Random, root: Element) -> None:
    above = rng.choice([e for e in root.iter("*") if len(e) > 1] or [root])
    above[:] = rng.sample(list(above), len(above))


def _move(rng: Random, root: Element) -> None:
    one, to = _some(rng, root), _some(rng, root)
    if one is not to and one is not root and one not in to.iterancestors():
        to.insert(rng.randint(0, len(to)), one)


def _rename(rng: Random, root: Element) -> None:
    _some(rng, root).tag = _some(rng, root).tag


def _attribute(rng: Random, root: Element) -> None:
    holders = [e for e in root.iter("*") if e.attrib] or [root]
    one, other = rng.choice(holders), rng.choice(holders)
    names = list(one.attrib) or list(other.attrib) or ["val"]
    name = rng.choice(names)
    match rng.randrange(4):
        case 0:
            one.attrib.pop(name, "")
        case 1:
            one.attrib.update(other.attrib)
        case _:
            one.set(name, rng.choice(NASTY))


def _text(rng: Random, root: Element) -> None:
    holders = [e for e in root.iter("*") if e.text] or [root]
    rng.choice(holders).text = rng.choice((*NASTY, rng.choice(holders).text or ""))


def _nest(rng: Random, root: Element) -> None:
    """An element within elements of its own kind, or within content controls."""
    one = _some(rng, root)
    above = one.getparent()
    if above is None:
        return
    shells = rng.choice(
        ((one.tag,), (f"{W}sdt", f"{W}sdtContent"), (f"{W}tbl", f"{W}tr", f"{W}tc"))
    )
    for _ in range(rng.choice((1, 1, 3, 40, 400))):
        outer = inner = etree.Element(shells[0])
        for tag in shells[1:]:
            inner = etree.SubElement(inner, tag)
        above.replace(one, outer)
        inner.append(one)
        above = inner


_CHANGES: tuple[Change, ...] = (
    _delete, _double, _shuffle, _move, _rename, _attribute, _attribute, _text, _nest,
)  # fmt: skip


# --------------------------------------------------------------------------- mere noise


def _wrap(rng: Random, root: Element) -> None:
    """A content control round a run, paragraph, cell, row or table."""
    tags = [f"{W}{name}" for name in ("r", "p", "tc", "tr", "tbl")]
    if here := list(root.iter(*tags)):
        one = rng.choice(here)
        _shell(one, etree.Element(f"{W}sdt"), f"{W}sdtContent")


def _track(rng: Random, root: Element) -> None:
    """An insertion, a smart tag or a link round a run."""
    if here := [r for r in root.iter(f"{W}r") if r.find(f"{W}t") is not None]:
        name = rng.choice(("ins", "smartTag", "hyperlink", "moveTo"))
        _shell(rng.choice(here), etree.Element(f"{W}{name}", {f"{W}id": "7"}))


def _shell(one: Element, outer: Element, within: str | None = None) -> None:
    above = one.getparent()
    if above is None:
        return
    above.replace(one, outer)
    inner = outer if within is None else etree.SubElement(outer, within)
    inner.append(one)


def _split(rng: Random, root: Element) -> None:
    """A run in two, as the spelling checker leaves it."""
    here = [
        t
        for t in root.iter(f"{W}t")
        if len(t.text or "") > 1 and (r := t.getparent()) is not None and r.tag == f"{W}r"
    ]
    if not here:
        return
    text = rng.choice(here)
    run, words = text.getparent(), text.text or ""
    assert run is not None
    if len(run.findall(f"{W}t")) > 1 or run[-1] is not text:
        return
    at = rng.randrange(1, len(words))
    second = deepcopy(run)
    later = second.find(f"{W}t")
    assert later is not None
    for t, part in ((text, words[:at]), (later, words[at:])):
        t.text = part
        t.set(_XML_SPACE, "preserve")
    run.addnext(second)
    run.addnext(etree.Element(f"{W}proofErr", {f"{W}type": "spellStart"}))


def _marks(rng: Random, root: Element) -> None:
    """Bookmarks, revision numbers, page breaks as last shown, comments of XML's own."""
    if not (here := list(root.iter(f"{W}r", f"{W}p", f"{S}c", f"{S}row"))):
        return
    one = rng.choice(here)
    if one.tag.startswith(S):
        one.set("spans", "1:9")
        one.addprevious(etree.Comment(" Lead worker: Nobody "))
        return
    one.set(f"{W}rsidR", f"{rng.getrandbits(32):08X}")
    mark = rng.choice(("bookmarkStart", "bookmarkEnd", "commentRangeStart", "permStart"))
    one.addprevious(etree.Element(f"{W}{mark}", {f"{W}id": "9", f"{W}name": "Lead worker"}))
    if one.tag == f"{W}r":
        place = 1 if one.find(f"{W}rPr") is not None else 0
        one.insert(place, etree.Element(f"{W}lastRenderedPageBreak"))


_NOISES: tuple[Change, ...] = (_wrap, _wrap, _track, _split, _split, _marks)
