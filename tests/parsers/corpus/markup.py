"""Short marked-up text into WordprocessingML.

A line is a paragraph; vertical tab is a line break inside one, tab a tab. `{kind:text}` marks a
piece: `b i u h s ss` bold, italic, underlined, highlighted, struck, double struck, `sh` shaded;
`hid` hidden; `del ins mvf mvt` tracked; `c` a content control, `ph` one that still shows its
prompt, `dd` a drop-down, `date` a date picker; `cb` a check box of Word 2010 and `lcb` a legacy one
(1 or 0); `lt` a legacy text field, `ldd` a legacy drop-down (`index|option|option`); `sym` a
Wingdings character by its hexadecimal code; `link` an address as a hyperlink field, `fs` another
field; `li` at the start of a line makes it an automatic bullet.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from xml.sax.saxutils import escape

NS = (
    'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" '
    'xmlns:w14="http://schemas.microsoft.com/office/word/2010/wordml" '
    'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" '
    'xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape" '
    'xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing" '
    'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" '
    'xmlns:v="urn:schemas-microsoft-com:vml"'
)
MARK = re.compile(r"\{(\w+):([^{}]*)\}")
PROPERTIES = {
    "b": "<w:b/>",
    "i": "<w:i/>",
    "u": '<w:u w:val="single"/>',
    "h": '<w:highlight w:val="yellow"/>',
    "s": "<w:strike/>",
    "ss": "<w:dstrike/>",
    "hid": "<w:vanish/>",
}
TRACKED = 'w:id="7" w:author="A" w:date="2027-01-01T00:00:00Z"'


def run(text: str, marks: str = "") -> str:
    """A run; its line breaks and tabs become elements."""
    inner = ""
    for piece in re.split(r"([\v\t])", text):
        if piece == "\v":
            inner += "<w:br/>"
        elif piece == "\t":
            inner += "<w:tab/>"
        elif piece:
            inner += f'<w:t xml:space="preserve">{escape(piece)}</w:t>'
    return f"<w:r>{f'<w:rPr>{marks}</w:rPr>' if marks else ''}{inner}</w:r>"


def control(content: str, properties: str = "<w:text/>") -> str:
    """A content control round elements of any level."""
    return f"<w:sdt><w:sdtPr>{properties}</w:sdtPr><w:sdtContent>{content}</w:sdtContent></w:sdt>"


def _deleted(text: str) -> str:
    return (
        f'<w:del {TRACKED}><w:r><w:delText xml:space="preserve">{escape(text)}</w:delText>'
        "</w:r></w:del>"
    )


def _box(state: str) -> str:
    glyph = "☒" if state == "1" else "☐"
    return control(run(glyph), f'<w14:checkbox><w14:checked w14:val="{state}"/></w14:checkbox>')


def _field(data: str, instruction: str, result: str = "") -> str:
    return (
        f'<w:r><w:fldChar w:fldCharType="begin"><w:ffData><w:name w:val="F"/><w:enabled/>{data}'
        '</w:ffData></w:fldChar></w:r><w:r><w:instrText xml:space="preserve"> '
        f'{instruction} </w:instrText></w:r><w:r><w:fldChar w:fldCharType="separate"/></w:r>'
        f'{result}<w:r><w:fldChar w:fldCharType="end"/></w:r>'
    )


def _legacy_box(state: str) -> str:
    checked = "<w:checked/>" if state == "1" else '<w:checked w:val="0"/>'
    return _field(
        f'<w:checkBox><w:sizeAuto/><w:default w:val="0"/>{checked}</w:checkBox>', "FORMCHECKBOX"
    )


def _legacy_list(text: str) -> str:
    index, *options = text.split("|")
    entries = "".join(f'<w:listEntry w:val="{escape(o)}"/>' for o in options)
    return _field(f'<w:ddList><w:result w:val="{index}"/>{entries}</w:ddList>', "FORMDROPDOWN")


def _link(address: str) -> str:
    return (
        '<w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText xml:space="preserve">'
        f' HYPERLINK "mailto:{address}" </w:instrText></w:r><w:r><w:fldChar w:fldCharType='
        f'"separate"/></w:r>{run(address, PROPERTIES["u"])}'
        '<w:r><w:fldChar w:fldCharType="end"/></w:r>'
    )


def _symbol(code: str) -> str:
    return f'<w:r><w:sym w:font="Wingdings" w:char="{code}"/></w:r>'


PIECES: dict[str, Callable[[str], str]] = {
    "del": _deleted,
    "ins": lambda t: f"<w:ins {TRACKED}>{run(t)}</w:ins>",
    "mvt": lambda t: f"<w:moveTo {TRACKED}>{run(t)}</w:moveTo>",
    "mvf": lambda t: f"<w:moveFrom {TRACKED}>{run(t)}</w:moveFrom>",
    "c": lambda t: control(run(t)),
    "ph": lambda t: control(run(t, '<w:rStyle w:val="PlaceholderText"/>'), "<w:showingPlcHdr/>"),
    "dd": lambda t: control(run(t), "<w:dropDownList/>"),
    "date": lambda t: control(run(t), '<w:date><w:dateFormat w:val="dd/MM/yyyy"/></w:date>'),
    "cb": _box,
    "lcb": _legacy_box,
    "lt": lambda t: _field("<w:textInput/>", "FORMTEXT", run(t)),
    "ldd": _legacy_list,
    "sym": _symbol,
    "link": _link,
    "fs": lambda t: f'<w:fldSimple w:instr=" DATE ">{run(t)}</w:fldSimple>',
    "sh": lambda t: run(t, '<w:shd w:val="clear" w:fill="FFFF00"/>'),
}


def _shredded(text: str, chance: random.Random) -> str:
    """The text over several runs, as Word leaves it after some editing."""
    out, rest = "", text
    while rest:
        cut = chance.randint(1, 7)
        out += run(rest[:cut]) + chance.choice(("", "", '<w:proofErr w:type="spellStart"/>'))
        rest = rest[cut:]
    return out


def runs(text: str, chance: random.Random | None = None) -> str:
    """One line of marked-up text as runs; with `chance`, plain text is split over many."""
    out, at = "", 0
    for found in MARK.finditer(text):
        out += _plain(text[at : found.start()], chance)
        kind, inner = found.group(1), found.group(2)
        out += run(inner, PROPERTIES[kind]) if kind in PROPERTIES else PIECES[kind](inner)
        at = found.end()
    return out + _plain(text[at:], chance)


def _plain(text: str, chance: random.Random | None) -> str:
    if not text:
        return ""
    return _shredded(text, chance) if chance else run(text)


def paragraph(text: str, chance: random.Random | None = None, style: str = "") -> str:
    """One line of marked-up text as a paragraph."""
    if text.startswith("{li:}"):
        text, style = text[5:], "ListBullet"
    properties = f'<w:pPr><w:pStyle w:val="{style}"/></w:pPr>' if style else ""
    return f"<w:p>{properties}{runs(text, chance)}</w:p>"


def paragraphs(text: str, chance: random.Random | None = None) -> str:
    """Every line a paragraph; at least one, as a cell must have."""
    return "".join(paragraph(line, chance) for line in text.split("\n"))


def plain(text: str) -> str:
    """The text as a sheet would hold it: no marks."""
    return MARK.sub(r"\2", text).replace("\v", "\n")
