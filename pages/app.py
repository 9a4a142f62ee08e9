"""The web pages as one WSGI application, made anew for each installation that it shows."""

from __future__ import annotations

from flask import Flask, Response

from pages import health
from pages.health import Watch


def create(watch: Watch) -> Flask:
    """The application. It reads no clock and no settings: `watch` has what it needs of them."""
    app = Flask("pages", static_folder=None)
    app.register_blueprint(health.blueprint(watch))
    app.after_request(_closed)
    return app


def _closed(answer: Response) -> Response:
    """Nothing from elsewhere is loaded, and no other page shows ours within itself."""
    answer.headers["Content-Security-Policy"] = "default-src 'none'; style-src 'self'"
    answer.headers["X-Content-Type-Options"] = "nosniff"
    answer.headers["X-Frame-Options"] = "DENY"
    answer.headers["Referrer-Policy"] = "no-referrer"
    return answer
