"""Who is asked: grown-ups or young people, and which groups of them, from anybody's words."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from intake.similar.lexicon import lexicon
from intake.similar.words import plain_words

YOUNG = "young people"

#: "Children of foster carers", "pupils whose dad is in prison": the grown-ups are not asked.
_THEIR_CHILDREN = re.compile(
    r"\b(children|young people|sons|daughters|kids|pupils|students|teenagers|teens|girls|boys)\b"
    r"[^,;]*?\b(of|whose|with|who|living|in|placed|from|by|looked)\b[^,;]*",
    re.IGNORECASE,
)
_OWN_CHILDREN = re.compile(r"\b(carers|parents)['’]s? (own )?(children|kids)\b", re.IGNORECASE)
#: "Parents under 21", "mums aged 16 to 19": young people.
_YOUNG_PARENTS = re.compile(
    r"\b(parents|mothers|fathers|mums|dads|carers)\b[^,;]*?"
    r"\b(under|below|aged?|up to)\b\D*(1\d|2[0-5])\b",
    re.IGNORECASE,
)
_YOUNG = re.compile(
    r"\b(children|young|pupils?|students?|teen\w*|youths?|kids|girls|boys|year \d+|y\d+|\d+s)\b"
    r"|\byear olds\b|\bplant\b",
    re.IGNORECASE,
)

#: Kinds that young people belong to as well: ages that end before this make them young people.
_OF_ANY_AGE = frozenset({"residents", "councillors"})
_GROWN_UP = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Audience:
    """Who is asked. Without groups: anyone of the kind."""

    kinds: tuple[str, ...] = (YOUNG,)  #: "young people", or kinds of grown-ups; sorted
    groups: tuple[str, ...] = ()  #: groups of young people; sorted
    ages: tuple[int, int] | None = None


class Common(StrEnum):
    """How two audiences stand to each other."""

    NOBODY = "nobody"  #: grown-ups here and young people there
    OTHER_GROUPS = "other groups"
    ONE_GROUP = "one group"  #: one asks a group, the other anyone
    ANYONE = "anyone"  #: neither asks a group
    SAME_GROUP = "same group"


def audience_of(given: Iterable[str], ages: tuple[int, int] | None = None) -> Audience:
    """Read the answers to "Who will you consult?"; ages that are not given follow from them."""
    kinds: set[str] = set()
    groups: set[str] = set()
    bands: list[tuple[int, int]] = []
    for text in given:
        found = _groups(text)
        groups |= found
        grown_ups = set() if found & {"young parents"} else _grown_ups(text)
        if ages is not None and ages[1] < _GROWN_UP:
            grown_ups -= _OF_ANY_AGE
        kinds |= grown_ups
        if not grown_ups or found or _YOUNG.search(_without_grown_ups(text)):
            kinds.add(YOUNG)
        bands += _bands(text)
    if ages is None and bands and kinds <= {YOUNG}:
        ages = min(first for first, _ in bands), max(last for _, last in bands)
    return Audience(kinds=tuple(sorted(kinds)) or (YOUNG,), groups=tuple(sorted(groups)), ages=ages)


def _groups(text: str) -> set[str]:
    found = {sense.name for sense, _, _ in lexicon().young.found(plain_words(text))}
    if _YOUNG_PARENTS.search(text):
        found.add("young parents")
    return found


def _grown_ups(text: str) -> set[str]:
    text = _OWN_CHILDREN.sub(" ", _THEIR_CHILDREN.sub(" ", text))
    words = plain_words(text)
    spans = [range(at, at + n) for _, at, n in lexicon().young.found(words)]
    return {
        sense.name
        for sense, at, _ in lexicon().adults.found(words)
        if not any(at in span for span in spans)
    }


def _without_grown_ups(text: str) -> str:
    return re.sub(r"\b(parents?|carers?|families) of\b.*", " ", text, flags=re.IGNORECASE)


def _bands(text: str) -> list[tuple[int, int]]:
    known = lexicon()
    return [known.age_bands[s.name] for s, _, _ in known.ages.found(plain_words(text))]


def in_common(one: Audience, two: Audience) -> Common:
    """How two audiences stand to each other."""
    kinds = set(one.kinds) & set(two.kinds)
    if not kinds:
        return Common.NOBODY
    if YOUNG not in kinds or not (one.groups or two.groups):
        return Common.ANYONE
    if not (one.groups and two.groups):
        return Common.ONE_GROUP
    return Common.SAME_GROUP if same_groups(one, two) else Common.OTHER_GROUPS


def same_groups(one: Audience, two: Audience) -> tuple[str, ...]:
    """The groups that both ask, the wider name where one asks a part of the other's."""
    wide_one, wide_two = _widened(one.groups), _widened(two.groups)
    both = (set(one.groups) & wide_two) | (set(two.groups) & wide_one)
    return tuple(sorted(both))


def _widened(groups: tuple[str, ...]) -> set[str]:
    within = lexicon().within
    return {*groups, *(within[g] for g in groups if g in within)}
