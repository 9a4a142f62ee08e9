"""Acts on a mail that has not gone: in the outbox, or one that the clock would bring."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Protocol

from intake.desk.acts import Act, OnMail, Pause, Refused, Resume, SendNow, Skip
from intake.process import House
from model import Clocked, ClockRules, Conflict, Decision, Due, Letter, Wish, Wished
from notifier.due import at_once, coming, decide
from notifier.outline import clock
from store import Unsent

#: What a mail that is to come is, beside the states of the outbox.
TO_COME, PAUSED, SKIPPED = "to_come", "paused", "skipped"
_KEPT = {Wish.PAUSE: PAUSED, Wish.SKIP: SKIPPED}
_GONE = "This mail has gone meanwhile, or does not come any more."


class Shelf(Protocol):
    """Where mails are looked up: in a transaction, or for looking only."""

    def unsent_one(self, key: str) -> Unsent | None:
        """A mail in the outbox that has not gone."""

    def clocked_one(self, key: str) -> Clocked | None:
        """A consultation that the clock watches."""

    def blocked(self) -> frozenset[str]:
        """The addresses that get no mail, in lower case."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mail:
    """All that is known of a mail that has not gone: it is `written`, or else `due`."""

    key: str
    clock: ClockRules
    today: date
    written: Unsent | None = None
    one: Clocked | None = None  #: the consultation, of one that is to come
    due: Due | None = None  #: as the clock would bring it on its day
    blocked: frozenset[str] = frozenset()  #: addresses that get no mail

    @property
    def about(self) -> str | None:
        """Key of the consultation that it is about."""
        if self.written:
            return next((c.key for c in self.written.about), None)
        return self.one.consultation.key if self.one else None

    @property
    def wished(self) -> Wished | None:
        """Who paused or skipped it."""
        if self.written:
            return self.written.wished
        return wish_of(self.one, self.key) if self.one else None

    @property
    def state(self) -> str:
        """As the page shows it."""
        if self.written:
            return self.written.state
        return state_of(self.wished)


def wish_of(one: Clocked, key: str) -> Wished | None:
    """What was wished of a mail to come: of itself, or of all about its consultation."""
    return one.wishes.get(key) or one.wishes.get(one.consultation.key)


def state_of(wished: Wished | None) -> str:
    """The state of a mail to come."""
    return _KEPT[wished.wish] if wished else TO_COME


# --------------------------------------------------------------------------- gathering


def find_mail(
    house: House, shelf: Shelf, key: str, about: str | None, now: datetime
) -> Mail | None:
    """A mail that has not gone. `about`: key of its consultation. None: there is none."""
    written = shelf.unsent_one(key)
    one = shelf.clocked_one(about) if about and written is None else None
    today = house.rules.local_date(now)
    due = coming(one, key, house.clock, today) if one else None
    if written is None and due is None:
        return None
    return Mail(
        key=key,
        clock=house.clock,
        today=today,
        written=written,
        one=one,
        due=due,
        blocked=shelf.blocked(),
    )


def known_mail(house: House, shelf: Shelf, act: Act, doing: OnMail, now: datetime) -> Mail:
    """The mail of an act. Raises `Conflict` where it is not as it was shown any more."""
    mail = find_mail(house, shelf, doing.key, act.consultation, now)
    if mail is None:
        raise Conflict(_GONE)
    if doing.seen not in (None, mail.state):
        raise Conflict(_changed(house, mail))
    return mail


def _changed(house: House, mail: Mail) -> str:
    wished = mail.wished
    if wished is None or wished.at is None:
        return "This has changed since you opened it: look at it again."
    local = wished.at.astimezone(house.rules.zone)
    if wished.by_itself:
        return "This email is not needed any more, so it does not go. Look at it again."
    why = f" ({wished.why})" if wished.why else ""
    did = f"{wished.who} {_KEPT[wished.wish]} this on {local.day} {local:%B} at {clock(local)}{why}"
    return f"{did}. Look at it again."


