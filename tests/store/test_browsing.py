"""The register searched, filtered and sorted: the same on every database."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from random import Random
from typing import Any

import pytest
from sqlalchemy import delete, select

from model import Change, Match, Status
from store import Filter, Order, Store, searching
from store.engine import Database
from store.schema import searched, tags
from tests.store import given
from tests.store.given import NOW, consultation, do, reference

ROWS: tuple[tuple[str, str, Status, dict[str, Any]], ...] = (
    (
        "Skate park",
        "Youth Service",
        Status.REGISTERED,
        {"area": ["Ipswich"], "themes": ["Leisure"]},
    ),
    ("Café for everyone", "Leisure", Status.COMPLETE, {"audience": ["Other: carers"]}),
    ("School meals", "Schools", Status.REGISTERED, {"area": ["Ipswich", "Babergh"]}),
    ("100% Ours_", "Youth Service", Status.WITHDRAWN, {"purpose": "Who skates where?"}),
)


@pytest.fixture
def register(store: Store) -> Iterator[Store]:
    for n, (title, organisation, status, more) in enumerate(ROWS):
        start = date(2027, 2, 1) + timedelta(days=30 * n)
        end = start + timedelta(days=14)
        form1 = {
            "title": title,
            "organisation": organisation,
            "start_date": start.isoformat(),
            "end_date": end.isoformat(),
            **more,
        }
        one = consultation(
            key=f"k{n}",
            reference=reference(n + 1),
            status=status,
            form1=form1,
            created_at=NOW + timedelta(days=n),
            outcomes_due=end + timedelta(days=28),
        )
        do(store, given.new(one))
    yield store


def found(store: Store, by: Order = Order.CAME, *, down: bool = False, **wanted: Any) -> str:
    page = store.views.register(Filter(**wanted), by, down=down)
    assert page.found == len(page.lines)
    return "".join(line.key[1:] for line in page.lines)


@pytest.mark.parametrize(
    ("wanted", "keys"),
    [
        ({}, "0123"),
        ({"words": "skat"}, "03"),
        ({"words": "SKATE park"}, "0"),
        ({"words": "kate"}, ""),
        ({"words": "cafe"}, "1"),
        ({"words": "CAFÉ"}, "1"),
        ({"words": "%"}, ""),
        ({"words": "skat %"}, "03"),
        ({"words": "1_0"}, ""),
        ({"words": "100%"}, "3"),
        ({"words": "CYP-2027-0003-0"}, "2"),
        ({"words": "cyp-2027"}, "0123"),
        ({"words": "skat " * 1500}, "03"),
        ({"words": " ".join(["skate", *(f"w{n}" for n in range(1500))])}, ""),
        ({"words": "s" * 60_000}, ""),
        ({"status": (Status.REGISTERED,)}, "02"),
        ({"status": (Status.COMPLETE, Status.WITHDRAWN)}, "13"),
        ({"organisations": ("Youth Service",)}, "03"),
        ({"organisations": ("Youth Service", "Schools", "None")}, "023"),
        ({"area": "Ipswich"}, "02"),
        ({"area": "Babergh", "words": "meals"}, "2"),
        ({"audience": "Other"}, "1"),
        ({"theme": "Leisure"}, "0"),
        ({"since": date(2027, 3, 18)}, "23"),
        ({"until": date(2027, 3, 3)}, "01"),
        ({"since": date(2027, 2, 16), "until": date(2027, 4, 2)}, "12"),
        ({"overdue_on": date(2027, 3, 16)}, "0"),
        ({"overdue_on": date(2028, 1, 1)}, "02"),
    ],
)
def test_a_filter_lets_pass(register: Store, wanted: dict[str, Any], keys: str) -> None:
    assert found(register, **wanted) == keys


@pytest.mark.parametrize("words", ["children's", "CHILDREN’S CENTRE", "mid-suffolk", "children-"])
def test_a_word_with_a_mark_in_it_is_found_wherever_its_parts_stand(
    store: Store, words: str
) -> None:
    title = "What children want of Suffolk: a children's centre in Mid-Suffolk"
    do(store, given.new(consultation(key="k0", form1={"title": title})))
    do(store, given.new(consultation(key="k1", form1={"title": "Suffolk in autumn"})))
    assert found(store, words=words) == "0"


@pytest.mark.parametrize(
    ("by", "keys"),
    [
        (Order.CAME, "0123"),
        (Order.REFERENCE, "0123"),
        (Order.TITLE, "3120"),
        (Order.ORGANISATION, "1203"),
        (Order.START, "0123"),
        (Order.DUE, "0123"),
    ],
)
def test_it_is_sorted_either_way(register: Store, by: Order, keys: str) -> None:
    assert found(register, by) == keys
    assert found(register, by, down=True) == keys[::-1]


@pytest.mark.parametrize("words", ["", "2027"])
def test_pages_hold_all_of_it_once(register: Store, words: str) -> None:
    def page(number: int) -> Any:
        return register.views.register(Filter(words=words), down=False, number=number, size=3)

    assert [line.key for line in (*page(1).lines, *page(2).lines)] == ["k0", "k1", "k2", "k3"]
    assert (page(1).found, page(1).last, page(9).number, page(0).number) == (4, 2, 2, 1)


def test_an_export_is_of_what_is_filtered(register: Store) -> None:
    some = register.views.filtered(Filter(organisations=("Youth Service",)), down=False)
    assert [one.title for one in some] == ["Skate park", "100% Ours_"]


def test_what_there_is_to_filter_by_is_counted(register: Store) -> None:
    offered = register.views.offered()
    assert offered.areas == {"Babergh": 1, "Ipswich": 2}
    assert offered.audiences == {"Other": 1}
    assert offered.organisations == {"Leisure": 1, "Schools": 1, "Youth Service": 2}
    assert offered.statuses[Status.REGISTERED] == 2


def test_a_changed_title_is_found_and_the_old_one_is_not(register: Store) -> None:
    dossier = register.views.dossier("k0")
    assert dossier is not None
    before = dossier.consultation
    form1 = {**(before.form1 or {}), "title": "Wheels", "area": []}
    do(register, given.changed(before, replace(before, form1=form1, revision=2)))
    assert (found(register, words="wheels"), found(register, words="park")) == ("0", "")
    assert found(register, area="Ipswich") == "2"


def test_a_dossier_says_what_a_revision_changed_and_who_was_warned_of_it(register: Store) -> None:
    first = register.views.dossier(reference(1))
    other = register.views.dossier("k2")
    assert first is not None
    assert other is not None
    form1 = {**(first.consultation.form1 or {}), "title": "Wheels"}
    after = replace(first.consultation, form1=form1, revision=2)
    do(register, given.changed(first.consultation, after))
    match = Match(key="k0", reference=reference(1), title="Wheels", score=0.8, warn=True)
    warned = replace(other.consultation, similar=(match,))
    change = Change(event="similar_found", before=other.consultation, after=warned)
    do(register, given.decision(changes=(change,)))
    now = register.views.dossier("k0")
    assert now is not None
    assert [(r.number, r.changed) for r in now.form1] == [(1, ()), (2, ("title",))]
    assert [(m.key, m.title, m.score) for m in now.similar_to_it] == [("k2", "School meals", 0.8)]
    assert [entry.act for entry in now.history] == ["registered", "revised"]
    assert register.views.dossier("nothing") is None


def test_what_is_searched_can_be_made_anew(register: Store, url: str) -> None:
    database = Database(url)
    with database.write() as connection:
        before = [connection.execute(select(t)).all() for t in (searched, tags)]
        connection.execute(delete(searched))
        searching.fill(connection)
        after = [connection.execute(select(t)).all() for t in (searched, tags)]
    database.close()
    assert [sorted(rows) for rows in after] == [sorted(rows) for rows in before]
    assert len(before[0]) == len(ROWS)


def test_what_is_offered_follows_the_register(register: Store) -> None:
    assert register.views.offered().areas == {"Babergh": 1, "Ipswich": 2}
    form1 = {"title": "More", "area": ["Babergh"]}
    do(register, given.new(consultation(key="k9", form1=form1)))
    assert register.views.offered().areas == {"Babergh": 2, "Ipswich": 2}


def test_an_organisation_whose_name_is_longer_than_an_index_takes_is_kept(store: Store) -> None:
    letters = Random(7)  # such as no database can press together
    name = "".join(chr(0x4E00 + letters.randrange(20_000)) for _ in range(5000))
    one = consultation(key="k1", form1={"title": "Long", "organisation": name})
    do(store, given.new(one))
    (line,) = store.views.register().lines
    assert name.startswith(line.organisation)
    kept = store.views.dossier("k1")
    assert kept is not None
    assert kept.consultation.form1 is not None
    assert kept.consultation.form1["organisation"] == name
