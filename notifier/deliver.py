"""The outbox's mails, handed over one by one: claim, send, settle; and what a crash left behind.

A mail is `claimed` (nothing has left us) until its sender is one step from handing it over; then
`handing over` is committed, then the step is made. So after a crash a mail that was only claimed is
safe to send again, and one being handed over is asked after.
"""

from __future__ import annotations

import logging
from datetime import datetime
from random import Random
from typing import Protocol

from model import AskOnceError, Delivery, DeliveryState, OutgoingEmail, Transient
from notifier.retry import LONGEST, next_attempt
from notifier.senders import Sender

log = logging.getLogger(__name__)


class Outbox(Protocol):
    """What delivering needs of the store. Every call commits before it returns."""

    def waiting(self, now: datetime) -> bool:
        """Whether a mail waits whose time has come."""

    def claim(self, now: datetime) -> OutgoingEmail | None:
        """Takes the mail that has waited longest. Its `attempts` count this attempt already."""

    def handing_over(self, id: int, now: datetime) -> None:
        """Notes that the mail may be the other side's from now on."""

    def settle(
        self, id: int, delivery: Delivery, now: datetime, retry_at: datetime | None = None
    ) -> None:
        """Notes how the attempt ended. RETRY without `retry_at`: given up, for a person to see."""

    def interrupted(
        self, now: datetime, *, all: bool = False
    ) -> tuple[tuple[OutgoingEmail, bool], ...]:
        """Mails whose attempt has not ended, and whether each was being handed over.

        Those whose claim is too old to be alive; with `all` every one: nobody else is at work.
        """


def deliver_one(outbox: Outbox, sender: Sender, now: datetime, rng: Random) -> bool:
    """Makes one attempt at one waiting mail; False: none waits.

    Raises `Transient` or `Permanent` when the fault is not the mail's (server away, login refused,
    database locked): no mail is lost by it, and calling again at once is of no use.
    """
    if not outbox.waiting(now):
        return False
    sender.open()
    mail = outbox.claim(now)
    if mail is None:
        return False
    delivery = _attempt(outbox, sender, mail, now, rng)
    retry_at = None
    if delivery.state is DeliveryState.RETRY:
        retry_at = next_attempt(mail.attempts, now, rng)
    outbox.settle(mail.id, delivery, now, retry_at)
    log.info("outgoing mail %d, attempt %d: %s", mail.id, mail.attempts, delivery.state)
    return True


def settle_interrupted(outbox: Outbox, sender: Sender, now: datetime, *, all: bool = False) -> int:
    """Settles attempts that a crash cut short, and returns how many.

    Where the sender can tell, a mail is sent or waits again; where nobody can, it becomes
    uncertain, for a person to see: it is never sent a second time on a guess. What cannot be
    looked up just now is left for the next call.
    """
    settled = 0
    for mail, handing_over in outbox.interrupted(now, all=all):
        try:
            delivery = _what_became(sender, mail, handing_over)
        except Transient:
            log.warning("outgoing mail %d: cannot be looked up now", mail.id)
            continue
        again = now if delivery.state is DeliveryState.RETRY else None
        outbox.settle(mail.id, delivery, now, again)
        log.info("outgoing mail %d, interrupted: %s", mail.id, delivery.state)
        settled += 1
    return settled


def _attempt(
    outbox: Outbox, sender: Sender, mail: OutgoingEmail, now: datetime, rng: Random
) -> Delivery:
    handing_over = False

    def about_to_hand_over() -> None:
        nonlocal handing_over
        outbox.handing_over(mail.id, now)
        handing_over = True

    try:
        delivery = sender.send(mail, about_to_hand_over)
    except AskOnceError:
        if not handing_over:
            _put_back(outbox, mail, now, rng)
        raise
    except Exception as fault:
        # A mail that our own code fails on must not block the next one.
        log.exception("outgoing mail %d: sending failed", mail.id)
        delivery = _failed(fault, handing_over)
    if delivery.state is DeliveryState.UNCERTAIN:
        return _ask(sender, mail) or delivery
    return delivery


def _put_back(outbox: Outbox, mail: OutgoingEmail, now: datetime, rng: Random) -> None:
    """The fault is not the mail's: however often it was tried, it is not given up."""
    retry_at = next_attempt(mail.attempts, now, rng) or now + LONGEST
    outbox.settle(mail.id, Delivery(state=DeliveryState.RETRY), now, retry_at)


def _failed(fault: Exception, handing_over: bool) -> Delivery:
    state = DeliveryState.UNCERTAIN if handing_over else DeliveryState.RETRY
    return Delivery(state=state, detail=f"our own fault: {type(fault).__name__}")


def _ask(sender: Sender, mail: OutgoingEmail) -> Delivery | None:
    try:
        known = sender.was_sent(mail.message_id)
    except AskOnceError:
        return None
    return _KNOWN.get(known)


def _what_became(sender: Sender, mail: OutgoingEmail, handing_over: bool) -> Delivery:
    if not handing_over:
        return Delivery(state=DeliveryState.RETRY, detail="interrupted before it was handed over")
    known = sender.was_sent(mail.message_id)
    return _KNOWN.get(known) or Delivery(
        state=DeliveryState.UNCERTAIN, detail="interrupted while it was being handed over"
    )


#: What a sender's knowledge of a mail comes to.
_KNOWN: dict[bool | None, Delivery] = {
    True: Delivery(state=DeliveryState.SENT, detail="found among the sent mails"),
    False: Delivery(state=DeliveryState.RETRY, detail="found not to have been sent"),
}
