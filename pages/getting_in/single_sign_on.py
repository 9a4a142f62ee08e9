"""Logging in with a work account, where the settings name who vouches for people."""

from __future__ import annotations

import logging
from dataclasses import asdict
from datetime import datetime, timedelta

from flask import Blueprint, abort, redirect, render_template, request, session, url_for
from werkzeug.wrappers import Response

from model import AskOnceError
from pages.getting_in.entry import let_in
from pages.getting_in.provider import Asked, Doubtful, Provider
from pages.getting_in.targets import within
from pages.site import site

log = logging.getLogger(__name__)

#: How long somebody may take at the provider.
_PATIENCE = timedelta(minutes=15)
_AGAIN = "That took too long, or was begun in another window. Try again"
_NOT_BELIEVED = "Your work account could not be used, as what came back proves nothing. Try again"
_AWAY = "Work accounts cannot be used just now, as what looks after them does not answer"

single_sign_on = Blueprint("single_sign_on", __name__, url_prefix="/login/sso")


@single_sign_on.get("")
def start() -> Response | tuple[str, int]:
    """Send the browser to the provider."""
    provider, target = _provider(), within(request.args.get("next"))
    try:
        address, asked = provider.ask(_back(), site().now())
    except AskOnceError:
        return _told(_AWAY, 503, target)
    session["sso"] = {**asdict(asked), "next": target, "at": site().now().isoformat()}
    return redirect(address)


@single_sign_on.get("/back")
def back() -> Response | tuple[str, int]:
    """What the browser brings from there: whoever is vouched for, and has a part here, is in."""
    provider, kept = _provider(), session.pop("sso", None)
    if not isinstance(kept, dict) or _age(kept) > _PATIENCE:
        return _told(_AGAIN, 400)
    asked = Asked(**{key: str(kept[key]) for key in ("state", "nonce", "verifier")})
    try:
        person = provider.answered(request.args, asked, _back(), site().now())
    except Doubtful as fault:
        log.warning("%(fault)s", {"event": "sso_doubtful", "fault": str(fault)})
        return _told(_NOT_BELIEVED, 400)
    except AskOnceError:
        return _told(_AWAY, 503)
    if person.part is None:
        return render_template("no_part.html", name=person.name), 403
    now = site().now()
    account = site().store.accounts.recognise(person.identity, person.name, person.part, now)
    return let_in(account, within(kept["next"]))


@single_sign_on.get("/leave")
def leave() -> Response | tuple[str, int]:
    """Log out at the provider, too: its own pages ask whether that is meant."""
    try:
        place = _provider().leave(site().address + url_for("entry.login"), site().now())
    except AskOnceError:
        return _told(_AWAY, 503)
    return redirect(place or url_for("entry.login"))


def _provider() -> Provider:
    found = site().provider
    if found is None:
        abort(404)
    return found


def _back() -> str:
    """Where the provider sends people, by the settings: who asks may call us what they like."""
    return site().address + url_for("single_sign_on.back")


def _age(kept: dict[str, str]) -> timedelta:
    return site().now() - datetime.fromisoformat(kept["at"])


def _told(what: str, status: int, target: str = "/") -> tuple[str, int]:
    return render_template("login.html", next=target, fault=what), status
