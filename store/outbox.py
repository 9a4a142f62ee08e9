"""The sending side of the outbox: each method is one short transaction of its own.

A claim is written before anything is tried, and `handing_over` before the server could have the
whole mail; so after a crash it is known which mails certainly did not go, and which may have.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, select

from model import Delivery, OutgoingEmail, Transient
from store import outgoing, queue
from store.audit import Step
from store.engine import Database
from store.outgoing import CLAIMED, FAILED, HANDING_OVER, HELD, SENT, UNCERTAIN, WAITING
from store.schema import outgoing_mails
from store.values import Interrupted

#: How long a claim holds. Longer than one hand-over can take (RFC 5321 4.5.3.2: ten minutes for
#: the last reply alone), or a slow one would look interrupted.
LEASE = timedelta(minutes=30)
_WHO = "askonce"
_ANY_DUE = outgoing.DUE.with_only_columns(outgoing_mails.c.id)
#: On PostgreSQL locked, and passed over where another process has it locked.
_NEXT_DUE = outgoing.DUE.with_for_update(skip_locked=True, of=outgoing_mails)


@dataclass(frozen=True, slots=True)
class Outbox:
    """Mails to be sent, one at a time. Any number of processes may share one."""

    database: Database
    lease: timedelta = LEASE

    def waiting(self, now: datetime) -> bool:
        """Whether `claim` would find a mail. Changes nothing."""
        with self.database.read() as connection:
            return connection.execute(_ANY_DUE, {"now": now}).first() is not None

    def claim(self, now: datetime) -> OutgoingEmail | None:
        """Take the oldest mail that is due, and record that an attempt begins.

        None: nothing is due, or sending is held. `attempts` counts the one that begins, and
        `recipients` are without those that get no more mail; a mail left with none is held.
        """
        with self.database.write() as connection:
            while (row := connection.execute(_NEXT_DUE, {"now": now}).one_or_none()) is not None:
                recipients = outgoing.reachable(connection, row.id)
                if recipients:
                    return self._claim(connection, outgoing.read(connection, row, recipients), now)
                outgoing.move(connection, row.id, (WAITING,), state=HELD)
            return None

    def _claim(self, connection: Connection, mail: OutgoingEmail, now: datetime) -> OutgoingEmail:
        mail = replace(mail, attempts=mail.attempts + 1)
        outgoing.move(
            connection,
            mail.id,
            (WAITING,),
            state=CLAIMED,
            attempts=mail.attempts,
            claimed_until=now + self.lease,
        )
        outgoing.begin_attempt(connection, mail, now)
        return mail

    def handing_over(self, number: int, now: datetime) -> None:
        """Record that the server may have the whole mail from now on.

        To be called before the last of its data is sent. Raises `Transient` if the claim has been
        lost; the mail must not be sent then.
        """
        with self.database.write() as connection:
            until = now + self.lease
            if not outgoing.move(
                connection, number, (CLAIMED,), state=HANDING_OVER, claimed_until=until
            ):
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
            step = Step(connection=connection, now=now, who=_WHO)
            outgoing.settle(step, number, delivery, retry_at)

    def interrupted(self, now: datetime, *, everything: bool = False) -> tuple[Interrupted, ...]:
        """Mails whose sender went away: its claim ran out, or with `everything` any claim.

        `everything` is for the start of an only daemon. Mails that were no more than claimed
        certainly did not go, and wait again. The others are the caller's now, who looks for them
        in Sent and settles them.
        """
        mails = outgoing_mails.c
        query = select(outgoing_mails).where(mails.state.in_((CLAIMED, HANDING_OVER)))
        if not everything:
            query = query.where(mails.claimed_until < now)
        query = query.order_by(mails.id).with_for_update(skip_locked=True)
        with self.database.write() as connection:
            rows = connection.execute(query).all()
            return tuple(self._take_back(connection, row, now) for row in rows)

    def _take_back(self, connection: Connection, row: Row[Any], now: datetime) -> Interrupted:
        handed_over = row.state == HANDING_OVER
        if handed_over:
            outgoing.move(connection, row.id, (HANDING_OVER,), claimed_until=now + self.lease)
        else:
            outgoing.move(connection, row.id, (CLAIMED,), state=WAITING, claimed_until=None)
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

    def mark_sent(self, message_ids: Iterable[str], now: datetime) -> int:
        """Mails found in Sent were sent, whatever we thought. Gives how many are news."""
        with self.database.write() as connection:
            step = Step(connection=connection, now=now, who=_WHO)
            return sum(_mark_sent(step, message_id) for message_id in message_ids)


def _mark_sent(step: Step, message_id: str) -> bool:
    mails = outgoing_mails.c
    query = select(mails.id).where(mails.message_id == message_id)
    number = step.connection.execute(query).scalar()
    if number is None:
        return False
    states = (WAITING, CLAIMED, HANDING_OVER, HELD, FAILED, UNCERTAIN)
    sent = {"state": SENT, "sent_at": step.now, "claimed_until": None}
    if not outgoing.move(step.connection, number, states, **sent):
        return False
    queue.close_about(step, number, "found in Sent")
    return True
