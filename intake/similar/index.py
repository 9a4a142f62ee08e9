"""Terms as the store's index keeps them, and a proposal as a question to it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any, Protocol
from zlib import crc32

from intake.similar.audience import Audience
from intake.similar.places import Places
from intake.similar.rank import Found, Ranker, months_before
from intake.similar.statistics import Statistics
from intake.similar.terms import VERSION, Terms
from store.similar_index import MOST_TERMS, NO_END, OLDEST, Entry, Filter, Probe

_AREA_BITS, _KIND_BITS = 62, 30
_ANYWHERE = (1 << _AREA_BITS) - 1
#: Terms that are looked up for one proposal, those that matter most.
_LOOKED_UP = MOST_TERMS
_SCALE = 1000


class Index(Protocol):
    """What is asked of the store (`store.similar_index.SimilarIndex`)."""

    def nearest(self, probe: Probe) -> Iterable[tuple[str, Mapping[str, Any]]]:
        """Those that may be most like what is looked up."""

    def counts(self, terms: Iterable[str]) -> tuple[int, Mapping[str, int]]:
        """How many consultations there are, and how many have each of these terms."""


def entry_of(key: str, terms: Terms, ranker: Ranker) -> Entry:
    """What the index keeps of one consultation. `ranker` has the counts as they are by then."""
    ended = terms.ends or terms.starts
    first, last = terms.audience.ages or (0, OLDEST)
    return Entry(
        key=key,
        version=VERSION,
        title=terms.title,
        data=terms.to_json(),
        filter=Filter(
            ends=ended.toordinal() if ended else NO_END,
            age_from=first,
            age_to=last,
            areas=_reached(terms.areas, ranker.places),
            kinds=_kinds(terms.audience),
        ),
        impacts=_impacts(terms, ranker),
        terms=terms.names,
    )


def probe_of(terms: Terms, ranker: Ranker) -> Probe:
    """What to look up for a proposal. `ranker` has the counts of the proposal's terms."""
    since = months_before(terms.starts, ranker.rules.lookback_months) if terms.starts else None
    first, last = terms.audience.ages or (0, OLDEST)
    return Probe(
        title=terms.title,
        filter=Filter(
            ends=since.toordinal() if since else 0,
            age_from=first,
            age_to=last,
            areas=_named(terms.areas, ranker.places),
            kinds=_kinds(terms.audience),
        ),
        weights=_asked(terms, ranker),
        unlike_ages=round(_SCALE**2 * ranker.rules.unlike_ages) if terms.audience.ages else 0,
    )


def best_in(index: Index, proposal: Terms, ranker: Ranker) -> tuple[list[Found], dict[str, Terms]]:
    """(the best five, the terms of all that were looked at) for a proposal, by the index.

    `ranker.statistics` are replaced by those of the index, for the terms that matter.
    """
    counted = _with_counts(ranker, index, [proposal])
    near = {key: Terms.from_json(data) for key, data in index.nearest(probe_of(proposal, counted))}
    counted = _with_counts(ranker, index, [proposal, *near.values()])
    return counted.best(proposal, near.items()), near


def _with_counts(ranker: Ranker, index: Index, known: Iterable[Terms]) -> Ranker:
    documents, counts = index.counts(term for terms in known for term in terms.names)
    return replace(ranker, statistics=Statistics(documents=documents, counts=counts))


def _impacts(terms: Terms, ranker: Ranker) -> dict[str, int]:
    """What each subject and each question is of all of them, as weighed when it was kept."""
    weighed = ranker.weigh(terms)
    return _whole_numbers(weighed.subjects | weighed.questions)


def _asked(terms: Terms, ranker: Ranker) -> dict[str, int]:
    """The meanings that matter most, the weightiest first; questions find nothing alone."""
    weighed, rules = ranker.weigh(terms), ranker.rules
    subjects = {term: rules.meanings * w for term, w in weighed.subjects.items()}
    questions = {term: rules.questions * w for term, w in weighed.questions.items()}
    weights = _whole_numbers(subjects | questions)
    best = sorted(weights, key=lambda term: (-weights[term], term))[:_LOOKED_UP]
    return {term: weights[term] for term in best}


def _whole_numbers(weights: Mapping[str, float]) -> dict[str, int]:
    return {term: round(_SCALE * weight) for term, weight in weights.items() if weight >= 0.01}


def _kinds(audience: Audience) -> int:
    return _bits(audience.kinds, _KIND_BITS)


def _named(areas: Iterable[str], places: Places) -> int:
    """The bits of a proposal's own areas; all where it may reach anybody."""
    named = [places.named(area) for area in areas]
    known = bool(named) and all(places.knows(a) and a != places.everywhere for a in named)
    return _bits(named, _AREA_BITS) if known else _ANYWHERE


def _reached(areas: Iterable[str], places: Places) -> int:
    """The bits of all areas that have young people in common with one of these."""
    named = [places.named(area) for area in areas]
    if not named or not all(places.knows(a) and a != places.everywhere for a in named):
        return _ANYWHERE
    return _bits(places.reached(named), _AREA_BITS)


def _bits(names: Iterable[str], size: int) -> int:
    """A bit for each name, the same everywhere; two names may share one, which only finds more."""
    bits = 0
    for name in names:
        bits |= 1 << int(crc32(name.encode()) % size)
    return bits
