"""Where somebody is sent on to after getting in: never to another site."""

from __future__ import annotations

from urllib.parse import urlsplit


def within(target: str | None) -> str:
    """A page of ours to go to; for anything else, the first one.

    Browsers read "/\\" as "//", and pass over tabs and line ends.
    """
    first = "/"
    if not target or not target.startswith("/") or target.startswith("//"):
        return first
    if "\\" in target or any(not c.isprintable() or c.isspace() for c in target):
        return first
    parts = urlsplit(target)
    return first if parts.scheme or parts.netloc else target
