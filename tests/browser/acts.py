"""Every act that the pages have, each by a name of its own."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from urllib.parse import urlsplit

from flask import Flask

from pages.changing.routes import QUESTIONS
from pages.outgoing import routes as outgoing
from pages.queue import meant
from pages.queue.routes import BESIDE

#: Routes that are there for several acts: what in the address says which, and all there are.
SEVERAL: Mapping[str, tuple[str, Collection[str]]] = {
    "queue.act": ("name", (*meant.DOINGS, *BESIDE)),
    "changing.do": ("act", tuple(QUESTIONS)),
    "outgoing.act": ("name", tuple(outgoing.DOINGS)),
}


def act_at(app: Flask, address: str) -> str:
    """The act that is done by posting to an address."""
    endpoint, given = app.url_map.bind("").match(urlsplit(address).path, "POST")
    where, _ = SEVERAL.get(endpoint, ("", ()))
    return _named(endpoint, given.get(where, ""))


def every_act(app: Flask) -> Iterator[str]:
    """All that can be posted to an application."""
    for rule in app.url_map.iter_rules():
        if "POST" in (rule.methods or ()):
            _, several = SEVERAL.get(rule.endpoint, ("", ("",)))
            yield from (_named(rule.endpoint, one) for one in several)


def _named(endpoint: str, one: str) -> str:
    """Such as "queue accept"."""
    room, _, function = endpoint.partition(".")
    return f"{room} {one or function}"
