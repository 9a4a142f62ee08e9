"""The automatic letters: what each is for, its template, and how it reads on a past case."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from flask import Blueprint, abort, render_template, request, url_for
from werkzeug.wrappers import Response

from intake.desk.acts import Refused
from intake.desk.trial import ABOUT_NONE, Past, Trial, trial
from intake.process import composed
from model import Consultation, Permanent, Status
from model import Letter as Kind
from notifier.wording import source
from pages.outgoing.letter import Letter, alone, opened
from pages.outgoing.purposes import PURPOSES, when
from pages.plain import LETTERS
from pages.site import site
from parsers.references import parse
from store import Filter

letters = Blueprint("letters", __name__, url_prefix="/letters")

#: How many of the latest consultations are looked at for one that fits.
_LATELY = 25
#: How many of them a second one, for a letter that needs one, is looked for among.
_OTHERS = 5
#: Those among which one that fits is likeliest.
_LIKELIEST = {
    Kind.OUTCOMES_LOGGED: Status.COMPLETE,
    Kind.OUTCOMES_UNMATCHED: Status.COMPLETE,
    Kind.SIMILAR: Status.AWAITING_CONFIRMATION,
    Kind.SIMILAR_NOTICE: Status.AWAITING_CONFIRMATION,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Tried:
    """A letter as it would be written, or why it cannot be."""

    record: Consultation | None = None
    trial: Trial | None = None
    letter: Letter | None = None
    why_not: str = ""


@letters.get("")
def listing() -> str:
    """Every automatic letter."""
    house = site().house
    lines = [(kind, PURPOSES[kind], when(kind, house.rules, house.clock)) for kind in Kind]
    return render_template("letters.html", lines=lines)


@letters.get("/<kind>")
def one(kind: str) -> str:
    """One of them, tried on a past consultation."""
    letter, typed = _kind(kind), request.args.get("about", "").strip()
    tried, house = _try(letter, typed), site().house
    about = tried.record.key if tried.record else None
    return render_template(
        "letter.html",
        kind=letter,
        title=LETTERS[letter],
        purpose=PURPOSES[letter],
        when=when(letter, house.rules, house.clock),
        template=source(letter),
        asks=letter not in ABOUT_NONE,
        typed=typed,
        tried=tried,
        as_html=url_for("letters.as_html", kind=letter, about=about),
    )


@letters.get("/<kind>/as-html")
def as_html(kind: str) -> Response:
    """The same as a mail program shows it."""
    tried = _try(_kind(kind), request.args.get("about", "").strip())
    if tried.letter is None:
        abort(404)
    return alone(tried.letter)


def _kind(name: str) -> Kind:
    if name not in set(Kind):
        abort(404)
    return Kind(name)


def _try(kind: Kind, about: str) -> Tried:
    """On the consultation that is asked for, or on the latest that fits."""
    if kind in ABOUT_NONE:
        return _on(kind, None)
    if about:
        name = parse(about, site().house.rules.reference_prefix) or about
        found = site().store.views.dossier(name)
        if found is None:
            return Tried(why_not=f"There is no consultation {about} in the register.")
        return _on(kind, found.consultation)
    tried = None
    for tried in (_on(kind, record) for record in _latest(kind)):
        if tried.letter:
            return tried
    why_not = "None of the latest consultations fits. Choose one by its reference."
    return Tried(why_not=why_not if tried else "There is no consultation yet to try it on.")


def _latest(kind: Kind) -> Iterator[Consultation]:
    views, likely = site().store.views, _LIKELIEST.get(kind)
    for status in [(likely,), ()] if likely else [()]:
        page = views.register(Filter(status=status), size=_LATELY)
        yield from views.consultations(line.key for line in page.lines)


def _on(kind: Kind, record: Consultation | None) -> Tried:
    try:
        made = trial(kind, _past(record))
        (mail,) = composed(site().house, (made.draft,), made.at)
    except (Refused, Permanent) as fault:
        return Tried(record=record, why_not=str(fault))
    return Tried(record=record, trial=made, letter=opened(mail))


def _past(record: Consultation | None) -> Past:
    house, views, now = site().house, site().store.views, site().now()
    if record is None:
        queue = [item.as_json() for item in views.queue()]
        return Past(rules=house.rules, clock=house.clock, now=now, queue=queue)
    others = {c.key: c for c in views.consultations(match.key for match in record.similar)}
    similar = tuple((m, others[m.key]) for m in record.similar if m.key in others)
    page = views.register(Filter(), size=_OTHERS)
    return Past(
        known=record,
        rules=house.rules,
        clock=house.clock,
        now=now,
        similar=similar,
        others=tuple(views.consultations(line.key for line in page.lines)),
    )
