"""The demo's sample mails: real messages with real Word and Excel forms, and the days they come on.

All people, organisations and addresses here are samples; the domains are reserved for examples.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from typing import Any, Literal
from zoneinfo import ZoneInfo

from model import FORM1, FORM2
from parsers.face import Face
from parsers.references import make

ZONE = ZoneInfo("Europe/London")
OFFICE = "consultations@example.org"
FIRST_DAY = date(2027, 3, 1)

MAYA = "Maya Okoro <maya.okoro@youthforum.example.org>"
TOM = "Tom Harding <tom.harding@oralhealth.example.org>"
PRIYA = "Priya Nair <priya.nair@countyyouth.example.org>"
SAM = "Sam Doyle <sam.doyle@greenschools.example.org>"
HELEN = "Helen Brook <helen.brook@leisure.example.org>"
RUTH = "Ruth Allen <ruth.allen@mail.example.com>"
GARY = "Gary Flint <gary.flint@housing.example.org>"
ANN = "Ann Wells <ann.wells@museums.example.org>"

#: The third to be registered. Priya's reply answers a mail about two, so it says which.
_EVENING_BUSES = make("CYP", FIRST_DAY.year, 3)

_TYPES = {
    "docx": "vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xlsx": "vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "pdf": "pdf",
}

#: Finds what our latest answer to an address was: (Message-ID, subject).
Latest = Callable[[str], tuple[str, str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Mail:
    """One sample mail. `files`: (name, bytes). `answers`: in reply to our latest to its sender."""

    sender: str
    subject: str
    text: str
    files: tuple[tuple[str, bytes], ...] = ()
    answers: bool = False
    headers: Mapping[str, str] = field(default_factory=dict)
    copy_of: int | None = None  #: the same message again: the number of its first coming

    def message(self, at: datetime, number: int, latest: Latest) -> bytes:
        """The mail's bytes as it arrives at `at`."""
        message = EmailMessage(policy=SMTP)
        message["From"], message["To"] = self.sender, OFFICE
        message["Date"] = format_datetime(at)
        message["Message-ID"] = f"<demo-{number}@{self.sender.rpartition('@')[2].strip('>')}>"
        subject = self.subject
        if self.answers:
            ours, our_subject = latest(self.sender.rpartition("<")[2].strip(">"))
            message["In-Reply-To"] = message["References"] = ours
            subject = f"{self.subject} {our_subject}".strip()
        message["Subject"] = subject
        for name, value in self.headers.items():
            message[name] = value
        message.set_content(self.text)
        for name, content in self.files:
            kind = _TYPES[name.rpartition(".")[2]]
            message.add_attachment(content, maintype="application", subtype=kind, filename=name)
        return bytes(message)


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """What comes in on one day (counted from the first), and what the day shows."""

    number: int
    shows: str
    mails: tuple[Mail, ...] = ()

    def moment(self, hour: int = 10) -> datetime:
        """That day at an hour in the office's time."""
        return datetime.combine(FIRST_DAY + timedelta(days=self.number), time(hour), ZONE)


def days() -> tuple[Day, ...]:
    """The demo's calendar."""
    return (
        Day(number=0, shows="The first morning's post", mails=_first_day()),
        Day(number=1, shows="Answers, and some that are not forms", mails=_second_day()),
        Day(number=21, shows="The day after the skate park consultation ended"),
        Day(number=22, shows="Outcomes come in", mails=_outcomes()),
        Day(number=49, shows="Four weeks later: one is due today"),
        Day(number=64, shows="Two weeks late (the day before was a bank holiday)"),
        Day(number=77, shows="Four weeks late"),
        Day(number=92, shows="Six weeks late: no more mail, a person should ring"),
    )


