"""The search for similar work when it fails, and when several look at once."""

from __future__ import annotations

import logging
import multiprocessing
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import text

from intake.process import House, process_one
from intake.similar import SimilarRules, form_places
from intake.similar.keeping import bring_up_to_date, look_up
from intake.similar.places import Overlap
from model import Address, MailRef, Office, Transient
from parsers import spec
from parsers.read import read
from store import Store
from store.engine import Database
from store.schema import similar_postings
from tests.intake.desk import Desk, form1_file, kind, mail
from tests.intake.world import FORM1_FIELDS, LEAD, OTHER, RULES, QuickFace, World
from tests.servers import postgres
from tests.stories.test_similar_work import DAY, EARLIER, NOW, OURS, statuses, told, words

_spawn = multiprocessing.get_context("spawn")


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with World.at(tmp_path) as world:
        yield Desk(root=tmp_path, world=world)


def damage(desk: Desk) -> None:
    """The index loses a table, as no program of ours would do."""
    database = Database(f"sqlite:///{desk.root}/askonce.db")
    with database.write() as connection:
        connection.execute(text("DROP TABLE similar_postings"))
    database.close()


def mend(desk: Desk) -> None:
    database = Database(f"sqlite:///{desk.root}/askonce.db")
    with database.write() as connection:
        similar_postings.create(connection)
    database.close()


def test_a_check_that_fails_is_said_and_a_person_has_it(
    desk: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    told(desk, mail(form1_file(), sender=OTHER))
    damage(desk)
    with caplog.at_level(logging.ERROR):
        (answer,) = told(desk, mail(form1_file(organisation="Another")))
    assert (kind(answer), statuses(desk)[OURS]) == ("registered", "registered")
    assert "We could not check whether somebody has already asked" in words(answer)
    assert "found none" not in words(answer)
    (item,) = desk.world.store.views.queue()
    assert (item.reason, item.reference) == ("failed", OURS)
    assert OURS in item.detail["why"]
    assert "Permanent at" in item.detail["fault"]
    assert "mail 2: the search for similar work" in caplog.text
    assert LEAD.email not in caplog.text


def test_a_later_check_that_is_made_closes_the_exception(desk: Desk) -> None:
    told(desk, mail(form1_file(), sender=OTHER))
    damage(desk)
    (answer,) = told(desk, mail(form1_file(organisation="Another")))
    mend(desk)
    changed = mail(form1_file(organisation="Another", telephone="01473 555 0100"), answers=answer)
    (revised,) = told(desk, changed, NOW + DAY)
    assert f"({EARLIER})" in words(revised)
    assert desk.world.reasons() == []


def test_a_check_that_fails_on_a_changed_form_leaves_the_warning_as_it_was(desk: Desk) -> None:
    told(desk, mail(form1_file(), sender=OTHER))
    (warning,) = told(desk, mail(form1_file(organisation="Another")))
    damage(desk)
    changed = mail(form1_file(organisation="Another", title="Something else"), answers=warning)
    (answer,) = told(desk, changed, NOW + DAY)
    assert kind(answer) == "revised"
    assert statuses(desk)[OURS] == "awaiting_confirmation"
    assert "We could not check" in words(answer)
    assert EARLIER in words(answer)
    assert desk.world.reasons() == ["failed"]


def test_a_fault_while_ranking_is_a_check_that_failed_too(desk: Desk) -> None:
    desk.house = replace(desk.house, similar=SimilarRules(almost_the_same="high"))  # type: ignore[arg-type]
    told(desk, mail(form1_file(), sender=OTHER))
    (answer,) = told(desk, mail(form1_file(organisation="Another")))
    assert "We could not check" in words(answer)


# --------------------------------------------------------------------------- the index


def candidates(store: Store, rules: SimilarRules) -> list[str | None]:
    with store.transaction() as transaction:
        nearby = look_up(transaction.similar(), [FORM1_FIELDS], rules)
    return [record.reference for record in nearby.candidates]


def test_the_index_follows_the_register(desk: Desk) -> None:
    rules = desk.house.similar
    (registered,) = told(desk, mail(form1_file()))
    assert candidates(desk.world.store, rules) == [EARLIER]
    told(desk, mail(text="WITHDRAW", answers=registered))
    assert candidates(desk.world.store, rules) == []
    told(desk, mail(form1_file(end_date=None), sender=OTHER))  # a draft
    assert candidates(desk.world.store, rules) == []


def test_a_store_from_before_the_index_is_filled(desk: Desk) -> None:
    told(desk, mail(form1_file()))
    database = Database(f"sqlite:///{desk.root}/askonce.db")
    with database.write() as connection:
        for table in ("similar_postings", "similar_terms", "similar_counts", "similar_due"):
            connection.execute(text(f"DELETE FROM {table}"))
        connection.execute(text("DELETE FROM state WHERE name = 'similar_lists'"))
    database.close()
    assert candidates(desk.world.store, desk.house.similar) == [EARLIER]


def test_other_weights_make_the_index_anew(desk: Desk) -> None:
    told(desk, mail(form1_file()))
    assert candidates(desk.world.store, desk.house.similar) == [EARLIER]
    with desk.world.store.transaction() as transaction, transaction.similar() as index:
        first = index.made_with()
        assert bring_up_to_date(index, SimilarRules(title=2.5))
        assert index.made_with() != first
    assert candidates(desk.world.store, SimilarRules(title=2.5)) == [EARLIER]


# --------------------------------------------------------------------------- several at once


def office(store: Store) -> House:
    return House(
        store=store,
        rules=RULES,
        office=Office(sender=Address(email="consultations@example.org")),
        forms=QuickFace(),
        read=partial(read, prefix="CYP"),
    )


def handle_all(url: str) -> None:
    """One process's work: every mail that is there, with others at the same."""
    with Store.open(url) as store:
        house = office(store)
        while True:
            try:
                if not process_one(house, NOW):
                    return
            except Transient:  # another process had it first
                continue


def test_twins_handled_by_two_processes_at_once_do_not_miss_each_other() -> None:
    count = 6
    with postgres.running() as server:
        url = server.url(server.new_database())
        with Store.open(url) as store:
            for number in range(count):
                sender = Address(email=f"lead@team{number}.example.org", name="Lead")
                made = mail(form1_file(organisation=f"Team {number}"), sender=sender)
                ref = MailRef(
                    mailbox="INBOX", uidvalidity="1", uid=str(number), arrived_at=NOW, size=1
                )
                store.keep(ref, made.as_bytes())
        workers = [_spawn.Process(target=handle_all, args=(url,)) for _ in range(2)]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()
        assert [worker.exitcode for worker in workers] == [0, 0]
        with Store.open(url) as store:
            records = list(store.views.export())
    assert sorted(len(r["similar"]) for r in records) == [0, 1, 2, 3, 4, 5]
    assert sorted(r["status"] for r in records) == ["awaiting_confirmation"] * 5 + ["registered"]


def test_the_area_that_holds_all_others_is_the_one_that_the_form_names(tmp_path: Path) -> None:
    shipped = spec.FOLDER / "form1.toml"
    own = shipped.read_text("utf-8").replace('"Countywide"', '"Boroughwide"')
    (tmp_path / "form1.toml").write_text(own, "utf-8")
    spec.use(tmp_path)
    try:
        assert form_places().overlap(["Boroughwide"], ["Ipswich"]) is Overlap.SOME
        assert form_places().overlap(["Countywide"], ["Ipswich"]) is Overlap.PERHAPS
    finally:
        spec.use(None)
    assert form_places().overlap(["Countywide"], ["Ipswich"]) is Overlap.SOME
