"""Acts on a consultation: each asks on a page of its own, and is then carried out by the desk."""

from __future__ import annotations

import secrets

from flask import Blueprint, abort, redirect, render_template, request, url_for
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from intake.desk import Refused
from model import FORM1, FORM2, Conflict
from pages.acting import Faults, Sent, Trouble, Wrong, attempt, carry_out
from pages.changing.asking import (
    CONFIRM,
    EXTEND,
    REMIND,
    STOP,
    WITHDRAW,
    Question,
)
from pages.changing.editing import EditIt
from pages.changing.merging import SeparateThem, alike, merge_into
from pages.changing.people import ChangeIt
from pages.register.found import found
from pages.register.record import Record, look_up
from pages.site import me, site
from pages.undo import take_back
from parsers.references import example
from store import Part

changing = Blueprint("changing", __name__, url_prefix="/register")

Answered = str | Response | tuple[str, int]

QUESTIONS: dict[str, Question] = {
    **{one.act: one for one in (CONFIRM, EXTEND, STOP, REMIND, WITHDRAW)},
    "edit-form1": EditIt(form=FORM1),
    "edit-form2": EditIt(form=FORM2),
    "people": ChangeIt(),
    "separate": SeparateThem(),
}


@changing.get("/<name>/<act>")
def ask(name: str, act: str) -> Answered:
    """The page that asks what an act needs to know."""
    question = _question(act)
    shown = _offered(name, act)
    return shown if isinstance(shown, tuple) else _page(question, shown, MultiDict())


@changing.post("/<name>/<act>")
def do(name: str, act: str) -> Answered:
    """Carry it out; what cannot be done is said on the page that asked, with all that was typed."""
    return _do(_question(act), look_up(name))


@changing.get("/<name>/merge")
def choose(name: str) -> Answered:
    """The page that finds the other one."""
    shown = _offered(name, "merge")
    if isinstance(shown, tuple):
        return shown
    words = request.args.get("words", "")
    return render_template(
        "record_merge.html",
        it=shown.it,
        words=words,
        found=found(words, shown.it.key),
        alike=alike(shown),
        example=example(site().house.rules.reference_prefix),
    )


@changing.get("/<name>/merge/<into>")
def compare(name: str, into: str) -> Answered:
    """Both side by side, before it happens."""
    shown = _offered(name, "merge")
    if isinstance(shown, tuple):
        return shown
    return _page(merge_into(shown, into), shown, MultiDict())


@changing.post("/<name>/merge/<into>")
def merge(name: str, into: str) -> Answered:
    """Let the other one take its place."""
    shown = look_up(name)
    return _do(merge_into(shown, into), shown)


@changing.post("/<name>/undo")
def undo(name: str) -> Answered:
    """Take back what was done a moment ago."""
    shown = look_up(name)
    try:
        take_back(request.form.get("token", ""))
    except (Refused, Conflict) as fault:
        return _fault(shown, "This was not undone", str(fault)), 409
    return redirect(_back(shown))


def _question(act: str) -> Question:
    question = QUESTIONS.get(act)
    if question is None:
        abort(404)
    return question


def _offered(name: str, act: str) -> Record | tuple[str, int]:
    """The consultation that somebody who may act wants to act on; or what to say instead."""
    if me().part is not Part.ADMINISTRATOR:
        abort(403)
    shown = look_up(name)
    if any(one.act == act for one in shown.offers):
        return shown
    why = f"As things are, that makes no sense: it is {shown.it.status.replace('_', ' ')}."
    return _fault(shown, "This cannot be done now", why), 409


def _do(question: Question, shown: Record) -> Answered:
    sent = request.form
    done = attempt(
        lambda: _perform(question, shown, sent), lambda refused: question.faults(shown, refused)
    )
    if isinstance(done, Trouble):
        now = look_up(shown.it.key)
        return _page(question, now, sent, done.faults, done.refused), done.code
    return done


def _perform(question: Question, shown: Record, sent: Sent) -> Response:
    doing = question.doing(shown, sent)
    if not sent.get("why", "").strip():
        raise Wrong(("why", "Give a reason: it is kept in the audit trail"))
    carry_out(doing, sent, consultation=shown.it.key)
    return redirect(_back(shown))


def _page(
    question: Question,
    shown: Record,
    sent: Sent,
    faults: Faults = (),
    refused: Refused | None = None,
) -> str:
    return render_template(
        question.template,
        it=shown.it,
        question=question,
        sent=sent,
        errors=faults,
        wrong=dict(reversed(faults)),
        token=secrets.token_hex(16),
        **question.shows(shown, sent, refused),
    )


def _fault(shown: Record, title: str, text: str) -> str:
    return render_template("record_fault.html", it=shown.it, title=title, text=text)


def _back(shown: Record) -> str:
    return url_for("register.one", name=shown.it.reference or shown.it.key)
