"""Raw mail -> `InboundEmail`: what its sender meant, whatever its bytes look like."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from hashlib import sha256
from io import BytesIO

from intake.automatic import why_automatic
from intake.away import away_until
from intake.bounce import read_report
from intake.headers import (
    Mime,
    from_its_start,
    header,
    message_id,
    message_ids,
    parse,
    people,
)
from intake.light import body_start
from intake.parts import Parts, gather
from intake.quoted import forwarded_sender, written
from intake.trust import is_verified
from model import Attachment, InboundEmail

_PIECE = 2**20  #: bytes
#: On every mail of ours: one that comes back is known by it.
OUR_MARK = "X-Ask-Once"


def read_mail(
    raw: bytes,
    arrived_at: datetime,
    *,
    authserv_id: str = "",
    trust_internal: bool = False,
    headers_only: bool = False,
) -> InboundEmail:
    """Any bytes as a mail.

    Raises `Transient` where a wrapper is in it and no process to open that can be started, and
    nothing else.

    `arrived_at` is the mailbox's own time, aware. `authserv_id` and `trust_internal` are the
    settings of that name (process section "Verified"). With `headers_only` there is no body to
    be read: the mail was too large to fetch.
    """
    raw = from_its_start(raw)
    message = parse(raw, headers_only=headers_only)
    parts = Parts() if headers_only else gather(message)
    subject, said = header(message, "Subject"), written(parts.text)
    automatic = why_automatic(message)
    return InboundEmail(
        message_id=message_id(message),
        sender=next(iter(people(message, "From")), None),
        subject=subject,
        arrived_at=arrived_at,
        to=people(message, "To"),
        cc=people(message, "Cc"),
        in_reply_to=message_ids(message, "In-Reply-To"),
        references=message_ids(message, "References"),
        written=said,
        text=parts.text,
        html=parts.html,
        attachments=_with_origin(parts, subject),
        report=read_report(message, parts.text),
        automatic=automatic,
        away_until=away_until(subject, said, arrived_at.date()) if automatic else None,
        our_mark=OUR_MARK in message,
        verified=is_verified(message, authserv_id, trust_internal=trust_internal),
        content_digest=_digest(message, raw),
        headers_only=headers_only,
    )


def sender_of(raw: bytes) -> str:
    """Whose mail it is, by its header alone; "" for nobody's. Never raises."""
    message = parse(from_its_start(raw), headers_only=True)
    return next((a.email for a in people(message, "From")), "")


def _with_origin(parts: Parts, subject: str) -> tuple[Attachment, ...]:
    """The files, those of a mail forwarded in the text with its sender."""
    origin = forwarded_sender(subject, parts.text) if parts.files else None
    if origin is None:
        return parts.files
    return tuple(f if f.forwarded_from else replace(f, forwarded_from=origin) for f in parts.files)


def _digest(message: Mime, raw: bytes) -> str:
    """Over what a relay leaves alone: From, Subject, Date and the body, whatever its line ends.

    A mail that names neither itself nor its sender is told from others by all of its bytes.
    """
    senders = " ".join(a.email for a in people(message, "From"))
    digest = sha256()
    if not senders and not header(message, "Message-ID"):
        digest.update(raw)
    for value in (senders, header(message, "Subject"), header(message, "Date")):
        digest.update(value.encode() + b"\0")
    for piece in _body(raw):
        digest.update(piece)
    return digest.hexdigest()


def _body(raw: bytes) -> Iterator[bytes]:
    """The body with line ends alike and none at its end; piece by piece, for it may be large."""
    ends = 0
    with BytesIO(raw) as stream:
        stream.seek(body_start(raw))
        while piece := stream.read(_PIECE):
            whole = (piece + stream.read(1) if piece.endswith(b"\r") else piece).replace(
                b"\r\n", b"\n"
            )
            said = whole.rstrip(b"\n")
            if said:
                yield b"\n" * ends + said
                ends = 0
            ends += len(whole) - len(said)
