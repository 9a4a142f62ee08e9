"""How common a term is: plain counts, to which a consultation is added and taken from.

A register begins with the counts of a background (`background.json`), so that it can tell a rare
word from a common one on its first day, and so that scores change little as it grows.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from intake.similar.background import background
from intake.similar.terms import Terms

#: How many consultations the background stands for, and what a term that it lacks counts there.
WORTH = 200
_UNSEEN = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Statistics:
    """Of a register (without the background): consultations, and how many have each term."""

    documents: int = 0
    counts: Mapping[str, int] = field(default_factory=dict)
    _rarities: dict[str, float] = field(default_factory=dict, init=False, repr=False, compare=False)

    @classmethod
    def of(cls, register: Iterable[Terms]) -> Statistics:
        """Counted anew from the terms of a whole register."""
        documents, counts = 0, Counter[str]()
        for terms in register:
            documents += 1
            counts.update(term for term, _ in terms.weights)
        return cls(documents=documents, counts=counts)

    def plus(self, terms: Terms) -> Statistics:
        """With one more consultation."""
        return self._changed(terms, 1)

    def minus(self, terms: Terms) -> Statistics:
        """Without one that was counted."""
        return self._changed(terms, -1)

    def _changed(self, terms: Terms, by: int) -> Statistics:
        counts = dict(self.counts)
        for term, _ in terms.weights:
            counts[term] = counts.get(term, 0) + by
        left = {term: count for term, count in counts.items() if count}
        return Statistics(documents=self.documents + by, counts=left)

    def rarity(self, term: str) -> float:
        """How much a term tells: near 0 for one that most consultations have."""
        known = self._rarities.get(term)
        if known is None:
            known = self._rarities[term] = self._rarity(term)
        return known

    def _rarity(self, term: str) -> float:
        before = max(background().get(term, 0.0) * WORTH, _UNSEEN)
        seen = before + self.counts.get(term, 0)
        return math.log((WORTH + self.documents + 1) / seen)
