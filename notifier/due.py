"""What the clock brings (process section "Dates that the software watches"). Pure.

Every date of a consultation is a `Step` with a key made of what the date depends on: a revised end
date or an EXTEND gives new steps with new keys, and a step whose key was made is never made again.
Of the steps whose day has come only the latest counts, so that an outage leaves no backlog.

A person can skip a mail, which then counts as made, though not as written; and pause all mails
about a consultation, which are not made then until they are resumed. Exceptions come all the same.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from model import (
    FORM2,
    Address,
    Clocked,
    ClockRules,
    Consultation,
    Decision,
    Draft,
    Due,
    FormFile,
    Hold,
    Letter,
    Part,
    Reason,
    Role,
    Rules,
    Status,
    Wish,
    Wished,
)
from notifier.workdays import Workdays

#: What a Form 2 that we send already says, by the key of Form 1 it is taken from.
KNOWN = ("title", "organisation", "lead_worker", "email", "start_date", "end_date")


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One date of a consultation: what happens on it and why."""

    key: str
    what: Letter | Reason
    on: date
    why: str

    @property
    def is_mail(self) -> bool:
        """Whether it is a letter, which waits for a working day; an exception does not."""
        return isinstance(self.what, Letter)


# --------------------------------------------------------------------------- the dates


def steps(c: Consultation, rules: ClockRules) -> tuple[Step, ...]:
    """Every date the clock watches for a consultation as it stands now, earliest first."""
    if c.stopped_at:
        return ()
    if c.status is Status.AWAITING_CONFIRMATION and c.asked_at:
        return _confirmation(c, c.asked_at.astimezone(rules.zone).date(), rules)
    if c.status is Status.REGISTERED and c.outcomes_due:
        return _outcomes(c, c.outcomes_due, rules)
    return ()


def _confirmation(c: Consultation, asked: date, rules: ClockRules) -> tuple[Step, ...]:
    dates: tuple[tuple[Letter | Reason, int], ...] = (
        (Letter.CONFIRM_REMINDER, rules.confirm_reminder_days),
        (Reason.UNCONFIRMED, rules.unconfirmed_days),
    )
    return tuple(
        Step(
            key=f"{c.key}:asked:{asked}:{what}",
            what=what,
            on=asked + timedelta(days=days),
            why=f"{_days(days)} after the question about similar work, and no answer",
        )
        for what, days in dates
    )


def _outcomes(c: Consultation, due_on: date, rules: ClockRules) -> tuple[Step, ...]:
    since = _since_the_end(c)
    found = [
        Step(
            key=f"{since}{Letter.CHASER}:{due_on}+{days}",
            what=Letter.CHASER,
            on=due_on + timedelta(days=days),
            why=f"{_days(days)} after outcomes were due" if days else "outcomes are due",
        )
        for days in rules.chaser_days
    ]
    found.append(
        Step(
            key=f"{since}{Reason.OUTCOMES_OVERDUE}:{due_on}",
            what=Reason.OUTCOMES_OVERDUE,
            on=due_on + timedelta(days=rules.overdue_days),
            why=f"{_days(rules.overdue_days)} after outcomes were due",
        )
    )
    note = _completion_note(c, since, rules)
    if note and note.on < due_on:
        found.append(note)
    return _once_back(_in_order(found), c.away_until)


def _in_order(found: Iterable[Step]) -> tuple[Step, ...]:
    return tuple(sorted(found, key=lambda s: (s.on, not s.is_mail)))


def _once_back(found: tuple[Step, ...], back: date | None) -> tuple[Step, ...]:
    """Mails that would come while their reader is away come on the day they are back.

    Their keys stay what they were: what went before they left does not go again. What would come
    after the last date, the exception, does not come any more.
    """
    if back is None:
        return found
    moved = (
        replace(s, on=back, why=f"{s.why}; the lead worker is back on {back}")
        if s.is_mail and s.on < back
        else s
        for s in found
    )
    return _in_order(s for s in moved if s.on <= found[-1].on)


def _completion_note(c: Consultation, since: str, rules: ClockRules) -> Step | None:
    if c.end_date is None:
        return None
    return Step(
        key=f"{since}{Letter.COMPLETION_NOTE}",
        what=Letter.COMPLETION_NOTE,
        on=c.end_date + timedelta(days=rules.completion_note_days),
        why=f"{_days(rules.completion_note_days)} after the end date",
    )


