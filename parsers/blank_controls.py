"""Word's content controls (ISO/IEC 29500-1, 17.5.2) and its check box ([MS-DOCX], 2.6.1)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import count
from typing import cast

from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.oxml.xmlchemy import BaseOxmlElement

from parsers.blank import LANGUAGE

W14 = "http://schemas.microsoft.com/office/word/2010/wordml"
TICKED, UNTICKED, BOX_FONT = "☒", "☐", "MS Gothic"

#: The prompts that Word itself shows, so that every reader knows them for no answer, and the names
#: under which Word keeps them: it shows them again when an answer is taken out.
TEXT_PROMPT = "Click or tap here to enter text."
DATE_PROMPT = "Click or tap to enter a date."
LIST_PROMPT = "Choose an item."
PROMPTS = {
    TEXT_PROMPT: "DefaultPlaceholder_-1854013440",
    DATE_PROMPT: "DefaultPlaceholder_-1854013437",
    LIST_PROMPT: "DefaultPlaceholder_-1854013438",
}

_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def element(name: str, *children: BaseOxmlElement, **attributes: str) -> BaseOxmlElement:
    """One WordprocessingML element; attribute names are given without their "w:"."""
    made = cast(BaseOxmlElement, OxmlElement(name))
    for key, value in attributes.items():
        made.set(qn(f"w:{key}"), value)
    made.extend(children)
    return made


def run(text: str, style: str = "", font: str = "") -> BaseOxmlElement:
    """One run; a "\\n" in the text becomes a line break. What XML cannot hold is left out."""
    properties = element("w:rPr")
    if style:
        properties.append(element("w:rStyle", val=style))
    if font:
        properties.append(
            element("w:rFonts", ascii=font, eastAsia=font, hAnsi=font, hint="eastAsia")
        )
    made = element("w:r", *([properties] if len(properties) else []))
    for number, line in enumerate(_NOT_XML.sub("", text).split("\n")):
        if number:
            made.append(element("w:br"))
        words = element("w:t")
        words.text = line
        words.set(qn("xml:space"), "preserve")
        made.append(words)
    return made


@dataclass(slots=True)
class Controls:
    """Makes the controls of one document, each with its own number."""

    numbers: Iterator[int] = field(default_factory=lambda: count(1001))

    def text(self, key: str, name: str, answer: str, *, lines: bool = False) -> BaseOxmlElement:
        """A text control: plain for one line; for several a rich one, where Enter makes a line.

        LibreOffice loses the line breaks of a plain one.
        """
        kind = element("w:richText") if lines else element("w:text")
        return self._control(key, name, kind, answer, TEXT_PROMPT)

    def date(self, key: str, name: str, answer: str, iso: str | None) -> BaseOxmlElement:
        """A date picker; `answer` is what it shows, `iso` the day itself."""
        kind = element(
            "w:date",
            element("w:dateFormat", val="d MMMM yyyy"),
            element("w:lid", val=LANGUAGE),
            element("w:storeMappedDataAs", val="dateTime"),
            element("w:calendar", val="gregorian"),
            **({"fullDate": f"{iso}T00:00:00Z"} if iso else {}),
        )
        return self._control(key, name, kind, answer, DATE_PROMPT)

    def choice(self, key: str, name: str, answer: str, options: Sequence[str]) -> BaseOxmlElement:
        """A drop-down list."""
        items = [element("w:listItem", displayText=LIST_PROMPT, value="")]
        items += [element("w:listItem", displayText=o, value=o) for o in options]
        return self._control(key, name, element("w:dropDownList", *items), answer, LIST_PROMPT)

    def box(self, key: str, name: str, *, ticked: bool) -> BaseOxmlElement:
        """A check box."""
        kind = element("w14:checkbox")
        for child, value in (
            ("checked", "1" if ticked else "0"),
            ("checkedState", f"{ord(TICKED):04X}"),
            ("uncheckedState", f"{ord(UNTICKED):04X}"),
        ):
            state = element(f"w14:{child}")
            state.set(f"{{{W14}}}val", value)
            if child != "checked":
                state.set(f"{{{W14}}}font", BOX_FONT)
            kind.append(state)
        glyph = run(TICKED if ticked else UNTICKED, font=BOX_FONT)
        return element(
            "w:sdt",
            element("w:sdtPr", *self._names(key, name), kind),
            element("w:sdtContent", glyph),
        )

    def _control(
        self, key: str, name: str, kind: BaseOxmlElement, answer: str, prompt: str
    ) -> BaseOxmlElement:
        """ISO/IEC 29500-1, 17.5.2.38 gives the properties and their order."""
        place = element("w:placeholder", element("w:docPart", val=PROMPTS[prompt]))
        empty = [] if answer else [element("w:showingPlcHdr")]
        content = run(answer) if answer else run(prompt, style="PlaceholderText")
        return element(
            "w:sdt",
            element("w:sdtPr", *self._names(key, name), place, *empty, kind),
            element("w:sdtContent", content),
        )

    def _names(self, key: str, name: str) -> list[BaseOxmlElement]:
        return [
            element("w:alias", val=name),
            element("w:tag", val=key),
            element("w:id", val=str(next(self.numbers))),
            element("w:lock", val="sdtLocked"),  # the answer can change, the control stays
        ]
