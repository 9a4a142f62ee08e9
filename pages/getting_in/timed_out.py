"""What somebody had typed when their session ended: there to be copied, and not done."""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import current_app, render_template, request
from flask_wtf.csrf import CSRFError

from pages.getting_in.targets import within
from pages.typed import texts


def too_late() -> tuple[str, int] | None:
    """The page that asks who it is, with what was sent. None: it was not sent by a page of ours."""
    if request.method != "POST":  # of HEAD and its like the library asks no token
        return None
    try:
        current_app.extensions["csrf"].protect()
    except CSRFError:
        return None
    page = render_template("login.html", next=_page(), lost=texts(request.form), late=True)
    return page, 401


def _page() -> str:
    """The page that it was typed on."""
    came = urlsplit(request.referrer or "")
    where = came.path + (f"?{came.query}" if came.query else "")
    return within(where if came.netloc == request.host else None)
