"""Excel forms in the shapes that people send: each gives the same values."""

from __future__ import annotations

import re
import zipfile
from datetime import date, datetime
from io import BytesIO
from typing import Any

import pytest
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont

from model import Code, Submission
from parsers.answered import answered
from parsers.read import read
from tests.parsers.build import FIELDS, PAIRS, beside, changed, excel


def one(data: bytes) -> Submission:
    reading = read("form.xlsx", data)
    assert reading.verdict is None
    (submission,) = reading.submissions
    return submission


def codes(submission: Submission) -> set[tuple[str | None, Code]]:
    return {(x.field, x.code) for x in submission.problems}


def with_value(label: str, value: object, style: str = "General") -> Submission:
    """The form with one answer cell holding this value in this number format."""

    def shown(book: Any) -> None:
        for cells in book.active.iter_rows():
            if cells[0].value == label:
                cells[1].value, cells[1].number_format = value, style

    return one(excel(beside(), more=shown))


def above(gap: int) -> list[tuple[str, Any]]:
    cells = []
    for n, (label, value) in enumerate(PAIRS):
        cells += [(f"A{1 + n * gap}", label), (f"A{2 + n * gap}", value)]
    return cells


def merged(book: Any) -> None:
    for n in range(1, len(PAIRS) + 1):
        book.active.merge_cells(f"B{n}:E{n}")


def with_lists(book: Any) -> None:
    lists = book.create_sheet("Lists")
    for n, option in enumerate(("Countywide", "Babergh", "Ipswich"), 1):
        lists[f"A{n}"] = option
    old = book.create_sheet("2024")
    for n, (label, _) in enumerate(PAIRS, 1):
        old[f"A{n}"], old[f"B{n}"] = label, "last year's"
    old.sheet_state = "hidden"


HALF = len(PAIRS) // 2


def two_sheets() -> bytes:
    def more(book: Any) -> None:
        second = book.create_sheet("Page 2")
        for address, value in beside(PAIRS[HALF:]):
            second[address] = value

    return excel(beside(PAIRS[:HALF]), more=more)


SHAPES = {
    "label and answer": excel(beside()),
    "starts further down and right": excel([(f"D{n + 7}", x) for n, (x, _) in enumerate(PAIRS)]
                                           + [(f"E{n + 7}", x) for n, (_, x) in enumerate(PAIRS)]),
    "a column between": excel([(a.replace("B", "C"), v) for a, v in beside()]),
    "a colon in a cell between": excel(
        [(a.replace("B", "C"), v) for a, v in beside()]
        + [(f"B{n}", ":") for n in range(1, len(PAIRS) + 1)]
    ),
    "answers merged over columns": excel(beside(), more=merged),
    "label above its answer": excel(above(2)),
    "label above, blank rows between": excel(above(3)),
    "two pairs side by side": excel(
        beside(PAIRS[:HALF])
        + [(a.replace("A", "D").replace("B", "E"), v) for a, v in beside(PAIRS[HALF:])]
    ),
    "sheets of lists and of last year": excel(beside(), more=with_lists),
    "spread over two sheets": two_sheets(),
    "label: answer in one cell": excel((f"A{n}", f"{k}: {v}") for n, (k, v) in enumerate(PAIRS, 1)),
    "with a column of notes": excel(
        [("A1", "Question"), ("B1", "Answer"), ("C1", "Guidance"), *beside(first=2)]
        + [(f"C{n}", "Please be brief.") for n in range(2, len(PAIRS) + 2)]
    ),
    "dates as dates, numbers as numbers": excel(
        beside((dict(PAIRS) | {
            "Start date": datetime(2027, 4, 19), "End date": date(2027, 5, 28),
            "How many children and young people do you expect to take part?": 90,
            "Do you need POD support?": True,
        }).items())
    ),
}  # fmt: skip


@pytest.mark.parametrize("shape", SHAPES)
def test_every_shape_gives_the_same_values(shape: str) -> None:
    submission = one(SHAPES[shape])
    wrong = {k: submission[k] for k, v in FIELDS.items() if submission[k] != v}
    assert not wrong
    assert not submission.problems


