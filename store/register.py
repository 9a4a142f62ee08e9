"""The register's one way in: a `Decision`, applied whole or not at all."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, insert, update

from model import (
    PROGRAM,
    Clocked,
    Consultation,
    Decision,
    Facts,
    InboundEmail,
    Outage,
    OutgoingEmail,
    Question,
    Reading,
    SentIn,
    Sought,
    Transient,
    Vitals,
)
from store import (
    acts,
    again,
    blocked,
    changes,
    clock,
    health,
    listing,
    queue,
    records,
    undelivered,
    unsent,
    wishes,
)
from store.acts import Acted, Deed
from store.again import Past
from store.audit import Step
from store.engine import plainly
from store.facts import gather, latest_forms, likeliest
from store.outgoing import add as send
from store.schema import (
    attachments,
    inbound_consultations,
    inbound_mails,
)
from store.similar_index import SimilarIndex
from store.undelivered import Undelivered
from store.unsent import Unsent
from store.upsert import add_unless_known
from store.values import AuditEntry, QueueState

_HANDLED = update(inbound_mails).where(
    inbound_mails.c.id == bindparam("number"), inbound_mails.c.handled_at.is_(None)
)
_ADD_FILE = insert(attachments).inline()


@dataclass(frozen=True, slots=True)
class Transaction:
    """One step of the register: what `facts` said stays true until what `apply` did is committed.

    Made by `Store.transaction`.
    """

    connection: Connection

    def facts(self, question: Question) -> Facts:
        """What is known about a mail's people, thread and references."""
        return gather(self.connection, question)

    def likeliest(self, sought: Iterable[Sought]) -> tuple[Consultation, ...]:
        """The consultations, whoever's, that outcomes may be of. It reads all of the register."""
        return likeliest(self.connection, sought)

    def latest_forms(self, keys: Collection[str]) -> Mapping[str, Mapping[str, SentIn]]:
        """Key -> which form -> how the one on record came."""
        return latest_forms(self.connection, keys)

    @contextmanager
    def similar(self) -> Iterator[SimilarIndex]:
        """The index of similar work. A fault in it undoes what was done with it, nothing else.

        Raises `Transient` and `Permanent` of its own, and whatever its user raises.
        """
        with plainly(self.connection.engine.url), self.connection.begin_nested():
            yield SimilarIndex(self.connection)

    def clocked(self) -> tuple[Clocked, ...]:
        """Every consultation that the clock watches, with what it made for it.

        Those registered or awaiting confirmation and not stopped, oldest first; `made` has the
        keys of what the clock made for them, mails and exceptions, open or closed.
        """
        return clock.watched(self.connection)

    def clocked_one(self, key: str) -> Clocked | None:
        """The same of one consultation. None: the clock does not watch it."""
        return clock.one(self.connection, key)

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
        who: str = PROGRAM,
        deed: Deed | None = None,
        about: int | None = None,
        hold_until: datetime | None = None,
    ) -> None:
        """Carry out a decision: records, exceptions, outgoing mails, ledger and audit trail.

        `email` and `readings` (one for each attachment, or none) are what was decided on; the
        ledger describes the mail by them.
        `outgoing` are the decision's drafts, composed; one whose key exists is not added again.
        Raises `Transient` if a record or the mail was changed by another run meanwhile, `Permanent`
        for a decision that cannot be right; the transaction must end then, and nothing is done.

        Of a person's act: `deed` is noted with what taking it back needs, `about` is the mail that
        it is about, handled long ago, and the outgoing mails wait until `hold_until`.
        """
        step = Step(
            connection=self.connection, now=now, who=who, mail_id=mail_id or about, why=decision.why
        )
        if mail_id is not None:
            _handled(step, mail_id, decision, email)
            _describe_files(step, mail_id, email, readings)
        changes.write(step, decision.changes)
        linked = _link(step, decision)
        # before holding: the same key may be held anew
        closed = [n for n in decision.settles if queue.close(step, n, _why(decision))]
        opened = [queue.hold(step, item) for item in decision.holds]
        opened += [number for number in decision.reopens if queue.come_back(step, number)]
        moved = [queue.move(step, number, key) for number, key in decision.moves.items()]
        done_to = deed.consultation if deed else None
        lifted = blocked.as_kept(self.connection, decision.unblocked) if deed else []
        blocked.unblock(step, decision.unblocked, not_before=hold_until, consultation=done_to)
        blocked.block(step, decision.blocked)
        sent = [send(step, mail, hold_until) for mail in outgoing]
        wished = [wishes.carry_out(step, wish, hold_until) for wish in decision.wished]
        if deed is not None:
            acts.note(
                step,
                deed,
                decision.changes,
                closed=closed,
                opened=opened,
                moved=moved,
                mails=[number for number in sent if number is not None],
                linked=linked,
                unblocked=lifted,
                wished=wished,
            )

    # ---- the desk

    def item(self, number: int) -> QueueState | None:
        """One exception as an act on it has to know it. None: there is none of this number."""
        return queue.state_of(self.connection, number)

    def held_from(self, consultation: str, addresses: Collection[str]) -> tuple[int, ...]:
        """The open exceptions about a consultation whose mails came from these addresses."""
        return queue.from_people(self.connection, consultation, addresses)

    def record(self, name: str) -> Consultation | None:
        """One consultation by its key or its reference. None: there is none."""
        return records.named(self.connection, name)

    def standing(self, name: str) -> Consultation | None:
        """The same; where another one took its place, that one."""
        return records.standing(self.connection, name)

    def unsent_one(self, key: str) -> Unsent | None:
        """A mail of ours by its key, if it is in the outbox and has not gone. None: it is not."""
        return unsent.of_key(self.connection, key)

    def unsent_about(self, consultation: str) -> tuple[Unsent, ...]:
        """The mails about a consultation that wait, are held or paused, and nobody sends now.

        No other process claims them meanwhile.
        """
        return unsent.about(self.connection, consultation, keep=True)

    def undelivered(self, consultation: str, addresses: Collection[str]) -> tuple[Undelivered, ...]:
        """The mails about a consultation that did not reach one of these addresses, oldest first.

        What came back, as an open exception says, and what was not sent there since. No other
        process claims them meanwhile.
        """
        return undelivered.to(self.connection, consultation, addresses, keep=True)

    def blocked(self) -> frozenset[str]:
        """The addresses that get no more mail, in lower case."""
        return blocked.all_of_them(self.connection)

    def before(self, kind: str, consultation: str) -> Mapping[str, Consultation]:
        """By key, what the last act of a kind on a consultation changed, as it was before it.

        Empty where there was none, or it was taken back.
        """
        return acts.before(self.connection, kind, consultation)

    def closed_by(self, kind: str, consultation: str) -> tuple[int, ...]:
        """The exceptions that the last act of a kind on a consultation settled, but for the one
        that it was done at."""
        return acts.closed_by(self.connection, kind, consultation)

    def last_note(self, consultation: str) -> AuditEntry | None:
        """Who changed a consultation last. None: nobody."""
        return listing.last_note(self.connection, consultation)

    def acted(self, token: str) -> Acted | None:
        """The act that was done under a token. None: none was."""
        return acts.with_token(self.connection, token)

    def touched_since(self, moment: datetime) -> frozenset[str]:
        """Keys of the consultations that people's acts since changed, or were about, unless they
        were taken back."""
        return acts.touched_since(self.connection, moment)

    def last_act(self, exception: int) -> Acted | None:
        """The last act on an exception that was not taken back. None: there is none."""
        return acts.latest_on(self.connection, exception)

    def take_back(self, act: Acted, *, who: str, now: datetime) -> None:
        """Undo an act as a whole: records, exceptions and mails are as they were before.

        Raises `Conflict` where something came in between or a mail has gone; the transaction must
        end then, and nothing is done.
        """
        mail: int | None = act.wrote["mail"]
        acts.take_back(Step(connection=self.connection, now=now, who=who, mail_id=mail), act)

    def claim(self, number: int, *, who: str, until: datetime, now: datetime) -> bool:
        """Take an exception, or keep it longer. False: somebody else has it, or it is closed."""
        return queue.claim(self.connection, number, who, until, now)

    def take_over(self, number: int, *, who: str, until: datetime, now: datetime) -> bool:
        """Take an exception, whoever has it; that is noted. False: it is closed."""
        return queue.take_over(Step(connection=self.connection, now=now, who=who), number, until)

    def release(self, number: int, *, who: str) -> bool:
        """Let an exception go. False: it is not theirs."""
        return queue.release(self.connection, number, who)


def _why(decision: Decision) -> str:
    return decision.why or decision.outcome


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


def _link(step: Step, decision: Decision) -> list[str]:
    """Keep a mail with its consultations; gives those that it was not kept with before."""
    if step.mail_id is None:
        return []
    keys = dict.fromkeys((*(c.after.key for c in decision.changes), *decision.about))
    links = inbound_consultations
    return [
        key
        for position, key in enumerate(keys)
        if add_unless_known(
            step.connection,
            links,
            ("inbound_id", "consultation"),
            inbound_id=step.mail_id,
            consultation=key,
            position=position,
        )
    ]
