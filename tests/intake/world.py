"""An office in miniature for the tests of deciding: a real store, mails as values, no server."""

from __future__ import annotations

import hashlib
import json
import shutil
import tempfile
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from email import policy
from email.parser import BytesParser
from functools import cache
from pathlib import Path
from typing import Any, Literal, Self

from intake.decide import decide
from intake.process import House, composed, gather
from model import (
    FORM1,
    FORM2,
    Address,
    Attachment,
    Code,
    Decision,
    Fields,
    InboundEmail,
    MailRef,
    Office,
    OutgoingEmail,
    Problem,
    Reading,
    Rules,
    Submission,
)
from parsers.face import Face
from parsers.spec import forms
from store import Store
from tests.compiled import compiled_once

LEAD = Address(email="lead@youth.example.org", name="Lena Adams")
COLLEAGUE = Address(email="colleague@youth.example.org", name="Cleo Day")
OTHER = Address(email="other@leisure.example.org", name="Omar Bell")
STRANGER = Address(email="someone@elsewhere.example.net", name="Someone")
ADMINISTRATOR = Address(email="admin@office.example.org", name="Administrator")
POD = Address(email="pod@office.example.org", name="POD")
RULES = Rules(
    our_addresses=frozenset({"consultations@example.org"}),
    administrator=ADMINISTRATOR,
    pod_administrator=POD,
)

FORM1_FIELDS: dict[str, Any] = {
    **forms()[FORM1].blank(),
    "organisation": "Youth Forum",
    "lead_worker": "Lena Adams",
    "email": LEAD.email,
    "title": "A skate park for everyone",
    "purpose": "Why is the skate park used almost only by boys?",
    "audience": ["Secondary age"],
    "area": ["Ipswich"],
    "start_date": "2027-03-08",
    "end_date": "2027-04-09",
}
FORM2_FIELDS: dict[str, Any] = {
    **forms()[FORM2].blank(),
    "participants": 42,
    "you_said": "More lights.",
    "we_did": "There are more lights.",
}


def form1(*problems: Problem, **fields: Any) -> Submission:
    """A Form 1, complete but for what is given."""
    return Submission(form=FORM1, fields={**FORM1_FIELDS, **fields}, problems=problems)


def form2(*problems: Problem, **fields: Any) -> Submission:
    """A Form 2, complete but for what is given."""
    return Submission(form=FORM2, fields={**FORM2_FIELDS, **fields}, problems=problems)


def blank_form1() -> Submission:
    """A Form 1 that nobody filled in."""
    return Submission(form=FORM1, fields=forms()[FORM1].blank())


def unread(name: str, code: Code = Code.NOT_A_FORM) -> Reading:
    """A file in which no form could be read, and why."""
    return Reading(file=name, verdict=Problem(field=None, code=code))


#: What comes with a mail: a form, what reading a file gave, or the file with its reading.
Given = Submission | Reading | tuple[Attachment, Reading]


def _file(number: int, given: Given, forwarded_from: Address | None) -> tuple[Attachment, Reading]:
    if isinstance(given, tuple):
        return given
    if isinstance(given, Submission):
        given = Reading(file=f"{number}.docx", submissions=(given,))
    file = Attachment(
        name=given.file,
        content_type="application/octet-stream",
        content=b"x",
        forwarded_from=forwarded_from,
    )
    return file, given


@cache
def migrated() -> Path:
    """An empty register, made once: copying it takes a tenth of the time of migrating one."""
    path = Path(tempfile.mkdtemp(prefix="askonce-world-")) / "askonce.db"
    Store.open(f"sqlite:///{path}").close()
    return path


class QuickFace(Face):
    """Writes each file once: blank forms are the same every time."""

    def write(self, form: str, fields: Fields | None, kind: Literal["docx", "xlsx"]) -> bytes:
        return _written(form, json.dumps(fields), kind, self.prefix)


@cache
def _written(form: str, fields: str, kind: Literal["docx", "xlsx"], prefix: str) -> bytes:
    return Face(prefix).write(form, json.loads(fields), kind)


