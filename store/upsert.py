"""INSERT ... ON CONFLICT, which SQLite and PostgreSQL share but SQLAlchemy spells twice."""

from __future__ import annotations

from collections.abc import Sequence
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
