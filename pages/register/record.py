"""One consultation in full: what it is, what comes next, and all that there ever was about it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from typing import Any

from flask import abort, render_template, request, url_for

from model import FORM1, FORM2, WATCHED, Consultation, Due, Fields, Status
from notifier.due import forecast
from pages.changing.offered import Offer, offers
from pages.outgoing.soon import Line as Letter
from pages.outgoing.soon import state_shown, waiting_about
from pages.register.history import Known, Told, since, told
from pages.site import site
from pages.undo import still
from parsers.spec import FieldSpec, forms
from parsers.wording import in_words
from store import Acted, Dossier, MailLine, Revision

#: As far ahead as a date of a consultation can be.
_AHEAD = timedelta(days=3660)
#: Why nothing goes out by itself, by status.
_SILENT: dict[Status, str] = {
    Status.DRAFT: "Answers are missing: it waits for a corrected form.",
    Status.COMPLETE: "Its outcomes have come in.",
    Status.WITHDRAWN: "It was withdrawn.",
    Status.MERGED: "It was merged into another consultation.",
    Status.AWAITING_APPROVAL: "It waits for approval.",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One answer of a form. `answer` "": there is none."""

    key: str
    label: str
    answer: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """One answer that a revision changed."""

    label: str
    before: str
    after: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """All that the page of one consultation shows."""

    dossier: Dossier
    blocked: frozenset[str]  #: addresses that get no mail, in lower case
    done: Acted | None  #: what this person did to it a moment ago

    @property
    def it(self) -> Consultation:
        """The consultation."""
        return self.dossier.consultation

    @property
    def offers(self) -> tuple[Offer, ...]:
        """What a person can do to it, as it stands."""
        return offers(self.it)

    @property
    def came_of(self) -> tuple[str, ...]:
        """What came of what was done a moment ago."""
        act = self.done
        return since(self.dossier.history, act.at, act.who, self._known) if act else ()

    @property
    def form1(self) -> Mapping[str, tuple[Line, ...]]:
        """The answers of Form 1 by section."""
        return by_section(FORM1, self.it.form1)

    @property
    def form2(self) -> Mapping[str, tuple[Line, ...]]:
        """The answers of Form 2 by section."""
        return by_section(FORM2, self.it.form2)

    @property
    def to_come(self) -> tuple[Due, ...]:
        """What goes out or comes into the queue by the calendar, if nobody answers."""
        one = site().store.views.clocked_one(self.it.key)
        today, clock = site().house.rules.local_date(site().now()), site().house.clock
        return forecast([one], clock, since=today, until=today + _AHEAD) if one else ()

    @property
    def waiting(self) -> tuple[Letter, ...]:
        """The emails about it that are written and have not gone."""
        return waiting_about(self.it.key)

    def state_of(self, mail: MailLine) -> str:
        """How far one of our emails has come."""
        return state_shown(mail.key, mail.state)

    @property
    def silent(self) -> str:
        """Why nothing goes out by itself."""
        if self.it.stopped_at and self.it.status in WATCHED:
            return "Its reminders were stopped. An administrator can start them again."
        return _SILENT.get(self.it.status, "All its reminders have gone.")

    @property
    def revisions(self) -> tuple[tuple[str, tuple[tuple[Revision, tuple[Turn, ...]], ...]], ...]:
        """By form, each revision but the first with what it changed, the latest first."""
        pairs = ((FORM1, self.dossier.form1), (FORM2, self.dossier.form2))
        found = ((forms()[form].name, tuple(_turns(form, kept))) for form, kept in pairs)
        return tuple((name, turns[::-1]) for name, turns in found if turns)

    @property
    def history(self) -> tuple[Told, ...]:
        """The audit trail, the latest first."""
        return told(self.dossier.history, self._known)[::-1]

    @property
    def _known(self) -> Known:
        return Known.of(self.it.key, self.dossier.mails)


def look_up(name: str) -> Record:
    """The consultation of a reference or a key; where there is none, the page that says so."""
    views = site().store.views
    dossier = views.dossier(name)
    if dossier is None:
        abort(404)
    done = still(views.last_act_of(dossier.consultation.key))
    return Record(dossier=dossier, blocked=views.blocked(), done=done)


def one(name: str) -> str:
    """Everything about the consultation of a reference or a key."""
    return render_template("record.html", shown=look_up(name), today=_today(), back=_back())


def _back() -> str:
    """The list that the reader comes from, as it was filtered; else, the whole of it."""
    listing, came = url_for("register.listing"), request.referrer or ""
    here = f"{request.host_url.rstrip('/')}{listing}?"
    return f"{listing}?{came.removeprefix(here)}" if came.startswith(here) else listing


def _today() -> date:
    return site().house.rules.local_date(site().now())


def by_section(form: str, fields: Fields | None) -> Mapping[str, tuple[Line, ...]]:
    """A form's answers by section, also those that are blank; none where there is no form."""
    if fields is None:
        return {}
    return {
        section: tuple(_line(spec, fields) for spec in specs)
        for section, specs in forms()[form].sections.items()
    }


def _line(spec: FieldSpec, fields: Fields) -> Line:
    return Line(key=spec.key, label=spec.label, answer=_words(spec, fields.get(spec.key)))


def _words(spec: FieldSpec | None, value: Any) -> str:
    """An answer in words; of a field that the form no longer has, as it is kept."""
    return (in_words(spec, value) if spec else str(value or "")) or ""


def _turns(form: str, kept: tuple[Revision, ...]) -> Iterable[tuple[Revision, tuple[Turn, ...]]]:
    specs = {spec.key: spec for spec in forms()[form].fields}
    for before, after in pairwise(kept):
        yield after, tuple(_turn(specs.get(key), key, before, after) for key in after.changed)


def _turn(spec: FieldSpec | None, key: str, before: Revision, after: Revision) -> Turn:
    return Turn(
        label=spec.label if spec else key,
        before=_words(spec, before.fields.get(key)),
        after=_words(spec, after.fields.get(key)),
    )
