"""The form that an act is about: as it was read, with what the person put in."""

from __future__ import annotations

from collections.abc import Mapping

from intake.desk.acts import Accept, Act, Edit, Link, Refused
from intake.proposals import blocking
from intake.steps import File
from model import FORM1, Attachment, Code, Consultation, Origin, Problem, Submission
from parsers.answered import answered
from parsers.spec import forms
from parsers.typed import Typed, corrected, filled_in
from store import QueueState

#: A form and the file that it came in.
Drawn = tuple[Submission, Attachment]
_HARMLESS = frozenset({Code.MISSING, Code.DATE_APPROXIMATE})


def draw_up(
    act: Act,
    item: QueueState | None,
    record: Consultation | None,
    files: tuple[File, ...],
    prefix: str,
) -> Drawn | None:
    """The form that an act wants to be taken, complete and right. None: the act is about none.

    Raises `Refused` naming what is wrong with it.
    """
    match act.doing:
        case Accept(fields=fields):
            found = came(item, files)
            if found is None:
                raise Refused("There is no form here that could be accepted.")
            return _right(found, fields, prefix)
        case Link():
            found = came(item, files)
            return _right(found, {}, prefix) if found else None
        case Edit(form=form, fields=fields):
            return _right(_held(record, form), fields, prefix)
    return None


def came(item: QueueState | None, files: tuple[File, ...]) -> Drawn | None:
    """The form that an exception is about: as the queue shows it, or else the only one in its mail.

    Raises `Refused` where a mail holds several and nothing says which.
    """
    if item is not None and item.detail.get("read"):
        return as_kept(item, files)
    found = [(form, file) for file, reading in files for form in reading.submissions]
    found = [(form, file) for form, file in found if answered(form)]
    if len(found) > 1:
        raise Refused("The mail holds several forms: run it again, or ask for one at a time.")
    return found[0] if found else None


def as_kept(item: QueueState, files: tuple[File, ...]) -> Drawn:
    """The form that the queue keeps (`steps.as_read`)."""
    kept = item.detail
    origins = {key: Origin(**origin) for key, origin in kept.get("origins", {}).items()}
    known = {key: value for key, value in kept["read"].items() if key in _keys(kept["form"])}
    form = Submission(
        form=kept["form"],
        fields={**forms()[kept["form"]].blank(), **known},
        problems=tuple(_problems(kept.get("problems", ()), origins)),
        origins={key: origin for key, origin in origins.items() if key in _keys(kept["form"])},
        file=kept.get("file", ""),
    )
    return form, _file(form.file, files)


def _keys(form: str) -> frozenset[str]:
    return frozenset(field.key for field in forms()[form].fields)


def _problems(named: list[str], origins: Mapping[str, Origin]) -> list[Problem]:
    pairs = [one.partition(":")[::2] for one in named]
    return [
        Problem(field=key, code=Code(code), seen=origins[key].seen if key in origins else "")
        for key, code in pairs
    ]


def _file(name: str, files: tuple[File, ...]) -> Attachment:
    """The file of that name; where forwarding named it otherwise, nothing is known of it."""
    named = (file for file, _ in files if file.name == name)
    nothing = Attachment(name=name, content_type="application/octet-stream", content=b"")
    return next(named, nothing)


def _held(record: Consultation | None, form: str) -> Drawn:
    known = record and (record.form1 if form == FORM1 else record.form2)
    if not known:
        raise Refused("The register has no such form of this consultation.")
    held = filled_in(form, known)
    return held, _file("", ())


def _right(drawn: Drawn, fields: Mapping[str, Typed], prefix: str) -> Drawn:
    form = corrected(drawn[0], fields, prefix)
    wrong = [p for p in form.problems if p.field in fields and p.code not in _HARMLESS]
    wrong += [p for p in blocking(form) if p not in wrong]
    if wrong:
        raise Refused("Some answers are missing or cannot be read.", tuple(wrong))
    return form, drawn[1]
