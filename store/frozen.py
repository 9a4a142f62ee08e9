"""A consultation as JSON and back, whole: what taking back an act restores."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, fields
from datetime import date, datetime
from typing import Any

from model import Address, Consultation, Match, Person, Role, Status

_MOMENTS = frozenset(f.name for f in fields(Consultation) if "datetime" in str(f.type))
_DAYS = frozenset(f.name for f in fields(Consultation) if "date |" in str(f.type)) - _MOMENTS


def to_json(record: Consultation) -> dict[str, Any]:
    """As JSON holds it; dates and instants are ISO text."""
    row = {f.name: _plain(getattr(record, f.name)) for f in fields(record)}
    people = [
        {"email": p.address.email, "name": p.address.name, "role": p.role.value}
        for p in record.people
    ]
    return {**row, "people": people, "similar": [asdict(m) for m in record.similar]}


def from_json(row: Mapping[str, Any]) -> Consultation:
    """The consultation that `to_json` made this of."""
    values = dict(row)
    values |= {n: datetime.fromisoformat(row[n]) for n in _MOMENTS if row[n]}
    values |= {n: date.fromisoformat(row[n]) for n in _DAYS if row[n]}
    values["status"] = Status(row["status"])
    values["people"] = tuple(
        Person(address=Address(email=p["email"], name=p["name"]), role=Role(p["role"]))
        for p in row["people"]
    )
    values["similar"] = tuple(
        Match(**{**m, "why": tuple(m["why"]), "differs": tuple(m["differs"])})
        for m in row["similar"]
    )
    return Consultation(**values)


def _plain(value: Any) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    return dict(value) if isinstance(value, Mapping) else value
