"""Rows of label and answer laid out in Word in the ways that people's templates do."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from io import BytesIO

import docx
from docx.oxml import parse_xml

from .markup import NS, control, paragraph, paragraphs, run, runs

Rows = Sequence[tuple[str, str]]
Layout = Callable[[Rows, random.Random | None], str]


def cell(content: str, span: int = 1, properties: str = "") -> str:
    """A cell; a cell must end in a paragraph."""
    wide = f'<w:gridSpan w:val="{span}"/>' if span > 1 else ""
    return f"<w:tc><w:tcPr>{wide}{properties}</w:tcPr>{content}</w:tc>"


def row(*cells: str) -> str:
    """A row of cells."""
    return f"<w:tr>{''.join(cells)}</w:tr>"


def table(*rows: str, columns: int = 2) -> str:
    """A table, and the paragraph that follows each table."""
    grid = '<w:gridCol w:w="2400"/>' * columns
    return f"<w:tbl><w:tblPr/><w:tblGrid>{grid}</w:tblGrid>{''.join(rows)}</w:tbl>"


def _answer(text: str, chance: random.Random | None) -> str:
    return paragraphs(text, chance)


def two_columns(rows: Rows, chance: random.Random | None = None) -> str:
    """Label left, answer right."""
    return table(*(row(cell(paragraph(a)), cell(_answer(b, chance))) for a, b in rows))


def question_answer_heads(rows: Rows, chance: random.Random | None = None) -> str:
    """The same with headings over the columns."""
    head = row(cell(paragraph("Question")), cell(paragraph("Your answer")))
    return table(head, *(row(cell(paragraph(a)), cell(_answer(b, chance))) for a, b in rows))


def _abreast(rows: Rows, chance: random.Random | None, pairs: int) -> str:
    out = []
    for at in range(0, len(rows), pairs):
        cells = "".join(
            cell(paragraph(a)) + cell(_answer(b, chance)) for a, b in rows[at : at + pairs]
        )
        missing = pairs - len(rows[at : at + pairs])
        out.append(row(cells + (cell("<w:p/>") * 2 * missing)))
    return table(*out, columns=2 * pairs)


def four_columns(rows: Rows, chance: random.Random | None = None) -> str:
    """Two pairs a row."""
    return _abreast(rows, chance, 2)


def six_columns(rows: Rows, chance: random.Random | None = None) -> str:
    """Three pairs a row."""
    return _abreast(rows, chance, 3)


def above(rows: Rows, chance: random.Random | None = None) -> str:
    """One column: a row with the label, below it a row with the answer."""
    cells = (row(cell(paragraph(a))) + row(cell(_answer(b, chance))) for a, b in rows)
    return table(*cells, columns=1)


def above_abreast(rows: Rows, chance: random.Random | None = None) -> str:
    """Two labels side by side, their answers in the row below."""
    out = []
    for at in range(0, len(rows), 2):
        pair = rows[at : at + 2]
        out.append(row(*(cell(paragraph(f"{{b:{a}}}"), 3 - len(pair)) for a, _ in pair)))
        out.append(row(*(cell(_answer(b, chance), 3 - len(pair)) for _, b in pair)))
    return table(*out)


def inside(rows: Rows, chance: random.Random | None = None) -> str:
    """One cell holds both, the label in bold on a line of its own."""
    cells = (row(cell(paragraph(f"{{b:{a}}}") + _answer(b, chance))) for a, b in rows)
    return table(*cells, columns=1)


def _same_line(label: str, answer: str, chance: random.Random | None, gap: str) -> str:
    first, *more = answer.split("\n")
    if first.startswith("{li:}"):
        first, more = "", [first, *more]
    inner = run(label, "<w:b/>") + run(gap) + runs(first, chance)
    return f"<w:p>{inner}</w:p>" + "".join(paragraph(x, chance) for x in more)


def _colon(label: str) -> str:
    return label if label.endswith(("?", ":")) else f"{label}:"


def inside_same_line(rows: Rows, chance: random.Random | None = None) -> str:
    """One cell holds both on one line."""
    cells = (row(cell(_same_line(_colon(a), b, chance, " "))) for a, b in rows)
    return table(*cells, columns=1)


def colon_lines(rows: Rows, chance: random.Random | None = None) -> str:
    """No table: label, colon and answer in a paragraph."""
    return "".join(_same_line(_colon(a), b, chance, " ") for a, b in rows)


def tab_lines(rows: Rows, chance: random.Random | None = None) -> str:
    """No table: label, colon, tabs and answer."""
    return "".join(_same_line(_colon(a), b, chance, "\t\t") for a, b in rows)


def leader_lines(rows: Rows, chance: random.Random | None = None) -> str:
    """No table: dots lead from the label to the answer."""
    return "".join(_same_line(_colon(a), b, chance, " ......... ") for a, b in rows)


def below_lines(rows: Rows, chance: random.Random | None = None) -> str:
    """No table: bold label, the answer in the paragraphs below, an empty one between."""
    return "".join(paragraph(f"{{b:{a}}}") + _answer(b, chance) + "<w:p/>" for a, b in rows)


def headings(rows: Rows, chance: random.Random | None = None) -> str:
    """No table: each label a heading."""
    return "".join(paragraph(a, style="Heading2") + _answer(b, chance) for a, b in rows)


def numbered_column(rows: Rows, chance: random.Random | None = None) -> str:
    """A first column of numbers."""
    cells = (
        row(cell(paragraph(f"{n}.")), cell(paragraph(a)), cell(_answer(b, chance)))
        for n, (a, b) in enumerate(rows, 1)
    )
    return table(*cells, columns=3)


def notes_column(rows: Rows, chance: random.Random | None = None) -> str:
    """A last column of notes for whoever fills it in."""
    head = row(*(cell(paragraph(x)) for x in ("Question", "Answer", "Guidance notes")))
    notes = ("Please keep this short.", "", "Ask the office if you are not sure.")
    cells = (
        row(cell(paragraph(a)), cell(_answer(b, chance)), cell(paragraph(notes[n % 3])))
        for n, (a, b) in enumerate(rows)
    )
    return table(head, *cells, columns=3)


def spacer_column(rows: Rows, chance: random.Random | None = None) -> str:
    """An empty narrow column between label and answer."""
    cells = (row(cell(paragraph(a)), cell("<w:p/>"), cell(_answer(b, chance))) for a, b in rows)
    return table(*cells, columns=3)


def section_column(rows: Rows, chance: random.Random | None = None) -> str:
    """A first column that names the section, merged downwards."""
    out = []
    for n, (a, b) in enumerate(rows):
        begins = n % 6 == 0
        merge = '<w:vMerge w:val="restart"/>' if begins else "<w:vMerge/>"
        name = paragraph(f"Section {n // 6 + 1}") if begins else "<w:p/>"
        out.append(row(cell(name, properties=merge), cell(paragraph(a)), cell(_answer(b, chance))))
    return table(*out, columns=3)


def section_rows(rows: Rows, chance: random.Random | None = None) -> str:
    """Rows over the whole width name the sections; others instruct; the last is the office's."""
    out = [row(cell(paragraph("{b:SECTION A – ABOUT YOU}"), 2))]
    for n, (a, b) in enumerate(rows):
        if n == 6:
            out.append(row(cell(paragraph("{b:SECTION B – ABOUT THE WORK}"), 2)))
            out.append(row(cell(paragraph("{i:Please complete every box in this section.}"), 2)))
        out.append(row(cell(paragraph(a)), cell(_answer(b, chance))))
    office = "FOR OFFICE USE ONLY   Date received: 12/01/2027   Initials: KP   Ref: 0017"
    return table(*out, row(cell(paragraph(office), 2)))


