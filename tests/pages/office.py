"""An office with its pages, asked by browsers that keep their cookies."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from html import unescape
from pathlib import Path
from typing import Any

from argon2 import PasswordHasher
from flask.testing import FlaskClient
from jinja2.bccache import Bucket, BytecodeCache
from lxml.html import document_fromstring
from werkzeug.test import TestResponse

from pages.app import create
from pages.health import Watch
from pages.site import Site
from store import Part
from tests.intake.desk import Desk
from tests.intake.world import World

NOW = datetime(2027, 3, 1, 10, tzinfo=UTC)
PASSWORD = "correct horse battery"
PEOPLE = {"anna": Part.ADMINISTRATOR, "ben": Part.ADMINISTRATOR, "rita": Part.READER}


@cache
def kept_password() -> str:
    """Hashed so that it is seen at once whether it is right: hashes of ours are made to be slow."""
    return PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD)


class Compiled(BytecodeCache):
    """The templates, compiled once for all the applications that tests make."""

    def __init__(self) -> None:
        self._kept: dict[str, bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        if bucket.key in self._kept:
            bucket.bytecode_from_string(self._kept[bucket.key])

    def dump_bytecode(self, bucket: Bucket) -> None:
        self._kept[bucket.key] = bucket.bytecode_to_string()


_COMPILED = Compiled()


@dataclass
class Browser:
    """Somebody at the pages."""

    client: FlaskClient
    address: str = "192.0.2.1"

    def get(self, path: str, **more: Any) -> TestResponse:
        return self.client.get(path, environ_base={"REMOTE_ADDR": self.address}, **more)

    def shown(self, path: str) -> str:
        """What a page says, without its tags, on one line."""
        return text(self.get(path))

    def send(self, page: str, action: str, **fields: Any) -> TestResponse:
        """Fill in the form of a page that goes to `action`, and send it."""
        as_it_is = filled(self.get(page).get_data(as_text=True), action)
        return self.post(action, {**as_it_is, **fields})

    def post(self, path: str, fields: dict[str, Any]) -> TestResponse:
        return self.client.post(path, data=fields, environ_base={"REMOTE_ADDR": self.address})

    def log_in(self, name: str = "anna", password: str = PASSWORD, next: str = "/") -> TestResponse:
        page = self.get("/login").get_data(as_text=True)
        return self.post(
            "/login",
            {**filled(page, "/login"), "name": name, "password": password, "next": next},
        )


def filled(page: str, action: str) -> dict[str, Any]:
    """What a browser sends of the form that goes to `action`, if nobody touches it."""
    document: Any = document_fromstring(page)
    (form,) = [one for one in document.forms if one.get("action") == action]
    out: dict[str, list[str]] = {}
    for name, value in form.form_values():
        out.setdefault(name, []).append(value or "")
    return dict(out)


def text(answer: TestResponse) -> str:
    """What an answer says, without its tags, on one line."""
    page = answer.get_data(as_text=True).replace("<wbr>", "")
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", page)).split())


@dataclass
class Pages:
    """The office of `Desk`, whose clock the pages go by."""

    root: Path
    world: World
    more: dict[str, Any] = field(default_factory=dict)  #: of the `Site`
    now: datetime = NOW
    desk: Desk = field(init=False)

    def __post_init__(self) -> None:
        self.desk = Desk(root=self.root / "mail", world=self.world)
        for name, part in PEOPLE.items():
            self.world.store.accounts.add(name, part, kept_password(), NOW)
        watch = Watch(
            store=self.world.store,
            now=lambda: self.now,
            patience=timedelta(minutes=15),
            free=lambda: 10**12,
            room=1,
            version="1",
        )
        house = self.desk.house
        site = Site(watch=watch, house=house, name="the Suffolk register", **self.more)
        self.app = create(site)
        self.app.jinja_env.bytecode_cache = _COMPILED

    def browser(self, name: str | None = None) -> Browser:
        """A new browser; `name`: somebody logs in by it first."""
        made = Browser(self.app.test_client())
        if name:
            assert made.log_in(name).status_code == 302
        return made
