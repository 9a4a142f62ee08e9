"""What goes out soon: looked at before it goes, paused, sent now, or skipped."""

from __future__ import annotations

import secrets
from collections import Counter
from datetime import datetime
from functools import partial

from flask import Blueprint, abort, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from intake.desk import Act, OnMail, Pause, Refused, Resume, SendNow, Skip
from intake.desk.outgoing import Mail, can, find_mail, judge_mail
from intake.process import composed
from model import Conflict, Due, OutgoingEmail
from notifier.due import decide
from pages.acting import PAGE, Faults, Trouble, attempt, carry_out
from pages.files import kept
from pages.outgoing.letter import Letter, alone, opened
from pages.outgoing.soon import (
    NEVER,
    SHOWN,
    about,
    because,
    by_day,
    lines,
    state_shown,
    state_to_come,
    why_unsent,
)
from pages.site import site
from pages.undo import still, take_back

outgoing = Blueprint("outgoing", __name__, url_prefix="/outgoing")

#: Lines on a page.
_SIZE = 50
#: What can be done, by its place in the address.
DOINGS: dict[str, type[OnMail]] = {
    "pause": Pause,
    "resume": Resume,
    "send-now": SendNow,
    "skip": Skip,
}


@outgoing.get("")
def listing() -> str:
    """Every mail of the next four weeks, by day."""
    return _listing()


def _listing(fault: str = "") -> str:
    asked = request.args
    words, show = asked.get("words", "")[:200], asked.get("show", "")
    found = [line for line in lines() if line.has(words)]
    counted, in_all = Counter(line.state for line in found), len(found)
    if show in SHOWN:
        found = [line for line in found if line.state in SHOWN[show][1]]
    last = max(1, -(-len(found) // _SIZE))
    number = min(max(asked.get("page", 1, type=int), 1), last)
    here = found[(number - 1) * _SIZE : number * _SIZE]
    return render_template(
        "outgoing.html",
        days=list(by_day(here)),
        found=len(found),
        number=number,
        last=last,
        show=show,
        words=words,
        shown=SHOWN,
        in_all=in_all,
        never=NEVER,
        counts={name: sum(counted[s] for s in states) for name, (_, states) in SHOWN.items()},
        done=still(site().store.views.acted(asked.get("done", ""))),
        errors=[(PAGE, fault)] if fault else [],
        today=site().house.rules.local_date(site().now()),
    )


@outgoing.get("/mail")
def one() -> str | tuple[str, int]:
    """One of them, as it will go."""
    mail = _asked_for(request.args.get("key", ""), request.args.get("about"))
    return _page(mail) if mail else _gone()


@outgoing.get("/mail/as-html")
def as_html() -> Response:
    """The same as a mail program shows it."""
    return alone(_letter_asked_for())


@outgoing.get("/mail/file/<int:place>")
def file(place: int) -> Response:
    """A file that goes with it, counted from 0."""
    files = _letter_asked_for().files
    if place >= len(files):
        abort(404)
    return kept(files[place].name, files[place].content)


def _letter_asked_for() -> Letter:
    mail = _asked_for(request.args.get("key", ""), request.args.get("about"))
    if mail is None:
        abort(404)
    if "now" not in request.args:
        return opened(_as_it_goes(mail, site().now()))
    let_go = _offers(mail)[2]
    if let_go is None:
        abort(404)
    return let_go


def _asked_for(key: str, about: str | None) -> Mail | None:
    return find_mail(site().house, site().store.views, key, about, site().now())


def _page(mail: Mail, faults: Faults = (), tried: str = "") -> str:
    offers, not_now, let_go = _offers(mail)
    letter = opened(_as_it_goes(mail, site().now()))
    file_at = partial(url_for, "outgoing.file", key=mail.key, about=mail.about)
    return render_template(
        "goes_out.html",
        mail=mail,
        letter=letter,
        let_go=None if let_go is None or let_go.reads_as(letter) else let_go,
        state=_state(mail),
        why=_why(mail),
        token=secrets.token_hex(16),
        errors=faults,
        wrong=dict(faults),
        tried=tried,
        typed=request.form.get("why", ""),
        about=about(mail),
        offers=offers,
        not_now=not_now,
        as_html=partial(url_for, "outgoing.as_html", key=mail.key, about=mail.about),
        file_at=file_at,
        let_go_file_at=partial(file_at, now=1),
    )


def _offers(mail: Mail) -> tuple[list[str], str, Letter | None]:
    """What can be done about a mail, and why it cannot be sent now, if as it stands it could be.

    The letter is what one that is to come says if it is let go at this moment.
    """
    offered = [name for name, doing in DOINGS.items() if can(mail, doing)]
    if "send-now" not in offered:
        return offered, "", None
    try:
        drafts = judge_mail(mail, SendNow(key=mail.key), "").drafts
    except Refused as refused:
        offered.remove("send-now")
        return offered, str(refused), None
    return offered, "", next(map(opened, composed(site().house, drafts, site().now())), None)


def _gone() -> tuple[str, int]:
    title = "This email is not there any more"
    text = "It has gone, or something came in so that it does not go. Its consultation's page says."
    return render_template("fault.html", title=title, text=text), 404


def _as_it_goes(mail: Mail, now: datetime) -> OutgoingEmail:
    """Its bytes; of one that is to come, as they will be on its day if nothing changes."""
    if mail.written:
        kept_mail = site().store.views.outgoing(mail.written.id)
        assert kept_mail is not None
        return kept_mail
    assert mail.due
    at = max(now, _morning(mail.due))
    (ours,) = composed(site().house, decide(mail.due, mail.clock).drafts, at)
    return ours


def _morning(due: Due) -> datetime:
    clock = site().house.clock
    return datetime.combine(due.goes_on, clock.opens, tzinfo=clock.zone)


def _why(mail: Mail) -> str:
    if mail.written:
        return why_unsent(mail.written)
    assert mail.due
    return because(mail.due)


def _state(mail: Mail) -> str:
    """As the list shows it."""
    if mail.written:
        return state_shown(mail.key, mail.state)
    assert mail.due
    return state_to_come(mail.due)


# --------------------------------------------------------------------------- acts


@outgoing.post("/act/<name>")
def act(name: str) -> Response | tuple[str, int]:
    """Do something about a mail; what cannot be done is said on its page, with what was typed."""
    if name not in DOINGS:
        abort(404)
    sent = request.form
    key, about = sent.get("key", ""), sent.get("about") or None
    doing = DOINGS[name](key=key, seen=sent.get("seen"))
    where = "why-skip" if name == "skip" and not sent.get("why", "").strip() else PAGE
    done = attempt(
        lambda: _done(carry_out(doing, sent, consultation=about)),
        lambda refused: ((where, str(refused)),),
    )
    if isinstance(done, Trouble):
        mail, ((_, why),) = _asked_for(key, about), done.faults
        return (_page(mail, done.faults, name) if mail else _listing(why)), done.code
    return done


def _done(act: Act) -> Response:
    return redirect(url_for("outgoing.listing", done=act.token))


@outgoing.post("/undo")
def undo() -> Response | tuple[str, int]:
    """Take back what was done a moment ago."""
    try:
        take_back(request.form.get("token", ""))
    except (Refused, Conflict) as fault:
        return _listing(str(fault)), 409
    return redirect(url_for("outgoing.listing"))
