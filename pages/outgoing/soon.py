"""Every mail of the next four weeks: those in the outbox, and those that the clock will bring."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import partial
from itertools import chain

from flask import current_app

from intake.desk.outgoing import SKIPPED, Mail, state_of
from model import Clocked, Consultation, Due, Letter, Reason
from notifier.due import forecast, written_to
from notifier.reasons import REASONS
from pages.look import day, moment, said
from pages.plain import LETTERS, waits_for
from pages.site import site
from pages.undo import sends, soon
from store import About, Unsent

#: How far is looked ahead.
AHEAD = timedelta(weeks=4)
#: The day of what will not go at all: the last of all.
NEVER = date.max
#: What a list can be narrowed to: a name for the address, its words, and the states in it.
SHOWN: dict[str, tuple[str, frozenset[str]]] = {
    "paused": ("Paused", frozenset({"paused"})),
    "skipped": ("Skipped", frozenset({"skipped"})),
    "unneeded": ("No longer needed", frozenset({"unneeded", "sent_on"})),
    "capped": ("Waiting for their turn", frozenset({"capped"})),
    "stuck": ("Held, or not delivered", frozenset({"held", "failed", "uncertain"})),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One mail of the list; or an exception that the clock will open, which has no page yet."""

    key: str
    on: date | None  #: None: it does not go by itself; `NEVER`: not at all
    what: str
    to: tuple[str, ...]
    about: tuple[About, ...]
    because: Callable[[], str]  #: worked out for the lines that are shown
    state: str
    exception: int | None = None  #: of the queue, about its delivery
    is_mail: bool = True

    @property
    def why(self) -> str:
        """Why it goes, or does not."""
        return self.because()

    def has(self, words: str) -> bool:
        """Whether all of these words stand in it, in any case."""
        named = (part for one in self.about for part in (one.reference or "", one.title))
        everything = " ".join((self.what, *self.to, *named)).casefold()
        return all(word in everything for word in words.casefold().split())


