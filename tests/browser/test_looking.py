"""What people look at and take with them, and change nothing by: also those who may only read."""

from __future__ import annotations

import csv
from io import BytesIO
from typing import Any

import openpyxl
import pytest

from tests.browser.office import Office
from tests.intake.desk import form1_file, mail
from tests.intake.world import LEAD, STRANGER

pytestmark = pytest.mark.needs("chromium")

EVIL = "<script>alert(1)</script><img src=//evil.example/x onerror=alert(2)>"
ELSEWHERE: dict[str, Any] = {
    "title": "Benches by the sea",
    "purpose": "Where do grandparents like to rest on their walks?",
    "area": ["Babergh"],
    "audience": ["Early years"],
}


def test_a_list_is_exported_a_letter_is_tried_and_nothing_waits_for_approval(
    office: Office, scripts: bool
) -> None:
    office.comes(mail(form1_file()), mail(form1_file(**ELSEWHERE)))
    rita = office.person("rita", scripts=scripts).menu("Register")
    rita.do("Search", Words_or_reference="benches").sees("1 found").follow("Export")
    excel = rita.gets("Excel workbook", "register 2027-03-01.xlsx")
    sheet = openpyxl.load_workbook(BytesIO(excel)).worksheets[0]
    assert ELSEWHERE["title"] in {cell.value for row in sheet.iter_rows() for cell in row}
    plain = rita.gets("CSV", "register 2027-03-01.csv").decode("utf-8-sig")
    assert len(list(csv.reader(plain.splitlines()))) == 2
    rita.menu("Letters").follow("Reminder of outcomes")
    rita.do("Try it", Reference_of_a_past="nobody").sees("There is no consultation nobody")
    reference = office.world.record()["reference"]
    rita.do("Try it", Reference_of_a_past=reference.lower()).sees("as on", LEAD.email)
    rita.unfold().sees("{% macro body() %}")
    rita.follow("Look at it as an email program").sees(office.world.record()["form1"]["title"])
    rita.open("/approvals").sees("Nothing waits for approval")
    assert office.after_a_minute() == []


@pytest.mark.parametrize("name", ["", "rita"])
def test_nothing_that_a_page_asks_for_is_missing(office: Office, name: str) -> None:
    person = office.person(name) if name else office.person()
    missing: list[str] = []
    person.page.on("console", lambda said: missing.append(said.text))
    for path in ("/health", "/metrics", "/login", "/"):
        person.open(path)
        person.page.wait_for_timeout(300)  # its icon is fetched after all else
    assert [said for said in missing if "404" in said] == []


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
