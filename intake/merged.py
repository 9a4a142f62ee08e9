"""What answers say and who gets a copy since a merge: one consultation, the people of two."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from intake.steps import Case
from model import FORM2, Address, Consultation, Part, Status


def told_of_merge(case: Case, part: Part, copied: Iterable[Address]) -> Part:
    """The part saying under what its consultation stands now, and which contact gets a copy."""
    if part.consultation is None:
        return part
    form = part.submission
    given = form["reference"] if form and form.form == FORM2 else None
    once = case.before_a_merge(part.consultation, given)
    also = next((a.name or a.email for a in copied if part.consultation.includes(a)), "")
    if not once and not also:
        return part
    return replace(part, details={**part.details, "once": once, "also": also})


def other_leads(case: Case, parts: Iterable[Part]) -> tuple[Address, ...]:
    """Who is written to about what its sender came to by a merge: they get a copy of the answer.

    Nobody does of a mail that is also about something that is none of theirs.
    """
    about = [part.consultation for part in parts]
    leads = [_other_lead(case, consultation) for consultation in about if consultation]
    return tuple(a for a in leads if a and all(c is not None and c.includes(a) for c in about))


def _other_lead(case: Case, consultation: Consultation) -> Address | None:
    """Its lead worker, where its sender belongs to one that was merged into it."""
    lead, sender = consultation.lead_worker, case.email.sender
    if lead is None or sender is None or lead.email == sender.email:
        return None
    gone = (c for c in case.facts.own if c.status is Status.MERGED and c.includes(sender))
    return lead if any(case.stands_for(c).key == consultation.key for c in gone) else None
