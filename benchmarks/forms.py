"""How long reading a form takes, isolation included, beside merely opening it and taking its text.

    .venv/bin/python -m benchmarks.forms [--rounds 40]

Word files beside python-docx (every paragraph and cell, those of nested tables too), Excel files
beside openpyxl (every value). Reading in a process of its own, reading without one and the library
take turns, so that whatever else the machine does falls on all alike; the time of each is its
median. Every file, from every source, is to be read within what we promise: ends with 1 if not.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date
from io import BytesIO
from statistics import geometric_mean, median
from time import perf_counter
from typing import Any

import docx
import openpyxl
from openpyxl.worksheet.datavalidation import DataValidation

from parsers.face import Face
from parsers.read import read
from parsers.reader import Reader
from tests.parsers.build import (
    PAIRS,
    beside,
    cell,
    check_box,
    control,
    excel,
    p,
    paragraphs,
    row,
    table,
    two_columns,
    word,
)  # fmt: skip

#: Reading may take so many times as long as the library: Word, Excel.
PROMISED = {"docx": 1.0, "xlsx": 1.5}

ANSWERS: Mapping[str, Mapping[str, Any]] = {
    "form1": {
        "organisation": "Felixstowe Youth Forum",
        "lead_worker": "Bronwen Tyrrell",
        "email": "bronwen@example.org",
        "title": "A skate park for everyone",
        "purpose": "Who uses the park, who does not, and what would change that.",
        "audience": ["Primary age", "Secondary age"],
        "age_range": {"from": 8, "to": 17},
        "participants_expected": 90,
        "area": ["Ipswich"],
        "start_date": "2027-04-19",
        "end_date": "2027-05-28",
        "pod_request": True,
    },
    "form2": {
        "reference": "CYP-2027-0003-9",
        "title": "A skate park for everyone",
        "organisation": "Felixstowe Youth Forum",
        "participants": 104,
        "you_said": "There is nowhere to sit.\nWe would like lights.",
        "we_did": "Benches and two lamp posts are ordered.",
        "actions": [{"action": "Install benches", "owner": "Town Council", "due": "2027-09-30"}],
        "publish": True,
    },
}


def main() -> int:
    """Prints a row a file and the ratios; returns the exit status."""
    rounds = _arguments().rounds
    ratios: dict[str, list[float]] = {"docx": [], "xlsx": []}
    print(f"{'file':24}{'ours, ms':>10}{'bare, ms':>10}{'library, ms':>13}{'ratio':>8}")
    with Reader() as reader:
        for name, data in files():
            ending = name.rpartition(".")[2]
            library = word_text if ending == "docx" else excel_text
            ours, bare, theirs = turns(
                rounds,
                lambda name=name, data=data: reader.read(name, data),  # type: ignore[misc]
                lambda name=name, data=data: read(name, data),  # type: ignore[misc]
                lambda data=data, library=library: library(data),  # type: ignore[misc]
            )
            ratios[ending].append(ours / theirs)
            print(f"{name:24}{ours:10.1f}{bare:10.1f}{theirs:13.1f}{ours / theirs:8.2f}")
    for ending, found in ratios.items():
        mean, most = geometric_mean(found), PROMISED[ending]
        print(f"{ending}: {mean:.2f} of the library's time, at most {max(found):.2f} (of {most})")
    return int(any(max(found) > PROMISED[ending] for ending, found in ratios.items()))


def files() -> Iterator[tuple[str, bytes]]:
    """The official forms, filled in, and forms as other councils make them."""
    for form, fields in ANSWERS.items():
        for kind in ("docx", "xlsx"):
            yield f"{form}-official.{kind}", Face().write(form, fields, kind)
    yield "table.docx", two_columns()
    yield "four-columns.docx", word(table(*(row(*a, *b) for a, b in _in_twos())))
    yield "controls.docx", word(table(*(row(cell(k), cell(control(p(v)))) for k, v in PAIRS)))
    yield "tick-boxes.docx", two_columns(swap={"Area": _boxes()})
    yield "paragraphs.docx", paragraphs()
    yield "plain.xlsx", excel(beside())
    typed = [(k, date(2027, 4, 19) if "date" in k else v) for k, v in PAIRS]
    yield "typed.xlsx", excel(beside(typed))
    yield "merged.xlsx", excel(beside(), more=_merge)
    yield "lists.xlsx", excel(beside(), more=_lists)


def _in_twos() -> Iterator[tuple[tuple[str, str], tuple[str, str]]]:
    pairs = [*PAIRS, *[("", "")] * (len(PAIRS) % 2)]
    yield from zip(pairs[::2], pairs[1::2], strict=True)


def _boxes() -> str:
    areas = ("Babergh", "Ipswich", "Mid Suffolk", "Waveney")
    return "".join(p(check_box(area == "Ipswich"), f" {area}") for area in areas)


def _merge(book: Any) -> None:
    for number in range(1, len(PAIRS) + 1):
        book.active.merge_cells(f"B{number}:E{number}")


def _lists(book: Any) -> None:
    for number in range(1, len(PAIRS) + 1):
        choices = DataValidation("list", formula1='"Yes,No"', showErrorMessage=False)
        choices.add(f"B{number}")
        book.active.add_data_validation(choices)


def turns(rounds: int, *calls: Callable[[], object]) -> list[float]:
    """The median milliseconds of each call, warm, each in its turn."""
    taken: list[list[float]] = [[] for _ in calls]
    for number in range(rounds + 3):
        for call, times in zip(calls, taken, strict=True):
            start = perf_counter()
            call()
            if number >= 3:
                times.append((perf_counter() - start) * 1000)
    return [median(times) for times in taken]


def word_text(data: bytes) -> list[str]:
    """Every paragraph and cell, by python-docx."""
    document = docx.Document(BytesIO(data))
    return [paragraph.text for paragraph in document.paragraphs] + _cells(document.tables)


def _cells(tables: Iterable[Any]) -> list[str]:
    lines = []
    for found in tables:
        for line in found.rows:
            for one in line.cells:
                lines.append(one.text)
                lines += _cells(one.tables)
    return lines


def excel_text(data: bytes) -> list[str]:
    """Every value, by openpyxl."""
    book = openpyxl.load_workbook(BytesIO(data), data_only=True)
    return [
        str(value)
        for sheet in book.worksheets
        for row in sheet.iter_rows(values_only=True)
        for value in row
        if value is not None
    ]


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Reading forms beside python-docx and openpyxl.")
    parser.add_argument("--rounds", type=int, default=40)
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
