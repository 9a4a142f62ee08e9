import shutil
from contextlib import suppress
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given as for_any
from hypothesis import settings
from hypothesis import strategies as st
from sqlalchemy import select

from model import (
    FORM1,
    FORM2,
    Attachment,
    Change,
    Code,
    Consultation,
    Hold,
    Kind,
    Letter,
    Match,
    Origin,
    Permanent,
    Person,
    Problem,
    Question,
    Reading,
    Reason,
    Role,
    Status,
    Submission,
    Transient,
)
from store import Store, schema
from tests.store import given
from tests.store.given import ANN, BEN, NOW, changed, consultation, decision, do, found, kept, new


def rows(store: Store, table: str) -> list[dict[str, Any]]:
    with store.views.database.read() as connection:
        found = connection.execute(select(schema.metadata.tables[table])).mappings()
        return [dict(row) for row in found]


def registered(store: Store, number: int = 1, **changes: Any) -> Consultation:
    """A consultation in the register, as the register gives it back."""
    reference = given.reference(number)
    do(store, new(consultation(f"k{number}", reference=reference, **changes)))
    (record,) = found(store, reference)
    return record


def test_a_record_comes_back_as_it_was_stored(store: Store) -> None:
    do(store, new(consultation("other", reference=given.reference(1))))
    record = consultation(
        reference=given.reference(2),
        status=Status.COMPLETE,
        form2=given.FORM2,
        people=(Person(address=ANN, role=Role.SENDER), Person(address=BEN, role=Role.CC)),
        revision=3,
        outcomes_revision=2,
        similar=(
            Match(
                key="other",
                reference=given.reference(1),
                title="Skate park",
                score=0.1 + 0.2,
                warn=True,
                why=("title", "area"),
            ),
        ),
        late_notice=True,
        asked_at=given.later(days=1),
        registered_at=given.later(days=2),
        extended_to=date(2027, 5, 1),
        away_until=date(2027, 5, 3),
        outcomes_due=date(2027, 5, 1),
        stopped_at=given.later(days=3),
        completed_at=given.later(days=4),
        withdrawn_at=given.later(days=5),
        pod_forwarded_at=given.later(days=6),
        message_id="<one@example.org>",
    )
    do(store, new(record))
    assert found(store, given.reference(2)) == (replace(record, version=1),)


def test_a_changed_record_is_a_new_version(store: Store) -> None:
    before = registered(store)
    after = replace(before, status=Status.WITHDRAWN, withdrawn_at=NOW, people=())
    do(store, changed(before, after))
    assert found(store, given.reference(1)) == (replace(after, version=2),)


def test_a_record_changed_meanwhile_is_not_overwritten(store: Store) -> None:
    read = registered(store)
    do(store, changed(read, replace(read, late_notice=True)))
    with pytest.raises(Transient, match="changed meanwhile"):
        do(store, changed(read, replace(read, status=Status.WITHDRAWN), outcome="lost"))
    (record,) = found(store, given.reference(1))
    assert (record.late_notice, record.status) == (True, Status.REGISTERED)


def test_two_changes_of_one_record_in_one_decision_follow_each_other(store: Store) -> None:
    first = consultation(reference=given.reference(1))
    second = replace(first, late_notice=True)
    third = replace(second, status=Status.WITHDRAWN)
    made = decision(
        changes=(
            Change(event="registered", before=None, after=first),
            Change(event="revised", before=first, after=second),
            Change(event="withdrawn", before=second, after=third),
        )
    )
    do(store, made)
    assert found(store, given.reference(1)) == (replace(third, version=3),)


def test_a_change_that_forgets_the_one_before_it_is_refused(store: Store) -> None:
    first = registered(store)
    made = decision(
        changes=(
            Change(event="revised", before=first, after=replace(first, late_notice=True)),
            Change(event="revised", before=first, after=replace(first, revision=2)),
        )
    )
    with pytest.raises(Permanent, match="do not follow"):
        do(store, made)
    assert found(store, given.reference(1)) == (first,)


def test_nothing_is_done_when_one_part_cannot_be(store: Store) -> None:
    mail = kept(store)
    made = new(
        consultation(reference=given.reference(1)),
        holds=(Hold(key="h", reason=Reason.NO_FORM, consultation="nobody"),),
    )
    with pytest.raises(Permanent):
        do(store, made, mail_id=mail, email=given.email(), outgoing=[given.letter()])
    assert found(store, given.reference(1)) == ()
    assert store.views.counts().waiting == 0
    assert store.next_mail() is not None
    assert rows(store, "audit") == []


def test_a_mail_is_handled_once(store: Store) -> None:
    mail = kept(store)
    do(store, new(consultation(reference=given.reference(1))), mail_id=mail)
    with pytest.raises(Transient, match="another run"):
        do(store, new(consultation("k2", reference=given.reference(2))), mail_id=mail)
    assert found(store, given.reference(2)) == ()


def test_the_same_decision_made_twice_makes_no_second_record(store: Store) -> None:
    made = new(consultation(reference=given.reference(1)))
    do(store, made)
    with pytest.raises(Transient, match="another run"):
        do(store, made)
    assert store.views.counts().consultations == 1


