"""Small things that are asked of an IMAP server; the client is IMAPClient's, within `speaking`."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

from imapclient.exceptions import IMAPClientError


def content(client: Any, uid: int, what: str) -> bytes | None:
    """One section of a mail (`BODY.PEEK[...]`, which sets no flag); None: the mail is gone."""
    found = client.fetch([uid], [what]).get(uid, {})
    section = found.get(what.replace(".PEEK", "").encode())
    return section if isinstance(section, bytes) else None


def with_id(client: Any, message_id: str, header: str = "Message-ID") -> list[int]:
    """UIDs of mails whose `header` has that text in it (RFC 9051, SEARCH HEADER)."""
    charset = None if message_id.isascii() else "UTF-8"
    return list(client.search(["HEADER", header, message_id], charset))


def in_namespace(client: Any, name: str) -> str:
    """A folder's path in the user's own namespace (RFC 2342), levels parted the server's way."""
    prefix, separator = "", "/"
    if client.has_capability("NAMESPACE") and (personal := client.namespace().personal):
        prefix, separator = personal[0]
    elif listed := client.list_folders("", ""):
        separator = (listed[0][1] or b"/").decode()
    path = name.replace("/", separator or "/")
    return path if path.startswith(prefix) else prefix + path


def day_before(since: datetime) -> date:
    """Servers search by day, in a time zone of their own: the day before takes them all in."""
    return since.astimezone(UTC).date() - timedelta(days=1)


def is_missing(e: IMAPClientError) -> bool:
    """Whether the server says that there is no such folder (RFC 5530, and in words)."""
    said = str(e).lower()
    signs = ("[trycreate]", "[nonexistent]", "doesn't exist", "does not exist", "not found")
    return any(sign in said for sign in signs)
