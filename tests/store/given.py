"""Small values to begin with."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from model import (
    Address,
    Change,
    Consultation,
    Decision,
    Delivery,
    DeliveryState,
    InboundEmail,
    Kind,
    Letter,
    MailRef,
    OutgoingEmail,
    Person,
    Question,
    Role,
    Status,
)
from store import Store

NOW = datetime(2027, 1, 4, 9, 30, 0, 250_000, tzinfo=UTC)
ANN = Address(email="ann@example.org", name="Ann Ó Briain")
BEN = Address(email="ben@example.org", name="Ben")
SENT = Delivery(state=DeliveryState.SENT)

FORM1 = {
    "organisation": "Youth Service",
    "lead_worker": "Ann",
    "email": ANN.email,
    "title": "Skate park",
    "themes": ["Leisure", "Other: ramps"],
    "age_range": {"from": 8, "to": 14},
    "participants_expected": 40,
    "start_date": "2027-02-01",
    "end_date": "2027-02-28",
    "pod_request": False,
    "pod_details": None,
}
FORM2 = {
    "reference": "CYP-2027-0001-0",
    "title": "Skate park",
    "participants": 38,
    "actions": [
        {"action": "Build it", "owner": "Parks", "due": "2027-06-01"},
        {"action": "Tell them", "owner": None, "due": None},
    ],
}


def later(**amount: float) -> datetime:
    return NOW + timedelta(**amount)


def ref(uid: str = "1", **changes: Any) -> MailRef:
    return replace(
        MailRef(mailbox="INBOX", uidvalidity="7", uid=uid, arrived_at=NOW, size=100), **changes
    )


def email(**changes: Any) -> InboundEmail:
    return replace(
        InboundEmail(
            message_id="<one@example.org>",
            sender=ANN,
            subject="Our form",
            arrived_at=NOW,
            content_digest="digest-1",
        ),
        **changes,
    )


def consultation(key: str = "k1", **changes: Any) -> Consultation:
    return replace(
        Consultation(
            key=key,
            status=Status.REGISTERED,
            form1=FORM1,
            people=(Person(address=ANN, role=Role.SENDER),),
            created_at=NOW,
        ),
        **changes,
    )


def reference(number: int, year: int = 2027) -> str:
    """In the shape of a reference; the store does not judge check digits."""
    return f"CYP-{year}-{number:04}-0"


def letter(key: str = "letter-1", **changes: Any) -> OutgoingEmail:
    return replace(
        OutgoingEmail(
            key=key,
            kind=Letter.REGISTERED,
            message_id=f"<{key}@askonce.example.org>",
            recipients=(ANN.email,),
            subject="Your reference",
            content=b"Subject: Your reference\r\n\r\n\x00\xff\r\n",
        ),
        **changes,
    )


def decision(**changes: Any) -> Decision:
    return replace(Decision(kind=Kind.FORM, outcome="registered"), **changes)


def new(record: Consultation, **changes: Any) -> Decision:
    """A decision that makes a record."""
    change = Change(event="registered", before=None, after=record)
    return decision(changes=(change,), **changes)


def changed(before: Consultation, after: Consultation, **changes: Any) -> Decision:
    """A decision that changes a record."""
    return decision(changes=(Change(event="revised", before=before, after=after),), **changes)


def kept(store: Store, uid: str = "1", raw: bytes = b"raw", **changes: Any) -> int:
    """The number of a mail that has come in."""
    assert store.keep(ref(uid, **changes), raw + uid.encode())
    mail = store.next_mail()
    assert mail is not None
    return mail.id


def do(store: Store, made: Decision, **how: Any) -> None:
    """Apply a decision in a transaction of its own."""
    with store.transaction() as transaction:
        transaction.apply(made, **{"now": NOW, **how})


def found(store: Store, *keys: str) -> tuple[Consultation, ...]:
    """The records that a mail with these references is told of."""
    question = Question(email=email(sender=None), references=frozenset(keys), year=2027)
    with store.transaction() as transaction:
        return tuple(transaction.facts(question).named.values())


def at_once(act: Callable[[int], Any], times: int) -> list[Any]:
    """What `act` gives for 0, 1, ..., called by four threads."""
    with ThreadPoolExecutor(4) as threads:
        return list(threads.map(act, range(times)))
