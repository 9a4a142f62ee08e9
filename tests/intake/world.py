"""An office in miniature for the tests of deciding: a real store, mails as values, no server."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from intake.decide import decide
from intake.process import House, composed, question
from model import (
    FORM1,
    FORM2,
    Address,
    Attachment,
    Decision,
    InboundEmail,
    MailRef,
    Office,
    Problem,
    Reading,
    Rules,
    Submission,
)
from parsers.face import Face
from parsers.spec import forms
from store import Store

LEAD = Address(email="lead@youth.example.org", name="Lena Adams")
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


@dataclass
class World:
    """One office with its store. Each `receive` is one mail, gathered, decided and applied."""

    store: Store
    now: datetime = datetime(2027, 3, 1, 10, tzinfo=UTC)
    rules: Rules = RULES
    count: int = 0
    letters: list[Any] = field(default_factory=list)

    @classmethod
    def at(cls, folder: Path, **more: Any) -> World:
        """A new office in an empty folder."""
        return cls(store=Store.open(f"sqlite:///{folder}/askonce.db"), **more)

    @property
    def house(self) -> House:
        """What handling works with; nothing here reads files."""
        return House(
            store=self.store,
            rules=self.rules,
            office=Office(sender=Address(email="consultations@example.org", name="Consultations")),
            forms=Face(),
            read=lambda name, data: Reading(file=name),
        )

    def receive(
        self,
        *given: Submission | Reading,
        sender: Address | None = LEAD,
        subject: str = "Consultation",
        text: str = "",
        answers: str | None = None,
        **more: Any,
    ) -> Decision:
        """One mail with these forms (or readings) attached, in reply to a Message-ID or to none."""
        self.count += 1
        email = InboundEmail(
            message_id=more.pop("message_id", f"<mail-{self.count}@example.org>"),
            sender=sender,
            subject=subject,
            arrived_at=more.pop("arrived_at", self.now),
            in_reply_to=(answers,) if answers else (),
            written=text,
            text=text,
            attachments=tuple(
                Attachment(name=f"{n}.docx", content_type="application/msword", content=b"x")
                for n, _ in enumerate(given)
            ),
            content_digest=hashlib.sha256(f"{self.count}".encode()).hexdigest(),
        )
        return self.handle(replace(email, **more), given)

    def handle(self, email: InboundEmail, given: tuple[Submission | Reading, ...] = ()) -> Decision:
        """Gather, decide, apply."""
        readings = [
            g if isinstance(g, Reading) else Reading(file=f"{n}.docx", submissions=(g,))
            for n, g in enumerate(given)
        ]
        files = tuple(zip(email.attachments, readings, strict=True))
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
            facts = transaction.facts(question(self.rules, email, files, stored.id, self.now))
            decision = decide(email, files, facts, self.rules, self.now)
            outgoing = composed(self.house, decision.drafts, self.now)
            transaction.apply(
                decision, mail_id=stored.id, email=email, outgoing=outgoing, now=self.now
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

    def later(self, days: float) -> None:
        """Time passes."""
        self.now += timedelta(days=days)
