"""How similar two consultations are: 0 to 1, the same on every machine."""

from __future__ import annotations

import math
from calendar import monthrange
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
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

    meanings: dict[str, float]  #: subjects and questions, of length 1 in all
    subjects: dict[str, float]  #: of length 1 in all, as the next two are
    questions: dict[str, float]
    words: dict[str, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """One consultation compared with a proposal."""

    key: str
    score: float
    warn: bool  #: to be shown
    strong: bool  #: almost the same; otherwise worth a look


@dataclass(frozen=True, slots=True)
class Ranker:
    """Compares consultations in one register, by one set of rules."""

    statistics: Statistics
    places: Places
    rules: SimilarRules = field(default_factory=SimilarRules)

    def best(self, proposal: Terms, others: Iterable[tuple[str, Terms]]) -> list[Found]:
        """Those most like a proposal, best first; equal scores by key. At most five."""
        asked = self.weigh(proposal)
        scored = sorted(
            (-self._score(asked, proposal, other), key, other)
            for key, other in others
            if self.comparable(proposal, other)
        )
        return self._decided(proposal, [(key, -s, other) for s, key, other in scored if s < 0])

    def comparable(self, proposal: Terms, other: Terms) -> bool:
        """Whether the other one was lately enough, and might have asked anybody of the same."""
        return in_time(proposal, other, self.rules.lookback_months) and same_young_people(
            proposal, other, self.places
        )

    def score(self, proposal: Terms, other: Terms) -> float:
        """How similar two comparable consultations are: 0 to 1, to four places."""
        return self._score(self.weigh(proposal), proposal, other)

    def weigh(self, terms: Terms) -> Weighed:
        """A consultation's terms with their weights in this register."""
        return weigh(terms, self.statistics, self.rules)

    def _score(self, asked: Weighed, proposal: Terms, other: Terms) -> float:
        score = subject(asked, self.weigh(other), self.rules)
        score += young_people(proposal, other, self.places, self.rules)
        if same_title(proposal, other) >= self.rules.same_title:
            score = max(score, self.rules.worth_a_look)
        return round(min(max(score, 0.0), 1.0), 4)

    def _stands_out(self, scores: list[float]) -> bool:
        """Whether the best is all the likelier for there being nothing else like it."""
        best, second = [*scores, 0.0][:2]
        return best >= self.rules.alone and second <= self.rules.next_one * best

    def _decided(self, proposal: Terms, ranked: list[tuple[str, float, Terms]]) -> list[Found]:
        rules, found = self.rules, []
        for key, score, other in ranked[: rules.shown]:
            beside = score >= rules.beside_the_best * ranked[0][1]
            named = same_title(proposal, other) >= rules.same_title
            warn = named or (beside and score >= rules.worth_a_look)
            strong = warn and score >= rules.almost_the_same
            found.append(Found(key=key, score=score, warn=warn, strong=strong))
        if found and self._stands_out([score for _, score, _ in ranked]):
            found[0] = replace(found[0], warn=True)
        return found


def weigh(terms: Terms, statistics: Statistics, rules: SimilarRules) -> Weighed:
    """Weigh terms by their rarity; subjects, questions and words each to length 1."""
    subjects, questions, words = {}, {}, {}
    known = lexicon().questions
    for term, weight in terms.weights:
        worth = weight * statistics.rarity(term)
        if not term.startswith("#"):
            words[term] = worth
        elif term[1:] in known:
            questions[term] = worth
        else:
            subjects[term] = worth
    asked = {term: rules.question * worth for term, worth in questions.items()}
    return Weighed(
        meanings=_unit(subjects | asked),
        subjects=_unit(subjects),
        questions=_unit(questions),
        words=_unit(words),
    )


def _unit(weights: dict[str, float]) -> dict[str, float]:
    length = math.sqrt(math.fsum(w * w for w in weights.values()))
    return {term: w / length for term, w in weights.items()} if length else {}


def _cosine(one: dict[str, float], two: dict[str, float]) -> float:
    return math.fsum(weight * two[term] for term, weight in one.items() if term in two)


def subject(one: Weighed, two: Weighed, rules: SimilarRules) -> float:
    """How alike the subjects are, 0 to 1."""
    return math.fsum(
        (
            rules.meanings * _cosine(one.subjects, two.subjects),
            rules.questions * _cosine(one.questions, two.questions),
            (1 - rules.meanings - rules.questions) * _cosine(one.words, two.words),
        )
    )


def same_young_people(one: Terms, two: Terms, places: Places) -> bool:
    """Whether anybody at all might be asked by both."""
    return (
        common_ages(one, two) > 0
        and in_common(one.audience, two.audience) is not Common.NOBODY
        and places.overlap(one.areas, two.areas) is not Overlap.NONE
    )


def young_people(one: Terms, two: Terms, places: Places, rules: SimilarRules) -> float:
    """What is added to a score (or taken off it) for the young people that both might ask."""
    group = {
        Common.SAME_GROUP: rules.same_group,
        Common.ONE_GROUP: -rules.one_group,
        Common.OTHER_GROUPS: -rules.other_groups,
    }.get(in_common(one.audience, two.audience), 0.0)
    unsure = places.overlap(one.areas, two.areas) is Overlap.PERHAPS
    ages = rules.other_ages * (1 - common_ages(one, two))
    ages += rules.unlike_ages * (1 - alike_ages(one, two))
    return group - ages - (rules.place_unsure if unsure else 0.0)


def common_ages(one: Terms, two: Terms) -> float:
    """The share of the narrower age range that the other has too; 1 where one has none."""
    a, b = one.audience.ages, two.audience.ages
    if a is None or b is None:
        return 1.0
    shared = min(a[1], b[1]) - max(a[0], b[0]) + 1
    return shared / max(1, min(a[1] - a[0], b[1] - b[0]) + 1)


def alike_ages(one: Terms, two: Terms) -> float:
    """The share that common ages are of all that either asks; 1 where one has no age range."""
    a, b = one.audience.ages, two.audience.ages
    if a is None or b is None:
        return 1.0
    shared = min(a[1], b[1]) - max(a[0], b[0]) + 1
    return max(0, shared) / max(1, max(a[1], b[1]) - min(a[0], b[0]) + 1)


def same_title(one: Terms, two: Terms) -> float:
    """How alike two titles are, 0 to 1, whatever the order of their words; 0 without a title."""
    if not one.title or not two.title:
        return 0.0
    return fuzz.token_sort_ratio(one.title, two.title) / 100


def in_time(proposal: Terms, other: Terms, months: int) -> bool:
    """Whether the other one ended at most so many months before the proposal starts.

    One without an end counts as of its start; one without dates, and a proposal without a start,
    always count. Exactly so many months count in.
    """
    ended = other.ends or other.starts
    if ended is None or proposal.starts is None:
        return True
    return ended >= months_before(proposal.starts, months)


def months_before(day: date, months: int) -> date:
    """The same day of an earlier month, or that month's last."""
    year, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))
