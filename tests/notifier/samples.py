"""A consultation, the mail it came in and the office that answers, for the letters' tests."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

from model import (
    FORM1,
    FORM2,
    Address,
    Consultation,
    Draft,
    InboundEmail,
    Letter,
    Match,
    Office,
    OutgoingEmail,
    Part,
    Person,
    Role,
    Rules,
    Status,
    Submission,
)
from notifier.compose import compose
from parsers.face import Face
from parsers.spec import forms as definitions

ASHA = Address(email="asha.patel@ipswich-youth.example", name="Asha Patel")
BEN = Address(email="ben.cole@ipswich-youth.example", name="Cole, Ben (Youth)")
ADMIN = Address(email="admin@trust.example", name="Register office")
POD = Address(email="pod@trust.example")
OFFICE = Office(
    sender=Address(email="consultations@trust.example", name="Consultations"), installation="7f3a"
)
RULES = Rules(administrator=ADMIN, pod_administrator=POD)
NOW = datetime(2027, 2, 8, 10, 30, tzinfo=UTC)

FIELDS1: dict[str, Any] = {
    **definitions()[FORM1].blank(),
    "organisation": "Ipswich Youth Service",
    "lead_worker": "Asha Patel",
    "email": ASHA.email,
    "telephone": "01473 555012",
    "title": "A skate park for everyone",
    "purpose": "What would make the park welcoming?\nWe have £40,000 to spend <soon> & want ideas.",
    "audience": ["Secondary age", "Disabled children and those with SEND"],
    "age_range": {"from": 11, "to": 16},
    "participants_expected": 120,
    "area": ["Ipswich"],
    "methods": ["Workshop", "Other: a bus with a roof"],
    "start_date": "2027-03-03",
    "end_date": "2027-05-14",
    "pod_request": True,
    "pod_details": "Two workers for a Saturday",
}
FIELDS2: dict[str, Any] = {
    **definitions()[FORM2].blank(),
    "reference": "CYP-2027-0042-1",
    "title": "A skate park for everyone",
    "participants": 118,
    "you_said": "More lights.\nA place to sit.",
    "we_did": "Lights are ordered.",
    "actions": [{"action": "Order lights", "owner": "Asha Patel", "due": "2027-06-30"}],
    "publish": True,
}
REGISTERED = Consultation(
    key="m1:0",
    status=Status.REGISTERED,
    form1=FIELDS1,
    reference="CYP-2027-0042-1",
    people=(
        Person(address=ASHA, role=Role.SENDER),
        Person(address=BEN, role=Role.CC),
    ),
    created_at=NOW,
    registered_at=NOW,
    outcomes_due=date(2027, 6, 11),
    message_id="<form1@ipswich-youth.example>",
)
OTHER = replace(
    REGISTERED,
    key="m0:0",
    people=(
        Person(address=Address(email="jo.grant@ibc.example", name="Jo Grant"), role=Role.FORM),
    ),
    status=Status.COMPLETE,
    reference="CYP-2026-0007-3",
    form1={
        **FIELDS1,
        "title": "Wheels for all: skating in Ipswich",
        "organisation": "Ipswich Borough Council",
        "lead_worker": "Jo Grant",
        "email": "jo.grant@ibc.example",
        "start_date": "2026-04-01",
        "end_date": "2026-05-29",
    },
    form2={**FIELDS2, "public_summary": "You wanted lights and seats, and both are coming."},
)
MATCH = Match(
    key="m0:0",
    reference="CYP-2026-0007-3",
    title="Wheels for all: skating in Ipswich",
    score=0.82,
    warn=True,
    strong=True,
    why=("both are about skating", "the same area"),
    differs=("only the other one is about lights",),
)
AWAITING = replace(
    REGISTERED,
    status=Status.AWAITING_CONFIRMATION,
    asked_at=NOW,
    registered_at=None,
    similar=(MATCH,),
)
FORM1_READ = Submission(form=FORM1, fields=FIELDS1, file="form.docx")
FORM2_READ = Submission(form=FORM2, fields=FIELDS2, file="outcomes.docx")
MAIL = InboundEmail(
    message_id="<form1@ipswich-youth.example>",
    sender=ASHA,
    subject="our form",
    arrived_at=NOW,
    cc=(BEN,),
    references=("<a@x.example>", "<b@x.example>"),
)


def draft(kind: Letter, *parts: Part, **more: Any) -> Draft:
    """A draft to Asha that answers her mail, unless told otherwise."""
    given: dict[str, Any] = {
        "to": (ASHA,),
        "cc": (BEN,),
        "answers": MAIL,
        "key": f"{kind}:1",
        **more,
    }
    return Draft(kind=kind, parts=parts or (Part(kind=kind),), **given)


def composed(kind: Letter, *parts: Part, now: datetime = NOW, **more: Any) -> OutgoingEmail:
    """That draft as a mail, with the official forms."""
    return compose(draft(kind, *parts, **more), OFFICE, Face(), RULES, now)


def opened(mail: OutgoingEmail) -> EmailMessage:
    """The mail as a mail program sees it."""
    return message_from_bytes(mail.content, policy=policy.default)


def text_of(mail: OutgoingEmail) -> str:
    """The plain text."""
    body = opened(mail).get_body(("plain",))
    assert body is not None
    return str(body.get_content()).replace("\r\n", "\n")


def html_of(mail: OutgoingEmail) -> str:
    """The HTML."""
    body = opened(mail).get_body(("html",))
    assert body is not None
    return str(body.get_content()).replace("\r\n", "\n")
