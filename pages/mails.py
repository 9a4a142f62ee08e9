"""One mail, in or out: what it says, how far it came, and its files."""

from __future__ import annotations

from dataclasses import dataclass
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser

from flask import Blueprint, abort, render_template
from werkzeug.wrappers import Response

from intake.message import read_mail
from model import InboundEmail
from pages.files import kept
from pages.site import site
from store import MailIn, MailOut

mails = Blueprint("mails", __name__, url_prefix="/mails")


@dataclass(frozen=True, slots=True, kw_only=True)
class Enclosed:
    """A file within one of our mails."""

    name: str
    content: bytes


@mails.get("/in/<int:number>")
def came(number: int) -> str:
    """A mail that came in."""
    known = _came(number)
    return render_template("mail_in.html", known=known, email=_read(number))


@mails.get("/out/<int:number>")
def went(number: int) -> str:
    """A mail of ours, gone or waiting."""
    known = _went(number)
    ours = _parsed(known)
    return render_template(
        "mail_out.html", known=known, text=_text(ours), files=_enclosed(ours), copied=_copied(ours)
    )


@mails.get("/in/<int:number>/file/<int:place>")
def file_in(number: int, place: int) -> Response:
    """A file of a mail that came in, counted from 0."""
    _came(number)
    found = _read(number).attachments
    if place >= len(found):
        abort(404)
    return kept(found[place].name, found[place].content)


@mails.get("/out/<int:number>/file/<int:place>")
def file_out(number: int, place: int) -> Response:
    """A file of a mail of ours, counted from 0."""
    found = _enclosed(_parsed(_went(number)))
    if place >= len(found):
        abort(404)
    return kept(found[place].name, found[place].content)


def _came(number: int) -> MailIn:
    known = site().store.views.mail_in(number) if number < _MOST else None
    if known is None:
        abort(404)
    return known


def _went(number: int) -> MailOut:
    known = site().store.views.mail_out(number) if number < _MOST else None
    if known is None:
        abort(404)
    return known


#: What a database counts to.
_MOST = 2**31


def _read(number: int) -> InboundEmail:
    stored = site().store.mail(number)
    if stored is None:
        abort(404)
    return read_mail(stored.raw, stored.ref.arrived_at, headers_only=stored.headers_only)


def _parsed(known: MailOut) -> EmailMessage:
    parser = BytesParser(policy=policy.default)
    return parser.parsebytes(known.mail.content)


def _text(ours: EmailMessage) -> str:
    body = ours.get_body(("plain",))
    return str(body.get_content()) if body is not None else ""


def _copied(ours: EmailMessage) -> frozenset[str]:
    """The addresses that it goes to as a copy, in lower case."""
    header = ours["Cc"]
    return frozenset(one.addr_spec.lower() for one in header.addresses) if header else frozenset()


def _enclosed(ours: EmailMessage) -> tuple[Enclosed, ...]:
    found = ((p.get_filename(), p.get_payload(decode=True)) for p in ours.iter_attachments())
    return tuple(
        Enclosed(name=name or "file", content=content)
        for name, content in found
        if isinstance(content, bytes)
    )
