"""Getting in: nothing is shown to anybody who has not logged in, but what monitors look at."""

from __future__ import annotations

import logging
from urllib.parse import urlsplit

from flask import Blueprint, Flask, abort, g, redirect, render_template, request, session, url_for
from werkzeug.wrappers import Response

from pages.passwords import is_right
from pages.site import site
from store import Account, Part

log = logging.getLogger(__name__)

#: What is there for everybody. All others, also those that do not exist, are for who logged in.
PUBLIC = frozenset(
    {"health.health", "health.metrics", "static", "look.colour", "entry.login", "entry.try_login"}
)
#: What a reader may send, too.
_FOR_READERS = frozenset({"entry.logout"})
#: Logins in a quarter of an hour: for one account, and from one address.
_PER_ACCOUNT, _PER_ADDRESS = 10, 30
_READING = frozenset({"GET", "HEAD", "OPTIONS"})

entry = Blueprint("entry", __name__)


def guard(app: Flask) -> None:
    """Look at who asks, before anything else does."""
    app.before_request(_let_in)


def _let_in() -> Response | None:
    if request.endpoint in PUBLIC:
        return None
    account = _logged_in()
    if account is None:
        wanted = request.full_path.rstrip("?") if request.method == "GET" else None
        return redirect(url_for("entry.login", next=wanted))
    g.account = account
    acts = request.method not in _READING and request.endpoint not in _FOR_READERS
    if acts and account.part is not Part.ADMINISTRATOR:
        abort(403)
    return None


def _logged_in() -> Account | None:
    token = session.get("token")
    return site().store.accounts.whose(token, site().now()) if isinstance(token, str) else None


@entry.get("/login")
def login() -> str | Response:
    """The page that asks who it is."""
    if _logged_in():
        return redirect(within(request.args.get("next")))
    return render_template("login.html", next=within(request.args.get("next")))


@entry.post("/login")
def try_login() -> str | Response | tuple[str, int]:
    """Let somebody in, or say why not, without saying whether there is such an account."""
    name, target = request.form.get("name", ""), within(request.form.get("next"))
    now, accounts = site().now(), site().store.accounts
    counted = {f"account {name.casefold()[:200]}": _PER_ACCOUNT}
    counted |= {f"address {request.remote_addr}": _PER_ADDRESS}
    if not accounts.try_login(tuple(counted.items()), now):
        log.warning("too many logins failed", extra={"event": "login_held"})
        return render_template("login.html", next=target, name=name, too_many=True), 429
    account = accounts.find(name)
    if not is_right(request.form.get("password", ""), account.password if account else None):
        return render_template("login.html", next=target, name=name, wrong=True), 401
    assert account is not None
    accounts.succeeded(tuple(counted), now)
    session.clear()  # whatever was there before the login is nobody's
    session["token"] = accounts.begin(account, now)
    return redirect(target)


@entry.post("/logout")
def logout() -> Response:
    """End the session, also for whoever has its cookie."""
    site().store.accounts.end(str(session["token"]))
    session.clear()
    return redirect(url_for("entry.login"))


def within(target: str | None) -> str:
    """A page of ours to go to; for anything else, the first one.

    Browsers read "/\\" as "//", and pass over tabs and line ends.
    """
    first = "/"
    if not target or not target.startswith("/") or target.startswith("//"):
        return first
    if "\\" in target or any(not c.isprintable() or c.isspace() for c in target):
        return first
    parts = urlsplit(target)
    return first if parts.scheme or parts.netloc else target