def a_table_each(rows: Rows, chance: random.Random | None = None) -> str:
    """Every row a table of its own."""
    return "".join(
        table(row(cell(paragraph(a)), cell(_answer(b, chance)))) + "<w:p/>" for a, b in rows
    )


def nested(rows: Rows, chance: random.Random | None = None) -> str:
    """The whole form in one cell of a frame."""
    return table(row(cell(two_columns(rows, chance) + "<w:p/>")), columns=1)


def halves(rows: Rows, chance: random.Random | None = None) -> str:
    """Two tables side by side in a frame."""
    half = (len(rows) + 1) // 2
    left, right = rows[:half], rows[half:]
    return table(
        row(cell(two_columns(left, chance) + "<w:p/>"), cell(two_columns(right, chance) + "<w:p/>"))
    )


def controls_round_cells(rows: Rows, chance: random.Random | None = None) -> str:
    """Content controls round every answer's cell."""
    return table(*(row(cell(paragraph(a)) + control(cell(_answer(b, chance)))) for a, b in rows))


def controls_round_rows(rows: Rows, chance: random.Random | None = None) -> str:
    """Content controls round every row."""
    return table(*(control(row(cell(paragraph(a)), cell(_answer(b, chance)))) for a, b in rows))


def control_round_table(rows: Rows, chance: random.Random | None = None) -> str:
    """A control round the table, others round the paragraphs in its cells."""
    inner = (row(cell(control(paragraph(a))), cell(control(_answer(b, chance)))) for a, b in rows)
    return control(table(*inner))


