"""What is kept of a consultation for the search: weighted terms and what the filters need.

A term is a stem ("bus") or a meaning ("#buses"). All of it follows from the consultation and the
word lists alone, never from the rest of the register, so that it is computed once.
"""

from __future__ import annotations

import math
import re
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cache, lru_cache
from typing import Any

from rapidfuzz import process, utils
from rapidfuzz.distance import OSA

from intake.similar.audience import Audience, audience_of
from intake.similar.background import background
from intake.similar.lexicon import Lexicon, lexicon
from intake.similar.rules import SimilarRules
from intake.similar.words import Word, plain_words, sentences, stem
from intake.similar.work import Work

#: Raised whenever terms made before are no longer comparable; stored ones are then made anew.
VERSION = 6
#: What the words for one meaning count in one field, at most.
_ENOUGH = 4.0
_FIRMER = 1.2
#: As many text-message spellings as this make a text a careless one.
_CARELESS = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """One consultation, ready to be compared."""

    title: str = ""  #: without case and punctuation
    weights: tuple[tuple[str, float], ...] = ()  #: sorted by term
    audience: Audience = field(default_factory=Audience)
    areas: tuple[str, ...] = ()
    starts: date | None = None
    ends: date | None = None

    @property
    def names(self) -> tuple[str, ...]:
        """The terms without their weights."""
        return tuple(term for term, _ in self.weights)

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


@lru_cache(maxsize=20_000)
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


def subject_of(title: str) -> str:
    """Those words of a title that tell its subject, in English and without slips; "" for none."""
    known = lexicon()
    return " ".join(word.text for word in understood(title) if not _says_nothing(word, known))


def without_boilerplate(text: str) -> str:
    """A text without the sentences that say nothing of its subject; the text if none is left."""
    patterns = lexicon().boilerplate
    kept = [s for s in sentences(text) if not any(p.search(s) for p in patterns)]
    return " ".join(kept) or text


def _weights(work: Work, audience: Audience, rules: SimilarRules) -> tuple[tuple[str, float], ...]:
    places = {stem(w.text) for area in work.areas for w in plain_words(area)}
    found: dict[str, float] = defaultdict(float)
    for text, worth in (
        (work.title, rules.title),
        (". ".join(work.topics), rules.topics),
        (without_boilerplate(work.purpose), 1.0),
        (". ".join(work.audience), rules.people),
    ):
        words = understood(text)
        shares = _shares(words, places, audience, rules)
        for term, count in _counted(words, shares).items():
            found[term] += worth * count
    return tuple(sorted((term, round(_firm(term, weight), 4)) for term, weight in found.items()))


def _firm(term: str, weight: float) -> float:
    """A meaning that several words bear out counts more than they do one by one."""
    return weight**_FIRMER if term.startswith("#") else weight


def _shares(
    words: list[Word], places: set[str], audience: Audience, rules: SimilarRules
) -> list[float]:
    """What each word counts: nothing for a place, less for the people asked, else 1."""
    shares = [0.0 if word.stem in places else 1.0 for word in words]
    for sense, at, length in lexicon().young.found(words):
        if sense.name in audience.groups:
            for i in range(at, at + length):
                shares[i] = min(shares[i], rules.group)
    return shares


def _counted(words: list[Word], shares: list[float]) -> Mapping[str, float]:
    """How often each term is meant."""
    known = lexicon()
    said: dict[str, float] = defaultdict(float)
    meant: dict[str, list[float]] = defaultdict(list)
    for word, share in zip(words, shares, strict=True):
        if share and len(word.stem) > 1 and not _says_nothing(word, known):
            said[word.stem] += share
    for sense, at, length in known.subjects.found(words):
        if sense.name and (share := max(shares[at : at + length])):
            meant[f"#{sense.name}"].append(sense.strength * share)
    for name, strengths in meant.items():
        said[name] = _together(strengths)
    return said


def _says_nothing(word: Word, known: Lexicon) -> bool:
    """Whether a word tells nothing of a subject. Numbers are mostly ages, compared apart."""
    return word.stem in known.ignored or word.text.rstrip("s").isdigit()


def _together(strengths: list[float]) -> float:
    """What all the words for one meaning count in one field of the form."""
    return min(math.fsum(strengths), _ENOUGH)


def understood(text: str) -> list[Word]:
    """The words of a text; Welsh, misspelt and text-message words also as what they mean."""
    known, words, made, at = lexicon(), plain_words(text), [], 0
    careless = sum(word.text in known.slips for word in words) >= _CARELESS
    while at < len(words):
        length, english = _other_words(words, at, known)
        made += english or [_mended(words[at], careless)]
        at += length
    return made


def _other_words(words: list[Word], at: int, known: Lexicon) -> tuple[int, list[Word]]:
    for length in known.other_lengths.get(words[at].text, ()):
        phrase = " ".join(w.text for w in words[at : at + length])
        if phrase in known.other_words:
            return length, plain_words(" ".join(known.other_words[phrase]))
    return 1, []


@lru_cache(maxsize=50_000)
def _mended(word: Word, careless: bool = False) -> Word:
    """A long unknown word that is a slip or two away from a known one is taken for that.

    So is a shorter one, and one that sounds the same, in a text that is misspelt all over.
    """
    known = lexicon().known
    shortest = 4 if careless else 6
    if len(word.text) < shortest or word.capitals or _is_known(word, known):
        return word
    slips = 2 if len(word.text) >= 10 else 1
    written = _by_first(word.text[0])
    near = None
    if careless:
        alike = [w for w in written if sound(w) == sound(word.text)]
        near = process.extractOne(word.text, alike, scorer=OSA.distance, score_cutoff=slips + 1)
    near = near or process.extractOne(word.text, written, scorer=OSA.distance, score_cutoff=slips)
    return Word(text=near[0], stem=stem(near[0])) if near else word


def _is_known(word: Word, known: frozenset[str]) -> bool:
    return word.stem in known or word.stem in background()


@lru_cache(maxsize=50_000)
def sound(word: str) -> str:
    """A word as it sounds, about: its consonants, those that sound alike written alike."""
    for spelt, heard in (("ph", "f"), ("ck", "k"), ("c", "k"), ("z", "s"), ("y", "i")):
        word = word.replace(spelt, heard)
    return word[0] + re.sub(r"(.)\1+", r"\1", re.sub("[aeiouhw]", "", word[1:]))


@cache
def _by_first(letter: str) -> tuple[str, ...]:
    return tuple(sorted(w for w in lexicon().written if w[0] == letter and len(w) > 4))
