"""One mail, one transaction: gather, decide, apply.

What was gathered before the transaction (the mail's own bytes, its forms) cannot change; what the
store knows is gathered inside it, under the register's lock, so that two twins that arrive together
do not miss each other and references have no gaps.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection
from dataclasses import dataclass, field, replace
from datetime import datetime

from intake.decide import decide
from intake.mailbox import Filed, Folder, Mailbox
from intake.message import read_mail, sender_of
from intake.outcomes import unplaced
from intake.overtaken import without_overtaken
from intake.similar import SimilarRules
from intake.similar.keeping import look_up
from intake.steps import Case, File
from model import (
    FORM1,
    FORM2,
    Attachment,
    ClockRules,
    Decision,
    Draft,
    Facts,
    Forms,
    Hold,
    InboundEmail,
    Kind,
    Office,
    OutgoingEmail,
    Question,
    Reading,
    Reason,
    Rules,
    Transient,
    where_it_failed,
)
from notifier.compose import compose
from parsers.references import find
from parsers.shown import Shown
from store import Store, StoredMail, Transaction

log = logging.getLogger(__name__)

Read = Callable[[str, bytes], Reading]
Show = Callable[[str, bytes], Shown | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class House:
    """What handling a mail works with, wired once at the front door."""

    store: Store
    rules: Rules
    office: Office
    forms: Forms
    read: Read  #: (file name, bytes) -> what reading the file gave
    show: Show = lambda _name, _data: None  #: the same -> what it looks like
    similar: SimilarRules = field(default_factory=SimilarRules)
    clock: ClockRules = field(default_factory=ClockRules)
    authserv_id: str = ""
    trust_internal: bool = False


# --------------------------------------------------------------------------- mailbox -> store


def take_in(
    mailbox: Mailbox,
    house: House,
    *,
    since: datetime | None,
    go_on: Callable[[], bool] = lambda: True,
) -> int:
    """Store every mail that waits in a mailbox: bytes and ledger row in one commit each.

    Mails larger than `Rules.largest` are stored by their headers alone. `go_on` is asked after each
    mail whether there is time for the next. Returns how many were new.
    """
    taken = 0
    for ref in mailbox.waiting(since, lambda validity: house.store.known(mailbox.name, validity)):
        large = ref.size > house.rules.largest
        raw = mailbox.fetch_headers(ref) if large else mailbox.fetch(ref)
        if raw is not None:
            taken += house.store.keep(ref, raw, headers_only=large, sender=sender_of(raw))
        if not go_on():
            break
    return taken


def file_away(mailbox: Mailbox, store: Store, *, go_on: Callable[[], bool] = lambda: True) -> None:
    """Move handled mails out of the inbox: only after their row is committed; safe to repeat.

    `go_on` is asked after each mail whether there is time for the next.
    """
    for done in store.to_file():
        if done.ref.mailbox == mailbox.name:
            folder = Folder.EXCEPTIONS if done.to_exceptions else Folder.PROCESSED
            store.filed(done.id, mailbox.file(done.ref, folder, done.message_id))
            if not go_on():
                break


def leave_the_rest(mailboxes: Collection[str], store: Store) -> None:
    """Mails that came from none of these mailboxes stay where they are.

    Those that were taken in from the folders after a restore, or from a mailbox of old settings.
    """
    for done in store.to_file():
        if done.ref.mailbox not in mailboxes:
            store.filed(done.id, Filed.LEFT)


# --------------------------------------------------------------------------- store -> decision


def process_one(house: House, now: datetime) -> bool:
    """Handle the oldest mail not handled yet. Returns whether there was one.

    A mail that makes our code fail becomes the exception `failed`; `Transient` faults are raised
    for the caller to try again later, with nothing half done.
    """
    stored = house.store.claim_mail(now)
    if stored is None:
        return False
    try:
        handle(house, stored, now)
    except Transient:
        raise
    except Exception as fault:
        said = {"event": "mail_failed", "mail": stored.id, "fault": where_it_failed(fault)}
        log.error("mail %(mail)d: %(fault)s; it is in the queue", said)
        _set_aside(house, stored, fault, now)
    return True


def handle(house: House, stored: StoredMail, now: datetime) -> Decision:
    """Gather, decide, apply."""
    email, files = opened(house, stored)
    with house.store.transaction() as transaction:
        facts = gather(house, transaction, email, files, mail_id=stored.id, now=now)
        decision = decide(email, files, facts, house.rules, now, similar=house.similar)
        decision = without_overtaken(transaction, decision, house.clock)
        transaction.apply(
            decision,
            mail_id=stored.id,
            email=email,
            readings=tuple(reading for _file, reading in files),
            outgoing=composed(house, decision.drafts, now),
            now=now,
        )
    said = {"event": "mail_handled", "mail": stored.id, "kind": decision.kind}
    log.info("mail %(mail)d: %(kind)s, %(outcome)s", {**said, "outcome": decision.outcome})
    return decision


def opened(
    house: House, stored: StoredMail, *, reading: bool = True
) -> tuple[InboundEmail, tuple[File, ...]]:
    """A stored mail, and its files with what reading them as forms gives, unless nobody asks."""
    email = read_mail(
        stored.raw,
        stored.ref.arrived_at,
        authserv_id=house.authserv_id,
        trust_internal=house.trust_internal,
        headers_only=stored.headers_only,
    )
    email = replace(email, size=stored.ref.size)
    if reading:
        return email, read_files(house, email)
    return email, tuple((file, Reading(file=file.name)) for file in email.attachments)


def as_far_as_it_goes(
    house: House, stored: StoredMail, *, reading: bool = True
) -> tuple[InboundEmail, tuple[File, ...], str]:
    """The same, with ""; of a mail that makes our code fail, what its headers say, and the fault.

    Raises `Transient` as `read_mail` does.
    """
    try:
        return (*opened(house, stored, reading=reading), "")
    except Transient:
        raise
    except Exception as fault:
        email = _envelope(stored)
        bare = InboundEmail(
            message_id=None, sender=None, subject="", arrived_at=stored.ref.arrived_at
        )
        return email or bare, (), where_it_failed(fault)


def read_files(house: House, email: InboundEmail) -> tuple[File, ...]:
    """Every file of a mail with what reading it as a form gives."""
    return tuple((file, _reading(house, file)) for file in email.attachments)


def _reading(house: House, file: Attachment) -> Reading:
    if file.verdict:  # a wrapper that was not opened
        return Reading(file=file.name, verdict=file.verdict)
    return house.read(file.name, file.content)


def gather(
    house: House,
    transaction: Transaction,
    email: InboundEmail,
    files: tuple[File, ...],
    *,
    mail_id: int,
    now: datetime,
) -> Facts:
    """What the store knows that deciding on a mail depends on, all of it as of one moment."""
    facts = transaction.facts(question(house.rules, email, files, mail_id, now))
    bare = Case(email=email, files=files, facts=facts, rules=house.rules, now=now)
    anybodys = transaction.likeliest(unplaced(bare))
    proposals = [f.fields for _, r in files for f in r.submissions if f.form == FORM1]
    nearby = look_up(transaction.similar(), proposals, house.similar)
    if nearby.fault:
        log.error("mail %s: the search for similar work: %s", mail_id, nearby.fault)
    has_forms = any(reading.submissions for _, reading in files)
    known = {c.key for c in (*facts.own, *facts.named.values())} if has_forms else set()
    latest = transaction.latest_forms(known)
    return replace(facts, anybodys=anybodys, nearby=nearby, latest=latest)


def question(
    rules: Rules, email: InboundEmail, files: tuple[File, ...], mail_id: int, now: datetime
) -> Question:
    """What deciding on a mail needs to know."""
    readings = tuple(reading for _file, reading in files)
    returned = email.report.subject if email.report else ""
    typed = find(f"{email.subject}\n{email.written}\n{returned}", rules.reference_prefix)
    given = {f["reference"] for r in readings for f in r.submissions if f.form == FORM2}
    return Question(
        email=email,
        references=frozenset(typed) | (given - {None}),
        year=rules.local_date(now).year,
        mail_id=mail_id,
        at=now,
    )


def composed(house: House, drafts: tuple[Draft, ...], now: datetime) -> tuple[OutgoingEmail, ...]:
    """The mails that a decision writes, in their final bytes."""
    office = replace(house.office, installation=house.store.installation)
    return tuple(compose(d, office, house.forms, house.rules, now) for d in drafts)


def apply(house: House, decision: Decision, now: datetime, *, who: str) -> None:
    """Apply a decision that no mail caused: the clock's, or a person's at the desk."""
    with house.store.transaction() as transaction:
        transaction.apply(
            decision, outgoing=composed(house, decision.drafts, now), now=now, who=who
        )


def _set_aside(house: House, stored: StoredMail, fault: Exception, now: datetime) -> None:
    held = failed(str(stored.id), fault)
    decision = Decision(kind=Kind.FAILED, outcome="failed", holds=(held,))
    with house.store.transaction() as transaction:
        transaction.apply(decision, mail_id=stored.id, email=_envelope(stored), now=now)


def _envelope(stored: StoredMail) -> InboundEmail | None:
    """Whom a mail that failed is from and what about, if reading its headers is not the fault.

    Without its digest: the mail was not handled, so the same once more is no repetition.
    """
    try:
        email = read_mail(stored.raw, stored.ref.arrived_at, headers_only=True)
    except Exception as fault:
        said = {"event": "headers_failed", "mail": stored.id, "fault": where_it_failed(fault)}
        log.error("the headers of mail %(mail)d: %(fault)s", said)
        return None
    return replace(email, content_digest="")


def failed_key(key: str) -> str:
    """The key of the exception that says that handling `key` failed."""
    return f"{Reason.FAILED}:{key}"


def failed(key: str, fault: Exception, consultation: str | None = None) -> Hold:
    """The exception `failed`: what went wrong and where, without a word of anybody's."""
    return Hold(
        key=failed_key(key),
        reason=Reason.FAILED,
        consultation=consultation,
        detail={"fault": where_it_failed(fault)},
    )
