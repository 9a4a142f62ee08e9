"""A register as large as wanted, the same each time, written straight into the tables."""

from __future__ import annotations

import random
from base64 import encodebytes
from collections import defaultdict
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from typing import Any

from sqlalchemy import Table, insert

from model import FORM1, FORM2, Address, Consultation, Kind, Letter, Person, Reason, Role, Status
from parsers import references
from parsers.face import Face
from parsers.spec import forms
from store import Store, records, schema, searching, upgrade
from store.engine import Database

NOW = datetime(2027, 3, 1, 10, tzinfo=UTC)
_SEED = 20270301
_DAYS = 6 * 365  # that the register has been kept
_IN, _OUT = 4, 6  # mails of one consultation
_OPEN = 500  # exceptions that wait for a person
_OFFICE = "consultations@example.org"
_BATCH = 1_000  # consultations
_PLACES = "Acle Beccles Brandon Bungay Clare Diss Eye Hadleigh Ixworth Lavenham Leiston".split()
_WORDS = (
    "young people say what they want from the youth club and how the park could be safer at night "
    "buses homework mental health school meals library swimming football music drama art street "
    "lights bullying exams work experience carers siblings homes foster care voice council vote "
    "climate recycling phones online gaming friends family food sleep sport cycling skating trees"
).split()

Rows = dict[Table, list[dict[str, Any]]]


def fill(database: Database, size: int) -> None:
    """Write `size` consultations, with ten mails each, into an empty register."""
    chance = random.Random(_SEED)
    form = {**_form1(chance, date(2027, 4, 1)), "start_date": None}
    file = _attached(Face().write(FORM1, form, "docx"))
    for start in range(0, size, _BATCH):
        rows: Rows = defaultdict(list)
        for number in range(start, min(start + _BATCH, size)):
            _consultation(rows, chance, number, size, file)
        with database.write() as connection:
            for table in schema.metadata.sorted_tables:
                if rows[table]:
                    connection.execute(insert(table), rows[table])
    if not database.is_sqlite:  # which does so by itself, in time
        with database.write() as connection:
            connection.exec_driver_sql("ANALYZE")


def _consultation(rows: Rows, chance: random.Random, number: int, size: int, file: bytes) -> None:
    came = NOW - timedelta(days=_DAYS * (1 - (number + 0.5) / size))
    record = _record(chance, number, came)
    rows[schema.consultations].append({**records.columns(record), "version": 1})
    people = [person.address for person in record.people]
    found_by = searching.words_of(record.reference, record.form1, record.form2, people)
    rows[schema.searched].append({"consultation": record.key, "words": found_by})
    for kind, value in searching.tags_of(record.form1):
        tag = {"kind": kind, "value": value, "consultation": record.key}
        rows[schema.tags].append(tag)
    for position, person in enumerate(record.people):
        mine = {"email": person.address.email, "name": person.address.name, "role": person.role}
        rows[schema.people].append({"consultation": record.key, "position": position, **mine})
    for mail in range(_IN):
        waits = mail == 0 and number >= size - _OPEN
        _mail_in(rows, record, number * _IN + mail + 1, file if waits else b"", mail)
        if waits or (mail == 1 and number % 3 == 0):
            _exception(rows, record, number * _IN + mail + 1, closed=not waits)
    for mail in range(_OUT):
        _mail_out(rows, record, number * _OUT + mail + 1, mail, last=size * _OUT)
    _read_forms(rows, record, number)
    _similar(rows, record, chance, number)