# --------------------------------------------------------------------------- judging


def can(mail: Mail, doing: type[OnMail]) -> bool:
    """Whether an act makes sense for a mail as it stands."""
    written, to_come = _STATES[doing]
    return mail.state in (written if mail.written else to_come)


def judge_mail(mail: Mail, doing: OnMail, why: str) -> Decision:
    """What follows from an act on a mail. Raises `Refused` where it cannot be done as it stands."""
    if not can(mail, type(doing)):
        raise Refused(_STANDS.get(mail.state, _GONE))
    return replace(_RULES[type(doing)](mail, why), outcome=doing.name)


def _pause(mail: Mail, _why: str) -> Decision:
    return _wishing(mail, Wish.PAUSE, key=None if mail.written else mail.about)


def _resume(mail: Mail, _why: str) -> Decision:
    return _wishing(mail, Wish.RESUME, key=mail.wished.key if mail.wished else None)


def _skip(mail: Mail, why: str) -> Decision:
    if not why.strip():
        raise Refused("Give a reason: it is kept in the audit trail.")
    return _wishing(mail, Wish.SKIP)


def _send_now(mail: Mail, _why: str) -> Decision:
    if mail.written:
        _reaches(mail, mail.written.recipients)
        return _wishing(mail, Wish.SEND)
    assert mail.due
    assert mail.one
    _not_too_early(mail.due, mail.today)
    decision = decide(at_once(mail.due, mail.one, mail.today), mail.clock)
    _reaches(mail, goes_to(decision))
    return replace(decision, wished=_wishing(mail, Wish.SEND).wished)


def goes_to(decision: Decision) -> tuple[str, ...]:
    """The addresses that its mails go to."""
    return tuple(a.email for draft in decision.drafts for a in (*draft.to, *draft.cc))


def _wishing(mail: Mail, wish: Wish, key: str | None = None) -> Decision:
    number = mail.written.id if mail.written else None
    wished = Wished(wish=wish, key=key or mail.key, consultation=mail.about, outgoing=number)
    about = (mail.about,) if mail.about else ()
    return Decision(kind=None, outcome="", wished=(wished,), about=about)


def _reaches(mail: Mail, recipients: tuple[str, ...]) -> None:
    if recipients and all(address.lower() in mail.blocked for address in recipients):
        raise Refused(_STANDS["held"])


def _not_too_early(due: Due, today: date) -> None:
    """A letter about outcomes speaks of a consultation that is over."""
    end = due.consultation.end_date
    if due.what in (Letter.COMPLETION_NOTE, Letter.CHASER) and end and today <= end:
        until = f"{end.day} {end:%B %Y}"
        raise Refused(f"The consultation goes on until {until}: this email speaks of its end.")


_STANDS = {
    TO_COME: "This email was not paused or skipped.",
    "waiting": "This email is not paused.",
    "claimed": "This email is being sent just now.",
    "handing_over": "This email is being sent just now.",
    "held": "Mail to its people came back, so it is held: see the queue.",
    PAUSED: "This email is paused already.",
    SKIPPED: "This email was skipped already.",
    "failed": "The server did not take this email: see the queue.",
    "uncertain": "Nobody knows whether this email arrived: see the queue.",
}
#: In which states a mail can be for each act: in the outbox, and to come.
_STATES: dict[type[OnMail], tuple[frozenset[str], frozenset[str]]] = {
    Pause: (frozenset({"waiting", "held"}), frozenset({TO_COME})),
    Resume: (frozenset({PAUSED}), frozenset({PAUSED, SKIPPED})),
    SendNow: (frozenset({"waiting", PAUSED}), frozenset({TO_COME, PAUSED, SKIPPED})),
    Skip: (frozenset({"waiting", "held", PAUSED}), frozenset({TO_COME, PAUSED})),
}
_RULES: dict[type[OnMail], Callable[[Mail, str], Decision]] = {
    Pause: _pause,
    Resume: _resume,
    SendNow: _send_now,
    Skip: _skip,
}
