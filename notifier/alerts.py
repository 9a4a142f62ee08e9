"""When the administrator is told that mail stopped, and that it flows again. Pure.

A trouble is told once when it has lasted for `AlertRules.after`, and once when it is over; one
that could not be told while it lasted (the database was away) is told once, when it is over. Only
what the daemons met themselves counts, never a mail that came in: so no bounce, not even of such
an alert, leads to another.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from model import AlertRules, Draft, Letter, Outage, Part, Trouble, Vitals

#: Troubles that daemons meet while they work, each told of by a `Sign`.
FLOW = (Trouble.MAILBOX, Trouble.DELIVERY, Trouble.DATABASE)
#: How many days before a credential ends it is said.
WARN_DAYS = (30, 7)
#: A disk counts as having room again only with so much more than the limit.
_ROOM_AGAIN = 1.25


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What one look at the vitals leads to."""

    begun: tuple[Outage, ...] = ()
    ended: tuple[Outage, ...] = ()  #: may hold one that never was among those begun
    drafts: tuple[Draft, ...] = ()  #: none where nobody is to be told

    @property
    def anything(self) -> bool:
        """Whether there is anything to keep or to say."""
        return bool(self.begun or self.ended or self.drafts)


def judge(
    vitals: Vitals, rules: AlertRules, now: datetime, today: date, free: int | None = None
) -> Told:
    """What has begun and ended since the last look, and what is to be said of it.

    `free`: bytes on the database's disk, None where they are not ours to know.
    """
    running = {o.what: o for o in vitals.outages if o.until is None}
    begun, ended = [], []
    for what in FLOW:
        since, over = failing_since(vitals, what), running.get(what)
        if over:
            if since is None or since > over.since:
                until = _recovery(vitals, over) or now
                ended.append(Outage(what=what, since=over.since, until=until))
        elif since and now - since >= rules.after:
            begun.append(Outage(what=what, since=since))
        elif since is None:
            ended += _untold(vitals, what, rules)
    disk = _disk(running.get(Trouble.DISK), free, rules, now)
    if disk:
        (ended if disk.until else begun).append(disk)
    drafts = [_outage(o, vitals, rules, free) for o in (*begun, *ended)]
    drafts += _credentials(vitals, rules, today)
    return Told(begun=tuple(begun), ended=tuple(ended), drafts=tuple(drafts) if rules.to else ())


def failing_since(vitals: Vitals, what: Trouble) -> datetime | None:
    """Since when nobody got through to a thing that failed somebody; None: it works."""
    signs = [s for s in vitals.signs if s.what is what]
    failing = [s.failing_since for s in signs if s.failing_since and not s.recovered_at]
    worked = [s.well_at for s in signs if s.well_at]
    found = [max([min(failing), *worked])] if failing else []
    if what is Trouble.DELIVERY:
        if vitals.held:
            return None
        found += _unsent(vitals)
    return min(found, default=None)


def last_fault(vitals: Vitals, what: Trouble) -> str:
    """What was said when it last failed, or ""."""
    signs = (s for s in vitals.signs if s.what is what and s.failing_since)
    latest = max(signs, key=lambda s: s.failing_since or _NEVER, default=None)
    return latest.fault if latest else ""


_NEVER = datetime.min.replace(tzinfo=UTC)


def _unsent(vitals: Vitals) -> list[datetime]:
    """Since when mail waits and none goes, whatever the server says to each attempt."""
    if vitals.unsent_since is None:
        return []
    return [max(vitals.unsent_since, vitals.sent_at or vitals.unsent_since)]


def _recovery(vitals: Vitals, outage: Outage) -> datetime | None:
    """When it first worked again, where that is known."""
    found = [s.recovered_at for s in vitals.signs if s.what is outage.what and s.recovered_at]
    if outage.what is Trouble.DELIVERY and vitals.sent_at:
        found.append(vitals.sent_at)
    return min((at for at in found if at > outage.since), default=None)


def _untold(vitals: Vitals, what: Trouble, rules: AlertRules) -> list[Outage]:
    """An outage that is over before anybody could write down that it had begun."""
    known = [o for o in vitals.outages if o.what is what]
    for sign in vitals.signs:
        since, until = sign.failing_since, sign.recovered_at
        if sign.what is not what or not since or not until or until - since < rules.after:
            continue
        if not any(o.since <= until and since <= (o.until or until) for o in known):
            return [Outage(what=what, since=since, until=until)]
    return []


def _disk(over: Outage | None, free: int | None, rules: AlertRules, now: datetime) -> Outage | None:
    if free is None:
        return None
    if over is None:
        return Outage(what=Trouble.DISK, since=now) if free < rules.room else None
    roomy = free >= rules.room * _ROOM_AGAIN
    return Outage(what=Trouble.DISK, since=over.since, until=now) if roomy else None


# --------------------------------------------------------------------------- what is said


def _outage(outage: Outage, vitals: Vitals, rules: AlertRules, free: int | None) -> Draft:
    key = f"{Letter.ALERT}:{outage.what}:{outage.since.astimezone(UTC).isoformat()}"
    return _draft(
        f"{key}:back" if outage.until else key,
        rules,
        stage="back" if outage.until else "stopped",
        what=outage.what.value,
        since=outage.since,
        until=outage.until,
        fault=last_fault(vitals, outage.what),
        free=free,
    )


def _credentials(vitals: Vitals, rules: AlertRules, today: date) -> Iterable[Draft]:
    for name, ends in rules.credentials:
        left = (ends - today).days
        come = [days for days in WARN_DAYS if left <= days]
        key = f"{Letter.ALERT}:{Trouble.CREDENTIAL}:{name}:{ends}:{min(come, default=0)}"
        if come and key not in vitals.warned:
            yield _draft(
                key,
                rules,
                stage="ends",
                what=Trouble.CREDENTIAL.value,
                name=name,
                ends=ends,
                left=left,
            )


def _draft(key: str, rules: AlertRules, **details: Any) -> Draft:
    part = Part(kind=Letter.ALERT, details=details)
    return Draft(key=key, kind=Letter.ALERT, to=rules.to, parts=(part,))
