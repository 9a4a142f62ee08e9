"""Process table "What a mail can be, and what happens", row by row."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from io import BytesIO
from typing import Any
from zipfile import ZipFile

import pytest

from model import (
    Address,
    Attachment,
    Code,
    Decision,
    DeliveryReport,
    Kind,
    Letter,
    Problem,
    Reading,
)
from parsers.read import read
from parsers.references import make
from tests.intake.world import (
    ADMINISTRATOR,
    COLLEAGUE,
    FORM1_FIELDS,
    LEAD,
    OTHER,
    POD,
    RULES,
    STRANGER,
    World,
    blank_form1,
    form1,
    form2,
    unread,
)

REFERENCE = make("CYP", 2027, 1)
PROPOSAL = form1()
RULES_FOR_YOUTH = replace(RULES, allowed_domains=frozenset({LEAD.domain}))


def registered(world: World, **fields: Any) -> str:
    """A consultation of the lead worker's; gives the Message-ID of our answer."""
    world.receive(form1(**fields))
    return world.last()


def report(about: str, *recipients: str, delayed: bool = False) -> DeliveryReport:
    return DeliveryReport(recipients=recipients, message_id=about, delayed=delayed)


def silent(decision: Decision) -> bool:
    """Whether nothing at all follows."""
    return not (decision.changes or decision.holds or decision.drafts or decision.settles)


# --------------------------------------------------------------------------- the same mail again


def test_the_same_mail_once_more_draws_silence(world: World) -> None:
    same: dict[str, Any] = {"message_id": "<a@b>", "content_digest": "d"}
    world.receive(PROPOSAL, **same)
    again = world.receive(PROPOSAL, **same)
    assert (again.kind, silent(again)) == (Kind.DUPLICATE, True)
    assert len(world.records()) == 1


def test_a_repeated_question_draws_silence_and_no_second_exception(world: World) -> None:
    for _ in range(2):
        world.receive(text="How do I register?", message_id="<a@b>", content_digest="d")
    assert world.reasons() == ["no_form"]
    assert world.kinds() == ["not_understood"]


@pytest.mark.parametrize("other", [{"content_digest": "e"}, {"sender": OTHER}])
def test_the_same_message_id_with_other_content_is_a_new_mail(
    world: World, other: dict[str, Any]
) -> None:
    world.receive(PROPOSAL, message_id="<a@b>", content_digest="d")
    again = world.receive(PROPOSAL, **{"message_id": "<a@b>", "content_digest": "d", **other})
    assert again.kind is Kind.FORM
    assert len(world.letters) == 2


def test_two_mails_without_a_message_id_are_told_apart_by_their_content(world: World) -> None:
    world.receive(PROPOSAL, message_id=None, content_digest="d")
    assert world.receive(PROPOSAL, message_id=None, content_digest="e").outcome == "repeat"
    assert silent(world.receive(PROPOSAL, message_id=None, content_digest="e"))


# --------------------------------------------------------------------------- ours, come back


def test_our_own_mail_come_back_is_kept_and_nothing_follows(world: World) -> None:
    answer = registered(world)
    back = world.receive(
        PROPOSAL, sender=Address(email="consultations@example.org"), our_mark=True, answers=answer
    )
    assert (back.kind, silent(back)) == (Kind.OUR_OWN, True)


# --------------------------------------------------------------------------- bounces


def test_a_bounce_blocks_its_recipient_and_is_seen_by_a_person(world: World) -> None:
    answer = registered(world)
    bounced = world.receive(
        sender=None, report=report(answer, LEAD.email.upper()), automatic="null return path"
    )
    assert bounced.blocked == (LEAD.email,)
    assert world.reasons() == ["bounced"]
    assert world.store.views.queue()[0].reference == REFERENCE
    assert len(world.letters) == 1


def test_a_bounce_blocks_nobody_whom_we_did_not_write_to(world: World) -> None:
    answer = registered(world)
    bounced = world.receive(sender=None, report=report(answer, OTHER.email))
    assert bounced.blocked == ()
    assert world.reasons() == ["bounced"]


