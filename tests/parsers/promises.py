"""What reading promises of any file at all: checked, not believed."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import date
from typing import Any

from model import Code, Reading, Submission
from parsers.spec import FieldSpec, FormSpec, Type, forms

_NOT_OF_A_FIELD = {
    Code.NOT_A_FORM, Code.ENCRYPTED, Code.DAMAGED, Code.TOO_LARGE, Code.UNSAFE,
    Code.UNSUPPORTED_TYPE,
}  # fmt: skip


def broken(reading: Reading) -> Iterator[str]:
    """Each promise that a reading does not keep."""
    verdict = reading.verdict
    if bool(reading.submissions) == (verdict is not None):
        yield "neither forms nor a verdict, or both"
    if verdict and (verdict.field is not None or verdict.code not in _NOT_OF_A_FIELD):
        yield f"a verdict that is none: {verdict.code}"
    for submission in reading.submissions:
        yield from _form(forms()[submission.form], submission)


def same(before: Reading, after: Reading) -> Iterator[str]:
    """Each field that two readings of one form do not agree about."""
    if len(before.submissions) != len(after.submissions):
        yield f"{len(before.submissions)} forms became {len(after.submissions)}: {after.verdict}"
        return
    for one, other in zip(before.submissions, after.submissions, strict=True):
        for key, value in one.fields.items():
            if other[key] != value:
                yield f"{key} was {value!r:.60} and became {other[key]!r:.60}"
        codes = [{(p.field, p.code) for p in s.problems} for s in (one, other)]
        if codes[0] != codes[1]:
            yield f"problems became {sorted(codes[1] ^ codes[0])}"


def _form(spec: FormSpec, submission: Submission) -> Iterator[str]:
    if list(submission.fields) != [f.key for f in spec.fields]:
        yield "not every field, or not in order"
        return
    asked = {p.field for p in submission.problems}
    for field in spec.fields:
        value, origin = submission[field.key], submission.origins.get(field.key)
        blank = value in (None, [])
        if not blank and not _KINDS[field.type](field, value):
            yield f"{field.key}: {value!r:.60} is no {field.type.value}"
        if not blank and (origin is None or not origin.where or not 0 < origin.certainty <= 1):
            yield f"{field.key}: does not say where it was read: {origin!r:.80}"
        if blank and field.required and field.key not in asked:
            yield f"{field.key}: required, blank, and nobody says so"
    for problem in submission.problems:
        if problem.field not in submission.fields or problem.code in _NOT_OF_A_FIELD:
            yield f"a problem with no field: {problem.field} {problem.code}"


def _text(_field: FieldSpec, value: Any) -> bool:
    return isinstance(value, str) and value.strip() != ""


def _number(_field: FieldSpec, value: Any) -> bool:
    return type(value) is int and value >= 0


def _date(_field: FieldSpec, value: Any) -> bool:
    return isinstance(value, str) and date.fromisoformat(value).isoformat() == value


def _choice(field: FieldSpec, value: Any) -> bool:
    other = field.has_other and isinstance(value, str) and value.startswith("Other: ")
    return other or value in field.options


def _choices(field: FieldSpec, value: Any) -> bool:
    return all(_choice(field, v) for v in value) and len(set(value)) == len(value)


def _ages(_field: FieldSpec, value: Any) -> bool:
    return set(value) == {"from", "to"} and all(type(age) is int for age in value.values())


def _actions(field: FieldSpec, value: Any) -> bool:
    return all(
        set(row) == {column.key for column in field.columns}
        and any(row.values())
        and (row["due"] is None or _date(field, row["due"]))
        for row in value
    )


_KINDS: Mapping[Type, Callable[[FieldSpec, Any], bool]] = {
    Type.TEXT: _text,
    Type.LONG_TEXT: _text,
    Type.EMAIL: _text,
    Type.REFERENCE: _text,
    Type.CHOICE: _choice,
    Type.CHOICES: _choices,
    Type.AGE_RANGE: _ages,
    Type.NUMBER: _number,
    Type.DATE: _date,
    Type.YES_NO: lambda _field, value: isinstance(value, bool),
    Type.ACTIONS: _actions,
}
