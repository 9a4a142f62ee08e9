"""What did not reach an address, on every database."""

from __future__ import annotations

import pytest

from model import Hold, Letter, OutgoingEmail, Reason
from store import Store, Undelivered
from tests.gates import OPEN
from tests.store.given import ANN, BEN, SENT, consultation, decision, do, later, letter, new

ABOUT = {"consultations": ("k1",)}


def put(store: Store, *mails: OutgoingEmail) -> None:
    """Mails about the consultation, which wait."""
    do(store, decision(), outgoing=mails, now=later(minutes=2))


def sent(store: Store, minute: int) -> None:
    """The mail that is due goes to whom it may."""
    mail = store.outbox.claim(later(minutes=minute), OPEN)
    assert mail is not None
    store.outbox.handing_over(mail.id, later(minutes=minute))
    store.outbox.settle(mail.id, SENT, later(minutes=minute))


def came_back(store: Store, key: str, address: str) -> None:
    held = Hold(
        key=f"{Reason.BOUNCED}:{key}",
        reason=Reason.BOUNCED,
        consultation="k1",
        detail={"recipients": [address]},
    )
    do(store, decision(holds=(held,), blocked=(address,)), now=later(minutes=1))


def missed(store: Store, *addresses: str) -> dict[str, Undelivered]:
    found = store.views.undelivered("k1", addresses)
    with store.transaction() as transaction:
        assert transaction.undelivered("k1", addresses) == found
    return {one.mail.key: one for one in found}


@pytest.fixture
def returned(store: Store) -> Store:
    """A consultation whose first letter went to Ann, and came back."""
    do(store, new(consultation()), outgoing=[letter("first", **ABOUT)])
    sent(store, 0)
    came_back(store, "first", ANN.email)
    return store


def test_it_is_what_came_back_and_what_was_kept_from_it_since(returned: Store) -> None:
    both = (ANN.email.upper(), BEN.email)
    put(returned, letter("to-both", recipients=both, **ABOUT))
    sent(returned, 3)
    put(returned, letter("held", kind=Letter.CHASER, **ABOUT))
    assert returned.outbox.claim(later(minutes=4), OPEN) is None
    put(returned, letter("elsewhere", consultations=()))
    found = missed(returned, ANN.email)
    assert list(found) == ["first", "to-both", "held"]
    assert all(one.missed_by == {ANN.email} for one in found.values())
    assert [one.latest for one in found.values()] == [False, False, True]
    assert [one.waits_for_them for one in found.values()] == [False, False, True]
    assert [one.came_back is not None for one in found.values()] == [True, False, False]
    assert missed(returned, BEN.email) == {}


def test_what_waits_for_somebody_else_as_well_waits_on(returned: Store) -> None:
    put(returned, letter("to-both", recipients=(ANN.email, BEN.email), **ABOUT))
    came_back(returned, "unknown", BEN.email)
    assert not missed(returned, ANN.email)["to-both"].waits_for_them
    assert missed(returned, ANN.email, BEN.email)["to-both"].waits_for_them


def test_once_the_exception_is_settled_it_is_not_sent_on_again(returned: Store) -> None:
    (held,) = returned.views.queue()
    do(returned, decision(settles=(held.id,)), now=later(minutes=5))
    assert missed(returned, ANN.email) == {}
