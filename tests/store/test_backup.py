from pathlib import Path

import pytest
from sqlalchemy import text

from model import Permanent, Question, Transient
from store import Store
from store.engine import Database
from tests.gates import OPEN
from tests.store import given
from tests.store.given import NOW, consultation, do, found, kept, letter, new


def test_a_backup_made_while_the_register_is_in_use_has_all_that_is_committed(
    sqlite_url: str, tmp_path: Path
) -> None:
    copy = tmp_path / "copy.db"
    with Store.open(sqlite_url) as store:
        do(store, new(consultation(reference=given.reference(1))), outgoing=[letter()])
        with store.transaction() as transaction:
            transaction.apply(new(consultation("k2", reference=given.reference(2))), now=NOW)
            store.backup(copy)
    with Store.open(f"sqlite:///{copy}") as restored:
        assert restored.installation == store.installation
        assert len(found(restored, given.reference(1))) == 1
        assert found(restored, given.reference(2)) == ()
        assert restored.outbox.claim(NOW, OPEN) is not None


def test_a_backup_is_one_file_for_our_eyes_only(sqlite_url: str, tmp_path: Path) -> None:
    folder = tmp_path / "backups"
    folder.mkdir()
    with Store.open(sqlite_url) as store:
        store.backup(folder / "copy.db")
        assert [path.name for path in folder.iterdir()] == ["copy.db"]
        assert (folder / "copy.db").stat().st_mode & 0o777 == 0o600


def test_a_backup_never_replaces_a_file(sqlite_url: str, tmp_path: Path) -> None:
    (tmp_path / "precious").write_text("precious")
    with Store.open(sqlite_url) as store, pytest.raises(Permanent, match="exists already"):
        store.backup(tmp_path / "precious")
    assert (tmp_path / "precious").read_text() == "precious"


def test_a_backup_that_cannot_be_written_is_said_so(sqlite_url: str, tmp_path: Path) -> None:
    with Store.open(sqlite_url) as store, pytest.raises(Transient, match="could not be written"):
        store.backup(tmp_path / "no such folder" / "copy.db")


def test_a_damaged_register_is_noticed_and_leaves_no_backup(
    sqlite_url: str, tmp_path: Path
) -> None:
    with Store.open(sqlite_url) as store:
        store.keep(given.ref(), bytes(400_000))
    path = Database(sqlite_url).path
    with path.open("r+b") as file:
        end = file.seek(0, 2)
        for page in range(end - 40 * 4096, end, 4096):
            file.seek(page)
            file.write(b"\xee" * 64)
    with Store.open(sqlite_url) as store, pytest.raises(Permanent, match="is damaged"):
        store.backup(tmp_path / "copy.db")
    assert not (tmp_path / "copy.db").exists()


def test_postgresql_has_a_program_of_its_own_for_backups(postgres_url: str, tmp_path: Path) -> None:
    with Store.open(postgres_url) as store, pytest.raises(Permanent, match="pg_dump"):
        store.backup(tmp_path / "copy.db")


# ---- after a restore


def next_number(store: Store, year: int) -> int:
    with store.transaction() as transaction:
        return transaction.facts(Question(email=given.email(), year=year)).next_number


def test_a_number_that_was_given_out_is_not_drawn_again(store: Store) -> None:
    do(store, new(consultation(reference=given.reference(1))))
    store.restored.counter_at_least(2027, 7)
    store.restored.counter_at_least(2027, 3)
    store.restored.counter_at_least(2026, 2)
    assert [next_number(store, year) for year in (2026, 2027, 2028)] == [3, 8, 1]
    do(store, new(consultation("k2", reference=given.reference(8))))


def test_a_restored_register_still_knows_what_it_kept(sqlite_url: str, tmp_path: Path) -> None:
    with Store.open(sqlite_url) as store:
        kept(store)
        store.backup(tmp_path / "copy.db")
        store.keep(given.ref("2"), b"after the backup")
    with Store.open(f"sqlite:///{tmp_path / 'copy.db'}") as restored:
        assert restored.has_original(b"raw1")
        assert not restored.has_original(b"after the backup")
        with restored.views.database.read() as connection:
            assert connection.execute(text("PRAGMA journal_mode")).scalar() == "wal"
