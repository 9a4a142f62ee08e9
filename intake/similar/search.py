"""Similar work for one proposal among records at hand."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache

from intake.similar.explain import explain
from intake.similar.places import EVERYWHERE, Places
from intake.similar.rank import Ranker
from intake.similar.rules import SimilarRules
from intake.similar.statistics import Statistics
from intake.similar.terms import Terms, terms_of
from intake.similar.work import Work, of_form1
from model import FORM1, Consultation, Fields, Match
from parsers.spec import forms

_RULES = SimilarRules()


def find_similar(
    proposal: Fields,
    candidates: Iterable[Consultation],
    besides: frozenset[str] = frozenset(),
    rules: SimilarRules = _RULES,
) -> tuple[tuple[Match, Consultation], ...]:
    """The matches to warn of, best first, at most five; `besides` are keys left out.

    Drafts and withdrawn work are the caller's to leave out; a record without a reference is.
    """
    others = {c.key: c for c in candidates if c.reference and c.key not in besides}
    kept = {key: terms_of(of_form1(c.form1 or {}), rules) for key, c in others.items()}
    ranker = Ranker(Statistics.of(kept.values()), form_places(), rules)
    found = matches(of_form1(proposal), kept, others, ranker)
    return tuple((match, others[match.key]) for match in found if match.warn)


def matches(
    work: Work, kept: dict[str, Terms], others: dict[str, Consultation], ranker: Ranker
) -> list[Match]:
    """The best matches of a piece of work, best first; at most five, shown or not."""
    asked = terms_of(work, ranker.rules)
    made = []
    for found in ranker.best(asked, kept.items()):
        other = others[found.key]
        why, differs = explain(asked, kept[found.key], ranker)
        made.append(
            Match(
                key=found.key,
                reference=other.reference or "",
                title=other.title,
                score=found.score,
                warn=found.warn,
                strong=found.strong,
                why=why,
                differs=differs,
            )
        )
    return made


@cache
def form_places() -> Places:
    """The areas of Form 1, each within the county."""
    (area,) = (field for field in forms()[FORM1].fields if field.key == "area")
    return Places(
        {c: None if c == EVERYWHERE else EVERYWHERE for c in area.options if c != "Other"}
    )
