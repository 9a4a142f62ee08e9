"""The ledger of mails that came in, and their original bytes: kept first, never changed."""

from __future__ import annotations

import hashlib
from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, and_, bindparam, exists, or_, select, update

from model import MailRef
from store.schema import inbound_mails, originals
from store.upsert import add_unless_known
from store.values import StoredMail, ToFile

#: How long a claim holds. Longer than a mail full of files takes to read; whoever went away in the
#: middle of one keeps its sender waiting for so long.
LEASE = timedelta(minutes=10)

# Statements are built once: building one takes five times as long as SQLite's answer.
_mails = inbound_mails.c
_WITH_ORIGINAL = select(inbound_mails, originals.c.content).join(
    originals, originals.c.sha256 == _mails.original
)
_KNOWN = select(_mails.uid).where(
    _mails.mailbox == bindparam("mailbox"), _mails.uidvalidity == bindparam("uidvalidity")
)
_NEXT = (
    _WITH_ORIGINAL.where(
        _mails.handled_at.is_(None), _mails.id.not_in(bindparam("exclude", expanding=True))
    )
    .order_by(_mails.arrived_at, _mails.id)
    .limit(1)
)
_earlier = inbound_mails.alias("earlier")
_before = or_(
    _earlier.c.arrived_at < _mails.arrived_at,
    and_(_earlier.c.arrived_at == _mails.arrived_at, _earlier.c.id < _mails.id),
)
_has_to_wait = exists().where(
    _earlier.c.line == _mails.line, _earlier.c.handled_at.is_(None), _before
)
#: The oldest arrival that nobody is at, whose sender has no earlier one that is still to be
#: handled: nobody's mails overtake each other.
_FREE = (
    select(_mails.id)
    .where(
        _mails.handled_at.is_(None),
        or_(
            _mails.claimed_until.is_(None),
            _mails.claimed_until < bindparam("now"),
            _mails.claimed_by == bindparam("owner"),
        ),
        ~_has_to_wait,
    )
    .order_by(_mails.arrived_at, _mails.id)
    .limit(1)
    .with_for_update(skip_locked=True, of=inbound_mails)
)
_ONE = _WITH_ORIGINAL.where(_mails.id == bindparam("number"))
_TO_FILE = (
    select(inbound_mails)
    .where(_mails.filed.is_(None), _mails.handled_at.is_not(None))
    .order_by(_mails.id)
)
_CHANGE = update(inbound_mails).where(_mails.id == bindparam("number"))
_FILED = _CHANGE.where(_mails.filed.is_(None))


def keep(
    connection: Connection,
    ref: MailRef,
    raw: bytes,
    *,
    headers_only: bool = False,
    message_id: str | None = None,
    sender: str = "",
) -> bool:
    """Store a mail's bytes and its ledger row. False: this place in the mailbox is known."""
    digest = hashlib.sha256(raw).hexdigest()
    add_unless_known(connection, originals, ("sha256",), sha256=digest, size=len(raw), content=raw)
    return add_unless_known(
        connection,
        inbound_mails,
        ("mailbox", "uidvalidity", "uid"),
        mailbox=ref.mailbox,
        uidvalidity=ref.uidvalidity,
        uid=ref.uid,
        arrived_at=ref.arrived_at,
        size=ref.size,
        original=digest,
        headers_only=headers_only,
        message_id=message_id,
        to_exceptions=False,
        line=hashlib.sha256(sender.encode()).hexdigest() if sender else None,
    )


def known(connection: Connection, mailbox: str, uidvalidity: str) -> set[str]:
    """Every UID of a mailbox that the ledger has."""
    return set(connection.scalars(_KNOWN, {"mailbox": mailbox, "uidvalidity": uidvalidity}))


def next_mail(connection: Connection, exclude: Collection[int]) -> StoredMail | None:
    """The oldest arrival that nobody handled yet, but for the mails in `exclude`."""
    row = connection.execute(_NEXT, {"exclude": list(exclude)}).one_or_none()
    return None if row is None else _stored(row)


def claim(connection: Connection, owner: str, now: datetime) -> StoredMail | None:
    """Take the oldest arrival that may be handled now, for as long as `LEASE`."""
    number = connection.execute(_FREE, {"now": now, "owner": owner}).scalar()
    if number is None:
        return None
    mine = {"claimed_by": owner, "claimed_until": now + LEASE}
    connection.execute(_CHANGE, {"number": number, **mine})
    return stored(connection, number)


def stored(connection: Connection, mail_id: int) -> StoredMail | None:
    """One mail of the ledger by its number."""
    row = connection.execute(_ONE, {"number": mail_id}).one_or_none()
    return None if row is None else _stored(row)


def to_file(connection: Connection) -> tuple[ToFile, ...]:
    """Mails that are handled and not yet filed in the mailbox, oldest first."""
    return tuple(
        ToFile(id=row.id, ref=_ref(row), message_id=row.message_id, to_exceptions=row.to_exceptions)
        for row in connection.execute(_TO_FILE)
    )


def filed(connection: Connection, mail_id: int, how: str) -> None:
    """Remember what became of a mail in the mailbox: the first of "moved", "left" or "gone"."""
    connection.execute(_FILED, {"number": mail_id, "filed": how})


def has_original(connection: Connection, raw: bytes) -> bool:
    """Whether these very bytes are kept already, wherever they came from."""
    digest = hashlib.sha256(raw).hexdigest()
    query = select(originals.c.sha256).where(originals.c.sha256 == digest)
    return connection.execute(query).first() is not None


def _ref(row: Row[Any]) -> MailRef:
    return MailRef(
        mailbox=row.mailbox,
        uidvalidity=row.uidvalidity,
        uid=row.uid,
        arrived_at=row.arrived_at,
        size=row.size,
    )


def _stored(row: Row[Any]) -> StoredMail:
    return StoredMail(
        id=row.id,
        ref=_ref(row),
        raw=row.content,
        headers_only=row.headers_only,
        message_id=row.message_id,
    )
