"""The clock's turn: gather, decide, apply, as for a mail, but caused by a date."""

from __future__ import annotations

import logging
from datetime import date, datetime

from intake.desk import UNDO
from intake.process import House, apply, composed, failed, failed_key
from model import (
    AlertRules,
    Clocked,
    Consultation,
    Decision,
    Due,
    Letter,
    Outage,
    Transient,
    where_it_failed,
)
from notifier.alerts import judge
from notifier.due import decide, digest, due, may_digest, may_send
from notifier.workdays import Workdays

log = logging.getLogger(__name__)

WHO = "the clock"  #: in the audit trail


def bring_what_is_due(house: House, now: datetime) -> int:
    """Write the mails and open the exceptions whose day has come; returns how many.

    Mails go out on working days in office hours only; an exception opens on its day. Each is a
    transaction of its own, so that one that our code fails on never blocks the next.
    """
    clock = house.clock
    open_for_mail = may_send(now, Workdays.of(clock))
    today = house.rules.local_date(now)
    clocked = house.store.views.clocked_soon(today)
    made = {key for one in clocked for key in one.made}
    wanted = [
        item
        for one in clocked
        for item in _due(house, one, today, now)
        if (open_for_mail or not isinstance(item.what, Letter))
        and failed_key(item.key) not in made  # a person has it
    ]
    return sum(_bring(house, item, now) for item in wanted)


def _due(house: House, one: Clocked, today: date, now: datetime) -> tuple[Due, ...]:
    """What is due of one; nothing of one that cannot be counted on, which is held once."""
    try:
        return due([one], house.clock, today)
    except Exception as fault:
        key = f"due:{one.consultation.key}"
        if failed_key(key) not in one.made:
            _hold(house, key, one.consultation, fault, now)
        return ()


def _bring(house: House, item: Due, now: datetime) -> bool:
    try:
        return bring_if_still_due(house, item, now)
    except Transient:
        raise
    except Exception as fault:
        _hold(house, item.key, item.consultation, fault, now)
        return True


def _hold(house: House, key: str, about: Consultation, fault: Exception, now: datetime) -> None:
    said = {"event": "due_failed", "due": key, "fault": where_it_failed(fault)}
    log.error("due %(due)s: %(fault)s; it is in the queue", said)
    held = failed(key, fault, about.key)
    apply(house, Decision(kind=None, outcome="failed", holds=(held,)), now, who=WHO)


def bring_if_still_due(house: House, item: Due, now: datetime) -> bool:
    """Looks again within the register's lock: an answer, or a person's wish, may have come.

    What follows from a person's act waits until that can no longer be taken back.
    """
    with house.store.transaction() as transaction:
        if item.consultation.key in transaction.touched_since(now - UNDO):
            return False
        one = transaction.clocked_one(item.consultation.key)
        found = due([one] if one else [], house.clock, house.rules.local_date(now))
        for still in found:
            if still.key == item.key:
                decision = decide(still, house.clock)
                letters = composed(house, decision.drafts, now)
                transaction.apply(decision, outgoing=letters, now=now, who=WHO)
                return True
    return False


def send_digest(house: House, now: datetime) -> bool:
    """Write the administrator's digest of the queue, once each working morning it is not empty."""
    to = house.rules.administrator
    if to is None or to.email in house.store.views.blocked() or not may_digest(now, house.clock):
        return False
    queue = [item.as_json() for item in house.store.views.queue()]
    draft = digest(queue, house.rules.local_date(now), house.rules)
    if draft is not None:
        apply(house, Decision(kind=None, outcome=draft.kind, drafts=(draft,)), now, who=WHO)
    return draft is not None


def tell_of_trouble(house: House, rules: AlertRules, now: datetime, free: int | None) -> bool:
    """Keep what stopped for hours and what works again, and tell the administrator of it.

    `free`: bytes on the database's disk, None where they are not ours to know. Looks first without
    the register's lock, and again within it, so that of several daemons one tells. Returns whether
    there was anything to tell.
    """
    today = house.rules.local_date(now)
    if not judge(house.store.health.vitals(now), rules, now, today, free).anything:
        return False
    with house.store.transaction() as transaction:
        told = judge(transaction.vitals(now), rules, now, today, free)
        transaction.note_outages(told.begun, told.ended)
        transaction.apply(
            Decision(kind=None, outcome=Letter.ALERT),
            outgoing=composed(house, told.drafts, now),
            now=now,
            who=WHO,
        )
    for outage in told.begun:
        log.error("%(what)s: stopped since %(since)s", _logged("outage", outage))
    for outage in told.ended:
        log.warning("%(what)s: works again since %(until)s", _logged("outage_over", outage))
    return told.anything


def _logged(event: str, outage: Outage) -> dict[str, str]:
    until = outage.until.isoformat() if outage.until else ""
    since = outage.since.isoformat()
    return {"event": event, "what": outage.what.value, "since": since, "until": until}
