"""Labels as other councils put them, and answers in the places where their templates have them."""

from __future__ import annotations

from typing import Any

import pytest

from parsers.read import read

from .corpus.markup import paragraph
from .corpus.people import OFFICIAL1, PERSON1
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
