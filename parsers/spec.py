"""Form definitions (`parsers/forms/*.toml`): data that reading, blank forms and wording share.

A council's own stand in a folder that the settings name, and go before those of the same name here;
`parsers/adapted.py` looks them over before they are taken into use.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any

from model import Permanent

FOLDER = Path(__file__).parent / "forms"


class Type(StrEnum):
    """What a field's answer is (forms.md, column "type")."""

    TEXT = "text"
    LONG_TEXT = "long text"
    EMAIL = "email"
    CHOICE = "choice"
    CHOICES = "choices"
    AGE_RANGE = "age range"
    NUMBER = "number"
    DATE = "date"
    YES_NO = "yes/no"
    REFERENCE = "reference"
    ACTIONS = "actions"


#: What stands in a field's help for an example of the office's reference numbers.
REFERENCE = "{reference}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One column of a field that is a table of rows."""

    key: str
    label: str
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class FieldSpec:
    """One field of a form: its key in `Submission.fields`, its wording and its rules.

    Known by itself, not by what it says: so what is made from it can be kept, and is made once.
    """

    key: str
    label: str
    type: Type
    required: bool = False
    section: str = ""
    help: str = ""
    aliases: tuple[str, ...] = ()
    options: tuple[str, ...] = ()
    option_aliases: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    everywhere: str = ""  #: of areas: the option that holds all the others
    columns: tuple[Column, ...] = ()
    bound: str = ""  #: "start" or "end": which day an approximate date or a range stands for
    not_before: str = ""  #: key of the date that this one may not precede
    range_aliases: tuple[str, ...] = ()  #: labels of one cell that holds both dates

    @property
    def has_other(self) -> bool:
        """Whether an answer outside the options is kept as "Other: <text>"."""
        return "Other" in self.options


@dataclass(frozen=True, slots=True, kw_only=True)
class FormSpec:
    """One form, its fields in order."""

    key: str
    name: str
    title: str
    fields: tuple[FieldSpec, ...]
    intro: str = ""
    signs: tuple[str, ...] = ()

    def __getitem__(self, key: str) -> FieldSpec:
        return next(f for f in self.fields if f.key == key)

    @property
    def sections(self) -> dict[str, list[FieldSpec]]:
        """The fields by section, in order."""
        out: dict[str, list[FieldSpec]] = {}
        for spec in self.fields:
            out.setdefault(spec.section, []).append(spec)
        return out

    def blank(self) -> dict[str, Any]:
        """Every key with the value of a field left blank."""
        lists = (Type.CHOICES, Type.ACTIONS)
        return {f.key: [] if f.type in lists else None for f in self.fields}


#: The folder of the council's own definitions. Set once, by the front door and the reading process.
_own: list[Path] = []


def use(folder: Path | None) -> None:
    """Let the definitions in `folder` go before the shipped ones from now on; None: only those."""
    _own[:] = [folder.resolve()] if folder else []


def own_folder() -> Path | None:
    """Where the council's own definitions are, if it has any: what is made from them depends on it.

    To be the key of every cache of such things.
    """
    return _own[0] if _own else None


def forms() -> Mapping[str, FormSpec]:
    """The form definitions in use, by key.

    Raises `Permanent` naming the file and the first thing in it that cannot be used.
    """
    return _forms(own_folder())


@cache
def _forms(own: Path | None) -> Mapping[str, FormSpec]:
    specs = [load(definition(shipped, own)) for shipped in sorted(FOLDER.glob("*.toml"))]
    return {spec.key: spec for spec in specs}


def definition(shipped: Path, own: Path | None) -> Path:
    """The file that defines what `shipped` does: the council's, where there is one."""
    theirs = own / shipped.name if own else shipped
    return theirs if theirs.is_file() else shipped


def load(path: Path) -> FormSpec:
    """One definition. Raises `Permanent` as `forms` does."""
    try:
        raw = tomllib.loads(path.read_text(encoding="utf-8"))
        _known(raw, {*_names(FormSpec), "field"} - {"fields"}, "the form")
        return FormSpec(
            key=raw["key"],
            name=raw["name"],
            title=raw["title"],
            intro=raw.get("intro", ""),
            signs=_texts(raw.get("signs", ())),
            fields=tuple(_field(f) for f in raw["field"]),
        )
    except KeyError as e:
        raise Permanent(f"{path}: {e} is missing; add it, docs/forms.md shows how") from e
    except OSError as e:
        raise Permanent(f"{path}: cannot be read: {e.strerror}") from e
    except (ValueError, TypeError, AttributeError) as e:
        raise Permanent(f"{path}: {e}; correct the definition, docs/forms.md shows how") from e


def _names(kind: type[FormSpec | FieldSpec | Column]) -> set[str]:
    return {f.name for f in fields(kind)}


def _known(raw: Mapping[str, Any], known: set[str], what: str) -> None:
    if unknown := set(raw) - known:
        raise ValueError(f"{what} has unknown settings: {', '.join(sorted(unknown))}")


def _texts(value: Sequence[str]) -> tuple[str, ...]:
    if isinstance(value, str):
        raise ValueError(f"{value!r} has to be a list, in square brackets")  # noqa: TRY004
    return tuple(value)


def _field(raw: Mapping[str, Any]) -> FieldSpec:
    _known(raw, _names(FieldSpec), f"field {raw.get('key')!r}")
    values: dict[str, Any] = {k: tuple(v) if isinstance(v, list) else v for k, v in raw.items()}
    values["type"] = Type(raw["type"])
    values["option_aliases"] = {k: _texts(v) for k, v in raw.get("option_aliases", {}).items()}
    values["columns"] = tuple(_column(c) for c in raw.get("columns", ()))
    return FieldSpec(**values)


def _column(raw: Mapping[str, Any]) -> Column:
    _known(raw, _names(Column), f"column {raw.get('key')!r}")
    return Column(key=raw["key"], label=raw["label"], aliases=_texts(raw.get("aliases", ())))
