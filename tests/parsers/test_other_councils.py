"""Labels as other councils put them, and answers in the places where their templates have them."""

from __future__ import annotations

from typing import Any

import pytest

from parsers.face import Face
from parsers.read import read

from .build import changed
from .corpus.markup import NS, paragraph
from .corpus.people import METHODS, OFFICIAL1, PERSON1
from .corpus.word import LAYOUTS, document

MEANT = {key: meant for key, (_, meant) in PERSON1.items()}
QUESTIONS = OFFICIAL1 | {
    "organisation": "Which organisation do you work for?",
    "lead_worker": "Who is the lead worker?",
    "job_title": "What is your job title?",
    "email": "What is your e-mail address?",
    "title": "What is the title of the consultation?",
    "start_date": "What is the start date?",
    "methods": "How are you going to consult?",
    "pod_request": "Is POD support needed? Y/N",
}
SECTIONED = {key: f"{1 + n // 5}.{1 + n % 5} {v}" for n, (key, v) in enumerate(OFFICIAL1.items())}
PLACES = ["two_columns", "above", "above_abreast", "below_lines", "inside", "four_columns"]


def fields(
    layout: str, labels: dict[str, str], changed: dict[str, str] | None = None
) -> dict[str, Any]:
    answers = {key: typed for key, (typed, _) in PERSON1.items()} | (changed or {})
    rows = [(label, answers[key]) for key, label in labels.items()]
    title = paragraph("Consultation proposal", style="Title")
    (got,) = read("a form", document(title, LAYOUTS[layout](rows, None))).submissions
    return dict(got.fields)


@pytest.mark.parametrize("layout", PLACES)
@pytest.mark.parametrize("labels", [QUESTIONS, SECTIONED], ids=["questions", "sectioned"])
def test_questions_and_numbers_of_sections_are_labels(layout: str, labels: dict[str, str]) -> None:
    assert fields(layout, labels) == MEANT


@pytest.mark.parametrize("layout", ["above", "above_abreast", "colon_lines", "inside_same_line"])
@pytest.mark.parametrize(
    ("key", "typed"),
    [
        ("telephone", "Mobile: 07700 900123"),
        ("title", "Title: Your Voice"),
        ("title", "Start date consultation"),
        ("job_title", "Project manager"),
        ("consent", "Parental consent"),
        ("purpose", "When: May\nWhere: Ipswich\nWho: teens"),
    ],
)
def test_an_answer_that_looks_like_a_label_is_an_answer(layout: str, key: str, typed: str) -> None:
    assert fields(layout, OFFICIAL1, {key: typed}) == MEANT | {key: typed}


@pytest.mark.parametrize("typed", ["1 March 2027\n14 May 2027", "Start: 1 March 2027 End: 14/5/27"])
def test_both_dates_in_one_cell_are_both_read(typed: str) -> None:
    labels = OFFICIAL1 | {"start_date": "Proposed dates (start and finish)"}
    del labels["end_date"]
    assert fields("two_columns", labels, {"start_date": typed}) == MEANT


@pytest.mark.parametrize("typed", ["Yes  No✓", "Yes / No: no", "Y/N No"])
def test_the_answer_after_printed_alternatives_is_read(typed: str) -> None:
    assert fields("two_columns", OFFICIAL1, {"pod_request": typed}) == MEANT | {
        "pod_request": False
    }


@pytest.mark.parametrize("layout", ["two_columns", "colon_lines", "below_lines"])
def test_marks_typed_behind_options_are_ticks(layout: str) -> None:
    themes = "Be healthy - no\nStay safe - yes\nEnjoy and achieve - no\n"
    themes += "Make a positive contribution - no\nAchieve economic well-being - no"
    assert fields(layout, OFFICIAL1, {"themes": themes}) == MEANT


HELP = {"organisation": "The name of your team.", "job_title": "What you are called at work."}


@pytest.mark.parametrize("layout", ["two_columns", "above", "below_lines"])
def test_help_behind_a_label_is_no_part_of_the_answer(layout: str) -> None:
    labels = {key: f"{label}: {HELP[key]}" if key in HELP else label
              for key, label in OFFICIAL1.items()}  # fmt: skip
    assert fields(layout, labels) == MEANT


