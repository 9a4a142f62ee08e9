"""How the daemons fare: what last worked for each, what has failed since when, and the outages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    Connection,
    Select,
    and_,
    bindparam,
    case,
    delete,
    func,
    or_,
    select,
    text,
    update,
)

from model import Letter, Outage, Sign, Trouble, Vitals
from store import outgoing, state
from store.engine import Database
from store.schema import attempts, exceptions, health, inbound_mails, outages, outgoing_mails
from store.upsert import add_unless_known

#: Daemons that were not heard of for so long are forgotten.
_FORGOTTEN = timedelta(days=30)

_h, _o, _mails = health.c, outages.c, outgoing_mails.c
#: What is said to have happened later than this was written by a clock that was wrong.
_SLACK = timedelta(minutes=5)
_SENT_AT = select(func.max(attempts.c.ended_at, type_=_mails.sent_at.type)).where(
    attempts.c.result == "sent", attempts.c.ended_at <= bindparam("until")
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """How much there is of what moves."""

    handled: int  #: mails that came in
    unhandled: int
    outbox: Mapping[str, int]  #: state -> mails of ours
    queue: Mapping[str, int]  #: reason -> open exceptions


@dataclass(frozen=True, slots=True)
class Health:
    """Each method is one short transaction; raises only `Transient` and `Permanent`."""

    database: Database

    def well(self, daemon: str, what: Trouble, now: datetime) -> None:
        """Remember that a thing works for a daemon."""
        with self.database.write() as connection:
            if _is_new(connection, daemon, what):
                _forget(connection, now)
            first_again = and_(_h.failing_since.is_not(None), _h.recovered_at.is_(None))
            recovered = case((first_again, now), else_=_h.recovered_at)
            _set(connection, daemon, what, well_at=now, recovered_at=recovered)

    def failed(self, daemon: str, what: Trouble, since: datetime, fault: str) -> None:
        """Remember that it does not, since when, and what was said."""
        with self.database.write() as connection:
            _is_new(connection, daemon, what)
            anew = or_(_h.failing_since.is_(None), _h.recovered_at.is_not(None))
            first = case((anew, since), else_=_h.failing_since)
            _set(connection, daemon, what, failing_since=first, recovered_at=None, fault=fault)

    def delivered(self, daemon: str, now: datetime) -> None:
        """Remember that a round of delivering met no fault.

        Where delivering failed before, that is news only if a mail went, or none is left: with
        none due just then, nobody asked the server.
        """
        with self.database.read() as connection:
            query = select(_h.failing_since).where(
                _h.daemon == daemon, _h.what == Trouble.DELIVERY.value, _h.recovered_at.is_(None)
            )
            failing = connection.execute(query).scalar()
            sent_at = connection.execute(_SENT_AT, {"until": now + _SLACK}).scalar()
            unsent = failing and _unsent_since(connection, now)
        if not failing or not unsent or (sent_at and sent_at >= failing):
            self.well(daemon, Trouble.DELIVERY, now)

    def vitals(self, now: datetime) -> Vitals:
        """What the health of the daemons is judged by, as of one moment."""
        with self.database.read() as connection:
            return vitals(connection, now)

    def latest(self) -> datetime | None:
        """The latest moment at which anything is said to have happened."""
        query = select(
            func.max(_h.well_at, type_=_h.well_at.type),
            select(func.max(attempts.c.started_at, type_=_h.well_at.type)).scalar_subquery(),
        )
        with self.database.read() as connection:
            return max((at for at in connection.execute(query).one() if at), default=None)

    def heard_at(self) -> datetime | None:
        """When any daemon last said that something works. None: never."""
        query = select(func.max(_h.well_at, type_=_h.well_at.type))
        with self.database.read() as connection:
            return connection.execute(query).scalar()

    def figures(self) -> Figures:
        """How much there is of what moves, by kind."""
        handled = inbound_mails.c.handled_at.is_not(None)
        is_open = exceptions.c.closed_at.is_(None)
        with self.database.read() as connection:
            mails = _counted(connection, select(handled, func.count()).group_by(handled))
            states = select(_mails.state, func.count()).where(outgoing.unfinished)
            left = _counted(connection, states.group_by(_mails.state))
            total = connection.execute(select(func.count()).select_from(outgoing_mails)).scalar()
            sent = (total or 0) - sum(left.values())
            reason = exceptions.c.reason
            reasons = select(reason, func.count()).where(is_open).group_by(reason)
            return Figures(
                handled=mails.get(True, 0),
                unhandled=mails.get(False, 0),
                outbox={**left, **({outgoing.SENT: sent} if sent else {})},
                queue=_counted(connection, reasons),
            )

    def size(self) -> int:
        """Bytes that the database takes."""
        query = (
            "SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()"
            if self.database.is_sqlite
            else "SELECT pg_database_size(current_database())"
        )
        with self.database.read() as connection:
            return int(connection.execute(text(query)).scalar_one())


def vitals(connection: Connection, now: datetime) -> Vitals:
    """As `Health.vitals`, within a transaction. A moment yet to come counts as none, or as now."""
    alerts = select(_mails.key).where(_mails.kind == Letter.ALERT.value)
    return Vitals(
        signs=tuple(
            Sign(
                daemon=row.daemon,
                what=Trouble(row.what),
                well_at=row.well_at if row.well_at and row.well_at <= now + _SLACK else None,
                failing_since=row.failing_since and min(row.failing_since, now),
                recovered_at=row.recovered_at,
                fault=row.fault or "",
            )
            for row in connection.execute(select(health).order_by(_h.daemon, _h.what))
        ),
        outages=tuple(
            Outage(what=Trouble(row.what), since=row.since, until=row.until)
            for row in connection.execute(select(outages).order_by(_o.since))
        ),
        unsent_since=_unsent_since(connection, now),
        sent_at=connection.execute(_SENT_AT, {"until": now + _SLACK}).scalar(),
        held=state.sending_held(connection),
        warned=frozenset(connection.scalars(alerts)),
    )


def note(connection: Connection, begun: Sequence[Outage], ended: Sequence[Outage]) -> None:
    """Remember outages that began and that are over."""
    for one in (*begun, *ended):
        add_unless_known(
            connection, outages, ("what", "since"), what=one.what.value, since=one.since
        )
    for one in ended:
        connection.execute(
            update(outages)
            .where(_o.what == one.what.value, _o.since == one.since)
            .values(until=one.until)
        )


def _unsent_since(connection: Connection, now: datetime) -> datetime | None:
    """Since when the oldest mail waits that was tried or should have been.

    Alerts do not count, nor what waits for a cap.
    """
    query = select(func.min(_mails.created_at, type_=_mails.created_at.type)).where(
        outgoing.unfinished,
        _mails.state.in_(outgoing.UNDER_WAY),
        _mails.kind != Letter.ALERT.value,
        _mails.capped.is_(None),
        or_(_mails.attempts > 0, _mails.next_attempt_at <= now),
    )
    return connection.execute(query).scalar()


def _counted(connection: Connection, query: Select[Any, int]) -> dict[Any, int]:
    return {row[0]: row[1] for row in connection.execute(query)}


def _is_new(connection: Connection, daemon: str, what: Trouble) -> bool:
    return add_unless_known(connection, health, ("daemon", "what"), daemon=daemon, what=what.value)


def _set(connection: Connection, daemon: str, what: Trouble, **values: Any) -> None:
    row = update(health).where(_h.daemon == daemon, _h.what == what.value)
    connection.execute(row.values(**values))


def _forget(connection: Connection, now: datetime) -> None:
    long_ago = now - _FORGOTTEN
    latest = (_h.well_at, _h.failing_since)
    old = [or_(at.is_(None), at < long_ago) for at in latest]
    known = or_(*(at.is_not(None) for at in latest))
    connection.execute(delete(health).where(known, *old))
