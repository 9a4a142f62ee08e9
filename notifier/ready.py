"""Ready answers: what a person at the desk begins with, and edits before it goes."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

from model import Reason

_FILE = Path(__file__).parent / "templates" / "ready.toml"
#: What a list has where nothing is known: a gap to be filled in.
_MISSING, _LIKELY = "- [what is missing]", "- [the consultations that it may be about]"
_GAP = re.compile(r"\[[^\[\]]+\]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Ready:
    """One ready answer, its words filled in or still with their places."""

    key: str
    name: str
    reasons: frozenset[Reason]
    subject: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """What an answer is about."""

    subject: str = ""  #: of the mail that is answered
    title: str = ""  #: of the consultation
    reference: str = ""
    missing: tuple[str, ...] = ()
    likely: tuple[str, ...] = ()

    @property
    def re(self) -> str:
        """The subject of an answer to a mail."""
        begun = self.subject[:3].casefold() == "re:"
        return self.subject if begun else f"Re: {self.subject or self.title}"

    def words(self) -> Mapping[str, str]:
        """What takes the places in a ready answer."""
        named = f"“{self.title}”" if self.title else ""
        reference = f"({self.reference})" if named and self.reference else self.reference
        return {
            "about": " ".join(filter(None, (named, reference))) or "your email",
            "re": self.re,
            "missing": "\n".join(f"- {one}" for one in self.missing) or _MISSING,
            "likely": "\n".join(f"- {one}" for one in self.likely) or _LIKELY,
        }


def ready(reason: Reason) -> tuple[Ready, ...]:
    """Every ready answer, those for this reason first."""
    return tuple(sorted(_all(), key=lambda one: reason not in one.reasons))


def filled_in(one: Ready, about: About) -> Ready:
    """A ready answer about something."""
    words = about.words()
    subject = one.subject.format_map(words)
    return replace(one, subject=subject, text=one.text.format_map(words).strip())


def gap(text: str) -> str:
    """The first gap of a ready answer that nobody has filled in; "" for none.

    What else stands in brackets is the writer's own.
    """
    return next((found for found in _GAP.findall(text) if found in _gaps()), "")


@cache
def _gaps() -> frozenset[str]:
    texts = (_MISSING, _LIKELY, *(f"{one.subject}\n{one.text}" for one in _all()))
    return frozenset(found for text in texts for found in _GAP.findall(text))


@cache
def _all() -> tuple[Ready, ...]:
    rows = tomllib.loads(_FILE.read_text(encoding="utf-8"))["answer"]
    return tuple(
        Ready(**{**row, "reasons": frozenset(map(Reason, row["reasons"]))}) for row in rows
    )