def test_an_answer_behind_a_colon_of_its_own_may_repeat_its_label() -> None:
    cells = [(a.replace("B", "C"), f"Job title: {v}" if n == 5 else v)
             for n, (a, v) in enumerate(beside())]  # fmt: skip
    assert one(excel([*cells, *((f"B{n}", ":") for n in range(1, 15))])).fields == FIELDS


@pytest.mark.parametrize("said", ["Consent: forms went home.", "Themes – all of them."])
def test_an_answer_below_its_label_may_begin_with_another(said: str) -> None:
    cells = [(a, said if v == "Who uses the park." else v) for a, v in above(2)]
    assert one(excel(cells)).fields == FIELDS | {"purpose": said}


def test_an_answer_in_the_words_of_a_label_may_have_help_below_it() -> None:
    cells = [(a, "Lead worker" if v == "Youth worker" else v) for a, v in beside()]
    rows = [(f"{a[0]}{2 * int(a[1:])}", v) for a, v in cells]
    help_ = [(f"A{2 * n + 1}", "(please type in the box on the right)") for n in range(1, 15)]
    assert one(excel(rows + help_)).fields == FIELDS | {"job_title": "Lead worker"}


def test_an_arrow_behind_a_question_is_no_answer() -> None:
    asked = "What do you want to find out, and why?"
    cells = [(a, f"{v} ►" if v == asked else v) for a, v in beside() if v != "Who uses the park."]
    assert one(excel(cells)).fields == FIELDS | {"purpose": None}


def test_help_below_the_label_of_a_blank_answer_is_none() -> None:
    shape = [(a, v) for a, v in beside() if v != "Youth worker"]
    rows = [(f"{a[0]}{2 * int(a[1:])}", v) for a, v in shape]
    help_ = [(f"A{2 * n + 1}", "(please type in the box on the right)") for n in range(1, 15)]
    assert one(excel(rows + help_)).fields == FIELDS | {"job_title": None}


def test_an_answer_in_a_row_below_all_labels_may_begin_with_another() -> None:
    said = [(k, "Consent: ask first" if k == "Job title" else v) for k, v in PAIRS]
    cells = [(f"{chr(65 + n)}{r + 1}", pair[r]) for n, pair in enumerate(said) for r in (0, 1)]
    assert one(excel(cells)).fields == FIELDS | {"job_title": "Consent: ask first"}


def test_hidden_rows_and_columns_are_not_read() -> None:
    def hide(book: Any) -> None:
        book.active.row_dimensions[20].hidden = True
        book.active["A20"], book.active["B20"] = "Other organisations involved", "secret"
        book.active["C1"] = "secret"
        book.active.column_dimensions["C"].hidden = True

    assert dict(one(excel(beside(), more=hide)).fields) == FIELDS


def test_a_telephone_number_keeps_the_zero_that_the_form_shows() -> None:
    assert with_value("Telephone", 1632960145, "00000000000")["telephone"] == "01632960145"
    assert with_value("Telephone", 1632960145, "00000 000000")["telephone"] == "01632 960145"
    assert with_value("Telephone", 1632960145)["telephone"] == "1632960145"


def test_a_date_that_the_sheet_made_up_in_part_is_not_taken_for_typed() -> None:
    month = with_value("Start date", datetime(2027, 4, 1), "mmmm yyyy")
    assert month["start_date"] == "2027-04-01"
    assert codes(month) == {("start_date", Code.DATE_APPROXIMATE)}
    no_year = with_value("Start date", datetime(2026, 4, 19), "d mmm")
    assert codes(no_year) == {("start_date", Code.DATE_UNREADABLE)}


def test_a_day_number_in_a_general_cell_is_its_day() -> None:
    assert with_value("Start date", 46496)["start_date"] == "2027-04-19"


def test_ages_that_a_sheet_turned_into_a_date_are_asked_about() -> None:
    spoiled = with_value("Age range", datetime(2027, 11, 8), "d-mmm")
    assert spoiled["age_range"] is None
    assert codes(spoiled) == {("age_range", Code.NUMBER_UNREADABLE)}


