"""How the Word forms look: page, styles, language, and the prompts that Word puts back."""

from __future__ import annotations

from dataclasses import dataclass

from docx.document import Document as WordDocument
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.text import WD_TAB_ALIGNMENT
from docx.opc.constants import CONTENT_TYPE, RELATIONSHIP_TYPE
from docx.opc.packuri import PackURI
from docx.opc.part import Part
from docx.oxml.ns import qn
from docx.oxml.parser import parse_xml
from docx.oxml.xmlchemy import BaseOxmlElement
from docx.shared import Cm, Pt, RGBColor
from docx.styles.style import ParagraphStyle
from lxml import etree

from parsers.blank import ACCENT, FONT, INK, LANGUAGE, MADE_AT, QUIET
from parsers.blank_controls import PROMPTS, element, run


@dataclass(frozen=True, slots=True)
class Look:
    """How a paragraph style looks; sizes and spaces in points."""

    size: float = 11
    bold: bool = False
    colour: str = INK
    before: float = 0
    after: float = 0
    with_next: bool = False  #: stays on the page of what follows


LOOKS = {
    "Normal": Look(after=6),
    "Subtitle": Look(size=12, bold=True, colour=QUIET),
    "Title": Look(size=24, bold=True, after=10),
    "Heading 1": Look(size=15, bold=True, colour=ACCENT, before=16, after=6, with_next=True),
    "Table Header": Look(bold=True, with_next=True),
    "Question": Look(bold=True, with_next=True),
    "Hint": Look(colour=QUIET, before=2),
    "Answer": Look(after=2),
    "Gap": Look(size=4),
    "Footer": Look(size=10, colour=QUIET),
}

#: The styles that Word takes where none is named.
DEFAULTS = {"Default Paragraph Font", "Normal Table", "No List"}

#: What is not wanted of python-docx's own template.
LEFT_OUT = {"customXml", "stylesWithEffects", "webSettings", "thumbnail"}


def dress(document: WordDocument, title: str) -> None:
    """Give an empty document the page, styles, properties and footer of our forms."""
    _page(document)
    _styles(document)
    _settings(document)
    _properties(document, title)
    _footer(document, title)
    _prompts(document)
    for rels in (document.part.rels, document.part.package.rels):
        for key in [k for k, r in rels.items() if r.reltype.rpartition("/")[2] in LEFT_OUT]:
            del rels[key]


def _page(document: WordDocument) -> None:
    section = document.sections[0]
    section.page_width, section.page_height = Cm(21), Cm(29.7)
    section.left_margin = section.right_margin = Cm(2)
    section.top_margin = section.bottom_margin = Cm(1.8)
    section.footer_distance = Cm(0.9)


def _styles(document: WordDocument) -> None:
    defaults = document.styles.element.find(qn("w:docDefaults"))
    fonts = defaults.find(f".//{qn('w:rFonts')}")
    fonts.attrib.clear()
    for script in ("ascii", "eastAsia", "hAnsi", "cs"):
        fonts.set(qn(f"w:{script}"), FONT)
    defaults.find(f".//{qn('w:lang')}").set(qn("w:val"), LANGUAGE)
    _prune(document)
    for name, look in LOOKS.items():
        _style(document, name, look)
    prompt = document.styles.add_style("Placeholder Text", WD_STYLE_TYPE.CHARACTER)
    prompt.font.color.rgb = RGBColor.from_string(QUIET)


def _prune(document: WordDocument) -> None:
    """Only the styles in use stay: people find ours at once, and the file is light."""
    kept = LOOKS.keys() | DEFAULTS
    for style in list(document.styles):
        if style.name not in kept:
            style.delete()
        else:
            for link in style.element.xpath("w:link"):
                style.element.remove(link)


def _style(document: WordDocument, name: str, look: Look) -> None:
    styles = document.styles
    style = styles[name] if name in styles else styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH)
    assert isinstance(style, ParagraphStyle)
    for part in style.element.xpath("w:pPr | w:rPr"):
        style.element.remove(part)
    style.font.size, style.font.bold = Pt(look.size), look.bold
    style.font.color.rgb = RGBColor.from_string(look.colour)
    layout = style.paragraph_format
    layout.space_before, layout.space_after = Pt(look.before), Pt(look.after)
    layout.line_spacing, layout.keep_with_next = 1.1, look.with_next
    if name == "Heading 1":
        style.element.get_or_add_pPr().append(element("w:outlineLvl", val="0"))


def _settings(document: WordDocument) -> None:
    """As Word 2013 and later makes them; else it opens the form in compatibility mode."""
    settings = document.settings.element
    for setting in settings.iter(qn("w:compatSetting")):
        if setting.get(qn("w:name")) == "compatibilityMode":
            setting.set(qn("w:val"), "15")
    settings.find(qn("w:themeFontLang")).set(qn("w:val"), LANGUAGE)
    zoom = settings.find(qn("w:zoom"))
    zoom.attrib.clear()
    zoom.set(qn("w:percent"), "100")


def _properties(document: WordDocument, title: str) -> None:
    properties = document.core_properties
    properties.title, properties.language = title, LANGUAGE
    properties.author = properties.comments = properties.last_modified_by = ""
    properties.created = properties.modified = MADE_AT


def _footer(document: WordDocument, title: str) -> None:
    section = document.sections[0]
    paragraph = section.footer.paragraphs[0]
    paragraph.paragraph_format.tab_stops.add_tab_stop(Cm(17), WD_TAB_ALIGNMENT.RIGHT)
    paragraph.add_run(f"{title}\tPage ")
    paragraph._p.append(_page_field("PAGE"))
    paragraph.add_run(" of ")
    paragraph._p.append(_page_field("NUMPAGES"))


def _page_field(instruction: str) -> BaseOxmlElement:
    return element("w:fldSimple", run("1"), instr=f" {instruction} ")


def _prompts(document: WordDocument) -> None:
    """The prompts as building blocks (ISO/IEC 29500-1, 17.12), for controls that are emptied."""
    blocks = [_block(name, prompt) for prompt, name in PROMPTS.items()]
    whole = element("w:glossaryDocument", element("w:docParts", *blocks))
    package = document.part.package
    glossary = Part(
        PackURI("/word/glossary/document.xml"),
        CONTENT_TYPE.WML_DOCUMENT_GLOSSARY,
        _bytes(whole),
        package,
    )
    grey = document.styles["Placeholder Text"].element
    styles = element("w:styles", parse_xml(etree.tostring(grey)))
    glossary.relate_to(
        Part(
            PackURI("/word/glossary/styles.xml"), CONTENT_TYPE.WML_STYLES, _bytes(styles), package
        ),
        RELATIONSHIP_TYPE.STYLES,
    )
    document.part.relate_to(glossary, RELATIONSHIP_TYPE.GLOSSARY_DOCUMENT)


def _block(name: str, prompt: str) -> BaseOxmlElement:
    return element(
        "w:docPart",
        element(
            "w:docPartPr",
            element("w:name", val=name),
            element(
                "w:category",
                element("w:name", val="General"),
                element("w:gallery", val="placeholder"),
            ),
            element("w:types", element("w:type", val="bbPlcHdr")),
            element("w:behaviors", element("w:behavior", val="content")),
        ),
        element("w:docPartBody", element("w:p", run(prompt, style="PlaceholderText"))),
    )


def _bytes(tree: BaseOxmlElement) -> bytes:
    return etree.tostring(tree, xml_declaration=True, encoding="UTF-8", standalone=True)
