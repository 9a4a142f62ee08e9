"""A council's own form definitions: looked over before they are taken into use (docs/forms.md).

What is wrong in a definition is found here, with the file and the field, and not in the first mail
that meets it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path

from model import FORM1, FORM2, Permanent
from parsers import spec
from parsers.labels import plain
from parsers.spec import FieldSpec, FormSpec, Type

#: What the rules of the process go by: these fields stay, with these types.
NEEDED: Mapping[str, Mapping[str, Type]] = {
    FORM1: {
        "organisation": Type.TEXT,
        "lead_worker": Type.TEXT,
        "email": Type.EMAIL,
        "title": Type.TEXT,
        "purpose": Type.LONG_TEXT,
        "audience": Type.CHOICES,
        "age_range": Type.AGE_RANGE,
        "area": Type.CHOICES,
        "start_date": Type.DATE,
        "end_date": Type.DATE,
        "pod_request": Type.YES_NO,
    },
    FORM2: {
        "reference": Type.REFERENCE,
        "title": Type.TEXT,
        "organisation": Type.TEXT,
        "lead_worker": Type.TEXT,
        "email": Type.EMAIL,
        "start_date": Type.DATE,
        "end_date": Type.DATE,
        "participants": Type.NUMBER,
        "you_said": Type.LONG_TEXT,
        "we_did": Type.LONG_TEXT,
        "actions": Type.ACTIONS,
        "publish": Type.YES_NO,
        "public_summary": Type.LONG_TEXT,
    },
}
#: The columns of a table of actions, in order: the register has a column for each.
ACTIONS = ("action", "owner", "due")

_KEY = re.compile(r"[a-z][a-z0-9_]*")
_TEXTS = ("key", "label", "section", "help", "everywhere", "bound", "not_before")
_LISTS = ("aliases", "options", "range_aliases")


def use(folder: Path | None) -> None:
    """Take a council's definitions into use in this process; None: only the shipped ones.

    Raises `Permanent` naming the file and everything in it that cannot be used.
    """
    if folder:
        look_over(folder)
    spec.use(folder)


def look_over(folder: Path) -> None:
    """Raises `Permanent` for definitions that cannot be used."""
    names = {shipped.name for shipped in spec.FOLDER.glob("*.toml")}
    try:
        there = {file.name for file in folder.iterdir() if file.suffix == ".toml"}
    except OSError as e:
        raise Permanent(f"forms.folder: {folder} cannot be read: {e.strerror}") from e
    if not there or there - names:
        found = ", ".join(sorted(there)) or "none"
        wanted = " or ".join(sorted(names))
        raise Permanent(f"forms.folder: {folder} may hold {wanted} and has to hold one ({found})")
    for name in sorted(there):
        form = spec.load(folder / name)
        if found_wrong := list(faults(form, Path(name).stem)):
            raise Permanent(f"{folder / name}: {'; '.join(found_wrong)}")


def faults(form: FormSpec, key: str) -> Iterator[str]:
    """Everything that is wrong with the definition of the form `key`."""
    if form.key != key:
        yield f"key must be {key!r}"
        return
    wrong = [f"field {field.key!r}: {fault}" for field in form.fields for fault in _field(field)]
    if wrong:
        yield from wrong
        return
    yield from _missing(form)
    yield from _twice("key", (f.key for f in form.fields))
    yield from _unclear(form)
    dates = {f.key for f in form.fields if f.type is Type.DATE}
    for field in form.fields:
        if field.not_before and field.not_before not in dates:
            yield f"field {field.key!r}: not_before names no date field: {field.not_before!r}"


def _missing(form: FormSpec) -> Iterator[str]:
    there = {f.key: f.type for f in form.fields}
    for key, kind in NEEDED[form.key].items():
        if there.get(key) is not kind:
            yield f"the rules need a field {key!r} of type {kind.value!r}"


def _unclear(form: FormSpec) -> Iterator[str]:
    """Other words that stand for two fields would be read for neither."""
    yield from _twice("label", (plain(f.label) for f in form.fields))
    official = {plain(f.label) for f in form.fields}
    ways = ({plain(a) for a in (*f.aliases, *f.range_aliases)} - official for f in form.fields)
    yield from _twice("alias", (text for texts in ways for text in sorted(texts)))


def _twice(what: str, texts: Iterable[str]) -> Iterator[str]:
    seen: set[str] = set()
    for text in texts:
        if text in seen:
            yield f"two fields have the same {what}: {text!r}"
        seen.add(text)


def _field(field: FieldSpec) -> Iterator[str]:
    if wrong := list(_kinds(field)):
        yield from wrong
        return
    if not _KEY.fullmatch(str(field.key)):
        yield "a key is small letters, digits and _"
    if not plain(str(field.label)):
        yield "a label has to have a letter or a digit"
    yield from (fault for wrong, fault in _RULES if wrong(field))


def _kinds(field: FieldSpec) -> Iterator[str]:
    """Values of another kind than they have to be; TOML would take any."""
    for name in _TEXTS:
        if not isinstance(getattr(field, name), str):
            yield f"{name} has to be a text"
    if not isinstance(field.required, bool):
        yield "required has to be true or false"
    for name in _LISTS:
        value = getattr(field, name)
        if not isinstance(value, tuple) or not all(isinstance(text, str) for text in value):
            yield f"{name} has to be a list of texts"


_CHOICES = (Type.CHOICE, Type.CHOICES)
_RULES: tuple[tuple[Callable[[FieldSpec], bool], str], ...] = (
    (
        lambda f: len(f.options) < 2 if f.type in _CHOICES else bool(f.options),
        "a choice has two or more options, and nothing else has any",
    ),
    (lambda f: len(set(f.options)) < len(f.options), "an option stands there twice"),
    (lambda f: not set(f.option_aliases) <= set(f.options), "option_aliases of no option"),
    (lambda f: f.everywhere not in ("", *f.options), "everywhere is one of the options"),
    (
        lambda f: (f.type is Type.ACTIONS) is (tuple(c.key for c in f.columns) != ACTIONS),
        f"a table of actions has the columns {', '.join(ACTIONS)}, and nothing else has columns",
    ),
    (lambda f: f.bound not in ("", "start", "end"), "bound is start or end"),
    (lambda f: bool(f.bound) and f.type is not Type.DATE, "only a date has a bound"),
    (lambda f: bool(f.range_aliases) and f.type is not Type.DATE, "only a date has range_aliases"),
)
