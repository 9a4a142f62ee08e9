"""What was filled in about an exception, as the act that is meant by it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from intake.desk import (
    Accept,
    AskAgain,
    ChangePeople,
    Doing,
    Link,
    Reply,
    Say,
    SendAgain,
    SetAside,
)
from model import Address, Conflict, Person, Word
from pages.acting import Sent, Wrong, typed_date
from pages.fields import changed
from pages.queue.item import Item
from pages.site import site
from parsers.numbers import read_email
from parsers.references import parse

#: Where to look when an act is refused, unless it is said otherwise.
FIRST_INPUTS = {
    "link": "to",
    "reply": "text",
    "say": "word",
    "address": "address-0",
    "set-aside": "why-aside",
}


def reference(typed: str) -> str:
    """A reference as it is kept, though it be written otherwise."""
    return parse(typed, site().house.rules.reference_prefix) or typed.strip()


def _accept(item: Item, sent: Sent) -> Doing:
    return Accept(fields=changed(item.form, sent) if item.form else {})


def _link(_item: Item, sent: Sent) -> Doing:
    to = reference(sent.get("to", ""))
    if not to:
        raise Wrong(("to", "Say which consultation it belongs to."))
    return Link(to=to)


def _reply(_item: Item, sent: Sent) -> Doing:
    text = sent.get("text", "").replace("\r\n", "\n")
    for name, typed, what in (
        ("subject", sent.get("subject", ""), "a subject"),
        ("text", text, "a text"),
    ):
        if not typed.strip():
            raise Wrong((name, f"The answer needs {what}."))
    return Reply(subject=sent.get("subject", ""), text=text, settles="settles" in sent)


def _say(_item: Item, sent: Sent) -> Doing:
    try:
        word = Word(sent.get("word", ""))
    except ValueError:
        raise Wrong(("word", "Choose one of the words.")) from None
    return Say(
        word=word, until=typed_date(sent, "until", "31 May 2027") if word is Word.EXTEND else None
    )


def _address(item: Item, sent: Sent) -> Doing:
    """Its people, with the right address in the place of each that mail came back from."""
    wrong = item.wrong_addresses
    if sent.get("was", "") != " ".join(wrong):
        raise Conflict("Its people were changed since you opened it: look at it again.")
    right = {old: sent.get(f"address-{n}", "").strip() for n, old in enumerate(wrong)}
    for n, typed in enumerate(right.values()):
        if typed and read_email(typed) != typed:
            raise Wrong((f"address-{n}", "Give a full address, such as jo.smith@example.org."))
    if not any(right.values()):
        raise Wrong(("address-0", "Give the right address."))
    names = {old: sent.get(f"name-{n}", "").strip() for n, old in enumerate(wrong) if right[old]}
    known = item.case.consultation.people if item.case.consultation else ()
    people = {person.address.email: person for person in known}
    put_right = {
        old: _put_right(person, right.get(old, ""), names.get(old, ""))
        for old, person in people.items()
    }
    corrected = {old: put_right[old].address for old, new in right.items() if new}
    return ChangePeople(
        people=tuple(put_right.values()),
        instead=corrected,
        send_on="send-on" in sent,
        tell=any(names.values()),
    )


def _put_right(person: Person, email: str, name: str) -> Person:
    address = Address(email=email.lower(), name=name or person.address.name)
    return replace(person, address=address) if email else person


DOINGS: dict[str, Callable[[Item, Sent], Doing]] = {
    "accept": _accept,
    "link": _link,
    "reply": _reply,
    "ask-again": lambda _item, _sent: AskAgain(),
    "say": _say,
    "address": _address,
    "send-again": lambda _item, _sent: SendAgain(),
    "set-aside": lambda _item, _sent: SetAside(),
}
