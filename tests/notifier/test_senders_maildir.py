"""What is particular to mail out into a Maildir."""

from __future__ import annotations

import resource
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from model import DeliveryState, Permanent
from notifier.senders import MaildirSender
from tests.notifier.mails import mail


def nothing() -> None:
    pass


class Killed(BaseException):
    """Stands for the end of the process at a point of its own choosing."""


@contextmanager
def _files_of_at_most(size: int) -> Iterator[None]:
    """The system's own limit, which stops a write half-way as a full disk does."""
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, limits[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)


@pytest.fixture
def sender(tmp_path: Path) -> MaildirSender:
    made = MaildirSender(tmp_path / "sent")
    made.open()
    return made


def test_the_same_mail_delivered_again_takes_its_own_place(
    sender: MaildirSender, tmp_path: Path
) -> None:
    sender.send(mail("one"), nothing)
    sender.send(mail("one"), nothing)

    assert len(list((tmp_path / "sent" / "new").iterdir())) == 1


def test_lines_end_as_files_on_this_machine_do(sender: MaildirSender, tmp_path: Path) -> None:
    sender.send(mail("one", text=b"a\r\nb\r\n"), nothing)

    (file,) = (tmp_path / "sent" / "new").iterdir()
    assert file.read_bytes().endswith(b"\n\na\nb\n")
    assert b"\r" not in file.read_bytes()


def test_a_mail_that_was_read_and_so_moved_is_still_known(
    sender: MaildirSender, tmp_path: Path
) -> None:
    sender.send(mail("one"), nothing)
    (file,) = (tmp_path / "sent" / "new").iterdir()
    file.rename(tmp_path / "sent" / "cur" / (file.name + ":2,S"))

    assert sender.was_sent("<one@test>") is True


def test_a_mail_cut_off_before_its_delivery_is_known_not_to_be_sent(
    sender: MaildirSender,
) -> None:
    def killed() -> None:
        raise Killed

    with pytest.raises(Killed):
        sender.send(mail("one"), killed)

    assert sender.was_sent("<one@test>") is False


def test_a_mail_that_somebody_took_away_cannot_be_known(
    sender: MaildirSender, tmp_path: Path
) -> None:
    sender.send(mail("one"), nothing)
    (file,) = (tmp_path / "sent" / "new").iterdir()
    file.unlink()

    assert sender.was_sent("<one@test>") is None


def test_a_mail_that_the_disk_has_no_room_for_is_tried_again(
    sender: MaildirSender, tmp_path: Path
) -> None:
    noted: list[str] = []
    with _files_of_at_most(1000):
        delivery = sender.send(mail("one", text=b"x" * 5000), lambda: noted.append("handing over"))

    assert delivery.state is DeliveryState.RETRY
    assert noted == []
    assert list((tmp_path / "sent" / "new").iterdir()) == []
    assert sender.send(mail("one", text=b"x" * 5000), nothing).state is DeliveryState.SENT


def test_a_maildir_that_cannot_be_made_says_so(tmp_path: Path) -> None:
    (tmp_path / "sent").write_text("a file, not a folder")

    with pytest.raises(Permanent, match=r"\[outgoing\] path"):
        MaildirSender(tmp_path / "sent").open()
