"""Reports that a mail of ours was not, or not yet, delivered (RFC 3464, 6522; older shapes)."""

from __future__ import annotations

import re
from collections.abc import Iterator

from intake.automatic import (
    has_null_path,
    has_path,
    is_from_daemon,
    is_read_receipt,
    reports_on,
    why_automatic,
)
from intake.headers import (
    Mime,
    addresses,
    children,
    header,
    headers,
    message_id,
    message_ids,
    parse,
    token,
)
from intake.transfer import attached_message, content
from model import DeliveryReport

_DEEPEST = 10
_STATUS = ("message/delivery-status", "message/global-delivery-status")
_HEADERS = ("text/rfc822-headers", "message/global-headers")
_MAILS = ("message/rfc822", "message/global")
_ID_IN_TEXT = re.compile(r"^[>\s]*Message-ID:\s*(<[^<>\s]+>)", re.I | re.M)
_FAILED_IN_TEXT = re.compile(r"^\s*<([^<>\s@]+@[^<>\s]+)>:?", re.M)
_DELAYED = re.compile(r"\b(delay|delayed|deferred|warning|still (being )?(re)?tr(y|ied))", re.I)
_LONGEST = 200_000  # characters


def read_report(message: Mime, text: str) -> DeliveryReport | None:
    """The delivery report in a mail; None for any other mail.

    A null return path without a report is a bounce too, unless the mail bears the marks of a
    vacation note or a receipt (process table "What a mail can be").
    """
    parts = list(_parts(message, 0))
    blocks = [block for part in parts for block in _blocks(part)]
    if blocks:
        return _from_blocks(blocks, _about(message, parts, text))
    if is_read_receipt(message) or not _is_bounce(message):
        return None
    failed = addresses(headers(message, "X-Failed-Recipients"))
    recipients = [a.email for a in failed] or _FAILED_IN_TEXT.findall(text[:_LONGEST])
    return DeliveryReport(
        recipients=tuple(dict.fromkeys(r.lower() for r in recipients)),
        message_id=_about(message, parts, text),
        delayed=bool(_DELAYED.search(header(message, "Subject"))),
    )


def _is_bounce(message: Mime) -> bool:
    if header(message, "X-Failed-Recipients") or reports_on(message) == "delivery-status":
        return True
    if is_from_daemon(message):
        return not has_path(message)
    return has_null_path(message) and not why_automatic(message)


def _parts(part: Mime, depth: int) -> Iterator[Mime]:
    """Every part of the report itself: what it encloses is not looked into."""
    yield part
    if part.get_content_maintype() == "multipart" and depth < _DEEPEST:
        for child in children(part):
            yield from _parts(child, depth + 1)


def _blocks(part: Mime) -> list[Mime]:
    """The recipients' groups of fields (RFC 3464 2.3); the first group is about the message."""
    if part.get_content_type() not in _STATUS:
        return []
    groups = children(part) or [parse(content(part))]
    return [g for g in groups if "Action" in g or "Final-Recipient" in g]


def _from_blocks(blocks: list[Mime], about: str | None) -> DeliveryReport:
    """Of several recipients, those that failed. With none, it is news of a delay at most."""
    failed = [b for b in blocks if _has_failed(b)]
    told = failed or blocks
    recipients = [r for r in map(_recipient, told) if r]
    return DeliveryReport(
        recipients=tuple(dict.fromkeys(recipients)),
        message_id=about,
        delayed=not failed,
        status=next((s for s in (header(b, "Status").split(" ")[0] for b in told) if s), ""),
    )


def _has_failed(block: Mime) -> bool:
    action = token(block, "Action")
    return action == "failed" or (not action and header(block, "Status")[:1] not in ("2", "4"))


def _recipient(block: Mime) -> str:
    """The address we wrote to: the original one, where forwarding changed it (RFC 3464 2.3.1)."""
    for name in ("Original-Recipient", "Final-Recipient"):
        _, _, value = header(block, name).rpartition(";")
        found = addresses([value])
        if found:
            return found[0].email
    return ""


def _about(message: Mime, parts: list[Mime], text: str) -> str | None:
    """Message-ID of the mail reported on: from what was returned of it, or what is answered."""
    for part in parts:
        returned = _returned(part)
        if returned is not None and message_id(returned):
            return message_id(returned)
    found = _ID_IN_TEXT.search(text[:_LONGEST])
    if found:
        return found.group(1)
    ids = message_ids(message, "In-Reply-To") + message_ids(message, "References")[::-1]
    return next(iter(ids), None)


def _returned(part: Mime) -> Mime | None:
    kind = part.get_content_type()
    if kind in _HEADERS:
        return parse(content(part), headers_only=True)
    return attached_message(part) if kind in _MAILS else None