def test_the_same_mails_and_exceptions_decided_twice_are_there_once(store: Store) -> None:
    record = registered(store)
    made = decision(holds=(Hold(key="h", reason=Reason.UNCONFIRMED, consultation=record.key),))
    mail = given.letter(consultations=(record.key,))
    for _ in range(2):
        do(store, made, outgoing=[mail], who="the clock")
    counts = store.views.counts()
    assert (counts.waiting, counts.exceptions) == (1, 1)


# ---- references


def test_a_reference_out_of_order_is_refused(store: Store) -> None:
    registered(store)
    for number in (1, 3):
        with pytest.raises(Permanent, match="does not follow number 1 of 2027"):
            do(store, new(consultation("k2", reference=given.reference(number))))
    registered(store, 2)


def test_numbers_start_again_each_year(store: Store) -> None:
    registered(store)
    do(store, new(consultation("next year", reference=given.reference(1, 2028))))
    with store.transaction() as transaction:
        numbers = [
            transaction.facts(Question(email=given.email(), year=year)).next_number
            for year in (2026, 2027, 2028)
        ]
    assert numbers == [1, 2, 2]


def test_two_references_may_be_drawn_in_one_decision(store: Store) -> None:
    made = decision(
        changes=tuple(
            Change(
                event="registered",
                before=None,
                after=consultation(f"k{n}", reference=given.reference(n)),
            )
            for n in (1, 2)
        )
    )
    do(store, made)
    assert len(found(store, given.reference(1), given.reference(2))) == 2


def test_a_draft_draws_its_reference_when_it_is_registered(store: Store) -> None:
    do(store, new(consultation(status=Status.DRAFT)))
    with store.transaction() as transaction:
        (draft,) = transaction.facts(Question(email=given.email())).own
    after = replace(draft, status=Status.REGISTERED, reference=given.reference(1))
    do(store, changed(draft, after))
    assert found(store, given.reference(1)) == (replace(after, version=2),)


def test_a_reference_stays_with_its_record(store: Store) -> None:
    record = registered(store)
    for reference in (None, given.reference(2)):
        with pytest.raises(Permanent, match="stays with its record"):
            do(store, changed(record, replace(record, reference=reference)))


@settings(max_examples=15, deadline=None)
@for_any(steps=st.lists(st.sampled_from(["register", "undone", "wrong number"]), max_size=8))
def test_references_have_no_gap_and_no_repeat_whatever_is_undone(
    tmp_path_factory: pytest.TempPathFactory, sqlite_model: Path, steps: list[str]
) -> None:
    path = tmp_path_factory.mktemp("references") / "askonce.db"
    shutil.copy(sqlite_model, path)
    with Store.open(f"sqlite:///{path}") as store:
        for step in steps:
            with suppress(RuntimeError, Permanent):
                draw(store, step)
        made = steps.count("register")
        numbers = [int(str(c["reference"]).split("-")[2]) for c in store.views.export()]
        assert sorted(numbers) == list(range(1, made + 1))


def draw(store: Store, step: str) -> None:
    with store.transaction() as transaction:
        number = transaction.facts(Question(email=given.email(), year=2027)).next_number
        number += step == "wrong number"
        record = consultation(f"key {number}", reference=given.reference(number))
        transaction.apply(new(record), now=NOW)
        if step == "undone":
            raise RuntimeError


# ---- what hangs on a record


def test_every_form_is_kept_as_it_was_read(store: Store) -> None:
    first = registered(store)
    mail = kept(store)
    fields = {**given.FORM1, "title": "Skate parks"}
    read = Submission(
        form=FORM1,
        fields=fields,
        problems=(Problem(field="telephone", code=Code.MISSING),),
        origins={"title": Origin(where="table 1, row 2", seen=" Skate parks", certainty=0.9)},
        file="form.docx",
    )
    after = replace(first, form1=fields, revision=2)
    change = Change(event="revised", before=first, after=after, submission=read)
    do(store, decision(changes=(change,)), mail_id=mail)
    original, revision = rows(store, "revisions")
    assert (original["number"], original["fields"], original["inbound_id"]) == (
        1,
        given.FORM1,
        None,
    )
    assert (revision["number"], revision["fields"], revision["inbound_id"]) == (2, fields, mail)
    assert revision["file"] == "form.docx"
    assert revision["problems"] == [{"field": "telephone", "code": "missing", "seen": ""}]
    assert revision["origins"] == {
        "title": {"where": "table 1, row 2", "seen": " Skate parks", "certainty": 0.9}
    }


def test_a_form_may_hold_characters_that_no_text_column_can(store: Store) -> None:
    fields = {**given.FORM1, "purpose": "nul \x00, half \ud83d, whole \U0001f6f9", "methods": []}
    record = registered(store, form1=fields)
    assert record.form1 == fields


def test_a_change_that_leaves_the_form_alone_is_no_revision(store: Store) -> None:
    first = registered(store)
    do(store, changed(first, replace(first, late_notice=True)))
    assert len(rows(store, "revisions")) == 1


