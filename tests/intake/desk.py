"""The office at work on real mails: files by the official forms, Maildirs in and out, the program's
own round (`scheduler.once`) at a time that the test says."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser
from functools import partial
from itertools import count
from pathlib import Path
from typing import Any, Literal

from intake.maildir import MaildirMailbox
from intake.process import House
from model import FORM1, FORM2, Address, AskOnceError, ClockRules, Gate
from notifier.senders import MaildirSender
from parsers.read import read, show
from scheduler import Works, once
from tests.intake.world import FORM1_FIELDS, FORM2_FIELDS, LEAD, QuickFace, World
from tests.servers.maildir import deliver

_NUMBERS = count(1)
MAILBOX = "Consultations <consultations@example.org>"


@dataclass(frozen=True, slots=True, kw_only=True)
class File:
    """A file to attach."""

    name: str
    content: bytes


def form1_file(kind: Literal["docx", "xlsx"] = "docx", **fields: Any) -> File:
    """Form 1, filled in but for what is given otherwise."""
    content = QuickFace().write(FORM1, {**FORM1_FIELDS, **fields}, kind)
    return File(name=f"Form 1.{kind}", content=content)


def form2_file(kind: Literal["docx", "xlsx"] = "docx", **fields: Any) -> File:
    """Form 2, filled in but for what is given otherwise."""
    content = QuickFace().write(FORM2, {**FORM2_FIELDS, **fields}, kind)
    return File(name=f"Form 2.{kind}", content=content)


def mail(
    *files: File,
    sender: Address | None = LEAD,
    subject: str = "Consultation",
    text: str = "Please find our form attached.",
    answers: EmailMessage | None = None,
    message_id: str = "",
) -> EmailMessage:
    """A mail as people's programs write it; a reply to one of ours quotes it."""
    made = EmailMessage()
    if sender:
        made["From"] = f"{sender.name} <{sender.email}>"
    made["To"] = MAILBOX
    made["Subject"] = f"Re: {answers['Subject']}" if answers else subject
    made["Message-ID"] = message_id or f"<{next(_NUMBERS)}@mail.example.org>"
    if answers:
        made["In-Reply-To"] = answers["Message-ID"]
        made["References"] = f"{answers['References'] or ''} {answers['Message-ID']}".strip()
        text += f"\n\nOn Mon, 1 Mar 2027 at 10:00, {MAILBOX} wrote:\n{quoted(answers)}"
    made.set_content(text)
    for file in files:
        made.add_attachment(
            file.content, maintype="application", subtype="octet-stream", filename=file.name
        )
    return made


def quoted(ours: EmailMessage) -> str:
    """The text of a mail as a reply quotes it."""
    return "".join(f"> {line}\n" for line in said(ours).splitlines())


def said(ours: EmailMessage) -> str:
    """The text of a mail."""
    body = ours.get_body(("plain",))
    assert body is not None
    return str(body.get_content())


def files_of(ours: EmailMessage) -> list[File]:
    """The files that a mail of ours carries."""
    return [
        File(name=part.get_filename() or "", content=part.get_content())
        for part in ours.iter_attachments()
    ]


def bounce(ours: EmailMessage, number: int = 0) -> bytes:
    """A delivery status report (RFC 3464): a mail of ours did not reach the first it went to."""
    to = ours["To"].addresses[0].addr_spec
    report = _BOUNCE.format(number=number, to=to, of=ours["Message-ID"])
    return report.replace("\n", "\r\n").encode()


_BOUNCE = """\
Return-Path: <>
From: Mail Delivery System <mailer-daemon{number}@relay.example>
To: consultations@example.org
Subject: Undelivered Mail Returned to Sender
Message-ID: <bounce{number}@relay.example>
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="b"

--b

The address does not exist.
--b
Content-Type: message/delivery-status

Reporting-MTA: dns; relay.example

Final-Recipient: rfc822; {to}
Action: failed
Status: 5.1.1

--b
Content-Type: text/rfc822-headers

Message-ID: {of}
--b--
"""


#: When an office's day begins, unless it is said otherwise.
NOW = datetime(2027, 3, 1, 10, tzinfo=UTC)


@dataclass
class Desk:
    """An office whose mails are files below `root`, on a store of its own."""

    root: Path
    world: World
    clock: ClockRules = field(default_factory=ClockRules)
    since: datetime | None = None
    digests: list[date] = field(default_factory=list)  #: the days on which one went out
    house: House = field(init=False)
    _seen: int = 0

    def __post_init__(self) -> None:
        reads = partial(read, prefix=self.world.rules.reference_prefix)
        self.house = replace(self.world.house, read=reads, show=show, clock=self.clock)
        with self.mailbox():
            pass

    def mailbox(self) -> MaildirMailbox:
        """Where mail comes in."""
        return MaildirMailbox(self.root / "in")

    def post(self, made: EmailMessage | bytes, at: datetime) -> None:
        """A mail arrives."""
        raw = made if isinstance(made, bytes) else made.as_bytes()
        deliver(raw, self.root / "in", at)

    def run(self, now: datetime) -> list[EmailMessage]:
        """`run --once --now`: what went out by it but for digests, in the order of going."""
        faults = self.try_to_run(now)
        assert faults == ()
        went = self._new()
        self.digests += [now.date() for m in went if kind(m) == "digest"]
        return [m for m in went if kind(m) != "digest"]

    def try_to_run(self, now: datetime) -> tuple[AskOnceError, ...]:
        """The same; gives the faults that kept it from its work."""
        return once(
            Works(
                house=self.house,
                mailboxes=lambda: (self.mailbox(),),
                sender=MaildirSender(self.root / "out"),
                gate=Gate(),
                since=self.since,
                now=lambda: now,
            )
        )

    def folder(self, name: str) -> int:
        """How many mails were filed in a folder."""
        return sum(
            1 for place in ("new", "cur") for _ in (self.root / "in" / name / place).iterdir()
        )

    def everything(self, after: int = 0) -> list[EmailMessage]:
        """Every mail that ever went out, in the order of going, but for the first so many."""
        place = self.root / "out" / "new"
        paths = (
            sorted(place.iterdir(), key=lambda p: p.stat().st_mtime_ns) if place.exists() else []
        )
        parser = BytesParser(policy=policy.default)
        return [parser.parsebytes(p.read_bytes()) for p in paths[after:]]

    def _new(self) -> list[EmailMessage]:
        new = self.everything(self._seen)
        self._seen += len(new)
        return new


def kind(ours: EmailMessage) -> str:
    """The kind of a mail of ours."""
    return str(ours["X-Ask-Once"])


def came(desk: Desk, *mails: EmailMessage, at: datetime = NOW) -> list[EmailMessage]:
    """Mails arrive and are handled; gives what goes out."""
    for one in mails:
        desk.post(one, at)
    return desk.run(at)


def words(ours: EmailMessage) -> str:
    """What a mail of ours says, on one line."""
    return quoted(ours).replace("> ", "").replace("\n", " ")
