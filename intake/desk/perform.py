"""One act, one transaction: gather, decide, apply, as for a mail; and taking it back."""

from __future__ import annotations

import logging
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from intake.desk.acts import (
    Accept,
    Act,
    ChangePeople,
    Link,
    Merge,
    OnMail,
    Refused,
    Say,
    SendAgain,
    SetAside,
)
from intake.desk.forms import Drawn, draw_up
from intake.desk.judge import judge
from intake.desk.known import Desk
from intake.desk.outgoing import judge_mail, known_mail
from intake.overtaken import without_overtaken
from intake.process import House, as_far_as_it_goes, composed, gather
from intake.steps import Case, File
from model import (
    Address,
    Conflict,
    Consultation,
    Decision,
    InboundEmail,
    OutgoingEmail,
    Reading,
    Role,
)
from notifier.outline import clock
from store import Acted, Deed, QueueState, Transaction, Undelivered

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


@dataclass(frozen=True, slots=True, kw_only=True)
class _Opened:
    """The mail that an exception is about."""

    mail_id: int
    email: InboundEmail
    files: tuple[File, ...]


def perform(house: House, act: Act, now: datetime) -> Done:
    """Carry out an act, whole or not at all; its mails go when it can no longer be undone.

    Raises `Conflict` where somebody or something was there first, `Refused` where it cannot be done
    as things are, and as `Transaction.apply` does. Nothing is changed then.
    """
    came = _opened(house, act)
    with house.store.transaction() as transaction:
        known = transaction.acted(act.token)
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
    house: House, transaction: Transaction, act: Act, came: _Opened | None, now: datetime
) -> tuple[Decision, Deed]:
    if isinstance(act.doing, OnMail):
        mail = known_mail(house, transaction, act, act.doing, now)
        deed = Deed(token=act.token, kind=act.doing.name, why=act.why, consultation=mail.about)
        return replace(judge_mail(mail, act.doing, act.why), why=act.why), deed
    desk = _desk(house, transaction, act, came, now)
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
        _item(house, transaction, exception, who, now)
        transaction.claim(exception, who=who, until=until, now=now)
    return until


def take_over(house: House, exception: int, now: datetime, *, who: str) -> datetime:
    """Take an exception from whoever has it; gives until when it is theirs.

    Raises `Conflict` naming who settled it, `Refused` where there is none.
    """
    until = now + CLAIM
    with house.store.transaction() as transaction:
        _open_item(house, transaction, exception)
        transaction.take_over(exception, who=who, until=until, now=now)
    return until


def release(house: House, exception: int, *, who: str) -> None:
    """Let an exception go; of one that is not theirs nothing is changed."""
    with house.store.transaction() as transaction:
        transaction.release(exception, who=who)


# --------------------------------------------------------------------------- gathering


def _opened(house: House, act: Act) -> _Opened | None:
    """Read before the register is locked: a stored mail never changes."""
    views = house.store.views
    mail_id = views.mail_of_exception(act.exception) if act.exception is not None else None
    stored = house.store.mail(mail_id) if mail_id is not None else None
    if stored is None:
        return None
    email, files, _fault = as_far_as_it_goes(house, stored)
    return _Opened(mail_id=stored.id, email=email, files=files)


def _desk(
    house: House, transaction: Transaction, act: Act, came: _Opened | None, now: datetime
) -> Desk:
    item = None
    if act.exception is not None:
        item = _item(house, transaction, act.exception, act.who, now)
        if act.seen not in (None, item.version):
            raise Conflict("This has changed since you opened it: look at it again.")
    record, other = _record(house, transaction, act, item), _other(transaction, act)
    files = came.files if came else ()
    drawn = draw_up(act, item, record, files, house.rules.reference_prefix)
    email = _email(act, came, record, now)
    asked = _with_form(drawn) if drawn else files
    facts = gather(house, transaction, email, asked, mail_id=came.mail_id if came else 0, now=now)
    known = {c.key: c for c in (*facts.own, *(c for c in (record, other) if c))}
    case = Case(
        email=email,
        files=asked,
        facts=replace(facts, own=tuple(known.values())),
        rules=house.rules,
        now=now,
        similar=house.similar,
        act=act.token,
    )
    return Desk(
        act=act,
        case=case,
        item=item,
        record=record,
        other=other,
        drawn=drawn,
        waiting=transaction.unsent_about(record.key) if record else (),
        undelivered=_undelivered(transaction, act, record),
    )