def controls_below(rows: Rows, chance: random.Random | None = None) -> str:
    """A paragraph for the label, a control round the paragraphs of the answer."""
    return "".join(paragraph(f"{{b:{a}}}") + control(_answer(b, chance)) for a, b in rows)


def text_box(content: str) -> str:
    """A text box as Word writes it: once for new programs, once for old ones."""
    shape = f"<wps:wsp><wps:txbx><w:txbxContent>{content}</w:txbxContent></wps:txbx></wps:wsp>"
    uri = "http://schemas.microsoft.com/office/word/2010/wordprocessingShape"
    drawing = (
        '<w:drawing><wp:inline><wp:extent cx="914400" cy="914400"/><wp:docPr id="1" name="Box"/>'
        f'<a:graphic><a:graphicData uri="{uri}">{shape}</a:graphicData></a:graphic>'
        "</wp:inline></w:drawing>"
    )
    old = (
        f"<w:pict><v:shape><v:textbox><w:txbxContent>{content}</w:txbxContent></v:textbox>"
        "</v:shape></w:pict>"
    )
    return (
        f'<w:p><w:r><mc:AlternateContent><mc:Choice Requires="wps">{drawing}</mc:Choice>'
        f"<mc:Fallback>{old}</mc:Fallback></mc:AlternateContent></w:r></w:p>"
    )


def boxed_answers(rows: Rows, chance: random.Random | None = None) -> str:
    """Label in a paragraph, answer in a text box below it."""
    return "".join(paragraph(a) + text_box(_answer(b, chance)) for a, b in rows)


def boxed_form(rows: Rows, chance: random.Random | None = None) -> str:
    """The whole form as lines in one text box."""
    return text_box(colon_lines(rows, chance))


LAYOUTS: dict[str, Layout] = {
    f.__name__: f
    for f in (
        two_columns, question_answer_heads, four_columns, six_columns, above, above_abreast,
        inside, inside_same_line, colon_lines, tab_lines, leader_lines, below_lines, headings,
        numbered_column, notes_column, spacer_column, section_column, section_rows, a_table_each,
        nested, halves, controls_round_cells, controls_round_rows, control_round_table,
        controls_below, boxed_answers, boxed_form,
    )
}  # fmt: skip


def document(*body: str, header: str = "", footer: str = "") -> bytes:
    """A Word file of these elements, with what stands above and below each page."""
    made = docx.Document()
    for child in list(made.element.body)[:-1]:
        made.element.body.remove(child)
    end = made.element.body[-1]
    for element in parse_xml(f"<w:body {NS}>{''.join(body)}</w:body>"):
        end.addprevious(element)
    if header:
        made.sections[0].header.paragraphs[0].text = header
    if footer:
        made.sections[0].footer.paragraphs[0].text = footer
    out = BytesIO()
    made.save(out)
    return out.getvalue()


def lines(*texts: str) -> str:
    """Paragraphs around a form."""
    return "".join(paragraph(t) for t in texts)
