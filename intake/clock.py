"""The clock's turn: gather, decide, apply, as for a mail, but caused by a date."""

from __future__ import annotations

from datetime import datetime

from intake.process import House, apply, composed
from model import ClockRules, Decision, Letter
from notifier.due import decide, digest, due, may_digest, may_send
from notifier.workdays import Workdays


def bring_what_is_due(house: House, clock: ClockRules, now: datetime) -> int:
    """Write the mails and open the exceptions whose day has come; returns how many.

    Mails go out on working days in office hours only; an exception opens on its day.
    """
    open_for_mail = may_send(now, Workdays.of(clock))
    made = 0
    with house.store.transaction() as transaction:
        for item in due(transaction.clocked(), clock, house.rules.local_date(now)):
            if isinstance(item.what, Letter) and not open_for_mail:
                continue
            decision = decide(item, clock)
            mails = composed(house, decision.drafts, now)
            transaction.apply(decision, outgoing=mails, now=now, who="the clock")
            made += 1
    return made


def send_digest(house: House, clock: ClockRules, now: datetime) -> bool:
    """Write the administrator's digest of the queue, once each working morning it is not empty."""
    if not may_digest(now, clock):
        return False
    queue = [item.as_json() for item in house.store.views.queue()]
    draft = digest(queue, house.rules.local_date(now), house.rules)
    if draft is not None:
        apply(house, Decision(kind=None, outcome=draft.kind, drafts=(draft,)), now, who="the clock")
    return draft is not None
