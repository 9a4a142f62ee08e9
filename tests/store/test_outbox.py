from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest

from model import Delivery, DeliveryState, Hold, OutgoingEmail, Reason, Transient
from store import Store
from tests.gates import OPEN
from tests.store.given import (
    ANN,
    BEN,
    NOW,
    SENT,
    consultation,
    decision,
    do,
    kept,
    later,
    letter,
    new,
)

RETRY = Delivery(state=DeliveryState.RETRY, detail="451 busy")
REFUSED = Delivery(state=DeliveryState.REFUSED, detail="550 no such user")
UNCERTAIN = Delivery(state=DeliveryState.UNCERTAIN, detail="connection lost")


def put(store: Store, *mails: OutgoingEmail, **how: Any) -> None:
    do(store, decision(), outgoing=mails or [letter()], **how)


def claimed(store: Store, now: datetime = NOW) -> OutgoingEmail:
    mail = store.outbox.claim(now, OPEN)
    assert mail is not None
    return mail


def reasons(store: Store) -> list[Reason]:
    return [item.reason for item in store.views.queue()]


def test_a_mail_leaves_with_the_bytes_it_was_composed_of(store: Store) -> None:
    do(store, new(consultation("k1")), outgoing=[letter(consultations=("k1",))])
    mail = claimed(store)
    assert mail == letter(consultations=("k1",), id=mail.id, attempts=1)


def test_the_oldest_is_first_and_each_is_claimed_once(store: Store) -> None:
    put(store, letter("a"), letter("b"))
    assert [claimed(store).key, claimed(store).key] == ["a", "b"]
    assert store.outbox.claim(NOW, OPEN) is None


def test_a_mail_that_is_sent_is_done_with(store: Store) -> None:
    put(store)
    mail = claimed(store)
    store.outbox.handing_over(mail.id, NOW)
    store.outbox.settle(mail.id, SENT, NOW)
    assert store.outbox.claim(later(days=9), OPEN) is None
    assert store.outbox.interrupted(later(days=9), everything=True) == ()
    assert reasons(store) == []


def test_a_temporary_refusal_is_tried_again_when_its_time_has_come(store: Store) -> None:
    put(store)
    mail = claimed(store)
    store.outbox.settle(mail.id, RETRY, NOW, retry_at=later(minutes=5))
    assert not store.outbox.waiting(later(minutes=4), OPEN)
    assert store.outbox.claim(later(minutes=4), OPEN) is None
    assert store.outbox.waiting(later(minutes=5), OPEN)
    assert claimed(store, later(minutes=5)).attempts == 2
    assert reasons(store) == []


@pytest.mark.parametrize(
    ("delivery", "reason"),
    [
        (RETRY, Reason.DELIVERY_FAILED),
        (REFUSED, Reason.DELIVERY_FAILED),
        (UNCERTAIN, Reason.DELIVERY_UNCERTAIN),
    ],
)
def test_a_mail_that_did_not_go_is_an_exception(
    store: Store, delivery: Delivery, reason: Reason
) -> None:
    do(store, new(consultation("k1")), outgoing=[letter(consultations=("k1",))])
    mail = claimed(store)
    store.outbox.handing_over(mail.id, NOW)
    store.outbox.settle(mail.id, delivery, NOW)
    (item,) = store.views.queue()
    case = store.views.queue_item(item.id)
    assert case is not None
    assert item.reason is reason
    assert case.consultation is not None
    assert case.outgoing == letter(consultations=("k1",), id=mail.id, attempts=1)
    assert case.last_error == delivery.detail
    assert store.outbox.claim(later(days=9), OPEN) is None


def test_a_mail_some_recipients_of_which_were_refused_is_sent_and_an_exception(
    store: Store,
) -> None:
    put(store, letter(recipients=(ANN.email, BEN.email)))
    mail = claimed(store)
    store.outbox.settle(mail.id, Delivery(state=DeliveryState.SENT, refused=(BEN.email,)), NOW)
    (item,) = store.views.queue()
    assert item.reason is Reason.DELIVERY_FAILED
    assert item.detail["refused"] == [BEN.email]
    assert store.outbox.claim(later(days=9), OPEN) is None


