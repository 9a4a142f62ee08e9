"""How similar two consultations are: 0 to 1, the same on every machine."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from rapidfuzz import fuzz

from intake.similar.audience import Common, in_common
from intake.similar.lexicon import lexicon
from intake.similar.places import Overlap, Places
from intake.similar.rules import SimilarRules
from intake.similar.statistics import Statistics
from intake.similar.terms import Terms


@dataclass(frozen=True, slots=True, kw_only=True)
class Weighed:
    """A consultation's terms, weighed by how much each tells in this register."""

    meanings: dict[str, float]  #: subject -> weight; length 1 in all
    words: dict[str, float]


def weigh(terms: Terms, statistics: Statistics, rules: SimilarRules) -> Weighed:
    """Weigh terms by their rarity, meanings and words each to length 1."""
    meanings, words = {}, {}
    questions = lexicon().questions
    for term, weight in terms.weights:
        worth = weight * statistics.rarity(term)
        if term.startswith("#"):
            meanings[term] = worth * (rules.question if term[1:] in questions else 1.0)
        else:
            words[term] = worth
    return Weighed(meanings=_unit(meanings), words=_unit(words))


def _unit(weights: dict[str, float]) -> dict[str, float]:
    length = math.sqrt(math.fsum(w * w for w in weights.values()))
    return {term: w / length for term, w in weights.items()} if length else {}


def _cosine(one: dict[str, float], two: dict[str, float]) -> float:
    return math.fsum(weight * two[term] for term, weight in one.items() if term in two)


def subject(one: Weighed, two: Weighed, rules: SimilarRules) -> float:
    """How alike the subjects are, 0 to 1."""
    return rules.meanings * _cosine(one.meanings, two.meanings) + (1 - rules.meanings) * _cosine(
        one.words, two.words
    )


def factor(one: Terms, two: Terms, places: Places, rules: SimilarRules) -> float:
    """What audience, ages and places make of a score; 0: other young people altogether."""
    common = in_common(one.audience, two.audience)
    overlap = places.overlap(one.areas, two.areas)
    shared = common_ages(one, two)
    if common is Common.NOBODY or overlap is Overlap.NONE or shared <= 0:
        return 0.0
    worth = {
        Common.OTHER_GROUPS: rules.other_group,
        Common.ONE_GROUP: rules.one_group,
        Common.SAME_GROUP: rules.same_group,
    }.get(common, 1.0)
    if shared < 0.25:
        worth *= rules.few_common_ages
    return worth * (rules.perhaps_elsewhere if overlap is Overlap.PERHAPS else 1.0)


def common_ages(one: Terms, two: Terms) -> float:
    """The share of the narrower age range that the other has too; 1 where one has none."""
    a, b = one.audience.ages, two.audience.ages
    if a is None or b is None:
        return 1.0
    shared = min(a[1], b[1]) - max(a[0], b[0]) + 1
    return shared / max(1, min(a[1] - a[0], b[1] - b[0]) + 1)


def same_title(one: Terms, two: Terms) -> float:
    """How alike two titles are, 0 to 1, whatever the order of their words."""
    return fuzz.token_sort_ratio(one.title, two.title) / 100


def in_time(proposal: Terms, other: Terms, months: int) -> bool:
    """Whether the other one ended at most so many months before the proposal starts.

    One without an end counts as of its start; one without dates, and a proposal without a start,
    always count. Exactly so many months count in.
    """
    ended = other.ends or other.starts
    return ended is None or proposal.starts is None or ended >= months_before(proposal.starts, months)


def months_before(day: date, months: int) -> date:
    """The same day of an earlier month, or that month's last."""
    count = day.year * 12 + day.month - 1 - months
    year, month = divmod(count, 12)
    for last in (day.day, 30, 29, 28):
        try:
            return date(year, month + 1, min(day.day, last))
        except ValueError:
            continue
    raise AssertionError("every month has 28 days")


Score = Callable[[Terms, Terms], float]
