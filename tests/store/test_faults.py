"""What goes wrong with a database, said in plain words: does it pass, or must somebody act?"""

import sqlite3
from contextlib import closing
from pathlib import Path
from threading import Timer

import pytest
from sqlalchemy import text

from model import Hold, Permanent, Reason, Transient
from store import Store
from store.engine import Database
from tests.servers.postgres import Postgres
from tests.store import given
from tests.store.given import decision, do, kept, ref


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("mysql://localhost/x", "mysql is not supported"),
        ("sqlite://", "name a file"),
        ("sqlite:///:memory:", "name a file"),
        ("var/askonce.db", "cannot be read"),
        ("sqlite", "cannot be read"),
    ],
)
def test_a_url_that_cannot_be_used_is_refused_by_its_key(url: str, words: str) -> None:
    with pytest.raises(Permanent, match=rf"^\[store\] url: .*{words}"):
        Store.open(url)


def test_a_file_is_made_with_its_folder_for_our_eyes_only(tmp_path: Path) -> None:
    path = tmp_path / "a b" / "100%" / "askonce.db"
    with Store.open(f"sqlite:///{path}") as store:
        kept(store)
    assert path.stat().st_mode & 0o777 == 0o600


def test_a_file_that_is_no_database_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "letter.txt"
    path.write_text("Dear administrator, " * 100)
    with pytest.raises(Permanent, match="is no database"):
        Store.open(f"sqlite:///{path}")
    assert path.read_text().startswith("Dear")


def test_a_place_that_cannot_be_opened_may_come_back(tmp_path: Path) -> None:
    with pytest.raises(Transient, match="cannot be opened"):
        Store.open(f"sqlite:///{tmp_path}")
    (tmp_path / "file").touch()
    with pytest.raises(Transient, match="cannot be made"):
        Store.open(f"sqlite:///{tmp_path}/file/askonce.db")


def test_a_register_that_vanishes_is_not_begun_anew(sqlite_url: str) -> None:
    database = Database(sqlite_url)
    database.path.rename(database.path.with_name("elsewhere"))
    with pytest.raises(Transient, match="cannot be opened"), database.read():
        pass
    assert not database.path.exists()
    database.close()


def test_a_full_disk_undoes_the_step_and_is_over_when_there_is_room(sqlite_url: str) -> None:
    with Store.open(sqlite_url) as store:
        with store.views.database.write() as connection:
            pages = connection.execute(text("PRAGMA page_count")).scalar_one()
            connection.execute(text(f"PRAGMA max_page_count = {pages + 5}"))
        with pytest.raises(Transient, match="the disk is full: make room"):
            store.keep(ref(), bytes(100_000))
        assert store.next_mail() is None
        with store.views.database.read() as connection:
            connection.execute(text(f"PRAGMA max_page_count = {pages + 500}"))
        assert store.keep(ref(), bytes(100_000))


def test_a_register_that_another_keeps_locked_is_tried_again_later(url: str) -> None:
    with Store.open(url) as store, Store.open(url, patience=0.1) as hasty:
        with store.transaction(), pytest.raises(Transient, match="locked"), hasty.transaction():
            pass
        do(hasty, decision())


def test_a_new_register_that_another_begins_at_the_same_moment_is_waited_for(
    tmp_path: Path,
) -> None:
    path = tmp_path / "askonce.db"
    with closing(sqlite3.connect(path, check_same_thread=False)) as other:
        other.isolation_level = None
        other.execute("BEGIN IMMEDIATE")
        done = Timer(0.3, other.execute, ["ROLLBACK"])
        done.start()
        with Store.open(f"sqlite:///{path}") as store:
            kept(store)
        done.join()


def test_reading_goes_on_while_another_writes(url: str) -> None:
    with Store.open(url) as store, Store.open(url, patience=0.1) as reader:
        with store.transaction() as transaction:
            transaction.apply(given.new(given.consultation()), now=given.NOW)
            assert reader.views.counts().consultations == 0
        assert reader.views.counts().consultations == 1


def test_what_went_wrong_is_said_without_a_word_of_what_was_stored(url: str) -> None:
    hold = Hold(key="h", reason=Reason.NO_FORM, consultation="secret@example.org")
    with Store.open(url) as store, pytest.raises(Permanent) as fault:
        do(store, decision(holds=(hold,)))
    assert "foreign key" in str(fault.value).lower()
    assert "secret" not in str(fault.value)


def test_an_instant_without_a_zone_is_refused(url: str) -> None:
    with Store.open(url) as store, pytest.raises(Permanent, match="StatementError"):
        store.keep(ref(arrived_at=given.NOW.replace(tzinfo=None)), b"one")


def test_a_server_that_is_away_may_come_back() -> None:
    with pytest.raises(Transient, match="cannot be reached"):
        Store.open("postgresql+psycopg:///askonce?host=/nonexistent")


def test_a_connection_lost_in_the_middle_undoes_the_step(
    postgres: Postgres, postgres_url: str
) -> None:
    with Store.open(postgres_url) as store:
        with pytest.raises(Transient), store.transaction() as transaction:
            transaction.apply(given.new(given.consultation()), now=given.NOW)
            postgres.hang_up()
            transaction.clocked()
        assert store.views.counts().consultations == 0


def test_a_connection_lost_between_two_steps_is_not_noticed(
    postgres: Postgres, postgres_url: str
) -> None:
    with Store.open(postgres_url) as store:
        kept(store)
        postgres.hang_up()
        assert store.views.counts().mails == 1


def test_durability_is_what_sqlite_calls_full(sqlite_url: str) -> None:
    database = Database(sqlite_url)
    with database.read() as connection:
        found = {
            name: connection.execute(text(f"PRAGMA {name}")).scalar_one()
            for name in ("journal_mode", "synchronous", "foreign_keys")
        }
    database.close()
    assert found == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1}