@dataclass
class World:
    """One office with its store. Each `receive` is one mail, gathered, decided and applied."""

    store: Store
    now: datetime = datetime(2027, 3, 1, 10, tzinfo=UTC)
    rules: Rules = RULES
    count: int = 0
    letters: list[OutgoingEmail] = field(default_factory=list)

    @classmethod
    def at(cls, folder: Path, **more: Any) -> World:
        """A new office in an empty folder."""
        shutil.copy(migrated(), folder / "askonce.db")
        store = compiled_once(Store.open(f"sqlite:///{folder}/askonce.db"))
        return cls(store=store, **more)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.store.close()

    @property
    def house(self) -> House:
        """What handling works with; nothing here reads files."""
        return House(
            store=self.store,
            rules=self.rules,
            office=Office(sender=Address(email="consultations@example.org", name="Consultations")),
            forms=QuickFace(self.rules.reference_prefix),
            read=lambda name, data: Reading(file=name),
        )

    def receive(
        self,
        *given: Given,
        sender: Address | None = LEAD,
        subject: str = "Consultation",
        text: str = "",
        answers: str | None = None,
        forwarded_from: Address | None = None,
        **more: Any,
    ) -> Decision:
        """One mail with these files, in reply to a Message-ID or to none; `more` as of a mail."""
        self.count += 1
        self.now += timedelta(seconds=1)
        email = InboundEmail(
            message_id=f"<mail-{self.count}@example.org>",
            sender=sender,
            subject=subject,
            arrived_at=self.now,
            in_reply_to=(answers,) if answers else (),
            written=text,
            text=text,
            content_digest=hashlib.sha256(f"{self.count}".encode()).hexdigest(),
        )
        files = tuple(_file(n, g, forwarded_from) for n, g in enumerate(given))
        return self.handle(replace(email, **more), files)

    def handle(
        self, email: InboundEmail, files: tuple[tuple[Attachment, Reading], ...] = ()
    ) -> Decision:
        """Gather, decide, apply."""
        email = replace(email, attachments=tuple(file for file, _ in files))
        ref = MailRef(
            mailbox="test",
            uidvalidity="1",
            uid=str(self.count),
            arrived_at=email.arrived_at,
            size=1,
        )
        self.store.keep(ref, f"mail {self.count}".encode())
        stored = self.store.next_mail()
        assert stored is not None
        with self.store.transaction() as transaction:
            facts = gather(self.house, transaction, email, files, mail_id=stored.id, now=self.now)
            decision = decide(email, files, facts, self.rules, self.now)
            outgoing = composed(self.house, decision.drafts, self.now)
            transaction.apply(
                decision,
                mail_id=stored.id,
                email=email,
                readings=tuple(reading for _, reading in files),
                outgoing=outgoing,
                now=self.now,
            )
        self.letters.extend(outgoing)
        return decision

    def last(self, address: Address = LEAD) -> str:
        """The Message-ID of our latest mail to somebody."""
        return next(m.message_id for m in reversed(self.letters) if address.email in m.recipients)

    def record(self, number: int = 0) -> dict[str, Any]:
        """A consultation as `export` shows it, in order of coming."""
        return list(self.store.views.export())[number]

    def records(self) -> list[dict[str, Any]]:
        """All of them."""
        return list(self.store.views.export())

    def reasons(self) -> list[str]:
        """The reasons of the open exceptions."""
        return [str(item.reason) for item in self.store.views.queue()]

    def kinds(self, address: Address = LEAD) -> list[str]:
        """The kinds of all our mails to somebody, in order."""
        return [str(m.kind) for m in self.letters if address.email in m.recipients]

    def words(self) -> str:
        """The plain text of our latest mail, on one line."""
        mail = BytesParser(policy=policy.default).parsebytes(self.letters[-1].content)
        body = mail.get_body(("plain",))
        assert body is not None
        return " ".join(str(body.get_content()).split())

    def later(self, days: float) -> None:
        """Time passes."""
        self.now += timedelta(days=days)
