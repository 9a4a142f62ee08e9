"""A database is at one version, and is brought to the next whole or not at all."""

import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from sqlalchemy import text

import store as package
from model import Permanent
from store import Store, migrate
from store.engine import Database
from store.schema import HEAD, metadata
from tests.servers.postgres import Postgres
from tests.store import given
from tests.store.given import NOW, kept

NEXT = '''"""One more table."""
import sqlalchemy as sa
from alembic import op
revision = "9999"
down_revision = "{head}"
def upgrade() -> None:
    op.create_table("extra", sa.Column("id", sa.Integer, primary_key=True))
    {more}
'''

#: Everything that PostgreSQL knows about the shape of our tables.
CATALOGUE = """
    SELECT 'column', c.relname, a.attname, format_type(a.atttypid, a.atttypmod),
           a.attnotnull::text, coalesce(pg_get_expr(d.adbin, d.adrelid), '')
    FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0
    LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
    WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace
    UNION ALL
    SELECT 'constraint', conrelid::regclass::text, conname, pg_get_constraintdef(oid), '', ''
    FROM pg_constraint WHERE connamespace = 'public'::regnamespace
    UNION ALL
    SELECT 'index', tablename, indexname, indexdef, '', ''
    FROM pg_indexes WHERE schemaname = 'public'
"""


def shape(database: Database) -> set[tuple[str, ...]]:
    """What a database is made of; the order of columns and quotation marks say nothing."""
    query = "SELECT type, tbl_name, name, sql FROM sqlite_master"
    with database.read() as connection:
        rows = connection.execute(text(query if database.is_sqlite else CATALOGUE)).all()
    return {(*row[:3], *_lines(row[3:])) for row in rows if row[1] != "alembic_version"}


def _lines(made_by: Sequence[str | None]) -> list[str]:
    lines = [line for text in made_by for line in (text or "").replace('"', "").splitlines()]
    return sorted(line.strip(" \t,") for line in lines)


@pytest.fixture
def database(url: str) -> Iterator[Database]:
    opened = Database(url)
    yield opened
    opened.close()


@pytest.fixture
def scripts(tmp_path: Path) -> Path:
    """The migrations, in a place where more may be added."""
    copy = tmp_path / "migrations"
    shutil.copytree(migrate.SCRIPTS, copy)
    return copy


def add_script(scripts: Path, more: str = "pass") -> None:
    path = scripts / "versions" / "9999_next.py"
    path.write_text(NEXT.format(head=HEAD, more=more))


def set_revision(database: Database, revision: str) -> None:
    with database.write() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = :r"), {"r": revision})


def test_the_migrations_make_the_tables_that_are_declared(
    postgres: Postgres, empty_url: str, tmp_path: Path
) -> None:
    Store.open(empty_url).close()
    migrated = Database(empty_url)
    other = tmp_path / "declared.db"
    declared = Database(
        f"sqlite:///{other}" if migrated.is_sqlite else postgres.url(postgres.new_database())
    )
    declared.make_file()
    with declared.write() as connection:
        metadata.create_all(connection)
    assert len(shape(declared)) > 50
    assert shape(migrated) == shape(declared)
    for database in (migrated, declared):
        database.close()


def test_the_newest_migration_is_the_one_that_the_software_needs() -> None:
    assert migrate.head() == HEAD


def test_opening_an_empty_database_sets_it_up_once(empty_url: str) -> None:
    with Store.open(empty_url) as store:
        first = store.installation
        kept(store)
    with Store.open(empty_url) as store:
        assert store.installation == first
        assert store.views.counts().mails == 1
    assert len(first) == 16


def test_two_installations_have_names_of_their_own(empty_url: str, tmp_path: Path) -> None:
    with (
        Store.open(empty_url) as one,
        Store.open(f"sqlite:///{tmp_path / 'other.db'}") as other,
    ):
        assert one.installation != other.installation


