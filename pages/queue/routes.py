"""The exceptions queue: what waits for a person, and what a person does about it."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from intake import desk
from intake.desk import Refused
from intake.replay import replay
from model import Conflict
from pages.acting import PAGE, Sent, Trouble, attempt, carry_out, told
from pages.files import kept
from pages.queue.item import Item, attachment, look_at, original, undoable
from pages.queue.listed import Listed
from pages.queue.meant import DOINGS, FIRST_INPUTS, reference
from pages.queue.todo import ASIDE, TITLES, answer, done_words, ways
from pages.register.found import found
from pages.site import me, site
from pages.typed import texts
from pages.undo import take_back

queue = Blueprint("queue", __name__, url_prefix="/queue")

Answered = Response | tuple[str, int]


@queue.get("")
def listing() -> str:
    """A page of the open exceptions that are wanted, oldest first."""
    after = request.args.get("after", type=int)
    listed = Listed.asked(request.args)
    page = site().store.views.waiting(listed.wanted(), number=listed.number)
    done = undoable(after)
    following = listed.following(after) if done and after else None
    return render_template(
        "queue.html",
        page=page,
        listed=listed,
        done=done,
        after=after,
        following=following,
        told=done_words(done),
    )


@queue.get("/<int:number>")
def one(number: int) -> str:
    """One of them, with all that is known of it."""
    return _page(look_at(number), Listed.asked(request.args))


def _page(
    item: Item,
    listed: Listed,
    *,
    act: str = "",
    trouble: Trouble | None = None,
    sent: Sent | None = None,
) -> str:
    """`act`: what was tried on it in vain, `trouble`: at which input, and what is said of that."""
    refused = trouble.refused if trouble else None
    problems = refused.problems if refused and refused.problems else None
    faults = trouble.faults if trouble else ()
    find, sent, done = (
        request.args.get("find", ""),
        sent or Sent(),
        undoable(item.number),
    )
    shown = item.inputs(sent if act == "accept" else None, problems)
    errors = [(i.name, i.wrong) for i in shown if i.wrong] if problems else []
    return render_template(
        "item.html",
        item=item,
        inputs=shown,
        ways=ways(item),
        titles=TITLES,
        aside=ASIDE.get(item.case.item.reason),
        attention=[one for one in shown if one.wrong or one.unsure or one.unread],
        listed=listed,
        errors=errors or faults,
        wrong=dict(faults),
        tried=act,
        find=find,
        found=found(find) if item.is_open else (),
        answer_with=answer(item, request.args.get("answer", "")),
        sent=sent,
        lost=texts(sent),
        done=done,
        told=done_words(done),
    )


@queue.get("/<int:number>/file/<int:place>")
def file(number: int, place: int) -> Response:
    """A file as it came, to be kept and not to be opened here."""
    found = attachment(number, place)
    return kept(found.name, found.content)


@queue.get("/<int:number>/original")
def mail(number: int) -> Response:
    """The whole mail as it came, to be kept."""
    return kept(f"email-{number}.eml", original(number).raw)


# --------------------------------------------------------------------------- acts


@queue.post("/<int:number>/<name>")
def act(number: int, name: str) -> Answered:
    """Do something about it; what cannot be done is said on its page, with all that was typed."""
    sent, listed = request.form, Listed.sent(request.form)
    if name not in BESIDE and name not in DOINGS:
        abort(404)
    where = FIRST_INPUTS.get(name, PAGE)
    done = attempt(
        lambda: BESIDE.get(name, partial(_done, name))(number, sent, listed),
        lambda refused: ((where, told(refused)),),
    )
    if isinstance(done, Trouble):
        return _page(look_at(number), listed, act=name, trouble=done, sent=sent), done.code
    return done


def _done(name: str, number: int, sent: Sent, listed: Listed) -> Response:
    doing = DOINGS[name](look_at(number), sent)
    about = reference(sent.get("consultation", "")) or None
    carry_out(doing, sent, exception=number, consultation=about)
    return redirect(listed.address(after=number))


# --------------------------------------------------------------------------- beside acts


def _to(number: int, listed: Listed) -> Response:
    return redirect(url_for("queue.one", number=number, **listed.named()))


def _undo(number: int, sent: Sent, listed: Listed) -> Response:
    take_back(sent.get("token", ""))
    return _to(number, listed)


def _claim(number: int, _sent: Sent, listed: Listed) -> Response:
    desk.claim(site().house, number, site().now(), who=me().name)
    return _to(number, listed)


def _take_over(number: int, _sent: Sent, listed: Listed) -> Response:
    desk.take_over(site().house, number, site().now(), who=me().name)
    return _to(number, listed)


def _release(number: int, _sent: Sent, listed: Listed) -> Response:
    desk.release(site().house, number, who=me().name)
    return redirect(listed.address())


def _again(number: int, _sent: Sent, listed: Listed) -> Response:
    """Run its mail again; that cannot be undone."""
    item = look_at(number)
    if item.state.mail_id is None:
        raise Refused("This is about no mail that came in.")
    if item.taken_by:
        raise Conflict(f"{item.taken_by} is at this.")
    if item.unread:
        raise Refused("The software fails on this email as before: nothing was changed.")
    done = replay(site().house, item.state.mail_id, site().now(), who=me().name)
    if done.decision is None:
        raise Refused("This email had done its work when it came: nothing was changed.")
    if number in done.settled:
        flash("The email was handled again, and the item is settled.", "Done")
        return redirect(listed.address())
    if done.letters:
        flash("The email was handled again and is answered. The item stays.", "Done")
    else:
        flash("Nothing changed: the email leads to the same as before. The item stays.", "Told")
    return _to(number, listed)


#: What is done beside acts: none of it is a decision.
BESIDE: dict[str, Callable[[int, Sent, Listed], Response]] = {
    "undo": _undo,
    "claim": _claim,
    "take-over": _take_over,
    "release": _release,
    "again": _again,
}
