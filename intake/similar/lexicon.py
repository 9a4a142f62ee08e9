"""The editable word lists beside this file, read once: words -> what they mean.

`synonyms.toml` has the subjects, `groups.toml` who is asked, `wording.toml` what says nothing.
"""

from __future__ import annotations

import re
import tomllib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

from intake.similar.words import Word, plain_words, stem

HERE = Path(__file__).parent
#: What a word marked as doubtful counts, and a form that its line lacks, beside 1 for others.
DOUBTFUL = 0.4


@dataclass(frozen=True, slots=True, kw_only=True)
class Sense:
    """One meaning of a phrase."""

    name: str  #: what the line of the list is called
    strength: float  #: 0..1; less for doubtful phrases and for those with several meanings
    capitals: bool = False  #: means it only in capital letters
    written: str = ""  #: the word itself, of a single one


class Phrases:
    """Finds phrases of a list in a text, longest first; no word is counted in two phrases."""

    def __init__(
        self,
        lists: Mapping[str, str],
        capitals: frozenset[str] = frozenset(),
        everyday: frozenset[str] = frozenset(),
    ) -> None:
        self._everyday = everyday
        senses: dict[tuple[str, ...], dict[str, Sense]] = defaultdict(dict)
        forms: dict[tuple[tuple[str, ...], str], dict[str, float]] = defaultdict(dict)
        for name, text in lists.items():
            for key, sense in _entries(name, text, capitals):
                old = senses[key].get(name)
                if old is None or old.strength < sense.strength:
                    senses[key][name] = sense
                forms[key, name][sense.written] = sense.strength
        self._senses = {key: tuple(found.values()) for key, found in senses.items()}
        self._forms = dict(forms)
        by_name: dict[str, set[tuple[str, ...]]] = defaultdict(set)
        for key, name in forms:
            by_name[name].add(key)
        self._by_name = {name: frozenset(keys) for name, keys in by_name.items()}
        lengths: dict[str, set[int]] = defaultdict(set)
        for key in self._senses:
            lengths[key[0]].add(len(key))
        self._lengths = {first: sorted(found, reverse=True) for first, found in lengths.items()}
        self.words = frozenset(word for key in self._senses for word in key)
        self.written = frozenset(w.text for text in lists.values() for w in plain_words(text))

    def phrases(self, name: str) -> frozenset[tuple[str, ...]]:
        """The phrases that mean this, as stems."""
        return self._by_name.get(name, frozenset())

    def found(self, words: list[Word]) -> Iterator[tuple[Sense, int, int]]:
        """(meaning, first word, how many words) of each phrase in `words`, in order."""
        at = 0
        while at < len(words):
            length, senses = self._longest(words, at)
            for sense in senses:
                yield sense, at, length
            at += length

    def _longest(self, words: list[Word], at: int) -> tuple[int, list[Sense]]:
        for length in self._lengths.get(words[at].stem, ()):
            run = words[at : at + length]
            senses = self._senses.get(tuple([w.stem for w in run]), ())
            if fit := [self._as_written(s, run) for s in senses if self._apt(s, run)]:
                return len(run), fit
        return 1, []

    def _as_written(self, sense: Sense, run: list[Word]) -> Sense:
        """A word in a form that the list doesn't have means it less: "posted" is not "posts"."""
        if len(run) > 1:
            return sense
        text, forms = run[0].text, self._forms[(run[0].stem,), sense.name]
        strength = forms.get(text)
        if strength is None:
            number = [s for f, s in forms.items() if f.rstrip("s") == text.rstrip("s")]
            strength = max(number) if number else sense.strength * DOUBTFUL
        return sense if strength == sense.strength else replace(sense, strength=strength)

    def _apt(self, sense: Sense, run: list[Word]) -> bool:
        """Everyday words are not taken for others of their stem: "like" is not "likes"."""
        if sense.capitals and not all(w.capitals for w in run):
            return False
        return len(run) > 1 or run[0].text not in self._everyday or run[0].text == sense.written


def _entries(
    name: str, text: str, capitals: frozenset[str]
) -> Iterator[tuple[tuple[str, ...], Sense]]:
    for phrase in text.split(","):
        written = phrase.strip()
        doubtful = written.endswith("?")
        written = written.removesuffix("?")
        words = plain_words(written)
        if not words:
            continue
        shouted = written.rstrip("s").isupper() and (
            len(written) <= 2 or written.lower() in capitals
        )
        strength = DOUBTFUL if doubtful else 1.0
        alone = words[0].text if len(words) == 1 else ""
        sense = Sense(name=name, strength=strength, capitals=shouted, written=alone)
        yield tuple(w.stem for w in words), sense


