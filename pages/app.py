"""The web pages as one WSGI application, made anew for each installation that it shows."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from flask import Flask, Response, g, render_template, request
from flask.sessions import SecureCookieSessionInterface
from flask_wtf import CSRFProtect
from jinja2 import ChoiceLoader, PackageLoader, PrefixLoader
from werkzeug.exceptions import HTTPException
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.routing import IntegerConverter, Map

from model import AskOnceError
from pages import health
from pages.changing.routes import changing
from pages.getting_in.entry import entry, guard
from pages.getting_in.own import own
from pages.getting_in.single_sign_on import single_sign_on
from pages.home import home
from pages.look import FILTERS, GLOBALS, look, shown
from pages.outgoing.letters import letters
from pages.outgoing.routes import outgoing
from pages.queue.routes import queue
from pages.register.approvals import approvals
from pages.register.export import export
from pages.register.mails import mails
from pages.register.routes import register
from pages.serving import LARGEST
from pages.site import Site
from pages.site import site as this_site
from pages.undo import sends, soon, wrote
from store import Part
from store.accounts import IDLE

#: Nothing is loaded from elsewhere, nothing stands in a page that is not its own file, and no other
#: page shows ours within itself.
_POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; connect-src 'self';"
    " form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
#: How long before a session ends whoever may be typing is asked whether to stay (WCAG 2.2.1).
_ASKED_BEFORE = timedelta(minutes=5)
_YEAR = 365 * 24 * 3600  # seconds
_WORDS = {
    400: ("This form cannot be used", "It is too old or was not made here. Open the page again."),
    403: ("You cannot do this", "Your account may read. Only an administrator can change things."),
    404: ("There is no such page", "If you typed the address, look whether it is right."),
    413: ("That is too much", "Nothing was kept of it. What you send may have 2 MB."),
}


_AWAY = (
    "The register cannot be reached just now. Try again; if it stays so, tell whoever looks after"
    " it: ./askonce check says why."
)


class _Cookies(SecureCookieSessionInterface):
    """A cookie that came by https goes by https alone, and can be set by no neighbour of ours."""

    def get_cookie_name(self, app: Flask) -> str:
        """With the prefix by which browsers see to that (RFC 6265bis 4.1.3.2)."""
        name = super().get_cookie_name(app)
        return f"__Host-{name}" if request.is_secure else name

    def get_cookie_secure(self, app: Flask) -> bool:
        """Whether this answer goes out encrypted."""
        return request.is_secure


class _Number(IntegerConverter):
    """A number in an address, within what a database counts to."""

    def __init__(self, map: Map) -> None:
        super().__init__(map, max=2**31 - 1)


def create(site: Site) -> Flask:
    """The application. It reads no clock and no settings: `site` has what it needs of them."""
    app = Flask("pages")
    app.extensions["askonce"] = site
    app.session_interface = _Cookies()
    app.url_map.converters["int"] = _Number
    app.url_map.merge_slashes = False  # it would send on by the host that was asked for
    app.config.update(
        SECRET_KEY=site.store.accounts.secret(),
        SESSION_COOKIE_NAME="askonce",
        SESSION_COOKIE_SAMESITE="Lax",
        WTF_CSRF_TIME_LIMIT=None,  # as long as the session lasts
        MAX_CONTENT_LENGTH=LARGEST,
    )
    if site.proxies:
        near = site.proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, near, near, near)  # type: ignore[method-assign]
    _templates(app)
    guard(app)
    CSRFProtect(app)
    getting_in = (entry, single_sign_on, own)
    work = (home, queue, register, changing, mails, outgoing, export, approvals, letters)
    for part in (health.blueprint(site.watch), look, *getting_in, *work):
        app.register_blueprint(part)
    app.register_error_handler(HTTPException, _told)
    app.register_error_handler(AskOnceError, _away)
    app.after_request(_closed)
    return app


def _templates(app: Flask) -> None:
    app.jinja_options = {**app.jinja_options, "finalize": shown}
    ours = app.jinja_loader
    assert ours is not None
    theirs = PrefixLoader({"govuk_frontend_jinja": PackageLoader("govuk_frontend_jinja")})
    app.jinja_env.loader = ChoiceLoader([ours, theirs])
    app.jinja_env.filters.update(FILTERS)
    app.jinja_env.globals.update(GLOBALS)
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.context_processor(_who)


def _who() -> dict[str, Any]:
    account = g.get("account")
    acts = account is not None and account.part is Part.ADMINISTRATOR
    asked = int((IDLE - _ASKED_BEFORE).total_seconds())
    named = {"account": account, "may_act": acts, "site": this_site(), "asked_after": asked}
    return {**named, "sends": sends, "soon": soon, "wrote": wrote}


def _told(fault: HTTPException) -> tuple[str, int] | HTTPException:
    code = fault.code or 500
    if code < 400:
        return fault
    usual = ("This did not work", "Try again; if it stays so, see the log of the program.")
    title, text = _WORDS.get(code, usual)
    return render_template("fault.html", title=title, text=text), code


def _away(fault: AskOnceError) -> tuple[str, int]:
    """Where the register lies, and what is wrong there, is for those who may look into it."""
    text = str(fault) if g.get("account") else _AWAY
    return render_template("fault.html", title="This did not work", text=text), 503


def _closed(answer: Response) -> Response:
    answer.headers.setdefault("Content-Security-Policy", _POLICY)
    answer.headers["X-Content-Type-Options"] = "nosniff"
    answer.headers["X-Frame-Options"] = "DENY"
    # to ourselves it is told, as a form's origin is looked at where https is used
    answer.headers["Referrer-Policy"] = "same-origin"
    answer.headers["Cross-Origin-Opener-Policy"] = "same-origin"
    answer.headers["Cross-Origin-Resource-Policy"] = "same-origin"
    answer.headers["Permissions-Policy"] = "camera=(), geolocation=(), microphone=(), payment=()"
    if request.is_secure:
        answer.headers["Strict-Transport-Security"] = f"max-age={_YEAR}"
    if request.endpoint != "static":
        answer.headers["Cache-Control"] = "no-store"
    return answer
