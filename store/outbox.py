"""The sending side of the outbox: each method is one short transaction of its own.

A claim is written before anything is tried, and `handing_over` before the server could have the
whole mail; so after a crash it is known which mails certainly did not go, and which may have.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, Select, bindparam, select, text, update

from model import PROGRAM, Delivery, Gate, OutgoingEmail, Transient
from store import blocked, caps, outgoing, queue
from store.audit import Step
from store.engine import Database
from store.outgoing import (
    CLAIMED,
    FAILED,
    HANDING_OVER,
    HELD,
    PAUSED,
    SENT,
    SKIPPED,
    UNCERTAIN,
    WAITING,
)
from store.schema import UNNAMED, outgoing_mails
from store.values import Interrupted

#: How long a claim holds. Longer than one hand-over can take (RFC 5321 4.5.3.2: ten minutes for
#: the last reply alone), or a slow one would look interrupted.
LEASE = timedelta(minutes=30)
_ANY_DUE = outgoing.DUE.with_only_columns(outgoing_mails.c.id)
#: On PostgreSQL locked, and passed over where another process has it locked.
_NEXT_DUE = outgoing.DUE.with_for_update(skip_locked=True, of=outgoing_mails)
_NEXT_ALARM = _NEXT_DUE.where(outgoing_mails.c.kind.in_([kind.value for kind in caps.ALARMS]))
_UNNAMED = (
    select(outgoing_mails.c.message_id).where(
        outgoing_mails.c.state == UNCERTAIN, outgoing_mails.c.next_attempt_at >= bindparam("since")
    ),
    select(outgoing_mails.c.message_id)
    .where(text(UNNAMED), outgoing_mails.c.sent_at >= bindparam("since"))
    .order_by(outgoing_mails.c.sent_at.desc())
    .limit(50),
)
_NOBODY = "it has no recipient that may be written to"


@dataclass(frozen=True, slots=True)
class Outbox:
    """Mails to be sent, one at a time. Any number of processes may share one."""

    database: Database
    lease: timedelta = LEASE
    #: Whose claims these are: what one process claimed, another neither sends nor settles.
    owner: str = field(default_factory=lambda: secrets.token_hex(8))

    def waiting(self, now: datetime, gate: Gate) -> bool:
        """Whether `claim` may find a mail. Changes nothing."""
        with self.database.read() as connection:
            due = connection.execute(_ANY_DUE, {"now": now}).first() is not None
            return due and not caps.paced(connection, gate, now)

    def claim(self, now: datetime, gate: Gate) -> OutgoingEmail | None:
        """Take the oldest mail that is due and passes the gate, and record that an attempt begins.

        The one way in which a mail can leave. None: nothing is due, nothing may go just now, or
        sending is held. `attempts` counts the one that begins, and `recipients` are without those
        that get no mail; a mail left with none is held, or given up where none may ever get it.
        A mail beyond a cap waits, and lets the next one pass.
        """
        with self.database.write(outbox=True) as connection:
            if caps.paced(connection, gate, now):
                return None
            step = Step(connection=connection, now=now, who=PROGRAM)
            over = caps.total(connection, gate, now)
            mail = self._next(step, gate, _NEXT_ALARM if over else _NEXT_DUE)
            waiting = over is not None and connection.execute(_ANY_DUE, {"now": now}).first()
            caps.tell(step, over, waiting=bool(waiting))
            return mail

    def _next(self, step: Step, gate: Gate, query: Select[Any]) -> OutgoingEmail | None:
        connection = step.connection
        while (row := connection.execute(query, {"now": step.now}).one_or_none()) is not None:
            reachable = outgoing.reachable(connection, row.id)
            recipients = tuple(address for address in reachable if gate.admits(address))
            if not reachable:
                outgoing.move(connection, row.id, (WAITING,), state=HELD, capped=None)
                blocked.ask_about(step, outgoing.read(connection, row))
            elif not recipients:
                outgoing.refuse(step, row.id, _NOBODY)
            elif over := caps.wait(connection, row, recipients, gate, step.now):
                outgoing.put_off(connection, row.id, over.until, over.counted)
            else:
                caps.note(connection, row, recipients, step.now)
                return self._claim(step, outgoing.read(connection, row, recipients))
        return None

    def _claim(self, step: Step, mail: OutgoingEmail) -> OutgoingEmail:
        mail = replace(mail, attempts=mail.attempts + 1)
        outgoing.move(
            step.connection,
            mail.id,
            (WAITING,),
            state=CLAIMED,
            attempts=mail.attempts,
            claimed_by=self.owner,
            claimed_until=step.now + self.lease,
            capped=None,
        )
        outgoing.begin_attempt(step.connection, mail, step.now)
        return mail

    def handing_over(self, number: int, now: datetime) -> None:
        """Record that the server may have the whole mail from now on.

        To be called before the last of its data is sent. Raises `Transient` if the claim has been
        lost; the mail must not be sent then.
        """
        with self.database.write() as connection:
            until = now + self.lease
            handed_over: dict[str, Any] = {"state": HANDING_OVER, "claimed_until": until}
            if not outgoing.move(connection, number, (CLAIMED,), self.owner, **handed_over):
                raise Transient(f"The claim on outgoing mail {number} was lost: it is not sent")
            outgoing.note_attempt(connection, number, handed_over_at=now)

    def settle(
        self, number: int, delivery: Delivery, now: datetime, *, retry_at: datetime | None = None
    ) -> None:
        """Record how an attempt ended, with the exception that it leads to.

        A RETRY without `retry_at` was the last: the mail has failed. An uncertain mail may be
        settled once more, when it becomes known. Raises `Transient` if the claim has been lost.
        """
        with self.database.write() as connection:
            step = Step(connection=connection, now=now, who=PROGRAM)
            outgoing.settle(step, number, delivery, retry_at, self.owner)

    def interrupted(self, now: datetime, *, everything: bool = False) -> tuple[Interrupted, ...]:
        """Mails whose sender went away: its claim ran out, or with `everything` any claim.

        `everything` is for the start of an only daemon. Mails that were no more than claimed
        certainly did not go, and wait again. The others are the caller's now, who looks for them
        in Sent and settles them.
        """
        mails = outgoing_mails.c
        query = select(outgoing_mails).where(
            outgoing.unfinished, mails.state.in_((CLAIMED, HANDING_OVER))
        )
        if not everything:
            query = query.where(mails.claimed_until < now)
        query = query.order_by(mails.id).with_for_update(skip_locked=True)
        with self.database.write() as connection:
            rows = connection.execute(query).all()
            return tuple(self._take_back(connection, row, now) for row in rows)

    def _take_back(self, connection: Connection, row: Row[Any], now: datetime) -> Interrupted:
        handed_over = row.state == HANDING_OVER
        if handed_over:
            mine: dict[str, Any] = {"claimed_by": self.owner, "claimed_until": now + self.lease}
            outgoing.move(connection, row.id, (HANDING_OVER,), **mine)
        else:
            freed: dict[str, Any] = {"claimed_by": None, "claimed_until": None}
            outgoing.move(connection, row.id, (CLAIMED,), state=WAITING, **freed)
            outgoing.note_attempt(connection, row.id, ended_at=now, result="interrupted")
        return Interrupted(mail=outgoing.read(connection, row), handed_over=handed_over)

    def again(self, number: int, *, who: str, now: datetime) -> bool:
        """A person's wish: send a mail that failed, is uncertain or is held. False: it is not."""
        with self.database.write() as connection:
            states = (FAILED, UNCERTAIN, HELD)
            if not outgoing.move(connection, number, states, state=WAITING, next_attempt_at=now):
                return False
            step = Step(connection=connection, now=now, who=who)
            queue.close_about(step, number, "sent again")
            return True

    def unnamed(self, since: datetime) -> tuple[str, ...]:
        """Message-IDs of mails since then of which it is worth asking what became of them.

        Those that may have been sent, and the latest that were but whose names on the server are
        not known.
        """
        with self.database.read() as connection:
            asked = (connection.scalars(query, {"since": since}) for query in _UNNAMED)
            return tuple(message_id for found in asked for message_id in found)

    def name(self, names: Mapping[str, str]) -> None:
        """Record which Message-ID the server gave each mail of ours: its own or another."""
        mails = outgoing_mails.c
        with self.database.write() as connection:
            for message_id, known_as in names.items():
                connection.execute(
                    update(outgoing_mails)
                    .where(mails.message_id == message_id)
                    .values(known_as=known_as)
                )

    def mark_sent(self, message_ids: Iterable[str], now: datetime) -> int:
        """Mails found in Sent were sent, whatever we thought. Gives how many are news."""
        with self.database.write() as connection:
            step = Step(connection=connection, now=now, who=PROGRAM)
            return sum(_mark_sent(step, message_id) for message_id in message_ids)


def _mark_sent(step: Step, message_id: str) -> bool:
    mails = outgoing_mails.c
    query = select(mails.id).where(mails.message_id == message_id)
    number = step.connection.execute(query).scalar()
    if number is None:
        return False
    states = (WAITING, CLAIMED, HANDING_OVER, HELD, PAUSED, SKIPPED, FAILED, UNCERTAIN)
    sent: dict[str, Any] = {
        "state": SENT,
        "sent_at": step.now,
        "claimed_by": None,
        "claimed_until": None,
    }
    if not outgoing.move(step.connection, number, states, **sent):
        return False
    queue.close_about(step, number, "found in Sent")
    return True