def lines() -> tuple[Line, ...]:
    """The whole list: first what does not go by itself, then by the days, then what never goes."""
    views, how = site().store.views, _Standing.now()
    written = [_written(mail, how) for mail in (*views.unsent(), *views.skipped())]
    to_come = [_to_come(due, how.blocked) for due in _ahead(how.today)]
    return tuple(sorted([*written, *to_come], key=lambda line: line.on or date.min))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Standing:
    """What decides whether a mail in the outbox goes."""

    at: datetime
    today: date
    blocked: frozenset[str]  #: addresses that get no mail, in lower case
    sending_held: bool  #: after a restore

    @classmethod
    def now(cls) -> _Standing:
        """As things stand."""
        at, store = site().now(), site().store
        return cls(
            at=at,
            today=site().house.rules.local_date(at),
            blocked=store.views.blocked(),
            sending_held=store.restored.sending_held(),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Ahead:
    """What the clock will bring for each consultation, as it was worked out last."""

    today: date
    marker: tuple[int, int]
    of_each: tuple[tuple[Clocked, tuple[Due, ...]], ...]

    @property
    def dues(self) -> list[Due]:
        """All of it, in the order of the days."""
        found = chain.from_iterable(dues for _, dues in self.of_each)
        return sorted(found, key=lambda due: (due.goes_on, due.key))


def _ahead(today: date) -> list[Due]:
    """What the clock will bring; worked out anew for what changed, and all of it each day."""
    kept: _Ahead | None = current_app.extensions.get(_KEPT)
    marker = site().store.views.marker()
    if kept is None or (kept.today, kept.marker) != (today, marker):
        before = kept.of_each if kept and kept.today == today else ()
        kept = _Ahead(today=today, marker=marker, of_each=tuple(_of_each(before, today)))
        current_app.extensions[_KEPT] = kept
    return kept.dues


def _of_each(
    before: Sequence[tuple[Clocked, tuple[Due, ...]]], today: date
) -> Iterator[tuple[Clocked, tuple[Due, ...]]]:
    until, clock = today + AHEAD, site().house.clock
    known = {one.consultation.key: (one, dues) for one, dues in before}
    for one in site().store.views.clocked_soon(until, [one for one, _ in before]):
        then, dues = known.get(one.consultation.key, (None, ()))
        yield one, dues if then is one else forecast([one], clock, since=today, until=until)


_KEPT = "askonce_ahead"


def waiting_about(key: str) -> tuple[Line, ...]:
    """What is written about a consultation and has not gone."""
    how = _Standing.now()
    return tuple(_written(mail, how) for mail in site().store.views.unsent_about(key))


def by_day(found: Iterable[Line]) -> Iterator[tuple[date | None, list[Line]]]:
    """The lines of each day, in their order."""
    days: dict[date | None, list[Line]] = {}
    for line in found:
        days.setdefault(line.on, []).append(line)
    yield from days.items()


def about(mail: Mail) -> tuple[About, ...]:
    """The consultations that a mail is about."""
    if mail.written:
        return mail.written.about
    return (_named(mail.one.consultation),) if mail.one else ()


def _named(c: Consultation) -> About:
    return About(key=c.key, reference=c.reference, title=c.title)


# --------------------------------------------------------------------------- in the outbox


def _written(mail: Unsent, how: _Standing) -> Line:
    state = _state(mail, how)
    goes = state in ("waiting", "capped", "claimed", "handing_over") and not how.sending_held
    on = max(site().house.rules.local_date(mail.next_attempt_at), how.today) if goes else None
    return Line(
        key=mail.key,
        on=NEVER if mail.state == SKIPPED else on,
        what=LETTERS[mail.kind],
        to=mail.recipients,
        about=mail.about,
        because=partial(_why_unsent, mail, how),
        state=state,
        exception=mail.exception,
    )


def why_unsent(mail: Unsent) -> str:
    """Why a mail in the outbox has not gone, and when it will."""
    return _why_unsent(mail, _Standing.now())


def state_shown(key: str, state: str) -> str:
    """A mail of ours as pages show its state: of one that never goes, what became of it."""
    mail = site().store.views.unsent_one(key) if state in ("waiting", SKIPPED) else None
    return _state(mail, _Standing.now()) if mail else state


def _state(mail: Unsent, how: _Standing) -> str:
    if mail.state == SKIPPED and mail.wished and mail.wished.by_itself:
        return "sent_on" if mail.sent_on else "unneeded"
    if mail.state != "waiting":
        return mail.state
    if not _reached(mail.recipients, how.blocked):
        return "held"
    return "capped" if mail.cap(how.at) else "waiting"


def _reached(to: Collection[str], blocked: frozenset[str]) -> bool:
    return not to or any(address.lower() not in blocked for address in to)


def _kept_back(to: Iterable[str], *, about: bool) -> str:
    """That a mail does not go to these addresses as they stand, and what to do about it."""
    came_back = f"Email to {' and '.join(to)} came back, so this does not go there."
    right = "put the address right among the consultation’s people, or settle"
    do = f"{right if about else 'settle'} the item about it in the queue."
    return f"{came_back} {do[:1].upper()}{do[1:]}"


def _why_unsent(mail: Unsent, how: _Standing) -> str:
    if mail.sent_on:
        return "Does not go: it was written again for the right address"
    if mail.wished:
        return said(mail.wished)
    if mail.state in _STANDS:
        server = f" The server said: {mail.last_error}" if mail.last_error else ""
        return _STANDS[mail.state] + server
    if _state(mail, how) == "held":
        return _kept_back(mail.recipients, about=bool(mail.about))
    if how.sending_held:
        return "Nothing is sent until somebody says so, after a restore."
    is_due = mail.next_attempt_at <= how.at
    if cap := mail.cap(how.at):
        turn = "within a day" if is_due else f"on {moment(mail.next_attempt_at)}"
        full = f"As many emails as may go in 24 hours went to {waits_for(cap)}."
        return f"{full} It goes by itself {turn}."
    if is_due:
        return "It goes within a minute." if sends() else f"It goes {soon()}."
    at = moment(mail.next_attempt_at)
    if mail.attempts:
        times = "once" if mail.attempts == 1 else f"{mail.attempts} times"
        return f"Tried {times}; again on {at}. The server said: {mail.last_error or 'nothing'}"
    return f"It goes on {at}: until then, who wrote it can take it back."


_STANDS = {
    "claimed": "It is going just now.",
    "handing_over": "It is going just now.",
    "failed": "The server did not take it.",
    "uncertain": "Nobody knows whether it arrived.",
}


# --------------------------------------------------------------------------- to come


def _to_come(due: Due, blocked: frozenset[str]) -> Line:
    named = (_named(due.consultation),)
    if isinstance(due.what, Reason):
        told = f"Into the queue: {REASONS[due.what].lower()}"
        return Line(
            key=due.key,
            on=due.goes_on,
            what=told,
            to=(),
            about=named,
            because=partial(_because, due),
            state="to_come",
            is_mail=False,
        )
    to = tuple(a.email for group in written_to(due.consultation) for a in group)
    reached = _reached(to, blocked)
    return Line(
        key=due.key,
        on=due.goes_on,
        what=LETTERS[Letter(due.what)],
        to=to,
        about=named,
        because=partial(_because, due, "" if reached else _kept_back(to, about=True)),
        state=state_of(due.wished) if due.wished or reached else "held",
    )


def because(due: Due) -> str:
    """Why the clock brings it, and on another day than its own; or who or what keeps it back."""
    return _to_come(due, site().store.views.blocked()).why


def state_to_come(due: Due) -> str:
    """The state of what the clock will bring."""
    return _to_come(due, site().store.views.blocked()).state


def _because(due: Due, kept_back: str = "") -> str:
    if due.wished:
        return said(due.wished)
    why = due.why[:1].upper() + due.why[1:]
    if due.with_form:
        why += ", with Form 2 filled in"
    why += "."
    if due.goes_on != due.due_on:
        why += f" That was {due.due_on:%A} {day(due.due_on)}: it goes on the next working day."
    return f"{why} {kept_back}" if kept_back else why
