"""The official forms as Word documents: a table for each section, a control for each answer.

Each label is one run of text; its answer control lies in the cell beside it. Headings, the header
row of each table, its description and the document's title and language are for screen readers.
"""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from docx import Document
from docx.document import Document as WordDocument
from docx.oxml.xmlchemy import BaseOxmlElement
from docx.shared import Cm, Pt
from docx.table import Table, _Cell, _Row
from docx.text.paragraph import Paragraph
from lxml import etree

from parsers.blank import (
    ACTION_ROWS,
    ANSWER,
    GROUND,
    HOW_TO,
    QUESTION,
    RULE,
    SPARE_ROWS,
    column_field,
    heading,
    other_text,
)
from parsers.blank_controls import Controls, element, run
from parsers.blank_word_style import dress
from parsers.hints import hint
from parsers.spec import Column, FieldSpec, FormSpec, Type
from parsers.wording import in_words

#: Widths of the columns in cm; together the width of the text on the page.
LABELS, ANSWERS = 6.4, 10.6
ACTION_WIDTHS = (8.4, 4.2, 4.4)

#: Height of an empty answer of several lines, in cm; it grows with the answer.
LONG_ANSWER = 2.2


def make(form: FormSpec, fields: Mapping[str, Any], prefix: str) -> bytes:
    """The form as a .docx file; `fields` (any of its keys) are filled in.

    `prefix` is that of the reference numbers.
    """
    document = Document()
    dress(document, heading(form))
    document.add_paragraph(form.name, style="Subtitle")
    document.add_paragraph(form.title, style="Title")
    for text in (form.intro, HOW_TO):
        if text:
            document.add_paragraph(text)
    page = _Page(document=document, prefix=prefix)
    for name, specs in form.sections.items():
        page.section(name, specs, fields)
    document.add_paragraph(style="Gap")  # a document ends with a paragraph, not with a table
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


@dataclass(slots=True, kw_only=True)
class _Page:
    document: WordDocument
    prefix: str
    controls: Controls = field(default_factory=Controls)

    def section(self, name: str, specs: Sequence[FieldSpec], fields: Mapping[str, Any]) -> None:
        """A heading, and the questions under it; a field that is a table stands between them."""
        if name:
            self.document.add_heading(name, level=1)
        table: Table | None = None
        for spec in specs:
            if spec.type is Type.ACTIONS:
                self._rows(spec, fields.get(spec.key) or [])
                table = None
                continue
            if table is None:
                about = f"Questions on the left, answers on the right: {name}"
                table = self._table((QUESTION, ANSWER), (LABELS, ANSWERS), name, about)
            self._question(_added(table), spec, fields.get(spec.key))

    def _table(
        self, titles: Sequence[str], widths: Sequence[float], name: str, about: str
    ) -> Table:
        table: Table = self.document.add_table(rows=1, cols=len(widths))
        table.autofit = False
        _look(table, name, about)
        header = table.rows[0]
        header._tr.get_or_add_trPr().append(element("w:tblHeader"))
        columns = zip(table.columns, header.cells, titles, widths, strict=True)
        for column, cell, title, width in columns:
            column.width = cell.width = Cm(width)
            _shade(cell)
            _wear(cell.paragraphs[0], "Table Header")
            cell.paragraphs[0].add_run(title)
        _keep_whole(header)
        return table

    def _question(self, row: _Row, spec: FieldSpec, value: Any) -> None:
        label, answer = row.cells
        _shade(label)
        _label(label, spec.label, hint(spec, "docx", self.prefix))
        if spec.type is Type.LONG_TEXT:
            row.height = Cm(LONG_ANSWER)
        for number, line in enumerate(self._lines(spec, value)):
            paragraph = answer.add_paragraph() if number else answer.paragraphs[0]
            _wear(paragraph, "Answer")
            paragraph._p.extend(line)

    def _lines(self, spec: FieldSpec, value: Any) -> list[list[BaseOxmlElement]]:
        """The answer's paragraphs, each as the elements in it."""
        key, name, words = spec.key, spec.label, in_words(spec, value)
        match spec.type:
            case Type.CHOICES:
                return self._choices(spec, value or [])
            case Type.YES_NO:
                return [
                    [self.controls.box(key, f"{name} {said}", ticked=value is yes), run(f" {said}")]
                    for said, yes in (("Yes", True), ("No", False))
                ]
            case Type.CHOICE:
                return [[self.controls.choice(key, name, words, spec.options)]]
            case Type.DATE:
                return [[self.controls.date(key, name, words, value)]]
        long = spec.type is Type.LONG_TEXT
        return [[self.controls.text(key, name, words, lines=long)]]

    def _choices(self, spec: FieldSpec, chosen: list[str]) -> list[list[BaseOxmlElement]]:
        """One line for each option; "Other" has a text control beside its box."""
        other = other_text(spec, chosen)
        lines = []
        for option in spec.options:
            ticked = option in chosen or (option == "Other" and other is not None)
            name = f"{spec.label} {option}"
            lines.append([self.controls.box(spec.key, name, ticked=ticked), run(f" {option}")])
        if spec.has_other:
            place = spec.options.index("Other")
            text = self.controls.text(spec.key, f"{spec.label} Other, namely", other or "")
            lines[place] += [run(": "), text]
        return lines

    def _rows(self, spec: FieldSpec, rows: Sequence[Mapping[str, Any]]) -> None:
        """A field that is a table of rows, under its label."""
        label = self.document.add_paragraph(spec.label, style="Question")
        label.paragraph_format.space_after = Pt(4)
        if text := hint(spec, "docx", self.prefix):
            self.document.add_paragraph(text, style="Hint")
        titles = [column.label for column in spec.columns]
        table = self._table(titles, ACTION_WIDTHS, spec.label, "One row for each")
        count = max(ACTION_ROWS, len(rows) + SPARE_ROWS if rows else 0)
        for number in range(count):
            values = rows[number] if number < len(rows) else {}
            for cell, column in zip(_added(table).cells, spec.columns, strict=True):
                _wear(cell.paragraphs[0], "Answer")
                name = f"{spec.label}, row {number + 1}: {column.label}"
                control = self._cell(spec, column, name, values.get(column.key))
                cell.paragraphs[0]._p.append(control)
        self.document.add_paragraph(style="Gap")

    def _cell(self, spec: FieldSpec, column: Column, name: str, value: Any) -> BaseOxmlElement:
        cell = column_field(column)
        words = in_words(cell, value)
        if cell.type is Type.DATE:
            return self.controls.date(spec.key, name, words, value)
        return self.controls.text(spec.key, name, words, lines=True)


