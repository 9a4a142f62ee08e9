"""The outbox's mails, handed over one by one: claim, send, settle; and what a crash left behind.

A mail is `claimed` (nothing has left us) until its sender is one step from handing it over; then
`handing over` is committed, then the step is made. So after a crash a mail that was only claimed is
safe to send again, and one being handed over is asked after.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from random import Random

from model import AskOnceError, Delivery, DeliveryState, Gate, OutgoingEmail, where_it_failed
from notifier.retry import LONGEST, next_attempt
from notifier.senders import Sender
from store.outbox import Outbox

#: Mails sent longer ago are not looked for any more, to learn their names.
LATELY = timedelta(days=1)

log = logging.getLogger(__name__)


def deliver_one(outbox: Outbox, sender: Sender, now: datetime, rng: Random, *, gate: Gate) -> bool:
    """Makes one attempt at one waiting mail that passes the gate; False: there is none.

    Raises `Transient` or `Permanent` when the fault is not the mail's (server away, login refused,
    database locked): no mail is lost by it, and calling again at once is of no use.
    """
    if not outbox.waiting(now, gate):
        return False
    sender.open()
    mail = outbox.claim(now, gate)
    if mail is None:
        return False
    delivery = _attempt(outbox, sender, mail, now, rng)
    retry_at = None
    if delivery.state is DeliveryState.RETRY:
        retry_at = next_attempt(mail.attempts, now, rng)
    outbox.settle(mail.id, delivery, now, retry_at=retry_at)
    said = {"event": "delivery", "outgoing": mail.id, "attempt": mail.attempts}
    told = {**said, "state": delivery.state}
    log.info("outgoing mail %(outgoing)d, attempt %(attempt)d: %(state)s", told)
    return True


def settle_interrupted(
    outbox: Outbox, sender: Sender, now: datetime, *, everything: bool = False
) -> int:
    """Settles attempts that a crash cut short, and returns how many.

    Those whose claim ran out, or with `everything` all of them: for a daemon that is alone. A mail
    that was only claimed waits again. One that was being handed over is sent, or waits again,
    where the sender can tell; where nobody can, it becomes uncertain, for a person to see: nothing
    is sent a second time on a guess. What cannot be looked up just now is left for the next call.
    """
    settled = 0
    for cut in outbox.interrupted(now, everything=everything):
        try:
            delivery = _what_became(sender, cut.mail) if cut.handed_over else None
        except AskOnceError as fault:
            said = {"event": "lookup_failed", "outgoing": cut.mail.id, "fault": str(fault)}
            log.warning("outgoing mail %(outgoing)d cannot be looked up now: %(fault)s", said)
            continue
        if delivery is not None:
            again = now if delivery.state is DeliveryState.RETRY else None
            outbox.settle(cut.mail.id, delivery, now, retry_at=again)
        state = delivery.state if delivery else "not handed over"
        told = {"event": "interrupted", "outgoing": cut.mail.id, "state": state}
        log.info("outgoing mail %(outgoing)d was interrupted: %(state)s", told)
        settled += 1
    return settled


def learn_names(
    outbox: Outbox, look: Callable[[Sequence[str]], Mapping[str, str]], now: datetime
) -> int:
    """Notes under which Message-IDs the latest mails went, and returns how many have another.

    Servers may replace ours; people's answers, and bounces, then name theirs. `look` finds mails
    of ours among the sent ones, each with the Message-ID that it has there. One of which it was
    uncertain whether it went is settled by being found: servers take a while to file what they
    sent.
    """
    message_ids = outbox.unnamed(now - LATELY)
    if not message_ids:
        return 0
    names = look(message_ids)
    outbox.mark_sent(names, now)
    outbox.name(names)
    return sum(ours != theirs for ours, theirs in names.items())


def _attempt(
    outbox: Outbox, sender: Sender, mail: OutgoingEmail, now: datetime, rng: Random
) -> Delivery:
    asked = noted = False

    def about_to_hand_over() -> None:
        nonlocal asked, noted
        asked = True
        outbox.handing_over(mail.id, now)
        noted = True

    try:
        delivery = sender.send(mail, about_to_hand_over)
    except Exception as fault:
        if asked and not noted:
            raise  # the store failed: whose the claim is now, `settle_interrupted` will see
        if isinstance(fault, AskOnceError) and not noted:
            _put_back(outbox, mail, fault, now, rng)
            raise
        # A mail that our own code fails on must not block the next one.
        delivery = _failed(fault, noted)
        said = {"event": "delivery_failed", "outgoing": mail.id, "fault": delivery.detail}
        log.error("outgoing mail %(outgoing)d: %(fault)s", said)
    if delivery.state is DeliveryState.UNCERTAIN:
        return _ask(sender, mail) or delivery
    return delivery


def _put_back(
    outbox: Outbox, mail: OutgoingEmail, fault: AskOnceError, now: datetime, rng: Random
) -> None:
    """The fault is not the mail's: however often it was tried, it is not given up."""
    retry_at = next_attempt(mail.attempts, now, rng) or now + LONGEST
    outbox.settle(
        mail.id, Delivery(state=DeliveryState.RETRY, detail=str(fault)), now, retry_at=retry_at
    )


def _failed(fault: Exception, noted: bool) -> Delivery:
    detail = f"our own fault: {where_it_failed(fault)}"
    state = DeliveryState.UNCERTAIN if noted else DeliveryState.RETRY
    return Delivery(state=state, detail=detail)


def _ask(sender: Sender, mail: OutgoingEmail) -> Delivery | None:
    try:
        known = sender.was_sent(mail.message_id)
    except AskOnceError:
        return None
    return _KNOWN.get(known)


def _what_became(sender: Sender, mail: OutgoingEmail) -> Delivery:
    return _KNOWN.get(sender.was_sent(mail.message_id)) or Delivery(
        state=DeliveryState.UNCERTAIN, detail="interrupted while it was being handed over"
    )


#: What a sender's knowledge of a mail comes to.
_KNOWN: dict[bool | None, Delivery] = {
    True: Delivery(state=DeliveryState.SENT, detail="found among the sent mails"),
    False: Delivery(state=DeliveryState.RETRY, detail="found not to have been sent"),
}
