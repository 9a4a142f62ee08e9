"""`askonce parse`: what reading a form gives (docs/forms.md). It touches no database."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from commands.answers import answers
from model import Problem, Reading, Submission
from parsers.face import Face
from parsers.reader import Reader
from parsers.spec import forms

FACE = Face()


def run(files: Sequence[str | os.PathLike[str]], as_json: bool = False, prefix: str = "CYP") -> int:
    """Print what each file holds: a JSON object a line for each form, or a listing for people.

    Returns the exit status: 0 when every file was looked at, whatever was found; 1 when one of them
    could not be opened at all, which standard error says.
    """
    status = 0
    with Reader(prefix=prefix) as reader:
        for file in files:
            name = os.fspath(file)
            try:
                data = Path(name).read_bytes()
            except OSError as fault:
                why = fault.strerror or str(fault)
                print(f"{name}: {why}. Check the name and try again.", file=sys.stderr)
                status = 1
                continue
            reading = reader.read(Path(name).name, data)
            for line in _json(name, reading) if as_json else _listing(name, reading):
                print(line)
    return status


def _json(name: str, reading: Reading) -> Iterator[str]:
    """One JSON object for each form; for a file without one, an object with its verdict."""
    for form in reading.submissions:
        yield _line(name, form.form, dict(form.fields), form.problems)
    if not reading.submissions:
        yield _line(name, None, {}, (reading.verdict,) if reading.verdict else ())


def _line(name: str, form: str | None, fields: dict[str, Any], problems: Sequence[Problem]) -> str:
    found = [
        {"field": p.field, "code": p.code.value, "message": FACE.message(form, p)} for p in problems
    ]
    return json.dumps({"file": name, "form": form, "fields": fields, "problems": found})


def _listing(name: str, reading: Reading) -> Iterator[str]:
    yield name
    if not reading.submissions and reading.verdict:
        yield f"  {FACE.message(None, reading.verdict)}"
    for submission in reading.submissions:
        yield from _form(submission)
    yield ""


def _form(submission: Submission) -> Iterator[str]:
    spec = forms()[submission.form]
    yield f"  {spec.name}: {spec.title}"
    lines = answers(submission.form, submission.fields, submission.origins)
    yield from (f"    {line}" for line in lines)
    if submission.problems:
        yield "  Please look at:"
        yield from (f"    - {FACE.message(submission.form, p)}" for p in submission.problems)
