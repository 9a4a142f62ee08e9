"""What is particular to mailboxes kept as files."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path

import pytest

from intake.mailbox import Filed, Folder
from intake.maildir import MaildirMailbox
from model import MailRef, Permanent, Transient
from tests.intake.test_mailbox_contract import mail, nothing_known
from tests.servers.maildir import deliver

NOON = datetime(2027, 1, 4, 12, tzinfo=UTC)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    with MaildirMailbox(tmp_path / "some" / "inbox"):
        pass
    return tmp_path / "some" / "inbox"


def drop(root: Path, name: str, raw: bytes, hour: int = 12) -> Path:
    path = root / "new" / name
    path.write_bytes(raw)
    stamp = NOON.replace(hour=hour).timestamp()
    os.utime(path, (stamp, stamp))
    return path


def refs(mailbox: MaildirMailbox) -> list[MailRef]:
    return list(mailbox.waiting(None, nothing_known))


def test_entering_makes_a_maildir_with_its_folders(root: Path) -> None:
    for folder in (root, root / ".Processed", root / ".Exceptions"):
        assert {p.name for p in folder.iterdir()} >= {"tmp", "new", "cur"}


def test_a_mail_still_being_written_is_not_there_yet(root: Path) -> None:
    (root / "tmp" / "1.test").write_bytes(mail(1))
    with MaildirMailbox(root) as mailbox:
        assert refs(mailbox) == []
        assert mailbox.wait(0) is False


def test_an_eml_put_in_under_a_name_used_before_is_another_mail(root: Path) -> None:
    ledger: set[str] = set()
    for number in (1, 2):
        drop(root, "form.eml", mail(number), hour=number)
        with MaildirMailbox(root) as mailbox:
            (ref,) = mailbox.waiting(None, lambda _: ledger)
            assert mailbox.fetch(ref) == mail(number)
            assert mailbox.file(ref, Folder.PROCESSED, None) is Filed.MOVED
        ledger.add(ref.uid)
    filed = [path.read_bytes() for path in (root / ".Processed" / "new").iterdir()]
    assert sorted(filed) == [mail(1), mail(2)]


def test_a_mail_that_was_replaced_under_its_name_is_gone(root: Path) -> None:
    drop(root, "form.eml", mail(1), hour=1)
    with MaildirMailbox(root) as mailbox:
        (ref,) = refs(mailbox)
        drop(root, "form.eml", mail(2), hour=2)
        assert mailbox.fetch(ref) is None
        assert mailbox.file(ref, Folder.PROCESSED, None) is Filed.GONE
        assert mailbox.fetch(refs(mailbox)[0]) == mail(2)


def test_a_mail_that_somebody_read_meanwhile_is_found_and_keeps_its_flags(root: Path) -> None:
    deliver(mail(1), root)
    with MaildirMailbox(root) as mailbox:
        (ref,) = refs(mailbox)
        (path,) = (root / "new").iterdir()
        path.rename(root / "cur" / f"{path.name}:2,S")
        assert [r.uid for r in refs(mailbox)] == [ref.uid]
        assert mailbox.fetch(ref) == mail(1)
        assert mailbox.file(ref, Folder.PROCESSED, None) is Filed.MOVED
    (filed,) = (root / ".Processed" / "cur").iterdir()
    assert filed.name == f"{path.name}:2,S"


def test_what_is_no_readable_mail_is_passed_over_and_reported(
    root: Path, caplog: pytest.LogCaptureFixture
) -> None:
    drop(root, "1.mail", mail(1))
    (root / "new" / "3.folder").mkdir()
    (root / "new" / "4.nowhere").symlink_to(root / "missing")
    with MaildirMailbox(root) as mailbox:
        assert [mailbox.fetch(ref) for ref in refs(mailbox)] == [mail(1)]
        assert any(line.startswith("2 mails in it cannot be read") for line in mailbox.check())
        refs(mailbox)
    said = "2 in the Maildir cannot be read: see ./askonce check"
    assert [record.getMessage() for record in caplog.records] == [said]


def test_an_empty_file_is_a_mail_too_and_another_one_once_it_is_filled(root: Path) -> None:
    drop(root, "1.eml", b"", hour=1)
    with MaildirMailbox(root) as mailbox:
        (empty,) = refs(mailbox)
        assert (mailbox.fetch(empty), mailbox.fetch_headers(empty)) == (b"", b"")
        drop(root, "1.eml", mail(1), hour=2)
        (filled,) = refs(mailbox)
        assert mailbox.file(empty, Folder.EXCEPTIONS, None) is Filed.GONE
        assert mailbox.fetch(filled) == mail(1)


def test_lines_may_end_either_way_and_a_header_may_be_all_there_is(root: Path) -> None:
    drop(root, "1.lf", b"Subject: a\nFrom: b\n\nText\n", hour=1)
    drop(root, "2.bare", b"Subject: a\nFrom: b", hour=2)
    drop(root, "3.none", b"\nText", hour=3)
    with MaildirMailbox(root) as mailbox:
        headers = [mailbox.fetch_headers(ref) for ref in refs(mailbox)]
    assert headers == [b"Subject: a\nFrom: b\n", b"Subject: a\nFrom: b", b""]


def test_a_mailbox_whose_folder_is_a_file_needs_a_person(tmp_path: Path) -> None:
    (tmp_path / "inbox").write_text("no")
    with pytest.raises(Permanent, match="is a file"), MaildirMailbox(tmp_path / "inbox"):
        pass


def test_a_maildir_that_went_away_is_tried_again(root: Path) -> None:
    with MaildirMailbox(root) as mailbox:
        deliver(mail(1), root)
        root.rename(root.parent / "elsewhere")
        with pytest.raises(Transient, match="tried again"):
            refs(mailbox)


def test_its_name_goes_with_it_wherever_it_is_moved(root: Path) -> None:
    deliver(mail(1), root)
    with MaildirMailbox(root) as mailbox:
        before = refs(mailbox)
    moved = root.rename(root.parent / "elsewhere")
    with MaildirMailbox(moved) as mailbox:
        assert refs(mailbox) == before
