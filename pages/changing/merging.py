"""Letting another consultation take the place of one: found first, then looked at side by side."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from flask import abort

from intake.desk import Doing, Merge, Refused, Separate, since_the_merge
from model import ENDED, FORM1, FORM2
from pages.acting import PAGE, Faults, Sent
from pages.look import day
from pages.register.record import Record, by_section, look_up
from pages.site import site
from store import Named


@dataclass(frozen=True, slots=True, kw_only=True)
class Beside:
    """One thing of both, side by side."""

    label: str
    this: str
    other: str

    @property
    def differs(self) -> bool:
        """Whether they say different things of it."""
        return self.this != self.other


@dataclass(frozen=True, slots=True, kw_only=True)
class MergeIt:
    """The two, to be looked at before it happens."""

    into: Record
    template: str = "record_merge_check.html"
    title: str = "Check before you merge"

    def shows(self, shown: Record, sent: Sent, refused: Refused | None) -> Mapping[str, Any]:
        """Both, side by side."""
        return {"into": self.into, "beside": tuple(_beside(shown, self.into))}

    def doing(self, shown: Record, sent: Sent) -> Doing:
        """The merge."""
        return Merge(into=self.into.it.key, tell="tell" in sent)

    def faults(self, shown: Record, refused: Refused) -> Faults:
        """Said above."""
        return ((PAGE, str(refused)),)


@dataclass(frozen=True, slots=True, kw_only=True)
class SeparateThem:
    """Two that were merged are two again, with what became of the one that stands since."""

    act: str = "separate"
    template: str = "record_separate.html"
    title: str = "Separate it from the other one again"

    def shows(self, shown: Record, sent: Sent, refused: Refused | None) -> Mapping[str, Any]:
        """The other one, and what became of it."""
        views = site().store.views
        was = views.before(Merge.name, shown.it.key)
        other = next(iter(views.consultations([shown.it.merged_into or ""])), None)
        before = was.get(other.key) if other else None
        since = since_the_merge(before, other) if before and other else ()
        return {"other": other, "since": since}

    def doing(self, shown: Record, sent: Sent) -> Doing:
        """The separation."""
        return Separate()

    def faults(self, shown: Record, refused: Refused) -> Faults:
        """Said above."""
        return ((PAGE, str(refused)),)


def merge_into(shown: Record, name: str) -> MergeIt:
    """The question about these two; where there is no other, the page that says so."""
    into = look_up(name)
    if into.it.key == shown.it.key:
        abort(404)
    return MergeIt(into=into)


def alike(shown: Record) -> tuple[Named, ...]:
    """Those that were found to be similar and stand: the likeliest to be the same."""
    keys = dict.fromkeys(m.key for m in (*shown.it.similar, *shown.dossier.similar_to_it))
    found = site().store.views.consultations(keys)
    return tuple(
        Named(key=c.key, reference=c.reference, title=c.title)
        for c in found
        if c.status not in ENDED
    )


def _beside(this: Record, other: Record) -> Iterator[Beside]:
    yield Beside(label="Reference", this=this.it.reference or "", other=other.it.reference or "")
    yield Beside(label="Status", this=_status(this), other=_status(other))
    yield Beside(label="People", this=_people(this), other=_people(other))
    yield Beside(label="Outcomes due", this=_due(this), other=_due(other))
    yield Beside(label="Outcomes", this=_outcomes(this), other=_outcomes(other))
    answers = {line.key: line for line in _answers(other)}
    for line in _answers(this):
        theirs = answers[line.key].answer if line.key in answers else ""
        if line.answer or theirs:
            yield Beside(label=line.label, this=line.answer, other=theirs)


def _answers(of: Record) -> Iterator[Any]:
    """Of Form 1, or of the outcomes of one that has no Form 1; blank ones too."""
    form, fields = (FORM1, of.it.form1) if of.it.form1 is not None else (FORM2, of.it.form2)
    for lines in by_section(form, fields).values():
        yield from lines


def _status(of: Record) -> str:
    return of.it.status.replace("_", " ").capitalize()


def _people(of: Record) -> str:
    return "\n".join(p.address.email for p in of.it.people)


def _due(of: Record) -> str:
    return day(of.it.outcomes_due) if of.it.status not in ENDED else ""


def _outcomes(of: Record) -> str:
    return "Have come in" if of.it.form2 is not None else "Have not come in"
