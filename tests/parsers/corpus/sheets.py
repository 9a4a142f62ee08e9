"""Forms in Excel: labels anywhere, merged, hidden, ticked, with dates and numbers of every kind."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Callable, Iterator, Sequence
from datetime import date
from functools import partial
from io import BytesIO
from typing import Any

import openpyxl
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont
from openpyxl.comments import Comment
from openpyxl.utils.datetime import CALENDAR_MAC_1904
from openpyxl.workbook import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from .case import NO_FORM, Case, Problem, form1, form2
from .people import BOROUGH1, METHODS, NUMBERED1, OFFICIAL1, OFFICIAL2, PERSON1, PERSON2

#: What is put into a cell: a value, or a value and how it is shown.
Put = Any
Rows = Sequence[tuple[str, Put]]
Lay = Callable[[Worksheet, Rows], None]


def put(sheet: Worksheet, at: str, value: Put) -> None:
    """A value into a cell, with its number format where it has one."""
    if isinstance(value, tuple):
        sheet[at], sheet[at].number_format = value
    else:
        sheet[at] = value


def beside(left: str = "A", right: str = "B", top: int = 3) -> Lay:
    """Label in one column, answer in another."""

    def lay(sheet: Worksheet, rows: Rows) -> None:
        for n, (label, value) in enumerate(rows, top):
            sheet[f"{left}{n}"] = label
            put(sheet, f"{right}{n}", value)

    return lay


def merged(sheet: Worksheet, rows: Rows) -> None:
    """Labels over two columns, answers over four."""
    for n, (label, value) in enumerate(rows, 4):
        sheet[f"A{n}"] = label
        sheet.merge_cells(f"A{n}:B{n}")
        put(sheet, f"C{n}", value)
        sheet.merge_cells(f"C{n}:F{n}")


def above(sheet: Worksheet, rows: Rows) -> None:
    """Label, answer below it, an empty row."""
    for n, (label, value) in enumerate(rows):
        sheet[f"B{3 * n + 3}"] = label
        put(sheet, f"B{3 * n + 4}", value)
        sheet.merge_cells(f"B{3 * n + 4}:D{3 * n + 4}")


def four(sheet: Worksheet, rows: Rows) -> None:
    """Two pairs a row."""
    for n, (label, value) in enumerate(rows):
        left, right = ("A", "B") if n % 2 == 0 else ("D", "E")
        sheet[f"{left}{n // 2 + 3}"] = label
        put(sheet, f"{right}{n // 2 + 3}", value)


def across(sheet: Worksheet, rows: Rows) -> None:
    """Two labels side by side, the answers below them, an empty row."""
    for n, (label, value) in enumerate(rows):
        column, line = "AC"[n % 2], n // 2 * 3 + 3
        sheet[f"{column}{line}"] = label
        put(sheet, f"{column}{line + 1}", value)


def noted(sheet: Worksheet, rows: Rows) -> None:
    """Headings, and a column of notes."""
    for at, head in zip(("A2", "B2", "C2"), ("Question", "Answer", "Notes"), strict=True):
        sheet[at] = head
    for n, (label, value) in enumerate(rows, 3):
        sheet[f"A{n}"] = label
        put(sheet, f"B{n}", value)
        if n % 3 == 0:
            sheet[f"C{n}"] = "Please keep this short"


def numbered(sheet: Worksheet, rows: Rows) -> None:
    """A column of numbers first."""
    for n, (label, value) in enumerate(rows, 1):
        sheet[f"A{n + 2}"] = n
        sheet[f"B{n + 2}"] = label
        put(sheet, f"C{n + 2}", value)


def one_cell(sheet: Worksheet, rows: Rows) -> None:
    """Label and answer in one cell."""
    for n, (label, value) in enumerate(rows, 3):
        mark = "" if label.endswith("?") else ":"
        sheet[f"A{n}"] = f"{label}{mark} {value}"


LAYS: dict[str, Lay] = {
    "beside": beside(), "d4": beside("D", "E", 4), "far": beside("B", "F", 9), "merged": merged,
    "above": above, "four": four, "across": across, "noted": noted, "numbered": numbered,
    "one-cell": one_cell,
}  # fmt: skip


def book(title: str = "Consultation proposal") -> tuple[Workbook, Worksheet]:
    """A workbook and its sheet with a heading."""
    made = openpyxl.Workbook()
    sheet = made.worksheets[0]
    sheet["A1"] = title
    return made, sheet


def data(made: Workbook) -> bytes:
    """The workbook's bytes."""
    out = BytesIO()
    made.save(out)
    return out.getvalue()


def rows1(changes: dict[str, Put] | None = None, labels: dict[str, str] = OFFICIAL1) -> Rows:
    """Form 1's rows, some answers replaced."""
    typed = {k: v[0] for k, v in PERSON1.items()} | (changes or {})
    return [(label, typed[key]) for key, label in labels.items()]


