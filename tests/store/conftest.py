"""The store's exam, sat by every database: `store` is one at this version, fresh for each test."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import delete

from store import Store
from store.engine import Database
from store.schema import metadata
from tests.compiled import compiled_once
from tests.servers import postgres as server
from tests.servers.postgres import Postgres


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    with server.running() as running:
        yield running


@pytest.fixture(scope="session")
def postgres_tables(postgres: Postgres) -> str:
    """A database at this version, which tests use one after another."""
    url = postgres.url(postgres.new_database())
    Store.open(url).close()
    return url


@pytest.fixture(scope="session")
def sqlite_model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("model") / "askonce.db"
    Store.open(f"sqlite:///{path}").close()
    return path


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A database without a single table."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'askonce.db'}"
    postgres: Postgres = request.getfixturevalue("postgres")
    return postgres.url(postgres.new_database())


@pytest.fixture
def sqlite_url(tmp_path: Path, sqlite_model: Path) -> str:
    shutil.copy(sqlite_model, tmp_path / "askonce.db")
    return f"sqlite:///{tmp_path / 'askonce.db'}"


@pytest.fixture
def postgres_url(postgres_tables: str) -> str:
    """Emptied by DELETE, which for small tables takes a hundredth of the time of a copy."""
    database = Database(postgres_tables)
    with database.write() as connection:
        for table in reversed(metadata.sorted_tables):
            connection.execute(delete(table))
    database.close()
    return postgres_tables


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest) -> str:
    fixture = "sqlite_url" if request.param == "sqlite" else "postgres_url"
    return str(request.getfixturevalue(fixture))


@pytest.fixture
def store(url: str) -> Iterator[Store]:
    with compiled_once(Store.open(url)) as opened:
        yield opened
