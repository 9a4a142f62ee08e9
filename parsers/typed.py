"""Answers that a person types at the desk: read by the same rules as those in a form."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from model import Code, Origin, Permanent, Problem, Submission
from parsers.document import Cell, Line, Run
from parsers.read import problems_of
from parsers.spec import FieldSpec, FormSpec, Type, forms
from parsers.values import Answer, read_value

#: What is typed into one field: text; of choices a list; of actions a list of rows.
Typed = str | Sequence[str] | Sequence[Mapping[str, str]]

#: Where a value stands that no form holds.
BY_HAND = "put in by the office"


def corrected(form: Submission, given: Mapping[str, Typed], prefix: str) -> Submission:
    """A form with some answers replaced by what a person typed; "" leaves a field blank.

    Everything is judged anew: what was wrong with the old answers is forgotten, and what is wrong
    with the new ones, or missing, is a problem as if it had come in a file. Raises `Permanent` for
    a field that the form does not have.
    """
    spec = forms()[form.form]
    if unknown := sorted(given.keys() - {f.key for f in spec.fields}):
        raise Permanent(f"{spec.name} has no field {', '.join(unknown)}: see ./askonce queue show.")
    typed = {key: _read(spec[key], value, prefix) for key, value in given.items()}
    answers = {f.key: typed.get(f.key) or _as_it_was(f, form) for f in spec.fields}
    origins = {key: origin for key, origin in form.origins.items() if key not in typed}
    origins |= {
        key: Origin(where=BY_HAND, seen=answer.seen)
        for key, answer in typed.items()
        if not answer.blank
    }
    return replace(
        form,
        fields={**form.fields, **{key: _value(spec[key], a) for key, a in typed.items()}},
        problems=tuple(problems_of(spec, answers)),
        origins=origins,
    )


def filled_in(form: str, fields: Mapping[str, Any]) -> Submission:
    """A form with these answers, as the register holds them; what it lacks is a problem."""
    spec = forms()[form]
    whole = Submission(form=form, fields={**spec.blank(), **fields})
    return replace(whole, problems=problems(spec, whole))


def problems(spec: FormSpec, form: Submission) -> tuple[Problem, ...]:
    """What is wrong with a form as it stands."""
    return tuple(problems_of(spec, {f.key: _as_it_was(f, form) for f in spec.fields}))


#: Problems that follow from the answers, and are found anew.
_FOLLOWS = frozenset({Code.MISSING, Code.END_BEFORE_START})


def _as_it_was(spec: FieldSpec, form: Submission) -> Answer:
    known = [p for p in form.problems if p.field == spec.key]
    origin = form.origins.get(spec.key)
    seen = next((p.seen for p in known), origin.seen if origin else "")
    codes = tuple(p.code for p in known if p.code not in _FOLLOWS)
    return Answer(value=form.fields.get(spec.key), codes=codes, seen=seen)


def _value(spec: FieldSpec, answer: Answer) -> Any:
    if answer.value is None and spec.type in (Type.CHOICES, Type.ACTIONS):
        return []
    return answer.value


def _read(spec: FieldSpec, typed: Typed, prefix: str) -> Answer:
    if isinstance(typed, str):
        return read_value(spec, [[_cell(typed.splitlines())]], prefix)
    if spec.type is Type.ACTIONS:
        return _actions(spec, typed, prefix)
    return _several(spec, [str(one) for one in typed], prefix)


def _several(spec: FieldSpec, typed: Sequence[str], prefix: str) -> Answer:
    """Choices, each read alone: a comma within one is none between two."""
    read = [
        Answer(value=[one], seen=one) if one in spec.options else _read(spec, one, prefix)
        for one in typed
        if one.strip()
    ]
    values = [v for a in read for v in (a.value if isinstance(a.value, list) else [a.value]) if v]
    codes = tuple(dict.fromkeys(code for a in read for code in a.codes))
    ordered = sorted(dict.fromkeys(values), key=lambda v: _place(spec, v))
    seen = "; ".join(typed)
    if spec.type is Type.CHOICES:
        return Answer(value=ordered, codes=codes, seen=seen)
    if len(ordered) > 1:
        return Answer(codes=(Code.CHOICE_UNKNOWN,), seen=seen)
    return Answer(value=ordered[0] if ordered else None, codes=codes, seen=seen)


def _place(spec: FieldSpec, value: str) -> int:
    return spec.options.index(value) if value in spec.options else len(spec.options)


def _actions(spec: FieldSpec, typed: Iterable[Any], prefix: str) -> Answer:
    heading = [_cell([column.label], n) for n, column in enumerate(spec.columns)]
    rows = [
        [_cell([str(row.get(c.key) or "")], n) for n, c in enumerate(spec.columns)] for row in typed
    ]
    answer = read_value(spec, [heading, *rows], prefix)
    return answer if rows else Answer()


def _cell(lines: Iterable[str], col: int = 0) -> Cell:
    return Cell(col, 1, tuple(Line((Run(text=text),), BY_HAND) for text in lines), BY_HAND)
