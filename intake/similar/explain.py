"""Why two consultations match, and where they differ, in plain words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache

from intake.similar.audience import YOUNG, Audience, same_groups
from intake.similar.lexicon import lexicon
from intake.similar.places import Places
from intake.similar.rank import Ranker, Weighed, same_title
from intake.similar.terms import Terms
from intake.similar.words import plain_words

#: What a meaning counts in a form that says it in so many words, or hints at it several times.
_SURE = 1.0
#: How many subjects and how many questions a sentence names, at most.
_NAMED = 3


def explain(asked: Terms, other: Terms, ranker: Ranker) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """(what agrees, what differs) between a proposal and another consultation, a sentence each."""
    one, two = ranker.weigh(asked), ranker.weigh(other)
    why = [_both_ask(asked, other, one, two, ranker.places)]
    if same_title(asked, other) >= ranker.rules.same_title:
        why.append("the titles are nearly the same")
    if questions := _shared(asked, other, one, two, questions=True):
        why.append(_both_raise(questions))
    why.append(_when(asked, other))
    return tuple(why), tuple(_differences(asked, other, one, two, ranker.places))


def _both_ask(asked: Terms, other: Terms, one: Weighed, two: Weighed, places: Places) -> str:
    subjects = _shared(asked, other, one, two, questions=False) or _shared_words(asked, one, two)
    where = _where(asked.areas, other.areas, places)
    about = f" about {_listed(subjects)}" if subjects else ""
    return f"both ask {_whom(asked.audience, other.audience)}{where}{about}"


def _both_raise(questions: list[str]) -> str:
    """Their names follow a colon, as no other words fit before all of them."""
    points = "the same point comes up" if len(questions) == 1 else "the same points come up"
    return f"{points} in both: {', '.join(questions)}"


def _shared(
    asked: Terms, other: Terms, one: Weighed, two: Weighed, *, questions: bool
) -> list[str]:
    """The meanings that count most towards the score, by name, as far as both surely have them."""
    mine, theirs = dict(asked.weights), dict(other.weights)
    worth = {
        term[1:]: weight * two.meanings[term]
        for term, weight in one.meanings.items()
        if term in two.meanings
        and (term[1:] in lexicon().questions) is questions
        and min(mine[term], theirs[term]) >= _SURE
    }
    best = sorted(worth, key=lambda name: (-worth[name], name))
    least = worth[best[0]] / 10 if best else 0.0
    named = [name for name in best if worth[name] > least]
    return _of_their_own(named, frozenset(mine.keys() & theirs.keys()))[:_NAMED]


def _of_their_own(names: list[str], stems: frozenset[str]) -> list[str]:
    """Those that some words bear out which bear out none before: "breakfast club" is one reason."""
    known = lexicon().subjects
    kept: list[str] = []
    taken: set[tuple[str, ...]] = set()
    for name in names:
        said = {phrase for phrase in known.phrases(name) if stems.issuperset(phrase)}
        if not said or said - taken:
            kept.append(name)
            taken |= said
    return kept


def _shared_words(asked: Terms, one: Weighed, two: Weighed) -> list[str]:
    """Words of the title that the other one uses too."""
    words = [w for w in plain_words(asked.title) if w.stem in one.words and w.stem in two.words]
    return [f"“{word}”" for word in dict.fromkeys(w.text for w in words)][:_NAMED]


def _whom(one: Audience, two: Audience) -> str:
    groups = same_groups(one, two)
    both = set(one.kinds) & set(two.kinds)
    ages = _common(one.ages, two.ages)
    if YOUNG not in both:
        return _listed(sorted(both))
    if groups:
        return _listed(list(groups)[:_NAMED]) + (f" aged {_years(ages)}" if ages else "")
    return f"{_years(ages)} year olds" if ages else YOUNG


def _common(one: tuple[int, int] | None, two: tuple[int, int] | None) -> tuple[int, int] | None:
    if one is None or two is None:
        return one or two
    return max(one[0], two[0]), min(one[1], two[1])


def _years(ages: tuple[int, int]) -> str:
    return str(ages[0]) if ages[0] == ages[1] else f"{ages[0]} to {ages[1]}"


def _where(one: Iterable[str], two: Iterable[str], places: Places) -> str:
    """The areas that both are in, the narrower of two that lie within each other."""
    common = []
    for a in map(places.named, one):
        for b in map(places.named, two):
            if b in places.around(a) or b == places.everywhere:
                common.append(a)
            elif a in places.around(b) or a == places.everywhere:
                common.append(b)
    found = [area for area in dict.fromkeys(common) if area != places.everywhere]
    return f" in {_listed(found)}" if found else ""


def _when(asked: Terms, other: Terms) -> str:
    if other.ends is None and other.starts is None:
        return "nobody knows when the other one ends"
    if asked.starts is None:
        return "nobody knows when yours starts"
    if other.starts is not None and other.starts > asked.starts:
        return "the other one is planned for after yours starts"
    if other.ends is None or other.ends >= asked.starts:
        return "the other one is still going on when yours starts"
    months = _months(other.ends, asked.starts)
    ago = "less than a month" if not months else "1 month" if months == 1 else f"{months} months"
    return f"the other one ended {ago} before yours starts"


def _differences(
    asked: Terms, other: Terms, one: Weighed, two: Weighed, places: Places
) -> Iterable[str]:
    if asked.audience.groups != other.audience.groups:
        mine, theirs = (_groups(t.audience) for t in (asked, other))
        yield f"yours asks {mine}, the other one {theirs}"
    if asked.audience.ages != other.audience.ages:
        mine, theirs = (_ages(t.audience.ages) for t in (asked, other))
        yield f"yours is for {mine}, the other one for {theirs}"
    here, there = (tuple(dict.fromkeys(map(places.named, t.areas))) for t in (asked, other))
    if set(here) != set(there):
        mine, theirs = (_listed(list(areas)) or "no named area" for areas in (here, there))
        yield f"yours is in {mine}, the other one in {theirs}"
    mine_says, theirs_says = _Side.of(asked, one), _Side.of(other, two)
    if alone := _only(mine_says, theirs_says):
        yield f"only yours is about {_listed(alone)}"
    if alone := _only(theirs_says, mine_says):
        yield f"only the other one is about {_listed(alone)}"


def _groups(audience: Audience) -> str:
    return _listed(list(audience.groups)) if audience.groups else "no group in particular"


def _ages(ages: tuple[int, int] | None) -> str:
    return f"{_years(ages)} year olds" if ages else "any age"


@dataclass(frozen=True, slots=True)
class _Side:
    """What one of the two means, and the words that it says it in."""

    meanings: Mapping[str, float]
    stems: frozenset[str]

    @classmethod
    def of(cls, terms: Terms, weighed: Weighed) -> _Side:
        stems = frozenset(term for term, _ in terms.weights if not term.startswith("#"))
        return cls(meanings=weighed.meanings, stems=stems)

    def says(self, name: str) -> set[frozenset[str]]:
        """The phrases for a meaning of which all words that tell anything stand in it."""
        return {phrase for phrase in _telling(name) if phrase <= self.stems}


def _only(one: _Side, two: _Side) -> list[str]:
    """Subjects that matter in the one and are missing in the other, which does not hint at them."""
    strong = max(one.meanings.values(), default=0.0) / 2
    found = {t: w for t, w in one.meanings.items() if t not in two.meanings and w > strong}
    names = [t[1:] for t in sorted(found, key=lambda t: (-found[t], t))]
    alone = (name for name in names if name not in lexicon().questions)
    return [name for name in alone if not _is_hinted_at(name, one, two)][:2]


def _is_hinted_at(name: str, one: _Side, two: _Side) -> bool:
    """Whether the other one says something of a subject that only the one was found to have.

    That is a phrase for it, some of the very words that bear it out in the one, or a question that
    both raise in words which are part of a phrase for it: "cheaper" of "cheaper travel".
    """
    if two.says(name):
        return True
    said = one.says(name)
    if said and not any(two.stems.isdisjoint(phrase) for phrase in said):
        return True
    both = (term[1:] for term in one.meanings.keys() & two.meanings.keys())
    raised = (phrase for q in both if q in lexicon().questions for phrase in two.says(q))
    return any(phrase <= whole for phrase in raised for whole in _telling(name))


@cache
def _telling(name: str) -> frozenset[frozenset[str]]:
    """The phrases for a meaning, without the words that tell nothing of a subject."""
    known = lexicon()
    found = (frozenset(phrase) - known.ignored for phrase in known.subjects.phrases(name))
    return frozenset(phrase for phrase in found if phrase)


def _listed(names: list[str]) -> str:
    """A, B and C; only commas where a name has an "and" of its own."""
    if len(names) < 2 or any(" and " in name for name in names):
        return ", ".join(names)
    return " and ".join([", ".join(names[:-1]), names[-1]])


def _months(first: date, last: date) -> int:
    """Whole calendar months between two days."""
    months = (last.year - first.year) * 12 + last.month - first.month
    return months - (last.day < first.day)
