"""Forms in every shape that people send, built in code."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Callable, Iterable, Sequence
from io import BytesIO
from typing import Any
from xml.sax.saxutils import escape

import docx
import openpyxl
from docx.oxml import parse_xml

NS = (
    'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" '
    'xmlns:w14="http://schemas.microsoft.com/office/word/2010/wordml" '
    'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" '
    'xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape" '
    'xmlns:v="urn:schemas-microsoft-com:vml"'
)

Pairs = Sequence[tuple[str, str]]

#: A small Form 1, label and answer.
PAIRS: Pairs = (
    ("Organisation or agency", "Felixstowe Youth Forum"),
    ("Lead worker", "Bronwen Tyrrell"),
    ("Job title", "Youth worker"),
    ("Email address", "bronwen@example.org"),
    ("Telephone", "01632 960145"),
    ("Title of consultation", "A skate park for everyone"),
    ("What do you want to find out, and why?", "Who uses the park."),
    ("Who will you consult?", "Primary age; Secondary age"),
    ("Age range", "8 to 17"),
    ("How many children and young people do you expect to take part?", "90"),
    ("Area", "Ipswich"),
    ("Start date", "19 April 2027"),
    ("End date", "28 May 2027"),
    ("Do you need POD support?", "Yes"),
)
#: What reading `PAIRS` gives.
FIELDS: dict[str, Any] = {
    "organisation": "Felixstowe Youth Forum",
    "lead_worker": "Bronwen Tyrrell",
    "job_title": "Youth worker",
    "email": "bronwen@example.org",
    "telephone": "01632 960145",
    "partners": None,
    "title": "A skate park for everyone",
    "purpose": "Who uses the park.",
    "themes": [],
    "participation_level": None,
    "audience": ["Primary age", "Secondary age"],
    "age_range": {"from": 8, "to": 17},
    "participants_expected": 90,
    "area": ["Ipswich"],
    "methods": [],
    "start_date": "2027-04-19",
    "end_date": "2027-05-28",
    "feedback_plan": None,
    "consent": None,
    "pod_request": True,
    "pod_details": None,
}


def p(*runs: str, properties: str = "") -> str:
    """A paragraph of runs; plain text becomes a run."""
    inner = "".join(r if r.startswith("<") else run(r) for r in runs)
    return f"<w:p>{f'<w:pPr>{properties}</w:pPr>' if properties else ''}{inner}</w:p>"


def run(text: str, marks: str = "") -> str:
    """A run of text with run properties."""
    return f'<w:r><w:rPr>{marks}</w:rPr><w:t xml:space="preserve">{escape(text)}</w:t></w:r>'


def cell(*paragraphs: str, properties: str = "") -> str:
    """A table cell; plain text becomes a paragraph."""
    inner = "".join(x if x.startswith("<") else p(x) for x in paragraphs) or p("")
    return f"<w:tc><w:tcPr>{properties}</w:tcPr>{inner}</w:tc>"


def row(*cells: str, properties: str = "") -> str:
    """A table row; plain text becomes a cell."""
    inner = "".join(c if c.startswith("<") else cell(c) for c in cells)
    return f"<w:tr><w:trPr>{properties}</w:trPr>{inner}</w:tr>"


def table(*rows: str) -> str:
    """A table."""
    return f"<w:tbl><w:tblPr/><w:tblGrid/>{''.join(rows)}</w:tbl>"


def control(content: str, properties: str = "") -> str:
    """A content control round anything."""
    return f"<w:sdt><w:sdtPr>{properties}</w:sdtPr><w:sdtContent>{content}</w:sdtContent></w:sdt>"


def check_box(ticked: bool | None) -> str:
    """A Word 2010 check box. None: one that was never touched."""
    state = "" if ticked is None else f'<w14:checked w14:val="{int(ticked)}"/>'
    return control(run("☒" if ticked else "☐"), f"<w14:checkbox>{state}</w14:checkbox>")


def legacy(data: str, result: str = "") -> str:
    """A legacy form field with its state in w:ffData."""
    return (
        f'<w:r><w:fldChar w:fldCharType="begin"><w:ffData>{data}</w:ffData></w:fldChar></w:r>'
        "<w:r><w:instrText> FORM </w:instrText></w:r>"
        '<w:r><w:fldChar w:fldCharType="separate"/></w:r>'
        f'{run(result)}<w:r><w:fldChar w:fldCharType="end"/></w:r>'
    )


def word(*blocks: str) -> bytes:
    """A Word file with these blocks in its body."""
    made = docx.Document()
    body = made.element.body
    for block in blocks:
        name = re.match(r"<([\w:]+)", block)
        assert name
        at = name.end()
        body.insert(len(body) - 1, parse_xml(f"{block[:at]} {NS}{block[at:]}"))
    out = BytesIO()
    made.save(out)
    return out.getvalue()


def two_columns(
    pairs: Pairs = PAIRS, *, swap: dict[str, str] | None = None, label: Callable[[str], str] = str
) -> bytes:
    """Labels left, answers right. `swap` replaces answer cells' content by label."""
    swap = swap or {}
    return word(table(*(row(cell(label(k)), cell(swap.get(k, v))) for k, v in pairs)))


def paragraphs(pairs: Pairs = PAIRS, form: str = "{}: {}") -> bytes:
    """ "Label: value" paragraphs."""
    return word(*(p(form.format(k.rstrip("?"), v)) for k, v in pairs))


Sheet = Iterable[tuple[str, Any]]


def excel(cells: Sheet, *, name: str = "Form", more: Callable[[Any], None] | None = None) -> bytes:
    """A workbook with one sheet of cells by address; `more` may change it further."""
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = name
    for address, value in cells:
        sheet[address] = value
    if more:
        more(book)
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def beside(pairs: Iterable[tuple[str, Any]] = PAIRS, *, first: int = 1) -> list[tuple[str, Any]]:
    """Labels in column A, answers in column B."""
    return [
        (f"{col}{n}", value)
        for n, pair in enumerate(pairs, first)
        for col, value in zip("AB", pair, strict=True)
    ]


def changed(data: bytes, part: str, change: Callable[[bytes], bytes]) -> bytes:
    """A package with one part changed."""
    out = BytesIO()
    with zipfile.ZipFile(BytesIO(data)) as old, zipfile.ZipFile(out, "w") as new:
        for info in old.infolist():
            content = old.read(info)
            new.writestr(info, change(content) if info.filename == part else content)
    return out.getvalue()
