"""What axe-core finds wrong with a page, and every page that there is to look at."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import product
from typing import Any

from axe_playwright_python.base import AXE_SCRIPT
from flask import Flask
from playwright.sync_api import Page
from werkzeug.routing import Rule

#: WCAG 2.2 A and AA, and what else axe holds for good; with what it has switched off as yet.
_TAGS = "wcag2a wcag2aa wcag21a wcag21aa wcag22aa best-practice".split()
_OPTIONS: dict[str, Any] = {
    "resultTypes": ["violations"],
    "preload": False,  # of style sheets, for rules that only experiment
    "runOnly": {"type": "tag", "values": _TAGS},
    "rules": {"target-size": {"enabled": True}},
}
_LOOK = "options => axe.run(options).then(found => found.violations)"
#: Of the whole page, whatever may be scrolled within it.
_TOO_WIDE = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


def found_wrong(page: Page) -> list[str]:
    """Each violation: its rule, what it asks for, and where it is broken."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE_SCRIPT)
    size = page.viewport_size
    return [
        f"{page.url} at {size and size['width']}: {one['id']} ({one['help']}): "
        + "; ".join(str(node["html"])[:200] for node in one["nodes"])
        for one in page.evaluate(_LOOK, _OPTIONS)
    ]


def too_wide(page: Page) -> list[str]:
    """Whether the page as a whole has to be scrolled sideways (WCAG 1.4.10)."""
    over = page.evaluate(_TOO_WIDE)
    return [f"{page.url}: {over} pixels too wide"] if over else []


def addresses(app: Flask, values: Mapping[str, Sequence[object]]) -> Iterator[str]:
    """Every address that can be got. `values`: what stands for "endpoint argument" in it.

    Raises `LookupError` for a page that nobody gave values for.
    """
    context = app.test_request_context()
    for rule in app.url_map.iter_rules():
        if "GET" not in (rule.methods or ()) or rule.endpoint == "static":
            continue
        names = sorted(rule.arguments)
        for chosen in product(*(_values(rule, name, values) for name in names)):
            arguments: dict[str, Any] = dict(zip(names, chosen, strict=True))
            with context:
                yield app.url_for(rule.endpoint, **arguments)


def _values(rule: Rule, name: str, values: Mapping[str, Sequence[object]]) -> Sequence[object]:
    try:
        return values[f"{rule.endpoint} {name}"]
    except KeyError:
        raise LookupError(f"Say what '{rule.endpoint} {name}' is, in {rule.rule}") from None
