"""The Message-ID that a server gave a mail of ours in place of its own: stored, and matched."""

from __future__ import annotations

from typing import Any

from model import Delivery, DeliveryReport, DeliveryState, Facts, Question
from notifier.deliver import learn_names
from store import Store
from tests.gates import OPEN
from tests.store.given import (
    BEN,
    NOW,
    SENT,
    consultation,
    decision,
    do,
    email,
    later,
    letter,
    new,
)

THEIRS = "<another@prod.outlook.test>"


def sent(store: Store, *names: str) -> None:
    do(store, decision(), outgoing=[letter(name) for name in names])
    while (mail := store.outbox.claim(NOW, OPEN)) is not None:
        store.outbox.handing_over(mail.id, NOW)
        store.outbox.settle(mail.id, SENT, NOW)


def ask(store: Store, **mail: Any) -> Facts:
    given = email(sender=BEN, message_id="<new@example.org>", content_digest="new", **mail)
    with store.transaction() as transaction:
        return transaction.facts(Question(email=given, year=2027))


def test_what_was_sent_lately_has_no_known_name_yet(store: Store) -> None:
    do(store, decision(), outgoing=[letter("waits")])
    assert store.outbox.unnamed(NOW) == ()

    sent(store)
    assert store.outbox.unnamed(NOW) == (letter("waits").message_id,)
    assert store.outbox.unnamed(later(seconds=1)) == ()


def test_a_mail_that_may_have_been_sent_is_asked_after_until_it_is_found(store: Store) -> None:
    do(store, decision(), outgoing=[letter("a")])
    mail = store.outbox.claim(NOW, OPEN)
    assert mail is not None
    store.outbox.handing_over(mail.id, NOW)
    store.outbox.settle(mail.id, Delivery(state=DeliveryState.UNCERTAIN), NOW)
    assert store.outbox.unnamed(NOW) == (mail.message_id,)
    assert store.outbox.unnamed(later(seconds=1)) == ()

    assert learn_names(store.outbox, lambda ids: dict.fromkeys(ids, THEIRS), NOW) == 1

    assert store.outbox.unnamed(NOW) == ()
    assert store.views.queue() == ()
    assert [s.key for s in ask(store, in_reply_to=(THEIRS,)).answered] == ["a"]


def test_a_known_name_is_not_asked_for_again(store: Store) -> None:
    sent(store, "a", "b")
    a, b = letter("a").message_id, letter("b").message_id

    store.outbox.name({a: a, "<unknown@example.org>": THEIRS})

    assert store.outbox.unnamed(NOW) == (b,)


def test_a_reply_to_the_name_that_the_server_gave_is_in_the_thread(store: Store) -> None:
    do(store, new(consultation("k1")), outgoing=[letter("a", consultations=("k1",))])
    sent(store)
    store.outbox.name({letter("a").message_id: THEIRS})

    for named in ({"in_reply_to": (THEIRS,)}, {"references": ("<x@example.org>", THEIRS)}):
        facts = ask(store, **named)
        assert [s.key for s in facts.answered] == ["a"]
        assert [c.key for c in facts.thread] == ["k1"]


def test_a_bounce_that_names_it_is_about_our_mail(store: Store) -> None:
    sent(store, "a")
    store.outbox.name({letter("a").message_id: THEIRS})

    facts = ask(store, report=DeliveryReport(recipients=("x@example.org",), message_id=THEIRS))

    assert [s.key for s in facts.answered] == ["a"]


def test_our_own_mail_that_comes_back_is_known_by_it(store: Store) -> None:
    sent(store, "a")
    store.outbox.name({letter("a").message_id: THEIRS})

    with store.transaction() as transaction:
        facts = transaction.facts(Question(email=email(message_id=THEIRS), year=2027))
    assert facts.our_own


def test_the_nearest_mail_comes_first_under_either_name(store: Store) -> None:
    sent(store, "a", "b")
    store.outbox.name({letter("a").message_id: THEIRS})

    facts = ask(store, in_reply_to=(THEIRS,), references=(letter("b").message_id, THEIRS))

    assert [s.key for s in facts.answered] == ["a", "b"]