def test_actions_are_those_of_the_latest_outcomes(store: Store) -> None:
    first = registered(store)
    second = replace(first, form2=given.FORM2, outcomes_revision=1)
    do(store, changed(first, second))
    assert [row["action"] for row in rows(store, "actions")] == ["Build it", "Tell them"]
    fewer = {**given.FORM2, "actions": [{"action": "Ask again", "owner": "Ann", "due": None}]}
    (second,) = found(store, given.reference(1))
    read = Submission(form=FORM2, fields=fewer, file="form2.xlsx")
    after = replace(second, form2=fewer, outcomes_revision=2)
    change = Change(event="outcomes_revised", before=second, after=after, submission=read)
    do(store, decision(changes=(change,)))
    (action,) = rows(store, "actions")
    assert (action["action"], action["owner"], action["due"]) == ("Ask again", "Ann", None)
    assert [(row["number"], row["file"]) for row in rows(store, "outcomes")] == [
        (1, ""),
        (2, "form2.xlsx"),
    ]


def test_similar_work_found_before_stays_in_the_log(store: Store) -> None:
    other = registered(store)
    match = Match(key=other.key, reference=given.reference(1), title="T", score=0.5, warn=False)
    record = registered(store, 2, similar=(match,))
    assert record.similar == (match,)
    after = replace(record, similar=(replace(match, score=0.75),))
    do(store, changed(record, after))
    (record,) = found(store, given.reference(2))
    assert record.similar == after.similar
    assert [row["score"] for row in rows(store, "similar_found")] == [0.5, 0.75]


def test_the_ledger_tells_what_a_mail_was_and_what_files_it_had(store: Store) -> None:
    mail = kept(store)
    files = (
        Attachment(name="a.docx", content_type="application/x", content=b"abc"),
        Attachment(name="b.docx", content_type="application/x", content=b""),
    )
    form = Submission(form=FORM1, fields={})
    damaged = Problem(field=None, code=Code.DAMAGED)
    do(
        store,
        decision(kind=Kind.FORM, outcome="registered"),
        mail_id=mail,
        email=given.email(attachments=files),
        readings=(
            Reading(file="a.docx", submissions=(form,)),
            Reading(file="b.docx", verdict=damaged),
        ),
    )
    (row,) = rows(store, "inbound_mails")
    assert (row["kind"], row["outcome"], row["handled_at"]) == ("form", "registered", NOW)
    assert (row["sender"], row["sender_name"], row["subject"]) == (ANN.email, ANN.name, "Our form")
    assert [
        (r["name"], r["size"], r["verdict"], r["forms"]) for r in rows(store, "attachments")
    ] == [("a.docx", 3, None, ["form1"]), ("b.docx", 0, "damaged", [])]


def test_every_act_is_in_the_audit_trail(store: Store) -> None:
    mail = kept(store)
    record = consultation(reference=given.reference(1))
    held = Hold(key="h", reason=Reason.NEEDS_ANSWER, consultation=record.key)
    do(store, new(record, holds=(held,), blocked=(BEN.email,)), mail_id=mail)
    (item,) = store.views.queue()
    do(store, decision(settles=(item.id,), outcome="answered"), who="Carol")
    store.unblock((BEN.email,), who="Carol", now=NOW, exception=item.id)
    trail = [(row["who"], row["act"], row["consultation"]) for row in rows(store, "audit")]
    assert trail == [
        ("askonce", "registered", record.key),
        ("askonce", "held", record.key),
        ("askonce", "blocked", None),
        ("Carol", "settled", record.key),
        ("Carol", "unblocked", None),
    ]
    assert {row["inbound_id"] for row in rows(store, "audit")[:3]} == {mail}


# ---- the clock


def test_the_clock_watches_what_is_open_and_not_stopped(store: Store) -> None:
    watched = registered(store)
    waiting = registered(store, 2, status=Status.AWAITING_CONFIRMATION)
    registered(store, 3, stopped_at=NOW)
    registered(store, 4, status=Status.COMPLETE)
    do(store, new(consultation("draft", status=Status.DRAFT)))
    assert [c.consultation for c in store.views.clocked()] == [watched, waiting]


def test_the_clock_knows_everything_it_ever_made(store: Store) -> None:
    watched, other = registered(store), registered(store, 2)
    hold = Hold(key="overdue", reason=Reason.OUTCOMES_OVERDUE, consultation=watched.key)
    do(
        store,
        decision(holds=(hold,)),
        outgoing=[
            given.letter("chaser", kind=Letter.CHASER, consultations=(watched.key,)),
            given.letter("both", kind=Letter.CHASER, consultations=(watched.key, other.key)),
            given.letter("an answer", consultations=(watched.key,)),
        ],
    )
    (item,) = store.views.queue()
    store.close_exception(item.id, who="Carol", why="told", now=NOW)
    with store.transaction() as transaction:
        made = {c.consultation.key: c.made for c in transaction.clocked()}
    assert made == {watched.key: {"overdue", "chaser", "both"}, other.key: {"both"}}