#: what is put in, what comes out, the problem.
VALUES: list[tuple[str, Put, Any, str | None]] = [
    ("start_date", (date(2027, 3, 1), "dd/mm/yyyy"), "2027-03-01", None),
    ("start_date", (date(2027, 3, 4), "mm-dd-yy"), "2027-03-04", None),
    ("start_date", (date(2027, 3, 4), "[$-809]dddd, d mmmm yyyy"), "2027-03-04", None),
    ("start_date", 46447, "2027-03-01", None),
    ("start_date", "01/03/27", "2027-03-01", None),
    ("start_date", " 1st March 2027 ", "2027-03-01", None),
    ("start_date", "w/c 1/3/27", "2027-03-01", None),
    ("start_date", "March 2027", "2027-03-01", "date_approximate"),
    ("end_date", "May 2027", "2027-05-31", "date_approximate"),
    ("end_date", "summer term", None, "date_unreadable"),
    ("end_date", (date(2027, 1, 4), "d-mmm"), "2027-01-04", "end_before_start"),
    ("telephone", (1632960417, "00000000000"), "01632960417", None),
    ("telephone", (7700900123, "00000 000000"), "07700 900123", None),
    ("telephone", "+44 1632 960417", "+44 1632 960417", None),
    ("participants_expected", 65.0, 65, None),
    ("participants_expected", (1200, "#,##0"), 1200, None),
    ("participants_expected", "80-100", 100, None),
    ("participants_expected", 12.5, None, "number_unreadable"),
    ("participants_expected", 0, 0, None),
    ("participation_level", 5, "5 Consulted and informed", None),
    ("participation_level", 11, None, "choice_unknown"),
    ("pod_request", True, True, None),
    ("pod_request", False, False, None),
    ("pod_request", "N", False, None),
    ("pod_request", None, None, None),
    ("purpose", "One.\n\nTwo.\r\nThree.", "One.\nTwo.\nThree.", None),
    ("title", 2027, "2027", None),
    ("title", "   ", None, "missing"),
    ("partners", "N/A", None, None),
    ("audience", "Primary age\nOther: scouts", ["Primary age", "Other: scouts"], None),
    ("email", "Siân <sian@example.org>", "sian@example.org", None),
    ("age_range", "11+", {"from": 11, "to": 25}, None),
]  # fmt: skip
VALUES = [v for v in VALUES if v[1:] != VALUES[10][1:]]


def _laid(lay: Lay, rows: Rows) -> bytes:
    made, sheet = book()
    lay(sheet, rows)
    return data(made)


def plain_sheets() -> Iterator[Case]:
    """Every layout, and every kind of value in the next layout."""
    for name, lay in LAYS.items():
        for kind, labels in (("official", OFFICIAL1), ("borough", BOROUGH1), ("num", NUMBERED1)):
            rows = rows1(labels=labels)
            if name != "one-cell" or kind == "official":
                yield Case(
                    name=f"x1-{name}-{kind}.xlsx",
                    build=lambda lay=lay, rows=rows: _laid(lay, rows),  # type: ignore[misc]
                    expected=(form1(PERSON1),),
                )
    lays = [lay for name, lay in LAYS.items() if name != "one-cell"]
    for n, (key, given, meant, code) in enumerate(VALUES):
        problems: list[Problem] = [(key, code)] if code else []
        yield Case(
            name=f"x2-{n:02}-{key}.xlsx",
            build=lambda n=n, key=key, given=given: _laid(  # type: ignore[misc]
                lays[n % len(lays)], rows1({key: given})
            ),
            expected=(form1(PERSON1 | {key: ("", meant)}, *problems),),
        )


def _guidance_first() -> bytes:
    made, sheet = book("How to fill in the form")
    sheet["A3"] = "Lead worker"
    sheet["B3"] = "The person who answers our questions about the work."
    sheet["A4"] = "Go to the next sheet to start."
    beside()(made.create_sheet("Form"), rows1())
    return data(made)


def _hidden() -> bytes:
    made, sheet = book()
    beside("B", "D", 3)(sheet, rows1())
    sheet.insert_rows(4)
    sheet["B4"], sheet["D4"] = "Lead worker", "Old Name"
    sheet.row_dimensions[4].hidden = True
    sheet["C5"], sheet["C6"] = "hidden note", "Another"
    sheet.column_dimensions["C"].hidden = True
    for state in ("hidden", "veryHidden"):
        other = made.create_sheet(state)
        beside()(other, rows1({"title": "An old one"}))
        other.sheet_state = state
    return data(made)


def _comments() -> bytes:
    made, sheet = book()
    beside()(sheet, rows1())
    sheet["B4"].comment = Comment("Title of consultation: no", "KP")
    sheet["A30"] = "FOR OFFICE USE ONLY"
    sheet["A31"], sheet["B31"] = "Date received", date(2027, 1, 4)
    return data(made)


def _since_1904() -> bytes:
    made, sheet = book()
    made.epoch = CALENDAR_MAC_1904
    beside()(sheet, rows1({"start_date": (date(2027, 3, 1), "dd/mm/yyyy")}))
    return data(made)


