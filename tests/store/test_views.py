import json
from dataclasses import replace
from datetime import date
from typing import Any

from model import Change, Hold, Kind, Letter, Match, Person, Reason, Role, Status
from store import Store
from tests.gates import OPEN
from tests.store import given
from tests.store.given import ANN, BEN, NOW, consultation, decision, do, email, kept, later, letter


def register(store: Store, uid: str = "1", **changes: Any) -> int:
    """A mail that registers a consultation, its answer still to be sent."""
    number = int(uid)
    record = consultation(f"k{number}", reference=given.reference(number), **changes)
    change = Change(event="registered", before=None, after=record)
    mail = kept(store, uid, arrived_at=later(minutes=number))
    do(
        store,
        decision(changes=(change,)),
        mail_id=mail,
        email=email(message_id=f"<{uid}@example.org>", arrived_at=later(minutes=number)),
        outgoing=[letter(f"answer {uid}", consultations=(record.key,))],
        now=later(minutes=number, seconds=30),
    )
    return mail


def send_all(store: Store) -> None:
    while (mail := store.outbox.claim(later(hours=1), OPEN)) is not None:
        store.outbox.settle(mail.id, given.SENT, later(hours=1))


def test_an_empty_store_shows_nothing(store: Store) -> None:
    assert list(store.views.export()) == []
    assert store.views.queue() == ()
    assert store.views.mails() == ()
    assert store.views.counts().by_status == {}
    assert store.views.counts().oldest_waiting is None


def test_a_consultation_is_exported_with_everything_about_it(store: Store) -> None:
    register(store)
    match = Match(key="k1", reference=given.reference(1), title="Skate park", score=0.5, warn=True)
    register(
        store,
        "2",
        similar=(match,),
        form2=given.FORM2,
        status=Status.COMPLETE,
        outcomes_due=date(2027, 3, 28),
        late_notice=True,
        pod_forwarded_at=NOW,
        revision=2,
    )
    send_all(store)
    first, second = json.loads(json.dumps(list(store.views.export())))
    assert first["reference"] == given.reference(1)
    assert (first["form2"], first["similar"], first["pod_forwarded_at"]) == (None, [], None)
    assert second == {
        "reference": given.reference(2),
        "status": "complete",
        "form1": given.FORM1,
        "form2": given.FORM2,
        "similar": [{"reference": given.reference(1), "score": 0.5}],
        "outcomes_due": "2027-03-28",
        "late_notice": True,
        "pod_forwarded_at": "2027-01-04T09:30:00.250000+00:00",
        "revision": 2,
        "mails": [
            {
                "direction": "in",
                "kind": "form",
                "message_id": "<2@example.org>",
                "subject": "Our form",
                "at": "2027-01-04T09:32:00.250000+00:00",
            },
            {
                "direction": "out",
                "kind": "registered",
                "message_id": "<answer 2@askonce.example.org>",
                "subject": "Your reference",
                "at": "2027-01-04T10:30:00.250000+00:00",
            },
        ],
    }


def test_a_mail_that_has_not_gone_is_not_exported(store: Store) -> None:
    register(store)
    (record,) = store.views.export()
    assert [mail["direction"] for mail in record["mails"]] == ["in"]


def test_a_mail_about_two_consultations_is_exported_with_both(store: Store) -> None:
    do(store, given.new(consultation("k1")))
    do(store, given.new(consultation("k2")))
    number = kept(store)
    do(
        store,
        decision(kind=Kind.REPLY, about=("k1", "k2")),
        mail_id=number,
        email=email(),
        outgoing=[letter(consultations=("k1", "k2"))],
    )
    send_all(store)
    for record in store.views.export():
        assert [mail["direction"] for mail in record["mails"]] == ["in", "out"]


def test_a_long_register_is_exported_whole_and_in_order(store: Store) -> None:
    with store.transaction() as transaction:
        for n in range(450):
            record = consultation(f"key {n:03}", created_at=later(seconds=n))
            record = replace(record, form1={**given.FORM1, "participants_expected": n})
            transaction.apply(given.new(record), now=NOW)
    exported = [record["form1"]["participants_expected"] for record in store.views.export()]
    assert exported == list(range(450))


def test_consultations_of_one_moment_are_exported_in_the_order_in_which_they_came(
    store: Store,
) -> None:
    for key in "cab":
        do(store, given.new(consultation(key, form1={"title": key})))
    assert [record["form1"]["title"] for record in store.views.export()] == ["c", "a", "b"]


def test_of_one_moments_mails_each_answer_follows_its_mail(store: Store) -> None:
    do(store, given.new(consultation("k1")))
    for uid in ("1", "2"):
        do(
            store,
            decision(about=("k1",)),
            mail_id=kept(store, uid),
            email=email(message_id=f"<{uid}>"),
            outgoing=[letter(f"answer {uid}", consultations=("k1",))],
        )
        claimed = store.outbox.claim(NOW, OPEN)
        assert claimed is not None
        store.outbox.settle(claimed.id, given.SENT, NOW)
    (record,) = store.views.export()
    assert [mail["message_id"] for mail in record["mails"]] == [
        "<1>",
        letter("answer 1").message_id,
        "<2>",
        letter("answer 2").message_id,
    ]


# ---- the queue


def held(store: Store, key: str = "h", **changes: Any) -> Hold:
    return replace(Hold(key=key, reason=Reason.NEEDS_ANSWER), **changes)


