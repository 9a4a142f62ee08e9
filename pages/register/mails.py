"""One mail, in or out: what it says, how far it came, and its files."""

from __future__ import annotations

from flask import Blueprint, abort, render_template
from werkzeug.wrappers import Response

from intake.process import as_far_as_it_goes
from pages.files import kept
from pages.outgoing.letter import opened
from pages.outgoing.soon import state_shown
from pages.queue.shown_mail import safe
from pages.site import site
from store import MailIn, MailOut, StoredMail

mails = Blueprint("mails", __name__, url_prefix="/mails")


@mails.get("/in/<int:number>")
def came(number: int) -> str:
    """A mail that came in."""
    known = _came(number)
    email, _, unread = as_far_as_it_goes(site().house, _stored(number), reading=False)
    html = safe(email.html)
    return render_template("mail_in.html", known=known, email=email, html=html, unread=unread)


@mails.get("/out/<int:number>")
def went(number: int) -> str:
    """A mail of ours, gone or waiting."""
    known = _went(number)
    letter = opened(known.mail)
    copied = frozenset(one.email for one in letter.cc)
    state = state_shown(known.mail.key, known.state)
    return render_template("mail_out.html", known=known, state=state, letter=letter, copied=copied)


@mails.get("/in/<int:number>/file/<int:place>")
def file_in(number: int, place: int) -> Response:
    """A file of a mail that came in, counted from 0."""
    _came(number)
    email, _, _ = as_far_as_it_goes(site().house, _stored(number), reading=False)
    found = email.attachments
    if place >= len(found):
        abort(404)
    return kept(found[place].name, found[place].content)


@mails.get("/out/<int:number>/file/<int:place>")
def file_out(number: int, place: int) -> Response:
    """A file of a mail of ours, counted from 0."""
    found = opened(_went(number).mail).files
    if place >= len(found):
        abort(404)
    return kept(found[place].name, found[place].content)


def _came(number: int) -> MailIn:
    known = site().store.views.mail_in(number)
    if known is None:
        abort(404)
    return known


def _went(number: int) -> MailOut:
    known = site().store.views.mail_out(number)
    if known is None:
        abort(404)
    return known


def _stored(number: int) -> StoredMail:
    stored = site().store.mail(number)
    if stored is None:
        abort(404)
    return stored