def _record(chance: random.Random, number: int, came: datetime) -> Consultation:
    starts = came.date() + timedelta(days=chance.randrange(7, 60))
    form1 = _form1(chance, starts)
    due = date.fromisoformat(form1["end_date"]) + timedelta(days=28)
    status = _status(chance, due)
    year, lead = came.year, Address(email=form1["email"], name=form1["lead_worker"])
    drawn = status not in (Status.DRAFT, Status.AWAITING_CONFIRMATION)
    return Consultation(
        key=f"{number:07}",
        status=status,
        form1=form1,
        form2=_form2(chance) if status is Status.COMPLETE else None,
        reference=references.make("CYP", year, number + 1) if drawn else None,
        people=(
            Person(address=lead, role=Role.FORM),
            Person(address=Address(email=f"team{number % 400}@example.org"), role=Role.CC),
        ),
        outcomes_revision=1 if status is Status.COMPLETE else 0,
        created_at=came,
        asked_at=came if status is Status.AWAITING_CONFIRMATION else None,
        registered_at=came if drawn else None,
        outcomes_due=due if drawn else None,
        completed_at=came + timedelta(days=60) if status is Status.COMPLETE else None,
        withdrawn_at=came + timedelta(days=9) if status is Status.WITHDRAWN else None,
        message_id=f"<in-{number * _IN + 1}@mail.example.org>",
    )


def _status(chance: random.Random, due: date) -> Status:
    if chance.random() < 0.1:
        return Status.WITHDRAWN
    if due > NOW.date() or chance.random() < 0.01:
        recent = (Status.REGISTERED, Status.AWAITING_CONFIRMATION, Status.DRAFT)
        return chance.choices(recent, (8, 1, 1))[0]
    return Status.COMPLETE


def _form1(chance: random.Random, starts: date) -> dict[str, Any]:
    place, who = chance.choice(_PLACES), chance.randrange(400)
    options = {field.key: field.options for field in forms()[FORM1].fields}
    return {
        **forms()[FORM1].blank(),
        "organisation": f"{place} {('Youth Forum', 'Council', 'School', 'Library')[who % 4]}",
        "lead_worker": f"Lead Worker {who}",
        "email": f"lead{who}@example.org",
        "title": _said(chance, 3, 8).capitalize(),
        "purpose": _said(chance, 30, 120),
        "partners": _said(chance, 2, 10),
        "audience": chance.sample(options["audience"], 2),
        "area": chance.sample(options["area"], 2),
        "themes": chance.sample(options["themes"], 2),
        "age_range": {"from": chance.randrange(4, 11), "to": chance.randrange(11, 25)},
        "start_date": starts.isoformat(),
        "end_date": (starts + timedelta(days=chance.randrange(7, 50))).isoformat(),
        "feedback_plan": _said(chance, 10, 60),
    }


def _form2(chance: random.Random) -> dict[str, Any]:
    said = {"you_said": _said(chance, 30, 150), "we_did": _said(chance, 30, 150)}
    return {**forms()[FORM2].blank(), "participants": chance.randrange(8, 400), **said}


def _said(chance: random.Random, least: int, most: int) -> str:
    return " ".join(chance.choices(_WORDS, k=chance.randint(least, most)))


def _mail_in(rows: Rows, record: Consultation, number: int, file: bytes, step: int) -> None:
    lead, at = record.people[0].address, record.created_at + timedelta(days=15 * step)
    name = f"<in-{number}@mail.example.org>"
    raw = _raw(f"{lead.name} <{lead.email}>", _OFFICE, name, record, file)
    digest = sha256(raw).hexdigest()
    original = {"sha256": digest, "size": len(raw), "content": raw}
    rows[schema.originals].append(original)
    ledger = {
        "mailbox": "INBOX",
        "uidvalidity": "1",
        "uid": str(number),
        "arrived_at": min(at, NOW),
    }
    known = {"message_id": name, "sender": lead.email, "sender_name": lead.name}
    state = {"outcome": Letter.REGISTERED, "handled_at": at, "filed": "processed"}
    rows[schema.inbound_mails].append(
        {"id": number, "size": len(raw), "original": digest, "headers_only": False, **ledger}
        | {**known, "subject": record.title, "content_digest": digest, "kind": Kind.FORM}
        | {**state, "to_exceptions": False}
    )
    about = {"inbound_id": number, "consultation": record.key, "position": 0}
    rows[schema.inbound_consultations].append(about)
    _noted(rows, record, number, at)


