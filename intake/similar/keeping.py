"""The index of similar work, kept as the register is and asked for the proposals of a mail."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Iterable, Sequence
from contextlib import AbstractContextManager
from dataclasses import asdict, replace
from functools import cache
from pathlib import Path

from intake.similar.index import best_in, entry_of
from intake.similar.lexicon import HERE
from intake.similar.places import Places
from intake.similar.rank import Ranker
from intake.similar.rules import SimilarRules
from intake.similar.search import COUNTED, form_places
from intake.similar.statistics import Statistics
from intake.similar.terms import VERSION, Terms, terms_of
from intake.similar.work import of_form1
from model import Consultation, Fields, Nearby, Transient, where_it_failed
from store import Store
from store.similar_index import Entry, SimilarIndex

log = logging.getLogger(__name__)

#: Consultations handed on for each proposal: more than are ever shown, since its own record and
#: those that end in the same mail are left out later.
SHORTLIST = 20
#: Consultations taken into the index at a time.
AT_ONCE = 500


def look_up(
    index: AbstractContextManager[SimilarIndex], proposals: Sequence[Fields], rules: SimilarRules
) -> Nearby:
    """What the proposals of a mail may be similar to; or, if that cannot be found out, the fault.

    Raises only `Transient`.
    """
    if not proposals:
        return Nearby()
    try:
        with index as opened:
            bring_up_to_date(opened, rules)
            return near(opened, proposals, rules)
    except Transient:
        raise
    except Exception as fault:
        return Nearby(fault=where_it_failed(fault))


def near(index: SimilarIndex, proposals: Iterable[Fields], rules: SimilarRules) -> Nearby:
    """What some proposals may be similar to, by an index that is up to date."""
    ranker = Ranker(Statistics(), form_places(), replace(rules, shown=SHORTLIST))
    asked = [terms_of(of_form1(proposal), rules) for proposal in proposals]
    kept: dict[str, Terms] = {}
    for terms in asked:
        found, looked_at = best_in(index, terms, ranker)
        kept |= {one.key: looked_at[one.key] for one in found}
    documents, counts = index.counts(t for terms in (*asked, *kept.values()) for t in terms.names)
    return Nearby(
        candidates=tuple(index.records(kept).values()),
        terms={key: terms.to_json() for key, terms in kept.items()},
        documents=documents,
        counts=counts,
    )


def bring_up_to_date(index: SimilarIndex, rules: SimilarRules, batches: int | None = None) -> bool:
    """Take note of every consultation that changed, or of so many batches of them.

    All are due where the word lists, the rules or the areas changed. Returns whether none is left.
    """
    made_with = name_of(rules, form_places())
    if index.made_with() != made_with:
        index.start_afresh(made_with)
    while batches is None or batches > 0:
        due = index.due(AT_ONCE)
        if not due:
            return True
        index.take([record.key for record in due], _entries(index, due, rules))
        batches = None if batches is None else batches - 1
    return not index.due(1)


def catch_up(store: Store, rules: SimilarRules) -> None:
    """Bring the index up to date at leisure: a batch at a time, so that mail need not wait for all.

    For a start, and after an upgrade. A fault here is met again, and said, when a proposal comes.
    Raises only `Transient`.
    """
    done = False
    while not done:
        try:
            with store.transaction() as transaction, transaction.similar() as index:
                done = bring_up_to_date(index, rules, batches=1)
        except Transient:
            raise
        except Exception as fault:
            log.error("the index of similar work: %s", where_it_failed(fault))
            return


def name_of(rules: SimilarRules, places: Places) -> str:
    """Names everything that the entries of an index depend on beside the consultations."""
    made_of = (VERSION, _lists(), asdict(rules), places.parents)
    return hashlib.sha256(repr(made_of).encode()).hexdigest()[:20]


@cache
def _lists() -> str:
    files = sorted(path for path in Path(HERE).iterdir() if path.suffix in (".toml", ".json"))
    return hashlib.sha256(b"".join(path.read_bytes() for path in files)).hexdigest()


def _entries(
    index: SimilarIndex, due: Iterable[Consultation], rules: SimilarRules
) -> tuple[Entry, ...]:
    known = {}
    for record in due:
        if record.status in COUNTED and record.reference and record.form1:
            try:
                known[record.key] = terms_of(of_form1(record.form1), rules)
            except Exception as fault:  # the search for it failed too: a person knows
                where = where_it_failed(fault)
                log.error("consultation %s cannot be compared: %s", record.key, where)
    documents, counts = index.counts(name for terms in known.values() for name in terms.names)
    statistics = Statistics(documents=documents, counts=counts)
    ranker = Ranker(statistics, form_places(), rules)
    return tuple(entry_of(key, terms, ranker) for key, terms in known.items())
