"""What axe-core finds wrong with a page, and every page that there is to look at."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Iterator, Mapping
from typing import Any, cast
from urllib.parse import urlsplit

from axe_playwright_python.base import AXE_SCRIPT
from flask import Flask
from lxml.html import document_fromstring
from playwright.sync_api import Page
from werkzeug.test import TestResponse

from tests.pages.office import Browser

#: WCAG 2.2 A and AA, and what else axe holds for good; with what it has switched off as yet.
_TAGS = "wcag2a wcag2aa wcag21a wcag21aa wcag22aa best-practice".split()
_OPTIONS: dict[str, Any] = {
    "resultTypes": ["violations"],
    "iframes": False,  # letters within pages: no script runs there, axe's neither
    "preload": False,  # of style sheets, for rules that only experiment
    "runOnly": {"type": "tag", "values": _TAGS},
}
#: The page holds on to what is under way: Chromium forgets a promise that nobody else has.
_LOOK = """options => {
    window.looking = axe.run(options).then(found => found.violations)
    return window.looking
}"""
#: Of the whole page, whatever may be scrolled within it.
_TOO_WIDE = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


def found_wrong(page: Page, *, contrast: bool = True) -> list[str]:
    """Each violation: its rule, what it asks for, and where it is broken.

    `contrast`: of text and ground, too, which takes as long as half of all the rest.
    """
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE_SCRIPT)
    size = page.viewport_size
    rules = {"target-size": {"enabled": True}, "color-contrast": {"enabled": contrast}}
    return [
        f"{page.url} at {size and size['width']}: {one['id']} ({one['help']}): "
        + "; ".join(str(node["html"])[:200] for node in one["nodes"])
        for one in page.evaluate(_LOOK, {**_OPTIONS, "rules": rules})
    ]


def too_wide(page: Page) -> list[str]:
    """Whether the page as a whole has to be scrolled sideways (WCAG 1.4.10)."""
    over = page.evaluate(_TOO_WIDE)
    return [f"{page.url}: {over} pixels too wide"] if over else []


def addresses(app: Flask, person: Browser, enough: int = 12) -> dict[str, list[str]]:
    """What somebody gets to by links alone, by endpoint: the first few of each.

    Every link has to lead somewhere.
    """
    found: dict[str, list[str]] = defaultdict(list)
    match = app.url_map.bind("localhost").match
    waiting = deque([("/", True), *((rule, False) for rule in _plain_rules(app))])
    while waiting:
        address, must = waiting.popleft()
        endpoint = str(match(urlsplit(address).path)[0])
        if address in found[endpoint] or len(found[endpoint]) >= enough:
            continue
        answer = person.get(address, headers={"Accept": "text/html"})
        ill = endpoint == "health.health" and answer.status_code == 503
        assert answer.status_code == 200 or ill or not must, f"{address}: {answer.status}"
        if answer.status_code == 200:
            found[endpoint].append(address)
            waiting.extend((link, True) for link in _links(answer))
    return {endpoint: pages for endpoint, pages in found.items() if pages}


def never_seen(app: Flask, found: Mapping[str, list[str]]) -> set[str]:
    """The endpoints that can be got and were not."""
    there = {rule.endpoint for rule in app.url_map.iter_rules() if "GET" in (rule.methods or ())}
    return there - set(found) - {"static"}


def _plain_rules(app: Flask) -> Iterator[str]:
    for rule in app.url_map.iter_rules():
        if "GET" in (rule.methods or ()) and not rule.arguments:
            yield rule.rule


def _links(answer: TestResponse) -> Iterator[str]:
    if answer.mimetype != "text/html" or not answer.get_data().strip():
        return
    page = document_fromstring(answer.get_data(as_text=True))
    for link in cast(list[str], page.xpath("//a/@href | //iframe/@src | //img/@src")):
        if link.startswith("/") and not link.startswith("/static/"):
            yield link.partition("#")[0]
