"""How common a term is: plain counts, to which a consultation is added and taken from.

A register begins with the counts of a background (`background.json`), so that it can tell a rare
word from a common one on its first day, and so that scores change little as it grows.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from intake.similar.lexicon import lexicon

#: How many consultations the background stands for, and what a term that it lacks counts there.
WORTH = 300
_UNSEEN = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Statistics:
    """Of a register (without the background): consultations, and how many have each term."""

    documents: int = 0
    counts: Mapping[str, int] = field(default_factory=dict)

    def rarity(self, term: str) -> float:
        """How much a term tells: near 0 for one that most consultations have."""
        before = prior()
        share = before.counts.get(term, 0) / before.documents if before.documents else 0.0
        seen = max(share * WORTH, _UNSEEN) + self.counts.get(term, 0)
        return math.log((WORTH + self.documents + 1) / seen)


@cache
def prior() -> Statistics:
    """The background: read once."""
    file = Path(__file__).parent / "background.json"
    if not file.exists():
        return Statistics()
    read = json.loads(file.read_text("utf-8"))
    return Statistics(documents=read["documents"], counts=read["counts"])
