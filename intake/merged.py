"""What answers say and who gets a copy since a merge: one consultation, the people of two."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from intake.people import answerable
from intake.steps import Case
from model import FORM2, Address, Consultation, Part


def told_of_merge(case: Case, part: Part, copied: Iterable[Address]) -> Part:
    """The part saying where its consultation stands since a merge, and to whom mail of it goes."""
    known = part.consultation
    if known is None or not case.merged_into(known):
        return part
    form = part.submission
    given = form["reference"] if form and form.form == FORM2 else None
    lead, sender = known.lead_worker, case.email.sender
    told = {
        "once": case.before_a_merge(known, given),
        "also": tuple(a.name or a.email for a in copied),
        "first": lead.name or lead.email if lead and sender and lead.email != sender.email else "",
    }
    return replace(part, details={**part.details, **told})


def other_leads(case: Case, parts: Iterable[Part]) -> tuple[Address, ...]:
    """Who was written to about either of two that were merged: they get a copy of the answer.

    Nobody does of a mail that is also about something that is none of theirs.
    """
    about = [part.consultation for part in parts]
    leads = {a.email: a for c in about if c for a in _other_leads(case, c)}
    return tuple(a for a in leads.values() if all(c is not None and c.includes(a) for c in about))


def _other_leads(case: Case, consultation: Consultation) -> Iterator[Address]:
    sender = case.email.sender.email if case.email.sender else ""
    merged = case.merged_into(consultation)
    for lead in (c.lead_worker for c in (consultation, *merged) if merged):
        is_other = lead is not None and lead.email != sender
        if lead and is_other and consultation.includes(lead) and answerable(lead, case.rules):
            yield lead
