"""Consultations to rows and back. Rows never leave this room."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import fields
from itertools import groupby
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    Select,
    Table,
    bindparam,
    func,
    insert,
    or_,
    select,
    update,
)

from model import Address, Consultation, Match, Permanent, Person, Role, Status
from store import searching
from store.schema import audit, consultations, people, similar_found

#: Fields of a consultation that are columns under the same name.
_SAME = tuple(
    f.name for f in fields(Consultation) if f.name not in ("people", "similar", "status", "version")
)
#: Characters of an organisation's name that lists go by: PostgreSQL's ordinary index takes 2,700
#: bytes at most, and a stranger chooses this text.
_LONGEST = 300
#: Values in one IN list; SQLite and PostgreSQL both take far more.
_BATCH = 500


def columns(record: Consultation) -> dict[str, Any]:
    """A consultation's row: its own fields, and what searching wants out of its forms."""
    form = record.form1 or record.form2 or {}
    ages = form.get("age_range") or {}
    year, number = split(record.reference)
    return {
        **{name: getattr(record, name) for name in _SAME},
        "form1": plain(record.form1),
        "form2": plain(record.form2),
        "status": record.status.value,
        "reference_year": year,
        "reference_number": number,
        "title": record.title,
        "organisation": (form.get("organisation") or "")[:_LONGEST] or None,
        "start_date": record.start_date,
        "end_date": record.end_date,
        "age_from": ages.get("from"),
        "age_to": ages.get("to"),
        "pod_request": form.get("pod_request"),
    }


def plain(form: Mapping[str, Any] | None) -> dict[str, Any] | None:
    """A form's fields as JSON wants them, whatever kind of mapping they came in."""
    return None if form is None else dict(form)


def split(reference: str | None) -> tuple[int | None, int | None]:
    """Year and number of a reference of ours. Raises `Permanent` for one of another shape."""
    if reference is None:
        return None, None
    parts = reference.rsplit("-", 3)
    if len(parts) != 4 or not (parts[1].isdecimal() and parts[2].isdecimal()):
        raise Permanent(f"{reference} is not a reference of ours; this is a fault of ours")
    return int(parts[1]), int(parts[2])


def oldest_first(
    where: ColumnElement[bool] | None = None, what: Sequence[Any] = (consultations,)
) -> Select[Any]:
    """The query for the consultations that satisfy a condition, for `load`; or for `what` only."""
    query = select(*what).order_by(consultations.c.created_at, consultations.c.key)
    return query if where is None else query.where(where)


def in_order_of_coming() -> Select[Any]:
    """The query for all consultations, those of one moment in the order in which they were made."""
    made = select(func.min(audit.c.id)).where(audit.c.consultation == consultations.c.key)
    return select(consultations).order_by(consultations.c.created_at, made.scalar_subquery())


_OF_KEYS = oldest_first(consultations.c.key.in_(bindparam("keys", expanding=True)))
_OF_NAME = oldest_first(
    or_(consultations.c.key == bindparam("name"), consultations.c.reference == bindparam("name"))
)
_EXISTS = select(consultations.c.key).where(consultations.c.key == bindparam("key"))


def load(connection: Connection, query: Select[Any], **given: Any) -> tuple[Consultation, ...]:
    """The consultations that a query of rows of theirs finds."""
    return assemble(connection, connection.execute(query, given).all())


def load_keys(connection: Connection, keys: Iterable[str]) -> dict[str, Consultation]:
    """The consultations of these keys, in the keys' order."""
    wanted = tuple(dict.fromkeys(keys))
    found = {
        record.key: record
        for start in range(0, len(wanted), _BATCH)
        for record in load(connection, _OF_KEYS, keys=wanted[start : start + _BATCH])
    }
    return {key: found[key] for key in wanted if key in found}


def named(connection: Connection, name: str) -> Consultation | None:
    """The consultation of a key or a reference. None: there is none."""
    return next(iter(load(connection, _OF_NAME, name=name)), None)


def standing(connection: Connection, name: str) -> Consultation | None:
    """The same; where another one took its place, that one."""
    record = named(connection, name)
    return stands_for(connection, record) if record else None


def stands_for(connection: Connection, record: Consultation) -> Consultation:
    """The one that took a consultation's place, or itself where none did."""
    while record.merged_into and (into := named(connection, record.merged_into)):
        record = into
    return record


def exists(connection: Connection, key: str) -> bool:
    """Whether there is a consultation of this key."""
    return connection.execute(_EXISTS, {"key": key}).first() is not None


def assemble(connection: Connection, rows: Sequence[Row[Any]]) -> tuple[Consultation, ...]:
    """Rows of `consultations`, with their people and their similar work, as values."""
    keys = [row.key for row in rows]
    who = _by_consultation(connection, _PEOPLE, keys)
    alike = _by_consultation(connection, _SIMILAR, keys)
    return tuple(_record(row, who.get(row.key, ()), alike.get(row.key, ())) for row in rows)


def _of_consultations(table: Table) -> Select[Any]:
    return (
        select(table)
        .where(table.c.consultation.in_(bindparam("keys", expanding=True)))
        .order_by(table.c.consultation, table.c.position)
    )


_PEOPLE = _of_consultations(people)
_SIMILAR = _of_consultations(similar_found).where(similar_found.c.current)


def _by_consultation(
    connection: Connection, query: Select[Any], keys: Sequence[str]
) -> dict[str, tuple[Row[Any], ...]]:
    out: dict[str, tuple[Row[Any], ...]] = {}
    for start in range(0, len(keys), _BATCH):
        found = connection.execute(query, {"keys": keys[start : start + _BATCH]})
        for key, rows in groupby(found, key=lambda row: row.consultation):
            out[key] = tuple(rows)
    return out


def _record(row: Row[Any], who: Collection[Row[Any]], alike: Collection[Row[Any]]) -> Consultation:
    return Consultation(
        **{name: getattr(row, name) for name in _SAME},
        status=Status(row.status),
        version=row.version,
        people=tuple(
            Person(address=Address(email=p.email, name=p.name), role=Role(p.role)) for p in who
        ),
        similar=tuple(map(match_of, alike)),
    )


def match_of(row: Row[Any]) -> Match:
    """A row of `similar_found` as a value."""
    return Match(
        key=row.other,
        reference=row.reference,
        title=row.title,
        score=row.score,
        warn=row.warn,
        strong=row.strong,
        why=tuple(row.why),
        differs=tuple(row.differs),
    )


_ADD = insert(consultations).inline()
_REPLACE = update(consultations).where(
    consultations.c.key == bindparam("this"), consultations.c.version == bindparam("read")
)


def add(connection: Connection, record: Consultation) -> None:
    """Store a consultation that is new, as its first version."""
    connection.execute(_ADD, {**columns(record), "version": 1})
    _searched(connection, record, new=True)


def replace(connection: Connection, record: Consultation, version: int) -> bool:
    """Store a consultation that was read as `version`. False: it is no longer that version."""
    row = {**columns(record), "version": version + 1, "this": record.key, "read": version}
    replaced = connection.execute(_REPLACE, row).rowcount == 1
    if replaced:
        _searched(connection, record, new=False)
    return replaced


def _searched(connection: Connection, record: Consultation, *, new: bool) -> None:
    theirs = [person.address for person in record.people]
    words = searching.words_of(record.reference, record.form1, record.form2, theirs)
    searching.write(connection, record.key, words, record.form1, new=new)