def _with_form(drawn: Drawn) -> tuple[File, ...]:
    form, file = drawn
    return ((file, Reading(file=file.name, submissions=(form,))),)


def _item(
    house: House,
    transaction: Transaction,
    number: int,
    who: str,
    now: datetime,
) -> QueueState:
    item = _open_item(house, transaction, number)
    if item.claimed_by not in (None, who) and item.claimed_until and item.claimed_until > now:
        until = _when(house, item.claimed_until)
        raise Conflict(f"{item.claimed_by} is at this; it is free again {until}, or before.")
    return item


def _open_item(house: House, transaction: Transaction, number: int) -> QueueState:
    item = transaction.item(number)
    if item is None:
        raise Refused(f"There is no exception {number}: see ./askonce queue list.")
    if item.closed_at is not None:
        at = _when(house, item.closed_at)
        raise Conflict(f"{item.closed_by} settled this {at} ({item.closed_why}).")
    return item


def _record(
    house: House, transaction: Transaction, act: Act, item: QueueState | None
) -> Consultation | None:
    name = act.consultation or (item.consultation if item else None)
    if name is None:
        return None
    record = transaction.record(name)
    if record is None:
        raise Refused(f"There is no consultation {name} in the register.")
    if item is None and act.seen is not None and act.seen != record.version:
        last = transaction.last_note(record.key)
        did = f": {last.who}, {_when(house, last.at)} ({last.act})" if last else ""
        raise Conflict(f"This has changed since you opened it{did}. Look at it again.")
    return record


def _other(transaction: Transaction, act: Act) -> Consultation | None:
    match act.doing:
        case Link(to=name) | Merge(into=name):
            return transaction.record(name)
    return None


def _undelivered(
    transaction: Transaction, act: Act, record: Consultation | None
) -> tuple[Undelivered, ...]:
    if record is None or not isinstance(act.doing, ChangePeople) or not act.doing.instead:
        return ()
    return transaction.undelivered(record.key, act.doing.instead)


def _email(
    act: Act, came: _Opened | None, record: Consultation | None, now: datetime
) -> InboundEmail:
    """The mail that the act is about; or one as the lead worker would have sent it.

    A word goes for the consultation's people, so a stranger's mail is not answered by it.
    """
    on_behalf = as_if_written(record, now) if record else None
    if came is None:
        if on_behalf is None and isinstance(act.doing, SetAside | SendAgain):
            return InboundEmail(message_id=None, sender=None, subject="", arrived_at=now)
        if on_behalf is None:
            raise Refused(
                "This is about no mail and no consultation: set it aside when it is done."
            )
        return on_behalf
    sender = came.email.sender
    theirs = record is None or (sender is not None and record.includes(sender))
    if isinstance(act.doing, Say) and not theirs and on_behalf:
        return on_behalf
    return came.email


def as_if_written(record: Consultation, now: datetime) -> InboundEmail:
    """A mail as a consultation's lead worker would have sent it now, in its own thread."""
    to = [p.address for p in record.people if p.role is not Role.CC]
    copied: list[Address] = [p.address for p in record.people if p.role is Role.CC]
    return InboundEmail(
        message_id=record.message_id,
        sender=to[0] if to else None,
        subject=record.title,
        arrived_at=now,
        cc=tuple(copied),
    )


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


def _when(house: House, at: datetime) -> str:
    local = at.astimezone(house.rules.zone)
    return f"on {local.day} {local:%B} at {clock(local)}"
