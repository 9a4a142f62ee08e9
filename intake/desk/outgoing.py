"""Acts on a mail that has not gone: in the outbox, or one that the clock would bring."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime

from intake.desk.acts import Act, OnMail, Pause, Refused, Resume, SendNow, Skip
from intake.process import House
from model import Clocked, ClockRules, Conflict, Decision, Due, Letter, Wish, Wished
from notifier.due import at_once, decide
from store import Transaction, Unsent

#: What a mail that is to come is, beside the states of the outbox.
TO_COME, PAUSED, SKIPPED = "to_come", "paused", "skipped"
_KEPT = {Wish.PAUSE: PAUSED, Wish.SKIP: SKIPPED}
_GONE = "This mail has gone meanwhile, or does not come any more."


@dataclass(frozen=True, slots=True, kw_only=True)
class Mail:
    """All that is known of the mail that an act is about: it is `written`, or else `due`."""

    key: str
    clock: ClockRules
    today: date
    written: Unsent | None = None
    one: Clocked | None = None  #: the consultation, of one that is to come
    due: Due | None = None
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


def known_mail(
    house: House, transaction: Transaction, act: Act, doing: OnMail, now: datetime
) -> Mail:
    """What is known of a mail. Raises `Conflict` where it is not as it was shown any more."""
    written = transaction.unsent(doing.key)
    one = transaction.clocked_one(act.consultation) if act.consultation and not written else None
    today = house.rules.local_date(now)
    mail = Mail(
        key=doing.key,
        clock=house.clock,
        today=today,
        written=written,
        one=one,
        due=at_once(one, doing.key, house.clock, today) if one else None,
        blocked=transaction.blocked(),
    )
    if mail.written is None and mail.due is None:
        raise Conflict(_GONE)
    if doing.seen not in (None, mail.state):
        raise Conflict(_changed(house, mail))
    return mail


def _changed(house: House, mail: Mail) -> str:
    wished = mail.wished
    if wished is None or wished.at is None:
        return "This has changed since you opened it: look at it again."
    local = wished.at.astimezone(house.rules.zone)
    why = f" ({wished.why})" if wished.why else ""
    did = f"{wished.who} {_KEPT[wished.wish]} this on {local.day} {local:%B} at {local:%H:%M}{why}"
    return f"{did}. Look at it again."


# --------------------------------------------------------------------------- judging


def judge_mail(mail: Mail, doing: OnMail, why: str) -> Decision:
    """What follows from an act on a mail. Raises `Refused` where it cannot be done as it stands."""
    return replace(_RULES[type(doing)](mail, why), outcome=doing.name)


def _pause(mail: Mail, _why: str) -> Decision:
    if mail.written:
        _in(mail, "waiting", "held")
        return _wishing(mail, Wish.PAUSE)
    if mail.one and mail.one.consultation.key in mail.one.wishes:
        raise Refused("All reminders about this consultation are paused already.")
    return _wishing(mail, Wish.PAUSE, key=mail.about)


def _resume(mail: Mail, _why: str) -> Decision:
    _in(mail, PAUSED, *(() if mail.written else (SKIPPED,)))
    return _wishing(mail, Wish.RESUME, key=mail.wished.key if mail.wished else None)


def _skip(mail: Mail, why: str) -> Decision:
    if not why.strip():
        raise Refused("Give a reason: it is kept in the audit trail.")
    _in(mail, TO_COME, "waiting", "held", PAUSED)
    return _wishing(mail, Wish.SKIP)


def _send_now(mail: Mail, _why: str) -> Decision:
    _in(mail, TO_COME, "waiting", PAUSED, *(() if mail.written else (SKIPPED,)))
    if mail.written:
        _reaches(mail, mail.written.recipients)
        return _wishing(mail, Wish.SEND)
    assert mail.due
    _not_too_early(mail.due, mail.today)
    decision = decide(mail.due, mail.clock)
    to = tuple(a.email for draft in decision.drafts for a in (*draft.to, *draft.cc))
    _reaches(mail, to)
    return replace(decision, wished=_wishing(mail, Wish.SEND).wished)


def _wishing(mail: Mail, wish: Wish, key: str | None = None) -> Decision:
    number = mail.written.id if mail.written else None
    wished = Wished(wish=wish, key=key or mail.key, consultation=mail.about, outgoing=number)
    about = (mail.about,) if mail.about else ()
    return Decision(kind=None, outcome="", wished=(wished,), about=about)


def _in(mail: Mail, *states: str) -> None:
    """Raises `Refused` saying how it stands, if it is in none of these states."""
    if mail.state not in states:
        raise Refused(_STANDS.get(mail.state, _GONE))


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
_RULES: dict[type[OnMail], Callable[[Mail, str], Decision]] = {
    Pause: _pause,
    Resume: _resume,
    SendNow: _send_now,
    Skip: _skip,
}
