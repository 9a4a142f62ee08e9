"""Mails as lead workers send them, made by the hundred from a seed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from email.message import EmailMessage
from functools import cache
from random import Random
from typing import Any

from model import FORM1
from parsers.face import Face

TO = "Consultations <consultations@council.test>"
_WHAT = ("Youth clubs", "Play areas", "School meals", "Bus fares", "Libraries", "Online safety")
_WHO = ("in care", "in primary schools", "with disabilities", "who care for others", "aged 16")
_WHERE = ("the north", "the coast", "the old town", "the villages", "the new estate")
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
        elif kind == 7:
            yield _vacation(n)
        elif kind == 8:
            yield _incomplete(n, rng, today)
        else:
            latest = _proposal(n, rng, today, forms=2 if kind == 9 else 1)
            yield latest


def _proposal(n: int, rng: Random, today: date, *, forms: int) -> Sample:
    mail = _mail(n, "Consultation proposal")
    for part in range(forms):
        _attach(mail, _fields(f"{n}.{part + 1}", rng, today), rng.choice(["docx", "xlsx"]))
    name = "one form" if forms == 1 else f"{forms} forms"
    return Sample(name=name, content=mail.as_bytes(), answers=1, references=forms)


def _incomplete(n: int, rng: Random, today: date) -> Sample:
    mail = _mail(n, "Consultation proposal")
    _attach(mail, _fields(str(n), rng, today) | {"purpose": None}, "docx")
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


def _fields(n: str, rng: Random, today: date) -> dict[str, Any]:
    start = today + timedelta(days=rng.randrange(10, 200))
    who, what, where = rng.choice(_WHO), rng.choice(_WHAT), rng.choice(_WHERE)
    return {
        "organisation": f"Organisation {n}",
        "lead_worker": f"Worker {n}",
        "email": _address(n.partition(".")[0]),
        "title": f"{what} for young people {who} in {where}, part {n}",
        "purpose": f"To find out what young people {who} think of {what.lower()}.",
        "audience": ["Secondary age"],
        "area": ["Countywide"],
        "start_date": start.isoformat(),
        "end_date": (start + timedelta(days=rng.randrange(5, 60))).isoformat(),
    }


def _attach(mail: EmailMessage, fields: dict[str, Any], kind: Any) -> None:
    if not mail.is_multipart():
        mail.set_content("Please find our form attached.\n")
    maintype, subtype = _TYPES[kind]
    title = fields["title"].rpartition(" ")[2]
    mail.add_attachment(
        Face().write(FORM1, fields, kind),
        maintype=maintype,
        subtype=subtype,
        filename=f"form-{title}.{kind}",
    )
