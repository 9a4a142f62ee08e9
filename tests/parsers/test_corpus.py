"""The set of forms as people fill them in: every field right, every problem named, none made up."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from itertools import groupby
from pathlib import Path
from typing import Any

import pytest

from model import Reading
from parsers.read import read
from parsers.reader import Reader

from .corpus.case import Case
from .corpus.cases import all_cases, quick_cases
from .corpus.judge import Verdict

QUICK = {k: list(v) for k, v in groupby(quick_cases(), key=lambda c: c.name.split("-")[0])}
#: Each takes an office program seconds to save and to open again, so a run has few of them; all of
#: them with this in the environment.
SLOW = [c for c in all_cases() if c.slow]
if not os.environ.get("CORPUS_CONVERTED"):
    SLOW = [c for c in SLOW if c.name.startswith(("p17-", "s3-both.", "x4-actions-0"))]


def printed(reading: Reading) -> Iterator[Mapping[str, Any]]:
    """What was read, as the judge takes it."""
    if reading.verdict:
        yield {
            "form": None,
            "fields": {},
            "problems": [{"field": None, "code": str(reading.verdict.code)}],
        }
    for submission in reading.submissions:
        yield {
            "form": submission.form,
            "fields": submission.fields,
            "problems": [{"field": p.field, "code": str(p.code)} for p in submission.problems],
        }


@pytest.mark.parametrize("kind", QUICK)
def test_every_field_and_every_problem_is_right(kind: str) -> None:
    verdict = Verdict()
    for case in QUICK[kind]:
        verdict.add(case, list(printed(read(case.name, case.build()))))
    assert verdict.misses == []
    assert verdict.right == verdict.fields
    assert verdict.silent == 0


@pytest.mark.needs("libreoffice")
@pytest.mark.parametrize("case", SLOW, ids=lambda c: c.name)
def test_what_another_program_saved_says_the_same(case: Case) -> None:
    verdict = Verdict()
    with Reader() as reader:
        verdict.add(case, list(printed(reader.read(case.name, case.build()))))
    assert verdict.misses == []


def test_the_set_is_large_and_its_names_differ() -> None:
    names = [c.name for c in all_cases()]
    assert len(names) == len(set(names))
    assert len(names) > 200
    assert {Path(n).suffix for n in names} >= {".docx", ".xlsx", ".doc", ".odt", ".rtf", ".xls"}


def test_the_judge_sees_a_wrong_value_that_no_problem_names() -> None:
    case = next(quick_cases())
    (right,) = case.expected
    verdict = Verdict()
    verdict.add(
        case, [{"form": right.form, "fields": {**right.fields, "area": []}, "problems": []}]
    )
    assert verdict.silent == 1
    assert verdict.right == verdict.fields - 1
