"""Templates into words. Each letter is written once and printed twice: as plain text and as HTML.

A letter's template says `para`, `table`, `points`; `_marks.text.j2` and `_marks.html.j2` say what
those look like. So both versions hold the same words by construction.
"""

from __future__ import annotations

import re
import textwrap
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any, Literal, cast

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from model import Letter, Office, as_it_stands
from notifier.outline import short_day, shorten, strength
from notifier.view import View

WIDTH = 76  #: columns of the plain text

#: Subjects are cut here, references excepted: long titles help nobody in a list of mails.
SUBJECT_WORDS = 140

#: Control characters and halves of characters, which no mail can carry as text.
_UNPRINTABLE = re.compile(r"[\x00-\x08\x0e-\x1f\x7f\ud800-\udfff]")

_TEMPLATES = Path(__file__).parent / "templates"

Medium = Literal["text", "html"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Wording:
    """One letter in words. `subject` is one line without line breaks or control characters."""

    subject: str
    text: str
    html: str


def write(views: tuple[View, ...], lead: View, office: Office, greeting: str) -> Wording:
    """The words of a letter whose parts are `views`; `lead` is the one that names the mail.

    Raises `jinja2.UndefinedError` if a template asks for what a view does not have.
    """
    return Wording(
        subject=one_line(_subject(views, lead)),
        text=_letter("text", views, lead, office, greeting),
        html=_letter("html", views, lead, office, greeting),
    )


def source(kind: Letter) -> str:
    """The template of a kind of letter, as it stands in its file."""
    return (_TEMPLATES / f"{kind}.j2").read_text("utf-8")


def _subject(views: tuple[View, ...], lead: View) -> str:
    """What the lead part is about with its own reference, then the other parts."""
    about = one_line(_module("text", lead).subject())
    if lead.reference:  # a subject that is answered may have one already, and after a merge another
        about = re.sub(rf"\s*\[{re.escape(lead.rules.reference_prefix)}-[\d-]+\]", "", about)
    about = shorten(about, SUBJECT_WORDS)
    if lead.reference:
        about += f" [{lead.reference}]"
    others = [v.reference for v in views if v.reference not in ("", lead.reference)]
    unnamed = len(views) - 1 - len(others)
    if unnamed:
        about += f" (and {unnamed} more)"
    if others:
        about += "; also about " + ", ".join(f"[{r}]" for r in dict.fromkeys(others))
    return about


def _letter(
    medium: Medium, views: tuple[View, ...], lead: View, office: Office, greeting: str
) -> str:
    modules = [_module(medium, v) for v in views]
    parts = [(m.heading(), m.body()) for m in modules]
    footer = getattr(modules[0], "footer", None)
    page = _environment(medium).get_template(f"_layout.{medium}.j2")
    out = page.render(
        parts=parts,
        office=office,
        greeting=greeting,
        footer=footer() if footer else "",
        several=len(views) > 1,
        main=_main_heading(medium, views),
    )
    return _without_gaps(out)


def _main_heading(medium: Medium, views: tuple[View, ...]) -> str:
    if len(views) == 1:
        return cast(str, _module(medium, views[0]).heading())
    forms = all(v.part.submission for v in views)
    return f"About your {len(views)} {'forms' if forms else 'consultations'}"


def _module(medium: Medium, view: View) -> Any:
    """The template of a part's kind as a module: `subject()`, `heading()`, `body()`, `footer()`."""
    return (
        _environment(medium)
        .get_template(f"{view.part.kind}.j2")
        .make_module({"v": view, "several": view.several})
    )


@cache
def _environment(medium: Medium) -> Environment:
    env = Environment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=medium == "html",  # noqa: S701 - plain text has nothing to escape
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    env.filters |= {
        f.__name__: f for f in (day, short_day, megabytes, wrap, field, lines, one_line, strength)
    }
    env.globals |= {"marks": f"_marks.{medium}.j2"}
    return env


def _without_gaps(text: str) -> str:
    """At most one blank line at a time, none at either end, no trailing spaces or odd bytes."""
    out: list[str] = []
    for line in map(str.rstrip, _UNPRINTABLE.sub("\ufffd", as_it_stands(text)).splitlines()):
        if line or (out and out[-1]):
            out.append(line)
    return "\n".join(out).strip("\n") + "\n"


# --------------------------------------------------------------------------- filters


def day(value: date | datetime | str) -> str:
    """A date as people say it in Britain: "Friday 4 June 2027". Text is read as an ISO date."""
    on = date.fromisoformat(value) if isinstance(value, str) else value
    return f"{on:%A} {short_day(on)}"


def megabytes(size: int) -> str:
    """A number of bytes in words: "32 MB"."""
    return f"{max(round(size / 1_000_000), 1)} MB"


def one_line(text: str) -> str:
    """`text` without line breaks, control and invisible formatting characters; markup stays so."""
    if isinstance(text, Markup):
        return Markup(" ".join(str(text).split()))  # noqa: S704 - it was escaped before
    plain = (" " if unicodedata.category(c)[0] == "C" else c for c in text)
    return " ".join("".join(plain).split())


def wrap(text: str, first: str = "", rest: str = "") -> str:
    """`text` as a paragraph of at most `WIDTH` columns; words and references stay whole."""
    return textwrap.fill(
        " ".join(text.split()),
        WIDTH,
        initial_indent=first,
        subsequent_indent=rest,
        break_long_words=False,
        break_on_hyphens=False,
    )


def field(label: str, answer: str) -> str:
    """One answer in plain text: on the label's line, or below it where it has several lines."""
    asked = label if label.endswith(("?", ")", ":")) else f"{label}:"
    paragraphs = [line for line in answer.splitlines() if line.strip()]
    if len(paragraphs) > 1:
        return "\n".join([wrap(asked), *_indented(paragraphs)])
    return wrap(f"{asked} {answer}", "", "    ")


def _indented(paragraphs: Iterable[str]) -> list[str]:
    return [wrap(p, "    ", "    ") for p in paragraphs]


def lines(text: str) -> Markup:
    """`text` escaped for HTML, its line breaks kept."""
    return Markup("<br>\n").join(escape(line) for line in text.splitlines())
