"""Which field's label a text is: exactly, in other words, or misspelt; never when two are as near.

Numbering, stars, brackets of help and case do not matter. All wording comes from the definitions.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path

from rapidfuzz import fuzz, process

from parsers.spec import FormSpec, forms, own_folder

#: How sure it is that a text is a field's label: word for word the official one, one of the other
#: words for it (as certain, but a field that has it as its own goes before), the words in another
#: order; and at most, where it is misspelt.
OFFICIAL, ALIAS, REORDERED, MISSPELT = 1.0, 0.99, 0.95, 0.98
#: A misspelt label must be this near, and nearer than any other field's by the margin (0..100).
NEAR = 86
MARGIN = 7
#: A word that differs must be this near to one of the label's (0..100).
SLIP = 65

#: No label has as many characters.
LONGEST = 200

#: Words that change what is asked; never taken for slips of each other.
_NEVER_SLIPS = frozenset("not no end start last first other mobile fax you we".split())

_NUMBERING = re.compile(
    r"^(?:\d{1,2}(?:\.\d{1,2})+(?=\s)|\(?(?:q(?:uestion)?|section|part|item|no)?\s?\d{1,2}(?:\.\d{1,2})*\s?[a-z]?\s?[.):\-–]"
    r"|q\d{1,2}[a-z]?|\d{1,2}(?:\.\d{1,2})*[a-z]?(?=\s)|\(?[a-z][.)](?=\s)|\(?[ivx]{1,4}[.)](?=\s))\s*"
)
#: What makes a question of a label's words: "What is your job title?".
_ASKED = re.compile(r"^(?:what|who|which|when|where) (?:is|are|was|were)(?: the| your| its)? ")
_PARTS = re.compile(r"\s+(?:and|&)\s+|\s*/\s*", re.IGNORECASE)
_SAID_NO = re.compile(r"\W*no\W*", re.IGNORECASE)  #: an answer, however short for "number"
_INITIALS = re.compile(r"\b(?:[a-z]\.){2,}")  #: "p.o.d." is "pod"
_ASIDE = re.compile(r"[(\[{][^()\[\]{}]*[)\]}]")
_WORDS = re.compile(r"[a-z0-9']+")
_SAME = {
    "mail": "email", "no": "number", "nos": "number", "num": "number", "tel": "telephone",
    "phone": "telephone", "organization": "organisation", "org": "organisation",
    "yp": "young people", "cyp": "children and young people", "ref": "reference", "finish": "end",
}  # fmt: skip
_FILLER = frozenset(
    "the a an of your you our please for is are be this in to and or do will name s".split()
)


@dataclass(frozen=True, slots=True)
class Match:
    """The fields that a text may be the label of: (form, key) -> how sure, 0..1."""

    keys: dict[tuple[str, str], float]
    strong: bool = True  #: more than one ordinary word

    @property
    def official(self) -> bool:
        """Whether it is some field's own label, word for word."""
        return any(sure == OFFICIAL for sure in self.keys.values())

    def key(self, form: str) -> str | None:
        """The field of `form` that this labels."""
        for owner, key in self.keys:
            if owner == form:
                return key
        return None

    def sure(self, form: str) -> float:
        """How sure that is."""
        return max((s for (f, _), s in self.keys.items() if f == form), default=0.0)


