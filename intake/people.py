"""Who belongs to a consultation and who is answered (process section "People")."""

from __future__ import annotations

import re

from model import Address, Attachment, InboundEmail, Person, Role, Rules, Submission

#: An address that any server takes as it stands (RFC 5321 4.1.2, without quoted local parts).
_PLAIN = re.compile(r"[^\s@<>()\[\]\",;:\\\x00-\x20\x7f-\U0010ffff]+@[A-Za-z0-9.-]+")

_NO_REPLY = re.compile(
    r"^(?:no|do[-_.]?not|dont)[-_.]?reply\b|^(?:mailer-daemon|postmaster|bounces?)(?:[-+=.@]|$)",
    re.IGNORECASE,
)


def answerable(address: Address | None, rules: Rules) -> bool:
    """Whether a mail may ever go to this address: never to none, to a no-reply one, or to us."""
    return (
        address is not None
        and _PLAIN.fullmatch(address.email) is not None
        and address.email not in rules.our_addresses
        and not _NO_REPLY.match(address.email)
    )


def people_of(
    email: InboundEmail, form: Submission, file: Attachment, rules: Rules
) -> tuple[Person, ...]:
    """The people whom a Form 1's mail makes: its From, the form's own address, the Cc's.

    The address in the form counts only where its domain is the sender's, or where it is the From of
    the forwarded original.
    """
    if email.sender is None:
        return ()
    found = [Person(address=email.sender, role=Role.SENDER)]
    lead = lead_worker(email, form, file)
    if lead:
        found.append(Person(address=lead, role=Role.FORM))
    found += [Person(address=a, role=Role.CC) for a in copies(email, rules)]
    return join((), tuple(found))


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


def copies(email: InboundEmail, rules: Rules) -> tuple[Address, ...]:
    """The Cc's of a mail that an answer keeps: other people's, not ours."""
    return tuple(a for a in email.cc if answerable(a, rules) and a != email.sender)


def join(old: tuple[Person, ...], new: tuple[Person, ...]) -> tuple[Person, ...]:
    """Both, each address once, the earlier role kept."""
    by_address = {p.address.email: p for p in reversed((*old, *new))}
    return tuple(by_address[e] for e in dict.fromkeys(p.address.email for p in (*old, *new)))


def recipients(
    email: InboundEmail, forwarded_for: Address | None, rules: Rules
) -> tuple[tuple[Address, ...], tuple[Address, ...]]:
    """(To, Cc) of an answer: to the lead worker of a forwarded form, with a copy to its sender."""
    sender: tuple[Address, ...] = (email.sender,) if email.sender else ()
    to = (forwarded_for,) if forwarded_for else sender
    cc = (*(sender if forwarded_for else ()), *copies(email, rules))
    to = tuple(a for a in to if answerable(a, rules))
    taken = {a.email for a in to}
    cc = tuple({a.email: a for a in cc if answerable(a, rules) and a.email not in taken}.values())
    return to, cc
