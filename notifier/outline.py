"""What letters say of things beside their own subject: similar work, what waits in the queue."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from model import FORM1, Address, Consultation, Fields, Forms, Match, Reason, Rules
from notifier.reasons import REASONS

#: Longest extract of somebody's findings that a letter to others quotes, in characters.
EXTRACT = 400


@dataclass(frozen=True, slots=True, kw_only=True)
class Outline:
    """A short outline of similar work, as another lead worker may see it (process table "Form 1").

    `found` is empty unless its Form 2 allows publication, `contact` where contacts are hidden.
    """

    title: str
    reference: str
    organisation: str
    who: str
    where: str
    start: date | None
    end: date | None
    found: str
    contact: str
    why: tuple[str, ...]
    differs: tuple[str, ...]
    strength: str  #: "Almost the same" or "Worth a look"
    own: bool = False  #: whom is written to is one of its people

    @classmethod
    def of(
        cls,
        match: Match,
        other: Consultation,
        forms: Forms,
        *,
        show_contacts: bool,
        reader: Address | None = None,
    ) -> Outline:
        """The outline of a match, for whom is written to."""
        form = other.form1 or {}
        ages = answer(forms, FORM1, form, "age_range")
        who = (answer(forms, FORM1, form, "audience"), f"ages {ages}" if ages else "")
        return cls(
            title=other.title or match.title,
            reference=other.reference or match.reference,
            organisation=answer(forms, FORM1, form, "organisation"),
            who=", ".join(filter(None, who)),
            where=answer(forms, FORM1, form, "area"),
            start=other.start_date,
            end=other.end_date,
            found=_found(other.form2 or {}),
            contact=_contact({**form, **other.contact}) if show_contacts else "",
            why=match.why,
            differs=match.differs,
            strength=strength(match),
            own=reader is not None and other.includes(reader),
        )


def strength(match: Match) -> str:
    """How alike a match is, in words; never a percentage."""
    return "Almost the same" if match.strong else "Worth a look"


def _found(outcomes: Fields) -> str:
    if outcomes.get("publish") is not True:
        return ""
    return shorten(str(outcomes.get("public_summary") or outcomes.get("you_said") or ""), EXTRACT)


def _contact(form: Fields) -> str:
    """Name, organisation and address, each once: many write all three into the first."""
    named = ""
    for answer_of in ("lead_worker", "organisation", "email"):
        given = str(form.get(answer_of) or "")
        if given.casefold() not in named.casefold():
            named += f", {given}" if named else given
    return named


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One open exception in the administrator's digest, in words."""

    id: int | None
    reason: str
    sender: str
    subject: str
    reference: str
    days: int  #: whole days it has waited

    @property
    def waiting(self) -> str:
        """How long it has waited, in words."""
        if self.days < 1:
            return "since today"
        return "since yesterday" if self.days == 1 else f"for {self.days} days"

    @property
    def told(self) -> str:
        """The whole of it on one line, but for its reason."""
        subject = f"“{shorten(self.subject, 80)}”" if self.subject.strip() else ""
        told = (self.sender, subject, self.reference, f"waiting {self.waiting}")
        return (f"{self.id}. " if self.id else "") + ", ".join(filter(None, told))

    @classmethod
    def of(cls, row: Mapping[str, Any], now: datetime, rules: Rules) -> Item:
        """From one row of the queue, as `queue list --json` gives it."""
        came = row.get("received_at")
        came = datetime.fromisoformat(came) if isinstance(came, str) else came
        return cls(
            id=row.get("id"),
            reason=REASONS[Reason(row["reason"])],
            sender=str(row.get("from") or ""),
            subject=str(row.get("subject") or ""),
            reference=str(row.get("reference") or ""),
            days=(rules.local_date(now) - rules.local_date(came)).days if came else 0,
        )


def answer(forms: Forms, form: str, fields: Fields, key: str) -> str:
    """One answer in words, "" where there is none."""
    alone = {k: (v if k == key else None) for k, v in fields.items()}
    return next((said for _, said in forms.shown(form, alone)), "")


def shorten(text: str, most: int) -> str:
    """`text` on one line, cut at a word's end with an ellipsis where it is longer than `most`.

    A word that fills most of it is cut itself.
    """
    line = " ".join(text.split())
    if len(line) <= most:
        return line
    whole = line[:most].rpartition(" ")[0]
    if len(whole) < most / 2:  # a word so long that its beginning says more than all before it
        return line[:most].rstrip() + "…"
    return whole.rstrip(",;:.") + " …"


def short_day(on: date) -> str:
    """A date without its weekday: "4 June 2027"."""
    return f"{on.day} {on:%B} {on.year}"


def clock(at: datetime | time) -> str:
    """A time as people say it in Britain, in its own zone: "9:05am"."""
    return f"{at.hour % 12 or 12}:{at:%M}{'am' if at.hour < 12 else 'pm'}"