def test_options_on_rows_of_their_own_with_true_and_false() -> None:
    pairs = [x for x in PAIRS if x[0] != "Area"]
    start = len(pairs) + 1
    options = ["Countywide", "Ipswich", "Waveney", "Other"]
    cells = [*beside(pairs), (f"A{start}", "Area")]
    for n, option in enumerate(options, start + 1):
        cells += [(f"A{n}", f"    {option}"), (f"B{n}", option in ("Ipswich", "Waveney"))]
    assert one(excel(cells))["area"] == ["Ipswich", "Waveney"]


def test_words_struck_out_in_part_of_a_cell_are_an_answer() -> None:
    no = TextBlock(InlineFont(strike=True), "No")
    assert with_value("Do you need POD support?", CellRichText("Yes / ", no))["pod_request"] is True


def test_lines_in_a_cell_stay_lines_in_long_text() -> None:
    label = "What do you want to find out, and why?"
    assert with_value(label, "One\nTwo\n\nThree")["purpose"] == "One\nTwo\nThree"
    assert with_value("Title of consultation", "A\npark")["title"] == "A park"


def test_actions_below_their_label() -> None:
    cells: list[tuple[str, Any]] = beside(
        (
            ("Reference number", "CYP-2027-0003-9"),
            ("How many children and young people took part?", 104),
            ("You said", "Lights!"),
            ("We did", "Lamps."),
            ("Actions", None),
        )
    )
    cells += [("A6", "Action"), ("B6", "Who"), ("C6", "By when")]
    cells += [("A7", "Benches"), ("B7", "Council"), ("C7", datetime(2027, 9, 30))]
    cells += [("A8", "Lights"), ("C8", "June 2027"), ("A11", "Can this be published?")]
    submission = one(excel([*cells, ("B11", "Yes")]))
    assert submission["actions"] == [
        {"action": "Benches", "owner": "Council", "due": "2027-09-30"},
        {"action": "Lights", "owner": None, "due": "2027-06-30"},
    ]
    assert submission["publish"] is True
    assert codes(submission) == {("actions", Code.DATE_APPROXIMATE)}


def test_a_stray_cell_at_the_far_corner_does_no_harm() -> None:
    data = excel([*beside(), ("XFD1048576", "stray")])
    assert dict(one(data).fields) == FIELDS


def test_a_register_of_consultations_is_no_form() -> None:
    cells: list[tuple[str, Any]] = []
    for col, (label, value) in zip("ABCDEFGHIJKLMN", PAIRS, strict=True):
        cells += [(f"{col}1", label), (f"{col}2", value), (f"{col}3", value)]
    verdict = read("register.xlsx", excel(cells)).verdict
    assert verdict and verdict.code is Code.NOT_A_FORM


def test_where_a_value_was_read_names_sheet_and_cell() -> None:
    assert one(excel(beside())).origins["lead_worker"].where == "sheet Form, cell B2"


def test_a_form_with_nothing_in_it_is_a_form_that_nobody_filled_in() -> None:
    blank = one(excel(beside((k, None) for k, _ in PAIRS)))
    assert not answered(blank)
    assert {c for _, c in codes(blank)} == {Code.MISSING}
    assert answered(one(excel(beside())))
    assert answered(with_value("Start date", "TBC"))


@pytest.mark.parametrize("other", [b"", b'<mergeCell ref="A1048576:XFD1"/>'])
def test_a_merge_over_the_whole_sheet_is_refused_before_it_is_expanded(other: bytes) -> None:
    whole = b'<mergeCell ref="A1:XFD1048576"/>'
    merge = b"<mergeCells>%b%b</mergeCells><pageMargins" % (whole, other)
    data = changed(
        excel(beside()), "xl/worksheets/sheet1.xml", lambda x: x.replace(b"<pageMargins", merge)
    )
    verdict = read("huge.xlsx", data).verdict
    assert verdict and verdict.code is Code.UNSAFE


