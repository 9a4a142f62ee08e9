"""`askonce due`: every mail that would go out up to a date, and why; those that wait come first."""

from __future__ import annotations

from collections.abc import Set
from datetime import date, datetime, timedelta

from commands import wiring
from model import ClockRules, Consultation, Due, Wish, Wished
from notifier.due import decide, forecast
from notifier.outline import clock
from settings import Settings
from store import About, Unsent

#: How far ahead is looked if no date is given.
AHEAD = timedelta(weeks=4)


def run(settings: Settings, today: date, on: date | None) -> int:
    """Print what is in the outbox, then what the clock brings to `on`, if nobody answers."""
    until, rules = on or today + AHEAD, wiring.clock_rules(settings)
    with wiring.open_store(settings) as store:
        clocked = store.views.clocked_soon(until)
        blocked, unsent = store.views.blocked(), store.views.unsent()
    found = forecast(clocked, rules, since=today, until=until)
    for mail in unsent:
        print(_written(mail, rules, today))
    for item in found:
        print(_line(item) + _mark(item, blocked, rules))
    if not (found or unsent):
        print(f"Nothing goes out by {until:%d %B %Y}.")
    return 0


def _mark(item: Due, blocked: Set[str], rules: ClockRules) -> str:
    """Why it does not go after all."""
    if item.wished:
        return f" ({_wished(item.wished, ': {}')})"
    return _HELD if _is_held(item, blocked, rules) else ""


def _wished(wished: Wished, reason: str) -> str:
    """Who keeps it back, and the reason, put as it is given."""
    if wished.by_itself:
        return "NOT NEEDED ANY MORE"
    why = reason.format(wished.why) if wished.why else ""
    return f"{_WISHED[wished.wish]} by {wished.who}{why}"


_WISHED = {Wish.PAUSE: "PAUSED", Wish.SKIP: "SKIPPED"}
_HELD = " (HELD: mail to this address came back, see ./askonce queue)"


def _is_held(item: Due, blocked: Set[str], rules: ClockRules) -> bool:
    """Whether it is a mail that nobody would get."""
    drafts = decide(item, rules).drafts
    to = {address.email for draft in drafts for address in (*draft.to, *draft.cc)}
    return bool(to) and to <= blocked


_STANDS = {
    "held": "HELD: mail to all its addresses came back",
    "failed": "NOT DELIVERED",
    "uncertain": "UNCERTAIN: nobody knows whether it arrived",
}


def _line(item: Due) -> str:
    return _said(f"{item.goes_on:%a %d %b %Y}", item.what, item.consultation, item.why)


def _said(when: str, what: str, about: Consultation | About, why: str) -> str:
    return f"{when:<15}  {what:<18}  {about.reference or ''}  {about.title}: {why}"


def _written(mail: Unsent, rules: ClockRules, today: date) -> str:
    """A mail that is written and has not gone. Its subject is all that a general one is about."""
    about = next(iter(mail.about), About(key="", reference=None, title=mail.subject))
    why = _STANDS.get(mail.state) or _waits(mail.next_attempt_at.astimezone(rules.zone), today)
    if mail.wished:
        why = _wished(mail.wished, " ({})")
    where = f", see ./askonce queue show {mail.exception}" if mail.exception else ""
    return _said("in the outbox", mail.kind, about, why + where)


def _waits(until: datetime, today: date) -> str:
    if until.date() < today:
        return "waits to go"
    return f"waits until {clock(until)} on {until:%a %d %b %Y}"
