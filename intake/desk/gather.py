"""What an act has to know: its mail, its exception, its records, and what the store knows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from intake.desk.acts import (
    Act,
    ChangePeople,
    Link,
    Merge,
    Refused,
    RemindAgain,
    Say,
    SendAgain,
    Separate,
    SetAside,
)
from intake.desk.forms import Drawn, draw_up
from intake.desk.known import Desk, name_of
from intake.process import House, as_far_as_it_goes, gather
from intake.steps import Case, File
from model import PROGRAM, Conflict, Consultation, InboundEmail, Reading, Status
from notifier.due import written_to
from notifier.outline import clock
from store import QueueState, Transaction, Undelivered, Unsent


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenedMail:
    """The mail that an exception is about."""

    mail_id: int
    email: InboundEmail
    files: tuple[File, ...]


def opened_mail(house: House, act: Act) -> OpenedMail | None:
    """Read before the register is locked: a stored mail never changes."""
    views = house.store.views
    mail_id = views.mail_of_exception(act.exception) if act.exception is not None else None
    stored = house.store.mail(mail_id) if mail_id is not None else None
    if stored is None:
        return None
    email, files, _fault = as_far_as_it_goes(house, stored)
    return OpenedMail(mail_id=stored.id, email=email, files=files)


def gather_desk(
    house: House, transaction: Transaction, act: Act, came: OpenedMail | None, now: datetime
) -> Desk:
    """All that an act is judged by, as of one moment.

    Raises `Conflict` where somebody or something was there first, `Refused` where what is meant is
    not there or cannot be read as it was filled in.
    """
    item = None
    if act.exception is not None:
        item = free_item(house, transaction, act.exception, act.who, now)
        if act.seen not in (None, item.version):
            raise Conflict("This has changed since you opened it: look at it again.")
    record = _record(house, transaction, act, item)
    other = _other(transaction, act, record)
    files = came.files if came else ()
    drawn = draw_up(act, item, record, files, house.rules.reference_prefix)
    email = _email(act, came, record, now)
    asked = _with_form(drawn) if drawn else files
    facts = gather(house, transaction, email, asked, mail_id=came.mail_id if came else 0, now=now)
    known = {c.key: c for c in (*facts.own, *(c for c in (record, other) if c))}
    others = known.keys() - facts.latest.keys() if drawn else set()
    latest = {**facts.latest, **transaction.latest_forms(others)}
    before = _before_the_merge(transaction, act, record)
    case = Case(
        email=email,
        files=asked,
        facts=replace(facts, own=tuple(known.values()), latest=latest),
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
        waiting=_waiting(transaction, act, record),
        undelivered=_undelivered(transaction, act, record),
        before=before,
        closed=_closed_by_the_merge(transaction, act, record),
        theirs=_theirs(transaction, record, other, before),
    )


def _with_form(drawn: Drawn) -> tuple[File, ...]:
    form, file = drawn
    return ((file, Reading(file=file.name, submissions=(form,))),)


def free_item(
    house: House,
    transaction: Transaction,
    number: int,
    who: str,
    now: datetime,
) -> QueueState:
    """An open exception that nobody else is at. Raises as `open_item`, `Conflict` if one is."""
    item = open_item(house, transaction, number)
    if item.claimed_by not in (None, who) and item.claimed_until and item.claimed_until > now:
        until = _when(house, item.claimed_until)
        raise Conflict(f"{item.claimed_by} is at this; it is free again {until}, or before.")
    return item


def open_item(house: House, transaction: Transaction, number: int) -> QueueState:
    """An exception that is open. Raises `Conflict` naming who settled it, `Refused` for none."""
    item = transaction.item(number)
    if item is None:
        raise Refused(f"There is no exception {number}: see ./askonce queue list.")
    if item.closed_at is not None:
        at = _when(house, item.closed_at)
        why = (item.closed_why or "").replace("_", " ")
        raise Conflict(f"{item.closed_by} settled this {at} ({why}).")
    return item


def _record(
    house: House, transaction: Transaction, act: Act, item: QueueState | None
) -> Consultation | None:
    name = act.consultation or (item.consultation if item else None)
    if name is None:
        return None
    find = transaction.record if act.consultation else transaction.standing
    record = find(name)
    if record is None:
        raise Refused(f"There is no consultation {name} in the register.")
    if isinstance(act.doing, Say) and record.status is Status.MERGED and record.merged_into:
        into = transaction.record(record.merged_into)
        stands = f"merged into {name_of(into)}" if into else "merged into another"
        raise Refused(f"{name_of(record)} was {stands}: say it of that one.")
    if item is None and act.seen is not None and act.seen != record.version:
        last = transaction.last_note(record.key)
        who = "the program" if last and last.who == PROGRAM else last and last.who
        did = f", by {who} {_when(house, last.at)}" if last else ""
        raise Conflict(f"This has changed since you opened it{did}. Look at it again.")
    return record


def _other(transaction: Transaction, act: Act, record: Consultation | None) -> Consultation | None:
    match act.doing:
        case Link(to=name):
            return transaction.standing(name)
        case Merge(into=name):
            return transaction.record(name)
        case Separate() if record and record.merged_into:
            return transaction.record(record.merged_into)
    return None


def _waiting(transaction: Transaction, act: Act, record: Consultation | None) -> tuple[Unsent, ...]:
    """Asked for only where an act may take back what a letter that waits would say."""
    asked = record is not None and isinstance(act.doing, Say | RemindAgain)
    return transaction.unsent_about(record.key) if record and asked else ()


def _undelivered(
    transaction: Transaction, act: Act, record: Consultation | None
) -> tuple[Undelivered, ...]:
    doing = act.doing
    if record is None or not isinstance(doing, ChangePeople) or not doing.send_on:
        return ()
    return transaction.undelivered(record.key, doing.instead) if doing.instead else ()


def _before_the_merge(
    transaction: Transaction, act: Act, record: Consultation | None
) -> Mapping[str, Consultation]:
    if record is None or not isinstance(act.doing, Separate):
        return {}
    return transaction.before(Merge.name, record.key)


def _closed_by_the_merge(
    transaction: Transaction, act: Act, record: Consultation | None
) -> tuple[int, ...]:
    if record is None or not isinstance(act.doing, Separate):
        return ()
    return transaction.closed_by(Merge.name, record.key)


def _theirs(
    transaction: Transaction,
    record: Consultation | None,
    other: Consultation | None,
    before: Mapping[str, Consultation],
) -> tuple[int, ...]:
    """What waits about the other one from people who came to it by the merge."""
    was = before.get(other.key) if other else None
    if record is None or was is None:
        return ()
    came = [p.address.email for p in record.people if not was.includes(p.address)]
    return transaction.held_from(was.key, came)


def _email(
    act: Act, came: OpenedMail | None, record: Consultation | None, now: datetime
) -> InboundEmail:
    """The mail that the act is about; or one as the lead worker would have sent it.

    A word goes for the consultation's people, so a stranger's mail is not answered by it; and a
    report that a mail came back is not answered by anything.
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
    is_report = came.email.report is not None
    if on_behalf and (is_report or (isinstance(act.doing, Say) and not theirs)):
        return on_behalf
    return came.email


def as_if_written(record: Consultation, now: datetime) -> InboundEmail:
    """A mail as a consultation's lead worker would have sent it now, in its own thread."""
    _to, copied = written_to(record)
    return InboundEmail(
        message_id=record.message_id,
        sender=record.lead_worker,
        subject=record.title,
        arrived_at=now,
        cc=copied,
    )


def _when(house: House, at: datetime) -> str:
    local = at.astimezone(house.rules.zone)
    return f"on {local.day} {local:%B} at {clock(local)}"
