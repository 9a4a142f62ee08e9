"""Mails as lead workers send them, made by the hundred from a seed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from email.message import EmailMessage
from functools import cache
from io import BytesIO
from random import Random
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

from model import FORM1
from parsers.face import Face

ADDRESS = "consultations@council.test"
TO = f"Consultations <{ADDRESS}>"
_WHAT = ("Youth clubs", "Play areas", "School meals", "Bus fares", "Libraries", "Online safety")
_WHO = ("in care", "in primary schools", "with disabilities", "who care for others", "aged 16")
_WHERE = ("the north", "the coast", "the old town", "the villages", "the new estate")
_PATTERNS = 12  #: forms that are written; the others are these, with other names and numbers
_LACKING = 12  #: the one without a purpose
_NUMBER, _PERSON = "n0n0n0", "w0w0w0"  #: what is filled in
_TYPES = {
    "docx": ("application", "vnd.openxmlformats-officedocument.wordprocessingml.document"),
    "xlsx": ("application", "vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """A mail, and what has to come of it."""

    name: str
    content: bytes
    answers: int  #: mails that answer it
    references: int  #: drawn for it
    drafts: int = 0  #: consultations without a reference


@cache
def samples(count: int, seed: int, today: date) -> tuple[Sample, ...]:
    """`count` mails, each from another person: forms, and a few of everything else."""
    return tuple(_samples(count, seed, today))


def _samples(count: int, seed: int, today: date) -> Iterator[Sample]:
    rng = Random(seed)
    latest: Sample | None = None
    for n in range(count):
        kind = n % 10
        if kind == 3 and latest is not None:
            yield Sample(name="again", content=latest.content, answers=0, references=0)
        elif kind == 5:
            yield _question(n)
        elif kind == 6 and n % 20 > 10:
            yield _bounce(n)
        elif kind == 7:
            yield _vacation(n)
        elif kind == 8:
            yield _incomplete(n, today)
        else:
            latest = _proposal(n, rng, today, forms=2 if kind == 9 else 1)
            yield latest


def _proposal(n: int, rng: Random, today: date, *, forms: int) -> Sample:
    mail = _mail(n, "Consultation proposal")
    for part in range(1, forms + 1):
        kind = rng.choice(["docx", "xlsx"])
        form = _form(n, part, rng.randrange(_PATTERNS), kind, today)
        _attach(mail, form, f"form-{n}.{part}", kind)
    name = "one form" if forms == 1 else f"{forms} forms"
    return Sample(name=name, content=mail.as_bytes(), answers=1, references=forms)


def _incomplete(n: int, today: date) -> Sample:
    mail = _mail(n, "Consultation proposal")
    _attach(mail, _form(n, 1, _LACKING, "docx", today), f"form-{n}", "docx")
    return Sample(name="incomplete", content=mail.as_bytes(), answers=1, references=0, drafts=1)


def _question(n: int) -> Sample:
    mail = _mail(n, "A question")
    mail.set_content("Hello,\n\nwhom do I tell about a survey we are planning?\n")
    return Sample(name="a question", content=mail.as_bytes(), answers=1, references=0)


def _vacation(n: int) -> Sample:
    mail = _mail(n, "Out of office")
    mail["Auto-Submitted"] = "auto-replied"
    mail.set_content("I am away until Monday.\n")
    return Sample(name="vacation note", content=mail.as_bytes(), answers=0, references=0)


def _bounce(n: int) -> Sample:
    """A report (RFC 3464) of a mail that nobody here wrote."""
    text = f"""\
Return-Path: <>
From: Mail Delivery <mailer-daemon@host{n}.test>
To: {TO}
Subject: Undelivered mail
Message-ID: <{n}.bounce@host{n}.test>
Date: Mon, 01 Mar 2027 09:00:00 +0000
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="b"

--b
Content-Type: text/plain

Your mail could not be delivered.

--b
Content-Type: message/delivery-status

Reporting-MTA: dns; host{n}.test

Final-Recipient: rfc822; nobody-{n}@host{n}.test
Action: failed
Status: 5.1.1

--b--
"""
    return Sample(name="bounce", content=text.encode(), answers=0, references=0)


def _mail(n: int, subject: str) -> EmailMessage:
    mail = EmailMessage()
    mail["From"] = f"Worker {n} <{_address(n)}>"
    mail["To"] = TO
    mail["Subject"] = subject
    mail["Message-ID"] = f"<{n}.kill@council.test>"
    mail["Date"] = "Mon, 01 Mar 2027 09:00:00 +0000"
    return mail


def _address(n: int | str) -> str:
    return f"worker-{n}@council.test"


@cache
def _pattern(number: int, kind: Any, today: date) -> bytes:
    """A form to be numbered. Writing one takes long; there are a few of them."""
    rng = Random(number)
    start = today + timedelta(days=rng.randrange(10, 200))
    who, what, where = rng.choice(_WHO), rng.choice(_WHAT), rng.choice(_WHERE)
    fields = {
        "organisation": f"Organisation {_NUMBER}",
        "lead_worker": f"Worker {_NUMBER}",
        "email": _address(_PERSON),
        "title": f"{what} for young people {who} in {where}, part {_NUMBER}",
        "purpose": f"To find out what young people {who} think of {what.lower()}.",
        "audience": ["Secondary age"],
        "area": ["Countywide"],
        "start_date": start.isoformat(),
        "end_date": (start + timedelta(days=rng.randrange(5, 60))).isoformat(),
    }
    lacking = {"purpose": None} if number == _LACKING else {}
    return Face().write(FORM1, fields | lacking, kind)


def _form(n: int, part: int, pattern: int, kind: Any, today: date) -> bytes:
    """The pattern, filled in by somebody."""
    of = {_NUMBER: f"{n}.{part}", _PERSON: str(n)}
    filled = BytesIO()
    with ZipFile(BytesIO(_pattern(pattern, kind, today))) as old, ZipFile(filled, "w") as new:
        for item in old.infolist():
            content = old.read(item)
            for name, value in of.items():
                content = content.replace(name.encode(), value.encode())
            new.writestr(item, content, ZIP_DEFLATED, 1)
    return filled.getvalue()


def _attach(mail: EmailMessage, form: bytes, name: str, kind: Any) -> None:
    if not mail.is_multipart():
        mail.set_content("Please find our form attached.\n")
    maintype, subtype = _TYPES[kind]
    mail.add_attachment(form, maintype=maintype, subtype=subtype, filename=f"{name}.{kind}")
