"""Form definitions (`parsers/forms/*.toml`): data that reading, blank forms and wording share."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One column of a field that is a table of rows."""

    key: str
    label: str
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldSpec:
    """One field of a form: its key in `Submission.fields`, its wording and its rules."""

    key: str
    label: str
    type: Type
    required: bool = False
    section: str = ""
    help: str = ""
    aliases: tuple[str, ...] = ()
    options: tuple[str, ...] = ()
    option_aliases: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
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


@cache
def forms(folder: Path = FOLDER) -> dict[str, FormSpec]:
    """All form definitions in a folder, by key.

    Raises `Permanent` naming the file and the key of the first thing that cannot be used.
    """
    specs = [load(path) for path in sorted(folder.glob("*.toml"))]
    return {spec.key: spec for spec in specs}


def load(path: Path) -> FormSpec:
    """One definition. Raises `Permanent` as `forms` does."""
    try:
        raw = tomllib.loads(path.read_text(encoding="utf-8"))
        return FormSpec(
            key=raw["key"],
            name=raw["name"],
            title=raw["title"],
            intro=raw.get("intro", ""),
            signs=tuple(raw.get("signs", ())),
            fields=tuple(_field(f) for f in raw["field"]),
        )
    except KeyError as e:
        raise Permanent(f"{path}: {e} is missing; add it, docs/forms.md shows how") from e
    except (ValueError, TypeError) as e:
        raise Permanent(f"{path}: {e}; correct the definition, docs/forms.md shows how") from e


def _field(raw: Mapping[str, Any]) -> FieldSpec:
    unknown = set(raw) - {f.name for f in fields(FieldSpec)}
    if unknown:
        raise ValueError(
            f"field {raw.get('key')!r} has unknown settings: {', '.join(sorted(unknown))}"
        )
    values: dict[str, Any] = {k: tuple(v) if isinstance(v, list) else v for k, v in raw.items()}
    values["type"] = Type(raw["type"])
    values["option_aliases"] = {k: tuple(v) for k, v in raw.get("option_aliases", {}).items()}
    values["columns"] = tuple(
        Column(key=c["key"], label=c["label"], aliases=tuple(c.get("aliases", ())))
        for c in raw.get("columns", ())
    )
    return FieldSpec(**values)
