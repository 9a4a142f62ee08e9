"""Reports that a mail of ours was not, or not yet, delivered (RFC 3464, 6522; older shapes)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import NamedTuple

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
from model import DeliveryReport, named_in

_DEEPEST = 10
_STATUS = ("message/delivery-status", "message/global-delivery-status")
_HEADERS = ("text/rfc822-headers", "message/global-headers")
_MAILS = ("message/rfc822", "message/global")
_ID_IN_TEXT = re.compile(r"^[>\s]*Message-ID:\s*(<[^<>\s]+>)", re.I | re.M)
_SUBJECT_IN_TEXT = re.compile(r"^[>\s]*Subject:[ \t]*(\S.*)", re.I | re.M)
_FAILED_IN_TEXT = re.compile(r"^\s*<([^<>\s@]+@[^<>\s]+)>:?", re.M)
_ADDRESS_IN_TEXT = re.compile(r"[\w.+'=-]{1,64}@[\w-]+(?:\.[\w-]+)+")
#: Where the copy of our mail begins, in a report that is nothing but text.
_COPY = re.compile(
    r"^[>\s]*(?:(?:received|return-path|message-id|from|subject|date):\s"
    r"|.{0,40}\b(?:copy of (?:the|your)|original|returned|undelivered|your) (?:message|mail)\b"
    r".{0,60}(?:-{2}|:|follows?)\s*$|.{0,20}headers? follow)",
    re.I | re.M,
)
_DELAYED = re.compile(r"\b(delay|delayed|deferred|warning|still (being )?(re)?tr(y|ied))", re.I)
_FAILED = re.compile(
    r"undeliver|not delivered|non-?delivery|delivery (failure|failed|has failed|problem|error)"
    r"|delivery status notification|failure notice|returned (mail|to sender)"
    r"|mail(er)? (system )?error|(could not|cannot|unable to) (be )?deliver"
    r"|mail delivery (failed|system)",
    re.I,
)
_LONGEST = 200_000  # characters
#: Where servers note the envelope's recipient, the surest first.
_DELIVERED_TO = ("X-Original-To", "Delivered-To", "Envelope-To", "X-Envelope-To", "To", "Received")


def read_report(message: Mime, text: str) -> DeliveryReport | None:
    """The delivery report in a mail; None for any other mail.

    A null return path without a report is a bounce too, unless the mail bears the marks of a
    vacation note or a receipt (process table "What a mail can be").
    """
    parts = list(_parts(message, 0))
    blocks = [block for part in parts for block in _blocks(part)]
    text = text[:_LONGEST]
    if blocks:
        found = _from_blocks(blocks, _about(message, parts, text))
        return replace(found, came_to=_came_to(message))
    if is_read_receipt(message) or not _is_bounce(message):
        return None
    about = _about(message, parts, text)
    return DeliveryReport(
        recipients=_failed_in(message, text),
        message_id=about.message_id,
        subject=about.subject,
        delayed=bool(_DELAYED.search(header(message, "Subject"))),
        came_to=_came_to(message),
    )


def _is_bounce(message: Mime) -> bool:
    """Without a report's structure: by who sends it, and how."""
    told = ("X-Failed-Recipients", "X-MS-Exchange-Message-Is-Ndr")
    if any(name in message for name in told) or reports_on(message) == "delivery-status":
        return True
    failed = bool(_FAILED.search(header(message, "Subject")))
    if is_from_daemon(message):
        return failed or not has_path(message)
    return has_null_path(message) and (failed or not why_automatic(message))


def _failed_in(message: Mime, text: str) -> tuple[str, ...]:
    """Whom it could not reach, by its header, by qmail's way of saying it (QSBMF), or by any.

    Whoever is named there and was never written to is not heard of again.
    """
    copy = _COPY.search(text)
    said = text[: copy.start()] if copy else text
    found = (
        [a.email for a in addresses(headers(message, "X-Failed-Recipients"))]
        or _FAILED_IN_TEXT.findall(said)
        or _ADDRESS_IN_TEXT.findall(said)
    )
    return tuple(dict.fromkeys(address.lower() for address in found))


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


def _from_blocks(blocks: list[Mime], about: _About) -> DeliveryReport:
    """Of several recipients, those that failed. With none, it is news of a delay at most."""
    failed = [b for b in blocks if _has_failed(b)]
    told = failed or blocks
    recipients = [r for r in map(_recipient, told) if r]
    return DeliveryReport(
        recipients=tuple(dict.fromkeys(recipients)),
        message_id=about.message_id,
        subject=about.subject,
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


class _About(NamedTuple):
    message_id: str | None
    subject: str


def _about(message: Mime, parts: list[Mime], text: str) -> _About:
    """The mail reported on: by what was returned of it, or by what the report answers."""
    ids = message_ids(message, "In-Reply-To") + message_ids(message, "References")[::-1]
    answered = next(iter(ids), None)
    for returned in filter(None, map(_returned, parts)):
        if message_id(returned) or header(returned, "Subject"):
            return _About(message_id(returned) or answered, header(returned, "Subject"))
    found, subject = _ID_IN_TEXT.search(text), _SUBJECT_IN_TEXT.search(text)
    return _About(
        found.group(1) if found else answered, subject.group(1).strip() if subject else ""
    )


def _came_to(message: Mime) -> str:
    """By the address that it was delivered to (`outgoing.plus_addresses`)."""
    given = (value for name in _DELIVERED_TO for value in headers(message, name))
    return next(filter(None, map(named_in, given)), "")


def _returned(part: Mime) -> Mime | None:
    kind = part.get_content_type()
    if kind in _HEADERS:
        return parse(content(part), headers_only=True)
    return attached_message(part) if kind in _MAILS else None
