"""Connections to an SMTP server: encrypted, checked, logged in, or a fault in plain words."""

from __future__ import annotations

import smtplib
import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from ipaddress import ip_address
from typing import Literal, NoReturn

from model import AskOnceError, Permanent, Token, Transient, returned_to

#: Characters that fit, in base64, into a command's 512 (RFC 4954 4). Microsoft's tokens do not.
_AUTH_AT_ONCE = 360


_NOT_IN_ITS_TIME = (9, 10)  # OpenSSL's X509_V_ERR_CERT_NOT_YET_VALID and _HAS_EXPIRED


@dataclass(frozen=True, slots=True, kw_only=True)
class SmtpSettings:
    """How to reach the server that takes our mail (`[outgoing]`); times in seconds.

    Raises `Permanent` for `tls = "none"` to anything but this very machine.
    """

    host: str
    port: int
    tls: Literal["implicit", "starttls", "none"]
    envelope_from: str  #: where bounces go: the address in MAIL FROM
    plus: bool = False  #: whether that says, after a plus, which mail it is that comes back
    username: str = ""  #: empty: no login
    password: str = field(default="", repr=False)
    token: Token | None = field(default=None, repr=False)  #: signs in by XOAUTH2, not by password
    timeout: float = 60.0  #: for connecting, and for the answer to each command
    #: For the answer to the final dot. Short ones make doubles (RFC 1047; RFC 5321 4.5.3.2.6).
    final_timeout: float = 600.0
    ca_file: str | None = None  #: certificates to trust in place of the system's
    local_hostname: str | None = None  #: named in EHLO; None: this machine's own name

    def __post_init__(self) -> None:
        if self.tls == "none" and not _is_loopback(self.host):
            raise Permanent(
                f"Mail may go to {self.where} only over an encrypted connection. "
                'Set [outgoing] tls to "implicit" (usually port 465) or "starttls" (usually 587).'
            )

    def return_path(self, message_id: str) -> str:
        """The address in MAIL FROM of the mail with this Message-ID."""
        return returned_to(self.envelope_from, message_id) if self.plus else self.envelope_from

    @property
    def where(self) -> str:
        """Host and port, for messages."""
        return f"{self.host}:{self.port}"


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host.lower() == "localhost"


def said(reply: bytes | str) -> str:
    """A server's reply on one line, cut to a length fit for a message."""
    text = reply.decode("utf-8", "replace") if isinstance(reply, bytes) else reply
    return " ".join(text.split())[:500]


def connect(settings: SmtpSettings) -> smtplib.SMTP:
    """An open connection, encrypted and logged in as the settings have it.

    Raises `Transient` when the server is away or busy, `Permanent` when it refuses us for good: the
    certificate, STARTTLS, the login. A server without STARTTLS is never spoken to in clear text.
    """
    with _in_plain_words(settings):
        token = settings.token() if settings.token else ""
        try:
            return _ready(settings, token)
        except smtplib.SMTPAuthenticationError as fault:
            if not settings.token or fault.smtp_code < 500 or _is_off(fault):
                raise
        # It may have been withdrawn before its time.
        return _ready(settings, settings.token(anew=True))


def _ready(settings: SmtpSettings, token: str) -> smtplib.SMTP:
    smtp = _dial(settings)
    try:
        _prepare(smtp, settings, token)
    except BaseException:
        smtp.close()
        raise
    return smtp


def _dial(settings: SmtpSettings) -> smtplib.SMTP:
    address = (settings.host, settings.port, settings.local_hostname)
    if settings.tls == "implicit":
        tls = _tls(settings)
        return smtplib.SMTP_SSL(*address, timeout=settings.timeout, context=tls)
    return smtplib.SMTP(*address, timeout=settings.timeout)


def _prepare(smtp: smtplib.SMTP, settings: SmtpSettings, token: str) -> None:
    # The final dot is sent by itself: with Nagle's algorithm it would wait for a delayed ACK.
    sock: socket.socket | None = smtp.sock
    if sock is not None:
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    smtp.ehlo_or_helo_if_needed()
    if settings.tls == "starttls":
        smtp.starttls(context=_tls(settings))
        smtp.ehlo_or_helo_if_needed()
    if token:
        _show(smtp, settings.username, token)
    elif settings.username:
        smtp.login(settings.username, settings.password)


