"""One act, one transaction: gather, decide, apply, as for a mail; and taking it back."""

from __future__ import annotations

import logging
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from intake.desk.acts import Accept, Act, OnMail, Refused
from intake.desk.gather import OpenedMail, free_item, gather_desk, open_item, opened_mail
from intake.desk.judge import judge
from intake.desk.known import Desk
from intake.desk.outgoing import judge_mail, known_mail
from intake.overtaken import without_overtaken
from intake.process import House, composed
from model import Conflict, Decision, OutgoingEmail
from store import Acted, Deed, Transaction

log = logging.getLogger(__name__)

#: How long an act can be undone; until then its mails wait.
UNDO = timedelta(minutes=1)
#: How long an exception stays with whoever took it.
CLAIM = timedelta(minutes=15)


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """What an act came to. `decision` None: it was done before, under the same token."""

    act: Acted
    decision: Decision | None = None
    letters: tuple[OutgoingEmail, ...] = ()  #: as they go out when a minute is over


def perform(house: House, act: Act, now: datetime) -> Done:
    """Carry out an act, whole or not at all; its mails go when it can no longer be undone.

    Raises `Conflict` where somebody or something was there first, `Refused` where it cannot be done
    as things are, and as `Transaction.apply` does. Nothing is changed then.
    """
    came = opened_mail(house, act)
    with house.store.transaction() as transaction:
        known = transaction.acted(act.token)
        if known is not None and known.undone_at is not None:
            raise Conflict("This was taken back. Open the page again to do it after all.")
        if known is not None:
            return Done(act=known)
        decision, deed = _judged(house, transaction, act, came, now)
        letters = composed(house, decision.drafts, now)
        transaction.apply(
            decision,
            outgoing=letters,
            now=now,
            who=act.who,
            deed=deed,
            about=came.mail_id if came else None,
            hold_until=now + UNDO,
        )
        done = transaction.acted(act.token)
    assert done is not None
    said = {"event": "desk", "act": done.kind, "number": done.id, "exception": act.exception}
    on = ", on exception %(exception)d" if act.exception else ""
    log.info(f"desk: act %(number)d, %(act)s{on}", said)
    return Done(act=done, decision=decision, letters=letters)


def _judged(
    house: House, transaction: Transaction, act: Act, came: OpenedMail | None, now: datetime
) -> tuple[Decision, Deed]:
    if isinstance(act.doing, OnMail):
        mail = known_mail(house, transaction, act, act.doing, now)
        deed = Deed(token=act.token, kind=act.doing.name, why=act.why, consultation=mail.about)
        return replace(judge_mail(mail, act.doing, act.why), why=act.why), deed
    desk = gather_desk(house, transaction, act, came, now)
    decision = without_overtaken(transaction, judge(desk), house.clock, by_hand=True)
    return decision, _deed(desk)


def undo(house: House, token: str, now: datetime, *, who: str) -> Acted:
    """Take an act back as a whole, within a minute of it.

    Raises `Conflict` where it is too late or something came in between, `Refused` where there is no
    such act or it is somebody else's. Nothing is changed then.
    """
    with house.store.transaction() as transaction:
        act = transaction.acted(token)
        if act is None:
            raise Refused("There is nothing to undo.")
        if act.who != who:
            raise Refused(f"{act.who} did this, and can undo it.")
        if act.undone_at is not None:
            raise Conflict("This was undone already.")
        if now >= act.at + UNDO:
            raise Conflict("More than a minute has passed: this cannot be undone any more.")
        transaction.take_back(act, who=who, now=now)
    log.info("desk: act %(number)d undone", {"event": "desk_undone", "number": act.id})
    return act


def claim(house: House, exception: int, now: datetime, *, who: str) -> datetime:
    """Take an exception for some minutes, or keep it longer; gives until when.

    Raises `Conflict` naming who has it or who settled it, `Refused` where there is none.
    """
    until = now + CLAIM
    with house.store.transaction() as transaction:
        free_item(house, transaction, exception, who, now)
        transaction.claim(exception, who=who, until=until, now=now)
    return until


def take_over(house: House, exception: int, now: datetime, *, who: str) -> datetime:
    """Take an exception from whoever has it; gives until when it is theirs.

    Raises `Conflict` naming who settled it, `Refused` where there is none.
    """
    until = now + CLAIM
    with house.store.transaction() as transaction:
        open_item(house, transaction, exception)
        transaction.take_over(exception, who=who, until=until, now=now)
    return until


def release(house: House, exception: int, *, who: str) -> None:
    """Let an exception go; of one that is not theirs nothing is changed."""
    with house.store.transaction() as transaction:
        transaction.release(exception, who=who)


def _deed(desk: Desk) -> Deed:
    act = desk.act
    record = desk.record or (desk.other if not isinstance(act.doing, Accept) else None)
    return Deed(
        token=act.token,
        kind=act.doing.name,
        why=act.why,
        exception=desk.item.id if desk.item else None,
        consultation=record.key if record else None,
    )
