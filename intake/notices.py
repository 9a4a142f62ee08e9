"""Telling those who did similar work earlier that a new proposal is like it (`similar_notice`)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from intake.people import answerable
from intake.similar import COUNTED
from intake.steps import Case
from model import Change, Consultation, Draft, Letter, Match, Part


def notices(case: Case, changes: Iterable[Change]) -> tuple[Draft, ...]:
    """A notice for each match that a mail's changes brought, where the settings want them.

    One for each pair, ever: their two keys make the notice's. `case` is as all the changes left it.
    """
    if not case.rules.similar_notice:
        return ()
    ends = _ends(changes)
    here = (*case.facts.nearby.candidates, *case.facts.own)
    others = {**case.facts.warned, **{c.key: c for c in here}}
    drafts = (
        _notice(case, others[match.key], new, match)
        for new, match in _found(ends)
        if match.key in others
    )
    return tuple(draft for draft in drafts if draft)


def _ends(changes: Iterable[Change]) -> dict[str, tuple[frozenset[str], Consultation]]:
    """Of each record that was changed: what it was like before all of it, and how it is now."""
    ends: dict[str, tuple[frozenset[str], Consultation]] = {}
    for change in changes:
        before = change.before.similar if change.before else ()
        known = frozenset(match.key for match in before)
        first, _ = ends.get(change.after.key, (known, change.after))
        ends[change.after.key] = (first, change.after)
    return ends


def _found(
    ends: dict[str, tuple[frozenset[str], Consultation]],
) -> Iterator[tuple[Consultation, Match]]:
    for known, new in ends.values():
        if new.status in COUNTED:
            yield from ((new, match) for match in new.similar if match.key not in known)


def _notice(case: Case, other: Consultation, new: Consultation, match: Match) -> Draft | None:
    to = other.lead_worker
    told = other.status in COUNTED and other.stopped_at is None
    if not told or to is None or not answerable(to, case.rules) or new.includes(to):
        return None
    # Why they match is told as the proposal's side sees it; only the first sentence is of both.
    seen = replace(
        match,
        key=new.key,
        reference=new.reference or "",
        title=new.title,
        why=match.why[:1],
        differs=(),
    )
    part = Part(kind=Letter.SIMILAR_NOTICE, consultation=other, matches=((seen, new),))
    return Draft(
        key=f"{Letter.SIMILAR_NOTICE}:{':'.join(sorted((other.key, new.key)))}",
        kind=Letter.SIMILAR_NOTICE,
        to=(to,),
        parts=(part,),
        thread=other.thread,
    )
