"""Somebody's own account: another password."""

from __future__ import annotations

from flask import Blueprint, abort, redirect, render_template, request, session, url_for
from werkzeug.wrappers import Response

from pages.getting_in.attempts import counted
from pages.getting_in.passwords import hashed, is_right, what_is_wrong
from pages.site import me, site

own = Blueprint("own", __name__)


@own.get("/password")
def password() -> str:
    """The page to change it on."""
    if me().password is None:
        abort(404)
    return render_template("password.html", errors=[], changed="changed" in request.args)


@own.post("/password")
def change() -> Response | tuple[str, int]:
    """Change it; every other session of the account ends."""
    kept, sent = me().password, request.form
    if kept is None:
        abort(404)
    now, accounts = site().now(), site().store.accounts
    tries = counted(me().name)
    if not accounts.try_login(tuple(tries.items()), now):
        return _again("old", "This was tried too often. Wait a quarter of an hour", 429)
    if not is_right(sent.get("old", ""), kept):
        return _again("old", "This is not your password", 422)
    accounts.succeeded(tuple(tries), now)
    new = sent.get("new", "")
    if wrong := what_is_wrong(new):
        return _again("new", wrong, 422)
    if new != sent.get("once-more"):
        return _again("once-more", "The two new passwords are not the same", 422)
    accounts.set_password(me().name, hashed(new), keep=str(session["token"]))
    return redirect(url_for("own.password", changed=1))


def _again(where: str, wrong: str, status: int) -> tuple[str, int]:
    return render_template("password.html", errors=[(where, wrong)]), status