def _since_the_end(c: Consultation) -> str:
    """What the keys of everything that follows this end date begin with."""
    return f"{c.key}:ended:{c.end_date}:"


def _days(number: int) -> str:
    return f"{number} day{'' if number == 1 else 's'}"


def told_by(key: str) -> tuple[Letter, date | None] | None:
    """What the key of a step tells: which letter it is, and of a chaser its day. None: nothing."""
    kind = next((part for part in key.split(":") if part in set(Letter)), None)
    if kind is None:
        return None
    chased = _CHASED.search(key)
    of = date.fromisoformat(chased[1]) + timedelta(days=int(chased[2])) if chased else None
    return Letter(kind), of


#: How the key of a chaser ends: the day outcomes are due, and how many days after it it comes.
_CHASED = re.compile(r":(\d{4}-\d\d-\d\d)\+(\d{1,4})$")


# --------------------------------------------------------------------------- what has come


def due(clocked: Iterable[Clocked], rules: ClockRules, on: date) -> tuple[Due, ...]:
    """What is to be made on a day: at most one thing for each consultation, the latest that came.

    A letter comes only if `on` is a working day; an exception comes on any day. What is paused or
    skipped does not come.
    """
    days = Workdays.of(rules)
    found = (_due_one(one, steps(one.consultation, rules), days, on) for one in clocked)
    return tuple(d for d in found if d and d.wished is None)


def forecast(
    clocked: Iterable[Clocked], rules: ClockRules, *, since: date, until: date
) -> tuple[Due, ...]:
    """Everything that `due` would give from `since` to `until`, both included, if nobody answers.

    In the order of the days. With it, marked as `wished`, what is paused, on the days on which it
    would come if it were not, and what is skipped.
    """
    days = Workdays.of(rules)
    found = [d for one in clocked for d in _ahead(one, rules, days, since, until)]
    return tuple(sorted(found, key=lambda d: (d.goes_on, d.key)))


def _ahead(
    one: Clocked, rules: ClockRules, days: Workdays, since: date, until: date
) -> Iterable[Due]:
    told: set[str] = set()
    dates = steps(one.consultation, rules)
    for day in sorted({_goes_on(s, days, since) for s in dates if s.on <= until}):
        come = _due_one(one, dates, days, day) if day <= until else None
        if come is None or come.key in told:
            continue
        told.add(come.key)
        if come.wished is None:
            made = one.made | {come.key}
            one = Clocked(consultation=one.consultation, made=made, wishes=one.wishes)
        if not _is_past(come, days, since):
            yield come


def _is_past(come: Due, days: Workdays, since: date) -> bool:
    """Whether it was skipped, and the day on which it would have come has been."""
    skipped = come.wished is not None and come.wished.wish is Wish.SKIP
    return skipped and days.next_workday(come.due_on) < since


def coming(one: Clocked, key: str, rules: ClockRules, on: date) -> Due | None:
    """A mail that the clock would bring from a day on, also one that is kept back. None: none."""
    ahead = forecast([one], rules, since=on, until=date.max)
    return next((d for d in ahead if d.key == key and isinstance(d.what, Letter)), None)


def at_once(found: Due, one: Clocked, on: date) -> Due:
    """A mail to come, as it is if a person lets it go on a day before its own."""
    return replace(found, goes_on=on, wished=None, with_form=_with_form(found.what, one))


def _goes_on(step: Step, days: Workdays, since: date) -> date:
    earliest = max(step.on, since)
    return days.next_workday(earliest) if step.is_mail else earliest


def _due_one(one: Clocked, dates: Iterable[Step], days: Workdays, on: date) -> Due | None:
    come = [s for s in dates if s.on <= on]
    if not come or not _wanted(come[-1], one):
        return None
    step = come[-1]
    if step.is_mail and not days.is_workday(on):
        return None
    return Due(
        key=step.key,
        consultation=one.consultation,
        what=step.what,
        due_on=step.on,
        goes_on=on,
        why=step.why,
        with_form=_with_form(step.what, one),
        wished=_wished(step, one),
    )


def _with_form(what: Letter | Reason, one: Clocked) -> bool:
    if what is Letter.CHASER:
        return not _written_since_the_end(one)
    return what is Letter.COMPLETION_NOTE


