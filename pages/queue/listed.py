"""Which part of the queue somebody looks through: kept in addresses, from the list to an item and
back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, urlencode

from flask import url_for
from werkzeug.datastructures import MultiDict

from model import Reason
from pages.site import me, site
from store import Waiting, Whose

_LAST = 1_000_000  #: page that anybody can ask for


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """The filters and the page of a list. What cannot be read asks for nothing."""

    reason: Reason | None = None
    whose: Whose | None = None
    number: int = 1

    @classmethod
    def asked(cls, asked: MultiDict[str, str]) -> Listed:
        """By an address."""
        number = asked.get("page", 1, type=int)
        return cls(
            reason=next((one for one in Reason if one == asked.get("reason")), None),
            whose=next((one for one in Whose if one == asked.get("whose")), None),
            number=min(max(number, 1), _LAST),
        )

    @classmethod
    def sent(cls, sent: MultiDict[str, str]) -> Listed:
        """By a form that was sent from an item's page."""
        return cls.asked(MultiDict(parse_qsl(sent.get("listed", "")[:200])))

    def wanted(self) -> Waiting:
        """What the store is asked for."""
        return Waiting(who=me().name, now=site().now(), reason=self.reason, whose=self.whose)

    def named(self) -> dict[str, Any]:
        """What an address keeps of it."""
        kept = {"reason": self.reason, "whose": self.whose}
        told = {name: value.value for name, value in kept.items() if value}
        return told | ({"page": str(self.number)} if self.number > 1 else {})

    def kept(self) -> str:
        """What a form keeps of it."""
        return urlencode(self.named())

    def page(self, number: int) -> str:
        """The address of another page of the list."""
        return url_for("queue.listing", **{**self.named(), "page": str(number)})

    def address(self, after: int | None = None) -> str:
        """The address of the list; `after`: what was done about which item is told there."""
        more: dict[str, Any] = {} if after is None else {"after": after}
        return url_for("queue.listing", **more, **self.named())

    def following(self, number: int) -> int | None:
        """The item to take up after this one."""
        return site().store.views.following(number, self.wanted())