def test_an_exception_shows_the_mail_that_it_is_about(store: Store) -> None:
    register(store)
    number = kept(store, "2", arrived_at=later(days=1))
    hold = held(store, consultation="k1", detail={"why": ["no word", 1]})
    do(
        store,
        decision(kind=Kind.REPLY, holds=(hold,)),
        mail_id=number,
        email=email(message_id="<2@example.org>", sender=BEN, subject="Well"),
        now=later(days=2),
    )
    (item,) = store.views.queue()
    assert item.detail == {"why": ["no word", 1]}
    assert item.as_json() == {
        "id": item.id,
        "reason": "needs_answer",
        "from": BEN.email,
        "subject": "Well",
        "received_at": "2027-01-05T09:30:00.250000+00:00",
        "reference": given.reference(1),
        "message_id": "<2@example.org>",
    }
    case = store.views.queue_item(item.id)
    assert case is not None
    assert (case.item, case.raw) == (item, b"raw2")
    assert case.consultation is not None
    assert case.consultation.key == "k1"
    assert [entry.act for entry in case.history] == ["held"]


def test_an_exception_that_the_clock_opens_is_from_the_lead_worker(store: Store) -> None:
    people = (
        Person(address=BEN, role=Role.SENDER),
        Person(address=ANN, role=Role.FORM),
    )
    register(store, people=people)
    hold = held(store, reason=Reason.OUTCOMES_OVERDUE, consultation="k1")
    do(store, decision(kind=None, holds=(hold,)), now=later(days=90), who="the clock")
    (item,) = store.views.queue()
    assert (item.sender, item.subject, item.received_at) == (
        ANN.email,
        "Skate park",
        later(days=90),
    )
    assert item.message_id is None


def test_the_queue_has_the_oldest_first(store: Store) -> None:
    for key, days in (("b", 2), ("a", 1), ("c", 3)):
        do(store, decision(holds=(held(store, key),)), now=later(days=days))
    opened = [item.opened_at for item in store.views.queue()]
    assert opened == [later(days=1), later(days=2), later(days=3)]


def test_an_exception_held_again_while_open_is_one_and_shows_the_newer_mail(store: Store) -> None:
    for uid in ("1", "2"):
        number = kept(store, uid)
        hold = held(store, detail={"mail": uid})
        do(
            store,
            decision(holds=(hold,)),
            mail_id=number,
            email=email(subject=f"Mail {uid}"),
        )
    (item,) = store.views.queue()
    assert (item.subject, item.detail) == ("Mail 2", {"mail": "2"})


def test_an_exception_held_again_after_it_was_closed_is_a_new_one(store: Store) -> None:
    do(store, decision(holds=(held(store),)))
    (first,) = store.views.queue()
    do(store, decision(settles=(first.id,)))
    assert store.views.open_exceptions_count() == 0
    do(store, decision(holds=(held(store),)))
    (second,) = store.views.queue()
    assert second.id != first.id


def test_one_decision_may_settle_an_exception_and_open_its_like(store: Store) -> None:
    do(store, decision(holds=(held(store),)))
    (first,) = store.views.queue()
    do(store, decision(settles=(first.id,), holds=(held(store),)))
    (second,) = store.views.queue()
    assert second.id != first.id


def test_an_exception_set_aside_says_who_did_it_and_why(store: Store) -> None:
    do(store, decision(holds=(held(store),)))
    (item,) = store.views.queue()
    assert store.close_exception(item.id, who="Carol", why="telephoned", now=later(days=1))
    assert not store.close_exception(item.id, who="Dan", why="again", now=later(days=2))
    assert store.views.queue() == ()
    case = store.views.queue_item(item.id)
    assert case is not None
    assert (case.closed_at, case.closed_by, case.closed_why) == (
        later(days=1),
        "Carol",
        "telephoned",
    )
    assert [(entry.who, entry.act) for entry in case.history] == [
        ("askonce", "held"),
        ("Carol", "settled"),
    ]


def test_an_exception_that_is_not_there_is_said_to_be_none(store: Store) -> None:
    assert store.views.queue_item(1) is None
    assert not store.close_exception(1, who="Carol", why="", now=NOW)


# ---- overview


def test_the_overview_says_what_became_of_each_mail(store: Store) -> None:
    register(store)
    number = kept(store, "2", arrived_at=later(days=1))
    do(
        store,
        decision(kind=Kind.OTHER, outcome="asked", holds=(held(store, reason=Reason.NO_FORM),)),
        mail_id=number,
        email=email(sender=None, subject="Hello"),
        outgoing=[letter("blank", kind=Letter.NOT_UNDERSTOOD)],
    )
    kept_only = given.ref("3", arrived_at=later(days=2))
    store.keep(kept_only, b"three")
    first, second, third = store.views.mails()
    assert (first.sender, first.kind, first.references, first.replies, first.reasons) == (
        ANN.email,
        Kind.FORM,
        (given.reference(1),),
        (Letter.REGISTERED,),
        (),
    )
    assert (second.sender, second.outcome, second.replies, second.reasons) == (
        "",
        "asked",
        (Letter.NOT_UNDERSTOOD,),
        (Reason.NO_FORM,),
    )
    assert (third.kind, third.outcome, third.arrived_at) == (None, None, later(days=2))


def test_the_counts_are_of_what_there_is(store: Store) -> None:
    register(store)
    store.keep(given.ref("2"), b"two")
    do(store, decision(holds=(held(store),)), outgoing=[letter("second")], now=later(days=1))
    counts = store.views.counts()
    assert (counts.mails, counts.unhandled, counts.unfiled) == (2, 1, 2)
    assert (counts.consultations, counts.by_status) == (1, {"registered": 1})
    assert (counts.exceptions, counts.waiting, counts.uncertain, counts.failed) == (1, 2, 0, 0)
    assert counts.oldest_waiting == later(minutes=1, seconds=30)
    send_all(store)
    assert store.views.counts().waiting == 1
