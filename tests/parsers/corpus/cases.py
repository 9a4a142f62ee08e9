"""All the cases."""

from __future__ import annotations

from collections.abc import Iterator

from .case import Case
from .converted import converted
from .rotation import outcomes, proposals
from .sheets import plain_sheets, special_sheets
from .special import specials


def quick_cases() -> Iterator[Case]:
    """Every case that is built in code alone."""
    yield from proposals()
    yield from outcomes()
    yield from specials()
    yield from plain_sheets()
    yield from special_sheets()


def all_cases() -> Iterator[Case]:
    """Every case, those too that an office program must save."""
    quick = list(quick_cases())
    yield from quick
    yield from converted(quick)
