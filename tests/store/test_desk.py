"""Acts at the desk on every database: whole, once, by one person, and taken back whole."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Barrier

import pytest

from intake.desk import Accept, Act, Merge, Refused, Say, SetAside, claim, perform, undo
from model import Conflict, Gate, Word
from store import Filter, Store
from tests.intake.desk import Desk, form1_file, kind, mail
from tests.intake.world import OTHER, World
from tests.store.given import at_once

NOW = datetime(2027, 3, 1, 10, tzinfo=UTC)
PUT_RIGHT = Accept(fields={"start_date": "8 March 2027"})


@pytest.fixture
def desk(store: Store, tmp_path: Path) -> Iterator[Desk]:
    made = Desk(root=tmp_path / "mail", world=World(store=store, now=NOW))
    made.post(mail(form1_file(start_date=None, pod_request=True)), NOW)
    made.run(NOW)
    yield made


def number(desk: Desk) -> int:
    (item,) = desk.house.store.views.queue()
    return item.id


def act(desk: Desk, token: str = "t", who: str = "ann", doing: object = PUT_RIGHT) -> Act:
    exception = number(desk)
    return Act(token=token, who=who, doing=doing, exception=exception, why="test")  # type: ignore[arg-type]


def test_what_an_act_wrote_goes_after_a_minute_and_is_told_once(desk: Desk) -> None:
    perform(desk.house, act(desk), NOW)
    assert desk.run(NOW + timedelta(seconds=59)) == []
    went = desk.run(NOW + timedelta(seconds=60))
    assert sorted(map(kind, went)) == ["pod_request", "registered"]


def test_undoing_restores_every_table_that_the_act_wrote(desk: Desk) -> None:
    views, exception = desk.house.store.views, number(desk)
    before = views.dossier(next(views.filtered(Filter())).key)
    perform(desk.house, act(desk), NOW)
    undo(desk.house, "t", NOW, who="ann")
    assert before is not None
    after = views.dossier(before.consultation.key)
    assert after is not None
    assert number(desk) == exception
    assert (after.form1, after.mails, after.actions) == (before.form1, before.mails, ())
    assert (after.consultation.status, after.held) == ("draft", before.held)
    assert [entry.act for entry in after.history][-3:] == ["settled", "desk", "undone"]


def test_a_mail_that_is_being_sent_is_not_taken_back(desk: Desk) -> None:
    perform(desk.house, act(desk), NOW)
    at = NOW + timedelta(minutes=1)
    assert desk.house.store.outbox.claim(at, Gate()) is not None
    with pytest.raises(Conflict, match="gone out already"):
        undo(desk.house, "t", NOW + timedelta(seconds=59), who="ann")
    assert desk.world.record()["status"] == "registered"


def test_of_two_people_at_once_one_acts_and_the_other_is_told(desk: Desk) -> None:
    acts = [act(desk, "a", "ann"), act(desk, "b", "ben", SetAside())]
    barrier = Barrier(2)

    def do(which: int) -> str:
        barrier.wait()
        try:
            perform(desk.house, acts[which], NOW)
        except Conflict as told:
            return str(told)
        return ""

    told = at_once(do, 2)
    assert sorted(map(bool, told)) == [False, True]
    assert "settled this on 1 March at 10:00" in "".join(told)


def test_two_clicks_at_once_are_one_act(desk: Desk) -> None:
    clicked = act(desk)
    barrier = Barrier(2)

    def click(_: int) -> bool:
        barrier.wait()
        return perform(desk.house, clicked, NOW).decision is not None

    assert sorted(at_once(click, 2)) == [False, True]
    assert len(desk.run(NOW + timedelta(minutes=1))) == 2


def test_a_claim_is_one_persons(desk: Desk) -> None:
    exception = number(desk)

    def take(which: int) -> bool:
        try:
            claim(desk.house, exception, NOW, who=f"person {which}")
        except Conflict:
            return False
        return True

    assert sorted(at_once(take, 3)) == [False, False, True]


def test_a_merge_is_taken_back(desk: Desk) -> None:
    perform(desk.house, act(desk), NOW)
    desk.post(mail(form1_file(title="Library hours"), sender=OTHER), NOW)
    desk.run(NOW + timedelta(minutes=2))
    before = desk.world.records()
    kept, gone = (r["reference"] for r in before)
    merge = Act(token="m", who="ann", doing=Merge(into=kept), consultation=gone, why="twice")
    perform(desk.house, merge, NOW)
    assert desk.world.record(1)["status"] == "merged"
    undo(desk.house, "m", NOW, who="ann")
    assert desk.world.records() == before


def test_an_act_that_is_refused_leaves_no_trace(desk: Desk) -> None:
    before = desk.world.record()
    with pytest.raises(Refused):
        perform(desk.house, act(desk, doing=Say(word=Word.PROCEED)), NOW)
    assert desk.world.record() == before
    assert desk.house.store.views.last_act(number(desk)) is None
