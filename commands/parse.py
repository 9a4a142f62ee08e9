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


def run(files: Sequence[str | os.PathLike[str]], as_json: bool = False, prefix: str = "CYP") -> int:
    """Print what each file holds: a JSON object a line for each form, or a listing for people.

    Returns the exit status: 0 when every file was looked at, whatever was found; 1 when one of them
    could not be opened at all, which standard error says.
    """
    status, face = 0, Face(prefix)
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
            for line in (_json if as_json else _listing)(face, name, reading):
                print(line)
    return status


def _json(face: Face, name: str, reading: Reading) -> Iterator[str]:
    """One JSON object for each form; for a file without one, an object with its verdict."""
    for form in reading.submissions:
        yield _line(face, name, form.form, dict(form.fields), form.problems)
    if not reading.submissions:
        yield _line(face, name, None, {}, (reading.verdict,) if reading.verdict else ())


def _line(
    face: Face,
    name: str,
    form: str | None,
    fields: dict[str, Any],
    problems: Sequence[Problem],
) -> str:
    found = [
        {"field": p.field, "code": p.code.value, "message": face.message(form, p)} for p in problems
    ]
    return json.dumps({"file": name, "form": form, "fields": fields, "problems": found})


def _listing(face: Face, name: str, reading: Reading) -> Iterator[str]:
    yield name
    if not reading.submissions and reading.verdict:
        yield f"  {face.message(None, reading.verdict)}"
    for submission in reading.submissions:
        yield from _form(face, submission)
    yield ""


def _form(face: Face, submission: Submission) -> Iterator[str]:
    spec = forms()[submission.form]
    yield f"  {spec.name}: {spec.title}"
    lines = answers(submission.form, submission.fields, submission.origins)
    yield from (f"    {line}" for line in lines)
    if submission.problems:
        yield "  Please look at:"
        yield from (f"    - {face.message(submission.form, p)}" for p in submission.problems)
