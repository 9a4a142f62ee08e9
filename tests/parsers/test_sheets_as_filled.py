"""Sheets as people fill them in: ticks in cells of their own, answers in odd places, notes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

import pytest
from openpyxl.styles import PatternFill
from openpyxl.worksheet.worksheet import Worksheet

from model import Submission
from parsers.read import read

from .corpus.people import METHODS, OFFICIAL1, PERSON1
from .corpus.sheets import book, data, put

MEANT = {key: meant for key, (_, meant) in PERSON1.items()}
CHOSEN = ("Interviews", "Workshop")
YELLOW = PatternFill("solid", fgColor="FFFF00")
LONG = ("purpose", "audience", "feedback_plan", "consent", "pod_details")


def forms(fill: Callable[[Worksheet], None]) -> tuple[Submission, ...]:
    made, sheet = book()
    fill(sheet)
    return read("form.xlsx", data(made)).submissions


def laid(sheet: Worksheet, cells: dict[str, Sequence[Sequence[Any]]], column: int = 1) -> None:
    """Labels in a column, answers beside them; `cells` has those that take several cells."""
    n = 3
    for key, label in OFFICIAL1.items():
        sheet.cell(n, column, label)
        for row in cells.get(key, [[PERSON1[key][0]]]):
            for k, value in enumerate(row, column + 1):
                put(sheet, sheet.cell(n, k).coordinate, value)
            n += 1


def fields(cells: dict[str, Sequence[Sequence[Any]]]) -> dict[str, Any]:
    (got,) = forms(lambda sheet: laid(sheet, cells))
    return dict(got.fields)


@pytest.mark.parametrize("abreast", [1, 2, 3])
@pytest.mark.parametrize("first", [True, False], ids=["tick-first", "tick-last"])
@pytest.mark.parametrize("marks", [("x", None), ("✓", None), (True, False), ("Yes", "No"), (1, 0)])
def test_ticks_in_cells_of_their_own_belong_to_the_options_beside_them(
    abreast: int, first: bool, marks: tuple[Any, Any]
) -> None:
    pairs = [(m, marks[m not in CHOSEN]) for m in METHODS]
    cells = [pair[::-1] if first else pair for pair in pairs]
    rows = [sum(cells[n : n + abreast], ()) for n in range(0, len(cells), abreast)]
    assert fields({"methods": rows}) == MEANT


def test_ticks_below_a_row_of_options_are_theirs() -> None:
    ticks = ["x" if m in CHOSEN else None for m in METHODS]
    assert fields({"methods": [METHODS, ticks]}) == MEANT


def test_the_cell_that_is_filled_with_a_colour_is_the_choice() -> None:
    def fill(sheet: Worksheet) -> None:
        laid(sheet, {"methods": [[m] for m in METHODS]})
        for (cell,) in sheet.iter_rows(min_col=2, max_col=2):
            if cell.value in CHOSEN:
                cell.fill = YELLOW

    (got,) = forms(fill)
    assert got.fields == MEANT


def test_a_tick_of_the_offices_beside_two_options_does_not_drop_one() -> None:
    def fill(sheet: Worksheet) -> None:
        laid(sheet, {"themes": [["Be healthy and stay safe", "✔"]]})

    (got,) = forms(fill)
    assert ("themes", "choice_unknown") in {(p.field, p.code) for p in got.problems}


def test_every_second_cell_in_a_colour_is_no_choice() -> None:
    def fill(sheet: Worksheet) -> None:
        laid(sheet, {"methods": [[m] for m in METHODS]})
        for (cell,) in sheet.iter_rows(min_col=2, max_col=2):
            if cell.value in METHODS[::2]:
                cell.fill = YELLOW

    (got,) = forms(fill)
    assert got.fields["methods"] == []


@pytest.mark.parametrize(
    ("key", "row"),
    [
        ("age_range", [12, "to", 18]),
        ("age_range", ["From", 12, "to", 18]),
        ("age_range", [12, 18]),
        ("pod_request", ["Yes", "x", "No"]),
        ("pod_request", ["x", "Yes", None, "No"]),
        ("pod_request", ["Yes", "as in the bid"]),
        ("telephone", ["01632 960417", None, "include the code"]),
    ],
)
def test_an_answer_over_several_cells_is_one_answer(key: str, row: list[Any]) -> None:
    assert fields({key: [row]}) == MEANT


@pytest.mark.parametrize(
    ("key", "given", "meant"),
    [
        ("telephone", (1632960417, '"0"0'), "01632960417"),
        ("telephone", (441632960417, "\\+00 0000 000000"), "+44 1632 960417"),
        ("age_range", (11, '0"+"'), {"from": 11, "to": 25}),
        ("participants_expected", (0.5, "0%"), None),
        ("start_date", (date(2027, 3, 1), "mmm-yy"), "2027-03-01"),
        ("end_date", (date(9999, 12, 31), "d mmmm yyyy"), None),
        ("participants_expected", (date(2026, 12, 10), "d-mmm"), None),
        ("title", (date(2027, 5, 3), "d mmmm yyyy"), "3 May 2027"),
        ("job_title", "#N/A", None),
    ],
)
def test_a_number_is_what_its_format_shows(key: str, given: Any, meant: Any) -> None:
    assert fields({key: [[given]]}) == MEANT | {key: meant}


def test_a_no_with_a_note_beside_it_is_a_no() -> None:
    assert fields({"pod_request": [["No", "we have our own"]]})["pod_request"] is False


def test_a_name_in_two_cells_is_not_certain() -> None:
    (got,) = forms(lambda sheet: laid(sheet, {"lead_worker": [["Bronwen", "Tyrrell"]]}))
    assert got.origins["lead_worker"].certainty == 0.8


def test_both_days_in_cells_side_by_side_are_both_read() -> None:
    def fill(sheet: Worksheet) -> None:
        laid(sheet, {"start_date": [[date(2027, 3, 1), date(2027, 5, 14)]], "end_date": [[None]]})

    (got,) = forms(fill)
    assert got.fields == MEANT


def test_long_answers_below_and_short_ones_beside_their_labels_are_all_read() -> None:
    def fill(sheet: Worksheet) -> None:
        n = 3
        for key, label in OFFICIAL1.items():
            sheet.cell(n, 1, label)
            long = key in LONG
            sheet.cell(n + long, 1 if long else 2, PERSON1[key][0])
            if long:
                sheet.merge_cells(start_row=n + 1, end_row=n + 1, start_column=1, end_column=4)
            n += 1 + long

    (got,) = forms(fill)
    assert got.fields == MEANT


def test_two_forms_side_by_side_are_two() -> None:
    def fill(sheet: Worksheet) -> None:
        laid(sheet, {})
        laid(sheet, {"title": [["Another"]]}, column=5)

    first, second = forms(fill)
    assert first.fields == MEANT
    assert second.fields == MEANT | {"title": "Another"}


@pytest.mark.parametrize("note", ["If you have one", "e.g. youth worker", "Please keep it short"])
def test_a_note_beside_a_blank_answer_is_none(note: str) -> None:
    assert fields({"job_title": [[None, note]]}) == MEANT | {"job_title": None}


def test_what_may_be_a_note_beside_a_blank_answer_is_not_certain() -> None:
    (got,) = forms(lambda sheet: laid(sheet, {"job_title": [[None, "Band 6 or above"]]}))
    assert got.origins["job_title"].certainty == 0.5


@pytest.mark.parametrize("mark", [": ", "\n", " - "])
def test_help_in_the_cell_of_the_label_is_no_answer(mark: str) -> None:
    def fill(sheet: Worksheet) -> None:
        laid(sheet, {"job_title": [[None]]})
        sheet["A5"] = f"Job title{mark}What you are called at work."

    (got,) = forms(fill)
    assert got.fields == MEANT | {"job_title": None}