def _first_day() -> tuple[Mail, ...]:
    skate = _file(FORM1, "docx", "skate park.docx", _skate_park())
    return (
        Mail(
            sender=MAYA,
            subject="Form 1 for the skate park",
            text="Hello,\n\nOur form is attached.\n\nKind regards\nMaya\n",
            files=(skate,),
        ),
        Mail(
            sender=TOM,
            subject="Consultation form",
            text="Please find our Form 1 attached (in Excel).\n\nTom Harding\n",
            files=(_file(FORM1, "xlsx", "dentist form 1.xlsx", _dentist()),),
        ),
        Mail(
            sender=PRIYA,
            subject="Two consultations",
            text="Hi, two forms this time, one in Word and one in Excel.\n\nThanks\nPriya\n",
            files=(
                _file(FORM1, "docx", "evening buses.docx", _buses()),
                _file(FORM1, "xlsx", "library hours.xlsx", _library()),
            ),
        ),
        Mail(
            sender=SAM,
            subject="green schools",
            text="Form attached, a few bits to follow.\n\nSam\n",
            files=(_file(FORM1, "docx", "Form 1.docx", {**_green(), "purpose": None, "area": []}),),
        ),
        Mail(
            sender=MAYA,
            subject="Form 1 for the skate park - did you get this?",
            text="Sending this again in case it went astray.\n\nMaya\n",
            files=(skate,),
        ),
        Mail(
            sender=TOM,
            subject="Consultation form",
            text="Please find our Form 1 attached (in Excel).\n\nTom Harding\n",
            files=(_file(FORM1, "xlsx", "dentist form 1.xlsx", _dentist()),),
            copy_of=1,
        ),
        Mail(
            sender=GARY,
            subject="form",
            text="See attached.\n\nGary\n",
            files=(("Form 1 housing.docx", skate[1][: len(skate[1]) // 2]),),
        ),
        Mail(
            sender=ANN,
            subject="Museum consultation",
            text="Scanned form attached.\n\nAnn\n",
            files=(("scan0001.pdf", _PDF),),
        ),
        Mail(
            sender=RUTH,
            subject="A question",
            text="Dear all, which consultations are open to 12 year olds in Ipswich?\n\nRuth\n",
        ),
    )


def _second_day() -> tuple[Mail, ...]:
    return (
        Mail(
            sender=SAM,
            subject="Re:",
            text="Sorry! Complete now.\n\nSam\n",
            files=(_file(FORM1, "docx", "Form 1 complete.docx", _green()),),
            answers=True,
        ),
        Mail(
            sender=HELEN,
            subject="Consultation proposal: skate park",
            text="Good morning, our Form 1 is attached.\n\nBest wishes\nHelen\n",
            files=(_file(FORM1, "docx", "Form 1 skatepark.docx", _skate_park_again()),),
        ),
        Mail(
            sender=TOM,
            subject="Automatic reply:",
            text="I am on leave until 15 March.\n",
            headers={"Auto-Submitted": "auto-replied", "X-Auto-Response-Suppress": "All"},
            answers=True,
        ),
    )


def _outcomes() -> tuple[Mail, ...]:
    return (
        Mail(
            sender=HELEN,
            subject="Re:",
            text="Thank you, that saves us the trouble. WITHDRAW\n\nBest wishes\nHelen\n",
            answers=True,
        ),
        Mail(
            sender=TOM,
            subject="Our outcomes",
            text="Here is Form 2 for the dentist consultation.\n\nTom\n",
            files=(_file(FORM2, "xlsx", "dentist form 2.xlsx", _dentist_outcomes()),),
        ),
        Mail(
            sender=PRIYA,
            subject="Re:",
            text=f"Hello,\n\nEXTEND {_EVENING_BUSES} to 30 July 2027, please.\n\nPriya\n",
            answers=True,
        ),
    )


def _file(
    form: str, kind: Literal["docx", "xlsx"], name: str, fields: dict[str, Any]
) -> tuple[str, bytes]:
    return name, Face().write(form, fields, kind)


def _skate_park() -> dict[str, Any]:
    return {
        "organisation": "Felixstowe Youth Forum",
        "lead_worker": "Maya Okoro",
        "job_title": "Youth worker",
        "email": "maya.okoro@youthforum.example.org",
        "telephone": "01632 960145",
        "title": "A skate park for everyone",
        "purpose": "The skate park is used almost only by boys. We want to know why, and what "
        "girls and younger children would need in order to feel that it is theirs too.",
        "themes": ["Be healthy", "Enjoy and achieve"],
        "participation_level": "6 Adult-initiated, shared decisions with children",
        "audience": ["Primary age", "Secondary age"],
        "age_range": {"from": 8, "to": 17},
        "participants_expected": 90,
        "area": ["Suffolk Coastal"],
        "methods": ["Online survey", "Workshop"],
        "start_date": "2027-03-08",
        "end_date": "2027-03-21",
        "feedback_plan": "A launch day at the park, with the plans on display boards.",
        "consent": "Consent slips for the workshops, two youth workers at each session.",
        "pod_request": True,
        "pod_details": "Somebody to help us plan a girls-only workshop.",
    }


def _skate_park_again() -> dict[str, Any]:
    return {
        **_skate_park(),
        "organisation": "District Leisure Services",
        "lead_worker": "Helen Brook",
        "job_title": "Parks officer",
        "email": "helen.brook@leisure.example.org",
        "telephone": None,
        "title": "The skate park for everyone",
        "purpose": "The skate park is used mostly by boys. We want to know why, and what girls "
        "and younger children would need to feel it is theirs.",
        "start_date": "2027-04-12",
        "end_date": "2027-05-14",
        "pod_request": False,
        "pod_details": None,
    }


def _dentist() -> dict[str, Any]:
    return {
        "organisation": "East Oral Health Team",
        "lead_worker": "Tom Harding",
        "email": "tom.harding@oralhealth.example.org",
        "title": "What puts you off the dentist?",
        "purpose": "One in three 12 year olds has not seen a dentist for two years.",
        "themes": ["Be healthy"],
        "audience": ["Secondary age"],
        "age_range": {"from": 11, "to": 16},
        "area": ["Ipswich", "Babergh"],
        "methods": ["Paper survey"],
        "start_date": "2027-03-02",
        "end_date": "2027-03-12",
        "pod_request": False,
    }


def _buses() -> dict[str, Any]:
    return {
        "organisation": "County Youth Service",
        "lead_worker": "Priya Nair",
        "email": "priya.nair@countyyouth.example.org",
        "title": "Evening buses",
        "purpose": "How do young people in villages get home after clubs and jobs?",
        "audience": ["Secondary age", "Post-16"],
        "age_range": {"from": 13, "to": 19},
        "area": ["Mid Suffolk", "Waveney"],
        "methods": ["Online survey", "Focus group"],
        "start_date": "2027-03-15",
        "end_date": "2027-05-28",
    }


def _library() -> dict[str, Any]:
    return {
        **_buses(),
        "title": "Library opening hours",
        "purpose": "When would you use the library if you could choose its hours?",
        "area": ["Countywide"],
        "start_date": "2027-04-19",
        "end_date": "2027-06-11",
    }


def _green() -> dict[str, Any]:
    return {
        "organisation": "Green Schools Network",
        "lead_worker": "Sam Doyle",
        "email": "sam.doyle@greenschools.example.org",
        "title": "Growing up green",
        "purpose": "What would pupils change first to make their school greener?",
        "audience": ["Primary age"],
        "age_range": {"from": 7, "to": 11},
        "area": ["St Edmundsbury"],
        "methods": ["Creative activity"],
        "start_date": "2027-05-03",
        "end_date": "2027-07-02",
    }


def _dentist_outcomes() -> dict[str, Any]:
    return {
        "title": "What puts you off the dentist?",
        "organisation": "East Oral Health Team",
        "lead_worker": "Tom Harding",
        "email": "tom.harding@oralhealth.example.org",
        "participants": 214,
        "you_said": "Waiting rooms are frightening.\nNobody explains what will happen.",
        "we_did": "Two practices show a short film made by pupils.\nLonger first appointments.",
        "actions": [
            {"action": "Show the film in all practices", "owner": "T Harding", "due": "2027-09-30"}
        ],
        "publish": True,
        "public_summary": "You told us what makes the dentist scary, and two dentists changed it.",
    }


_PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
