"""The audit trail of a consultation in plain words."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from model import Reason
from notifier.reasons import REASONS
from store import AuditEntry

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
    "paused": "Email to them was paused",
    "resumed": "Email to them goes again",
    "sent_now": "An email was sent before its time",
    "skipped": "An email to them was skipped",
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
    "change_people": "Its people were changed",
    "pause": "Email to them was paused",
    "resume": "Email to them went again",
    "send_now": "An email was sent before its time",
    "skip": "An email to them was skipped",
    "send_again": "An email of ours was sent again",
}
_OUR_PROGRAM = "askonce"


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """One line of the trail, in words."""

    at: datetime
    who: str
    what: str
    why: str = ""
    exception: int | None = None


def told(entries: Iterable[AuditEntry]) -> tuple[Told, ...]:
    """The lines in their order; what a person did is one line with what came of it."""
    lines = list(entries)
    seen = {(one.at, one.who) for one in lines if one.act not in ("desk", "held", "settled")}
    return tuple(_told(one) for one in lines if one.act != "desk" or (one.at, one.who) not in seen)


def since(entries: Iterable[AuditEntry], at: datetime, who: str) -> tuple[str, ...]:
    """What somebody did at one moment."""
    now = tuple(one for one in entries if (one.at, one.who) == (at, who) and one.act != "settled")
    return tuple(line.what for line in told(now))


def _told(entry: AuditEntry) -> Told:
    who = "the program" if entry.who == _OUR_PROGRAM else entry.who
    why = str(entry.detail.get("why") or "")
    what = _SENTENCES[entry.act](entry.detail) if entry.act in _SENTENCES else _plain(entry.act)
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


def _outcomes_revised(detail: Mapping[str, Any]) -> str:
    return f"Form 2 was changed: revision {detail.get('outcomes_revision')}"


_SENTENCES: dict[str, Callable[[Mapping[str, Any]], str]] = {
    "desk": _desk,
    "undone": _undone,
    "held": _held,
    "settled": _settled,
    "merged": _merged,
    "took_over": _took_over,
    "revised": _revised,
    "outcomes_revised": _outcomes_revised,
}
