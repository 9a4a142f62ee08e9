"""MIME details that the standard library leaves open: long Message-IDs, boundaries, file types."""

from __future__ import annotations

import hashlib
import mimetypes
import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from email import message_from_bytes, policy
from email.header import Header
from email.headerregistry import Address as HeaderAddress
from email.headerregistry import HeaderRegistry, UnstructuredHeader
from email.message import EmailMessage
from html import escape
from textwrap import fill

#: The header that holds a mail's own Message-ID, for servers that replace the other.
OWN_ID = "X-Ask-Once-Id"

#: Newest Message-IDs kept in References, beside the first: enough for threading anywhere.
KEPT = 20

_TYPES = {
    ".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


class MessageIds(UnstructuredHeader):
    """A header of Message-IDs, folded between them and nowhere else.

    The standard folding writes an id longer than a line as an encoded word (RFC 2047), which no
    mail program takes for an id; Exchange makes such ids every day.
    """

    max_count = 1

    def fold(self, *, policy: policy.EmailPolicy) -> str:
        """The header's lines, one id on each."""
        ids = (policy.linesep + " ").join(str(self).split())
        return f"{self.name}: {ids}{policy.linesep}"  # type: ignore[attr-defined]


class Subject(UnstructuredHeader):
    """A subject that reads back as it was written, spaces included, however it is folded.

    The standard folding of some Python versions adds spaces around encoded words.
    """

    max_count = 1

    def fold(self, *, policy: policy.EmailPolicy) -> str:
        """The header's lines; one encoded throughout if any character needs it (RFC 2047)."""
        words = str(self)
        charset = "us-ascii" if words.isascii() and "=?" not in words else "utf-8"
        header = Header(words, charset, maxlinelen=76, header_name="Subject")
        return f"Subject: {header.encode(linesep=policy.linesep)}{policy.linesep}"


def _policy() -> policy.EmailPolicy[EmailMessage]:
    registry = HeaderRegistry()
    for name in ("message-id", "in-reply-to", "references", OWN_ID):
        registry.map_to_type(name, MessageIds)  # type: ignore[arg-type]
    registry.map_to_type("subject", Subject)  # type: ignore[arg-type]
    return policy.SMTP.clone(header_factory=registry, cte_type="7bit")


#: CRLF line ends, nothing but ASCII on the wire.
MAIL = _policy()


def message_ids(candidates: Iterable[str]) -> tuple[str, ...]:
    """Those that are Message-IDs, each once; a long thread keeps its first and its newest."""
    plain = re.compile(r"<[\x21-\x3b\x3d\x3f-\x7e]{1,900}>")
    found = tuple(dict.fromkeys(c for c in candidates if plain.fullmatch(c)))
    return found if len(found) <= KEPT + 1 else (found[0], *found[-KEPT:])


@dataclass(frozen=True, slots=True)
class Enclosure:
    """A file to go with a mail. `content_type` "" is told from the name."""

    name: str
    content: bytes
    content_type: str = ""


def enclose(mail: EmailMessage, file: Enclosure) -> None:
    """Attaches a file. One of a type that cannot be carried as plain bytes goes as unknown."""
    suffix = file.name[file.name.rfind(".") :].lower() if "." in file.name else ""
    known = _TYPES.get(suffix) or mimetypes.guess_type(file.name)[0] or ""
    plain = re.compile(r"(application|audio|image|video)/[a-z0-9][a-z0-9.+_-]*")
    types = (file.content_type.lower(), known, "application/octet-stream")
    major, _, minor = next(t for t in types if plain.fullmatch(t)).partition("/")
    mail.add_attachment(file.content, maintype=major, subtype=minor, filename=file.name)


def settle_boundaries(mail: EmailMessage, message_id: str) -> None:
    """Boundaries made from the Message-ID, so that composing twice gives the same bytes."""
    for number, part in enumerate(mail.walk()):
        if part.is_multipart():
            digest = hashlib.sha256(f"{number} {message_id}".encode()).hexdigest()
            part.set_boundary(f"=_{digest[:40]}")


def first_sent(content: bytes) -> datetime:
    """When a mail of ours was written, by its Date."""
    at = message_from_bytes(content, policy=MAIL)["Date"].datetime
    assert isinstance(at, datetime)
    return at


#: Where what people read begins, in a layout of ours.
_BEGINS = re.compile(r"<body[^>]*>\s*<div[^>]*>")


def sent_on(
    content: bytes, to: Collection[HeaderAddress], message_id: str, at: datetime, *, said: str
) -> bytes:
    """The mail under a Message-ID of its own, to these people and nobody else.

    All as it was, with a sentence (`said`) before the rest.
    """
    mail = message_from_bytes(content, policy=MAIL)
    text, html = mail.get_body(("plain",)), mail.get_body(("html",))
    if isinstance(text, EmailMessage):
        text.set_content(f"{fill(said, 76)}\n\n{text.get_content()}", cte="quoted-printable")
    if isinstance(html, EmailMessage):
        words = _BEGINS.sub(rf"\g<0>\n<p>{escape(said)}</p>", html.get_content(), count=1)
        html.set_content(words, subtype="html", cte="quoted-printable")
    for name in ("To", "Cc", "Bcc", "Date", "Message-ID", OWN_ID):
        del mail[name]
    mail["Date"] = at
    mail["Message-ID"] = message_id
    mail[OWN_ID] = message_id
    mail["To"] = list(to)
    return mail.as_bytes()


def readdressed(content: bytes, recipients: Collection[str]) -> bytes:
    """The mail with nobody in To and Cc but `recipients`, and with those named nowhere in Bcc.

    For a way out that has no envelope and goes by the header. Most often nothing changes.
    """
    head, gap, body = content.partition(b"\r\n\r\n")
    mail = message_from_bytes(head + gap, policy=MAIL)
    named = {name: mail[name].addresses if name in mail else () for name in ("To", "Cc")}
    wanted = {recipient.lower(): recipient for recipient in recipients}
    there = {a.addr_spec.lower() for addresses in named.values() for a in addresses}
    if there == set(wanted):
        return content
    for name, addresses in named.items():
        del mail[name]
        if kept := [a for a in addresses if a.addr_spec.lower() in wanted]:
            mail[name] = kept
    if hidden := [HeaderAddress(addr_spec=a) for key, a in wanted.items() if key not in there]:
        mail["Bcc"] = hidden
    return mail.as_bytes() + body
