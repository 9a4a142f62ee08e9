"""The few consultations that words or a reference lead to, for one of them to be chosen."""

from __future__ import annotations

from model import ENDED, Status
from pages.site import site
from parsers.references import parse
from store import Filter, Line

_STANDING = tuple(s for s in Status if s not in ENDED)
_SHORT = 10  # consultations to choose from
_LONGEST = 200  # characters that are looked for


def found(words: str, without: str = "") -> tuple[Line, ...]:
    """Those that stand, the latest first. `without`: key of one that is not among them."""
    if not words.strip():
        return ()
    reference = parse(words, site().house.rules.reference_prefix)
    wanted = Filter(words=(reference or words)[:_LONGEST], status=_STANDING)
    lines = site().store.views.register(wanted, size=_SHORT + 1).lines
    return tuple(line for line in lines if line.key != without)[:_SHORT]