def test_a_bounce_of_no_mail_of_ours_is_still_seen(world: World) -> None:
    bounced = world.receive(sender=None, report=report("<nobody@knows>", LEAD.email))
    assert (bounced.kind, bounced.blocked) == (Kind.BOUNCE, ())
    assert world.reasons() == ["bounced"]


def test_a_delay_notice_is_kept_and_ignored(world: World) -> None:
    answer = registered(world)
    notice = world.receive(sender=None, report=report(answer, LEAD.email, delayed=True))
    assert (notice.kind, silent(notice)) == (Kind.DELAY_NOTICE, True)
    assert notice.about == (_key(world),)
    assert notice.blocked == ()


def test_a_bounce_that_carries_our_mail_is_a_bounce(world: World) -> None:
    answer = registered(world)
    decision = world.receive(sender=None, report=report(answer, LEAD.email), our_mark=True)
    assert decision.kind is Kind.BOUNCE


# --------------------------------------------------------------------------- automatic


def test_a_vacation_note_is_kept_with_its_consultation_and_confirms_nothing(world: World) -> None:
    world.receive(PROPOSAL, sender=OTHER)
    world.receive(form1(organisation="Another"))
    note = world.receive(text="PROCEED", automatic="auto-submitted", answers=world.last())
    assert (note.kind, silent(note)) == (Kind.AUTOMATIC, True)
    assert world.record(1)["status"] == "awaiting_confirmation"
    assert [m["kind"] for m in world.record(1)["mails"]][-1] == "automatic"


def test_a_vacation_note_known_by_its_subject_alone_is_kept_with_its_consultation(
    world: World,
) -> None:
    registered(world)
    note = world.receive(subject=f"Automatic reply: [{REFERENCE}]", automatic="vacation")
    assert note.about == (_key(world),)


def test_an_automatic_mail_from_a_stranger_is_not_kept_by_its_subject(world: World) -> None:
    registered(world)
    note = world.receive(sender=STRANGER, subject=f"[{REFERENCE}]", automatic="list")
    assert note.about == ()


@pytest.mark.parametrize("form", [PROPOSAL, form2(reference=REFERENCE)])
def test_a_form_in_an_automatic_mail_registers_nothing_and_a_person_looks(
    world: World, form: Any
) -> None:
    registered(world, title="Bus fares", purpose="Are they fair?")
    decision = world.receive(form, automatic="list")
    assert not decision.changes
    assert not decision.drafts
    assert world.reasons() == ["not_from_a_person"]


def test_a_blank_form_in_an_automatic_mail_troubles_nobody(world: World) -> None:
    assert silent(world.receive(blank_form1(), automatic="auto-submitted"))


# --------------------------------------------------------------------------- our own people


@pytest.mark.parametrize("person", [ADMINISTRATOR, POD])
def test_our_people_writing_about_a_consultation_are_kept_with_it(
    world: World, person: Address
) -> None:
    answer = registered(world)
    for subject, answered in (("Hello", answer), (f"About {REFERENCE}", None)):
        decision = world.receive(sender=person, text="PROCEED", subject=subject, answers=answered)
        assert (decision.kind, silent(decision)) == (Kind.FROM_OUR_PEOPLE, True)
        assert decision.about == (_key(world),)


def test_our_people_close_the_exception_that_they_answer(world: World) -> None:
    answer = registered(world)
    world.receive(text="Could somebody ring me?", answers=answer, message_id="<question@youth>")
    world.receive(text="And another thing.", answers=answer)
    assert world.reasons() == ["needs_answer", "needs_answer"]
    world.receive(sender=ADMINISTRATOR, text="I did ring.", answers="<question@youth>")
    assert world.reasons() == ["needs_answer"]


def test_our_people_close_an_exception_that_is_about_no_consultation(world: World) -> None:
    world.receive(sender=STRANGER, text="What do you do?", message_id="<question@elsewhere>")
    assert world.reasons() == ["no_form"]
    answer = world.receive(sender=ADMINISTRATOR, text="We ...", answers="<question@elsewhere>")
    assert (answer.kind, answer.drafts) == (Kind.FROM_OUR_PEOPLE, ())
    assert world.reasons() == []


