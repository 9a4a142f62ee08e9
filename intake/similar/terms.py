"""What is kept of a consultation for the search: weighted terms and what the filters need.

A term is a stem ("bus") or a meaning ("#buses"). All of it follows from the consultation and the
word lists alone, never from the rest of the register, so that it is computed once.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from rapidfuzz import process, utils
from rapidfuzz.distance import OSA

from intake.similar.audience import Audience, audience_of
from intake.similar.lexicon import Lexicon, lexicon
from intake.similar.rules import SimilarRules
from intake.similar.words import Word, plain_words, sentences, stem
from intake.similar.work import Work

#: Raised whenever terms made before are no longer comparable; stored ones are then made anew.
VERSION = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """One consultation, ready to be compared."""

    title: str = ""  #: without case and punctuation
    weights: tuple[tuple[str, float], ...] = ()  #: sorted by term
    audience: Audience = Audience()
    areas: tuple[str, ...] = ()
    starts: date | None = None
    ends: date | None = None

    def to_json(self) -> dict[str, Any]:
        """As plain JSON values; `from_json` reads them back."""
        return {
            "title": self.title,
            "weights": [list(pair) for pair in self.weights],
            "kinds": list(self.audience.kinds),
            "groups": list(self.audience.groups),
            "ages": list(self.audience.ages) if self.audience.ages else None,
            "areas": list(self.areas),
            "starts": self.starts.isoformat() if self.starts else None,
            "ends": self.ends.isoformat() if self.ends else None,
        }

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> Terms:
        """The terms that `to_json` wrote."""
        ages = value["ages"]
        return cls(
            title=value["title"],
            weights=tuple((term, weight) for term, weight in value["weights"]),
            audience=Audience(
                kinds=tuple(value["kinds"]),
                groups=tuple(value["groups"]),
                ages=(ages[0], ages[1]) if ages else None,
            ),
            areas=tuple(value["areas"]),
            starts=date.fromisoformat(value["starts"]) if value["starts"] else None,
            ends=date.fromisoformat(value["ends"]) if value["ends"] else None,
        )


_RULES = SimilarRules()


def terms_of(work: Work, rules: SimilarRules = _RULES) -> Terms:
    """What is kept of one consultation for the search."""
    audience = audience_of(work.audience, work.ages)
    return Terms(
        title=same_words(work.title),
        weights=_weights(work, audience, rules),
        audience=audience,
        areas=work.areas,
        starts=work.starts,
        ends=work.ends,
    )


def same_words(title: str | None) -> str:
    """A title without case, punctuation and spare spaces: equal for equal titles, "" for none."""
    return " ".join(str(utils.default_process(title or "")).split())


def without_boilerplate(text: str) -> str:
    """A text without the sentences that say nothing of its subject; the text if none is left."""
    patterns = lexicon().boilerplate
    kept = [s for s in sentences(text) if not any(p.search(s) for p in patterns)]
    return " ".join(kept) or text


def _weights(
    work: Work, audience: Audience, rules: SimilarRules
) -> tuple[tuple[str, float], ...]:
    places = {stem(w.text) for area in work.areas for w in plain_words(area)}
    found: dict[str, float] = defaultdict(float)
    for text, worth in (
        (work.title, rules.title),
        (". ".join(work.topics), rules.topics),
        (without_boilerplate(work.purpose), 1.0),
    ):
        for term, count in _counted(understood(text), places).items():
            found[term] += worth * count
    return tuple(sorted((term, round(math.sqrt(count), 4)) for term, count in found.items()))


def _counted(words: list[Word], places: set[str]) -> Mapping[str, float]:
    """How often each term is meant; a meaning that comes up again and again counts a bit more."""
    known = lexicon()
    said: dict[str, float] = defaultdict(float)
    meant: dict[str, list[float]] = defaultdict(list)
    for word in words:
        if word.stem not in known.ignored and word.stem not in places and len(word.stem) > 1:
            said[word.stem] += 1.0
    for sense, at, length in known.subjects.found(words):
        if not places.issuperset(w.stem for w in words[at : at + length]):
            meant[f"#{sense.name}"].append(sense.strength)
    for name, strengths in meant.items():
        said[name] = _together(strengths)
    return said


def _together(strengths: list[float]) -> float:
    """One sure word counts 1, a second and third a bit more; doubtful ones add up to less."""
    total = sum(sorted(strengths, reverse=True))
    return min(total, 1.0) + 0.5 * min(max(total - 1.0, 0.0), 2.0)


def understood(text: str) -> list[Word]:
    """The words of a text; Welsh, misspelt and text-message words also as what they mean."""
    known, words, made, at = lexicon(), plain_words(text), [], 0
    while at < len(words):
        length, english = _other_words(words, at, known)
        made += english or [_mended(words[at], known)]
        at += length
    return made


def _other_words(words: list[Word], at: int, known: Lexicon) -> tuple[int, list[Word]]:
    for length in range(min(known.longest_other, len(words) - at), 0, -1):
        phrase = " ".join(w.text for w in words[at : at + length])
        if phrase in known.other_words:
            return length, plain_words(" ".join(known.other_words[phrase]))
    return 1, []


def _mended(word: Word, known: Lexicon) -> Word:
    """A long unknown word that is one slip away from a known one is taken for that."""
    if len(word.stem) < 6 or word.capitals or word.stem in known.known or word.stem in background():
        return word
    near = process.extractOne(
        word.stem, _by_first(word.stem[0]), scorer=OSA.distance, score_cutoff=1
    )
    return Word(text=near[0], stem=near[0]) if near else word


def _by_first(letter: str) -> tuple[str, ...]:
    known = lexicon().known
    return tuple(sorted(stem for stem in known if stem[0] == letter and len(stem) > 4))


def background() -> Mapping[str, int]:
    """Stems and meanings of many consultations, and in how many of them they were found."""
    from intake.similar.statistics import prior

    return prior().counts


def count(all_terms: Iterable[Terms]) -> Counter[str]:
    """In how many of these each term is found."""
    return Counter(term for terms in all_terms for term, _ in terms.weights)
