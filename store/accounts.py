"""Who may look at the pages: accounts, their sessions, and logins that failed of late."""

from __future__ import annotations

import secrets
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from hashlib import sha256
from itertools import count
from typing import Any

from sqlalchemy import Connection, Row, delete, func, insert, select, update

from store import state
from store.engine import Database
from store.schema import accounts, logins, sessions
from store.upsert import add_unless_known

#: A session that nobody used for so long is over.
IDLE = timedelta(hours=1)
#: And every one after so long.
LONGEST = timedelta(hours=12)
#: How exactly the last use of a session is known: not every page writes.
_EXACT = timedelta(minutes=1)
#: Logins are counted over so long.
WINDOW = timedelta(minutes=15)


class Part(StrEnum):
    """What an account is for."""

    ADMINISTRATOR = "administrator"
    READER = "reader"  #: looks, and changes nothing


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """Somebody who may log in: by a password, of which this has the hash (argon2id), or as who the
    provider of single sign-on says it is (`identity`)."""

    name: str
    part: Part
    password: str | None
    created_at: datetime
    identity: str | None = None
    came_at: datetime | None = None  #: last logged in


class Accounts:
    """The accounts of one database. Names are the same in capitals and without."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, name: str, part: Part, password: str, now: datetime) -> bool:
        """Make an account. False: there is one of that name; nothing is changed."""
        row = {"name": plain(name), "part": part.value, "password": password, "created_at": now}
        with self._database.write() as connection:
            return add_unless_known(connection, accounts, ("name",), **row)

    def recognise(self, identity: str, name: str, part: Part, now: datetime) -> Account:
        """The account of whom the provider vouches for, made when it first does so.

        What it is for is what the provider says today. It keeps the name that it was made with, as
        that stands in the records; one that is another account's gets a number.
        """
        it = accounts.c
        with self._database.write(register=True) as connection:
            known = update(accounts).where(it.identity == identity).values(part=part.value)
            if not connection.execute(known).rowcount:
                row = {"part": part.value, "created_at": now, "identity": identity}
                names = (f"{name} ({number})" if number > 1 else name for number in count(1))
                while not add_unless_known(
                    connection, accounts, ("name",), name=plain(next(names)), **row
                ):
                    pass
            query = select(accounts).where(it.identity == identity)
            return _account(connection.execute(query).one())

    def set_password(self, name: str, password: str, keep: str = "") -> bool:
        """Give an account another password: its sessions end but that of the token `keep`, and
        logins that failed are forgotten. False: no account of that name has one."""
        one = (accounts.c.name == plain(name), accounts.c.password.is_not(None))
        others = (sessions.c.account == plain(name), sessions.c.digest != _digest(keep))
        with self._database.write() as connection:
            there = update(accounts).where(*one).values(password=password)
            if not connection.execute(there).rowcount:
                return False
            connection.execute(delete(sessions).where(*others))
            counted = logins.c.counted.startswith(f"{counted_as(name)}, ", autoescape=True)
            connection.execute(delete(logins).where(counted))
            return True

    def set_part(self, name: str, part: Part) -> bool:
        """Say what an account with a password is for. False: there is none of that name."""
        one = (accounts.c.name == plain(name), accounts.c.password.is_not(None))
        with self._database.write() as connection:
            there = update(accounts).where(*one).values(part=part.value)
            return connection.execute(there).rowcount == 1

    def remove(self, name: str) -> bool:
        """Take an account and its sessions away. False: there is none of that name."""
        with self._database.write() as connection:
            connection.execute(delete(sessions).where(sessions.c.account == plain(name)))
            gone = connection.execute(delete(accounts).where(accounts.c.name == plain(name)))
            return gone.rowcount == 1

    def all(self) -> tuple[Account, ...]:
        """Every account, by name."""
        with self._database.read() as connection:
            rows = connection.execute(select(accounts).order_by(accounts.c.name))
            return tuple(_account(row) for row in rows)

    def find(self, name: str) -> Account | None:
        """The account of a name. None: there is none."""
        query = select(accounts).where(accounts.c.name == plain(name))
        with self._database.read() as connection:
            row = connection.execute(query).one_or_none()
        return _account(row) if row else None

    # ---- sessions: the browser has a random token, the database only its digest

    def begin(self, account: Account, now: datetime) -> str:
        """Begin a session; gives its token. Those that are over are cleared away."""
        token = secrets.token_urlsafe(32)
        row = {"digest": _digest(token), "account": account.name, "begun_at": now, "used_at": now}
        it = sessions.c
        over = (it.used_at <= now - IDLE) | (it.begun_at <= now - LONGEST)
        with self._database.write() as connection:
            connection.execute(delete(sessions).where(over))
            connection.execute(insert(sessions), row)
            one = accounts.c.name == account.name
            connection.execute(update(accounts).where(one).values(came_at=now))
        return token

    def whose(self, token: str, now: datetime) -> Account | None:
        """Whose session a token is of, which is used now. None: it is of none, or over."""
        it = sessions.c
        ours = (it.digest == _digest(token), it.used_at > now - IDLE, it.begun_at > now - LONGEST)
        query = select(accounts, it.used_at).join(sessions, it.account == accounts.c.name)
        with self._database.read() as connection:
            row = connection.execute(query.where(*ours)).one_or_none()
        if row is None:
            return None
        if row.used_at <= now - _EXACT:
            with self._database.write() as connection:
                connection.execute(update(sessions).where(*ours).values(used_at=now))
        return _account(row)

    def end(self, token: str) -> None:
        """End a session."""
        with self._database.write() as connection:
            connection.execute(delete(sessions).where(sessions.c.digest == _digest(token)))

    # ---- how often it may be tried

    def try_login(self, counted: Collection[tuple[str, int]], now: datetime) -> bool:
        """Count one more login under each name. False: one of them was tried too often.

        `counted`: (name, how many are allowed in `WINDOW`). Counted before the password is looked
        at, so that many at once are no way around it.
        """
        with self._database.write(register=True) as connection:
            connection.execute(delete(logins).where(logins.c.at <= now - WINDOW))
            if any(_tried(connection, name) >= most for name, most in counted):
                return False
            connection.execute(insert(logins), [{"counted": n, "at": now} for n, _ in counted])
            return True

    def succeeded(self, counted: Collection[str], now: datetime) -> None:
        """The login that was counted at `now` was a good one, and is not counted any more."""
        these = (logins.c.counted.in_(counted), logins.c.at == now)
        with self._database.write() as connection:
            connection.execute(delete(logins).where(*these))

    def secret(self) -> str:
        """What cookies are signed with: random, made once with the first use."""
        with self._database.read() as connection:
            known = state.cookie_secret(connection)
        if known is None:
            with self._database.write() as connection:
                state.make_cookie_secret(connection)
                known = state.cookie_secret(connection)
        assert known is not None
        return known


def plain(name: str) -> str:
    """A name as it is kept and compared."""
    return " ".join(name.casefold().split())


def counted_as(name: str) -> str:
    """What the logins to an account are counted under, with a comma and from where after it."""
    return f"account {plain(name)[:200]}"


def _account(row: Row[Any]) -> Account:
    return Account(
        name=row.name,
        part=Part(row.part),
        password=row.password,
        created_at=row.created_at,
        identity=row.identity,
        came_at=row.came_at,
    )


def _tried(connection: Connection, name: str) -> int:
    query = select(func.count()).select_from(logins).where(logins.c.counted == name)
    return connection.execute(query).scalar_one()


def _digest(token: str) -> str:
    return sha256(token.encode()).hexdigest()