@dataclass(frozen=True, slots=True, kw_only=True)
class Lexicon:
    """Every list, ready for use."""

    subjects: Phrases
    young: Phrases
    adults: Phrases
    ages: Phrases
    age_bands: Mapping[str, tuple[int, int]]
    questions: frozenset[str]  #: names in `subjects` that any service may be asked about
    within: Mapping[str, str]  #: a group -> the wider group that it belongs to
    ignored: frozenset[str]  #: stems that say nothing
    boilerplate: tuple[re.Pattern[str], ...]
    other_words: Mapping[str, tuple[str, ...]]  #: Welsh and misspelt words -> English words
    other_lengths: Mapping[str, tuple[int, ...]]  #: first word -> lengths of those phrases
    slips: frozenset[str]  #: those of them that are misspelt
    known: frozenset[str]  #: stems of words that are not misspelt
    written: frozenset[str]  #: words that a misspelt one may have been meant for


@cache
def lexicon() -> Lexicon:
    """The lists as they are shipped, or as they were edited."""
    synonyms, groups, wording = (_read(f"{n}.toml") for n in ("synonyms", "groups", "wording"))
    subjects = {k: v for part in synonyms["subjects"].values() for k, v in part.items()}
    capitals = frozenset(wording["capitals"].split())
    bands, ages = _age_bands(groups["ages"])
    others = dict(_other_words(synonyms))
    everyday = frozenset(wording["ignored"].split())
    ignored = frozenset(stem(word) for word in everyday)
    ordinary = frozenset(stem(word) for word in wording["ordinary"].split())
    found = Phrases(
        {**subjects, **synonyms["questions"], **_elsewhere(synonyms)}, capitals, everyday
    )
    return Lexicon(
        subjects=found,
        young=Phrases(groups["young"], capitals),
        adults=Phrases(groups["adults"], capitals),
        ages=Phrases(ages),
        age_bands=bands,
        questions=frozenset(synonyms["questions"]) - frozenset(subjects),
        within=groups["within"],
        ignored=ignored,
        boilerplate=tuple(re.compile(p, re.IGNORECASE) for p in wording["boilerplate"]),
        other_words=others,
        other_lengths=_lengths(others),
        slips=frozenset(w for w in synonyms["spellings"] if w.isalpha()),
        known=found.words | ignored | ordinary,
        written=found.written,
    )


#: Under this name a phrase is found and counts for nothing.
ELSEWHERE = ""


def _elsewhere(synonyms: Mapping[str, Any]) -> dict[str, str]:
    return {ELSEWHERE: ", ".join(synonyms["elsewhere"].values())}


def _read(name: str) -> Mapping[str, Any]:
    return tomllib.loads((HERE / name).read_text("utf-8"))


def _age_bands(listed: Mapping[str, str]) -> tuple[dict[str, tuple[int, int]], dict[str, str]]:
    bands, ages = {}, {}
    for name, text in listed.items():
        years, _, words = text.partition(":")
        first, last = years.split("-")
        bands[name], ages[name] = (int(first), int(last)), words
    return bands, ages


def _lengths(phrases: Iterable[str]) -> dict[str, tuple[int, ...]]:
    found: dict[str, set[int]] = defaultdict(set)
    for phrase in phrases:
        words = phrase.split(" ")
        found[words[0]].add(len(words))
    return {first: tuple(sorted(lengths, reverse=True)) for first, lengths in found.items()}


def _other_words(synonyms: Mapping[str, Any]) -> Iterator[tuple[str, tuple[str, ...]]]:
    for wrong, right in synonyms["spellings"].items():
        yield wrong, tuple(right.split())
    for welsh, english in synonyms["welsh"].items():
        for phrase in welsh.split(","):
            written = " ".join(w.text for w in plain_words(phrase))
            for form in mutated(written):
                yield form, tuple(english.split())


#: Welsh words change their first letters after others (soft, nasal and aspirate mutation).
_MUTATIONS = (
    ("ll", "l"),
    ("rh", "r"),
    ("p", "b mh ph"),
    ("t", "d nh th"),
    ("c", "g ngh ch"),
    ("b", "f m"),
    ("d", "dd n"),
    ("g", " ng"),
    ("m", "f"),
)


def mutated(welsh: str) -> Iterable[str]:
    """A Welsh phrase, and as it is written where its first word is mutated."""
    yield welsh
    if welsh[:2] in ("ch", "dd", "ff", "ng", "ph", "th"):
        return
    for first, changed in _MUTATIONS:
        if welsh.startswith(first):
            for start in changed.split(" "):
                if len(form := start + welsh[len(first) :]) > 3:
                    yield form
            return
