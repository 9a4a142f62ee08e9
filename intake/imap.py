"""A mailbox on an IMAP server (RFC 9051, 3501), by IMAPClient.

Mails are named by UID and UIDVALIDITY. Flags are neither read nor set: people may read the mailbox
with any program, and progress is kept in the ledger and in folders.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Any, Self

from imapclient.exceptions import IMAPClientAbortError, IMAPClientError

from intake.imap_commands import content, day_before, in_namespace, is_missing, with_id
from intake.imap_link import ImapSettings, Link
from intake.mailbox import Filed, Folder, Known
from model import MailRef, Permanent

#: RFC 2177 wants IDLE renewed within 29 minutes. Each renewal also shows that the link is alive.
_IDLE_AT_MOST = 60.0  # seconds
_AT_ONCE = 500  # mails asked about in one command


class ImapMailbox:
    """One folder of an IMAP account. With `look_only` nothing in it can be changed (EXAMINE)."""

    def __init__(self, settings: ImapSettings, *, look_only: bool = False) -> None:
        self._settings = settings
        self._look_only = look_only
        self._link = Link(settings)
        self._names = {
            Folder.PROCESSED: settings.processed,
            Folder.EXCEPTIONS: settings.exceptions,
        }
        self._forget()

    def _forget(self) -> None:
        self._paths: dict[str, str] = {}
        self._selected = ""
        self._uidvalidity = ""
        self._next_uid = 1  # of the mails that `waiting` and `wait` have not seen

    @property
    def name(self) -> str:
        """The account and its folder."""
        s = self._settings
        return f"imap:{s.username}@{s.host.lower()}/{s.folder}"

    def __enter__(self) -> Self:
        self._forget()
        self._link.connect()
        try:
            with self._link.speaking("open the folder") as client:
                self._open(client, self._settings.folder)
        except BaseException:
            self._link.close()
            raise
        return self

    def __exit__(self, *exc: object) -> None:
        self._link.close()

    # ----------------------------------------------------------------- taking

    def waiting(self, since: datetime | None, known: Known) -> Iterator[MailRef]:
        """See `Mailbox.waiting`."""
        with self._link.speaking("look for mail") as client:
            self._open(client, self._settings.folder, again=True)
            found = client.search(["SINCE", day_before(since)] if since else "ALL")
            fresh = {str(uid) for uid in found} - known(self._uidvalidity)
            self._next_uid = max((self._next_uid, *(uid + 1 for uid in found)))
            refs = list(self._refs(client, sorted(map(int, fresh)), self.name))
        refs.sort(key=lambda ref: (ref.arrived_at, int(ref.uid)))
        return (ref for ref in refs if since is None or ref.arrived_at >= since)

    def fetch(self, ref: MailRef) -> bytes | None:
        """See `Mailbox.fetch`."""
        return self._fetched(ref, "BODY.PEEK[]")

    def fetch_headers(self, ref: MailRef) -> bytes | None:
        """See `Mailbox.fetch_headers`."""
        return self._fetched(ref, "BODY.PEEK[HEADER]")

    def count_older(self, since: datetime) -> int:
        """See `Mailbox.count_older`. Only mails of the days around `since` are looked at singly."""
        day = day_before(since)
        with self._link.speaking("count mails") as client:
            self._open(client, self._settings.folder, again=True)
            sure = client.search(["BEFORE", day])
            doubtful = client.search(["SINCE", day, "BEFORE", day + timedelta(days=3)])
            refs = list(self._refs(client, doubtful, self.name))
        return len(sure) + sum(ref.arrived_at < since for ref in refs)

    def wait(self, seconds: float) -> bool:
        """See `Mailbox.wait`: by IDLE (RFC 2177); without it the time is slept through."""
        with self._link.speaking("wait for mail") as client:
            if self._has_news(client):
                return True
            if not client.has_capability("IDLE"):
                time.sleep(seconds)
                return self._has_news(client)
            while seconds > 0:
                turn = min(seconds, _IDLE_AT_MOST)
                if _idle(client, turn) and self._has_news(client):
                    return True
                seconds -= turn
        return False

    def _has_news(self, client: Any) -> bool:
        """Asked outright: commands since the last look may have swallowed the server's notice."""
        self._open(client, self._settings.folder)
        client.noop()
        # "n:*" always takes in the last mail, whatever its UID (RFC 9051, section 9, "seq-range").
        found = client.search(["UID", f"{self._next_uid}:*"])
        seen, self._next_uid = self._next_uid, max((self._next_uid, *(uid + 1 for uid in found)))
        return self._next_uid > seen

    def _fetched(self, ref: MailRef, what: str) -> bytes | None:
        with self._link.speaking("fetch a mail") as client:
            if not self._is_current(client, ref):
                return None
            return content(client, int(ref.uid), what)

    # ----------------------------------------------------------------- filing

    def file(self, ref: MailRef, folder: Folder, message_id: str | None) -> Filed:
        """See `Mailbox.file`: MOVE (RFC 6851), or COPY and UID EXPUNGE (RFC 4315), or neither.

        A mail whose UIDVALIDITY has changed since is GONE: its Message-ID may be another's.
        """
        if self._look_only:
            raise Permanent("This mailbox is only looked at: no mail is moved.")
        with self._link.speaking("file a mail") as client:
            uid = int(ref.uid) if ref.uid.isdecimal() else 0
            if not self._is_current(client, ref) or not client.search(["UID", str(uid)]):
                return Filed.GONE
            if not (client.has_capability("MOVE") or client.has_capability("UIDPLUS")):
                return Filed.LEFT
            try:
                self._file(client, ref, self._path(client, self._names[folder]), message_id)
            except IMAPClientError as e:
                if not is_missing(e):
                    raise
                self._paths.clear()  # somebody deleted the folder while we were connected
                self._file(client, ref, self._path(client, self._names[folder]), message_id)
            return Filed.MOVED

    def _file(self, client: Any, ref: MailRef, path: str, message_id: str | None) -> None:
        self._open(client, self._settings.folder)
        uid = int(ref.uid)
        if client.has_capability("MOVE"):
            client.move([uid], path)
            return
        if not self._has_copy(client, ref, path, message_id):
            self._open(client, self._settings.folder)
            client.copy([uid], path)
        self._open(client, self._settings.folder)
        client.add_flags([uid], [rb"\Deleted"], silent=True)
        client.uid_expunge([uid])

    def _has_copy(self, client: Any, ref: MailRef, path: str, message_id: str | None) -> bool:
        """Whether an earlier attempt got as far as the copy, which keeps size and date."""
        if message_id is None:
            return False
        self._open(client, path)
        copies = self._refs(client, with_id(client, message_id), path)
        return any((c.size, c.arrived_at) == (ref.size, ref.arrived_at) for c in copies)

    def filed(self) -> Iterator[tuple[Folder, MailRef, bytes]]:
        """See `Mailbox.filed`."""
        for folder, name in self._names.items():
            with self._link.speaking("list filed mails") as client:
                path = self._path(client, name)
                self._open(client, path)
                refs = list(self._refs(client, client.search(), f"{self.name}/{folder}"))
            for ref in refs:
                with self._link.speaking("fetch a filed mail") as client:
                    self._open(client, path)
                    raw = content(client, int(ref.uid), "BODY.PEEK[]")
                if raw is not None:
                    yield folder, ref, raw

    def _path(self, client: Any, name: str) -> str:
        """The server's own name of a folder of ours, which is made if it is not there."""
        if name not in self._paths:
            path = name if client.folder_exists(name) else in_namespace(client, name)
            if not client.folder_exists(path):
                client.create_folder(path)
                with suppress(IMAPClientError):
                    client.subscribe_folder(path)  # mail programs show only these
            self._paths[name] = path
        return self._paths[name]

    # ----------------------------------------------------------------- looking

    def check(self) -> list[str]:
        """See `Mailbox.check`."""
        s = self._settings
        with self._link.speaking("look around") as client:
            self._open(client, s.folder, again=True)
            count = len(client.search())
            there = {n: client.folder_exists(in_namespace(client, n)) for n in self._names.values()}
            able = client.has_capability
            filing = (
                "MOVE" if able("MOVE") else "COPY and EXPUNGE" if able("UIDPLUS") else "no command"
            )
            news = "IDLE" if able("IDLE") else "polling"
        how = {"implicit": "by TLS", "starttls": "by STARTTLS", "none": "without encryption"}[s.tls]
        return [
            f"Logged in to {s.place} as {s.username}, {how}.",
            f"The folder {s.folder} is there and holds {count} mail{'s' * (count != 1)}.",
            f"News comes by {news}; mails are filed by {filing}"
            + (", and so stay where they are." if filing == "no command" else "."),
            *(
                f"The folder {name} is there." if found else f"The folder {name} will be made."
                for name, found in there.items()
            ),
        ]

    def _open(self, client: Any, folder: str, *, again: bool = False) -> None:
        """Select a folder, for reading only where it is not ours to take mails from."""
        if self._selected == folder and not again:
            return
        self._selected = ""
        ours = folder == self._settings.folder
        try:
            answer = client.select_folder(folder, readonly=self._look_only or not ours)
        except IMAPClientError as e:
            if ours and is_missing(e):
                raise Permanent(
                    f"There is no folder {folder} on {self._settings.place}: "
                    "look at mailbox.folders."
                ) from e
            raise
        self._selected = folder
        self._uidvalidity = str(answer[b"UIDVALIDITY"])
        if ours and again:
            self._next_uid = answer[b"UIDNEXT"]

    def _is_current(self, client: Any, ref: MailRef) -> bool:
        if ref.mailbox != self.name:
            return False
        self._open(client, self._settings.folder)
        return ref.uidvalidity == self._uidvalidity

    def _refs(self, client: Any, uids: Sequence[int], mailbox: str) -> Iterator[MailRef]:
        remaining = iter(uids)
        while some := list(islice(remaining, _AT_ONCE)):
            for uid, found in client.fetch(some, ["INTERNALDATE", "RFC822.SIZE"]).items():
                yield MailRef(
                    mailbox=mailbox,
                    uidvalidity=self._uidvalidity,
                    uid=str(uid),
                    arrived_at=found[b"INTERNALDATE"].astimezone(UTC),
                    size=found[b"RFC822.SIZE"],
                )


def _idle(client: Any, seconds: float) -> bool:
    """One turn of IDLE; the read timeout ends it on a link gone silent."""
    try:
        client.idle()
        said = client.idle_check(timeout=seconds)
        _, rest = client.idle_done()
    except IMAPClientError as e:
        # No knowing whether the server still idles: only a new connection is sure.
        raise IMAPClientAbortError(*e.args) from e
    return any(len(line) > 1 and line[1] == b"EXISTS" for line in (*said, *rest))
