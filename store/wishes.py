"""What people wish of mails that have not gone: kept by the mail's key, written or not."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, Select, bindparam, delete, insert, select

from model import Conflict, Wish, Wished
from store import outgoing
from store.audit import Step
from store.outgoing import FAILED, HELD, PAUSED, SKIPPED, UNCERTAIN, WAITING
from store.schema import outgoing_mails, wishes

#: What the audit trail calls each.
NOTED = {
    Wish.PAUSE: "paused",
    Wish.RESUME: "resumed",
    Wish.SEND: "sent_now",
    Wish.SKIP: "skipped",
    Wish.AGAIN: "sent_again",
}
#: Wishes that last; the others end one.
_LASTING = (Wish.PAUSE, Wish.SKIP)


@dataclass(frozen=True, slots=True)
class _Move:
    """How a wish moves a mail in the outbox, and of which states it can be wished."""

    states: tuple[str, ...]
    to: str


#: Never of one that somebody is sending just now.
MOVES = {
    Wish.PAUSE: _Move((WAITING, HELD), PAUSED),
    Wish.RESUME: _Move((PAUSED,), WAITING),
    Wish.SEND: _Move((WAITING, PAUSED), WAITING),
    Wish.SKIP: _Move((WAITING, HELD, PAUSED), SKIPPED),
    Wish.AGAIN: _Move((FAILED, UNCERTAIN), WAITING),
}

_mails = outgoing_mails.c
_MAIL = select(outgoing_mails).where(_mails.id == bindparam("number")).with_for_update()
_ONE = select(wishes).where(wishes.c.key == bindparam("key"))
_LIFT = delete(wishes).where(wishes.c.key == bindparam("this"))
_ADD = insert(wishes).inline()


def about(connection: Connection, watched: Select[Any]) -> dict[str, dict[str, Wished]]:
    """What is wished of the mails of some consultations: consultation -> key -> wish."""
    query = select(wishes).where(wishes.c.consultation.in_(watched))
    found: dict[str, dict[str, Wished]] = {}
    for row in connection.execute(query):
        found.setdefault(row.consultation, {})[row.key] = as_kept(row)
    return found


def as_kept(row: Row[Any]) -> Wished:
    """A row of the table."""
    return Wished(
        wish=Wish(row.wish),
        key=row.key,
        consultation=row.consultation,
        who=row.who,
        at=row.at,
        why=row.why,
    )


def carry_out(step: Step, wished: Wished, not_before: datetime | None) -> dict[str, Any]:
    """Do what is wished; gives what taking it back needs, as JSON.

    What is resumed or sent again goes `not_before`. Raises `Conflict` where the mail is not there
    any more as the wish has it, or somebody is sending it.
    """
    mail = None
    if wished.outgoing is not None:
        mail = _move(step, wished.outgoing, wished.wish, not_before or step.now)
    step = replace(step, who=wished.who or step.who, why=wished.why or step.why)
    before = step.connection.execute(_ONE, {"key": wished.key}).one_or_none()
    _lift(step.connection, wished.key)
    if wished.wish in _LASTING:
        _keep(step.connection, wished, who=step.who, at=step.now, why=step.why)
    detail = {"mail": wished.key}
    step.note(NOTED[wished.wish], consultation=wished.consultation, detail=detail)
    return {
        "key": wished.key,
        "mail": mail,
        "before": _plain(before) if before else None,
        "kept_at": step.now.isoformat() if wished.wish in _LASTING else None,
    }


def _move(step: Step, number: int, wish: Wish, not_before: datetime) -> dict[str, Any]:
    move, connection = MOVES[wish], step.connection
    row = connection.execute(_MAIL, {"number": number}).one_or_none()
    values: dict[str, Any] = {"state": move.to}
    if row is not None and wish is Wish.SEND:
        values["next_attempt_at"] = step.now
    elif row is not None and wish in (Wish.RESUME, Wish.AGAIN):
        values["next_attempt_at"] = max(row.next_attempt_at, not_before)
    if row is None or not outgoing.move(connection, number, move.states, **values):
        raise Conflict("This mail is being sent just now, or has gone: look at it again.")
    return {
        "number": number,
        "was": row.state,
        "due": row.next_attempt_at.isoformat(),
        "is": move.to,
        "attempts": row.attempts,
    }


def take_back(step: Step, wrote: Mapping[str, Any]) -> None:
    """Undo what `carry_out` did. Raises `Conflict` where something came in between."""
    connection = step.connection
    now = connection.execute(_ONE, {"key": wrote["key"]}).one_or_none()
    if (now.at.isoformat() if now else None) != wrote["kept_at"]:
        raise Conflict("Something else was done with this email since: it cannot be undone.")
    if wrote["mail"]:
        _move_back(connection, wrote["mail"])
    _lift(connection, wrote["key"])
    if before := wrote["before"]:
        row = {**before, "at": datetime.fromisoformat(before["at"])}
        connection.execute(_ADD, row)


def _move_back(connection: Connection, mail: Mapping[str, Any]) -> None:
    row = connection.execute(_MAIL, {"number": mail["number"]}).one_or_none()
    back = {"state": mail["was"], "next_attempt_at": datetime.fromisoformat(mail["due"])}
    untouched = row is not None and row.attempts == mail["attempts"]
    if not untouched or not outgoing.move(connection, mail["number"], (mail["is"],), **back):
        raise Conflict("The mail has gone out already: this cannot be undone any more.")


def _lift(connection: Connection, key: str) -> None:
    connection.execute(_LIFT, {"this": key})


def _keep(connection: Connection, wished: Wished, **as_kept: Any) -> None:
    named = {"key": wished.key, "consultation": wished.consultation, "wish": wished.wish.value}
    connection.execute(_ADD, {**named, **as_kept})


def _plain(row: Row[Any]) -> dict[str, Any]:
    return {**row._asdict(), "at": row.at.isoformat()}
