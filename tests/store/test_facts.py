from typing import Any

import pytest

from model import (
    TAKES_OUTCOMES,
    DeliveryReport,
    Facts,
    Hold,
    InboundEmail,
    Kind,
    Letter,
    Person,
    Question,
    Reason,
    Role,
    Sought,
    Status,
)
from store import Store
from tests.store import given
from tests.store.given import ANN, BEN, consultation, decision, do, email, kept, letter, new


def ask(store: Store, mail: InboundEmail, **more: Any) -> Facts:
    with store.transaction() as transaction:
        return transaction.facts(Question(email=mail, year=2027, **more))


def handled(store: Store, uid: str, mail: InboundEmail, **how: Any) -> int:
    number = kept(store, uid)
    do(store, how.pop("decision", decision()), mail_id=number, email=mail, **how)
    return number


def stranger(**changes: Any) -> InboundEmail:
    return email(sender=BEN, message_id="<new@example.org>", content_digest="new", **changes)


def test_an_empty_register_knows_nothing(store: Store) -> None:
    assert ask(store, email(), mail_id=1) == Facts(mail_id=1)


# ---- the same mail again


def test_the_same_mail_again_was_seen_before(store: Store) -> None:
    first = handled(store, "1", email())
    assert ask(store, email(), mail_id=first + 1).seen_before


def test_a_mail_does_not_count_as_seen_because_of_itself(store: Store) -> None:
    first = handled(store, "1", email())
    assert not ask(store, email(), mail_id=first).seen_before


def test_a_mail_still_to_be_handled_was_not_seen(store: Store) -> None:
    kept(store, "1")
    assert not ask(store, email(), mail_id=99).seen_before


def test_a_mail_that_differs_in_anything_was_not_seen_before(store: Store) -> None:
    handled(store, "1", email())
    for other in (
        email(message_id="<two@example.org>"),
        email(sender=BEN),
        email(content_digest="digest-2"),
        email(message_id=None),
    ):
        assert not ask(store, other).seen_before


def test_without_a_message_id_sender_and_content_make_a_mail_the_same(store: Store) -> None:
    handled(store, "1", email(message_id=None))
    assert ask(store, email(message_id=None)).seen_before
    assert not ask(store, email(message_id=None, sender=BEN)).seen_before
    assert not ask(store, email()).seen_before


def test_a_mail_whose_content_is_unknown_is_never_the_same(store: Store) -> None:
    handled(store, "1", email(content_digest=""))
    assert not ask(store, email(content_digest="")).seen_before


# ---- threads


def test_the_mails_it_answers_come_nearest_first(store: Store) -> None:
    do(store, new(consultation("k1")), outgoing=[letter("a", consultations=("k1",))])
    do(store, new(consultation("k2")), outgoing=[letter("b", consultations=("k2",))])
    reply = stranger(
        in_reply_to=(letter("b").message_id,),
        references=("<unknown@example.org>", letter("a").message_id, letter("b").message_id),
    )
    facts = ask(store, reply)
    assert [sent.key for sent in facts.answered] == ["b", "a"]
    assert [c.key for c in facts.thread] == ["k2", "k1"]
    assert facts.answered[0].recipients == (ANN.email,)
    assert facts.own == ()


def test_a_bounce_is_about_the_mail_that_its_report_names(store: Store) -> None:
    do(store, new(consultation("k1")), outgoing=[letter("a", consultations=("k1",))])
    report = DeliveryReport(recipients=(ANN.email,), message_id=letter("a").message_id)
    facts = ask(store, stranger(report=report))
    assert [(sent.key, sent.consultations) for sent in facts.answered] == [("a", ("k1",))]


def test_a_mail_that_came_in_earlier_leads_to_its_consultation(store: Store) -> None:
    handled(store, "1", email(), decision=new(consultation("k1")))
    reply = stranger(references=("<one@example.org>",))
    assert [c.key for c in ask(store, reply).thread] == ["k1"]


def test_a_reference_names_its_record_whoever_writes_it(store: Store) -> None:
    do(store, new(consultation("k1", reference=given.reference(1))))
    facts = ask(store, stranger(), references=frozenset({given.reference(1), given.reference(9)}))
    assert {name: c.key for name, c in facts.named.items()} == {given.reference(1): "k1"}


# ---- people


def test_a_senders_own_are_those_that_the_sender_is_one_of_the_people_of(store: Store) -> None:
    both = (Person(address=ANN, role=Role.SENDER), Person(address=BEN, role=Role.CC))
    do(store, new(consultation("ours", people=both)))
    do(store, new(consultation("hers", created_at=given.later(days=1))))
    assert [c.key for c in ask(store, email()).own] == ["ours", "hers"]
    assert [c.key for c in ask(store, stranger()).own] == ["ours"]


def test_a_lead_workers_address_in_a_form_brings_that_persons_too(store: Store) -> None:
    do(store, new(consultation("hers")))
    facts = ask(store, stranger(), addresses=frozenset({ANN.email}))
    assert [c.key for c in facts.own] == ["hers"]


# ---- exceptions and blank forms


