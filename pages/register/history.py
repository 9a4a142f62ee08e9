"""The audit trail of a consultation in plain words."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from model import PROGRAM, SENT_ON, Letter, Reason
from notifier.due import told_by
from notifier.reasons import REASONS
from pages.look import day
from pages.plain import LETTERS
from store import AuditEntry, MailLine

#: What of each event is told; an event that is not here is told by its own name.
_TOLD: dict[str, str] = {
    "incomplete": "Came as a draft: answers are missing",
    "similar_found": "Similar work was found: waits for PROCEED or WITHDRAW",
    "registered": "Registered",
    "confirmed": "Confirmed: it goes ahead",
    "withdrawn": "Withdrawn",
    "extended": "Outcomes may come later",
    "stopped": "Reminders were stopped",
    "reminders_again": "Reminders come again",
    "outcomes_logged": "Outcomes came in",
    "people_changed": "Its people were changed",
    "away": "An automatic reply said until when the lead worker is away",
    "blocked": "An address gets no more mail, as one came back",
    "unblocked": "An address gets mail again",
    "taken_over": "Taken over from whoever was at it",
}
#: What the desk did, by the kind of act: in the trail where it has nothing else of it.
DONE: dict[str, str] = {
    "reply": "A person wrote to them",
    "ask_again": "They were asked again",
    "set_aside": "A question was set aside",
    "link": "An email was linked to it",
    "accept": "A form was accepted",
    "say": "A word was said on their behalf",
    "remind_again": "Reminders were started again",
    "edit": "Answers were changed",
    "merge": "It was merged",
    "separate": "It was separated again",
    "change_people": "Its people were changed",
    "pause": "Emails were paused",
    "resume": "Emails went again",
    "send_now": "An email was let go before its time",
    "skip": "An email was skipped",
    "send_again": "An email of ours was let go again",
}
#: What was done to emails: to all that the clock would bring, and to one.
_OF_EMAILS: dict[str, tuple[str, str]] = {
    "paused": ("All reminders about it were paused", "An email was paused"),
    "resumed": ("Reminders about it go again", "An email goes again"),
    "sent_now": ("Reminders were let go", "An email was let go before its time"),
    "skipped": ("All reminders about it were skipped", "An email was skipped"),
    "sent_again": ("Reminders were let go again", "An email was let go again"),
}
#: What the program skipped by itself.
_OVERTAKEN = ("Reminders about it were not needed any more", "An email was not needed any more")
#: What it skipped as it went to a right address instead.
_SENT_ON = "An email was written again for the right address"


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What the lines of a trail are about: a consultation, and the emails written about it."""

    consultation: str = ""  #: its key
    emails: Mapping[str, str] = field(default_factory=dict)  #: key -> what it is

    @classmethod
    def of(cls, key: str, mails: Iterable[MailLine]) -> Known:
        """A consultation's."""
        ours = (mail for mail in mails if mail.key)
        named = {m.key: f"{LETTERS.get(Letter(m.kind))} (“{m.subject}”)" for m in ours}
        return cls(consultation=key, emails=named)

    def did(self, entry: AuditEntry) -> str:
        """What was done to an email, or to all reminders."""
        key = str(entry.detail.get("mail") or "")
        everything, one = _OVERTAKEN if _by_itself(entry) else _OF_EMAILS[entry.act]
        if self.was_sent_on(entry):
            one = _SENT_ON
        if key == self.consultation:
            return everything
        which = self.emails.get(key) or _to_come(key)
        return f"{one}: {which}" if which else one

    def was_sent_on(self, entry: AuditEntry) -> bool:
        """Whether what the program skipped was written again, to another address (by its key)."""
        begins = f"{entry.detail.get('mail')}{SENT_ON}"
        return _by_itself(entry) and any(key.startswith(begins) for key in self.emails)


_OF_NOTHING = Known()


def _to_come(key: str) -> str:
    """What an email is that the clock would bring, by its key; "" if unknown."""
    told = told_by(key)
    if told is None:
        return ""
    kind, on = told
    return f"{LETTERS[kind]}{f' of {day(on)}' if on else ''}, to the lead worker"


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """One line of the trail, in words."""

    at: datetime
    who: str
    what: str
    why: str = ""
    exception: int | None = None


def told(entries: Iterable[AuditEntry], known: Known = _OF_NOTHING) -> tuple[Told, ...]:
    """The lines in their order; what a person did is one line with what came of it."""
    lines = list(entries)
    seen = {(one.at, one.who) for one in lines if one.act not in ("desk", "held", "settled")}
    wanted = (one for one in lines if one.act != "desk" or (one.at, one.who) not in seen)
    return tuple(_told(one, known) for one in wanted)


def since(entries: Iterable[AuditEntry], at: datetime, who: str, known: Known) -> tuple[str, ...]:
    """What somebody did at one moment, and what the program skipped because of it."""
    then = (one for one in entries if one.at == at and (one.who == who or _by_itself(one)))
    return tuple(line.what for line in told((one for one in then if one.act != "settled"), known))


def _by_itself(entry: AuditEntry) -> bool:
    """Whether it is that a mail was not needed any more."""
    return entry.act == "skipped" and entry.who == PROGRAM


def _told(entry: AuditEntry, known: Known) -> Told:
    who = "the program" if entry.who == PROGRAM else entry.who
    why = str(entry.detail.get("why") or "")
    if entry.act in _OF_EMAILS:
        what = known.did(entry)
        why = "" if known.was_sent_on(entry) else why
    else:
        tell = _SENTENCES.get(entry.act)
        what = tell(entry.detail) if tell else _plain(entry.act)
    return Told(at=entry.at, who=who, what=what, why="" if entry.act == "settled" else why)


def _plain(act: str) -> str:
    return _TOLD.get(act) or act.replace("_", " ").capitalize()


def _desk(detail: Mapping[str, Any]) -> str:
    return DONE.get(str(detail.get("act")), "Something was done at the desk")


def _undone(detail: Mapping[str, Any]) -> str:
    return f"Taken back: {_desk(detail).lower()}"


def _held(detail: Mapping[str, Any]) -> str:
    reason = str(detail.get("reason") or "")
    told = REASONS[Reason(reason)] if reason in set(Reason) else reason
    return f"Waits for a person: {told.lower()}"


def _settled(detail: Mapping[str, Any]) -> str:
    why = str(detail.get("why") or "")
    return f"No longer waits for a person: {why.replace('_', ' ')}"


def _revised(detail: Mapping[str, Any]) -> str:
    return f"Form 1 was changed: revision {detail.get('revision')}"


def _merged(detail: Mapping[str, Any]) -> str:
    return f"Merged into {detail.get('into') or 'another consultation'}"


def _took_over(detail: Mapping[str, Any]) -> str:
    return f"{detail.get('merged') or 'A draft'} was merged into it"


def _separated(detail: Mapping[str, Any]) -> str:
    return f"Separated from {detail.get('from') or 'the other consultation'} again"


def _let_go(detail: Mapping[str, Any]) -> str:
    return f"{detail.get('merged') or 'A draft'} was separated from it again"


def _outcomes_revised(detail: Mapping[str, Any]) -> str:
    return f"Form 2 was changed: revision {detail.get('outcomes_revision')}"


_SENTENCES: dict[str, Callable[[Mapping[str, Any]], str]] = {
    "desk": _desk,
    "undone": _undone,
    "held": _held,
    "settled": _settled,
    "merged": _merged,
    "took_over": _took_over,
    "separated": _separated,
    "let_go": _let_go,
    "revised": _revised,
    "outcomes_revised": _outcomes_revised,
}
