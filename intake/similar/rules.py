"""What the ranker can be set to (settings section `[similar]`)."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class SimilarRules:
    """Thresholds and weights of the search for similar work. Scores go from 0 to 1.

    A score is the likeness of the subjects, plus and minus what is known of the young people.
    """

    worth_a_look: float = 0.44  #: from this score on, a match is shown
    alone: float = 0.28  #: from this score on, a match is shown that stands out from all others
    next_one: float = 0.7  #: it stands out where the next has at most this share of its score
    almost_the_same: float = 0.65  #: from this score on, it is called almost the same
    beside_the_best: float = 0.5  #: further ones are shown from this share of the best score on
    same_title: float = 0.9  #: titles as alike as this are shown, whatever the words are worth
    lookback_months: int = 24  #: work that ended longer ago does not count
    shown: int = 5  #: matches in one warning, at most
    meanings: float = 0.66  #: what common subjects count in a score
    questions: float = 0.16  #: what common questions count; common words count the rest of 1
    title: float = 1.7  #: what a word in the title counts; in the purpose it is 1
    topics: float = 2.2  #: what a word among the topics counts
    people: float = 0.6  #: what a word in "Who will you consult?" counts
    question: float = 0.45  #: what a question (its cost) counts in looking up; a subject counts 1
    group: float = 0.5  #: what a word for the group asked counts; a subject counts 1
    same_group: float = 0.06  #: added where both ask the same group of young people
    one_group: float = 0.12  #: taken off where one asks a group, and the other anyone
    other_groups: float = 0.18  #: taken off where each asks groups of its own
    other_ages: float = 0.17  #: taken off as the ages part; all of it where hardly one is common
    unlike_ages: float = 0.36  #: taken off as the common ages are few of all the ages that both ask
    place_unsure: float = 0.1  #: taken off where a place is not on the list of areas
