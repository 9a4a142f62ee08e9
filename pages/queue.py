"""The exceptions queue: what waits for a person, and what a person does about it."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date

from flask import Blueprint, abort, redirect, render_template, request, url_for
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from intake import desk
from intake.desk import (
    Accept,
    Act,
    AskAgain,
    Doing,
    Link,
    Refused,
    Reply,
    Say,
    SetAside,
    perform,
)
from intake.replay import replay
from model import Conflict, Word
from pages.fields import changed
from pages.files import kept
from pages.item import Item, attachment, look_at, undoable
from pages.site import me, site
from parsers.references import parse

queue = Blueprint("queue", __name__, url_prefix="/queue")

Sent = MultiDict[str, str]


@queue.get("")
def listing() -> str:
    """Every open exception, oldest first."""
    after = request.args.get("after", type=int)
    items = site().store.views.queue()
    taken = {item.id: site().store.views.item(item.id) for item in items}
    done = undoable(after)
    return render_template(
        "queue.html", items=items, taken=taken, now=site().now(), done=done, after=after
    )


@queue.get("/<int:number>")
def one(number: int) -> str:
    """One of them, with all that is known of it."""
    return _page(look_at(number))


def _page(item: Item, fault: str = "", sent: Sent | None = None, why: Refused | None = None) -> str:
    problems = why.problems if why and why.problems else None
    shown = item.inputs(sent, problems)
    done = undoable(item.number)
    errors = [(i.name, i.wrong) for i in shown if i.wrong] if problems else []
    if fault and not errors:
        errors = [("main-content", fault)]
    return render_template(
        "item.html", item=item, inputs=shown, errors=errors, sent=sent or Sent(), done=done
    )


@queue.get("/<int:number>/file/<int:place>")
def file(number: int, place: int) -> Response:
    """A file as it came, to be kept and not to be opened here."""
    found = attachment(number, place)
    return kept(found.name, found.content)


# --------------------------------------------------------------------------- acts


@queue.post("/<int:number>/<name>")
def act(number: int, name: str) -> Response | tuple[str, int]:
    """Do something about it; what cannot be done is said on its page, with all that was typed."""
    sent = request.form
    try:
        if name in _BESIDE:
            return _BESIDE[name](number, sent)
        if name not in _DOINGS:
            abort(404)
        return _done(number, _DOINGS[name](number, sent), sent)
    except Refused as refused:
        return _page(look_at(number), _told(refused), sent, refused), 422
    except Conflict as conflict:
        return _page(look_at(number), _told(conflict), sent), 409


def _told(fault: Exception) -> str:
    return str(fault).replace(": see ./askonce queue list", "")


def _done(number: int, doing: Doing, sent: Sent) -> Response:
    made = Act(
        token=sent.get("token", ""),
        who=me().name,
        doing=doing,
        exception=number,
        consultation=_reference(sent.get("consultation", "")) or None,
        why=sent.get("why", "").strip(),
        seen=sent.get("seen", type=int),
    )
    if not re.fullmatch("[0-9a-f]{32}", made.token):
        abort(400)
    perform(site().house, made, site().now())
    return redirect(url_for("queue.listing", after=number))


def _accept(number: int, sent: Sent) -> Doing:
    form = look_at(number).form
    return Accept(fields=changed(form, sent) if form else {})


def _link(_number: int, sent: Sent) -> Doing:
    to = _reference(sent.get("to", ""))
    if not to:
        raise Refused("Say which consultation it belongs to.")
    return Link(to=to)


def _reply(_number: int, sent: Sent) -> Doing:
    text = sent.get("text", "").replace("\r\n", "\n")
    return Reply(subject=sent.get("subject", ""), text=text, settles="settles" in sent)


def _say(_number: int, sent: Sent) -> Doing:
    try:
        word = Word(sent.get("word", ""))
    except ValueError:
        raise Refused("Choose one of the words.") from None
    return Say(word=word, until=_until(sent) if word is Word.EXTEND else None)


def _until(sent: Sent) -> date:
    try:
        return date(*(int(sent.get(f"until-{part}", "")) for part in ("year", "month", "day")))
    except (ValueError, OverflowError):
        raise Refused("EXTEND needs a date, such as 31 5 2027.") from None


def _reference(typed: str) -> str:
    """A reference as it is kept, though it be written otherwise."""
    return parse(typed, site().house.rules.reference_prefix) or typed.strip()


_DOINGS: dict[str, Callable[[int, Sent], Doing]] = {
    "accept": _accept,
    "link": _link,
    "reply": _reply,
    "ask-again": lambda _number, _sent: AskAgain(),
    "say": _say,
    "set-aside": lambda _number, _sent: SetAside(),
}


# --------------------------------------------------------------------------- beside acts


def _undo(number: int, sent: Sent) -> Response:
    desk.undo(site().house, sent.get("token", ""), site().now(), who=me().name)
    return redirect(url_for("queue.one", number=number))


def _claim(number: int, _sent: Sent) -> Response:
    desk.claim(site().house, number, site().now(), who=me().name)
    return redirect(url_for("queue.one", number=number))


def _release(number: int, _sent: Sent) -> Response:
    desk.release(site().house, number, who=me().name)
    return redirect(url_for("queue.listing"))


def _again(number: int, _sent: Sent) -> Response:
    """Run its mail again; that cannot be undone."""
    item = look_at(number)
    if item.state.mail_id is None:
        raise Refused("This is about no mail that came in.")
    if item.taken_by:
        raise Conflict(f"{item.taken_by} is at this.")
    done = replay(site().house, item.state.mail_id, site().now(), who=me().name)
    if done.decision is None:
        raise Refused("This mail had done its work when it came: nothing was changed.")
    if number in done.settled:
        return redirect(url_for("queue.listing"))
    return redirect(url_for("queue.one", number=number))


_BESIDE: dict[str, Callable[[int, Sent], Response]] = {
    "undo": _undo,
    "claim": _claim,
    "release": _release,
    "again": _again,
}