@pytest.mark.parametrize(
    ("revision", "words"),
    [("0000", r"older version \(0000; .*run ./askonce upgrade"), ("9999", "newer version")],
)
def test_a_database_of_another_version_is_not_worked_with(
    url: str, database: Database, revision: str, words: str
) -> None:
    set_revision(database, revision)
    with pytest.raises(Permanent, match=words):
        Store.open(url)
    set_revision(database, HEAD)


def test_upgrading_what_is_up_to_date_does_nothing(url: str) -> None:
    assert package.upgrade(url, now=NOW) == migrate.Upgraded(before=HEAD, after=HEAD)


def test_upgrading_an_empty_database_sets_it_up(empty_url: str) -> None:
    done = package.upgrade(empty_url, now=NOW)
    assert (done.before, done.after, done.copy) == (None, HEAD, None)
    Store.open(empty_url).close()


def test_an_upgrade_keeps_everything_and_a_copy_of_a_file(empty_url: str, scripts: Path) -> None:
    with Store.open(empty_url) as store:
        kept(store)
    add_script(scripts)
    done = migrate.upgrade(empty_url, now=NOW, scripts=scripts)
    assert (done.before, done.after) == (HEAD, "9999")
    database = Database(empty_url)
    with database.read() as connection:
        assert connection.execute(text("SELECT count(*) FROM extra")).scalar() == 0
        assert connection.execute(text("SELECT count(*) FROM inbound_mails")).scalar() == 1
    database.close()
    if not database.is_sqlite:
        assert done.copy is None
        return
    assert done.copy == database.path.with_name(f"askonce-{HEAD}-20270104T093000Z.db")
    with Store.open(f"sqlite:///{done.copy}") as store:
        assert store.views.counts().mails == 1


def test_an_upgrade_may_rebuild_a_table_that_others_point_to(empty_url: str, scripts: Path) -> None:
    with Store.open(empty_url) as store:
        given.do(store, given.new(given.consultation(reference=given.reference(1))))
    more = """
    with op.batch_alter_table("consultations") as table:
        table.alter_column("status", nullable=True)"""
    add_script(scripts, more=more)
    migrate.upgrade(empty_url, now=NOW, scripts=scripts)
    database = Database(empty_url)
    with database.read() as connection:
        assert connection.execute(text("SELECT consultation FROM people")).all() == [("k1",)]
        assert connection.execute(text("SELECT key FROM consultations")).all() == [("k1",)]
    with pytest.raises(Permanent, match=r"(?i)foreign key"), database.write() as connection:
        connection.execute(text("DELETE FROM consultations"))
    database.close()


def test_an_upgrade_that_leaves_a_row_pointing_nowhere_is_undone(
    sqlite_url: str, scripts: Path
) -> None:
    with Store.open(sqlite_url) as store:
        given.do(store, given.new(given.consultation(reference=given.reference(1))))
    add_script(scripts, more='op.execute("DELETE FROM consultations")')
    with pytest.raises(Permanent, match="points nowhere"):
        migrate.upgrade(sqlite_url, now=NOW, scripts=scripts)
    with Store.open(sqlite_url) as store:
        assert store.views.counts().consultations == 1


def test_an_upgrade_that_fails_half_way_changes_nothing(empty_url: str, scripts: Path) -> None:
    with Store.open(empty_url) as store:
        kept(store)
    add_script(scripts, more='op.execute("INSERT INTO nowhere VALUES (1)")')
    before = shape(Database(empty_url))
    with pytest.raises(Permanent, match="nowhere"):
        migrate.upgrade(empty_url, now=NOW, scripts=scripts)
    assert shape(Database(empty_url)) == before
    with Store.open(empty_url) as store:
        assert store.views.counts().mails == 1


def test_a_newer_database_is_not_upgraded_backwards(url: str, database: Database) -> None:
    set_revision(database, "9999")
    with pytest.raises(Permanent, match="newer version"):
        package.upgrade(url, now=NOW)
    set_revision(database, HEAD)


def test_what_two_first_starts_at_once_set_up_is_one_register(empty_url: str) -> None:
    names = given.at_once(lambda _: _installation(empty_url), 3)
    assert len(set(names)) == 1


def _installation(url: str) -> str:
    with Store.open(url) as store:
        return store.installation
