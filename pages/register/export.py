"""What is filtered in the register, as a file for Excel or for other programs."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from tempfile import TemporaryFile
from typing import IO, Any

from flask import Blueprint, redirect, render_template, request, send_file, url_for
from werkzeug.wrappers import Response

from model import ENDED, FORM1, FORM2, Consultation, Role
from pages.register.filtered import Wanted, wanted
from pages.register.routes import sorting
from pages.register.tables import Cell, Column, as_csv, as_xlsx
from pages.site import me, site
from parsers.spec import FieldSpec, Type, forms
from parsers.wording import in_words

export = Blueprint("export", __name__)

#: Widths in characters.
_NARROW, _USUAL, _WIDE = 16, 24, 60
_WIDTHS: Mapping[Type, int] = {
    Type.LONG_TEXT: _WIDE,
    Type.ACTIONS: _WIDE,
    Type.DATE: _NARROW,
    Type.NUMBER: _NARROW,
    Type.YES_NO: _NARROW,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Told:
    """A column, and what it says of a consultation."""

    column: Column
    cell: Callable[[Consultation], Cell]


@export.get("/register/export")
def offer() -> str:
    """What would be in the file, and the files."""
    known, views = _wanted(), site().store.views
    return render_template(
        "export.html",
        wanted=known,
        errors=known.faults,
        found=views.register(known.filter, size=1).found,
        columns=[told.column.title for told in columns()],
    )


@export.get("/register.csv")
def csv() -> Response:
    """Commas between the answers."""
    return _file("csv", "text/csv", as_csv)


@export.get("/register.xlsx")
def xlsx() -> Response:
    """A workbook."""
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    return _file("xlsx", kind, as_xlsx)


def _wanted() -> Wanted:
    return wanted(request.args, site().store.views.offered())


def _file(ending: str, kind: str, write: Callable[..., int]) -> Response:
    """Written whole before it goes, so that no fault leaves half a file. Noted: it names people."""
    known = _wanted()
    if known.faults:
        return redirect(url_for("register.listing") + known.but())
    by, down = sorting(known)
    told, out = columns(), TemporaryFile()  # noqa: SIM115 - closed when it has gone
    rows = _rows(site().store.views.filtered(known.filter, by, down=down), told)
    count = write(out, [one.column for one in told], rows)
    detail = {"as": ending, "count": count, "filter": dict(known.asked)}
    site().store.note("exported", who=me().name, now=site().now(), detail=detail)
    return _sent(out, f"register {_today()}.{ending}", kind)


def _sent(out: IO[bytes], name: str, kind: str) -> Response:
    out.seek(0)
    return send_file(out, mimetype=kind, as_attachment=True, download_name=name, etag=False)


def _rows(found: Iterator[Consultation], told: list[_Told]) -> Iterator[list[Cell]]:
    return ([one.cell(record) for one in told] for record in found)


# --------------------------------------------------------------------------- columns


def columns() -> list[_Told]:
    """What the register knows of each, then Form 1, then Form 2, as the forms have it."""
    first = [_answer(FORM1, spec, spec.label) for spec in forms()[FORM1].fields]
    taken = {one.column.title for one in first}
    second = [
        _answer(FORM2, spec, f"{spec.label} (Form 2)" if spec.label in taken else spec.label)
        for spec in forms()[FORM2].fields
    ]
    return [*_OF_RECORDS, *first, *second]


def _answer(form: str, spec: FieldSpec, title: str) -> _Told:
    column = Column(title=title, width=_WIDTHS.get(spec.type, _USUAL))
    return _Told(column=column, cell=partial(_answered, form, spec))


def _answered(form: str, spec: FieldSpec, record: Consultation) -> Cell:
    fields = record.form1 if form == FORM1 else record.form2
    value: Any = (fields or {}).get(spec.key)
    if value is None or value == []:
        return None
    if spec.type is Type.NUMBER and isinstance(value, int):
        return value
    if spec.type is Type.DATE:
        return _day(value)
    return in_words(spec, value)


def _day(value: str) -> Cell:
    try:
        return date.fromisoformat(value)
    except ValueError:
        return value


def _local(at: datetime | None) -> datetime | None:
    """As the office's clock had it: a spreadsheet knows no time zones."""
    return at.astimezone(site().house.rules.zone).replace(tzinfo=None) if at else None


def _today() -> date:
    return site().house.rules.local_date(site().now())


def _written_to(record: Consultation) -> str:
    return record.lead_worker.email if record.lead_worker else ""


def _may_speak(record: Consultation) -> str:
    may = (p.address for p in record.people if p.role is not Role.CC)
    return "; ".join(a.email for a in may if a != record.lead_worker)


def _into(record: Consultation) -> str:
    keys = [record.merged_into] if record.merged_into else []
    return "; ".join(c.reference or c.title for c in site().store.views.consultations(keys))


def _copied(record: Consultation) -> str:
    return "; ".join(p.address.email for p in record.people if p.role is Role.CC)


def _told(title: str, width: int, cell: Callable[[Consultation], Cell]) -> _Told:
    return _Told(column=Column(title=title, width=width), cell=cell)


_OF_RECORDS: tuple[_Told, ...] = (
    _told("Reference", _USUAL, lambda c: c.reference),
    _told("Status", _USUAL, lambda c: c.status.replace("_", " ").capitalize()),
    _told("Came", _NARROW, lambda c: _local(c.created_at)),
    _told("Registered", _NARROW, lambda c: _local(c.registered_at)),
    _told("Outcomes due", _NARROW, lambda c: None if c.status in ENDED else c.outcomes_due),
    _told("Extended to", _NARROW, lambda c: c.extended_to),
    _told("Outcomes came", _NARROW, lambda c: _local(c.completed_at)),
    _told("Withdrawn", _NARROW, lambda c: _local(c.withdrawn_at)),
    _told("Short notice", _NARROW, lambda c: "Yes" if c.late_notice else "No"),
    _told("Similar work", _USUAL, lambda c: "; ".join(m.reference or m.title for m in c.similar)),
    _told("Merged into", _USUAL, _into),
    _told("Written to", _USUAL, _written_to),
    _told("May speak for it", _USUAL, _may_speak),
    _told("In copy", _USUAL, _copied),
)