def test_a_mail_that_only_claims_to_be_from_our_people_closes_nothing(world: World) -> None:
    answer = registered(world)
    world.receive(text="A question", answers=answer, message_id="<question@youth>")
    world.receive(sender=ADMINISTRATOR, answers="<question@youth>", verified=False)
    assert "needs_answer" in world.reasons()


def test_our_people_may_propose_a_consultation_of_their_own(world: World) -> None:
    assert world.receive(PROPOSAL, sender=ADMINISTRATOR).outcome == "registered"


# --------------------------------------------------------------------------- who may write


@pytest.mark.parametrize("given", [PROPOSAL, None])
def test_a_sender_who_is_not_verified_is_kept_for_a_person(world: World, given: Any) -> None:
    decision = world.receive(*filter(None, [given]), verified=False)
    assert (decision.kind, decision.drafts, decision.changes) == (Kind.UNVERIFIED, (), ())
    assert world.reasons() == ["sender_unverified"]


def test_an_unverified_word_changes_nothing(world: World) -> None:
    answer = registered(world)
    world.receive(text="WITHDRAW", answers=answer, verified=False)
    assert world.record()["status"] == "registered"


def test_where_domains_are_listed_only_they_may_write(world: World) -> None:
    world.rules = RULES_FOR_YOUTH
    assert world.receive(PROPOSAL).outcome == "registered"
    decision = world.receive(PROPOSAL, sender=STRANGER)
    assert (decision.kind, decision.drafts) == (Kind.NOT_ALLOWED, ())
    assert world.reasons() == ["sender_not_allowed"]


def test_unverified_comes_before_not_allowed(world: World) -> None:
    world.rules = RULES_FOR_YOUTH
    world.receive(PROPOSAL, sender=STRANGER, verified=False)
    assert world.reasons() == ["sender_unverified"]


# --------------------------------------------------------------------------- nobody to answer


@pytest.mark.parametrize(
    "sender",
    [
        None,
        Address(email="no-reply@council.example.org"),
        Address(email="noreply@council.example.org"),
        Address(email="do_not_reply@council.example.org"),
        Address(email="donotreply@council.example.org"),
        Address(email="noreply-forms@council.example.org"),
        Address(email="mailer-daemon@council.example.org"),
        Address(email="consultations@example.org"),
        Address(email="büro@council.example.org"),
        Address(email="not an address"),
    ],
)
def test_nobody_who_cannot_be_answered_is_answered(world: World, sender: Address | None) -> None:
    decision = world.receive(sender=sender, text="Hello")
    assert (decision.kind, decision.drafts) == (Kind.NO_ADDRESS, ())
    assert world.reasons() == ["no_form"]


def test_a_copy_that_no_server_would_take_does_not_stop_the_answer(world: World) -> None:
    world.receive(PROPOSAL, cc=(Address(email="büro@youth.example.org"), COLLEAGUE))
    assert world.letters[-1].recipients == (LEAD.email, COLLEAGUE.email)


@pytest.mark.parametrize("email", ["noreen.o@youth.example.org", "reply@youth.example.org"])
def test_an_address_that_only_sounds_like_no_reply_is_answered(world: World, email: str) -> None:
    assert world.receive(PROPOSAL, sender=Address(email=email)).drafts


# --------------------------------------------------------------------------- forms before words


def test_a_form_comes_before_a_word_and_both_are_acted_on(world: World) -> None:
    answer = registered(world)
    decision = world.receive(form1(telephone="1"), text="STOP", answers=answer)
    assert decision.kind is Kind.FORM
    assert [p.kind for p in decision.drafts[0].parts] == [Letter.REVISED, Letter.STOPPED]
    assert decision.outcome == "revised"


def test_a_form_that_only_we_filled_in_is_no_form(world: World) -> None:
    answer = registered(world)
    ours = form2(
        reference=REFERENCE,
        title=FORM1_FIELDS["title"],
        participants=None,
        you_said=None,
        we_did=None,
    )
    decision = world.receive(ours, text="EXTEND 30 June 2027", answers=answer)
    assert (decision.kind, decision.outcome) == (Kind.WORD, "extended")


