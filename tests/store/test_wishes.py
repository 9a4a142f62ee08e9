"""What people wish of mails in the outbox, on every database: held to, noted, and taken back."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest

from model import (
    ClockRules,
    Conflict,
    Delivery,
    DeliveryState,
    Gate,
    Hold,
    Letter,
    Reason,
    Trouble,
    Wish,
    Wished,
)
from notifier.due import decide, due
from store import Deed, Store, Unsent
from tests.gates import OPEN
from tests.store.given import (
    BEN,
    NOW,
    SENT,
    changed,
    consultation,
    decision,
    do,
    later,
    letter,
    new,
)

RETRY = Delivery(state=DeliveryState.RETRY, detail="451 busy")


def put(store: Store, **changes: Any) -> Unsent:
    """A mail that waits."""
    do(store, decision(), outgoing=[letter("a", **changes)])
    return mail(store)


def mail(store: Store) -> Unsent:
    found = store.views.unsent_one("a")
    assert found is not None
    return found


def wish(store: Store, what: Wish, who: str = "ann", now: datetime = NOW, **how: Any) -> None:
    """A person's act, under a token of its own."""
    unsent = mail(store)
    about = next((one.key for one in unsent.about), None)
    wished = Wished(wish=what, key="a", consultation=about, outgoing=unsent.id)
    deed = Deed(token=f"{what} {who}", kind=what)
    how = {"hold_until": now, **how}
    do(store, decision(wished=(wished,), why="ill"), who=who, now=now, deed=deed, **how)


def take_back(store: Store, token: str, now: datetime = NOW) -> None:
    act = store.views.acted(token)
    assert act is not None
    with store.transaction() as transaction:
        transaction.take_back(act, who=act.who, now=now)


def goes(store: Store, now: datetime = NOW, gate: Gate = OPEN) -> bool:
    return store.outbox.claim(now, gate) is not None


def test_a_paused_mail_goes_when_it_is_resumed(store: Store) -> None:
    put(store)
    wish(store, Wish.PAUSE)
    assert not store.outbox.waiting(later(days=9), OPEN)
    assert not goes(store, later(days=9))
    kept = mail(store).wished
    assert kept is not None
    assert (kept.wish, kept.who, kept.at, kept.why) == (Wish.PAUSE, "ann", NOW, "ill")
    wish(store, Wish.RESUME, hold_until=later(minutes=1))
    assert mail(store).wished is None
    assert not goes(store)
    assert goes(store, later(minutes=1))


def test_nothing_but_a_person_lets_a_paused_mail_go(store: Store) -> None:
    put(store, recipients=(BEN.email,))
    wish(store, Wish.PAUSE)
    do(store, decision(blocked=(BEN.email,)))
    store.unblock((BEN.email,), who="Carol", now=NOW)
    assert not store.outbox.again(mail(store).id, who="Carol", now=NOW)
    assert store.outbox.interrupted(later(days=9), everything=True) == ()
    assert mail(store).state == "paused"


def test_a_skipped_mail_never_goes_and_is_not_written_again(store: Store) -> None:
    put(store)
    wish(store, Wish.SKIP)
    do(store, decision(), outgoing=[letter("a")])
    assert not goes(store, later(days=9))
    assert (mail(store).state, store.views.unsent()) == ("skipped", ())
    for what in (Wish.PAUSE, Wish.RESUME, Wish.SEND):
        with pytest.raises(Conflict):
            wish(store, what, who="ben")


@pytest.mark.parametrize("what", list(Wish))
def test_nothing_is_wished_of_a_mail_that_is_being_sent(store: Store, what: Wish) -> None:
    put(store)
    assert goes(store)
    with pytest.raises(Conflict, match="being sent just now"):
        wish(store, what)
    assert (mail(store).state, mail(store).wished) == ("claimed", None)
    assert store.views.acted(f"{what} ann") is None


def test_sending_now_does_not_wait_for_the_next_attempt(store: Store) -> None:
    put(store)
    assert goes(store)
    store.outbox.settle(mail(store).id, RETRY, NOW, retry_at=later(hours=4))
    assert not goes(store, later(hours=1))
    wish(store, Wish.SEND, now=later(hours=1))
    assert goes(store, later(hours=1))