def _raw(from_: str, to: str, name: str, record: Consultation, file: bytes = b"") -> bytes:
    """A mail's bytes, put together by hand: a hundred thousand of them are wanted."""
    head = f"From: {from_}\r\nTo: {to}\r\nSubject: {record.title}\r\nMessage-ID: {name}\r\n"
    text = f"\r\n{(record.form1 or {})['purpose']}\r\n".encode() * 3
    if not file:
        return head.encode() + text
    kind = b'MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary="next"\r\n\r\n--next\r\n'
    return head.encode() + kind + text + b"--next\r\n" + file + b"--next--\r\n"


def _attached(content: bytes) -> bytes:
    return (
        b"Content-Type: application/octet-stream\r\nContent-Transfer-Encoding: base64\r\n"
        b'Content-Disposition: attachment; filename="Form 1.docx"\r\n\r\n' + encodebytes(content)
    )


def _mail_out(rows: Rows, record: Consultation, number: int, step: int, *, last: int) -> None:
    kinds = (Letter.REGISTERED, Letter.REVISED, Letter.COMPLETION_NOTE, Letter.CHASER)
    kind = kinds[step] if step < len(kinds) else Letter.OUTCOMES_LOGGED
    lead, at = record.people[0].address, record.created_at + timedelta(days=10 * step)
    name = f"<out-{number}@example.org>"
    content = _raw(_OFFICE, lead.email, name, record)
    waits = number > last - 20
    when = {"next_attempt_at": at, "created_at": min(at, NOW), "sent_at": None if waits else at}
    rows[schema.outgoing_mails].append(
        {"id": number, "key": f"{record.key}:{step}", "kind": kind, "subject": record.title}
        | {"message_id": name, "content": content, "attempts": 1}
        | {"state": "waiting" if waits else "sent", "known_as": name, **when}
    )
    to = {"outgoing_id": number, "position": 0, "email": lead.email}
    rows[schema.outgoing_recipients].append(to)
    about = {"outgoing_id": number, "consultation": record.key, "position": 0}
    rows[schema.outgoing_consultations].append(about)
    tried = {"outgoing_id": number, "number": 1, "started_at": at, "ended_at": at, "result": "sent"}
    rows[schema.attempts].append(tried)


def _exception(rows: Rows, record: Consultation, mail: int, *, closed: bool) -> None:
    settled = {"closed_at": NOW, "closed_by": "anna", "closed_why": "set_aside"} if closed else {}
    reason = (Reason.INCOMPLETE, Reason.NEEDS_ANSWER)[mail % 2]
    rows[schema.exceptions].append(
        {"key": f"{mail}:{reason}", "reason": reason, "inbound_id": mail, "version": 1}
        | {"consultation": record.key, "detail": {}, "opened_at": record.created_at}
        | {"closed_at": None, "closed_by": None, "closed_why": None, **settled}
    )


def _noted(rows: Rows, record: Consultation, mail: int, at: datetime) -> None:
    line = {"at": at, "who": "askonce", "act": "registered", "consultation": record.key}
    rows[schema.audit].append({**line, "inbound_id": mail, "detail": {}})


def _read_forms(rows: Rows, record: Consultation, number: int) -> None:
    read = {"consultation": record.key, "number": 1, "problems": [], "origins": {}}
    more = {**read, "file": "Form 1.docx", "inbound_id": number * _IN + 1, "at": record.created_at}
    rows[schema.revisions].append({**more, "fields": record.form1})
    if record.form2:
        rows[schema.outcomes].append({**more, "fields": record.form2})


def _similar(rows: Rows, record: Consultation, chance: random.Random, number: int) -> None:
    for position in range(chance.randrange(3) if number else 0):
        other = chance.randrange(number)
        what = {"reference": "", "title": record.title, "score": 0.6, "warn": True, "strong": False}
        why = {"why": ["Both ask about buses."], "differs": [], "found_at": record.created_at}
        place = {"consultation": record.key, "position": position, "other": f"{other:07}"}
        rows[schema.similar_found].append({**place, **what, **why, "current": True})


def open_register(url: str, size: int) -> Store:
    """A register of that size at that URL: the one that is there, or a new one."""
    upgrade(url, now=NOW)
    store = Store.open(url)
    if store.views.counts().consultations != size:
        print(f"making {size} consultations and {size * (_IN + _OUT)} mails", flush=True)
        database = Database(url)
        fill(database, size)
        database.close()
    return store