def test_a_workbook_saved_as_strict_open_xml_is_read() -> None:
    usual = rb"http://schemas\.openxmlformats\.org/(\w+)/2006/"
    data = excel(beside())
    for part in ("xl/workbook.xml", "xl/styles.xml", "xl/worksheets/sheet1.xml"):
        data = changed(data, part, lambda x: re.sub(usual, rb"http://purl.oclc.org/ooxml/\1/", x))
    assert one(data).fields == one(excel(beside())).fields


def test_where_cells_say_no_place_each_is_the_next() -> None:
    data = changed(
        excel(beside()), "xl/worksheets/sheet1.xml", lambda x: re.sub(rb' r="[A-Z]*\d+"', b"", x)
    )
    assert one(data).fields == one(excel(beside())).fields


def test_what_a_merged_cell_covers_is_not_read() -> None:
    def hide(book: Any) -> None:
        book.active["C2"] = "An answer that nobody sees"

    merge = b'<mergeCells count="1"><mergeCell ref="B2:C2"/></mergeCells><pageMargins'
    data = changed(
        excel(beside(), more=hide),
        "xl/worksheets/sheet1.xml",
        lambda x: x.replace(b"<pageMargins", merge),
    )
    assert one(data).fields == one(excel(beside())).fields


def check_boxes(boxes: list[tuple[int, int, bool, str]], *, old: bool = False) -> bytes:
    """The form without its area, and check boxes over cells (row, col, ticked, caption)."""
    pairs = [(k, v) for k, v in PAIRS if k != "Area"]
    data = excel([*beside(pairs), (f"A{len(pairs) + 1}", "Area")])
    shapes, controls, rels, parts = "", "", "", {}
    for n, (row, col, ticked, caption) in enumerate(boxes, 1):
        checked = "<x:Checked>1</x:Checked>" if ticked and old else ""
        shapes += (
            f'<v:shape id="_x0000_s{1024 + n}"><v:textbox><div>{caption}<br></div></v:textbox>'
            f'<x:ClientData ObjectType="Checkbox"><x:Anchor>{col - 1}, 3, {row - 1}, 2, {col}, 9, '
            f"{row}, 1</x:Anchor>{checked}</x:ClientData></v:shape>"
        )
        controls += f'<control shapeId="{1024 + n}" r:id="rId{n}" name="Box {n}"/>'
        rels += f'<Relationship Id="rId{n}" Type="ctrlProp" Target="../ctrlProps/ctrlProp{n}.xml"/>'
        state = ' checked="Checked"' if ticked else ""
        parts[f"xl/ctrlProps/ctrlProp{n}.xml"] = f'<formControlPr objectType="CheckBox"{state}/>'
    parts["xl/drawings/vmlDrawing1.vml"] = (
        '<xml xmlns:v="urn:schemas-microsoft-com:vml" '
        f'xmlns:x="urn:schemas-microsoft-com:office:excel">{shapes}</xml>'
    )
    parts["xl/worksheets/_rels/sheet1.xml.rels"] = (
        '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        '<Relationship Id="rId99" Type="vmlDrawing" Target="../drawings/vmlDrawing1.vml"/>'
        f"{'' if old else rels}</Relationships>"
    )
    space = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    listed = f'<controls xmlns:r="{space}">{controls}</controls></worksheet>'.encode()
    if not old:
        data = changed(
            data, "xl/worksheets/sheet1.xml", lambda x: x.replace(b"</worksheet>", listed)
        )
    return added(data, parts)


def added(data: bytes, parts: dict[str, str]) -> bytes:
    stream = BytesIO(data)
    with zipfile.ZipFile(stream, "a") as package:
        for name, content in parts.items():
            package.writestr(name, content)
    return stream.getvalue()


@pytest.mark.parametrize("old", [False, True])
def test_check_boxes_that_lie_over_the_cells_are_read(old: bool) -> None:
    row = len(PAIRS)
    boxes = [
        (row, 2, False, "Countywide"),
        (row, 3, True, "Ipswich"),
        (row + 1, 2, True, "Waveney"),
        (row + 1, 3, False, "Other"),
    ]
    submission = one(check_boxes(boxes, old=old))
    assert submission["area"] == ["Ipswich", "Waveney"]
    assert not submission.problems
