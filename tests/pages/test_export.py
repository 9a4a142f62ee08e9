"""The register as files: what stands in them, and that no spreadsheet takes it for a command."""

from __future__ import annotations

import csv
from dataclasses import replace
from datetime import datetime
from io import BytesIO, StringIO
from typing import Any

import openpyxl
import pytest
from sqlalchemy import select

from model import Status
from pages.register.tables import Column, as_csv, as_xlsx, harmless
from store.schema import audit
from tests.pages.office import Browser, Pages
from tests.store.given import consultation, do, new, reference

FORM1 = {
    "title": "Café, “für” all",
    "organisation": '=HYPERLINK("http://evil.example")',
    "lead_worker": "Lena Adams",
    "email": "lead@youth.example.org",
    "telephone": "+44 1473 000000",
    "area": ["Ipswich", "Babergh"],
    "age_range": {"from": 11, "to": 16},
    "participants_expected": 40,
    "start_date": "2027-03-08",
    "end_date": "2027-04-09",
    "purpose": "Who?\nAnd, “why”?",
    "pod_request": False,
}
FORM2 = {
    "title": "As it was",
    "participants": 42,
    "publish": True,
    "actions": [{"action": "Lights", "owner": "Omar Bell", "due": "2027-09-01"}],
}


@pytest.fixture
def rita(pages: Pages) -> Browser:
    """Three consultations; the first has all that can be said."""
    whole = consultation(key="k1", reference=reference(1), form1=FORM1, form2=FORM2)
    do(pages.world.store, new(replace(whole, status=Status.COMPLETE)))
    for number in (2, 3):
        form1 = {"title": f"Number {number}", "area": ["Ipswich"]}
        do(pages.world.store, new(consultation(key=f"k{number}", form1=form1)))
    return pages.browser("rita")


def as_table(data: bytes) -> list[dict[str, str]]:
    assert data.startswith(b"\xef\xbb\xbf")
    return list(csv.DictReader(StringIO(data.decode("utf-8-sig"), newline="")))


def as_sheet(data: bytes) -> Any:
    return openpyxl.load_workbook(BytesIO(data)).active


def rows_of(sheet: Any) -> list[dict[str, Any]]:
    heading, *rows = sheet.iter_rows(values_only=True)
    return [dict(zip(heading, row, strict=True)) for row in rows]


def test_every_answer_stands_under_its_label(rita: Browser) -> None:
    answer = rita.get("/register.csv?words=café")
    assert answer.headers["Content-Disposition"] == 'attachment; filename="register 2027-03-01.csv"'
    (row,) = as_table(answer.data)
    told = {
        "Reference": reference(1),
        "Status": "Complete",
        "Title of consultation": "Café, “für” all",
        "Title of consultation (Form 2)": "As it was",
        "Area": "Ipswich; Babergh",
        "Age range": "11 to 16",
        "Start date": "2027-03-08",
        "What do you want to find out, and why?": "Who?\nAnd, “why”?",
        "How many children and young people took part?": "42",
        "Can this be published?": "Yes",
        "Do you need POD support?": "No",
        "Telephone": "'+44 1473 000000",
        "Organisation or agency": '\'=HYPERLINK("http://evil.example")',
    }
    assert {label: row[label] for label in told} == told
    assert "Lights" in row["Actions"]


def test_a_workbook_has_dates_numbers_and_a_heading_that_stays(rita: Browser) -> None:
    sheet = as_sheet(rita.get("/register.xlsx?words=café").data)
    (row,) = rows_of(sheet)
    assert row["Start date"] == datetime(2027, 3, 8)
    assert row["How many children and young people took part?"] == 42
    assert row["Organisation or agency"].startswith("'=HYPERLINK")
    assert all(cell.data_type != "f" for line in sheet.iter_rows() for cell in line)
    assert sheet.freeze_panes == "A2"
    assert sheet.auto_filter.ref == sheet.dimensions
    assert sheet["A1"].font.bold


def test_what_is_filtered_is_exported_in_the_order_of_the_list(rita: Browser) -> None:
    for ending, rows in (
        ("csv", as_table),
        ("xlsx", lambda data: rows_of(as_sheet(data))),
    ):
        found = rows(rita.get(f"/register.{ending}?words=number&by=title&down=1").data)
        assert [row["Title of consultation"] for row in found] == ["Number 3", "Number 2"]
        assert len(rows(rita.get(f"/register.{ending}").data)) == 3
        assert rows(rita.get(f"/register.{ending}?words=nothing").data) == []


def test_the_page_leads_to_both_with_the_same_filter(rita: Browser) -> None:
    page = rita.get("/register?words=number&by=title").get_data(as_text=True)
    assert 'href="/register/export?words=number&amp;by=title"' in page
    page = rita.get("/register/export?words=number&by=title").get_data(as_text=True)
    for ending in ("csv", "xlsx"):
        assert f'href="/register.{ending}?words=number&amp;by=title"' in page
    assert "Export 2 consultations" in page


def test_a_date_that_cannot_be_read_gives_no_file(rita: Browser) -> None:
    for ending in ("csv", "xlsx"):
        answer = rita.get(f"/register.{ending}?since=spring")
        assert (answer.status_code, answer.location) == (302, "/register?since=spring")
    assert "/register.csv" not in rita.get("/register/export?since=spring").get_data(as_text=True)


def test_who_took_what_is_in_the_audit_trail(rita: Browser, pages: Pages) -> None:
    rita.get("/register.csv?words=number")
    with pages.world.store._database.read() as connection:
        (row,) = connection.execute(select(audit).where(audit.c.act == "exported"))
    assert (row.who, row.at) == ("rita", pages.now)
    assert row.detail == {"as": "csv", "count": 2, "filter": {"words": "number"}}


@pytest.mark.parametrize("begin", ["=", "+", "-", "@", "\t", "\r", "\n", "＝"])
def test_no_cell_begins_a_formula(begin: str) -> None:
    evil = f'{begin}cmd|" /C calc"!A0'
    table, book = BytesIO(), BytesIO()
    for write, out in ((as_csv, table), (as_xlsx, book)):
        assert write(out, [Column(title=evil, width=10)], [[evil]]) == 1
    cells = [
        row[0] for row in csv.reader(StringIO(table.getvalue().decode("utf-8-sig"), newline=""))
    ]
    assert cells == [f"'{evil}"] * 2
    sheet = as_sheet(book.getvalue())
    assert [sheet["A1"].data_type, sheet["A2"].data_type] == ["s", "s"]
    assert sheet["A2"].value.startswith("'")


def test_what_no_workbook_can_hold_is_left_out() -> None:
    assert harmless("a\x00b\x0bc\ud800d") == "abcd"
    assert len(harmless("x" * 40_000)) == 32_767
    book = BytesIO()
    assert (
        as_xlsx(book, [Column(title="A", width=1)], [["\x00=1"], ["é" * 40_000], [None], [7]]) == 4
    )
    assert [row[0] for row in as_sheet(book.getvalue()).iter_rows(values_only=True)][1] == "'=1"
