"""The options of one field and all the names that people give them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import cache, lru_cache

from rapidfuzz import fuzz
from rapidfuzz.distance import OSA

from parsers.spec import FieldSpec

#: A misspelt option must be this near, and nearer than any other by the margin (0..100).
NEAR = 88
MARGIN = 6

#: Words round an option that change nothing.
FILLER = frozenset(
    "a an the some our all with from in of for at and children young people pupils students cyp yp "
    "school schools group groups aged age ages years year olds old both only mainly possibly area "
    "areas district borough council town etc we will be using via by through local level their who "
    "are is then also either both mostly times x".split()
)

_WHOLE = 95.0  #: an option some of whose words were left out
_NUMBERED = re.compile(r"(\d+)\s+(.+)")
_BRACKETS = re.compile(r"\s*\([^)]*\)")


class Options:
    """Names of options: looked up whole, found in running text, or guessed from a slip."""

    def __init__(self, options: tuple[str, ...], aliases: Mapping[str, tuple[str, ...]]) -> None:
        self._names: dict[str, str] = {}
        spellings: list[tuple[str, str]] = []
        for option in options:
            texts = _spellings(option, aliases.get(option, ()))
            spellings += [(text, option) for text in texts]
            for text in (*texts, *_number(option)):
                self._names.setdefault(name(text), option)
        spellings.sort(key=lambda pair: -len(pair[0]))
        #: finds each option by its own text, in the definition's order
        self.patterns = tuple(_pattern(_bare(o)) for o in options)
        #: finds every name in running text, the longest first
        self.longest_first = tuple(
            (_pattern(text), option)
            for text, option in spellings
            if text == option or not _only_filler(text)
        )
        #: whether each option has a number of its own, and what finds these
        self.numbered = all(_NUMBERED.match(o) for o in options)
        self.numbers = tuple(_pattern(n) for o in options for n in _number(o))

    def known(self, text: str) -> str:
        """The option whose text, number or other name `text` is; "" if none."""
        return self._names.get(name(text), "")

    def near(self, text: str) -> str:
        """The option that `text` misspells or shortens, if only one comes near; "" if none."""
        wanted = name(text)
        if len(wanted) < 5 or wanted.isdigit():
            return ""
        best: dict[str, float] = {}
        for known, option in self._names.items():
            best[option] = max(best.get(option, 0.0), _likeness(wanted, known))
        (first, top), *rest = sorted(best.items(), key=lambda item: -item[1])
        if top < NEAR or (rest and top - rest[0][1] < MARGIN):
            return ""
        return first


@cache
def options_of(spec: FieldSpec) -> Options:
    """The options of a field, made ready once."""
    return Options(spec.options, spec.option_aliases)


@lru_cache(maxsize=4096)
def name(text: str) -> str:
    """An option's words in one spelling."""
    t = text.lower().replace("’", "'").strip(" .,;:*•·-–—()")
    t = re.sub(r"^(?:the|an?|level|rung|number|no\.?)[\s:]+", "", t)
    return " ".join(re.findall(r"[\w+']+", t.replace("&", " and ")))


def _only_filler(text: str) -> bool:
    return set(name(text).split()) <= FILLER


def _likeness(wanted: str, known: str) -> float:
    score = fuzz.ratio(wanted, known) if _slips(wanted, known) else 0.0
    shortened = " " in wanted and set(wanted.split()) <= set(known.split())
    return max(score, _WHOLE) if shortened else score


def _slips(wanted: str, known: str) -> bool:
    """Whether every word is the option's own but for a slip: young farmers are no young carers."""
    ours, theirs = wanted.split(), known.split()
    if len(ours) != len(theirs):
        ours, theirs = ["".join(ours)], ["".join(theirs)]
    return all(
        OSA.distance(a, b) <= (1 if len(b) < 10 else 2) for a, b in zip(ours, theirs, strict=True)
    )


def _bare(option: str) -> str:
    return _BRACKETS.sub("", re.sub(r"^\d+\s+", "", option))


def _spellings(option: str, aliases: Iterable[str]) -> list[str]:
    return list(dict.fromkeys([option, _BRACKETS.sub("", option), _bare(option), *aliases]))


def _number(option: str) -> list[str]:
    m = _NUMBERED.match(option)
    return [m[1]] if m else []


@cache
def _pattern(text: str) -> re.Pattern[str]:
    parts = (re.escape(w) for w in re.split(r"[\s-]+", text))
    words = r"[\s-]+".join(r"(?:and|&)" if w == "and" else w for w in parts)
    return re.compile(rf"(?<!\w){words}(?!\w)", re.IGNORECASE)
