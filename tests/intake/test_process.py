"""One mail, one transaction; on real mails with real files."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from pathlib import Path

import pytest

from intake.process import House, handle, process_one
from model import FORM1, FORM2, Fields, Reading, Transient
from parsers.references import make
from parsers.spec import forms
from tests.intake.desk import Desk, File, files_of, form1_file, form2_file, kind, mail
from tests.intake.world import LEAD, OTHER, QuickFace, World

NOW = datetime(2027, 3, 1, 10, tzinfo=UTC)
FIRST, SECOND = make("CYP", 2027, 1), make("CYP", 2027, 2)
MINUTE = timedelta(minutes=1)
DAY = timedelta(days=1)


@pytest.fixture
def desk(tmp_path: Path, world: World) -> Desk:
    return Desk(root=tmp_path, world=world)


def told(desk: Desk, made: EmailMessage, now: datetime = NOW) -> EmailMessage:
    """The one mail that answers."""
    desk.post(made, now)
    (answer,) = [m for m in desk.run(now) if m["In-Reply-To"] == made["Message-ID"]]
    return answer


# --------------------------------------------------------------------------- from bytes to answers


@pytest.mark.parametrize("ending", ["docx", "xlsx"])
def test_a_form_in_a_mail_is_registered(desk: Desk, ending: str) -> None:
    answer = told(desk, mail(form1_file("docx" if ending == "docx" else "xlsx")))
    record = desk.world.record()
    assert (kind(answer), record["reference"]) == ("registered", FIRST)
    assert record["form1"]["title"] == "A skate park for everyone"
    assert desk.folder(".Processed") == 1


def test_the_same_form_in_another_kind_of_file_says_the_same(desk: Desk) -> None:
    told(desk, mail(form1_file("docx")))
    assert kind(told(desk, mail(form1_file("xlsx")))) == "repeat"


def test_a_plain_reply_above_its_quote_is_heard(desk: Desk) -> None:
    told(desk, mail(form1_file(), sender=OTHER))
    warning = told(desk, mail(form1_file(organisation="Another")))
    assert kind(warning) == "similar"
    assert kind(told(desk, mail(text="Proceed, please.\n\nLena", answers=warning))) == "confirmed"


def test_the_form_that_we_filled_in_is_no_form_until_more_is(desk: Desk) -> None:
    told(desk, mail(form1_file()))
    day = datetime(2027, 4, 12, 10, tzinfo=UTC)
    (note,) = desk.run(day)
    assert kind(note) == "completion_note"
    (ours,) = [f for f in files_of(note) if f.name.endswith(".docx")]
    extended = told(desk, mail(ours, text="EXTEND 30 June 2027", answers=note), day)
    assert kind(extended) == "extended"
    assert kind(told(desk, mail(form2_file(reference=FIRST), answers=note), day)) == (
        "outcomes_logged"
    )


def test_the_blank_forms_sent_back_blank_are_said_to_be_blank(desk: Desk) -> None:
    blanks = files_of(told(desk, mail(text="How do I register?")))
    assert {f.name.rpartition(".")[2] for f in blanks} <= {"docx", "xlsx"}
    assert kind(told(desk, mail(*blanks, text="Here you are."))) == "unreadable"


def test_a_form_in_a_forwarded_mail_is_its_senders(desk: Desk) -> None:
    outer = mail(sender=OTHER, subject="Fwd: Consultation", text="One for you.")
    outer.add_attachment(mail(form1_file()))
    answer = told(desk, outer)
    assert (kind(answer), answer["To"]) == ("registered", f"{LEAD.name} <{LEAD.email}>")
    assert OTHER.email in str(answer["Cc"])


def test_a_mail_delivered_twice_is_answered_once(desk: Desk) -> None:
    made = mail(form1_file(), message_id="<one@youth>")
    desk.post(made, NOW)
    desk.post(made, NOW + MINUTE)
    assert [kind(m) for m in desk.run(NOW + MINUTE)] == ["registered"]
    assert desk.folder(".Processed") == 2


def test_mails_from_before_the_first_day_are_left_alone(desk: Desk) -> None:
    desk.since = NOW
    desk.post(mail(form1_file()), NOW - MINUTE)
    desk.post(mail(form1_file(title="Later")), NOW)
    assert [kind(m) for m in desk.run(NOW + MINUTE)] == ["registered"]
    assert desk.world.record()["form1"]["title"] == "Later"


def test_being_late_goes_by_arrival_and_the_year_by_registering(desk: Desk) -> None:
    desk.post(mail(form1_file()), NOW)
    desk.run(NOW + 400 * DAY)
    record = desk.world.record()
    assert record["late_notice"] is False
    assert record["reference"] == make("CYP", 2028, 1)


def test_of_a_mail_too_large_only_the_headers_are_kept(desk: Desk) -> None:
    desk.house = replace(desk.house, rules=replace(desk.house.rules, largest=20_000))
    answer = told(desk, mail(form1_file(), File(name="photos.bin", content=bytes(50_000))))
    assert kind(answer) == "unreadable"
    assert desk.world.reasons() == ["too_large"]
    (item,) = desk.world.store.views.queue()
    case = desk.world.store.views.queue_item(item.id)
    assert case is not None
    assert case.raw is not None
    assert len(case.raw) < 2_000


def test_exceptions_are_filed_apart(desk: Desk) -> None:
    told(desk, mail(text="A question"))
    assert (desk.folder(".Exceptions"), desk.folder(".Processed")) == (1, 0)


# --------------------------------------------------------------------------- our own faults


def broken(house: House, name: str) -> House:
    """A house in which reading a file of this name is a fault of ours."""

    def read(file: str, data: bytes) -> Reading:
        if file == name:
            raise ZeroDivisionError("words of the file")
        return house.read(file, data)

    return replace(house, read=read)


class Stutter(QuickFace):
    """Cannot put into words what holds a certain title: a fault in the middle of a transaction."""

    def __init__(self, fault: Exception) -> None:
        self.fault = fault

    def shown(self, form: str, fields: Fields) -> tuple[tuple[str, str], ...]:
        if fields.get("title") == "Unspeakable":
            raise self.fault
        return super().shown(form, fields)


def test_a_mail_that_makes_our_code_fail_is_an_exception_and_the_next_is_handled(
    desk: Desk,
) -> None:
    desk.house = broken(desk.house, "bad.docx")
    desk.post(mail(File(name="bad.docx", content=b"x"), sender=OTHER, subject="Ours"), NOW)
    desk.post(mail(form1_file()), NOW + MINUTE)
    assert [kind(m) for m in desk.run(NOW + MINUTE)] == ["registered"]
    assert desk.world.reasons() == ["failed"]
    assert (desk.folder(".Exceptions"), desk.folder(".Processed")) == (1, 1)


def test_what_failed_is_named_by_its_sender_and_subject_and_the_fault_without_words(
    desk: Desk,
) -> None:
    desk.house = broken(desk.house, "bad.docx")
    made = mail(
        File(name="bad.docx", content=b"x"), sender=OTHER, subject="Ours", message_id="<a@b>"
    )
    desk.post(made, NOW)
    desk.run(NOW)
    (item,) = desk.world.store.views.queue()
    assert (item.sender, item.subject, item.message_id) == (OTHER.email, "Ours", "<a@b>")
    assert "ZeroDivisionError" in item.detail["fault"]
    assert "words" not in str(item.detail)


def test_a_mail_that_failed_and_comes_again_is_not_taken_for_handled(desk: Desk) -> None:
    made = mail(form1_file(title="Unspeakable"), message_id="<a@b>")
    whole = desk.house
    desk.house = replace(desk.house, forms=Stutter(KeyError("title")))
    desk.post(made, NOW)
    assert desk.run(NOW) == []
    desk.house = whole
    assert kind(told(desk, made, NOW + MINUTE)) == "registered"


def test_a_fault_in_the_middle_leaves_nothing_half_done(desk: Desk) -> None:
    desk.house = replace(desk.house, forms=Stutter(KeyError("title")))
    desk.post(mail(form1_file(title="Unspeakable", pod_request=True)), NOW)
    assert desk.run(NOW) == []
    assert desk.world.records() == []
    assert desk.world.reasons() == ["failed"]
    told(desk, mail(form1_file()), NOW + MINUTE)
    assert desk.world.record()["reference"] == FIRST


def test_a_fault_that_passes_leaves_the_mail_for_the_next_round(desk: Desk) -> None:
    whole = desk.house
    desk.house = replace(desk.house, forms=Stutter(Transient("the disk is full")))
    desk.post(mail(form1_file(title="Unspeakable")), NOW)
    assert desk.try_to_run(NOW) != ()
    assert desk.world.records() == []
    assert desk.world.reasons() == []
    assert desk.world.store.views.counts().unhandled == 1
    desk.house = whole
    assert [kind(m) for m in desk.run(NOW + MINUTE)] == ["registered"]
    assert desk.world.record()["reference"] == FIRST


def test_the_same_stored_mail_handled_twice_adds_nothing(desk: Desk) -> None:
    with desk.mailbox() as mailbox:
        desk.post(mail(form1_file(pod_request=True)), NOW)
        (ref,) = mailbox.waiting(None, lambda _: set())
        raw = mailbox.fetch(ref)
        assert raw is not None
        desk.house.store.keep(ref, raw)
    stored = desk.house.store.next_mail()
    assert stored is not None
    handle(desk.house, stored, NOW)
    before = (desk.world.records(), desk.house.store.views.counts())
    with pytest.raises(Transient):
        handle(desk.house, stored, NOW + DAY)
    assert (desk.world.records(), desk.house.store.views.counts()) == before
    assert process_one(desk.house, NOW) is False


@pytest.mark.parametrize(
    "raw",
    [
        b"\n",
        b"\x00" * 100,
        b"From: \xff\xfe\nContent-Type: multipart/mixed; boundary=x\n\n--x\n",
        b"From: a@b.example\nContent-Type: message/rfc822\n\n" * 60,
    ],
)
def test_bytes_that_are_hardly_a_mail_are_handled_like_any(desk: Desk, raw: bytes) -> None:
    desk.post(raw, NOW)
    desk.run(NOW)
    assert desk.world.store.views.counts().unhandled == 0
    assert len(desk.world.reasons()) == 1
    assert "failed" not in desk.world.reasons()


def test_a_form_of_each_kind_reads_as_it_was_written(desk: Desk) -> None:
    """What the rest of these tests rely on."""
    for form, file in ((FORM1, form1_file()), (FORM2, form2_file())):
        (read,) = desk.house.read(file.name, file.content).submissions
        assert read.form == form
        assert read.fields.keys() == forms()[form].blank().keys()
        assert all(
            not forms()[form][p.field or ""].required or p.field == "reference"
            for p in read.problems
        )
