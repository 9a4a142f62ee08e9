"""What is wrong with a value, in place of pydantic's own words: what is allowed, and an example."""

from __future__ import annotations

import json
from typing import Any

from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails

#: Beginnings of pydantic's names for faults, and what has to stand there instead.
_ALLOWED = {
    "bool": "must be true or false",
    "datetime": "must be a date and a time, such as 2027-01-04T09:00",
    "date": "must be a date, such as 2028-11-30",
    "path": "must be the name of a file or folder, in quotation marks",
    "string_type": "must be text in quotation marks",
}
_NUMBER = ("int", "greater_than", "less_than", "finite")
_LIST = ("tuple", "list", "too_short")


def in_english(kind: str, error: ErrorDetails, field: FieldInfo) -> str:
    """The sentence for a fault of pydantic's type `kind` in the value of `field`."""
    if kind.startswith(_LIST) or len(error["loc"]) > 2:
        things = " of whole numbers" if kind.startswith(_NUMBER) else ""
        return f"must be a list{things}{_such_as(field)}"
    if kind.startswith(_NUMBER):
        number = "number" if field.annotation is float else "whole number"
        return f"must be a {number}{_range(field)}{_such_as(field)}"
    match kind:
        case "string_pattern_mismatch":
            return f"must be like {field.default}"
        case "string_too_short":
            return f"must not be empty{_such_as(field)}"
        case "string_too_long":
            return f"must be at most {error.get('ctx', {}).get('max_length')} characters long"
    for name, allowed in _ALLOWED.items():
        if kind.startswith(name):
            return allowed
    return error["msg"].replace("Input should be", "must be")


def _range(field: FieldInfo) -> str:
    low, high = _limit(field, "ge"), _limit(field, "le")
    return "" if low is None or high is None else f" from {low} to {high}"


def _limit(field: FieldInfo, name: str) -> Any:
    return next((getattr(m, name) for m in field.metadata if hasattr(m, name)), None)


def _such_as(field: FieldInfo) -> str:
    default = field.default
    example = json.dumps(list(default)) if isinstance(default, tuple) else default
    return f", such as {example}" if default else ""