def test_open_exceptions_on_its_consultations_are_held(store: Store) -> None:
    do(
        store,
        new(
            consultation("k1", reference=given.reference(1)),
            holds=(Hold(key="h", reason=Reason.NEEDS_ANSWER, consultation="k1"),),
        ),
    )
    do(store, new(consultation("k2", people=()), holds=(Hold(key="x", reason=Reason.NO_FORM),)))
    (held,) = ask(store, email()).held
    assert (held.key, held.reason, held.consultation) == ("h", Reason.NEEDS_ANSWER, "k1")
    named = ask(store, stranger(), references=frozenset({given.reference(1)}))
    assert [h.key for h in named.held] == ["h"]
    assert ask(store, stranger()).held == ()


def test_an_exception_about_a_mail_in_the_thread_is_held(store: Store) -> None:
    hold = Hold(key="h", reason=Reason.NO_FORM)
    blank = letter("blank", kind=Letter.NOT_UNDERSTOOD)
    handled(store, "1", email(), decision=decision(holds=(hold,)), outgoing=[blank])
    for thread in ("<one@example.org>", blank.message_id):
        (held,) = ask(store, stranger(in_reply_to=(thread,))).held
        assert (held.key, held.message_id) == ("h", "<one@example.org>")


def test_a_closed_exception_is_not_held(store: Store) -> None:
    hold = Hold(key="h", reason=Reason.UNCONFIRMED, consultation="k1")
    do(store, new(consultation("k1"), holds=(hold,)))
    (held,) = ask(store, email()).held
    do(store, decision(settles=(held.id,), outcome="confirmed"))
    assert ask(store, email()).held == ()


def test_blank_forms_of_the_last_thirty_days_are_counted(store: Store) -> None:
    for days in (0, 20, 29):
        blank = letter(f"blank {days}", kind=Letter.NOT_UNDERSTOOD)
        other = letter(f"other {days}")
        bens = letter(f"ben {days}", kind=Letter.NOT_UNDERSTOOD, recipients=(BEN.email,))
        do(store, decision(), outgoing=[blank, other, bens], now=given.later(days=days))
    for day, counted in ((29, [0, 20, 29]), (30, [20, 29]), (31, [20, 29]), (60, [])):
        facts = ask(store, email(arrived_at=given.later(days=day)))
        assert list(facts.forms_sent) == [given.later(days=d) for d in counted]


def test_a_mail_from_no_address_can_be_asked_about(store: Store) -> None:
    handled(store, "1", email(sender=None), decision=decision(kind=Kind.NO_ADDRESS))
    facts = ask(store, email(sender=None), mail_id=99)
    assert facts.seen_before
    assert (facts.own, facts.forms_sent) == ((), ())


# ---- whose outcomes they may be


def likeliest(store: Store, title: str, *others: str) -> list[str]:
    """The titles of those that are named as the likeliest."""
    with store.transaction() as transaction:
        return [c.title for c in transaction.likeliest([Sought(title=title, others=others)])]


def register(store: Store, *titles: str, **form1: Any) -> None:
    for n, title in enumerate(titles):
        fields = {**given.FORM1, "title": title, **form1}
        do(store, new(consultation(key=f"{title}{n}", form1=fields)))


@pytest.mark.parametrize("title", ["Café hours", "CAFE-HOURS!", "cafés hours", "Hours of the café"])
def test_of_all_in_the_register_the_one_of_that_title_is_named(store: Store, title: str) -> None:
    register(store, "Café hours")
    team = {"lead_worker": "Anna Zimmermann", "organisation": "County Youth Participation Service"}
    register(store, *[f"Panel {n}" for n in range(70)], **team)
    named = likeliest(store, title, *team.values())
    assert "Café hours" in named
    assert "Panel 1" in named


@pytest.mark.parametrize("title", ["Youth club", "Our say", "Club club youth club"])
def test_longer_titles_do_not_hide_the_one_of_that_very_title(store: Store, title: str) -> None:
    register(store, *[f"{title} in Place{n}" for n in range(70)], title)
    assert title in likeliest(store, title.upper(), "Ann")


def test_of_equal_titles_the_latest_are_named(store: Store) -> None:
    for n in range(30):
        ends = {"title": "Our say", "end_date": f"2027-03-{n + 1:02}"}
        do(store, new(consultation(key=f"k{n}", form1={**given.FORM1, **ends})))
    with store.transaction() as transaction:
        found = transaction.likeliest([Sought(title="Our say")])
    assert {c.key for c in found} == {f"k{n}" for n in range(20, 30)}


@pytest.mark.parametrize("status", [s for s in Status if s not in TAKES_OUTCOMES])
def test_one_that_takes_no_outcomes_is_none_of_the_likeliest(store: Store, status: Status) -> None:
    do(store, new(consultation(status=status)))
    assert likeliest(store, "Skate park", "Ann", "Youth Service") == []


@pytest.mark.parametrize(
    "title", ["", "!?", "x" * 70_000, "very " * 20_000, "of to " * 9, "100% o_r'\\ \0 skate"]
)
def test_no_title_is_too_much_for_the_search(store: Store, title: str) -> None:
    register(store, "Skate park")
    assert set(likeliest(store, title, title)) <= {"Skate park"}
