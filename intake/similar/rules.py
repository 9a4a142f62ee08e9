"""What the ranker can be set to (settings section `[similar]`)."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class SimilarRules:
    """Thresholds and weights of the search for similar work. Scores go from 0 to 1."""

    worth_a_look: float = 0.2  #: from this score on, a match is shown
    almost_the_same: float = 0.4  #: from this score on, it is called almost the same
    beside_the_best: float = 0.5  #: others are shown from this share of the best score on
    same_title: float = 0.9  #: titles as alike as this are shown whatever they are about
    lookback_months: int = 24  #: work that ended longer ago does not count
    shown: int = 5  #: matches in one warning, at most
    meanings: float = 0.6  #: what common meanings count, beside common words
    title: float = 2.0  #: what a word in the title counts; in the purpose it is 1
    topics: float = 2.0  #: what a word among the themes counts
    question: float = 0.5  #: what a question (cost, waiting) counts; a subject (buses) is 1
    group: float = 0.4  #: what a word for the people asked counts; a subject is 1
    other_group: float = 0.4  #: the score is cut to this where each asks groups of its own
    one_group: float = 0.85  #: and to this where only one asks a group of its own
    same_group: float = 1.15  #: and raised by this where both ask the same group
    few_common_ages: float = 0.6  #: and cut to this where hardly any age is asked by both
    perhaps_elsewhere: float = 0.85  #: and to this where one place is not on the list of areas
