"""An access token that is kept while it lasts."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from threading import Lock

#: A token is given up so long before its end, in seconds, or when half of a short one is over:
#: what begins with it has to be able to finish.
MARGIN = 300.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """A token as it was given, and for how many seconds."""

    token: str = field(repr=False)
    lasts: float


class Tokens:
    """The token that is good now, for any number of threads (`model.Token`)."""

    def __init__(self, fetch: Callable[[], Grant]) -> None:
        """`fetch` asks the provider. Raises `Transient`, `Permanent`."""
        self._fetch = fetch
        self._lock = Lock()
        self._token = ""
        self._until = 0.0

    def __call__(self, *, anew: bool = False) -> str:
        """The token; `anew`: another one, as the server refused this. Raises as `fetch` does."""
        with self._lock:
            if anew or not self._token or time.monotonic() >= self._until:
                grant = self._fetch()
                self._token = grant.token
                self._until = time.monotonic() + grant.lasts - min(MARGIN, grant.lasts / 2)
            return self._token
