"""INSERT ... ON CONFLICT, which SQLite and PostgreSQL share but SQLAlchemy spells twice."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from sqlalchemy import Connection, Insert, Table
from sqlalchemy.dialects import postgresql, sqlite


def add_unless_known(
    connection: Connection, table: Table, unique: Sequence[str], **values: Any
) -> bool:
    """Insert a row unless one with the same `unique` columns is there. True: it was inserted."""
    statement = _statement(connection.dialect.name, table, tuple(unique))
    return connection.execute(statement, values).rowcount == 1


@cache
def _statement(dialect: str, table: Table, unique: tuple[str, ...]) -> Insert:
    make = sqlite.insert if dialect == "sqlite" else postgresql.insert
    # inline: no RETURNING, which SQLite has only since 3.35; rows inserted are counted on request
    statement = make(table).on_conflict_do_nothing(index_elements=list(unique)).inline()
    return statement.execution_options(preserve_rowcount=True)


def add_up(
    connection: Connection, table: Table, key: str, number: str, rows: Sequence[Mapping[str, Any]]
) -> None:
    """Add to the `number` of each row what stands there; a `key` that is not there starts at 0."""
    if rows:
        connection.execute(_adding(connection.dialect.name, table, key, number), list(rows))


@cache
def _adding(dialect: str, table: Table, key: str, number: str) -> Insert:
    make = sqlite.insert if dialect == "sqlite" else postgresql.insert
    statement = make(table)
    total = table.c[number] + statement.excluded[number]
    return statement.on_conflict_do_update(index_elements=[key], set_={number: total}).inline()
