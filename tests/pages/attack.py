"""What an attacker does with a browser of their own making, and how one sees whether it worked."""

from __future__ import annotations

import re
import sqlite3
from html import unescape
from typing import Any

from werkzeug.test import TestResponse

from store import Filter
from tests.pages.hostile import MARK
from tests.pages.office import Browser, Pages, filled


def everything(pages: Pages) -> dict[str, list[Any]]:
    """All that is in the database but who is logged in, and that somebody took a copy."""
    with sqlite3.connect(pages.root / "askonce.db") as database:
        names = database.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
        skipped = {"sessions", "logins"}
        tables = {
            name: database.execute(f"SELECT * FROM {name}").fetchall()
            for (name,) in names
            if name not in skipped
        }
    tables["accounts"] = [row[:4] for row in tables["accounts"]]
    tables["audit"] = [row for row in tables["audit"] if "exported" not in row]
    return tables


def done_just_now(pages: Pages) -> list[str]:
    """Pages that offer to take something back, as somebody has just done it; and all letters that
    the calendar brings, which are more alike than they look."""
    anna = pages.browser("anna")
    known = [f"/register/{o.key}" for o in pages.world.store.views.filtered(Filter(), down=False)]
    stop = next(
        f"{record}/stop"
        for record in known
        if any(link.endswith("/stop") for link in links(anna, record, "/register/"))
    )
    stopped = anna.send(stop, stop, why="asked by telephone")
    letters = [letter for record in known for letter in links(anna, record, "/outgoing/mail?")]
    paused = anna.send(letters[0], "/outgoing/act/pause", why="asked by telephone")
    return [stopped.location, paused.location, *letters]


def links(browser: Browser, page: str, start: str) -> list[str]:
    """Where a page leads, of the addresses that begin so."""
    found = re.findall(r'href="([^"#]+)', browser.get(page).get_data(as_text=True))
    return [link for link in map(unescape, found) if link.startswith(start)]


def ask(browser: Browser, path: str, method: str, **more: Any) -> TestResponse:
    return browser.client.open(
        path, method=method, environ_base={"REMOTE_ADDR": "192.0.2.9"}, **more
    )


def token(browser: Browser) -> str:
    page = browser.get("/").get_data(as_text=True)
    return str(filled(page, "/logout")["csrf_token"][0])


def rows(pages: Pages, query: str) -> list[Any]:
    with sqlite3.connect(pages.root / "askonce.db") as database:
        return database.execute(query).fetchall()


def sent_away(answer: TestResponse, what: str) -> None:
    """To the login, with nothing but the way there."""
    assert (answer.status_code, answer.location.partition("?")[0]) == (302, "/login"), what
    body = answer.get_data(as_text=True)
    assert len(body) < 600 + 2 * len(answer.location), what
    assert MARK not in body.replace(answer.location, ""), what
    assert not answer.headers.get("Content-Disposition"), what


def leads_on(answer: TestResponse) -> None:
    """To a page of ours if anywhere, by a header that is one line."""
    for name, value in answer.headers:
        assert not re.search(r"[\r\n\x00]", value), name
    assert "evil" not in (answer.headers.getlist("Set-Cookie") or [""])[0]
    if answer.location is not None:
        assert re.match(r"/(?![/\\])", answer.location), answer.location