def test_sending_now_goes_no_further_than_the_caps(store: Store) -> None:
    gate = Gate(per_address=1)
    do(store, decision(), outgoing=[letter("first")])
    put(store)
    assert goes(store, gate=gate)
    assert not goes(store, gate=gate)
    assert mail(store).capped is not None
    wish(store, Wish.SEND)
    assert not goes(store, gate=gate)
    assert goes(store, later(days=1), gate)


@pytest.mark.parametrize("what", [Wish.PAUSE, Wish.SKIP])
def test_a_wish_that_is_taken_back_leaves_the_mail_as_it_was(store: Store, what: Wish) -> None:
    before = put(store)
    wish(store, what)
    take_back(store, f"{what} ann")
    assert mail(store) == before
    assert goes(store)


def test_a_resumed_mail_is_paused_again_by_its_own_person(store: Store) -> None:
    put(store)
    wish(store, Wish.PAUSE, who="ben")
    paused = mail(store)
    wish(store, Wish.RESUME, hold_until=later(minutes=1))
    take_back(store, "resume ann")
    assert mail(store) == paused


def test_sending_now_is_taken_back_until_the_mail_goes(store: Store) -> None:
    do(store, decision(), outgoing=[letter("a")], hold_until=later(hours=1))
    before = mail(store)
    wish(store, Wish.SEND)
    take_back(store, "send ann")
    assert mail(store) == before
    wish(store, Wish.SEND, who="ben")
    assert goes(store)
    with pytest.raises(Conflict, match="gone out already"):
        take_back(store, "send ben")
    store.outbox.settle(mail(store).id, RETRY, NOW, retry_at=later(hours=4))
    with pytest.raises(Conflict, match="gone out already"):
        take_back(store, "send ben")


def test_what_another_wished_since_is_not_undone(store: Store) -> None:
    put(store)
    wish(store, Wish.PAUSE)
    wish(store, Wish.RESUME, who="ben")
    wish(store, Wish.PAUSE, who="cem", now=later(seconds=9))
    with pytest.raises(Conflict, match="Something else was done with this email"):
        take_back(store, "pause ann", later(seconds=10))
    kept = mail(store).wished
    assert kept is not None
    assert kept.who == "cem"


def test_undoing_what_wrote_a_mail_ends_what_was_wished_of_it(store: Store) -> None:
    deed = Deed(token="wrote", kind="reply")
    do(store, decision(), outgoing=[letter("a")], deed=deed, hold_until=later(minutes=1))
    wish(store, Wish.PAUSE, who="ben")
    take_back(store, "wrote")
    put(store)
    assert (mail(store).state, mail(store).wished) == ("waiting", None)


def test_a_mail_found_in_sent_was_sent_whatever_was_wished(store: Store) -> None:
    put(store)
    wish(store, Wish.PAUSE)
    assert store.outbox.mark_sent([letter("a").message_id], NOW) == 1
    assert store.views.unsent_one("a") is None


def test_what_is_paused_is_not_late(store: Store) -> None:
    put(store)
    assert store.health.vitals(later(hours=9)).unsent_since == NOW
    wish(store, Wish.PAUSE)
    assert store.health.vitals(later(hours=9)).unsent_since is None
    counts = store.views.counts()
    assert (counts.waiting, counts.paused) == (0, 1)
    store.health.well("d", Trouble.DELIVERY, NOW)
    assert store.health.figures().outbox == {"paused": 1}


def test_the_outbox_tells_of_each_mail_what_it_is_about_and_why_it_waits(store: Store) -> None:
    do(store, new(consultation("k1")), outgoing=[letter("a", consultations=("k1",))])
    do(store, decision(), outgoing=[letter("b")])
    assert goes(store)
    refused = Delivery(state=DeliveryState.REFUSED, detail="550 no such user")
    store.outbox.settle(mail(store).id, refused, NOW)
    failed, waits = store.views.unsent()
    (item,) = store.views.queue()
    assert (failed.state, failed.last_error, failed.exception) == (
        "failed",
        "550 no such user",
        item.id,
    )
    assert [(one.key, one.title) for one in failed.about] == [("k1", "Skate park")]
    assert (waits.state, waits.recipients, waits.about) == ("waiting", letter().recipients, ())


def test_a_wish_is_in_the_history_of_its_consultation(store: Store) -> None:
    do(store, new(consultation("k1")), outgoing=[letter("a", consultations=("k1",))])
    wish(store, Wish.PAUSE)
    dossier = store.views.dossier("k1")
    assert dossier is not None
    last = dossier.history[-1]
    assert (last.who, last.act, last.detail["why"]) == ("ann", "paused", "ill")


