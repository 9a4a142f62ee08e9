"""Problems as the exceptions queue keeps them, and what became of its files, in words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from model import Code, Problem, Reading
from parsers.spec import forms
from parsers.wording import message, verdict


def as_kept(detail: Mapping[str, Any], named: str, prefix: str) -> str:
    """The sentence for a problem that an exception's detail keeps as "field:code".

    `prefix` is that of the office's reference numbers.
    """
    key, _, code = named.partition(":")
    form = str(detail.get("form"))
    if code not in {*Code} or form not in forms():
        return named
    if key not in {field.key for field in forms()[form].fields}:
        return verdict(Problem(field=None, code=Code(code)))
    seen = detail.get("origins", {}).get(key, {}).get("seen", "")
    return message(forms()[form], Problem(field=key, code=Code(code), seen=seen), prefix)


def why_unread(reading: Reading) -> str:
    """Why nothing came of a file in a mail in which no filled-in form was found; "" if unknown."""
    empty = Problem(field=None, code=Code.MISSING) if reading.submissions else None
    found = reading.verdict or empty
    return verdict(found) if found else ""
