"""The ledger of mails that came in, and their original bytes: kept first, never changed."""

from __future__ import annotations

import hashlib
from collections.abc import Collection
from typing import Any

from sqlalchemy import Connection, Row, select, update

from model import MailRef
from store.schema import inbound_mails, originals
from store.upsert import add_unless_known
from store.values import StoredMail, ToFile


def keep(
    connection: Connection,
    ref: MailRef,
    raw: bytes,
    *,
    headers_only: bool = False,
    message_id: str | None = None,
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
    )


def known(connection: Connection, mailbox: str, uidvalidity: str) -> set[str]:
    """Every UID of a mailbox that the ledger has."""
    query = select(inbound_mails.c.uid).where(
        inbound_mails.c.mailbox == mailbox, inbound_mails.c.uidvalidity == uidvalidity
    )
    return set(connection.scalars(query))


def next_mail(connection: Connection, exclude: Collection[int]) -> StoredMail | None:
    """The oldest arrival that nobody handled yet, but for the mails in `exclude`."""
    query = (
        select(inbound_mails, originals.c.content)
        .join(originals, originals.c.sha256 == inbound_mails.c.original)
        .where(inbound_mails.c.handled_at.is_(None), inbound_mails.c.id.not_in(exclude))
        .order_by(inbound_mails.c.arrived_at, inbound_mails.c.id)
        .limit(1)
    )
    row = connection.execute(query).one_or_none()
    return None if row is None else _stored(row)


def stored(connection: Connection, mail_id: int) -> StoredMail | None:
    """One mail of the ledger by its number."""
    query = (
        select(inbound_mails, originals.c.content)
        .join(originals, originals.c.sha256 == inbound_mails.c.original)
        .where(inbound_mails.c.id == mail_id)
    )
    row = connection.execute(query).one_or_none()
    return None if row is None else _stored(row)


def to_file(connection: Connection) -> tuple[ToFile, ...]:
    """Mails that are handled and not yet filed in the mailbox, oldest first."""
    query = (
        select(inbound_mails)
        .where(inbound_mails.c.filed.is_(None), inbound_mails.c.handled_at.is_not(None))
        .order_by(inbound_mails.c.id)
    )
    return tuple(
        ToFile(id=row.id, ref=_ref(row), message_id=row.message_id, to_exceptions=row.to_exceptions)
        for row in connection.execute(query)
    )


def filed(connection: Connection, mail_id: int, how: str) -> None:
    """Remember what became of a mail in the mailbox: "moved", "left" or "gone"."""
    connection.execute(update(inbound_mails).where(inbound_mails.c.id == mail_id).values(filed=how))


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
