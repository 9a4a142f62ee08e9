"""What follows from mails that machines write: bounces, and vacation notes that say a date."""

from __future__ import annotations

from dataclasses import replace

from intake.people import reminded
from intake.steps import Case, hold
from model import Change, Consultation, Decision, Kind, Reason, Status
from parsers.references import find


def away(case: Case) -> tuple[Change, ...]:
    """A vacation note in answer to ours, by whom we remind: no reminder before they are back.

    Nothing else changes, and a note whose From cannot be believed changes nothing.
    """
    sender, back = case.email.sender, case.email.away_until
    if sender is None or back is None or not case.email.verified:
        return ()
    return tuple(
        Change(event="away", before=c, after=replace(c, away_until=back))
        for c in case.in_thread
        if c.status is Status.REGISTERED and back != c.away_until and reminded(c) == sender.email
    )


def bounce(case: Case, kind: Kind) -> Decision:
    """Only addresses that we did write to are blocked: a bounce can be forged too."""
    concerned = _reported_on(case)
    failed = _failed(case, concerned)
    known = {c.key: c for c in (*case.facts.thread, *concerned)}
    about = tuple(dict.fromkeys(k for s in case.facts.answered for k in s.consultations))
    about = about or tuple(c.key for c in concerned)
    first = next((known[k] for k in about if k in known), None)
    ours = next((s.key for s in case.facts.answered), None)
    named = {"mail": ours} if ours else {}
    held = hold(case, Reason.BOUNCED, first, recipients=failed, **named)
    if ours is not None:  # a second report about the same mail is the same exception
        held = replace(held, key=f"{Reason.BOUNCED}:{ours}")
    return Decision(kind=kind, outcome="bounced", holds=(held,), blocked=tuple(failed), about=about)


def _reported_on(case: Case) -> tuple[Consultation, ...]:
    """By our reference in the subject of what came back, where its Message-ID says nothing."""
    report = case.email.report
    if case.facts.answered or report is None:
        return ()
    given = find(f"{report.subject}\n{case.email.subject}", case.rules.reference_prefix)
    return tuple(case.facts.named[r] for r in given if r in case.facts.named)


def _failed(case: Case, concerned: tuple[Consultation, ...]) -> list[str]:
    """The addresses that failed, of those that we wrote to.

    A report that names nobody is about whoever was written to, if that is one.
    """
    report = case.email.report
    named = {r.lower() for r in report.recipients} if report else set()
    wrote_to = {r for sent in case.facts.answered[:1] for r in sent.recipients}
    if wrote_to:
        return sorted(named & wrote_to if named or len(wrote_to) > 1 else wrote_to)
    return sorted(named & {p.address.email for c in concerned for p in c.people})