class Labels:
    """Every label of some forms, ready to be looked up."""

    def __init__(self, specs: Iterable[FormSpec]) -> None:
        self._exact: dict[str, dict[tuple[str, str], float]] = {}
        self._core: dict[str, dict[tuple[str, str], float]] = {}
        self._matches: dict[str, Match | None] = {}  #: of texts looked up before: most of a form
        self.none: set[str] = set()  #: plain lines that begin with no label
        self._exactly: dict[str, Match | None] = {}  #: is the same words each time
        self.headings: frozenset[str] = frozenset()
        for spec in specs:
            self._add(spec)
        self._texts = list(self._exact)

    def _add(self, spec: FormSpec) -> None:
        self.headings |= {plain(f.section) for f in spec.fields if f.section}
        for f in spec.fields:
            owner = (spec.key, f.key)
            for place, text in enumerate((f.label, *f.aliases, *f.range_aliases)):
                for variant in filter(None, _variants(text)):
                    found = self._exact.setdefault(variant, {})
                    found[owner] = max(found.get(owner, 0), ALIAS if place else OFFICIAL)
                    if core := _core(variant):
                        self._core.setdefault(core, {}).setdefault(owner, REORDERED)

    def exact(self, text: str) -> Match | None:
        """The label that the whole of `text` is, in the definitions' own words."""
        if len(text) > LONGEST:
            return self._look_up(text)
        if text not in self._exactly:
            self._exactly[text] = self._look_up(text)
        return self._exactly[text]

    def _look_up(self, text: str) -> Match | None:
        variants = _variants(text)
        for variant in (*variants, *(_ASKED.sub("", v) for v in variants)):
            if variant and (found := self._exact.get(variant)):
                return Match(_one_each(found), _strong(variant))
        return self._bilingual(text) if " / " in text else None

    def _bilingual(self, text: str) -> Match | None:
        """The label that a text is in one of its languages: "Area / Ardal"."""
        found = [match for part in text.split(" / ") if (match := self.exact(part))]
        if len(found) != 1 or not found[0].official:
            return None
        return Match({o: min(s, ALIAS) for o, s in found[0].keys.items()}, strong=True)

    def whole(self, text: str) -> bool:
        """Whether a text is a label together with what stands in brackets in it."""
        return plain(text) in self._exact

    def _two(self, text: str) -> bool:
        """Whether a text is the labels of two fields, such as "Name and job title"."""
        found = [self.exact(part) for part in _PARTS.split(text)]
        keys = [match.keys.keys() for match in found if match]
        apart = len(keys) == len(found) > 1 and not any(k & keys[0] for k in keys[1:])
        return apart and any(set(plain(part).split()) <= _FILLER for part in _PARTS.split(text))

    def match(self, text: str) -> Match | None:
        """The label that the whole of `text` is, if any; also reworded or misspelt."""
        if len(text) > LONGEST:
            return None
        if text not in self._matches:
            self._matches[text] = self._match(text)
        return self._matches[text]

    def of(self, owners: Iterable[tuple[str, str]]) -> Match:
        """The match of a label that is not there, for fields that are known without it."""
        return Match(dict.fromkeys(owners, 0.9))

    def _match(self, text: str) -> Match | None:
        if not text or _SAID_NO.fullmatch(text):
            return None
        if exact := self.exact(text):
            return exact
        if self._two(text):
            return None
        for variant in _variants(text):
            core = _core(variant)
            if core and (found := self._core.get(core)) and _one_each(found):
                return Match(_one_each(found), _strong(variant))
        return self._near(plain(text))

    def _near(self, text: str) -> Match | None:
        """The label that `text` is a misspelling of; of two as near, none."""
        if len(text) < 5:
            return None
        hits = process.extract(
            text, self._texts, scorer=fuzz.ratio, score_cutoff=NEAR - MARGIN, limit=8
        )
        best: dict[tuple[str, str], float] = {}
        for label, score, _ in hits:
            if not _misspells(text, label):
                continue
            for owner in self._exact[label]:
                best[owner] = max(best.get(owner, 0.0), score)
        sure = {
            o: min(s / 100, MISSPELT) for o, s in best.items() if s >= NEAR and _clear(o, s, best)
        }
        return Match(sure) if sure else None


def _misspells(text: str, label: str) -> bool:
    """Whether each word that differs is a slip of a word, not another or a further word."""
    a, b = set(text.split()), set(label.split())
    if (a ^ b) & _NEVER_SLIPS or abs(len(text.split()) - len(label.split())) > 1:
        return False
    return all(_slip(w, label) for w in a - b) and all(_slip(w, text) for w in b - a)


def _slip(word: str, text: str) -> bool:
    """Whether `word` is in `text` but for a letter or two, also run together with another."""
    if len(word) < 4:
        return word in text
    return fuzz.partial_ratio(word, text) >= SLIP


def _clear(owner: tuple[str, str], score: float, best: dict[tuple[str, str], float]) -> bool:
    return all(score - s >= MARGIN for o, s in best.items() if o[0] == owner[0] and o != owner)


def _one_each(found: dict[tuple[str, str], float]) -> dict[tuple[str, str], float]:
    """Of each form's fields the surest; none where two are as sure."""
    out = {}
    for form in {form for form, _ in found}:
        ranked = sorted(((s, o) for o, s in found.items() if o[0] == form), reverse=True)
        if len(ranked) == 1 or ranked[0][0] > ranked[1][0]:
            out[ranked[0][1]] = ranked[0][0]
    return out


def _variants(text: str) -> tuple[str, ...]:
    """Its words, and its words without what stands in brackets."""
    words = plain(text)
    without = plain(_ASIDE.sub(" ", text)) if _ASIDE.search(text) else words
    return (words,) if words == without else (words, without)


def _strong(variant: str) -> bool:
    return " " in variant


@lru_cache(maxsize=8192)
def plain(text: str) -> str:
    """A label's words, in one spelling."""
    t = unicodedata.normalize("NFKC", text).lower().replace("’", "'").strip(" \t*•·-–")
    t = _INITIALS.sub(lambda m: m[0].replace(".", ""), t)
    t = _NUMBERING.sub("", t).replace("(s)", "s").replace("&", " and ").replace("e-mail", "email")
    t = re.sub(r"\be mail\b", "email", t).replace("-", " ")
    words = [_SAME.get(w, w) for w in _WORDS.findall(t)]
    return " ".join(w for w in words if w)


@lru_cache(maxsize=8192)
def _core(variant: str) -> str:
    """The words that carry the meaning, in any order."""
    words = sorted({w.removesuffix("'s") for w in variant.split()} - _FILLER)
    return " ".join(words) if len(words) >= 2 else ""


def all_labels() -> Labels:
    """The labels of all forms that are defined."""
    return _all_labels(own_folder())


@cache
def _all_labels(_definitions: Path | None) -> Labels:
    return Labels(forms().values())
