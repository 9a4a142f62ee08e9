"""Getting in: nothing is shown to anybody who has not logged in, but what monitors look at."""

from __future__ import annotations

import logging
from hmac import compare_digest

from flask import Blueprint, Flask, abort, g, redirect, render_template, request, session, url_for
from werkzeug.wrappers import Response

from pages.getting_in.attempts import counted, remember
from pages.getting_in.passwords import is_right
from pages.getting_in.targets import within
from pages.getting_in.timed_out import too_late
from pages.site import me, site
from store import Account, Part

log = logging.getLogger(__name__)

#: What is there for everybody. All others, also those that do not exist, are for who logged in.
PUBLIC = frozenset(
    {"health.health", "static", "look.colour", "look.icon", "entry.login", "entry.try_login"}
    | {f"single_sign_on.{page}" for page in ("start", "back", "leave")}
)
#: What a reader may send, too.
_FOR_READERS = frozenset({"entry.logout", "own.change"})
_TOO_MANY = "This was tried too often. Wait a quarter of an hour"
_WRONG = "Name and password do not fit together"
_READING = frozenset({"GET", "HEAD", "OPTIONS"})

entry = Blueprint("entry", __name__)


def guard(app: Flask) -> None:
    """Look at who asks, before anything else does."""
    app.before_request(_let_in)


def _let_in() -> Response | tuple[str, int] | None:
    if request.endpoint in PUBLIC or (request.endpoint == "health.metrics" and _has_token()):
        return None
    account = _logged_in()
    if account is None:
        if request.method == "GET":
            return redirect(url_for("entry.login", next=request.full_path.rstrip("?")))
        return too_late() or redirect(url_for("entry.login", late=1))
    g.account = account
    acts = request.method not in _READING and request.endpoint not in _FOR_READERS
    if acts and account.part is not Part.ADMINISTRATOR:
        abort(403)
    return None


def _has_token() -> bool:
    """Whether it is what the settings let read the figures."""
    given, ours = request.authorization, site().metrics_token
    said = given.token if given and given.type == "bearer" else None
    return bool(said and ours) and compare_digest(str(said).encode(), ours.encode())


def _logged_in() -> Account | None:
    token = session.get("token")
    if not isinstance(token, str):
        return None
    account = site().store.accounts.whose(token, site().now())
    return account if account and _is_a_way_in(account) else None


def _is_a_way_in(account: Account) -> bool:
    """Whether the settings still let people log in as this account does."""
    if account.identity is None:
        return site().passwords
    return bool(site().issuer) and account.identity.startswith(f"{site().issuer} ")


@entry.get("/login")
def login() -> str | Response:
    """The page that asks who it is."""
    if _logged_in():
        return redirect(within(request.args.get("next")))
    left = site().provider is not None and "left" in request.args
    late = "late" in request.args
    return render_template(
        "login.html", next=within(request.args.get("next")), left=left, late=late
    )


@entry.post("/login")
def try_login() -> str | Response | tuple[str, int]:
    """Let somebody in, or say why not, without saying whether there is such an account."""
    if not site().passwords:
        abort(404)
    name, target = request.form.get("name", ""), within(request.form.get("next"))
    now, accounts = site().now(), site().store.accounts
    tries = counted(name)
    if not accounts.try_login(tuple(tries.items()), now):
        log.warning("too many logins failed", extra={"event": "login_held"})
        return render_template("login.html", next=target, name=name, fault=_TOO_MANY), 429
    account = accounts.find(name)
    if not is_right(request.form.get("password", ""), account.password if account else None):
        return render_template("login.html", next=target, name=name, fault=_WRONG), 401
    assert account is not None
    accounts.succeeded(tuple(tries), now)
    answer = let_in(account, target)
    remember(answer, name)
    return answer


def let_in(account: Account, target: str) -> Response:
    """Begin a session, and end whatever the browser had before: that may be somebody else's."""
    accounts = site().store.accounts
    if isinstance(session.get("token"), str):
        accounts.end(session["token"])
    session.clear()
    session["token"] = accounts.begin(account, site().now())
    return redirect(target)


@entry.post("/logout")
def logout() -> Response:
    """End the session, also for whoever has its cookie."""
    site().store.accounts.end(str(session["token"]))
    session.clear()
    return redirect(url_for("entry.login", left=1 if me().identity else None))
