"""What other rooms may ask of the form definitions: `model.Forms`."""

from __future__ import annotations

from functools import cache
from importlib import import_module
from typing import Any, Literal

from model import Fields, Origin, Problem
from parsers import wording
from parsers.blank import settled
from parsers.spec import FormSpec, forms

#: By kind of file. Imported when one is written: a program that only reads starts sooner.
_WRITERS = {"docx": "parsers.blank_word", "xlsx": "parsers.blank_excel"}


class Face:
    """The form definitions as the office sees them (implements `model.Forms`).

    `prefix` is that of its reference numbers.
    """

    def __init__(self, prefix: str = "CYP") -> None:
        self.prefix = prefix

    def label(self, form: str, key: str) -> str:
        """The official label of a field."""
        return forms()[form][key].label

    def shown(self, form: str, fields: Fields) -> tuple[tuple[str, str], ...]:
        """(label, answer in words) of every field that has an answer, in the form's order.

        Dates are British, lists joined by "; ", actions stand one a line.
        """
        answers = (
            (field.label, wording.in_words(field, fields.get(field.key)))
            for field in forms()[form].fields
        )
        return tuple((label, answer) for label, answer in answers if answer)

    def message(self, form: str | None, problem: Problem) -> str:
        """What is wrong, what was seen, what is needed (`parsers/wording.py`)."""
        return wording.message(forms()[form] if form else None, problem, self.prefix)

    def taken(self, form: str, key: str, value: Any, origin: Origin, aside: str = "") -> str:
        """What was made of an answer that is not certain (`parsers/wording.py`)."""
        return wording.taken(forms()[form][key], value, origin, aside)

    def write(self, form: str, fields: Fields | None, kind: Literal["docx", "xlsx"]) -> bytes:
        """The official form as a Word or Excel file; `fields` (any of its keys) are filled in.

        Reading the file gives the same fields back; the same fields always give the same bytes.
        Raises `Permanent` where an answer is longer than an Excel cell can be.
        """
        asked = forms()[form]
        if fields:
            return _written(asked, fields, kind, self.prefix)
        return _blank(asked, kind, self.prefix)


@cache
def _blank(form: FormSpec, kind: Literal["docx", "xlsx"], prefix: str) -> bytes:
    """Goes out with every answer to somebody who has no form yet."""
    return _written(form, {}, kind, prefix)


def _written(form: FormSpec, fields: Fields, kind: Literal["docx", "xlsx"], prefix: str) -> bytes:
    made: bytes = import_module(_WRITERS[kind]).make(form, fields, prefix)
    return settled(made)