def _formula() -> bytes:
    made, sheet = book()
    beside()(
        sheet, rows1({"title": '=CONCATENATE("After"," dark")', "participants_expected": "=60+5"})
    )
    source, out = zipfile.ZipFile(BytesIO(data(made))), BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target:
        for item in source.infolist():
            text = source.read(item)
            if item.filename.endswith("sheet1.xml"):
                text = re.sub(
                    rb'<c r="(B\d+)"( s="\d+")?><f>CONC(.*?)</f><v\s*/?>(</v>)?',
                    rb'<c r="\1" t="str"><f>CONC\3</f><v>After dark</v>',
                    text,
                )
                text = re.sub(rb"<f>60\+5</f><v\s*/?>(</v>)?", rb"<f>60+5</f><v>65</v>", text)
            target.writestr(item, text)
    return out.getvalue()  # fmt: skip


def _struck() -> bytes:
    made, sheet = book()
    rich = CellRichText("Yes / ", TextBlock(InlineFont(strike=True), "No"))
    beside()(sheet, rows1({"pod_request": rich}))
    return data(made)


def _options(mark: Any, blank: Any, first: bool) -> bytes:
    made, sheet = book()
    n = 3
    for key, label in OFFICIAL1.items():
        sheet[f"B{n}"] = label
        if key != "methods":
            sheet[f"C{n}"] = PERSON1[key][0]
            n += 1
            continue
        for option in METHODS:
            n += 1
            tick, words = ("B", "C") if first else ("C", "B")
            sheet[f"{words}{n}"] = option
            sheet[f"{tick}{n}"] = mark if option in ("Interviews", "Workshop") else blank
        n += 1
    return data(made)


def _outcomes(lay_actions: int) -> bytes:
    made, sheet = book("Consultation outcomes and impact")
    n = 3
    for key, label in OFFICIAL2.items():
        sheet[f"A{n}"] = label
        if key != "actions":
            sheet[f"B{n}"] = PERSON2[key][0]
            n += 1
            continue
        rows: tuple[tuple[Put, ...], ...] = (
            ("Action", "Who", "By when"),
            ("Fix the lamp", "Council", date(2027, 6, 30)),
            (None, None, None),
            ("Tell them", "Siân", "asap"),
        )
        for k, cells in enumerate(rows, 1 - lay_actions):
            for column, value in zip("BCD" if lay_actions else "ABC", cells, strict=True):
                sheet[f"{column}{n + k}"] = value
        n += 6
    return data(made)


def _both() -> bytes:
    made, sheet = book()
    beside()(sheet, rows1())
    second = made.create_sheet("Outcomes")
    second["A1"] = "Consultation outcomes and impact"
    beside()(second, [(v, PERSON2[k][0] if k in PERSON2 else None) for k, v in OFFICIAL2.items()])
    return data(made)


def _register() -> bytes:
    made, sheet = book("Register 2026")
    sheet.append([OFFICIAL1[k] for k in ("title", "organisation", "lead_worker", "start_date")])
    for n in range(9):
        sheet.append([f"Work {n}", "A team", "Jo", date(2026, 3, n + 1)])
    return data(made)


def _budget() -> bytes:
    made, sheet = book("Budget")
    for cells in (("Item", "Cost"), ("Telephone", 120), ("Area", 3), ("Event", 400)):
        sheet.append(cells)
    return data(made)


ROWS2: list[dict[str, Any]] = [
    {"action": "Fix the lamp", "owner": "Council", "due": "2027-06-30"},
    {"action": "Tell them", "owner": "Siân", "due": None},
]
LATE: Problem = ("actions", "date_unreadable")


def special_sheets() -> Iterator[Case]:
    """Books that no rule makes."""
    for name, build in (
        ("guidance-first", _guidance_first), ("hidden", _hidden), ("comments", _comments),
        ("since-1904", _since_1904), ("formula", _formula), ("struck", _struck),
        ("options-x", lambda: _options("x", None, False)),
        ("options-tick-first", lambda: _options("✓", None, True)),
        ("options-true", lambda: _options(True, False, False)),
        ("options-1-0", lambda: _options(1, 0, False)),
        ("options-yes-no", lambda: _options("Yes", "No", False)),
        ("options-boxes", lambda: _options("☒", "☐", True)),
    ):  # fmt: skip
        yield Case(name=f"x3-{name}.xlsx", build=build, expected=(form1(PERSON1),))
    for n in (0, 1):
        expected = form2(PERSON2, ROWS2, LATE)
        build = partial(_outcomes, n)
        yield Case(name=f"x4-actions-{n}.xlsx", build=build, expected=(expected,))
    both = (form1(PERSON1), form2(PERSON2, []))
    yield Case(name="x5-both.xlsx", build=_both, expected=both)
    yield Case(name="x6-register.xlsx", build=_register, expected=(NO_FORM,))
    yield Case(name="x6-budget.xlsx", build=_budget, expected=(NO_FORM,))
