"""What the store knows about itself: which installation it is, and whether it may send."""

from __future__ import annotations

import secrets

from sqlalchemy import Connection, delete, exists, select

from store.schema import state
from store.upsert import add_unless_known

_INSTALLATION, _SENDING_HELD = "installation", "sending_held"
_SIMILAR_LISTS = "similar_lists"
_COOKIES = "cookie_secret"


def installation(connection: Connection) -> str | None:
    """The random name that was made with the database; a restored copy keeps it."""
    return _get(connection, _INSTALLATION)


def name_installation(connection: Connection) -> None:
    """Make the name, unless there is one."""
    _put(connection, _INSTALLATION, secrets.token_hex(8))


#: True in a query while nothing may leave the outbox.
sending_is_held = exists().where(state.c.name == _SENDING_HELD)


def sending_held(connection: Connection) -> bool:
    """Whether nothing may leave the outbox until a person says so (after a restore)."""
    return _get(connection, _SENDING_HELD) is not None


def hold_sending(connection: Connection) -> None:
    """Let nothing leave the outbox."""
    _put(connection, _SENDING_HELD, "yes")


def release_sending(connection: Connection) -> None:
    """Let mails leave the outbox again."""
    connection.execute(delete(state).where(state.c.name == _SENDING_HELD))


def similar_lists(connection: Connection) -> str | None:
    """By which word lists and rules the index of similar work was made."""
    return _get(connection, _SIMILAR_LISTS)


def set_similar_lists(connection: Connection, name: str) -> None:
    """Remember that."""
    connection.execute(delete(state).where(state.c.name == _SIMILAR_LISTS))
    _put(connection, _SIMILAR_LISTS, name)


def cookie_secret(connection: Connection) -> str | None:
    """What the pages sign their cookies with."""
    return _get(connection, _COOKIES)


def make_cookie_secret(connection: Connection) -> None:
    """Make it, unless there is one."""
    _put(connection, _COOKIES, secrets.token_hex(32))


def _get(connection: Connection, name: str) -> str | None:
    return connection.execute(select(state.c.value).where(state.c.name == name)).scalar()


def _put(connection: Connection, name: str, value: str) -> None:
    add_unless_known(connection, state, ("name",), name=name, value=value)