def test_one_answer_beyond_what_we_filled_in_makes_it_a_form(world: World) -> None:
    answer = registered(world)
    begun = form2(reference=REFERENCE, participants=12, you_said=None, we_did=None)
    assert world.receive(begun, answers=answer).kind is Kind.FORM


# --------------------------------------------------------------------------- replies


def test_a_reply_without_a_plain_word_is_kept_and_needs_an_answer(world: World) -> None:
    answer = registered(world)
    decision = world.receive(text="Thanks, will do. Who is Ben?", answers=answer)
    assert (decision.kind, decision.drafts) == (Kind.REPLY, ())
    assert decision.about == (_key(world),)
    assert world.reasons() == ["needs_answer"]


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("EXTEND 31 February 2027", "EXTEND with a date that there is not: 31 February 2027"),
        ("EXTEND to 30 June\nJo", "EXTEND with a date that is not clear: to 30 June"),
        ("EXTEND: 2 March 2027 (Mon)", "EXTEND with a date that is not clear: 2 March 2027 Mon"),
        ("Could you extend this?", "EXTEND without a date"),
        ("Thank you for the list", "a reply without PROCEED, WITHDRAW, EXTEND or STOP"),
        ("PROCEED. Can we add a second school?", "PROCEED with a question beside it"),
        (
            "A skate park for everyone: PROCEED if the head agrees",
            "PROCEED with a condition (“if”) beside it",
        ),
    ],
)
def test_the_queue_names_what_beside_a_word_leaves_it_to_a_person(
    world: World, text: str, why: str
) -> None:
    answer = registered(world)
    decision = world.receive(text=text, answers=answer)
    assert (decision.outcome, decision.changes) == ("needs_answer", ())
    assert [item.detail["why"] for item in world.store.views.queue()] == [why]


def test_a_plain_word_settles_what_was_not_plain_before(world: World) -> None:
    answer = registered(world)
    world.receive(text="EXTEND by two weeks", answers=answer)
    world.receive(text="EXTEND 30 June 2027 if the head agrees", answers=answer)
    assert len(world.reasons()) == 2
    world.receive(text="STOP", answers=answer)
    assert len(world.reasons()) == 2
    world.receive(text="EXTEND 30 June 2027", answers=answer)
    (left,) = world.store.views.queue()
    assert "condition" in left.detail["why"]


def test_a_word_is_acted_on_and_a_person_reads_what_else_the_mail_says(world: World) -> None:
    answer = registered(world)
    text = "STOP\n\nAlso, please ring me: a child told us something worrying."
    decision = world.receive(text=text, answers=answer)
    assert decision.outcome == "stopped"
    assert world.reasons() == ["needs_answer"]
    (letter,) = decision.drafts
    assert letter.parts[0].notes == ("more_said",)


@pytest.mark.parametrize(
    ("text", "held"),
    [
        ("Here is the form. WITHDRAW if it comes too late.", True),
        ("STOP or EXTEND, I am not sure which", True),
        ("Here is the changed form, so that we can proceed. Is it all right?", False),
    ],
)
def test_a_word_beside_a_form_that_is_not_plain_is_left_to_a_person(
    world: World, text: str, held: bool
) -> None:
    answer = registered(world)
    decision = world.receive(form1(telephone="1"), text=text, answers=answer)
    assert decision.outcome == "revised"
    assert world.record()["status"] == "registered"
    assert world.reasons() == ["needs_answer"] * held
    (letter,) = decision.drafts
    assert letter.parts[0].notes == ("more_said",) * held


def test_a_reference_in_the_subject_serves_as_well_as_the_thread(world: World) -> None:
    registered(world)
    decision = world.receive(text="WITHDRAW", subject=f"about {REFERENCE.lower()}")
    assert decision.outcome == "withdrawn"


def test_a_reference_in_the_text_alone_is_no_reply_to_ours(world: World) -> None:
    registered(world)
    decision = world.receive(text=f"WITHDRAW {REFERENCE}")
    assert decision.kind is Kind.OTHER
    assert world.record()["status"] == "registered"


