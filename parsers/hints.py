"""What the official forms say beside a label: the blank forms show it, reading leaves it out."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Literal

from parsers.references import example
from parsers.spec import REFERENCE, FieldSpec, Type

Kind = Literal["docx", "xlsx"]

REQUIRED = "Required."

#: What kind of answer a type takes, in the Word form.
WORD: Mapping[Type, str] = {
    Type.AGE_RANGE: "For example, 11 to 16.",
    Type.DATE: "Day, month and year, such as 3 April 2027.",
    Type.NUMBER: "A whole number.",
    Type.CHOICE: "Choose one.",
    Type.CHOICES: "Tick all that apply.",
}

#: The same in the Excel form, where it differs.
EXCEL: Mapping[Type, str] = {
    Type.DATE: "Day, month and year, such as 03/04/2027 for 3 April 2027.",
    Type.YES_NO: "Choose one from the list.",
    Type.CHOICE: "Choose one from the list.",
    Type.CHOICES: "Choose one from the list, or type several with semicolons between them: "
    "{options}.",
}


def hint(field: FieldSpec, kind: Kind, prefix: str) -> str:
    """Whether an answer is required, the definition's help, and what to give; "" for nothing.

    `prefix` is that of the office's reference numbers, for an example of one.
    """
    by_type = (WORD if kind == "docx" else {**WORD, **EXCEL}).get(field.type, "")
    parts = (
        REQUIRED if field.required else "",
        _help(field, prefix),
        by_type.format(options="; ".join(field.options)),
    )
    return " ".join(part for part in parts if part)


@cache
def hints(field: FieldSpec, prefix: str) -> frozenset[str]:
    """Every text that the official forms show beside a field's label: never anybody's answer."""
    kinds: tuple[Kind, ...] = ("docx", "xlsx")
    texts = {hint(field, kind, prefix) for kind in kinds}
    return frozenset({*texts, _help(field, prefix)} - {""})


def _help(field: FieldSpec, prefix: str) -> str:
    return field.help.replace(REFERENCE, example(prefix))
