"""One connection to an IMAP server, safe before anything is said on it; its faults in plain words.

The home of IMAPClient together with `intake.imap`. IMAPClient raises its own errors, imaplib's and
the socket's: `Link.speaking` turns all of them into `Transient` and `Permanent`.
"""

from __future__ import annotations

import ipaddress
import logging
import socket
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from imapclient import IMAPClient, SocketTimeout
from imapclient.exceptions import IMAPClientAbortError, IMAPClientError

from model import AskOnceError, Permanent, SettingsError, Token, Transient

# At its debug level it logs what mails say.
logging.getLogger("imapclient").setLevel(logging.WARNING)

#: Response codes (RFC 5530) after which trying again cannot help.
_FOR_GOOD = ("[NOPERM]", "[AUTHORIZATIONFAILED]", "[PRIVACYREQUIRED]", "[EXPIRED]", "[CANNOT]")
#: Those after which a refused login can.
_FOR_NOW = ("[UNAVAILABLE]", "[INUSE]", "[LIMIT]", "[SERVERBUG]")
#: Exchange Online, after a token that was good, to the first command.
_NOT_LET_IN = "authenticated but not connected"
_GOODBYE = 5.0  # seconds that logging out may take
_NOT_IN_ITS_TIME = (9, 10)  # OpenSSL's X509_V_ERR_CERT_NOT_YET_VALID and _HAS_EXPIRED


@dataclass(frozen=True, slots=True, kw_only=True)
class ImapSettings:
    """Where the mailbox is and how to get in: by password or by `token`. Raises `SettingsError`."""

    host: str
    port: int = 993
    tls: Literal["implicit", "starttls", "none"] = "implicit"
    username: str
    password: str = field(default="", repr=False)
    token: Token | None = field(default=None, repr=False)
    folder: str = "INBOX"
    processed: str = "Processed"  #: "/" parts levels, whatever the server uses
    exceptions: str = "Exceptions"
    timeout: float = 60.0  #: seconds that one answer of the server may take
    ca_file: Path | None = None  #: PEM, for a private certificate authority

    def __post_init__(self) -> None:
        if self.tls == "none" and not is_loopback(self.host):
            raise SettingsError(
                (
                    'mailbox.tls: "none" would send the password in clear text; it is only '
                    'for a server on this machine. Set "implicit" or "starttls".',
                )
            )

    @property
    def place(self) -> str:
        """The server, for messages."""
        return f"the mail server {self.host}:{self.port}"


def is_loopback(host: str) -> bool:
    """Whether what is sent to `host` stays on this machine."""
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host.lower() == "localhost"


