"""`askonce queue accept`, `link`, `say`, `send-again`, `undo`, with something in the queue."""

from __future__ import annotations

import zipfile
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from askonce import main
from commands import wiring
from commands.case import in_full
from model import Address, Code, Delivery, DeliveryState, Gate, Problem, Reason, Rules
from settings import load
from store import QueueCase, QueueItem, Store
from tests.intake.desk import Desk, form1_file, mail
from tests.intake.world import LEAD, STRANGER, World
from tests.store import given

NOW = datetime(2027, 3, 1, 10, tzinfo=UTC)


@pytest.fixture
def config(tmp_path: Path) -> Path:
    """A register with an incomplete form (1), a question (2), a shop's mail (3), a record."""
    with World.at(tmp_path, now=NOW) as world:
        desk = Desk(root=tmp_path / "mail", world=world)
        for one in (
            mail(form1_file(start_date=None)),
            mail(sender=STRANGER, text="May we come too?"),
            mail(sender=Address(name="Shop", email="no-reply@shop.example")),
            mail(form1_file(title="Library hours", purpose="When to open?", area=["Babergh"])),
        ):
            desk.post(one, NOW)
            desk.run(NOW)
    file = tmp_path / "config.toml"
    file.write_text(f'[store]\nurl = "sqlite:///{tmp_path}/askonce.db"\n')
    return file


def said(config: Path, capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str]:
    status = main(["queue", *words, "--config", str(config)])
    out, err = capsys.readouterr()
    return status, out + err


def test_a_form_is_accepted_with_an_answer_put_right(
    config: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    status, told = said(config, capsys, "accept", "1", "--set", "start_date=in spring")
    assert status == 1
    assert "start_date:" in told
    assert "in spring" in told
    status, told = said(config, capsys, "accept", "1", "--set", "start_date=8 March 2027")
    assert status == 0
    assert "registered: CYP-20" in told
    assert "Exception 1 is closed." in told
    assert said(config, capsys, "accept", "1")[0] == 1


def test_a_mail_is_linked_and_that_is_undone(
    config: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert said(config, capsys, "link", "2", "cyp 2027 1 8")[0] == 0
    assert "Undone" in said(config, capsys, "undo", "2")[1]
    assert said(config, capsys, "undo", "2")[0] == 1
    assert "(linked)" not in said(config, capsys, "show", "2")[1]


def test_a_word_needs_what_goes_with_it(config: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert "needs a date" in said(config, capsys, "say", "1", "extend")[1]
    assert "draft" in said(config, capsys, "say", "1", "proceed")[1]
    status, told = said(config, capsys, "say", "1", "withdraw", "--why", "asked by telephone")
    assert (status, "withdrawn" in told) == (0, True)


def test_a_mail_of_ours_that_was_refused_is_sent_again(
    config: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with Store.open(f"sqlite:///{config.parent}/askonce.db") as store:
        given.do(store, given.decision(), outgoing=[given.letter()], now=NOW)
        ours = store.outbox.claim(NOW, Gate())
        assert ours is not None
        refused = Delivery(state=DeliveryState.REFUSED, detail="550 no such user")
        store.outbox.settle(ours.id, refused, NOW)
        (number,) = [i.id for i in store.views.queue() if i.reason is Reason.DELIVERY_FAILED]
    status, told = said(config, capsys, "send-again", str(number), "--why", "they made room")
    assert (status, "the same email, to the same people" in told) == (0, True)
    assert "Undone" in said(config, capsys, "undo", str(number))[1]
    assert "no mail of ours" in said(config, capsys, "send-again", "1")[1]


def test_an_exception_says_whether_its_mail_was_answered(
    config: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert f"Our answer:  incomplete, to {LEAD.email}\n" in said(config, capsys, "show", "1")[1]
    assert "Our answer:  none\n" in said(config, capsys, "show", "3")[1]


def test_the_offices_own_prefix_is_in_its_examples(
    config: Path,
) -> None:
    with config.open("a", encoding="utf-8") as file:
        file.write('[process]\nreference_prefix = "FEN"\n')
    blank = config.parent / "blank"
    assert main(["forms", "--out", str(blank), "--config", str(config)]) == 0
    form2 = next(blank.glob("Form 2*.docx"))
    with zipfile.ZipFile(form2) as package:
        assert "such as FEN-2027-0042-1." in package.read("word/document.xml").decode()
    settings = load(config, {})
    wrong = Problem(field="reference", code=Code.REFERENCE_INVALID, seen="FEN-1")
    with wiring.open_store(settings) as store:
        assert "FEN-2027-0042-1" in wiring.house(settings, store).forms.message("form2", wrong)


def test_what_the_clock_counts_from_and_whose_the_likeliest_are_is_said() -> None:
    likely = {"reference": "CYP-2027-0001-8", "title": "Buses", "score": 0.41, "named": True}
    detail = {"outcomes_due": "2027-07-30", "likely": [{**likely, "theirs": False}]}
    item = QueueItem(
        id=1,
        reason=Reason.OUTCOMES_UNMATCHED,
        sender="",
        subject="",
        received_at=NOW,
        reference=None,
        message_id=None,
        opened_at=NOW,
        detail=detail,
    )
    shown = "\n".join(in_full(QueueCase(item=item, raw=None), frozenset(), Rules()))
    assert "Outcomes due: 2027-07-30" in shown
    assert "(41% alike, named in the form, the sender is not one of its people)" in shown
    item = replace(item, detail={"asked_on": "2027-06-07", "likely": [{**likely, "theirs": True}]})
    shown = "\n".join(in_full(QueueCase(item=item, raw=None), frozenset(), Rules()))
    assert "Asked on:    2027-06-07" in shown
    assert "not one of its people" not in shown


def test_too_many_says_for_whom_mails_wait() -> None:
    item = QueueItem(
        id=1,
        reason=Reason.TOO_MANY,
        sender="",
        subject="",
        received_at=NOW,
        reference=None,
        message_id=None,
        opened_at=NOW,
        detail={"reached": ["address ann@example.org", "all", "conversation CYP-2027-0001-8"]},
    )
    shown = list(in_full(QueueCase(item=item, raw=None), frozenset(), Rules()))
    for line in ("address ann@example.org", "everybody together", "conversation CYP-2027-0001-8"):
        assert any(line in one and one.startswith("  - ") for one in shown)
    assert not any("Our answer" in one for one in shown)
