"""Records before and after: one `Change` written with everything that hangs on it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from sqlalchemy import Table, bindparam, delete, insert, update

from model import FORM1, FORM2, Change, Consultation, Fields, Permanent, Submission, Transient
from store import records
from store.audit import Step
from store.facts import last_number
from store.schema import actions, counters, outcomes, people, revisions, similar_due, similar_found
from store.upsert import add_unless_known

_DRAWN = update(counters).where(counters.c.year == bindparam("this"))
_ADD = {
    table.name: insert(table).inline()
    for table in (revisions, outcomes, actions, people, similar_found)
}


def write(step: Step, changes: Sequence[Change]) -> None:
    """Write changes in order. Several may follow each other on one record."""
    latest: dict[str, tuple[Consultation, int]] = {}
    for change in changes:
        version = _version(step, change, latest.get(change.after.key))
        _draw(step, change)
        _write_record(step, change.after, version)
        latest[change.after.key] = (change.after, version + 1)
        _write_forms(step, change)
        write_people(step, change)
        write_similar(step, change)
        add_unless_known(
            step.connection, similar_due, ("consultation",), consultation=change.after.key
        )
        _note(step, change)


def _version(step: Step, change: Change, earlier: tuple[Consultation, int] | None) -> int:
    """The version that the change was made from; 0 for a new record."""
    before, key = change.before, change.after.key
    if before is None:
        if earlier or records.exists(step.connection, key):
            raise Transient(f"The new record {key} was made by another run: try again")
        return 0
    if earlier is None:
        return before.version
    if before != earlier[0]:
        raise Permanent(f"Two changes of {key} do not follow each other; this is a fault of ours")
    return earlier[1]


def _write_record(step: Step, after: Consultation, version: int) -> None:
    if version == 0:
        records.add(step.connection, after)
    elif not records.replace(step.connection, after, version):
        raise Transient(f"The record {after.key} was changed meanwhile: try again")


def _draw(step: Step, change: Change) -> None:
    """Move the year's counter when a record gets its reference. No number is left out."""
    had = change.before.reference if change.before else None
    reference = change.after.reference
    if had == reference:
        return
    if had is not None or reference is None:
        raise Permanent(f"The reference {had} stays with its record; this is a fault of ours")
    year, number = records.split(reference)
    assert year is not None
    last = last_number(step.connection, year)
    if number != last + 1:
        raise Permanent(f"The reference {reference} does not follow number {last} of {year}")
    if last == 0:
        add_unless_known(step.connection, counters, ("year",), year=year, last=0)
    step.connection.execute(_DRAWN, {"this": year, "last": number})


def _write_forms(step: Step, change: Change) -> None:
    before, after = change.before, change.after
    if after.form1 is not None and (before is None or before.form1 != after.form1):
        _as_read(step, revisions, change, after.form1, after.revision)
    if after.form2 is not None and (before is None or before.form2 != after.form2):
        _as_read(step, outcomes, change, after.form2, after.outcomes_revision)
        write_actions(step, change)


def _as_read(step: Step, table: Table, change: Change, fields: Fields, number: int) -> None:
    form = FORM1 if table is revisions else FORM2
    read = change.submission
    if read is None or read.form != form:
        read = Submission(form=form, fields=fields)
    row = {
        "consultation": change.after.key,
        "number": number,
        "fields": records.plain(fields),
        "problems": [asdict(problem) for problem in read.problems],
        "origins": {key: asdict(origin) for key, origin in read.origins.items()},
        "file": read.file,
        "inbound_id": step.mail_id,
        "at": step.now,
    }
    step.connection.execute(_ADD[table.name], row)


def write_actions(step: Step, change: Change) -> None:
    """Replace the actions by those of the record as it is now."""
    rows = (change.after.form2 or {}).get("actions") or []
    names = ("action", "owner", "due")
    _replace_rows(step, actions, change, [{name: row.get(name) for name in names} for row in rows])


def write_people(step: Step, change: Change) -> None:
    """Replace the people, where they changed."""
    if change.before is not None and change.before.people == change.after.people:
        return
    rows = [
        {"email": p.address.email, "name": p.address.name, "role": p.role.value}
        for p in change.after.people
    ]
    _replace_rows(step, people, change, rows)


def _replace_rows(step: Step, table: Table, change: Change, rows: list[dict[str, Any]]) -> None:
    key = change.after.key
    if change.before is not None:
        step.connection.execute(delete(table).where(table.c.consultation == key))
    if rows:
        step.connection.execute(
            _ADD[table.name],
            [{"consultation": key, "position": i, **row} for i, row in enumerate(rows)],
        )


def write_similar(step: Step, change: Change) -> None:
    """Log what was found; what was found before stays in the log as no longer current."""
    before, after = change.before, change.after
    if (before.similar if before else ()) == after.similar:
        return
    step.connection.execute(
        update(similar_found)
        .where(similar_found.c.consultation == after.key, similar_found.c.current)
        .values(current=False)
    )
    rows = [
        {
            "consultation": after.key,
            "position": i,
            "other": match.key,
            "reference": match.reference,
            "title": match.title,
            "score": match.score,
            "warn": match.warn,
            "strong": match.strong,
            "why": list(match.why),
            "differs": list(match.differs),
            "found_at": step.now,
            "current": True,
        }
        for i, match in enumerate(after.similar)
    ]
    if rows:
        step.connection.execute(_ADD[similar_found.name], rows)


def _note(step: Step, change: Change) -> None:
    before, after = change.before, change.after
    step.note(
        change.event,
        consultation=after.key,
        detail={
            "from": before.status.value if before else None,
            "to": after.status.value,
            "revision": after.revision,
            "outcomes_revision": after.outcomes_revision,
            **change.detail,
        },
    )
