"""What a form said, on a terminal: each answer, where it stood, and how sure that is."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from model import Fields, Origin
from parsers.spec import FieldSpec, Type, forms
from parsers.wording import each_quoted, in_words, quoted


def answers(form: str, fields: Fields, origins: Mapping[str, Origin]) -> Iterator[str]:
    """The lines for one form, in the form's order. What was not certain is shown as it stood."""
    for field in forms()[form].fields:
        answer = in_words(field, fields.get(field.key))
        first, *rest = (answer or "(blank)").split("\n")
        origin = origins.get(field.key)
        yield f"{field.label}: {first}{_where(field, origin, read=bool(answer))}"
        yield from (f"    {line}" for line in rest)


def _where(field: FieldSpec, origin: Origin | None, *, read: bool) -> str:
    if origin is None:
        return ""
    seen = each_quoted(origin.seen) if field.type is Type.ACTIONS else quoted(origin.seen)
    if not read:
        return f"  [{origin.where}, could not be read: {seen}]"
    if origin.certainty >= 1:
        return f"  [{origin.where}]"
    return f"  [{origin.where}, {origin.certainty:.0%} sure: {seen}]"
