"""What can be done about an exception: what its reason asks for comes first."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from model import Reason
from notifier.ready import About, Ready, filled_in, ready
from pages.look import words
from pages.queue.item import Item
from pages.undo import held_back, soon
from store import Acted

#: What an act is called on its button's block; its name is its place in the address.
TITLES: dict[str, str] = {
    "accept": "Put the form right and accept it",
    "link": "Link it to a consultation",
    "reply": "Answer",
    "ask-again": "Ask the sender again",
    "say": "Say a word for the lead worker",
    "address": "Put the address right",
    "send-again": "Send it again",
    "again": "Run it again",
    "set-aside": "Set it aside",
}

#: What each reason asks for first. What cannot be done for one exception is left out of it.
FIRST: dict[Reason, tuple[str, ...]] = {
    Reason.INCOMPLETE: ("accept", "ask-again"),
    Reason.UNREADABLE_DOCUMENT: ("reply", "ask-again"),
    Reason.NO_FORM: ("reply", "set-aside"),
    Reason.OUTCOMES_UNMATCHED: ("link", "ask-again"),
    Reason.NEEDS_ANSWER: ("reply", "say"),
    Reason.BOUNCED: ("address", "set-aside"),
    Reason.SENDER_UNVERIFIED: ("reply", "again"),
    Reason.SENDER_NOT_ALLOWED: ("again", "set-aside"),
    Reason.UNCONFIRMED: ("say", "ask-again"),
    Reason.OUTCOMES_OVERDUE: ("ask-again", "say"),
    Reason.TOO_MANY: ("set-aside",),
    Reason.DELIVERY_FAILED: ("send-again", "set-aside"),
    Reason.DELIVERY_UNCERTAIN: ("set-aside", "send-again"),
    Reason.NOT_FROM_A_PERSON: ("reply", "set-aside"),
    Reason.TOO_LARGE: ("reply", "set-aside"),
    Reason.FAILED: ("again", "set-aside"),
}

#: What setting aside means where it means more than that nothing is needed.
ASIDE: dict[Reason, tuple[str, str]] = {
    Reason.BOUNCED: ("The address is right: let it get mail again", ""),
    Reason.DELIVERY_FAILED: ("It was settled another way", ""),
    Reason.DELIVERY_UNCERTAIN: ("It arrived", "It arrived"),
}

#: What was done, for whoever did it a moment ago.
DONE: dict[str, str] = {
    "accept": "the form was accepted",
    "link": "it was linked",
    "reply": "the answer goes out {soon}",
    "ask_again": "the sender is asked again {soon}",
    "say": "the word was put in",
    "change_people": "the address was put right",
    "send_again": "the email goes out again {soon}",
    "set_aside": "it was set aside",
}


#: When it goes, where everybody that it goes to gets no mail.
WAITS = "as soon as the address that came back gets mail again"


def done_words(act: Acted | None) -> str:
    """What was done; "" for nothing."""
    if act is None:
        return ""
    said = DONE.get(act.kind) or words(act.kind).lower()
    if "{soon}" not in said:
        return said
    return said.format(soon=WAITS if held_back(act) else soon())


_DELIVERY = frozenset({Reason.DELIVERY_FAILED, Reason.DELIVERY_UNCERTAIN})
#: What these are about asked for nothing, so nothing can be asked again.
_ASKED_NOTHING = frozenset({*_DELIVERY, Reason.BOUNCED, Reason.TOO_MANY, Reason.FAILED})


@dataclass(frozen=True, slots=True, kw_only=True)
class Ways:
    """The acts that an exception's page offers, by name."""

    first: tuple[str, ...]
    more: tuple[str, ...]


def ways(item: Item) -> Ways:
    """What can be done about an open exception, in the order of its page."""
    possible = [name for name in TITLES if _POSSIBLE[name](item)]
    first = tuple(name for name in FIRST[item.case.item.reason] if name in possible)
    return Ways(first=first, more=tuple(name for name in possible if name not in first))


def _asked(item: Item) -> bool:
    reachable = item.email is not None or item.case.consultation is not None
    return reachable and item.case.item.reason not in _ASKED_NOTHING


def _told_to(item: Item) -> bool:
    """Whether its reason says that its mail can be run again: where it cannot, that is said."""
    return item.state.mail_id is not None and "again" in FIRST[item.case.item.reason]


_POSSIBLE: dict[str, Callable[[Item], bool]] = {
    "accept": lambda item: item.form is not None,
    "link": lambda item: item.email is not None and not item.unread,
    "reply": lambda item: item.answerable,
    "ask-again": _asked,
    "say": lambda item: (
        bool(item.words) and (item.email is not None or item.case.consultation is not None)
    ),
    "address": lambda item: bool(item.wrong_addresses),
    "send-again": lambda item: (
        item.case.outgoing is not None and item.case.item.reason in _DELIVERY
    ),
    "again": lambda item: item.again or _told_to(item),
    "set-aside": lambda _item: True,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What the answer begins with, and what else it can begin with."""

    offered: tuple[Ready, ...]
    chosen: str  #: key of the ready answer that it begins with; "" for none
    subject: str
    text: str


def answer(item: Item, chosen: str) -> Answer:
    """The answer of an exception's page, begun with a ready one where one was chosen."""
    offered = ready(item.case.item.reason)
    found = next((one for one in offered if one.key == chosen), None)
    if found is None:
        return Answer(offered=offered, chosen="", subject=_about(item).re, text="")
    filled = filled_in(found, _about(item))
    return Answer(offered=offered, chosen=found.key, subject=filled.subject, text=filled.text)


def _about(item: Item) -> About:
    form = item.form.fields if item.form else {}
    record = item.case.consultation
    return About(
        subject=item.case.item.subject,
        title=item.title or str(form.get("title") or ""),
        reference=(record.reference if record else None) or "",
        missing=item.asked,
        likely=tuple(f"{one.title} ({one.reference})" for one in item.likely if one.theirs),
    )
