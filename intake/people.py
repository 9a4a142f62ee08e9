"""Who belongs to a consultation and who is answered (process section "People")."""

from __future__ import annotations

from dataclasses import replace

from model import (
    Address,
    Attachment,
    Consultation,
    InboundEmail,
    Person,
    Role,
    Rules,
    Submission,
)
from notifier.gate import may_go_to


def answerable(address: Address | None, rules: Rules) -> bool:
    """Whether a mail may ever go to this address: never to none, to a no-reply one, or to us."""
    return address is not None and may_go_to(address.email, rules.our_addresses)


def people_of(
    email: InboundEmail, form: Submission, file: Attachment, rules: Rules
) -> tuple[Person, ...]:
    """The people whom a Form 1's mail makes: its From, the form's own address, the Cc's.

    The address in the form counts only where its domain is the sender's, or where it is the From of
    the forwarded original. Whoever the answers go to comes first.
    """
    if email.sender is None:
        return ()
    found = [Person(address=email.sender, role=Role.SENDER)]
    lead = lead_worker(email, form, file)
    if lead:
        at = 0 if answered_for(email, form, file) else 1
        found.insert(at, Person(address=lead, role=Role.FORM))
    found += [Person(address=a, role=Role.CC) for a in copies(email, rules)]
    return join((), tuple(found))


def answered_for(email: InboundEmail, form: Submission, file: Attachment) -> Address | None:
    """The lead worker whom the answer to a forwarded form goes to; None: its sender is answered."""
    lead = lead_worker(email, form, file) if file.forwarded_from else None
    return lead if lead and email.sender and lead.email != email.sender.email else None


def lead_worker(email: InboundEmail, form: Submission, file: Attachment) -> Address | None:
    """The address in the form, if it may count (see `people_of`)."""
    given = form["email"]
    if not given or email.sender is None:
        return None
    address = Address(email=given.lower(), name=form["lead_worker"] or "")
    original = file.forwarded_from
    if address.domain == email.sender.domain or (original and original.email == address.email):
        return address
    return None


def people_as_given(known: Consultation, form: Submission) -> tuple[Person, ...]:
    """Its people: a form that names another contact than the last one did counts for more again."""
    before = known.form1 or {}
    if all(before.get(key) == form[key] for key in ("lead_worker", "email")):
        return known.people
    return without_contact(known.people)


def with_contact(people: tuple[Person, ...], contact: Address | None) -> tuple[Person, ...]:
    """With one of them as the named contact, in the place of Form 1's own; None: with none."""
    return tuple(
        Person(address=contact, role=Role.CONTACT)
        if contact is not None and person.address.email == contact.email
        else person
        for person in without_contact(people)
    )


def without_contact(people: tuple[Person, ...]) -> tuple[Person, ...]:
    """The same people, with nobody that the office made the named contact."""
    return tuple(
        replace(person, role=Role.FORM) if person.role is Role.CONTACT else person
        for person in people
    )


def reminded(consultation: Consultation) -> str | None:
    """The address that reminders go to."""
    lead = consultation.lead_worker
    return lead.email if lead else None


def copies(email: InboundEmail, rules: Rules) -> tuple[Address, ...]:
    """The Cc's of a mail that an answer keeps: other people's, not ours."""
    return tuple(a for a in email.cc if answerable(a, rules) and a != email.sender)


def join(old: tuple[Person, ...], new: tuple[Person, ...]) -> tuple[Person, ...]:
    """Both, each address once, the earlier role kept."""
    by_address = {p.address.email: p for p in reversed((*old, *new))}
    return tuple(by_address[e] for e in dict.fromkeys(p.address.email for p in (*old, *new)))


def recipients(
    email: InboundEmail,
    leads: tuple[Address, ...],
    rules: Rules,
    also: tuple[Address, ...] = (),
) -> tuple[tuple[Address, ...], tuple[Address, ...]]:
    """(To, Cc) of an answer: to the lead workers of forwarded forms, with a copy to the sender.

    Without any it is to the sender. The Cc's are kept, and `also` get a copy.
    """
    sender: tuple[Address, ...] = (email.sender,) if email.sender else ()
    to = _each_once(leads or sender, rules)
    taken = {a.email for a in to}
    others = _each_once((*sender, *copies(email, rules), *also), rules)
    return to, tuple(a for a in others if a.email not in taken)


def _each_once(addresses: tuple[Address, ...], rules: Rules) -> tuple[Address, ...]:
    return tuple({a.email: a for a in addresses if answerable(a, rules)}.values())
