"""The index of similar work finds what looking at every consultation finds, on either database."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import text

from intake.similar import Places, Ranker, SimilarRules, Statistics, Terms, Work, keeping, terms_of
from intake.similar.evaluate import read_folder
from intake.similar.index import best_in, entry_of, probe_of
from intake.similar.keeping import bring_up_to_date, catch_up
from model import Permanent, Status
from store import Store
from store.engine import Database
from store.schema import metadata
from store.similar_index import SimilarIndex
from tests.store import given

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


def test_a_fault_in_the_index_undoes_nothing_else(store: Store) -> None:
    record = given.consultation(reference=given.reference(1))
    with store.transaction() as transaction:
        with pytest.raises(Permanent), transaction.similar() as index:
            index.put(entry_of("k1", terms_of(BUSES), RANKER))
            index.connection.execute(text("SELECT 1 FROM nowhere"))
        transaction.apply(given.new(record), now=given.NOW)
    with store.transaction() as transaction, transaction.similar() as index:
        assert [due.key for due in index.due(10)] == [record.key]
        assert index.counts(()) == (0, {})


def test_each_change_leaves_the_consultation_due_until_it_is_taken_note_of(store: Store) -> None:
    record = given.consultation(reference=given.reference(1))
    given.do(store, given.new(record))
    with store.transaction() as transaction, transaction.similar() as index:
        assert bring_up_to_date(index, SimilarRules())
        assert index.counts(())[0] == 1
        assert index.due(10) == ()
    (known,) = given.found(store, given.reference(1))
    withdrawn = replace(known, status=Status.WITHDRAWN)
    given.do(store, given.changed(known, withdrawn))
    with store.transaction() as transaction, transaction.similar() as index:
        assert bring_up_to_date(index, SimilarRules())
        assert index.counts(())[0] == 0


def test_a_large_register_is_taken_in_by_batches(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keeping, "AT_ONCE", 2)
    for number in range(1, 6):
        record = given.consultation(f"k{number}", reference=given.reference(number))
        given.do(store, given.new(record))
    for left in (False, False, True):
        with store.transaction() as transaction, transaction.similar() as index:
            assert bring_up_to_date(index, SimilarRules(), batches=1) is left
    catch_up(store, SimilarRules(title=2.0))
    with store.transaction() as transaction, transaction.similar() as index:
        assert index.counts(())[0] == 5
        assert index.due(1) == ()
