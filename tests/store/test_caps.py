"""Caps on outgoing mail: what is beyond one waits, lets others pass, and is said once."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import pytest

from model import Gate, Letter, OutgoingEmail, Reason
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
    later,
    letter,
    new,
    reference,
)

GATE = Gate(per_address=3, per_thread=2, per_day=5)
BY_ADDRESS = replace(OPEN, per_address=3)
BY_THREAD = replace(OPEN, per_thread=2)
BY_DAY = replace(OPEN, per_day=5)
BY_MINUTE = replace(OPEN, per_minute=2)


def put(store: Store, *mails: OutgoingEmail, now: datetime = NOW) -> None:
    do(store, decision(), outgoing=mails, now=now)


def letters(count: int, name: str = "a", to: str = ANN.email) -> list[OutgoingEmail]:
    return [letter(f"{name}{n}", recipients=(to,)) for n in range(count)]


def go(store: Store, gate: Gate, now: datetime = NOW) -> list[str]:
    """Keys of the mails that leave now."""
    left = []
    while mail := store.outbox.claim(now, gate):
        store.outbox.handing_over(mail.id, now)
        store.outbox.settle(mail.id, SENT, now)
        left.append(mail.key)
    return left


def told(store: Store) -> list[tuple[Reason, list[str]]]:
    return [(item.reason, list(item.detail["reached"])) for item in store.views.queue()]


def test_an_address_gets_so_many_in_a_day_and_the_rest_when_the_day_is_over(store: Store) -> None:
    put(store, *letters(5))
    assert go(store, BY_ADDRESS) == ["a0", "a1", "a2"]
    assert go(store, BY_ADDRESS, later(hours=23)) == []
    assert go(store, BY_ADDRESS, later(hours=24)) == ["a3", "a4"]


def test_the_day_is_the_last_24_hours_and_not_the_calendars(store: Store) -> None:
    put(store, *letters(3))
    go(store, BY_ADDRESS)
    put(store, *letters(3, "b"), now=later(hours=20))
    assert go(store, BY_ADDRESS, later(hours=20)) == []
    assert go(store, BY_ADDRESS, later(hours=24)) == ["b0", "b1", "b2"]
    put(store, *letters(1, "c"), now=later(hours=25))
    assert go(store, BY_ADDRESS, later(hours=47)) == []
    assert go(store, BY_ADDRESS, later(hours=48)) == ["c0"]


def test_one_mailbox_is_one_address_whatever_follows_a_plus(store: Store) -> None:
    spelled = ("ann+1@example.org", "ANN+2@example.org", "ann@example.ORG", "ann+3@example.org")
    put(store, *(letter(f"a{n}", recipients=(to,)) for n, to in enumerate(spelled)))
    assert go(store, BY_ADDRESS) == ["a0", "a1", "a2"]


def test_who_has_to_wait_holds_up_nobody_else(store: Store) -> None:
    put(store, *letters(5), *letters(2, "b", BEN.email))
    assert go(store, BY_ADDRESS) == ["a0", "a1", "a2", "b0", "b1"]


def test_a_conversation_gets_so_many_in_a_day_whoever_is_in_it(store: Store) -> None:
    do(store, new(consultation("k1", reference=reference(1))))
    mails = [
        letter(f"m{n}", recipients=(f"p{n}@example.org",), consultations=("k1",)) for n in range(4)
    ]
    put(store, *mails, letter("other", recipients=("p9@example.org",)))
    assert go(store, BY_THREAD) == ["m0", "m1", "other"]
    assert told(store) == [(Reason.TOO_MANY, [f"conversation {reference(1)}"])]
    assert go(store, BY_THREAD, later(days=1)) == ["m2", "m3"]


def test_what_a_person_wrote_passes_but_for_the_cap_on_everything(store: Store) -> None:
    put(store, *letters(3))
    assert go(store, BY_ADDRESS) == ["a0", "a1", "a2"]
    written = replace(letter("b", recipients=(ANN.email,)), kind=Letter.ANSWER)
    put(store, written, *letters(1, "c"))
    assert go(store, GATE) == ["b"]
    put(store, replace(written, key="d", message_id="<d@x>"), now=NOW)
    assert go(store, replace(BY_DAY, per_day=4)) == []


def test_a_conversation_about_no_consultation_is_known_by_its_first_mail(store: Store) -> None:
    put(
        store,
        *(letter(f"m{n}", recipients=(f"{n}@x.org",), thread="<first@x>") for n in range(3)),
        letter("other", recipients=("9@x.org",), thread="<another@x>"),
    )
    assert go(store, BY_THREAD) == ["m0", "m1", "other"]


def test_no_more_than_so_many_in_all_go_in_a_day(store: Store) -> None:
    put(store, *(letter(f"m{n}", recipients=(f"p{n}@example.org",)) for n in range(8)))
    assert len(go(store, BY_DAY)) == 5
    assert told(store) == [(Reason.TOO_MANY, ["all"])]
    assert go(store, BY_DAY, later(hours=24)) == ["m5", "m6", "m7"]
    assert told(store) == []


@pytest.mark.parametrize("kind", [Letter.DIGEST, Letter.ALERT])
def test_what_the_administrator_has_to_hear_passes_the_cap_on_the_total(
    store: Store, kind: Letter
) -> None:
    put(store, *letters(7), letter("alarm", kind=kind, recipients=(BEN.email,)))
    assert go(store, BY_DAY) == ["a0", "a1", "a2", "a3", "a4", "alarm"]


def test_waiting_is_said_once_for_all_and_ends_with_the_wait(store: Store) -> None:
    put(store, *letters(5), *letters(5, "b", BEN.email))
    go(store, BY_ADDRESS)
    go(store, BY_ADDRESS, later(hours=1))
    assert told(store) == [
        (Reason.TOO_MANY, [f"address {ANN.email}", f"address {BEN.email}"]),
    ]
    go(store, BY_ADDRESS, later(hours=24))
    assert told(store) == []


def test_a_mail_that_waits_is_not_lost_on_any_day(store: Store) -> None:
    put(store, *letters(10))
    left = [key for day in range(5) for key in go(store, BY_ADDRESS, later(days=day))]
    assert left == [f"a{n}" for n in range(10)]


def test_a_second_attempt_is_not_counted_twice(store: Store) -> None:
    from tests.store.test_outbox import RETRY

    put(store, *letters(4))
    for hour in range(6):
        mail = store.outbox.claim(later(hours=hour), BY_ADDRESS)
        assert mail is not None
        assert mail.key == "a0"
        store.outbox.settle(mail.id, RETRY, later(hours=hour), retry_at=later(hours=hour))
    assert go(store, BY_ADDRESS, later(hours=6)) == ["a0", "a1", "a2"]


def test_a_pace_spreads_mails_over_the_minutes(store: Store) -> None:
    put(store, *letters(5))
    assert go(store, BY_MINUTE) == ["a0", "a1"]
    assert not store.outbox.waiting(later(seconds=59), BY_MINUTE)
    assert go(store, BY_MINUTE, later(seconds=60)) == ["a2", "a3"]
    assert go(store, BY_MINUTE, later(seconds=120)) == ["a4"]
    assert told(store) == []


def test_who_may_not_be_written_to_is_left_out(store: Store) -> None:
    gate = replace(BY_DAY, admits=lambda address: address != BEN.email)
    put(store, letter(recipients=(ANN.email, BEN.email)))
    mail = store.outbox.claim(NOW, gate)
    assert mail is not None
    assert mail.recipients == (ANN.email,)


def test_a_mail_that_may_go_to_nobody_is_given_up_and_shown(store: Store) -> None:
    gate = replace(BY_DAY, admits=lambda address: address != BEN.email)
    put(store, letter("a", recipients=(BEN.email,)), letter("b"))
    assert go(store, gate) == ["b"]
    (item,) = store.views.queue()
    assert item.reason is Reason.DELIVERY_FAILED
    assert go(store, gate, later(days=9)) == []


def test_all_caps_hold_together(store: Store) -> None:
    put(store, *(letter(f"a{n}", thread=f"<{n % 2}@x>") for n in range(6)))
    assert go(store, GATE) == ["a0", "a1", "a2"]
    left = [key for day in (1, 2, 3) for key in go(store, GATE, later(days=day))]
    assert sorted(left) == ["a3", "a4", "a5"]
