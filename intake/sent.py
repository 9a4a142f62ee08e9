"""The folder of sent mails on an IMAP server, for what was handed over with an uncertain end."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from intake.headers import message_id as id_in
from intake.headers import parse
from intake.imap_commands import content, in_namespace, with_id
from intake.imap_link import ImapSettings, Link
from model import Permanent


class SentFolder:
    """The folder in which the server keeps what was sent, over connections of its own."""

    def __init__(self, settings: ImapSettings, folder: str) -> None:
        self._settings = settings
        self._folder = folder

    def has(self, message_id: str) -> bool:
        """Whether a mail with that Message-ID lies there. Raises `Transient`, `Permanent`."""
        return any(id_in(parse(h, headers_only=True)) == message_id for h in self._read(message_id))

    def headers(self) -> Iterator[bytes]:
        """The header of every mail in the folder, for reconciling after a backup was restored."""
        yield from self._read(None)

    def _read(self, message_id: str | None) -> Iterator[bytes]:
        link = Link(self._settings)
        link.connect()
        try:
            with link.speaking("look into the folder of sent mails") as client:
                uids = self._found(client, message_id)
            for uid in uids:
                with link.speaking("read the folder of sent mails") as client:
                    header = content(client, uid, "BODY.PEEK[HEADER]")
                if header is not None:
                    yield header
        finally:
            link.close()

    def _found(self, client: Any, message_id: str | None) -> list[int]:
        path = self._folder
        if not client.folder_exists(path):
            path = in_namespace(client, path)
        if not client.folder_exists(path):
            raise Permanent(
                f"There is no folder {self._folder} on {self._settings.place}: "
                "look at the name that is set for sent mails."
            )
        client.select_folder(path, readonly=True)
        return with_id(client, message_id) if message_id else list(client.search())