def _show(smtp: smtplib.SMTP, username: str, token: str) -> None:
    """Sign in by XOAUTH2, as Microsoft and Google have it."""
    if "XOAUTH2" not in smtp.esmtp_features.get("auth", "").split():
        raise smtplib.SMTPNotSupportedError("It takes no tokens (XOAUTH2).")
    proof = f"user={username}\1auth=Bearer {token}\1\1"
    # A refusal first comes as a challenge, which wants an empty answer.
    answers = iter([proof])
    fits = len(proof) < _AUTH_AT_ONCE
    smtp.auth("XOAUTH2", lambda _=None: next(answers, ""), initial_response_ok=fits)


def _is_off(fault: smtplib.SMTPAuthenticationError) -> bool:
    """Whether Exchange Online takes nobody's mail by SMTP, whatever the token."""
    return "5.7.139" in said(fault.smtp_error)


def _tls(settings: SmtpSettings) -> ssl.SSLContext:
    try:
        return ssl.create_default_context(cafile=settings.ca_file)
    except OSError as fault:
        raise Permanent(
            f"The certificates in {settings.ca_file} cannot be read ({fault}). "
            "Check [outgoing] ca_file: it is a PEM file that this program may read."
        ) from fault


@contextmanager
def _in_plain_words(settings: SmtpSettings) -> Iterator[None]:
    """Turns what connecting may raise into `Transient` and `Permanent`."""
    server = f"The SMTP server {settings.where}"
    try:
        yield
    except ssl.SSLCertVerificationError as fault:
        raise _untrusted(settings, fault) from fault
    except (ssl.SSLEOFError, ssl.SSLZeroReturnError) as fault:
        raise _away(server, fault) from fault
    except ssl.SSLError as fault:
        raise Permanent(
            f"{server} made no encrypted connection ({fault.reason or fault}). Check [outgoing] "
            'tls and port: "implicit" is usually port 465, "starttls" 587.'
        ) from fault
    except smtplib.SMTPNotSupportedError as fault:
        raise Permanent(
            f"{server} does not offer what [outgoing] asks for: {fault} Nothing was sent. Check "
            "[outgoing] tls, port and username."
        ) from fault
    except UnicodeError as fault:
        raise Permanent(
            "The login name and password for SMTP, and its host, can hold plain letters, digits "
            "and signs only. Change [outgoing] username, the password or host."
        ) from fault
    except smtplib.SMTPAuthenticationError as fault:
        _refused(server, "login", fault, _advice(settings, fault))
    except smtplib.SMTPResponseException as fault:
        _refused(server, "connection", fault, "Check [outgoing] host, port and tls.")
    except (smtplib.SMTPException, OSError) as fault:
        raise _away(server, fault) from fault


def _advice(settings: SmtpSettings, fault: smtplib.SMTPAuthenticationError) -> str:
    if _is_off(fault):
        return (
            "SMTP is switched off for this mailbox or for all: switch it on, or send by Microsoft "
            'Graph ([outgoing] kind = "graph"); docs/microsoft365.md tells how.'
        )
    if settings.token:
        return (
            "The token has to be allowed to send from the mailbox that [outgoing] username names: "
            "docs/microsoft365.md and docs/google.md tell how."
        )
    return "Check [outgoing] username and its password."


def _untrusted(settings: SmtpSettings, fault: ssl.SSLCertVerificationError) -> AskOnceError:
    said = f"The certificate of {settings.where} cannot be trusted: {fault.verify_message}."
    if fault.verify_code in _NOT_IN_ITS_TIME:
        return Transient(f"{said} It will be tried again once there is a new one.")
    return Permanent(
        f"{said} Check [outgoing] host; for a certificate of your own authority set [outgoing] "
        "ca_file."
    )


def _away(server: str, fault: Exception) -> Transient:
    return Transient(
        f"{server} cannot be reached ({said(str(fault))}). It is tried again by itself; if this "
        "goes on, check the network and [outgoing] host and port."
    )


def _refused(server: str, what: str, fault: smtplib.SMTPResponseException, advice: str) -> NoReturn:
    reply = f"{fault.smtp_code} {said(fault.smtp_error)}"
    if 400 <= fault.smtp_code < 500:
        raise Transient(f"{server} refused the {what} for now: {reply}") from fault
    raise Permanent(f"{server} refused the {what}: {reply}. {advice}") from fault