@pytest.mark.parametrize("how", ["subject", "thread", "both"])
def test_a_stranger_who_quotes_is_told_nothing_and_changes_nothing(world: World, how: str) -> None:
    answer = registered(world)
    decision = world.receive(
        sender=STRANGER,
        text="WITHDRAW",
        subject=REFERENCE if how != "thread" else "Hello",
        answers=answer if how != "subject" else None,
    )
    assert (decision.kind, decision.outcome) == (Kind.OTHER, "not_understood")
    assert decision.drafts[0].parts[0].consultation is None
    assert world.record()["status"] == "registered"
    assert FORM1_FIELDS["title"] not in world.words()


def test_a_copied_colleague_may_speak_and_is_answered(world: World) -> None:
    world.receive(PROPOSAL, cc=(COLLEAGUE,))
    decision = world.receive(
        sender=COLLEAGUE, text="WITHDRAW", answers=world.last(COLLEAGUE), cc=(LEAD,)
    )
    assert decision.outcome == "withdrawn"
    assert world.letters[-1].recipients == (COLLEAGUE.email, LEAD.email)


# --------------------------------------------------------------------------- unreadable documents


def real(name: str, data: bytes, *, in_text: bool = False) -> tuple[Attachment, Reading]:
    """A file as it came, and what reading it gives."""
    file = Attachment(
        name=name, content_type="application/octet-stream", content=data, in_text=in_text
    )
    return file, read(name, data)


def office_file(*names: str) -> bytes:
    """A zip package with these members."""
    out = BytesIO()
    with ZipFile(out, "w") as package:
        for name in names:
            package.writestr(name, "<x/>")
    return out.getvalue()


OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
PHOTO = b"\xff\xd8\xff\xe0" + bytes(200_000)
LOGO = b"\x89PNG\r\n" + bytes(4_000)
DOCUMENTS = {
    "a Word file of another kind": real("agenda.docx", office_file("word/document.xml")),
    "a damaged one": real("form.docx", b"PK\x03\x04 cut off"),
    "an encrypted one": real("form.docx", OLE + "EncryptedPackage".encode("utf-16-le")),
    "an old Word file": real("form.doc", OLE + "WordDocument".encode("utf-16-le")),
    "a PDF": real("form.pdf", b"%PDF-1.7"),
    "a PDF without a name": real("attachment-1.bin", b"%PDF-1.7"),
    "rich text": real("form.rtf", b"{\\rtf1 hello}"),
    "a .pages file": real("form.pages", office_file("Index/Document.iwa")),
    "a photograph": real("IMG_0001.jpg", PHOTO),
}
NO_DOCUMENTS = {
    "a logo": real("image001.png", LOGO),
    "a picture in the text": real("image002.jpg", PHOTO, in_text=True),
    "an invitation": real("invite.ics", b"BEGIN:VCALENDAR"),
    "a card": real("lena.vcf", b"BEGIN:VCARD"),
    "a note": real("note.txt", b"Hello"),
}


@pytest.mark.parametrize("given", DOCUMENTS.values(), ids=DOCUMENTS)
def test_a_document_without_a_form_is_answered_with_how_to_send_it_right(
    world: World, given: tuple[Attachment, Reading]
) -> None:
    decision = world.receive(given, text="Here is our form")
    assert (decision.kind, decision.outcome) == (Kind.UNREADABLE, "unreadable")
    assert world.reasons() == ["unreadable_document"]
    assert given[0].name in world.words()


@pytest.mark.parametrize("given", NO_DOCUMENTS.values(), ids=NO_DOCUMENTS)
def test_signature_pictures_and_the_like_are_no_documents(
    world: World, given: tuple[Attachment, Reading]
) -> None:
    assert world.receive(given, text="How do I register?").outcome == "not_understood"


def test_a_blank_form_sent_back_is_named_as_such(world: World) -> None:
    decision = world.receive(blank_form1())
    assert decision.outcome == "unreadable"
    assert "blank" in world.words().lower() or "filled" in world.words().lower()


