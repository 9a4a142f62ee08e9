"""What the pages are made for: one installation, its people and its look."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import cast

from flask import current_app, g

from intake.process import House
from pages.getting_in.provider import Provider
from pages.health import Watch
from store import Account, Store


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """All that the pages need of the settings and the clock."""

    watch: Watch
    house: House
    name: str  #: the office's
    colour: str = "#12436d"  #: "#rrggbb", dark enough for white letters
    proxies: int = 0  #: ours, standing before the pages
    address: str = ""  #: where people find the pages, "https://register.example.org"; "": unknown
    issuer: str = ""  #: of single sign-on; "": there is none
    provider: Provider | None = None  #: of the same
    passwords: bool = True  #: whether accounts with one may log in
    metrics_token: str = ""  #: what monitors read figures by; "": nobody does without a login

    @property
    def store(self) -> Store:
        """The register."""
        return self.house.store

    @property
    def now(self) -> Callable[[], datetime]:
        """The clock."""
        return self.watch.now


def site() -> Site:
    """The site that this request is to."""
    return cast(Site, current_app.extensions["askonce"])


def me() -> Account:
    """Who asks; every page but the public ones is asked for by somebody."""
    return cast(Account, g.account)
