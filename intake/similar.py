"""Similar work: which earlier consultations asked the same young people the same thing.

Pure: the store has already left out what is too old, withdrawn or still a draft.
"""

from __future__ import annotations

from rapidfuzz import fuzz, utils

from model import Consultation, Fields, Match

WORTH_A_LOOK = 0.62
SHOWN = 5
_EVERYONE = "All children and young people"
_EVERYWHERE = "Countywide"


def find_similar(
    proposal: Fields, candidates: tuple[Consultation, ...], besides: frozenset[str] = frozenset()
) -> tuple[tuple[Match, Consultation], ...]:
    """The matches to warn of, best first, at most five; `besides` are keys left out."""
    found = [
        (match, other)
        for other in candidates
        if other.key not in besides and (match := _compare(proposal, other)) and match.warn
    ]
    return tuple(sorted(found, key=lambda pair: (-pair[0].score, pair[0].key))[:SHOWN])


def same_words(title: str | None) -> str:
    """A title without case, punctuation and spare spaces: equal for equal titles, "" for none."""
    return " ".join(utils.default_process(title or "").split())


def _compare(proposal: Fields, other: Consultation) -> Match | None:
    earlier = other.form1 or {}
    if other.reference is None or not _same_young_people(proposal, earlier):
        return None
    title = _alike(proposal.get("title"), earlier.get("title"))
    purpose = _alike(proposal.get("purpose"), earlier.get("purpose"))
    score = round(0.65 * title + 0.35 * purpose, 4)
    return Match(
        key=other.key,
        reference=other.reference,
        title=other.title,
        score=score,
        warn=score >= WORTH_A_LOOK,
        why=_why(proposal, earlier, title, purpose),
    )


def _alike(one: str | None, two: str | None) -> float:
    return fuzz.token_sort_ratio(one or "", two or "", processor=utils.default_process) / 100


def _same_young_people(one: Fields, two: Fields) -> bool:
    return (
        _overlap(one.get("area"), two.get("area"), _EVERYWHERE)
        and _overlap(one.get("audience"), two.get("audience"), _EVERYONE)
        and _ages_meet(one.get("age_range"), two.get("age_range"))
    )


def _overlap(one: list[str] | None, two: list[str] | None, everything: str) -> bool:
    if not one or not two:
        return True
    return everything in one or everything in two or not set(one).isdisjoint(two)


def _ages_meet(one: dict[str, int] | None, two: dict[str, int] | None) -> bool:
    if not one or not two:
        return True
    return one["from"] <= two["to"] and two["from"] <= one["to"]


def _why(one: Fields, two: Fields, title: float, purpose: float) -> tuple[str, ...]:
    why = []
    if title >= WORTH_A_LOOK:
        why.append("the titles are nearly the same")
    if purpose >= WORTH_A_LOOK:
        why.append("the purposes are nearly the same")
    groups = [a for a in one.get("audience") or [] if a in (two.get("audience") or [])]
    if groups:
        why.append(f"both ask: {'; '.join(groups)}")
    places = [a for a in one.get("area") or [] if a in (two.get("area") or [])]
    if places:
        why.append(f"both in: {'; '.join(places)}")
    return tuple(why)