def test_a_line_that_may_be_something_else_makes_a_long_answer_unsure() -> None:
    typed = {"consent": "Two workers out.\nDate of application: 3 February", "title": "After dark"}
    answers = {key: typed for key, (typed, _) in PERSON1.items()} | typed
    rows = [(label, answers[key]) for key, label in OFFICIAL1.items()]
    title = paragraph("Consultation proposal", style="Title")
    (got,) = read("a form", document(title, LAYOUTS["colon_lines"](rows, None))).submissions
    assert got.origins["consent"].certainty == 0.5
    assert got.origins["feedback_plan"].certainty == 1


@pytest.mark.parametrize(("typed", "meant"), [("{del:Yes}/No", False), ("Yes/{del:No}", True)])
def test_what_is_left_of_two_alternatives_is_the_answer(typed: str, meant: bool) -> None:
    got = fields("two_columns", OFFICIAL1, {"pod_request": typed})
    assert got == MEANT | {"pod_request": meant}


def test_a_date_picker_that_shows_the_month_first_says_the_day_it_holds() -> None:
    rows = [(v, "{date:03/01/2027}" if k == "start_date" else PERSON1[k][0])
            for k, v in OFFICIAL1.items()]  # fmt: skip
    made = document(paragraph("Consultation proposal"), LAYOUTS["two_columns"](rows, None))
    picker = b'<w:date w:fullDate="2027-03-01T00:00:00Z"><w:dateFormat w:val="MM/dd/yyyy"/>'
    plain = b'<w:date><w:dateFormat w:val="dd/MM/yyyy"/>'
    made = changed(made, "word/document.xml", lambda xml: xml.replace(plain, picker))
    (got,) = read("a form", made).submissions
    assert got.fields == MEANT


@pytest.mark.parametrize("struck", [True, False])
def test_bullets_that_are_ticked_boxes_are_ticks(struck: bool) -> None:
    items = "".join(_item(m, m in ("Interviews", "Workshop"), struck) for m in METHODS)
    rows = [(v, "@@" if k == "methods" else PERSON1[k][0]) for k, v in OFFICIAL1.items()]
    body = LAYOUTS["two_columns"](rows, None).replace(paragraph("@@"), items)
    made = document(paragraph("Consultation proposal"), body)
    (got,) = read("a form", changed(made, "word/numbering.xml", lambda _: LISTS)).submissions
    assert got.fields == MEANT


def _item(text: str, ticked: bool, struck: bool) -> str:
    marks = "<w:strike/>" if struck and ticked else ""
    number = f'<w:numPr><w:ilvl w:val="0"/><w:numId w:val="{1 + ticked}"/></w:numPr>'
    return f"<w:p><w:pPr>{number}</w:pPr><w:r><w:rPr>{marks}</w:rPr><w:t>{text}</w:t></w:r></w:p>"


LISTS = (
    f"<w:numbering {NS}>"
    + "".join(
        f'<w:abstractNum w:abstractNumId="{n}"><w:lvl w:ilvl="0"><w:lvlText w:val="{sign}"/>'
        "</w:lvl></w:abstractNum>"
        for n, sign in ((1, "☐"), (2, "☑"))
    )
    + "".join(f'<w:num w:numId="{n}"><w:abstractNumId w:val="{n}"/></w:num>' for n in (1, 2))
    + "</w:numbering>"
).encode()


@pytest.mark.parametrize(
    ("start", "words"),
    [
        ('<?xml version="1.0"?><pkg:package xmlns:pkg="http://schemas.microsoft.com/office/2006/'
         'xmlPackage"/>', "a Word document saved as XML"),
        ('<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"/>',
         "an Excel workbook saved as XML"),
        ("Lead worker,Jo\nTitle,After dark\n", "a text file (.txt or .csv)"),
    ],
)  # fmt: skip
def test_files_of_text_are_named(start: str, words: str) -> None:
    verdict = read("form", start.encode()).verdict
    assert verdict
    assert words in Face().message(None, verdict)
