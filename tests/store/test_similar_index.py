"""The index of similar work finds what looking at every consultation finds, on either database."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from intake.similar import Places, Ranker, SimilarRules, Statistics, Terms, Work, terms_of
from intake.similar.evaluate import read_folder
from intake.similar.index import best_in, entry_of, probe_of
from store.engine import Database
from store.schema import metadata
from store.similar_index import SimilarIndex

LABELLED = Path(__file__).parent.parent / "intake" / "labelled"
PLACES = Places({"County": None, "North": "County", "South": "County"})
RANKER = Ranker(Statistics(), PLACES)
BUSES = Work(
    title="Getting to school by bus",
    purpose="Are the buses on time, and what is the fare?",
    ages=(11, 16),
    areas=("North",),
    starts=date(2026, 3, 1),
    ends=date(2026, 4, 1),
)
ASKED = replace(BUSES, title="Buses", starts=date(2027, 3, 1), ends=None)


@pytest.fixture
def index(url: str) -> Iterator[SimilarIndex]:
    database = Database(url)
    database.make_file()
    with database.write() as connection:
        metadata.create_all(connection)
        yield SimilarIndex(connection)
    database.close()


def put(index: SimilarIndex, key: str, work: Work) -> Terms:
    terms = terms_of(work)
    index.put(entry_of(key, terms, RANKER))
    return terms


def keys(index: SimilarIndex, asked: Work = ASKED) -> list[str]:
    return [key for key, _ in index.nearest(probe_of(terms_of(asked), RANKER))]


def test_what_was_put_comes_back_as_it_was(index: SimilarIndex) -> None:
    terms = put(index, "a", BUSES)
    ((key, data),) = index.nearest(probe_of(terms_of(ASKED), RANKER))
    assert (key, Terms.from_json(data)) == ("a", terms)


def test_a_revision_takes_the_place_of_what_was_there(index: SimilarIndex) -> None:
    put(index, "a", replace(BUSES, title="Skate park", purpose="Ramps"))
    assert keys(index) == []
    terms = put(index, "a", BUSES)
    assert keys(index) == ["a"]
    documents, counts = index.counts(term for term, _ in terms.weights)
    assert documents == 1
    assert set(counts.values()) == {1}


def test_what_was_taken_out_is_found_and_counted_no_more(index: SimilarIndex) -> None:
    terms = put(index, "a", BUSES)
    index.remove("a")
    index.remove("never there")
    assert keys(index) == []
    documents, counts = index.counts(term for term, _ in terms.weights)
    assert (documents, sum(counts.values())) == (0, 0)


@pytest.mark.parametrize(
    ("other", "found"),
    [
        (BUSES, True),
        (replace(BUSES, areas=("County",)), True),
        (replace(BUSES, areas=("South",)), False),
        (replace(BUSES, areas=("Oz",)), True),
        (replace(BUSES, areas=()), True),
        (replace(BUSES, ages=(16, 25)), True),
        (replace(BUSES, ages=(17, 25)), False),
        (replace(BUSES, ages=None), True),
        (replace(BUSES, ends=date(2025, 3, 1)), True),
        (replace(BUSES, ends=date(2025, 2, 28)), False),
        (replace(BUSES, ends=None, starts=None), True),
        (replace(BUSES, audience=("Parents and carers",)), False),
        (replace(BUSES, title="Skate park", purpose="Ramps"), False),
    ],
)
def test_the_filters_leave_out_what_cannot_count(
    index: SimilarIndex, other: Work, found: bool
) -> None:
    put(index, "a", other)
    assert keys(index) == (["a"] if found else [])


def test_an_equal_title_is_found_without_any_subject(index: SimilarIndex) -> None:
    put(index, "a", replace(BUSES, title="Xyzzy, plugh!", purpose=""))
    assert keys(index, replace(ASKED, title="xyzzy plugh", purpose="")) == ["a"]


def test_many_put_at_once_are_the_same_as_one_by_one(index: SimilarIndex) -> None:
    works = {"a": BUSES, "b": replace(BUSES, title="Bus fares"), "c": replace(BUSES, ages=(5, 9))}
    entries = {key: entry_of(key, terms_of(work), RANKER) for key, work in works.items()}
    index.put(*entries.values())
    terms = {term for entry in entries.values() for term in entry.terms}
    at_once = (keys(index), index.counts(terms))
    for entry in entries.values():
        index.put(entry)
    assert (sorted(keys(index)), index.counts(terms)) == (sorted(at_once[0]), at_once[1])


def test_the_index_finds_what_looking_at_all_finds(index: SimilarIndex) -> None:
    data = read_folder(LABELLED, SimilarRules())
    ranker = Ranker(Statistics.of(data.terms.values()), data.places)
    index.put(*(entry_of(key, terms, ranker) for key, terms in data.terms.items()))
    for asked in data.terms.values():
        by_index, _ = best_in(index, asked, Ranker(Statistics(), data.places))
        looked_at_all = ranker.best(asked, data.terms.items())
        assert [f for f in by_index if f.warn] == [f for f in looked_at_all if f.warn]