def _wished(step: Step, one: Clocked) -> Wished | None:
    """Why a mail does not come: it was skipped, or all about the consultation are paused."""
    if not step.is_mail:
        return None
    return one.wishes.get(step.key) or one.wishes.get(one.consultation.key)


def _wanted(step: Step, one: Clocked) -> bool:
    if step.key in one.made:
        return False
    if step.is_mail and not one.consultation.lead_worker:
        return False
    # An EXTEND after a chaser makes the note the latest date again; it is out of date by then.
    return step.what is not Letter.COMPLETION_NOTE or not _written_since_the_end(one)


def _written_since_the_end(one: Clocked) -> bool:
    since = _since_the_end(one.consultation)
    mails = (f"{since}{Letter.COMPLETION_NOTE}", f"{since}{Letter.CHASER}:")
    return any(key.startswith(mails) for key in one.made if not _skipped(key, one))


def _skipped(key: str, one: Clocked) -> bool:
    """Whether a mail was skipped: one that was written already counts as made for good."""
    return key in one.wishes and one.wishes[key].wish is Wish.SKIP


# --------------------------------------------------------------------------- what follows


def decide(found: Due, clock: ClockRules) -> Decision:
    """The letter or the exception that a due date makes; its key is the due date's own."""
    c = found.consultation
    if isinstance(found.what, Reason):
        detail = {"why": found.why, **_counted_from(c, clock)}
        hold = Hold(key=found.key, reason=found.what, consultation=c.key, detail=detail)
        return Decision(kind=None, outcome=found.what, holds=(hold,), about=(c.key,))
    return Decision(kind=None, outcome=found.what, drafts=(_letter(found, clock),), about=(c.key,))


def _counted_from(c: Consultation, clock: ClockRules) -> dict[str, str]:
    """The day since which an answer stays out, for whoever looks at the queue."""
    if c.status is Status.AWAITING_CONFIRMATION and c.asked_at:
        return {"asked_on": c.asked_at.astimezone(clock.zone).date().isoformat()}
    return {"outcomes_due": c.outcomes_due.isoformat()} if c.outcomes_due else {}


def _letter(found: Due, clock: ClockRules) -> Draft:
    c = found.consultation
    to, cc = written_to(c)
    last = bool(clock.chaser_days) and found.key.endswith(f"+{max(clock.chaser_days)}")
    last = last and found.goes_on >= found.due_on  # let go before its day, others may follow it
    return Draft(
        key=found.key,
        kind=Letter(found.what),
        to=to,
        cc=cc,
        parts=(Part(kind=Letter(found.what), consultation=c, details={"last": last}),),
        thread=c.thread,
        forms=(FormFile(form=FORM2, fields=filled_in(c)),) if found.with_form else (),
    )


def written_to(c: Consultation) -> tuple[tuple[Address, ...], tuple[Address, ...]]:
    """To whom the clock writes about a consultation, and who gets a copy."""
    to = c.lead_worker
    return (to,) if to else (), tuple(p.address for p in c.people if p.role is Role.CC)


def filled_in(c: Consultation) -> Mapping[str, Any]:
    """A Form 2 with what is known of a consultation before its outcomes come."""
    known = {**(c.form1 or {}), **c.contact}
    return {"reference": c.reference, **{key: known.get(key) for key in KNOWN}}


# --------------------------------------------------------------------------- when


def may_send(now: datetime, days: Workdays) -> bool:
    """Whether a letter by the clock may go out at this moment: a working day, in office hours."""
    return days.is_open(now)


def may_digest(now: datetime, clock: ClockRules) -> bool:
    """Whether the digest may go out at this moment: a working day, from `digest_at` to closing."""
    local = now.astimezone(clock.zone)
    return (
        Workdays.of(clock).is_workday(local.date())
        and clock.digest_at <= local.time() < clock.closes
    )


def digest(items: Sequence[Mapping[str, Any]], day: date, rules: Rules) -> Draft | None:
    """The administrator's mail about open exceptions; one a day by its key, none for none.

    `items` are rows of the queue as `queue list --json` gives them, with `received_at` as an aware
    datetime or as ISO text.
    """
    if not items or rules.administrator is None:
        return None
    return Draft(
        key=f"{Letter.DIGEST}:{day}",
        kind=Letter.DIGEST,
        to=(rules.administrator,),
        parts=(Part(kind=Letter.DIGEST, details={"items": tuple(items)}),),
    )
