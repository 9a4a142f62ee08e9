"""Headers and bytes: threading, marks of automatic mail, and nothing smuggled in."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime
from email.utils import getaddresses

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from model import Address, Letter, OutgoingEmail, Part, Permanent
from notifier.compose import compose, message_id_of
from parsers.face import Face
from tests.notifier.letters import CASES, letter, written
from tests.notifier.samples import (
    ASHA,
    BEN,
    MAIL,
    NOW,
    OFFICE,
    REGISTERED,
    RULES,
    composed,
    draft,
    opened,
    text_of,
)


def about(title: str) -> Part:
    form1 = {**(REGISTERED.form1 or {}), "title": title}
    return Part(kind=Letter.REPEAT, consultation=replace(REGISTERED, form1=form1))


@pytest.mark.parametrize("name", CASES)
def test_the_same_draft_gives_the_same_bytes(name: str) -> None:
    assert written(name) == letter(name)


@pytest.mark.parametrize("name", CASES)
def test_the_bytes_are_plain_and_their_lines_end_as_smtp_wants(name: str) -> None:
    content = letter(name).content
    content.decode("ascii")
    assert content.replace(b"\r\n", b"").count(b"\n") == 0
    assert content.replace(b"\r\n", b"").count(b"\r") == 0
    assert max(len(line) for line in content.split(b"\r\n")) <= 998


@pytest.mark.parametrize("name", CASES)
def test_every_mail_says_that_it_is_automatic_and_what_kind_it_is(name: str) -> None:
    mail = letter(name)
    head = opened(mail)
    unasked = {
        "completion_note",
        "chaser",
        "confirm_reminder",
        "digest",
        "pod_request",
        "alert",
        "similar_notice",
        "reminders_again",
        "new_contact",
        "merged",
        "separated",
    }
    asked = mail.kind not in unasked
    assert head["Auto-Submitted"] == ("auto-replied" if asked else "auto-generated")
    assert head["X-Ask-Once"] == mail.kind
    assert head["Content-Language"] == "en-GB"
    assert head["From"] == "Consultations <consultations@trust.example>"
    assert head["Message-ID"] == mail.message_id
    assert head["Subject"] == mail.subject


def test_bounces_are_not_suppressed_but_vacation_notes_are() -> None:
    wanted = {
        word.strip() for word in opened(letter("chaser"))["X-Auto-Response-Suppress"].split(",")
    }
    assert {"OOF", "AutoReply"} <= wanted
    assert not {"All", "NDR"} & wanted


def test_the_message_id_hangs_on_the_key_the_installation_and_what_is_told() -> None:
    part = about("A skate park")
    assert part.consultation
    told = [part.consultation.reference or ""]
    one = composed(Letter.REPEAT, part, key="k1")
    later = composed(Letter.REPEAT, part, key="k1", now=datetime(2027, 3, 1, tzinfo=UTC))
    assert one.message_id == later.message_id == message_id_of(OFFICE, "k1", told)
    assert one.message_id.endswith("@trust.example>")
    others = {
        composed(Letter.REPEAT, part, key="k2").message_id,
        message_id_of(replace(OFFICE, installation="other"), "k1", told),
        message_id_of(OFFICE, "k1", ["CYP-2027-0099-0"]),
    }
    assert one.message_id not in others
    assert len(others) == 3


def test_the_date_is_the_moment_of_writing_in_the_office_s_zone() -> None:
    mail = letter("registered", now=datetime(2027, 6, 8, 10, 30, tzinfo=UTC))
    assert opened(mail)["Date"] == "Tue, 08 Jun 2027 11:30:00 +0100"


# --------------------------------------------------------------------------- threading


def test_an_answer_joins_the_thread_of_what_it_answers() -> None:
    head = opened(letter("registered"))
    assert head["In-Reply-To"] == "<form1@ipswich-youth.example>"
    assert head["References"].split() == [
        "<a@x.example>",
        "<b@x.example>",
        "<form1@ipswich-youth.example>",
    ]


def test_without_references_the_one_mail_it_answered_stands_in() -> None:
    mail = replace(MAIL, references=(), in_reply_to=("<b@x.example>",))
    head = opened(letter("registered", answers=mail))
    assert head["References"].split() == ["<b@x.example>", "<form1@ipswich-youth.example>"]
    two = replace(mail, in_reply_to=("<b@x.example>", "<c@x.example>"))
    head = opened(letter("registered", answers=two))
    assert head["References"].split() == ["<form1@ipswich-youth.example>"]


def test_a_mail_without_a_message_id_is_answered_without_one() -> None:
    head = opened(letter("registered", answers=replace(MAIL, message_id=None)))
    assert head["In-Reply-To"] is None
    assert head["References"].split() == ["<a@x.example>", "<b@x.example>"]


def test_a_mail_by_the_clock_refers_to_its_thread() -> None:
    head = opened(letter("chaser", thread=("<a@x.example>", "<b@x.example>")))
    assert head["In-Reply-To"] == "<b@x.example>"
    assert head["References"].split() == ["<a@x.example>", "<b@x.example>"]


def test_a_very_long_message_id_is_written_as_it_is() -> None:
    long = f"<{'AM6PR08MB' * 20}@eurprd08.prod.outlook.example>"
    mail = letter("registered", answers=replace(MAIL, message_id=long))
    assert f"In-Reply-To: {long}\r\n".encode() in mail.content
    assert f"\r\n {long}\r\n".encode() in mail.content


def test_a_long_thread_keeps_its_first_and_its_newest_ids() -> None:
    thread = tuple(f"<{n}@x.example>" for n in range(300))
    kept = opened(letter("registered", answers=replace(MAIL, references=thread)))["References"]
    assert kept.split()[0] == "<0@x.example>"
    assert kept.split()[-2:] == ["<299@x.example>", "<form1@ipswich-youth.example>"]
    assert len(kept.split()) < 30


# --------------------------------------------------------------------------- nothing smuggled in

nasty = st.text(
    alphabet=st.one_of(st.sampled_from("\r\n\t\0\x85\u2028\u202e: <>@,;\"'=?é"), st.characters()),
    max_size=60,
)


def header_names(mail: OutgoingEmail) -> list[str]:
    head = mail.content.partition(b"\r\n\r\n")[0]
    return [name.decode() for name in re.findall(rb"^([A-Za-z-]+):", head, re.MULTILINE)]


@settings(deadline=None, max_examples=50)
@given(nasty)
def test_no_title_and_no_name_can_add_a_header(text: str) -> None:
    harmless = composed(Letter.REPEAT, about("A skate park"))
    mail = composed(
        Letter.REPEAT,
        about(f"{text}\r\nBcc: x@evil.example\r\n\r\n{text}"),
        to=(replace(ASHA, name=text),),
        cc=(replace(BEN, name=f"{text}\r\nBcc: y@evil.example"),),
    )
    assert header_names(mail) == header_names(harmless)
    assert mail.recipients == (ASHA.email, BEN.email)
    assert len(mail.subject.splitlines()) == 1
    assert mail.subject.endswith("[CYP-2027-0042-1]")
    head = opened(mail)
    assert [a for _, a in getaddresses([head["To"], head["Cc"]])] == [ASHA.email, BEN.email]


@settings(deadline=None, max_examples=50)
@given(nasty)
def test_no_message_id_of_theirs_can_add_a_header(text: str) -> None:
    evil = f"<{text}\r\nBcc: x@evil.example>"
    answers = replace(
        MAIL, message_id=evil, references=(evil, "<a@x.example>"), in_reply_to=(evil,)
    )
    mail = composed(Letter.REPEAT, about("A skate park"), answers=answers)
    assert b"evil.example" not in mail.content
    assert opened(mail)["References"] == "<a@x.example>"


def test_a_long_subject_is_cut_before_its_reference() -> None:
    mail = composed(Letter.REPEAT, about("Skating and wheels for everyone " * 20))
    assert len(mail.subject) < 180
    assert mail.subject.endswith(" … [CYP-2027-0042-1]")
    assert opened(mail)["Subject"] == mail.subject


def test_accents_survive_in_subjects_names_and_text() -> None:
    name = "Zoë Ó Briain"
    mail = composed(Letter.REPEAT, about("Café Wrocław – für alle"), to=(replace(ASHA, name=name),))
    head = opened(mail)
    assert head["Subject"] == "Already received: Café Wrocław – für alle [CYP-2027-0042-1]"
    assert head["To"].addresses[0].display_name == name
    assert "Café Wrocław – für alle" in text_of(mail)


# --------------------------------------------------------------------------- recipients


def test_each_address_is_written_to_once() -> None:
    mail = composed(Letter.REPEAT, about("x"), to=(ASHA, ASHA), cc=(BEN, ASHA, BEN))
    assert mail.recipients == (ASHA.email, BEN.email)


def test_a_copy_that_cannot_be_addressed_does_not_stop_the_answer() -> None:
    odd = (Address(email="undisclosed recipients:;"), Address(email="x@evil.example\r\nBcc: y@z"))
    assert composed(Letter.REPEAT, about("x"), cc=(*odd, BEN)).recipients == (
        ASHA.email,
        BEN.email,
    )


def test_a_letter_to_nobody_is_refused_with_what_to_do() -> None:
    with pytest.raises(Permanent, match="no address it could go to; correct the people"):
        compose(draft(Letter.REPEAT, about("x"), to=()), OFFICE, Face(), RULES, NOW)


def test_the_mail_is_filed_with_every_consultation_that_it_is_about() -> None:
    other = replace(REGISTERED, key="m2:0", reference="CYP-2027-0043-7")
    parts = (about("x"), Part(kind=Letter.REPEAT, consultation=other), about("x"))
    mail = composed(Letter.REPEAT, *parts)
    assert mail.consultations == ("m1:0", "m2:0")
    assert mail.subject == (
        "Already received: x [CYP-2027-0042-1] (and 1 more); also about [CYP-2027-0043-7]"
    )
