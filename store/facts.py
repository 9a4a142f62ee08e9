"""What the store knows about one mail's people, thread and references (`model.Facts`)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    Connection,
    Row,
    Select,
    Table,
    bindparam,
    func,
    or_,
    select,
)

from model import (
    FORM1,
    FORM2,
    Consultation,
    Facts,
    Held,
    InboundEmail,
    Letter,
    OutgoingEmail,
    Question,
    Reason,
    Sent,
    SentIn,
    Sought,
    Word,
)
from store import outgoing
from store.answered import to_sender, to_strangers
from store.records import load, load_keys, oldest_first
from store.schema import (
    consultations,
    counters,
    exceptions,
    inbound_consultations,
    inbound_mails,
    outcomes,
    outgoing_mails,
    outgoing_recipients,
    people,
    revisions,
)
from store.searching import most_words, same_title

#: How far back blank forms are counted (process table "What a mail can be").
_FORMS_WINDOW = timedelta(days=30)

_mails, _ours = inbound_mails.c, outgoing_mails.c
_LAST = select(counters.c.last).where(counters.c.year == bindparam("year"))
_SEEN = (
    select(_mails.id)
    .where(
        _mails.id != bindparam("mail_id"),
        _mails.handled_at.is_not(None),
        _mails.content_digest == bindparam("digest"),
        _mails.sender.is_not_distinct_from(bindparam("sender")),
        _mails.message_id.is_not_distinct_from(bindparam("message_id")),
    )
    .limit(1)
)
#: A server may have given a mail of ours another Message-ID, which is what people answer to.
_ANSWERED = select(outgoing_mails).where(
    or_(
        _ours.message_id.in_(bindparam("ids", expanding=True)),
        _ours.known_as.in_(bindparam("ids", expanding=True)),
    )
)
_NAMED_SO = select(outgoing_mails).where(_ours.message_id.startswith(bindparam("name"))).limit(1)
_NAMED_ABOVE = select(_mails.id, _mails.message_id).where(
    _mails.message_id.in_(bindparam("ids", expanding=True))
)
_LINKED = (
    select(inbound_consultations)
    .where(inbound_consultations.c.inbound_id.in_(bindparam("numbers", expanding=True)))
    .order_by(inbound_consultations.c.position)
)
_NAMED = oldest_first(consultations.c.reference.in_(bindparam("references", expanding=True)))
_THEIRS = select(people.c.consultation).where(
    people.c.email.in_(bindparam("addresses", expanding=True))
)
_OWN = oldest_first(consultations.c.key.in_(_THEIRS))
_MERGED = oldest_first(consultations.c.merged_into.in_(bindparam("keys", expanding=True)))
_AS_HELD = select(
    exceptions.c.id,
    exceptions.c.key,
    exceptions.c.reason,
    exceptions.c.consultation,
    exceptions.c.detail,
    _mails.message_id,
)
_HELD = (
    _AS_HELD.select_from(exceptions)
    .outerjoin(inbound_mails, _mails.id == exceptions.c.inbound_id)
    .where(
        exceptions.c.closed_at.is_(None),
        or_(
            exceptions.c.consultation.in_(bindparam("keys", expanding=True)),
            exceptions.c.inbound_id.in_(bindparam("numbers", expanding=True)),
        ),
    )
    .order_by(exceptions.c.id)
)
#: Why a form is held that a later one, put right, can settle. Whoever writes a thousand mails
#: that are no form has as many other exceptions, which nobody asks for here.
_OF_FORMS = (Reason.INCOMPLETE.value, Reason.OUTCOMES_UNMATCHED.value)
_UNFILED = (
    _AS_HELD.select_from(exceptions)
    .join(inbound_mails, _mails.id == exceptions.c.inbound_id)
    .where(
        exceptions.c.closed_at.is_(None),
        exceptions.c.consultation.is_(None),
        exceptions.c.reason.in_(_OF_FORMS),
        _mails.sender == bindparam("sender"),
    )
    .order_by(exceptions.c.id)
)
_FORMS_SENT = (
    select(_ours.created_at)
    .join(outgoing_recipients, outgoing_recipients.c.outgoing_id == _ours.id)
    .where(
        _ours.kind == Letter.NOT_UNDERSTOOD.value,
        outgoing_recipients.c.email == bindparam("address"),
        _ours.created_at > bindparam("since"),
    )
    .order_by(_ours.created_at)
)


def _sent_in(forms: Table) -> Select[Any]:
    here = forms.c.consultation.in_(bindparam("keys", expanding=True))
    on_record = select(func.max(forms.c.id)).where(here).group_by(forms.c.consultation)
    return (
        select(
            forms.c.consultation, forms.c.at, forms.c.inbound_id, _mails.arrived_at, _mails.sender
        )
        .outerjoin(inbound_mails, _mails.id == forms.c.inbound_id)
        .where(forms.c.id.in_(on_record))
    )


def _as_sent(forms: Table) -> Select[Any]:
    here = forms.c.consultation.in_(bindparam("keys", expanding=True))
    by_mail = select(func.max(forms.c.id)).where(here, forms.c.inbound_id.is_not(None))
    last = by_mail.group_by(forms.c.consultation)
    return select(forms.c.consultation, forms.c.fields).where(forms.c.id.in_(last))


_SENT_IN = {FORM1: _sent_in(revisions), FORM2: _sent_in(outcomes)}
_AS_SENT = {FORM1: _as_sent(revisions), FORM2: _as_sent(outcomes)}

#: A mail of ours, and the number of the mail that it answered.
_Answer = tuple[Sent, int | None]


def gather(connection: Connection, question: Question) -> Facts:
    """Answer a question, all of it as of one moment."""
    email = question.email
    answered = _answered(connection, email)
    above = _above(connection, email, answered)
    thread = _thread(connection, answered, above)
    named = _named(connection, question.references)
    own = _own(connection, question)
    merged = tuple(_merged(connection, (*thread, *named.values(), *own)))
    concerned = {record.key for record in (*thread, *named.values(), *own)}
    return Facts(
        mail_id=question.mail_id,
        seen_before=_seen_before(connection, question.mail_id, email),
        our_own=_our_own(connection, email),
        answered=tuple(sent for sent, _ in answered),
        thread=thread,
        named=named,
        own=own,
        merged=merged,
        warned=_warned(connection, (*thread, *own)),
        held=_held(connection, sorted(concerned), above),
        unfiled=_unfiled(connection, email),
        forms_sent=_forms_sent(connection, email),
        answers=to_sender(connection, question),
        unasked_for=to_strangers(connection, question),
        next_number=last_number(connection, question.year) + 1,
    )


def likeliest(connection: Connection, sought: Iterable[Sought]) -> tuple[Consultation, ...]:
    """Whose outcomes they may be, of all of the register: by the title, and by all that is said."""
    keys: dict[str, None] = {}
    for one in sought:
        keys |= dict.fromkeys(same_title(connection, one.title))
        keys |= dict.fromkeys(most_words(connection, one.title, " ".join(one.others)))
    return tuple(load_keys(connection, tuple(keys)).values())


def latest_forms(connection: Connection, keys: Iterable[str]) -> Mapping[str, Mapping[str, SentIn]]:
    """Key -> which form -> how the one on record came."""
    wanted = list(keys)
    found: dict[str, dict[str, SentIn]] = {key: {} for key in wanted}
    for form, query in _SENT_IN.items():
        rows = connection.execute(query, {"keys": wanted}).all() if wanted else ()
        by_hand = [row.consultation for row in rows if row.inbound_id is None]
        sent = connection.execute(_AS_SENT[form], {"keys": by_hand}) if by_hand else ()
        as_sent = {one.consultation: one.fields for one in sent}
        for row in rows:
            found[row.consultation][form] = SentIn(
                at=row.arrived_at or row.at,
                sender=row.sender,
                as_sent=as_sent.get(row.consultation),
            )
    return found


def last_number(connection: Connection, year: int) -> int:
    """The reference number drawn last in a year; 0 before the first."""
    return connection.execute(_LAST, {"year": year}).scalar() or 0


def _seen_before(connection: Connection, mail_id: int, email: InboundEmail) -> bool:
    if not email.content_digest:
        return False
    given = {
        "mail_id": mail_id,
        "digest": email.content_digest,
        "sender": email.sender.email if email.sender else None,
        "message_id": email.message_id,
    }
    return connection.execute(_SEEN, given).first() is not None


def _our_own(connection: Connection, email: InboundEmail) -> bool:
    return bool(email.message_id) and bool(
        connection.execute(_ANSWERED, {"ids": [email.message_id]}).first()
    )


def _answered(connection: Connection, email: InboundEmail) -> tuple[_Answer, ...]:
    """Mails of ours that this one reports on or answers, nearest first."""
    reported = email.report.message_id if email.report else None
    ids = [*([reported] if reported else []), *email.thread]
    rows = connection.execute(_ANSWERED, {"ids": ids}).all() if ids else []
    if not rows and email.report and email.report.came_to:
        return _returned_to(connection, email.report.came_to)
    nearest = sorted(rows, key=lambda row: _nearness(ids, row.message_id, row.known_as))
    return tuple((_sent(outgoing.read(connection, row), row), row.inbound_id) for row in nearest)


def _returned_to(connection: Connection, name: str) -> tuple[_Answer, ...]:
    """The mail of ours that a report names by nothing but the address it came to."""
    rows = connection.execute(_NAMED_SO, {"name": f"<{name}"}).all()
    return tuple((_sent(outgoing.read(connection, row), row), row.inbound_id) for row in rows)


def _nearness(ids: Sequence[str], *names: str | None) -> int:
    """The place of whichever name comes first."""
    return min(ids.index(name) for name in names if name in ids)


def _sent(mail: OutgoingEmail, row: Row[Any]) -> Sent:
    return Sent(
        key=mail.key,
        kind=mail.kind,
        message_id=mail.message_id,
        consultations=mail.consultations,
        recipients=mail.recipients,
        at=row.sent_at or row.created_at,
        subject=mail.subject,
    )


def _above(
    connection: Connection, email: InboundEmail, answered: Sequence[_Answer]
) -> tuple[int, ...]:
    """Mails that came in higher up in the thread: named by this one, or answered by ours."""
    ids = email.thread
    rows = connection.execute(_NAMED_ABOVE, {"ids": list(ids)}).all() if ids else ()
    named = [row.id for row in sorted(rows, key=lambda row: ids.index(row.message_id))]
    return tuple(dict.fromkeys([*named, *(number for _, number in answered if number)]))


def _thread(
    connection: Connection, answered: Sequence[_Answer], above: Sequence[int]
) -> tuple[Consultation, ...]:
    keys = [key for sent, _ in answered for key in sent.consultations]
    if above:
        links = connection.execute(_LINKED, {"numbers": list(above)}).all()
        nearest = sorted(links, key=lambda link: above.index(link.inbound_id))
        keys += [link.consultation for link in nearest]
    return tuple(load_keys(connection, keys).values())


def _named(connection: Connection, references: frozenset[str]) -> dict[str, Consultation]:
    if not references:
        return {}
    found = load(connection, _NAMED, references=sorted(references))
    return {str(record.reference): record for record in found}


def _own(connection: Connection, question: Question) -> tuple[Consultation, ...]:
    addresses = set(question.addresses)
    if question.email.sender:
        addresses.add(question.email.sender.email)
    return load(connection, _OWN, addresses=sorted(addresses)) if addresses else ()


def _merged(connection: Connection, records: Iterable[Consultation]) -> Iterator[Consultation]:
    """What was merged into some consultations, and into what was."""
    known: set[str] = set()
    while keys := sorted({record.key for record in records} - known):
        known.update(keys)
        records = load(connection, _MERGED, keys=keys)
        yield from records


def _warned(
    connection: Connection, concerned: Iterable[Consultation]
) -> Mapping[str, Consultation]:
    return load_keys(connection, (m.key for record in concerned for m in record.similar))


def _held(connection: Connection, keys: Sequence[str], numbers: Sequence[int]) -> tuple[Held, ...]:
    if not keys and not numbers:
        return ()
    return _as_held(connection.execute(_HELD, {"keys": list(keys), "numbers": list(numbers)}))


def _unfiled(connection: Connection, email: InboundEmail) -> tuple[Held, ...]:
    sender = email.sender.email if email.sender else None
    return _as_held(connection.execute(_UNFILED, {"sender": sender}))


def _as_held(rows: Iterable[Row[Any]]) -> tuple[Held, ...]:
    return tuple(
        Held(
            id=row.id,
            key=row.key,
            reason=Reason(row.reason),
            consultation=row.consultation,
            message_id=row.message_id,
            unclear=tuple(Word(word) for word in (row.detail or {}).get("unclear", ())),
        )
        for row in rows
    )


def _forms_sent(connection: Connection, email: InboundEmail) -> tuple[datetime, ...]:
    if email.sender is None:
        return ()
    given = {"address": email.sender.email, "since": email.arrived_at - _FORMS_WINDOW}
    return tuple(connection.scalars(_FORMS_SENT, given))
