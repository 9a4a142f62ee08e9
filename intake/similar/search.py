"""Similar work for one proposal among records at hand."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from intake.similar.explain import explain
from intake.similar.places import EVERYWHERE, Places
from intake.similar.rank import Ranker
from intake.similar.rules import SimilarRules
from intake.similar.statistics import Statistics
from intake.similar.terms import Terms, terms_of
from intake.similar.work import Work, of_form1
from model import FORM1, Consultation, Fields, Match, Nearby, Status
from parsers.spec import forms, own_folder

#: Statuses whose work a new proposal might repeat (process, "Form 1").
COUNTED = frozenset({Status.REGISTERED, Status.COMPLETE, Status.AWAITING_CONFIRMATION})
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


def find_near(
    proposal: Fields,
    nearby: Nearby,
    besides: frozenset[str] = frozenset(),
    rules: SimilarRules = _RULES,
) -> tuple[tuple[Match, Consultation], ...]:
    """The matches to warn of among what the index has near a mail's proposals."""
    found = rank_near(proposal, nearby, besides, rules)
    return tuple(pair for pair in found if pair[0].warn)


def rank_near(
    proposal: Fields,
    nearby: Nearby,
    besides: frozenset[str] = frozenset(),
    rules: SimilarRules = _RULES,
) -> tuple[tuple[Match, Consultation], ...]:
    """The best of them, to be warned of or not; at most five."""
    others = {c.key: c for c in nearby.candidates if c.reference and c.key not in besides}
    kept = {key: _terms(c, nearby.terms.get(key), rules) for key, c in others.items()}
    statistics = Statistics(documents=nearby.documents, counts=nearby.counts)
    ranker = Ranker(statistics, form_places(), rules)
    found = matches(of_form1(proposal), kept, others, ranker)
    return tuple((match, others[match.key]) for match in found)


def _terms(record: Consultation, known: Mapping[str, Any] | None, rules: SimilarRules) -> Terms:
    """As the index has them; made anew of one that changed since, in the same mail."""
    return Terms.from_json(known) if known else terms_of(of_form1(record.form1 or {}), rules)


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


def form_places() -> Places:
    """The areas of Form 1 as it is in use, each within the county."""
    return _places(own_folder())


@cache
def _places(_own: Path | None) -> Places:
    (area,) = (field for field in forms()[FORM1].fields if field.key == "area")
    whole = area.everywhere or EVERYWHERE
    within = {c: None if c == whole else whole for c in area.options if c != "Other"}
    return Places(within, whole)