def test_an_uncertain_mail_found_sent_leaves_the_queue(store: Store) -> None:
    put(store)
    mail = claimed(store)
    store.outbox.settle(mail.id, UNCERTAIN, NOW)
    store.outbox.settle(mail.id, SENT, later(hours=1))
    assert reasons(store) == []
    assert store.views.counts().uncertain == 0


def test_a_mail_that_is_settled_cannot_be_settled_by_a_late_comer(store: Store) -> None:
    put(store)
    mail = claimed(store)
    store.outbox.settle(mail.id, SENT, NOW)
    with pytest.raises(Transient, match="claim"):
        store.outbox.handing_over(mail.id, NOW)
    with pytest.raises(Transient, match="claim"):
        store.outbox.settle(mail.id, RETRY, NOW, retry_at=NOW)
    assert store.outbox.claim(later(days=9), OPEN) is None


def test_a_person_can_have_a_failed_mail_sent_again(store: Store) -> None:
    put(store)
    mail = claimed(store)
    store.outbox.settle(mail.id, REFUSED, NOW)
    assert store.outbox.again(mail.id, who="Carol", now=later(days=1))
    assert reasons(store) == []
    assert claimed(store, later(days=1)).message_id == mail.message_id
    assert not store.outbox.again(mail.id, who="Carol", now=later(days=1))


# ---- what a crash leaves behind


def test_a_claim_cut_short_before_handing_over_waits_again(store: Store) -> None:
    put(store)
    mail = claimed(store)
    assert store.outbox.interrupted(later(minutes=29)) == ()
    (cut,) = store.outbox.interrupted(later(minutes=31))
    assert (cut.mail.key, cut.handed_over) == (mail.key, False)
    assert claimed(store, later(minutes=31)).attempts == 2


def test_a_mail_cut_short_while_handed_over_is_not_sent_on_a_guess(store: Store) -> None:
    put(store)
    mail = claimed(store)
    store.outbox.handing_over(mail.id, later(minutes=20))
    assert store.outbox.interrupted(later(minutes=49)) == ()
    (cut,) = store.outbox.interrupted(later(minutes=51))
    assert (cut.mail.message_id, cut.handed_over) == (mail.message_id, True)
    assert store.outbox.interrupted(later(minutes=51)) == ()
    assert store.outbox.claim(later(days=9), OPEN) is None
    store.outbox.settle(mail.id, SENT, later(minutes=52))


def test_an_only_daemon_need_not_wait_for_claims_to_run_out(store: Store) -> None:
    put(store, letter("a"), letter("b"))
    claimed(store)
    store.outbox.handing_over(claimed(store).id, NOW)
    cut = store.outbox.interrupted(NOW, everything=True)
    assert [(c.mail.key, c.handed_over) for c in cut] == [("a", False), ("b", True)]


def test_a_sender_that_comes_back_too_late_must_not_send(store: Store) -> None:
    put(store)
    late = claimed(store)
    store.outbox.interrupted(later(hours=1))
    with pytest.raises(Transient, match="not sent"):
        store.outbox.handing_over(late.id, later(hours=1))


# ---- addresses that get no more


def block(store: Store, *addresses: str) -> None:
    do(store, decision(blocked=addresses))


@pytest.mark.parametrize("order", ["blocked, then written", "written, then blocked"])
def test_a_blocked_address_gets_nothing_while_others_do(store: Store, order: str) -> None:
    acts: list[Callable[[], None]] = [
        lambda: block(store, BEN.email.upper()),
        lambda: put(store, letter(recipients=(ANN.email, BEN.email))),
    ]
    for act in acts if order.startswith("blocked") else reversed(acts):
        act()
    assert claimed(store).recipients == (ANN.email,)


