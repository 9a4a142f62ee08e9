"""A form's answers as inputs, and what a person changed in them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from werkzeug.datastructures import MultiDict

from model import Problem, Submission
from parsers.spec import FieldSpec, FormSpec, Type, forms
from parsers.typed import Typed
from parsers.wording import in_words, message

#: What names an answer among what a page sends.
PREFIX = "answer."


@dataclass(frozen=True, slots=True, kw_only=True)
class Input:
    """One answer of a form: what was read, where, how surely, and what is typed instead."""

    spec: FieldSpec
    name: str
    typed: str | tuple[str, ...]  #: several of choices
    options: tuple[str, ...] = ()  #: to choose from
    where: str = ""
    unsure: str = ""  #: how sure the reading is, where it is not
    wrong: str = ""  #: what is wrong with the answer

    @property
    def fixed(self) -> bool:
        """Whether it can only be looked at here: a table of actions."""
        return self.spec.type is Type.ACTIONS


def inputs(
    form: Submission,
    sent: MultiDict[str, str] | None = None,
    problems: Sequence[Problem] | None = None,
) -> tuple[Input, ...]:
    """The inputs for a form. `sent`: as they were filled in; `problems`: what was wrong then."""
    spec = forms()[form.form]
    shown = form.problems if problems is None else problems
    wrong = {p.field: message(spec, p) for p in reversed(shown) if p.field}
    return tuple(_input(field, form, sent, wrong.get(field.key, "")) for field in spec.fields)


def _input(
    spec: FieldSpec, form: Submission, sent: MultiDict[str, str] | None, wrong: str
) -> Input:
    origin = form.origins.get(spec.key)
    unsure = f"{origin.certainty:.0%} sure" if origin and origin.certainty < 1 else ""
    return Input(
        spec=spec,
        name=PREFIX + spec.key,
        typed=_as_read(spec, form) if sent is None else _sent(spec, sent),
        options=_options(spec, form),
        where=origin.where if origin else "",
        unsure=unsure,
        wrong=wrong,
    )


def changed(form: Submission, sent: MultiDict[str, str]) -> Mapping[str, Typed]:
    """The answers that are not as they were shown. A field that was not sent stays as it is."""
    spec: FormSpec = forms()[form.form]
    return {
        field.key: _sent(field, sent)
        for field in spec.fields
        if _is_there(field, sent) and _plain(_sent(field, sent)) != _plain(_as_read(field, form))
    }


def _is_there(spec: FieldSpec, sent: MultiDict[str, str]) -> bool:
    return spec.type is not Type.ACTIONS and PREFIX + spec.key in sent


def _sent(spec: FieldSpec, sent: MultiDict[str, str]) -> str | tuple[str, ...]:
    """Boxes that are all empty send nothing: an empty one is always sent along."""
    values = sent.getlist(PREFIX + spec.key)
    if spec.type is Type.CHOICES:
        return tuple(value for value in values if value)
    return values[0] if values else ""


def _plain(typed: str | tuple[str, ...]) -> Any:
    """A browser ends lines in its own way."""
    return typed.replace("\r\n", "\n").strip() if isinstance(typed, str) else frozenset(typed)


def _as_read(spec: FieldSpec, form: Submission) -> str | tuple[str, ...]:
    value = form.fields.get(spec.key)
    if spec.type is Type.CHOICES:
        return tuple(value or ())
    if value is None:  # what could not be read is there to be put right
        return next((p.seen for p in form.problems if p.field == spec.key), "")
    return in_words(spec, value) or ""


def _options(spec: FieldSpec, form: Submission) -> tuple[str, ...]:
    """With what was read, though it be none of them."""
    if spec.type not in (Type.CHOICE, Type.CHOICES, Type.YES_NO):
        return ()
    offered = ("Yes", "No") if spec.type is Type.YES_NO else spec.options
    read = _as_read(spec, form)
    mine = (read,) if isinstance(read, str) else read
    return tuple(dict.fromkeys((*offered, *(one for one in mine if one))))
