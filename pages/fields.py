"""A form's answers as inputs, and what a person changed in them."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from werkzeug.datastructures import MultiDict

from model import Code, Origin, Problem, Submission, as_it_stands
from pages.look import shown
from pages.site import site
from parsers.spec import FieldSpec, FormSpec, Type, forms
from parsers.typed import Typed
from parsers.wording import british, in_words, quoted, taken

#: What names an answer among what a page sends.
PREFIX = "answer."
#: Empty rows below those of a table, to be filled in; and the most rows that are taken.
_EMPTY_ROWS, _MOST_ROWS = 2, 200

Sent = MultiDict[str, str]
#: One row of a table of actions: column -> what stands there.
Row = Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Input:
    """One answer of a form: what was read, where, how surely, and what is typed instead."""

    spec: FieldSpec
    name: str
    typed: str | tuple[str, ...]  #: several of choices
    options: tuple[str, ...] = ()  #: to choose from
    rows: tuple[Row, ...] = ()  #: of a table of actions, with empty ones to be filled in
    where: str = ""
    unsure: str = ""  #: how sure the reading is, where it is not
    taken: str = ""  #: what stood there then, where it is not what was read
    unread: str = ""  #: what stood there, where nothing could be made of it
    wrong: str = ""  #: what is wrong with the answer

    @property
    def in_words(self) -> str:
        """What was read, for whoever may only look."""
        return self.typed if isinstance(self.typed, str) else "; ".join(self.typed)


def inputs(
    form: Submission,
    sent: Sent | None = None,
    problems: Sequence[Problem] | None = None,
) -> tuple[Input, ...]:
    """The inputs for a form. `sent`: as they were filled in; `problems`: what was wrong then."""
    spec = forms()[form.form]
    known = form.problems if problems is None else problems
    dates = {field.key for field in spec.fields if field.type in (Type.DATE, Type.ACTIONS)}
    # A month read as its first or last day is told beside the answer as not certain, not as wrong.
    faults = [p for p in known if p.code is not Code.DATE_APPROXIMATE or p.field not in dates]
    said = (
        (p.field, site().house.forms.message(form.form, p)) for p in reversed(faults) if p.field
    )
    wrong = dict(said)
    return tuple(_input(field, form, sent, wrong.get(field.key, "")) for field in spec.fields)


def _input(spec: FieldSpec, form: Submission, sent: Sent | None, wrong: str) -> Input:
    origin = form.origins.get(spec.key)
    unsure, unread = _doubt(form.fields.get(spec.key), origin)
    is_table = spec.type is Type.ACTIONS
    return Input(
        spec=spec,
        name=PREFIX + spec.key,
        typed=_as_read(spec, form) if sent is None or is_table else _sent(spec, sent),
        options=_options(spec, form),
        rows=_rows_shown(spec, form, sent) if is_table else (),
        where=origin.where if origin else "",
        unsure=unsure,
        taken=_taken(spec, form.fields.get(spec.key), origin) if unsure and origin else "",
        unread="" if wrong and unread in wrong else unread,
        wrong=wrong,
    )


def _doubt(value: Any, origin: Origin | None) -> tuple[str, str]:
    """How sure an answer is, or what stood there if none could be read: nothing is never sure."""
    if origin is None:
        return "", ""
    if value in (None, "", [], ()):
        return "", quoted(origin.seen) if origin.seen.strip() else ""
    return (f"{origin.certainty:.0%} sure" if origin.certainty < 1 else ""), ""


def _taken(spec: FieldSpec, value: Any, origin: Origin) -> str:
    """In the words of the letter to whoever wrote it."""
    said = taken(spec, value, origin)
    return str(shown(said[:1].upper() + said[1:]))


def changed(form: Submission, sent: Sent) -> Mapping[str, Typed]:
    """The answers that are not as they were shown. A field that was not sent stays as it is."""
    spec: FormSpec = forms()[form.form]
    found = {field.key: _change(field, form, sent) for field in spec.fields}
    return {key: typed for key, typed in found.items() if typed is not None}


def _change(spec: FieldSpec, form: Submission, sent: Sent) -> Typed | None:
    """What was typed into a field, if it is not what was shown there."""
    if spec.type is Type.ACTIONS:
        rows = _rows_sent(spec, sent)
        return None if rows is None or rows == _as_sent(_rows_read(spec, form)) else rows
    if PREFIX + spec.key not in sent:
        return None
    typed = _sent(spec, sent)
    return None if _plain(typed) == _plain(_as_read(spec, form)) else typed


def laid_over(now: Submission, sent: Sent, keys: Collection[str]) -> Sent:
    """A form as it is, with what was sent for some of its fields, as a page would send it."""
    laid = Sent()
    for one in inputs(now):
        theirs = [name for name in sent if name == one.name or name.startswith(f"{one.name}.")]
        if one.spec.key in keys:
            for name in theirs:
                laid.setlist(name, sent.getlist(name))
        elif one.spec.type is Type.ACTIONS:
            for n, row in enumerate(one.rows):
                laid.update({f"{one.name}.{n}.{column}": text for column, text in row.items()})
        else:
            values = [one.typed] if isinstance(one.typed, str) else list(one.typed)
            laid.setlist(one.name, values)
    return laid


# --------------------------------------------------------------------------- one answer


def _sent(spec: FieldSpec, sent: Sent) -> str | tuple[str, ...]:
    """Boxes that are all empty send nothing: an empty one is always sent along."""
    values = sent.getlist(PREFIX + spec.key)
    if spec.type is Type.CHOICES:
        return tuple(value for value in values if value)
    return values[0] if values else ""


def _plain(typed: str | tuple[str, ...]) -> Any:
    """A browser ends lines in its own way, and gets nothing that cannot be seen."""
    if isinstance(typed, str):
        return as_it_stands(typed).replace("\r\n", "\n").strip()
    return frozenset(map(as_it_stands, typed))


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


# --------------------------------------------------------------------------- a table of actions


def _rows_shown(spec: FieldSpec, form: Submission, sent: Sent | None) -> tuple[Row, ...]:
    rows = _rows_sent(spec, sent) if sent is not None else None
    rows = _rows_read(spec, form) if rows is None else rows
    empty: Row = {column.key: "" for column in spec.columns}
    return (*rows, *(empty for _ in range(_EMPTY_ROWS)))


def _rows_read(spec: FieldSpec, form: Submission) -> tuple[Row, ...]:
    rows = form.fields.get(spec.key) or ()
    *_, due = [column.key for column in spec.columns]
    return tuple(
        {
            column.key: british(text) if column.key == due and text else str(text or "")
            for column in spec.columns
            for text in [row.get(column.key)]
        }
        for row in rows
    )


def _as_sent(rows: tuple[Row, ...]) -> tuple[Row, ...]:
    """Rows as a page sends them back that nobody touched."""
    return tuple({c: as_it_stands(text).strip() for c, text in row.items()} for row in rows)


def _rows_sent(spec: FieldSpec, sent: Sent) -> tuple[Row, ...] | None:
    """The rows with something in them; one that was emptied is gone. None: none were sent."""
    begin = f"{PREFIX}{spec.key}."
    if not any(name.startswith(begin) for name in sent):
        return None
    rows = (
        {c.key: sent.get(f"{begin}{n}.{c.key}", "").strip() for c in spec.columns}
        for n in range(_MOST_ROWS)
    )
    return tuple(row for row in rows if any(row.values()))
