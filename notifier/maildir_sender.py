"""Mail out into a Maildir: each mail a file, delivered by a rename: there whole or not at all."""

from __future__ import annotations

import os
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from types import TracebackType
from typing import Self

from model import Delivery, DeliveryState, OutgoingEmail, Permanent, Transient

_FOLDERS = ("tmp", "new", "cur")


class MaildirSender:
    """Delivers into `path`, which is made if it is not there.

    A file's name comes from its Message-ID. So a mail delivered again takes its own place, and
    where a mail got to can be seen from the folders: a rename takes it from `tmp` to `new`.
    """

    def __init__(self, path: Path) -> None:
        self._path = path

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        pass

    def open(self) -> None:
        """Makes the folders. Raises `Permanent` when they cannot be written to."""
        try:
            for name in _FOLDERS:
                (self._path / name).mkdir(parents=True, exist_ok=True)
        except OSError as fault:
            raise Permanent(
                f"The Maildir {self._path} cannot be made: {fault.strerror}. Check [outgoing] path "
                "and who may write there."
            ) from fault

    def send(self, mail: OutgoingEmail, about_to_hand_over: Callable[[], None]) -> Delivery:
        """Writes the mail; see `Sender.send`. A full disk is RETRY."""
        draft, place = self._draft(mail.message_id), self._place(mail.message_id)
        try:
            _write(draft, mail.content)
        except OSError as fault:
            return Delivery(state=DeliveryState.RETRY, detail=f"not written: {fault.strerror}")
        about_to_hand_over()
        try:
            draft.rename(place)
        except OSError as fault:
            return Delivery(state=DeliveryState.RETRY, detail=f"not delivered: {fault.strerror}")
        try:
            _sync_folder(place.parent)
        except OSError as fault:
            return Delivery(state=DeliveryState.UNCERTAIN, detail=f"not flushed: {fault.strerror}")
        return Delivery(state=DeliveryState.SENT, detail="in the Maildir")

    def was_sent(self, message_id: str) -> bool | None:
        """True: it is in the Maildir. False: it waits in `tmp`. None: somebody took it away."""
        place = self._place(message_id)
        cur = self._path / "cur"
        if place.exists() or next(cur.glob(place.name + "*"), None) is not None:
            return True
        return False if self._draft(message_id).exists() else None

    def check(self) -> list[str]:
        """Writes a file and takes it away again. Raises `Transient` or `Permanent`."""
        self.open()
        trial = self._path / "tmp" / f"check.{os.getpid()}"
        try:
            _write(trial, b"check\n")
            trial.unlink()
        except OSError as fault:
            raise Transient(
                f"The Maildir {self._path} cannot be written to: {fault.strerror}. Check that its "
                "disk has room and who may write there."
            ) from fault
        return [f"The Maildir {self._path} can be written to"]

    def _draft(self, message_id: str) -> Path:
        return self._path / "tmp" / _name(message_id)

    def _place(self, message_id: str) -> Path:
        return self._path / "new" / _name(message_id)


def _name(message_id: str) -> str:
    return sha256(message_id.encode()).hexdigest() + ".askonce"


def _write(path: Path, content: bytes) -> None:
    """The whole file and its name, safely on disk; lines end as they do on this machine's disks."""
    with path.open("wb") as file:
        file.write(content.replace(b"\r\n", b"\n"))
        file.flush()
        os.fsync(file.fileno())
    _sync_folder(path.parent)


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
