"""The register's one way in: a `Decision`, applied whole or not at all."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, and_, bindparam, insert, select, union_all, update

from model import (
    Clocked,
    Decision,
    Facts,
    InboundEmail,
    Outage,
    OutgoingEmail,
    Question,
    Reading,
    Status,
    Transient,
    Vitals,
)
from store import again, blocked, changes, health, queue, records
from store.again import Past
from store.audit import Step
from store.engine import plainly
from store.facts import gather
from store.outgoing import add as send
from store.schema import (
    attachments,
    consultations,
    exceptions,
    inbound_consultations,
    inbound_mails,
    outgoing_consultations,
    outgoing_mails,
)
from store.similar_index import SimilarIndex

_HANDLED = update(inbound_mails).where(
    inbound_mails.c.id == bindparam("number"), inbound_mails.c.handled_at.is_(None)
)
_ADD_FILE = insert(attachments).inline()
_ADD_LINK = insert(inbound_consultations).inline()
_WATCHED = (Status.REGISTERED, Status.AWAITING_CONFIRMATION)


@dataclass(frozen=True, slots=True)
class Transaction:
    """One step of the register: what `facts` said stays true until what `apply` did is committed.

    Made by `Store.transaction`.
    """

    connection: Connection

    def facts(self, question: Question) -> Facts:
        """What is known about a mail's people, thread and references."""
        return gather(self.connection, question)

    @contextmanager
    def similar(self) -> Iterator[SimilarIndex]:
        """The index of similar work. A fault in it undoes what was done with it, nothing else.

        Raises `Transient` and `Permanent` of its own, and whatever its user raises.
        """
        with plainly(self.connection.engine.url), self.connection.begin_nested():
            yield SimilarIndex(self.connection)

    def clocked(self) -> tuple[Clocked, ...]:
        """Every consultation that the clock watches, with what there ever was about it.

        Those registered or awaiting confirmation and not stopped, oldest first; `made` has the
        keys of all their outgoing mails and exceptions, open or closed.
        """
        return clocked(self.connection)

    def vitals(self, now: datetime) -> Vitals:
        """What the health of the daemons is judged by."""
        return health.vitals(self.connection, now)

    def past(self, mail_id: int) -> Past | None:
        """What became of a mail so far. None: there is none of this number."""
        return again.past(self.connection, mail_id)

    def reopen(self, mail_id: int) -> None:
        """Take back that a mail was handled, for it to be handled anew in this transaction."""
        again.reopen(self.connection, mail_id)

    def note_outages(self, begun: Sequence[Outage], ended: Sequence[Outage]) -> None:
        """Remember what began to fail for hours, and what no longer does."""
        health.note(self.connection, begun, ended)

    def apply(
        self,
        decision: Decision,
        *,
        mail_id: int | None = None,
        email: InboundEmail | None = None,
        readings: Sequence[Reading] = (),
        outgoing: Sequence[OutgoingEmail] = (),
        now: datetime,
        who: str = "askonce",
    ) -> None:
        """Carry out a decision: records, exceptions, outgoing mails, ledger and audit trail.

        `email` and `readings` (one for each attachment, or none) are what was decided on; the
        ledger describes the mail by them.
        `outgoing` are the decision's drafts, composed; one whose key exists is not added again.
        Raises `Transient` if a record or the mail was changed by another run meanwhile, `Permanent`
        for a decision that cannot be right; the transaction must end then, and nothing is done.
        """
        step = Step(connection=self.connection, now=now, who=who, mail_id=mail_id)
        if mail_id is not None:
            _handled(step, mail_id, decision, email)
            _describe_files(step, mail_id, email, readings)
        changes.write(step, decision.changes)
        if mail_id is not None:
            _link(step, mail_id, decision)
        for number in decision.settles:  # before holding: the same key may be held anew
            queue.close(step, number, decision.outcome)
        for item in decision.holds:
            queue.hold(step, item)
        blocked.unblock(step, decision.unblocked)
        blocked.block(step, decision.blocked)
        for mail in outgoing:
            send(step, mail)


def clocked(connection: Connection) -> tuple[Clocked, ...]:
    """As `Transaction.clocked`."""
    where = and_(
        consultations.c.status.in_([s.value for s in _WATCHED]),
        consultations.c.stopped_at.is_(None),
    )
    made = _made(connection, select(consultations.c.key).where(where))
    return tuple(
        Clocked(consultation=record, made=frozenset(made.get(record.key, ())))
        for record in records.load(connection, records.oldest_first(where))
    )


def _made(connection: Connection, watched: Select[Any]) -> dict[str, set[str]]:
    about = outgoing_consultations.c
    mails = (
        select(about.consultation, outgoing_mails.c.key)
        .join(outgoing_mails, outgoing_mails.c.id == about.outgoing_id)
        .where(about.consultation.in_(watched))
    )
    items = select(exceptions.c.consultation, exceptions.c.key).where(
        exceptions.c.consultation.in_(watched)
    )
    made: dict[str, set[str]] = {}
    for consultation, key in connection.execute(union_all(mails, items)):
        made.setdefault(consultation, set()).add(key)
    return made


def _handled(step: Step, mail_id: int, decision: Decision, email: InboundEmail | None) -> None:
    row: dict[str, Any] = {
        "kind": decision.kind.value if decision.kind else None,
        "outcome": decision.outcome,
        "handled_at": step.now,
        "to_exceptions": bool(decision.holds),
    }
    if email is not None:
        row |= {
            "message_id": email.message_id,
            "sender": email.sender.email if email.sender else None,
            "sender_name": email.sender.name if email.sender else None,
            "subject": email.subject,
            "content_digest": email.content_digest,
        }
    if step.connection.execute(_HANDLED, {**row, "number": mail_id}).rowcount != 1:
        raise Transient(f"The mail {mail_id} was handled by another run meanwhile")


def _describe_files(
    step: Step, mail_id: int, email: InboundEmail | None, readings: Sequence[Reading]
) -> None:
    files = email.attachments if email else ()
    read: Sequence[Reading | None] = readings or [None] * len(files)
    rows = [
        {
            "inbound_id": mail_id,
            "position": position,
            "name": file.name,
            "content_type": file.content_type,
            "size": len(file.content),
            "sha256": hashlib.sha256(file.content).hexdigest(),
            "verdict": reading.verdict.code.value if reading and reading.verdict else None,
            "forms": [s.form for s in reading.submissions] if reading else [],
        }
        for position, (file, reading) in enumerate(zip(files, read, strict=True))
    ]
    if rows:
        step.connection.execute(_ADD_FILE, rows)


def _link(step: Step, mail_id: int, decision: Decision) -> None:
    keys = dict.fromkeys((*(c.after.key for c in decision.changes), *decision.about))
    rows = [
        {"inbound_id": mail_id, "consultation": key, "position": i} for i, key in enumerate(keys)
    ]
    if rows:
        step.connection.execute(_ADD_LINK, rows)