def test_what_is_sent_is_not_in_the_outbox(store: Store) -> None:
    put(store)
    assert goes(store)
    store.outbox.settle(mail(store).id, SENT, NOW)
    assert (store.views.unsent(), store.views.unsent_one("a")) == ((), None)


def test_the_clock_is_told_what_was_wished(store: Store) -> None:
    do(store, new(consultation("k1")))
    wished = (
        Wished(wish=Wish.PAUSE, key="k1", consultation="k1"),
        Wished(wish=Wish.SKIP, key="k1:x", consultation="k1"),
    )
    do(store, decision(wished=wished, why="ill"), who="ann")
    (one,) = store.views.clocked()
    assert {key: w.wish for key, w in one.wishes.items()} == {
        "k1": Wish.PAUSE,
        "k1:x": Wish.SKIP,
    }
    assert store.views.clocked_one("k1") == one
    assert store.views.clocked_one("k2") is None


def test_only_what_may_come_soon_is_looked_at(store: Store) -> None:
    ended = {"outcomes_due": NOW.date()}
    for key in ("now", "over"):
        do(store, new(consultation(key, **ended)))
    far = later(days=400).date()
    form1 = {**(consultation().form1 or {}), "end_date": far.isoformat()}
    do(store, new(consultation("far", form1=form1, outcomes_due=far)))
    on = later(days=200).date()
    over = store.views.clocked_one("over")
    (last,) = due([over] if over else [], ClockRules(), on)
    do(store, decide(last, ClockRules()))
    soon = store.views.clocked_soon(later(days=28).date())
    assert [one.consultation.key for one in soon] == ["now"]
    assert due(soon, ClockRules(), on) == due(store.views.clocked(), ClockRules(), on)
    assert len(store.views.clocked()) == 3


def test_of_what_is_known_only_what_changed_is_read_again(store: Store) -> None:
    for key in ("same", "changed", "written", "wished", "gone"):
        do(store, new(consultation(key, outcomes_due=NOW.date())))
    on = later(days=28).date()
    known = {one.consultation.key: one for one in store.views.clocked_soon(on)}
    was = {key: one.consultation for key, one in known.items()}
    do(store, changed(was["changed"], replace(was["changed"], outcomes_due=later(days=9).date())))
    chaser = letter("chaser", kind=Letter.CHASER, consultations=("written",))
    do(store, decision(), outgoing=[chaser])
    skip = Wished(wish=Wish.SKIP, key="wished:x", consultation="wished")
    do(store, decision(wished=(skip,), why="ill"), who="ann")
    do(store, changed(was["gone"], replace(was["gone"], stopped_at=NOW)))
    do(store, new(consultation("new", outcomes_due=NOW.date())))

    again = store.views.clocked_soon(on, known.values())
    assert again == store.views.clocked_soon(on)
    assert {one.consultation.key for one in again} == {*known, "new"} - {"gone"}
    same = [key for key, one in known.items() if any(one is other for other in again)]
    assert same == ["same"]
    as_they_were = [key for key in known if any(was[key] is o.consultation for o in again)]
    assert set(as_they_were) == {"same", "written", "wished"}


def test_one_that_was_overdue_and_got_other_dates_is_looked_at_again(store: Store) -> None:
    do(store, new(consultation("k1", outcomes_due=NOW.date())))
    on = later(days=200).date()
    (last,) = due(store.views.clocked(), ClockRules(), on)
    do(store, decide(last, ClockRules()))
    assert store.views.clocked_soon(on) == ()
    known = store.views.clocked()[0].consultation
    do(store, changed(known, replace(known, outcomes_due=later(days=9).date())))
    assert len(store.views.clocked_soon(on)) == 1


def test_whatever_the_clock_goes_by_leaves_another_mark(store: Store) -> None:
    marks = [store.views.marker()]
    do(store, new(consultation("k1")))
    marks.append(store.views.marker())
    put(store)
    marks.append(store.views.marker())
    wish(store, Wish.PAUSE)
    marks.append(store.views.marker())
    do(store, decision(holds=(Hold(key="h", reason=Reason.NO_FORM),)))
    marks.append(store.views.marker())
    assert len(set(marks)) == len(marks)
    assert store.views.marker() == marks[-1]
