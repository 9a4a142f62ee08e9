"""A spreadsheet's values as their sheet shows them."""

from __future__ import annotations

import re
from datetime import date, datetime, time

from parsers.document import Typed

_FORMAT_NOISE = re.compile(r'\[[^\]]*\]|"[^"]*"|\\.')
#: One section of a format of whole numbers without commas: its digits, and what stands by them.
_PIECES = re.compile(
    r'"(?P<quoted>[^"]*)"|\\(?P<one>.)|_.|\*.|\[(?![<>=])[^\]]*\]'
    r"|(?P<digit>[0#?])|(?P<plain>[ ()+\-/])|(?P<general>(?i:general))"
)
_DATE_TOKENS = re.compile(r"d{1,4}|m{1,5}|y{2,4}|[^dmy]+", re.IGNORECASE)
_STRFTIME = {
    "d": "%d", "dd": "%d", "ddd": "%a", "dddd": "%A", "m": "%m", "mm": "%m", "mmm": "%b",
    "mmmm": "%B", "yy": "%y", "yyyy": "%Y",
}  # fmt: skip


def typed(value: object, style: str, serials: bool) -> Typed | None:
    """The value with its type, where the sheet shows enough of it to be what was typed.

    A date shown without its day or its year was typed so; the sheet made up the rest. A share of a
    hundred is no number of anything. `serials`: whether the number of a day is one of the usual
    calendar, which counts from 1900.
    """
    if isinstance(value, datetime):
        value = value.date()
    if isinstance(value, date):
        plain = _FORMAT_NOISE.sub("", style.lower())
        return value if "d" in plain and "y" in plain else None
    if isinstance(value, bool):
        return value
    if "%" in _FORMAT_NOISE.sub("", style):
        return None
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
    first = style.split(";", 1)[0]
    if isinstance(value, int | float) and "%" in _FORMAT_NOISE.sub("", first):
        return f"{value * 100:g}%"
    if isinstance(value, int) and value >= 0 and first not in ("", "0", "General", "@"):
        return _whole(value, first)
    return str(value)


def _whole(value: int, style: str) -> str:
    """A whole number in a format that only puts zeros and words round its digits."""
    pieces = list(_PIECES.finditer(style))
    if sum(len(m[0]) for m in pieces) != len(style):
        return str(value)  # thousands, parts and the like change nothing of what was meant
    places = [m for m in pieces if m["digit"]]
    if not places:
        return "".join(str(value) if m["general"] else _literal(m) for m in pieces)
    least = len(places) - next((n for n, m in enumerate(places) if m["digit"] == "0"), len(places))
    digits = iter(str(value).zfill(least).rjust(len(places)))
    before = len(str(value)) - len(places)
    out = ""
    for m in pieces:
        if m["digit"]:
            out += "".join(next(digits) for _ in range(max(before, 0) + 1)).strip()
            before = 0
        else:
            out += _literal(m)
    return out


def _literal(m: re.Match[str]) -> str:
    return m["quoted"] or m["one"] or m["plain"] or ""


def _date_shown(value: date, style: str) -> str:
    plain = _FORMAT_NOISE.sub("", style.split(";", 1)[0])
    if plain.lower().startswith("mm-dd-yy"):  # built-in 14: the reader's own short form
        plain = "dd/mm/yyyy"
    tokens = _DATE_TOKENS.findall(plain)
    if "d" not in plain.lower() and "y" in plain.lower() and "m" in plain.lower():
        return value.strftime("%B %Y")  # "Mar-27" could as well be a day
    return "".join(_part(value, t) for t in tokens)


def _part(value: date, token: str) -> str:
    """A day, month or year as its part of a format shows it."""
    form = _STRFTIME.get(token.lower())
    if form is None:
        return token
    return value.strftime(form).lstrip("0") if len(token) == 1 else value.strftime(form)