def _added(table: Table) -> _Row:
    row: _Row = table.add_row()  # type: ignore[no-untyped-call]
    _keep_whole(row)
    return row


def _keep_whole(row: _Row) -> None:
    row._tr.get_or_add_trPr().append(element("w:cantSplit"))


def _label(cell: _Cell, label: str, help_text: str) -> None:
    paragraph = cell.paragraphs[0]
    _wear(paragraph, "Question")
    paragraph.add_run(label)
    if help_text:
        _wear(cell.add_paragraph(help_text), "Hint")


def _wear(paragraph: Paragraph, style: str) -> None:
    """Give it a style of ours, by its id: looking each up by its name takes a third of the time."""
    paragraph._p.style = style.replace(" ", "")


def _shade(cell: _Cell) -> None:
    cell._tc.get_or_add_tcPr().append(element("w:shd", val="clear", color="auto", fill=GROUND))


#: The order that ISO/IEC 29500-1, 17.4.59 asks of what a table's properties hold.
ORDER = (
    "tblStyle tblW jc tblInd tblBorders shd tblLayout tblCellMar tblLook tblCaption tblDescription"
).split()


def _look(table: Table, name: str, about: str) -> None:
    """Rules, air and description of a table."""
    sides = ("top", "left", "bottom", "right", "insideH", "insideV")
    rules = [element(f"w:{s}", val="single", sz="4", space="0", color=RULE) for s in sides]
    air = [
        element(f"w:{side}", w=str(width), type="dxa")
        for side, width in (("top", 70), ("left", 115), ("bottom", 70), ("right", 115))
    ]
    properties = [
        *table._tblPr,
        element("w:tblBorders", *rules),
        element("w:tblCellMar", *air),
        element("w:tblCaption", val=name),
        element("w:tblDescription", val=about),
    ]
    properties.sort(key=lambda each: ORDER.index(etree.QName(each).localname))
    table._tblPr.extend(properties)
