"""Every consultation as `export --json` shows it: a face that other programs read."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import Connection, Select, func, literal, select

from model import Consultation
from store import outgoing, records
from store.schema import (
    inbound_consultations,
    inbound_mails,
    outgoing_consultations,
    outgoing_mails,
)

_BATCH = 200
#: Mails that have gone out, or may have.
_GONE = (outgoing.SENT, outgoing.UNCERTAIN)


def everything(connection: Connection) -> Iterator[dict[str, Any]]:
    """As `Views.export`."""
    rows = connection.execute(records.in_order_of_coming()).partitions(_BATCH)
    for batch in rows:
        mails = _mails(connection, [row.key for row in batch])
        for record in records.assemble(connection, batch):
            yield _exported(record, mails.get(record.key, []))


def _exported(record: Consultation, mails: list[dict[str, Any]]) -> dict[str, Any]:
    forwarded = record.pod_forwarded_at
    return {
        "reference": record.reference,
        "status": record.status.value,
        "form1": records.plain(record.form1),
        "form2": records.plain(record.form2),
        "similar": [{"reference": m.reference, "score": m.score} for m in record.similar],
        "outcomes_due": record.outcomes_due.isoformat() if record.outcomes_due else None,
        "late_notice": record.late_notice,
        "pod_forwarded_at": forwarded.isoformat() if forwarded else None,
        "revision": record.revision,
        "mails": mails,
    }


def _mails(connection: Connection, keys: list[str]) -> dict[str, list[dict[str, Any]]]:
    """The mails of these consultations, in and out, in the order in which they came and went.

    Of one moment's mails each answer follows the mail that it answers.
    """
    found = [*connection.execute(_came(keys)), *connection.execute(_went(keys))]
    found.sort(key=lambda row: (row.at, row.mail is None, row.mail or 0, row.direction, row.id))
    out: dict[str, list[dict[str, Any]]] = {}
    for row in found:
        shown = {name: getattr(row, name) for name in _SHOWN}
        out.setdefault(row.consultation, []).append({**shown, "at": row.at.isoformat()})
    return out


_SHOWN = ("direction", "kind", "message_id", "subject")


def _came(keys: list[str]) -> Select[Any]:
    link, mails = inbound_consultations.c, inbound_mails.c
    return (
        select(
            literal("in").label("direction"),
            link.consultation,
            mails.kind,
            mails.message_id,
            mails.subject,
            mails.arrived_at.label("at"),
            mails.id.label("mail"),
            mails.id,
        )
        .join(inbound_mails, mails.id == link.inbound_id)
        .where(link.consultation.in_(keys))
    )


def _went(keys: list[str]) -> Select[Any]:
    about, ours = outgoing_consultations.c, outgoing_mails.c
    at = func.coalesce(ours.sent_at, ours.created_at, type_=ours.sent_at.type)
    return (
        select(
            literal("out").label("direction"),
            about.consultation,
            ours.kind,
            ours.message_id,
            ours.subject,
            at.label("at"),
            ours.inbound_id.label("mail"),
            ours.id,
        )
        .join(outgoing_mails, ours.id == about.outgoing_id)
        .where(about.consultation.in_(keys), ours.state.in_(_GONE))
    )
