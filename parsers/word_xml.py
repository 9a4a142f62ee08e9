"""WordprocessingML: its names, and what its elements say (ECMA-376 part 1, chapter 17).

Asking lxml for a child costs more than going through the few that there are, and by the schema
properties come first: so whoever reads an element goes through its children once.
"""

from __future__ import annotations

import re

from parsers.ooxml import Element

_MAIN = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_MC = "http://schemas.openxmlformats.org/markup-compatibility/2006"
W = f"{{{_MAIN}}}"
VAL = f"{W}val"
P, P_PR, R, R_PR, T, FIELD = (f"{W}{n}" for n in ("p", "pPr", "r", "rPr", "t", "fldChar"))
TBL, TR, TR_PR, TC, TC_PR = (f"{W}{n}" for n in ("tbl", "tr", "trPr", "tc", "tcPr"))
SDT, SDT_PR, SDT_CONTENT = (f"{W}{n}" for n in ("sdt", "sdtPr", "sdtContent"))
DELETED = f"{W}del"
ALTERNATIVES = f"{{{_MC}}}AlternateContent"
#: What stands around content and says nothing of its own.
THROUGH = {
    f"{W}{name}"
    for name in ("customXml", "smartTag", "ins", "moveTo", "hyperlink", "dir", "bdo", "fldSimple")
}

_OFF = ("0", "false", "off", "none")
_BOX, _PROMPT, _CHECKED = "{*}checkbox", f"{W}showingPlcHdr", "{*}checked"
_ISO = re.compile(r"\d{4}-\d\d-\d\d")
_DATE, _FORMAT, _DAY = f"{W}date", f"{W}dateFormat", f"{W}fullDate"


def on(el: Element) -> bool:
    """Whether a toggle is on: it is where nothing else is said."""
    return el.get(VAL, "1") not in _OFF


def number(el: Element | None, default: int) -> int:
    """The value of an element that counts something."""
    text = "" if el is None else el.get(VAL, "")
    return int(text) if text.isdecimal() else default


def branch(alternatives: Element) -> Element | None:
    """The one branch of mc:AlternateContent to read: the first that has text in it."""
    for one in alternatives:
        if next(one.iter(T, SDT, FIELD), None) is not None:
            return one
    return None


def control(sdt: Element) -> tuple[bool | None, bool, Element | None]:
    """(tick box state or None, whether its placeholder shows, its content) of a content control."""
    box, prompt, content, day = None, False, None, ""
    for el in sdt:
        tag = el.tag
        if tag == SDT_PR:
            box, prompt = _properties(el)
            day = _month_first(el)
        elif tag == SDT_CONTENT and content is None:
            content = el
            if day:
                _say(content, day)
    return box, prompt, content


def _properties(properties: Element) -> tuple[bool | None, bool]:
    prompt = False
    for el in properties.iterchildren(_BOX, _PROMPT):
        if el.tag == _PROMPT:
            prompt = on(el)
        elif not el.tag.startswith(W):
            return _ticked(el), False
    return None, prompt


def _month_first(properties: Element) -> str:
    """The day that a date picker holds, where it shows the month first (17.5.2.7); else ""."""
    for date in properties.iterchildren(_DATE):
        shown = next(date.iterchildren(_FORMAT), None)
        if shown is not None and shown.get(VAL, "").startswith(("M/", "MM/", "M-", "MM-")):
            day = date.get(_DAY, "").partition("T")[0]
            return day if _ISO.fullmatch(day) else ""
    return ""


def _say(content: Element, day: str) -> None:
    """Let a date picker say its day in the one way that has no two readings."""
    texts = list(content.iter(T))
    year, month, date = (part.lstrip("0") for part in day.split("-"))
    numbers = re.findall(r"[1-9]\d*", "".join(t.text or "" for t in texts))
    if numbers in ([month, date, year], [month, date, year[2:]]):
        for t in texts:
            t.text = "" if t is not texts[0] else day


def _ticked(box: Element) -> bool:
    """Word 2010's check boxes: [MS-DOCX] 2.6.1.3, and those of later namespaces."""
    for checked in box.iterchildren(_CHECKED):
        value = next((v for k, v in checked.items() if str(k).endswith("}val")), "1")
        return str(value) not in _OFF
    return False
