"""One consultation as the ranker sees it, whatever form it came in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from model import Fields

_OTHER = "Other: "


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """What is asked, whom, where and when."""

    title: str = ""
    purpose: str = ""
    topics: tuple[str, ...] = ()
    audience: tuple[str, ...] = ()  #: in anybody's words; none: anyone young
    ages: tuple[int, int] | None = None
    areas: tuple[str, ...] = ()  #: none: anywhere
    starts: date | None = None
    ends: date | None = None


def of_form1(form: Fields) -> Work:
    """A Form 1's fields (keys as in `parsers/forms/form1.toml`)."""
    ages = form.get("age_range")
    return Work(
        title=form.get("title") or "",
        purpose=form.get("purpose") or "",
        audience=_choices(form.get("audience")),
        ages=(ages["from"], ages["to"]) if ages else None,
        areas=_choices(form.get("area")),
        starts=_day(form.get("start_date")),
        ends=_day(form.get("end_date")),
    )


def of_row(row: Mapping[str, Any]) -> Work:
    """One line of a labelled folder's `consultations.jsonl` (docs/operations.md)."""
    ages = (row.get("age_from"), row.get("age_to"))
    return Work(
        title=row.get("title") or "",
        purpose=row.get("purpose") or "",
        topics=tuple(row.get("topics") or ()),
        audience=tuple(row.get("audience_groups") or ()),
        ages=(int(ages[0] or 0), int(99 if ages[1] is None else ages[1])) if any(ages) else None,
        areas=(row["area"],) if row.get("area") else (),
        starts=_day(row.get("start_date")),
        ends=_day(row.get("end_date")),
    )


def _choices(given: list[str] | None) -> tuple[str, ...]:
    return tuple(choice.removeprefix(_OTHER) for choice in given or () if choice != "Other")


def _day(given: str | None) -> date | None:
    return date.fromisoformat(given) if given else None