class Link:
    """A connection that is made when asked for and forgotten when it fails."""

    def __init__(self, settings: ImapSettings) -> None:
        self._settings = settings
        self._client: Any = None

    def connect(self) -> None:
        """Connect and log in. Raises `Transient`, `Permanent`."""
        self.close()
        try:
            try:
                self._get_in()
            except _TokenRefused:
                # It may have been withdrawn before its time.
                self._drop()
                self._get_in(anew=True)
        except AskOnceError:
            self._drop()
            raise

    def _get_in(self, *, anew: bool = False) -> None:
        token = self._settings.token
        shown = token(anew=anew) if token else ""
        with self._explained("reach"):
            self._client = self._connected()
        with self._explained("log in to"):
            if token:
                self._show(shown)
            else:
                self._log_in()

    def close(self) -> None:
        """Log out. Never raises."""
        if self._client is not None:
            with suppress(Exception):
                self._client.socket().settimeout(_GOODBYE)
                self._client.logout()
            self._drop()

    @contextmanager
    def speaking(self, doing: str) -> Iterator[Any]:
        """The client, for a few commands that do `doing`."""
        if self._client is None:
            raise Transient(f"There is no connection to {self._settings.place} any more.")
        try:
            with self._explained(doing, "on "):
                yield self._client
        except _Lost as e:
            self._drop()
            raise Transient(str(e)) from e

    def _connected(self) -> Any:
        settings = self._settings
        timeout = SocketTimeout(connect=settings.timeout, read=settings.timeout)
        implicit = settings.tls == "implicit"
        context = _context(settings) if settings.tls != "none" else None
        client = IMAPClient(
            settings.host, settings.port, ssl=implicit, ssl_context=context, timeout=timeout
        )
        # IMAPClient sends a search in two pieces; without this the second waits for an ACK.
        client.socket().setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        client.normalise_times = False
        if settings.tls == "starttls":
            self._client = client
            _start_tls(client, context, settings)
        return client

    def _log_in(self) -> None:
        settings, client = self._settings, self._client
        if client.has_capability("LOGINDISABLED"):
            raise Permanent(
                f"{settings.place.capitalize()} does not take a password on this connection: "
                "look at mailbox.tls and mailbox.port."
            )
        log_in = client.login if settings.password.isascii() else client.plain_login
        if said := _refusal(lambda: log_in(settings.username, settings.password)):
            raise Permanent(
                f"{settings.place.capitalize()} refused the user name or the password ({said}): "
                "look at mailbox.username and the password."
            )

    def _show(self, token: str) -> None:
        """Sign in by XOAUTH2, as Microsoft and Google have it."""
        settings, client = self._settings, self._client
        place = settings.place.capitalize()
        if not client.has_capability("AUTH=XOAUTH2"):
            raise Permanent(
                f"{place} does not take tokens on this connection: look at mailbox.host, "
                "mailbox.tls and mailbox.oauth2."
            )
        # A refusal first comes as a challenge, which wants an empty answer.
        answers = iter([f"user={settings.username}\1auth=Bearer {token}\1\1".encode()])
        if said := _refusal(lambda: client.sasl_login("XOAUTH2", lambda _: next(answers, b""))):
            raise _TokenRefused(
                f"{place} refused the token ({said}). It has to be allowed into the mailbox that "
                "mailbox.username names: docs/microsoft365.md and docs/google.md tell how."
            )

    def _drop(self) -> None:
        client, self._client = self._client, None
        if client is not None:
            with suppress(Exception):
                client.shutdown()

    @contextmanager
    def _explained(self, doing: str, towards: str = "") -> Iterator[None]:
        what = f"Could not {doing} {towards}{self._settings.place}"
        try:
            yield
        except ssl.SSLCertVerificationError as e:
            raise _untrusted(what, e) from e
        except (IMAPClientAbortError, OSError) as e:
            raise _Lost(f"{what}: {_said(e)}. It will be tried again.") from e
        except IMAPClientError as e:
            said = _said(e)
            if _NOT_LET_IN in said.lower():
                raise Permanent(
                    f"{what}: {said}. Microsoft says so where the application was not given the "
                    "mailbox, or the mailbox has IMAP switched off: docs/microsoft365.md, step 4."
                ) from e
            if any(code in said for code in _FOR_GOOD):
                raise Permanent(f"{what}: {said}. Whoever runs that server has to allow it.") from e
            raise Transient(f"{what}: {said}. It will be tried again.") from e
        except (ValueError, KeyError) as e:
            # IMAPClient on an answer that is not IMAP: what follows cannot be made out either.
            raise _Lost(f"{what}: its answer makes no sense ({type(e).__name__}).") from e


class _Lost(Transient):
    """The connection cannot be used any more."""


class _TokenRefused(Permanent):
    """The server took the connection, but not the access token."""


def _refusal(log_in: Callable[[], object]) -> str:
    """What the server says against us; empty: we are in. Raises what may pass by itself."""
    try:
        log_in()
    except IMAPClientError as e:
        if isinstance(e.__context__, IMAPClientAbortError):
            raise e.__context__ from None  # a lost connection, which is no refusal
        said = _said(e)
        if any(code in said for code in _FOR_NOW):
            raise
        return said or "it does not say why"
    return ""


def _context(settings: ImapSettings) -> ssl.SSLContext:
    try:
        return ssl.create_default_context(cafile=settings.ca_file)
    except (OSError, ssl.SSLError) as e:
        raise Permanent(
            f"The certificates in {settings.ca_file} cannot be read: look at mailbox.ca_file."
        ) from e


def _start_tls(client: Any, context: ssl.SSLContext | None, settings: ImapSettings) -> None:
    try:
        client.starttls(context)
    except IMAPClientAbortError:
        raise
    except IMAPClientError as e:
        raise Permanent(
            f"{settings.place.capitalize()} refuses STARTTLS, so nothing was sent to it: look at "
            'mailbox.tls ("implicit", usually on port 993, is the other way).'
        ) from e


def _untrusted(what: str, e: ssl.SSLCertVerificationError) -> AskOnceError:
    message = f"{what}: its certificate is not to be trusted ({e.verify_message})."
    if e.verify_code in _NOT_IN_ITS_TIME:
        return Transient(f"{message} It will be tried again once there is a new one.")
    return Permanent(f"{message} Look at mailbox.host, or name the authority in mailbox.ca_file.")


def _said(e: BaseException) -> str:
    """What the server, or the system, said."""
    if isinstance(e, TimeoutError):
        return "it does not answer"
    if isinstance(e, OSError):
        return e.strerror or str(e) or type(e).__name__
    said = e.args[0] if e.args else type(e).__name__
    return said.decode("utf-8", "replace") if isinstance(said, bytes) else _unquoted(str(said))


def _unquoted(said: str) -> str:
    """IMAPClient passes on some of imaplib's bytes by their repr."""
    return said[2:-1] if said[:2] in ("b'", 'b"') else said.rstrip(".")
