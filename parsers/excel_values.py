"""A spreadsheet's values as their sheet shows them."""

from __future__ import annotations

import re
from datetime import date, datetime, time

from parsers.document import Typed

_FORMAT_NOISE = re.compile(r'\[[^\]]*\]|"[^"]*"|\\.')
#: How Excel stores what it shows between the digits of a number.
_ESCAPED = re.compile(r"\\([ ()+\-/])")
_ZEROS = re.compile(r"[0 ()+\-/]*0[0 ()+\-/]*")
_DATE_TOKENS = re.compile(r"d{1,4}|m{1,5}|y{2,4}|[^dmy]+", re.IGNORECASE)
_STRFTIME = {
    "d": "%d", "dd": "%d", "ddd": "%a", "dddd": "%A", "m": "%m", "mm": "%m", "mmm": "%b",
    "mmmm": "%B", "yy": "%y", "yyyy": "%Y",
}  # fmt: skip


def typed(value: object, style: str, serials: bool) -> Typed | None:
    """The value with its type, where the sheet shows enough of it to be what was typed.

    A date shown without its day or its year was typed so; the sheet made up the rest. `serials`:
    whether the number of a day is one of the usual calendar, which counts from 1900.
    """
    if isinstance(value, datetime):
        value = value.date()
    if isinstance(value, date):
        plain = _FORMAT_NOISE.sub("", style.lower())
        return value if "d" in plain and "y" in plain else None
    if isinstance(value, bool):
        return value
    return value if isinstance(value, int | float) and serials else None


def shown(value: object, style: str) -> str:
    """A value as the sheet shows it: dates day first, numbers with the zeros of their format."""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, datetime | date):
        return _date_shown(value, style)
    if isinstance(value, time):
        return value.strftime("%H:%M")
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    first = _FORMAT_NOISE.sub("", _ESCAPED.sub(r"\1", style.split(";", 1)[0]))
    if isinstance(value, int) and _ZEROS.fullmatch(first) and first != "0":
        return _with_zeros(abs(value), first)
    return str(value)


def _with_zeros(value: int, style: str) -> str:
    digits = list(str(value).zfill(style.count("0")))
    places = style.count("0")
    out = "".join(digits[: len(digits) - places])
    rest = iter(digits[len(digits) - places :])
    return out + "".join(next(rest) if c == "0" else c for c in style)


def _date_shown(value: date, style: str) -> str:
    plain = _FORMAT_NOISE.sub("", style.split(";", 1)[0])
    if plain.lower().startswith("mm-dd-yy"):  # built-in 14: the reader's own short form
        plain = "dd/mm/yyyy"
    tokens = _DATE_TOKENS.findall(plain)
    return "".join(
        value.strftime(_STRFTIME[t.lower()]) if t.lower() in _STRFTIME else t for t in tokens
    )
