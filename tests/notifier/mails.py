"""Mails and settings that the tests of delivery share."""

from __future__ import annotations

from typing import Any

from model import Letter, OutgoingEmail
from notifier.senders import SmtpSettings
from tests.servers.smtp import SmtpServer

TO = ("lead@council.test",)


def mail(
    name: str,
    *,
    to: tuple[str, ...] = TO,
    text: bytes = b"Thank you.\r\n",
    id: int = 1,
    attempts: int = 1,
) -> OutgoingEmail:
    """A mail with the Message-ID <name@test>."""
    head = f"From: register@council.test\r\nSubject: {name}\r\nMessage-ID: <{name}@test>\r\n\r\n"
    return OutgoingEmail(
        key=name,
        kind=Letter.REGISTERED,
        message_id=f"<{name}@test>",
        recipients=to,
        subject=name,
        content=head.encode() + text,
        id=id,
        attempts=attempts,
    )


def settings(server: SmtpServer, **changes: Any) -> SmtpSettings:
    """Settings that reach `server`, in clear text unless changed."""
    values: dict[str, Any] = {
        "host": "127.0.0.1",
        "port": server.port,
        "tls": "none",
        "envelope_from": "register@council.test",
        "timeout": 20.0,
        "local_hostname": "register.test",
    }
    return SmtpSettings(**values | changes)
