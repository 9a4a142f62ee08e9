"""The register, what goes out and getting in, through a real browser."""

from __future__ import annotations

import csv
import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from tests.browser.office import Office, Person
from tests.intake.desk import form1_file, kind, mail
from tests.intake.world import STRANGER

pytestmark = pytest.mark.needs("chromium")

EVIL = "<script>alert(1)</script><img src=//evil.example/x onerror=alert(2)>"
ELSEWHERE: dict[str, Any] = {
    "title": "Benches by the sea",
    "purpose": "Where do grandparents like to rest on their walks?",
    "area": ["Babergh"],
    "audience": ["Early years"],
}


@pytest.fixture(params=[True, False], ids=["scripts", "no scripts"])
def anna(office: Office, request: pytest.FixtureRequest) -> Person:
    return office.person("anna", scripts=request.param)


def test_a_consultation_is_found_changed_and_withdrawn(office: Office, anna: Person) -> None:
    office.comes(mail(form1_file()))
    anna.menu("Register").do("Search", Words_or_reference="skate").sees("1 found")
    anna.follow("A skate park for everyone").follow("Change answers of Form 1")
    anna.fill("Title of consultation", "A skate park for girls")
    anna.page.get_by_label(re.compile(r"^\s*Why")).fill("rang us")
    anna.page.get_by_role("main").get_by_role("button").last.click()
    anna.sees("For a minute you can take")
    assert [kind(m) for m in office.after_a_minute()] == ["revised"]
    anna.follow("Withdraw it")
    anna.page.get_by_label(re.compile(r"^\s*Why")).fill("rang us")
    anna.page.get_by_role("main").get_by_role("button").last.click()
    anna.sees("For a minute you can take")
    assert [kind(m) for m in office.after_a_minute()] == ["withdrawn"]


def test_what_is_filtered_is_exported(office: Office, anna: Person, tmp_path: Path) -> None:
    office.comes(mail(form1_file()), mail(form1_file(**ELSEWHERE)))
    anna.menu("Register").do("Search", Words_or_reference="benches").sees("1 found")
    anna.follow("Export")
    with anna.page.expect_download() as excel:
        anna.follow("Excel workbook")
    excel.value.save_as(tmp_path / "r.xlsx")
    sheet = openpyxl.load_workbook(tmp_path / "r.xlsx").worksheets[0]
    assert "Benches by the sea" in {cell.value for row in sheet.iter_rows() for cell in row}
    with anna.page.expect_download() as plain:
        anna.follow("CSV")
    plain.value.save_as(tmp_path / "r.csv")
    rows = list(csv.reader((tmp_path / "r.csv").read_text("utf-8-sig").splitlines()))
    assert len(rows) == 2


def test_a_reminder_is_sent_now_and_another_skipped(office: Office, anna: Person) -> None:
    office.comes(mail(form1_file()))
    office.goes_out(after=timedelta(days=60))
    anna.log_in().menu("Going out").follow("Reminder of outcomes")
    anna.do("Send now").sees("For a minute you can take")
    assert [kind(m) for m in office.after_a_minute()] == ["chaser"]


def test_who_is_not_known_sees_nothing_and_a_reader_changes_nothing(office: Office) -> None:
    office.comes(mail(sender=STRANGER, subject="A question", text="May we come too?"))
    somebody = office.person().open("/queue/1").sees("Log in")
    assert "A question" not in somebody.words
    somebody.log_in("rita", "guessed").sees("There is a problem")
    somebody.log_in("rita").item("A question").sees("May we come too?")
    buttons = somebody.page.get_by_role("button").all_inner_texts()
    assert [one for one in buttons if one.strip() not in ("Log out", "Menu", "")] == []
    somebody.press("Log out").sees("Log in")
    somebody.open("/register")
    assert somebody.page.url.startswith(f"{office.address}/login")


def test_what_strangers_write_runs_nowhere(office: Office) -> None:
    office.comes(
        mail(form1_file(start_date=None, title=EVIL, purpose=EVIL), subject=EVIL, text=EVIL),
        mail(sender=STRANGER, subject=EVIL, text=EVIL),
    )
    anna = office.person("anna")
    for path in ("/", "/queue", "/queue/1", "/queue/2", "/register", "/outgoing"):
        anna.open(path)
        assert anna.page.locator("img, main script").count() == 0
    office.all_leave()
