"""The clock's turn: gather, decide, apply, as for a mail, but caused by a date."""

from __future__ import annotations

from datetime import datetime

from intake.process import House, composed
from model import ClockRules, Letter
from notifier.due import decide, digest, due
from notifier.workdays import Workdays, may_send


def bring_what_is_due(house: House, clock: ClockRules, workdays: Workdays, now: datetime) -> int:
    """Write the mails and open the exceptions whose day has come; returns how many.

    Mails go out on working days in office hours only; an exception opens on its day.
    """
    open_for_mail = may_send(now, workdays)
    made = 0
    with house.store.transaction() as transaction:
        for item in due(transaction.clocked(), clock, house.rules.local_date(now)):
            if isinstance(item.what, Letter) and not open_for_mail:
                continue
            decision = decide(item, house.rules)
            mails = composed(house, decision.drafts, now)
            transaction.apply(decision, outgoing=mails, now=now, who="the clock")
            made += 1
    return made


def send_digest(house: House, clock: ClockRules, workdays: Workdays, now: datetime) -> bool:
    """Write the administrator's digest of the queue, once each working morning it is not empty."""
    today = now.astimezone(clock.zone)
    if not (workdays.is_workday(today.date()) and clock.digest_at <= today.time() < clock.closes):
        return False
    decision = digest(house.store.queue(), today.date(), house.rules)
    if decision is None:
        return False
    with house.store.transaction() as transaction:
        mails = composed(house, decision.drafts, now)
        transaction.apply(decision, outgoing=mails, now=now, who="the clock")
    return True
