"""Every mail of the next four weeks: those in the outbox, and those that the clock will bring."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import partial
from itertools import chain

from flask import current_app

from intake.desk.outgoing import Mail, state_of
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
#: What a list can be narrowed to: a name for the address, its words, and the states in it.
SHOWN: dict[str, tuple[str, frozenset[str]]] = {
    "paused": ("Paused", frozenset({"paused"})),
    "skipped": ("Skipped", frozenset({"skipped"})),
    "stuck": ("Held, or not delivered", frozenset({"held", "failed", "uncertain"})),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One mail of the list; or an exception that the clock will open, which has no page yet."""

    key: str
    on: date | None  #: None: it does not go by itself
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
    """The whole list: first what does not go by itself, then by the days."""
    now, views = site().now(), site().store.views
    today = site().house.rules.local_date(now)
    blocked, held = views.blocked(), site().store.restored.sending_held()
    written = [_written(mail, now, today, held) for mail in views.unsent()]
    to_come = [_to_come(due, blocked) for due in _ahead(today)]
    return tuple(sorted([*written, *to_come], key=lambda line: line.on or date.min))


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
    now, views = site().now(), site().store.views
    today, held = site().house.rules.local_date(now), site().store.restored.sending_held()
    return tuple(_written(mail, now, today, held) for mail in views.unsent_about(key))


def skipped() -> tuple[Line, ...]:
    """What was written and then skipped, the latest first."""
    now = site().now()
    today = site().house.rules.local_date(now)
    return tuple(_written(mail, now, today, False) for mail in site().store.views.skipped())


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


def _written(mail: Unsent, now: datetime, today: date, sending_held: bool) -> Line:
    goes = mail.state in ("waiting", "claimed", "handing_over") and not sending_held
    on = max(site().house.rules.local_date(mail.next_attempt_at), today)
    return Line(
        key=mail.key,
        on=on if goes else None,
        what=LETTERS[mail.kind],
        to=mail.recipients,
        about=mail.about,
        because=partial(why_unsent, mail, now, sending_held),
        state=mail.state,
        exception=mail.exception,
    )


def why_unsent(mail: Unsent, now: datetime, sending_held: bool) -> str:
    """Why a mail in the outbox has not gone, and when it will."""
    if mail.wished:
        return said(mail.wished)
    if mail.state in _STANDS:
        server = f" The server said: {mail.last_error}" if mail.last_error else ""
        return _STANDS[mail.state] + server
    if sending_held:
        return "Nothing is sent until somebody says so, after a restore."
    if mail.next_attempt_at <= now:
        return "It goes within a minute." if sends() else f"It goes {soon()}."
    at = moment(mail.next_attempt_at)
    if mail.capped:
        return f"So many may go in a day to {waits_for(mail.capped)}. Its turn: {at}."
    if mail.attempts:
        times = "once" if mail.attempts == 1 else f"{mail.attempts} times"
        return f"Tried {times}; again on {at}. The server said: {mail.last_error or 'nothing'}"
    return f"It goes on {at}: until then, who wrote it can take it back."


_STANDS = {
    "claimed": "It is going just now.",
    "handing_over": "It is going just now.",
    "held": "Mail to all its people came back. It goes when the queue lets them have mail again.",
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
            because=partial(because, due),
            state="to_come",
            is_mail=False,
        )
    to = tuple(a.email for group in written_to(due.consultation) for a in group)
    reached = any(address.lower() not in blocked for address in to)
    return Line(
        key=due.key,
        on=due.goes_on,
        what=LETTERS[Letter(due.what)],
        to=to,
        about=named,
        because=partial(because, due, reached=reached),
        state=state_of(due.wished) if due.wished or reached else "held",
    )


def because(due: Due, *, reached: bool = True) -> str:
    """Why the clock brings it, and on another day than its own; or who keeps it back."""
    if due.wished:
        return said(due.wished)
    why = due.why[:1].upper() + due.why[1:]
    if due.with_form:
        why += ", with Form 2 filled in"
    why += "."
    if due.goes_on != due.due_on:
        why += f" That was {due.due_on:%A} {day(due.due_on)}: it goes on the next working day."
    return why if reached else f"{why} {_STANDS['held']}"
