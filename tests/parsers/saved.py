"""Forms as LibreOffice saves them in other types, kept in the folder `saved` beside this file.

    .venv/bin/python -m tests.parsers.saved

writes them anew; only reading them is what the program does, and is tested.
"""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

import openpyxl

from tests.parsers.build import PAIRS, beside, cell, excel, legacy, p, row, table, word

_FOLDER = Path(__file__).with_name("saved")


def columns() -> bytes:
    """Labels on the left, answers on the right."""
    return word(table(*(row(cell(k), cell(v)) for k, v in PAIRS)), p("Thank you."))


def boxes() -> bytes:
    """The same, with old tick boxes for the area."""
    box = '<w:checkBox><w:sizeAuto/><w:default w:val="{}"/></w:checkBox>'
    area = p(legacy(box.format(1)), "Ipswich") + p(legacy(box.format(0)), "Babergh")
    answers = dict(PAIRS) | {"Area": area.replace(" FORM ", " FORMCHECKBOX ")}
    return word(table(*(row(cell(k), cell(v)) for k, v in answers.items())), p("Thank you."))


def workbook() -> bytes:
    """A sheet with a row that is hidden, and a number that its format shows with a blank."""

    def more(book: openpyxl.Workbook) -> None:
        sheet = book.worksheets[0]
        sheet["A30"], sheet["B30"] = "Job title", "Hidden"
        sheet.row_dimensions[30].hidden = True
        sheet["B5"] = 1632960145
        sheet["B5"].number_format = "00000 000000"

    return excel(beside(), more=more)


_MADE: dict[str, tuple[str, Callable[[], bytes], tuple[str, ...]]] = {
    "columns": ("docx", columns, ("doc", "odt", "rtf", "html")),
    "boxes": ("docx", boxes, ("rtf", "doc", "odt")),
    "workbook": ("xlsx", workbook, ("xls", "ods")),
}


def saved(name: str) -> dict[str, bytes]:
    """One of these forms: type -> bytes."""
    kinds = _MADE[name][2]
    return {kind: (_FOLDER / f"{name}.{kind}").read_bytes() for kind in kinds}


def main() -> None:
    """Has LibreOffice save all of them."""
    _FOLDER.mkdir(exist_ok=True)
    for name, (ending, build, kinds) in _MADE.items():
        with TemporaryDirectory() as folder:
            source = Path(folder) / f"{name}.{ending}"
            source.write_bytes(build())
            start = ["soffice", f"-env:UserInstallation=file://{folder}/profile", "--headless"]
            for kind in kinds:
                command = [*start, "--convert-to", kind, "--outdir", str(_FOLDER), str(source)]
                subprocess.run(command, check=True, capture_output=True)


if __name__ == "__main__":
    main()
