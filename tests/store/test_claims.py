"""Several daemons on one register, each a store of its own: who may handle and send what."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from model import Decision, Kind, Transient
from store import Store
from tests.gates import OPEN
from tests.store import given
from tests.store.given import NOW, SENT, at_once, decision, do, later, letter


@pytest.fixture
def two(postgres_url: str) -> Iterator[tuple[Store, Store]]:
    with Store.open(postgres_url) as one, Store.open(postgres_url) as other:
        yield one, other


def come(store: Store, *senders: str) -> None:
    """A mail from each comes in, a minute apart."""
    for n, sender in enumerate(senders):
        place = given.ref(str(n), arrived_at=later(minutes=n))
        store.keep(place, f"{n}".encode(), sender=sender)


def claimed(store: Store, **after: float) -> str:
    """The content of the mail that is claimed; "" for none."""
    mail = store.claim_mail(later(**after))
    return mail.raw.decode() if mail else ""


def handled(store: Store, **after: float) -> None:
    mail = store.claim_mail(later(**after))
    assert mail is not None
    do(store, Decision(kind=Kind.OTHER, outcome="kept"), mail_id=mail.id)


def test_two_daemons_are_never_at_one_mail(two: tuple[Store, Store]) -> None:
    come(two[0], "a@x", "b@x", "c@x")
    assert [claimed(two[0]), claimed(two[1])] == ["0", "1"]


def test_many_that_claim_at_once_get_a_mail_each(postgres_url: str) -> None:
    stores = [Store.open(postgres_url) for _ in range(4)]
    come(stores[0], *(f"{n}@x" for n in range(8)))
    got = at_once(lambda n: claimed(stores[n]), 4)
    for store in stores:
        store.close()
    assert sorted(got) == ["0", "1", "2", "3"]


def test_nobodys_mails_overtake_each_other_and_others_pass(two: tuple[Store, Store]) -> None:
    one, other = two
    come(one, "a@x", "a@x", "b@x", "a@x")
    assert claimed(one) == "0"
    assert claimed(other) == "2"
    handled(one)
    assert claimed(one) == "1"
    handled(one)
    assert claimed(one) == "3"


def test_a_sender_whose_mail_is_at_work_waits_even_if_nothing_else_is_there(
    two: tuple[Store, Store],
) -> None:
    come(two[0], "a@x", "a@x")
    assert claimed(two[0]) == "0"
    assert claimed(two[1]) == ""


def test_mails_from_nobody_do_not_wait_for_each_other(two: tuple[Store, Store]) -> None:
    come(two[0], "", "")
    assert [claimed(two[0]), claimed(two[1])] == ["0", "1"]


def test_who_failed_for_the_moment_may_try_its_mail_again(two: tuple[Store, Store]) -> None:
    come(two[0], "a@x")
    assert [claimed(two[0]), claimed(two[0])] == ["0", "0"]


def test_the_mail_of_one_who_went_away_is_free_when_the_claim_ran_out(
    two: tuple[Store, Store],
) -> None:
    come(two[0], "a@x", "a@x")
    assert claimed(two[0]) == "0"
    assert claimed(two[1], minutes=9) == ""
    assert claimed(two[1], minutes=11) == "0"
    assert claimed(two[0], minutes=12) == ""


def test_a_mail_handled_by_whoever_took_it_over_is_not_handled_again(
    two: tuple[Store, Store],
) -> None:
    come(two[0], "a@x")
    slow = two[0].claim_mail(NOW)
    assert slow is not None
    handled(two[1], minutes=11)
    with pytest.raises(Transient, match="another run"):
        do(two[0], decision(), mail_id=slow.id)


def test_what_another_claimed_is_neither_handed_over_nor_settled(
    two: tuple[Store, Store],
) -> None:
    one, other = two
    do(one, decision(), outgoing=[letter()])
    mail = one.outbox.claim(NOW, OPEN)
    assert mail is not None
    with pytest.raises(Transient, match="not sent"):
        other.outbox.handing_over(mail.id, NOW)
    with pytest.raises(Transient, match="claim"):
        other.outbox.settle(mail.id, SENT, NOW)
    one.outbox.handing_over(mail.id, NOW)
    one.outbox.settle(mail.id, SENT, NOW)


def test_who_slept_through_its_claim_does_not_send_what_another_is_sending(
    two: tuple[Store, Store],
) -> None:
    one, other = two
    do(one, decision(), outgoing=[letter()])
    late = one.outbox.claim(NOW, OPEN)
    assert late is not None
    other.outbox.interrupted(later(hours=1))
    assert other.outbox.claim(later(hours=1), OPEN) is not None
    with pytest.raises(Transient, match="not sent"):
        one.outbox.handing_over(late.id, later(hours=1))


def test_what_was_being_handed_over_belongs_to_whoever_found_it(
    two: tuple[Store, Store],
) -> None:
    one, other = two
    do(one, decision(), outgoing=[letter()])
    mail = one.outbox.claim(NOW, OPEN)
    assert mail is not None
    one.outbox.handing_over(mail.id, NOW)
    assert len(other.outbox.interrupted(later(hours=1))) == 1
    with pytest.raises(Transient, match="claim"):
        one.outbox.settle(mail.id, SENT, later(hours=1))
    other.outbox.settle(mail.id, SENT, later(hours=1))


def test_one_at_a_time_does_what_only_one_may(two: tuple[Store, Store]) -> None:
    one, other = two
    with one.only_one("the post") as ours, other.only_one("the post") as theirs:
        assert (ours, theirs) == (True, False)
        with other.only_one("the garden") as something_else:
            assert something_else
    with other.only_one("the post") as now_theirs:
        assert now_theirs


def test_work_of_one_who_failed_is_free_again(two: tuple[Store, Store]) -> None:
    with pytest.raises(ZeroDivisionError), two[0].only_one("the post"):
        raise ZeroDivisionError
    with two[1].only_one("the post") as ours:
        assert ours


def test_the_caps_hold_for_all_daemons_together(two: tuple[Store, Store]) -> None:
    gate = replace(OPEN, per_address=5)
    do(two[0], decision(), outgoing=[letter(f"letter {n}") for n in range(12)])
    claims = at_once(lambda n: two[n % 2].outbox.claim(NOW, gate), 12)
    assert sum(mail is not None for mail in claims) == 5
