"""Everything that somebody can reach from the first page: every page, and every form on them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode, urljoin, urlsplit

from lxml.html import HtmlElement, document_fromstring
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from tests.pages.office import Browser, Pages

#: So many are looked at of addresses that differ in their query alone, of those that are of things
#: of one kind, and of forms that do the same.
_QUERIES, _THINGS, _ALIKE = 4, 12, 2
_NUMBERS = re.compile(r"/(\d+|CYP-[\d-]+|[0-9a-f]{16,}(-\d+)?)(?=/|$)")
_TYPED = {"text", "search", "email", "password", "number", "date", "textarea"}


@dataclass(frozen=True, kw_only=True)
class Form:
    """A form as a page has it."""

    page: str  #: where it was found
    action: str
    method: str
    values: tuple[tuple[str, str], ...]  #: what is sent if nobody touches it
    typed: tuple[str, ...]  #: the names of what somebody types into
    ticks: tuple[tuple[str, str], ...] = ()  #: what can be chosen

    def filled(self, text: str) -> dict[str, Any]:
        """The same typed into everything."""
        return {**dict(self.values), **dict(self.ticks), **dict.fromkeys(self.typed, text)}

    def again(self, browser: Browser) -> Form | None:
        """The form as it is now, with its tokens; None: the page does not have it any more."""
        document: Any = document_fromstring(browser.get(self.page).get_data())
        return next((f for f in forms_of(document, self.page) if f.action == self.action), None)


@dataclass
class Found:
    """What there is."""

    pages: dict[str, TestResponse] = field(default_factory=dict)
    forms: dict[tuple[str, str, tuple[str, ...]], Form] = field(default_factory=dict)

    @property
    def posts(self) -> list[Form]:
        """Every form that does something; of those that do the same to others, two."""
        alike, out = Counter[tuple[str, tuple[str, ...]]](), []
        for form in self.forms.values():
            one = (kind(form.action), form.typed)
            alike[one] += 1
            out += [form] if form.method == "post" and alike[one] <= _ALIKE else []
        return out

    def without(self, pages: Pages, method: str) -> set[str]:
        """The routes of a method that nothing found leads to."""
        reached = set(self.pages) if method == "GET" else {form.action for form in self.posts}
        to = pages.app.url_map.bind("localhost")
        rules = [to.match(urlsplit(p).path, method=method, return_rule=True)[0] for p in reached]
        every = (r for r in pages.app.url_map.iter_rules() if method in (r.methods or ()))
        return {r.rule for r in every} - {r.rule for r in rules if isinstance(r, Rule)}


def kind(address: str) -> str:
    """What all addresses have in common that differ only in which thing they are of."""
    return _NUMBERS.sub("/#", urlsplit(address).path)


def crawl(browser: Browser, *starts: str) -> Found:
    """Follow every link, and ask every search, from the first page and from `starts`."""
    found, waiting = Found(), ["/", *starts]
    seen, queries, things = set(waiting), Counter[str](), Counter[str]()
    while waiting:
        path = waiting.pop(0)
        answer = browser.get(path)
        found.pages[path] = answer
        if answer.mimetype != "text/html":
            continue
        document: Any = document_fromstring(answer.get_data())
        for form in forms_of(document, path):
            found.forms.setdefault((form.action, form.method, form.typed), form)
        searches = (f for f in forms_of(document, path) if f.method == "get")
        asked = [f"{f.action}?{urlencode(f.filled('hx9'))}" for f in searches]
        for link in [*_links(document, path), *asked]:
            place = urlsplit(link).path
            if link not in seen and queries[place] < _QUERIES and things[kind(link)] < _THINGS:
                seen.add(link)
                queries[place] += 1
                things[kind(link)] += 1
                waiting.append(link)
    return found


def _links(document: Any, page: str) -> Iterator[str]:
    for _, attribute, link, _ in document.iterlinks():
        address = urljoin(page, link).partition("#")[0]
        ours = address.startswith("/") and not address.startswith("//")
        if ours and attribute in ("href", "src") and address != "/logout":
            yield address


def forms_of(document: Any, page: str) -> Iterator[Form]:
    """The forms of a page."""
    for form in document.forms:
        inputs: list[HtmlElement] = [i for i in form.inputs if i.name]
        ticks = [i for i in inputs if i.get("type") in ("radio", "checkbox")]
        yield Form(
            page=page,
            action=urljoin(page, form.action or page),
            method=(form.method or "get").lower(),
            values=tuple((name, value or "") for name, value in form.form_values()),
            typed=tuple(
                str(i.name) for i in inputs
                if i.tag == "textarea" or (i.tag == "input" and i.get("type", "text") in _TYPED)
            ),
            ticks=tuple((str(i.name), i.get("value", "on")) for i in ticks),
        )  # fmt: skip
