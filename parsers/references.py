"""Reference numbers, such as CYP-2027-0042-1 (process section "Reference numbers")."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache

from rapidfuzz import process
from rapidfuzz.distance import DamerauLevenshtein
from stdnum import damm

from parsers.text import LONGEST

_GAP = r"[\s\-‐-―−./_]*"
_DIGIT = "[0-9OoIiLl]"
_READ_AS = str.maketrans("OoIiLl", "001111")
_BODY = rf"({_DIGIT}(?:{_GAP}{_DIGIT}){{3}}){_GAP}({_DIGIT}{{1,9}}){_GAP}({_DIGIT})(?![0-9A-Za-z])"


def make(prefix: str, year: int, number: int) -> str:
    """The full written form. The check digit is Damm's over the digits of year and number."""
    digits = f"{year:04d}{number:04d}"
    return f"{prefix}-{year:04d}-{number:04d}-{damm.calc_check_digit(digits)}"


def example(prefix: str) -> str:
    """One to show people what theirs looks like."""
    return make(prefix, 2027, 42)


def split(reference: str) -> tuple[int, int]:
    """(year, number) of a reference in its full written form."""
    _prefix, year, number, _check = reference.rsplit("-", 3)
    return int(year), int(number)


def find(text: str, prefix: str) -> tuple[str, ...]:
    """Every valid reference in a running text, in full written form, in order, once each."""
    hits = (_valid(prefix, m.groups()) for m in _anywhere(prefix).finditer(text))
    return tuple(dict.fromkeys(hit for hit in hits if hit))


def without(text: str, prefix: str) -> str:
    """The text with every valid reference taken out, and nothing beside them."""
    return _anywhere(prefix).sub(lambda m: " " if _valid(prefix, m.groups()) else m.group(), text)


def parse(text: str, prefix: str) -> str | None:
    """The one valid reference that a reference field holds; None if there is none or two.

    The prefix may be left out where nothing but the number was typed.
    """
    found = find(text, prefix) if len(text) <= LONGEST else ()
    if len(found) == 1:
        return found[0]
    bare = _bare().fullmatch(text.strip())
    return _valid(prefix, bare.groups()) if bare and not found else None


def nearest(text: str, known: Iterable[str], limit: int = 3) -> tuple[str, ...]:
    """Those of `known` that `text` may be a slip of, likeliest first (at most two edits away)."""
    hits = process.extract(
        text.upper().strip(),
        list(known),
        scorer=DamerauLevenshtein.distance,
        score_cutoff=2,
        limit=limit,
    )
    return tuple(choice for choice, _score, _index in hits)


def _valid(prefix: str, groups: tuple[str, ...]) -> str | None:
    year, number, check = (re.sub(r"\D", "", g.translate(_READ_AS)) for g in groups)
    full = make(prefix, int(year), int(number))
    return full if int(number) > 0 and full.endswith(f"-{check}") else None


@cache
def _anywhere(prefix: str) -> re.Pattern[str]:
    letters = _GAP.join(map(re.escape, prefix))
    return re.compile(rf"(?<![A-Za-z0-9]){letters}{_GAP}{_BODY}", re.IGNORECASE)


@cache
def _bare() -> re.Pattern[str]:
    return re.compile(_BODY)