@pytest.mark.parametrize("order", ["blocked, then written", "written, then blocked"])
def test_a_mail_to_nobody_else_is_held_and_lets_the_next_one_pass(store: Store, order: str) -> None:
    acts: list[Callable[[], None]] = [
        lambda: block(store, BEN.email),
        lambda: put(store, letter("a", recipients=(BEN.email,)), letter("b")),
    ]
    for act in acts if order.startswith("blocked") else reversed(acts):
        act()
    assert claimed(store).key == "b"
    assert store.outbox.claim(NOW, OPEN) is None
    assert store.views.counts().held == 1


def test_a_bounce_blocks_in_the_decision_that_writes(store: Store) -> None:
    do(store, decision(blocked=(ANN.email,)), outgoing=[letter()])
    assert store.outbox.claim(NOW, OPEN) is None


def test_an_address_that_gets_mail_again_gets_what_was_held_for_it(store: Store) -> None:
    block(store, ANN.email, BEN.email)
    put(store, letter("a", recipients=(BEN.email.upper(),)), letter("b"))
    assert store.outbox.claim(NOW, OPEN) is None
    assert store.views.blocked() == {ANN.email, BEN.email}
    assert store.unblock((BEN.email.upper(),), who="Carol", now=NOW) == (BEN.email,)
    assert store.unblock((BEN.email,), who="Carol", now=NOW) == ()
    assert store.views.blocked() == {ANN.email}
    assert claimed(store).key == "a"
    assert store.outbox.claim(NOW, OPEN) is None


def test_a_mail_from_a_blocked_address_lifts_the_block_in_its_decision(store: Store) -> None:
    block(store, ANN.email)
    put(store, letter("held"))
    assert store.outbox.claim(NOW, OPEN) is None
    do(store, decision(unblocked=(ANN.email,)), outgoing=[letter("answer")])
    assert [claimed(store).key, claimed(store).key] == ["held", "answer"]


def test_lifting_a_block_leaves_a_mail_that_is_to_be_tried_later(store: Store) -> None:
    block(store, BEN.email)
    put(store, letter(recipients=(ANN.email, BEN.email)))
    store.outbox.settle(claimed(store).id, RETRY, NOW, retry_at=later(hours=1))
    store.unblock((BEN.email,), who="Carol", now=NOW)
    assert store.outbox.claim(NOW, OPEN) is None
    assert claimed(store, later(hours=1)).recipients == (ANN.email, BEN.email)


# ---- after a restore


def test_nothing_leaves_while_sending_is_held(store: Store) -> None:
    put(store)
    store.restored.hold_sending()
    assert store.restored.sending_held()
    assert not store.outbox.waiting(NOW, OPEN)
    assert store.outbox.claim(NOW, OPEN) is None
    store.restored.release_sending()
    assert not store.restored.sending_held()
    assert store.outbox.waiting(NOW, OPEN)
    claimed(store)


def test_mails_found_in_sent_are_not_sent_again(store: Store) -> None:
    put(store, letter("a"), letter("b"))
    ids = [letter("a").message_id, "<somebody@else.example.org>"]
    assert store.outbox.mark_sent(ids, NOW) == 1
    assert store.outbox.mark_sent(ids, NOW) == 0
    assert claimed(store).key == "b"
    assert store.outbox.claim(NOW, OPEN) is None


def test_the_exception_about_a_mail_found_in_sent_is_closed(store: Store) -> None:
    put(store)
    store.outbox.settle(claimed(store).id, UNCERTAIN, NOW)
    store.outbox.mark_sent([letter().message_id], later(hours=1))
    assert reasons(store) == []


def test_a_mail_answers_the_one_that_it_was_decided_on(store: Store) -> None:
    number = kept(store)
    hold = Hold(key="h", reason=Reason.NO_FORM)
    do(store, decision(holds=(hold,)), mail_id=number, outgoing=[letter()])
    (mail,) = store.views.mails()
    assert mail.replies == (letter().kind,)
    assert mail.reasons == (Reason.NO_FORM,)
