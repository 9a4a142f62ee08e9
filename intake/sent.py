"""The folder of sent mails on an IMAP server: what went, and under which name.

A server may replace the Message-ID of what it sends. So every mail of ours has its own a second
time, in a header that servers leave alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from intake.headers import message_id as id_in
from intake.headers import parse
from intake.imap_commands import content, in_namespace, with_id
from intake.imap_link import ImapSettings, Link
from model import Permanent
from notifier.mime import OWN_ID

#: So many of the latest mails are looked through where the server cannot search for our header.
_LATEST = 100
_NAMES = f"BODY.PEEK[HEADER.FIELDS (MESSAGE-ID {OWN_ID.upper()})]"


class SentFolder:
    """The folder in which the server keeps what was sent, over connections of its own."""

    def __init__(self, settings: ImapSettings, folder: str) -> None:
        self._settings = settings
        self._folder = folder

    def has(self, message_id: str) -> bool:
        """Whether that mail of ours lies there. Raises `Transient`, `Permanent`."""
        return bool(self.names([message_id]))

    def names(self, message_ids: Iterable[str]) -> dict[str, str]:
        """Those of our mails that lie there, each with the Message-ID that it has there.

        Raises `Transient`, `Permanent`.
        """
        wanted = list(dict.fromkeys(message_ids))
        found: dict[str, str] = {}
        with self._opened() as client:
            for message_id in wanted:
                for header in ("Message-ID", OWN_ID):
                    if message_id not in found:
                        found |= _named(client, with_id(client, message_id, header), [message_id])
            if left := [message_id for message_id in wanted if message_id not in found]:
                found |= _named(client, sorted(client.search())[-_LATEST:], left)
        return found

    def headers(self) -> Iterator[bytes]:
        """The header of every mail in the folder, for reconciling after a backup was restored."""
        with self._opened() as client:
            for uid in client.search():
                header = content(client, uid, "BODY.PEEK[HEADER]")
                if header is not None:
                    yield header

    @contextmanager
    def _opened(self) -> Iterator[Any]:
        link = Link(self._settings)
        link.connect()
        try:
            with link.speaking("look into the folder of sent mails") as client:
                client.select_folder(self._path(client), readonly=True)
                yield client
        finally:
            link.close()

    def _path(self, client: Any) -> str:
        path = self._folder
        if not client.folder_exists(path):
            path = in_namespace(client, path)
        if not client.folder_exists(path):
            raise Permanent(
                f"There is no folder {self._folder} on {self._settings.place}: "
                "look at the name that is set for sent mails."
            )
        return path


def own_id(header: bytes) -> str | None:
    """The Message-ID that a mail of ours was written with, whatever a server made of it."""
    mail = parse(header, headers_only=True)
    return str(mail[OWN_ID]).strip() if OWN_ID in mail else id_in(mail)


def _named(client: Any, uids: list[int], wanted: list[str]) -> dict[str, str]:
    """The mails of `wanted` among those with `uids`, by their own Message-ID or by ours."""
    found = {}
    for fetched in client.fetch(uids, [_NAMES]).values() if uids else ():
        header = next((v for k, v in fetched.items() if k.startswith(b"BODY[")), b"") or b""
        there, ours = id_in(parse(header, headers_only=True)), own_id(header)
        for name in (there, ours):
            if name in wanted:
                found[name] = there or name
    return found