def test_a_document_beside_a_form_is_only_kept(world: World) -> None:
    decision = world.receive(PROPOSAL, unread("agenda.docx"), DOCUMENTS["a photograph"])
    assert decision.outcome == "registered"
    assert world.reasons() == []


# --------------------------------------------------------------------------- too large


def test_a_mail_too_large_to_fetch_is_answered_from_its_headers(world: World) -> None:
    decision = world.receive(headers_only=True, size=80_000_000)
    assert (decision.kind, decision.outcome) == (Kind.TOO_LARGE, "unreadable")
    assert world.reasons() == ["too_large"]
    assert "80 MB" in world.words()


def test_a_reply_too_large_to_fetch_is_kept_with_its_consultation(world: World) -> None:
    answer = registered(world)
    decision = world.receive(headers_only=True, size=80_000_000, answers=answer)
    assert decision.outcome == "unreadable"
    assert decision.about == (_key(world),)


# --------------------------------------------------------------------------- anything else


def test_anything_else_is_answered_with_the_blank_forms(world: World) -> None:
    decision = world.receive(text="How do I register?", cc=(COLLEAGUE,))
    (draft,) = decision.drafts
    assert decision.outcome == "not_understood"
    assert [(f.form, f.fields) for f in draft.forms] == [("form1", None), ("form2", None)]
    assert (draft.to, draft.cc) == ((LEAD,), (COLLEAGUE,))
    assert world.reasons() == ["no_form"]


def test_the_blank_forms_go_once_a_day_and_every_mail_is_still_seen(world: World) -> None:
    outcomes = [world.receive(text=f"Question {n}").outcome for n in range(3)]
    assert outcomes == ["not_understood", "kept", "kept"]
    assert world.reasons() == ["no_form"] * 3
    why = "not answered: its sender got the blank forms lately"
    assert [item.detail.get("why") for item in world.store.views.queue()] == [None, why, why]


def test_a_day_is_a_day_of_the_office(world: World) -> None:
    world.now = datetime(2027, 6, 1, 22, 30, tzinfo=UTC)  # 23:30 in London
    world.receive(text="One")
    world.now += timedelta(hours=1)  # half past midnight there
    assert world.receive(text="Two").outcome == "not_understood"


def test_the_blank_forms_go_three_times_in_thirty_days(world: World) -> None:
    outcomes = []
    for _ in range(33):
        outcomes.append(world.receive(text="Hello?").outcome)
        world.later(1)
    sent = [day for day, outcome in enumerate(outcomes) if outcome == "not_understood"]
    assert sent == [0, 1, 2, 30, 31, 32]


def test_one_address_uses_up_only_its_own_blank_forms(world: World) -> None:
    world.receive(text="Hello")
    assert world.receive(text="Hello", sender=STRANGER).outcome == "not_understood"


# --------------------------------------------------------------------------- helpers


def _key(world: World, number: int = 0) -> str:
    return world.store.views.clocked()[number].consultation.key


def test_our_own_mail_come_back_is_known_by_its_message_id_alone(world: World) -> None:
    world.receive(form1())
    decision = world.receive(text="anything", sender=STRANGER, message_id=world.last())
    assert (decision.kind, decision.drafts, decision.holds) == (Kind.OUR_OWN, (), ())


def test_beside_a_good_form_a_file_that_will_not_open_is_told_of_in_the_one_answer(
    world: World,
) -> None:
    broken = Reading(file="second.docx", verdict=Problem(field=None, code=Code.DAMAGED))
    poster = Reading(
        file="poster.pdf", verdict=Problem(field=None, code=Code.UNSUPPORTED_TYPE, seen="pdf")
    )
    decision = world.receive(form1(), broken, poster)
    (answer,) = decision.drafts
    assert answer.kind is Letter.REGISTERED
    assert [part.kind for part in answer.parts] == [Letter.REGISTERED, Letter.UNREADABLE]
    assert answer.parts[1].verdicts == (broken,)


def test_two_reports_about_one_mail_are_one_exception(world: World) -> None:
    about = registered(world)
    for _ in range(2):
        world.receive(sender=None, report=report(about, LEAD.email))
    assert world.reasons() == ["bounced"]
