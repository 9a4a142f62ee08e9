"""`askonce forms`: the official blank forms as files."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from parsers.face import Face
from parsers.spec import forms

KINDS: tuple[Literal["docx", "xlsx"], ...] = ("docx", "xlsx")


def run(out: Path, prefix: str) -> int:
    """Write each form as Word and as Excel into a folder, made where needed; one line each.

    `prefix` is that of the reference numbers. Returns the exit status, 0.
    Raises `OSError` where the folder cannot be written to.
    """
    out.mkdir(parents=True, exist_ok=True)
    for key, form in forms().items():
        for kind in KINDS:
            path = out / f"{form.name} - {form.title.lower()}.{kind}"
            path.write_bytes(Face(prefix).write(key, None, kind))
            print(path)
    return 0
