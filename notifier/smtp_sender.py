"""Mail out by SMTP (RFC 5321), step by step, so that it is always known how far a mail got."""

from __future__ import annotations

import smtplib
import ssl
from collections.abc import Callable
from contextlib import suppress
from types import TracebackType
from typing import Self

from model import AskOnceError, Delivery, DeliveryState, OutgoingEmail, Permanent, Transient
from notifier.smtp import SmtpSettings, connect, said

#: What smtplib raises when the connection, not the mail, is at fault.
_TROUBLE = (smtplib.SMTPException, OSError)
#: Replies (RFC 4954 4.1, 6) by which a server ends a session whose token has run out.
_SIGNED_OUT = {530, 535}
#: Seconds to wait for the goodbye.
_QUIT = 5.0
#: While some recipients are refused for the moment, the mail waits this many attempts for all of
#: them (greylisting takes minutes); then it goes to the others.
_WAIT_FOR_ALL = 4


class _Lost(Exception):
    """The connection failed before the final dot: the server has nothing (RFC 5321 4.1.1.10)."""


class _Refused(Exception):
    """The server said no before it had the mail."""

    def __init__(self, delivery: Delivery) -> None:
        super().__init__(delivery.detail)
        self.delivery = delivery


class SmtpSender:
    """Sends many mails over one connection, made when it is first needed.

    `sent` looks for a Message-ID among the mails that the server is known to have taken (a folder
    of sent mail, say); True: it is there. Without it nothing can be known afterwards.
    """

    def __init__(self, settings: SmtpSettings, sent: Callable[[str], bool] | None = None) -> None:
        self._settings = settings
        self._sent = sent
        self._smtp: smtplib.SMTP | None = None
        #: The last mail whose end is certain, and whether it went: for when that went unrecorded.
        self._known: tuple[str, bool] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        smtp, self._smtp = self._smtp, None
        if smtp is not None:
            _say_goodbye(smtp)

    def open(self) -> None:
        """Connects, unless connected. Raises `Transient` or `Permanent` (see `smtp.connect`)."""
        self._connected()

    def send(self, mail: OutgoingEmail, about_to_hand_over: Callable[[], None]) -> Delivery:
        """Offers the mail, and says how that ended; see `Sender.send`.

        Raises `Permanent` when the server refuses us as a sender, whatever the mail.
        """
        self._known = None
        delivery = self._tried_twice(mail, about_to_hand_over)
        if delivery.state is not DeliveryState.UNCERTAIN:
            self._known = mail.message_id, delivery.state is DeliveryState.SENT
        return delivery

    def was_sent(self, message_id: str) -> bool | None:
        """True if it is among the sent mails; otherwise None: not found is not yet not sent.

        Of the mail sent last, by this sender itself, the server's own answer is known.
        """
        if self._known is not None and self._known[0] == message_id:
            return self._known[1]
        if self._sent is not None and self._sent(message_id):
            return True
        return None

    def check(self) -> list[str]:
        """Connects, logs in and offers our address as a sender. Raises `Transient`, `Permanent`."""
        settings = self._settings
        smtp = connect(settings)
        try:
            lines = [f"SMTP server {settings.where} answers, {_encryption(smtp)}"]
            if settings.username:
                lines.append(f"The login {'by token ' if settings.token else ''}works")
            code, reply = smtp.mail(settings.return_path(f"<{'0' * 40}>"))
            if code >= 400:
                raise _not_our_sender(settings, code, reply)
        except _TROUBLE as fault:
            raise Transient(
                f"The SMTP server {settings.where} broke off: {said(str(fault))}. Try again."
            ) from fault
        else:
            return [*lines, f"It takes mail from {settings.envelope_from}"]
        finally:
            _say_goodbye(smtp)

    def _tried_twice(self, mail: OutgoingEmail, about_to_hand_over: Callable[[], None]) -> Delivery:
        try:
            if self._smtp is not None:
                # Servers close connections that idle: then once more, on a new one.
                with suppress(_Lost):
                    return self._transaction(mail, about_to_hand_over)
            return self._transaction(mail, about_to_hand_over)
        except _Lost as lost:
            return Delivery(state=DeliveryState.RETRY, detail=str(lost))

    def _connected(self) -> smtplib.SMTP:
        if self._smtp is None:
            self._smtp = connect(self._settings)
        return self._smtp

    def _transaction(self, mail: OutgoingEmail, about_to_hand_over: Callable[[], None]) -> Delivery:
        try:
            smtp = self._connected()
        except AskOnceError as fault:
            raise _Lost(str(fault)) from fault
        try:
            refused = self._offer(smtp, mail)
            about_to_hand_over()
            return self._end(smtp, refused)
        except _Refused as refusal:
            self._start_anew(smtp)
            return refusal.delivery
        except BaseException:
            # No goodbye: with the connection gone, the server drops what it has so far.
            self._hang_up()
            raise

    def _offer(self, smtp: smtplib.SMTP, mail: OutgoingEmail) -> tuple[str, ...]:
        """Everything up to the final dot. Returns the recipients refused beside others."""
        try:
            _mail_from(smtp, self._settings, mail)
            refused = _recipients(smtp, mail)
            _content(smtp, mail.content)
        except _TROUBLE as fault:
            raise _Lost(f"{self._settings.where} broke off: {said(str(fault))}") from fault
        return refused

    def _end(self, smtp: smtplib.SMTP, refused: tuple[str, ...]) -> Delivery:
        """The final dot, with which the server answers for the mail, and what it says."""
        try:
            if smtp.sock is not None:
                smtp.sock.settimeout(self._settings.final_timeout)
            smtp.send(b".\r\n")
            code, reply = smtp.getreply()
            if smtp.sock is not None:
                smtp.sock.settimeout(self._settings.timeout)
        except _TROUBLE as fault:
            self._hang_up()
            detail = f"no answer to the whole mail: {said(str(fault))}"
            return Delivery(state=DeliveryState.UNCERTAIN, detail=detail)
        if code == 421 or not 200 <= code < 600:
            self._hang_up()
        state = _state(code)
        taken = state is DeliveryState.SENT
        return Delivery(state=state, detail=_quote(code, reply), refused=refused if taken else ())

    def _start_anew(self, smtp: smtplib.SMTP) -> None:
        try:
            code, _ = smtp.rset()
        except _TROUBLE:
            code = -1
        if code != 250:
            self._hang_up()

    def _hang_up(self) -> None:
        smtp, self._smtp = self._smtp, None
        if smtp is not None:
            smtp.close()


def _mail_from(smtp: smtplib.SMTP, settings: SmtpSettings, mail: OutgoingEmail) -> None:
    options = [f"SIZE={len(mail.content)}"] if smtp.has_extn("size") else []
    if not mail.content.isascii():
        if not smtp.has_extn("8bitmime"):
            raise _Refused(_no("the server takes 7-bit mail only"))
        options.append("BODY=8BITMIME")
    if smtp.has_extn("smtputf8") and not "".join(mail.recipients).isascii():
        options.append("SMTPUTF8")
    code, reply = smtp.mail(settings.return_path(mail.message_id), options)
    if code in _SIGNED_OUT and settings.token:
        raise _Lost(f"the server signed us out: {_quote(code, reply)}")
    # Too large (552), or not with these options (555): this mail's own fault. Any other lasting
    # refusal would meet every mail, so it is the settings', and the mails wait.
    if 500 <= code < 600 and code not in {552, 555}:
        raise _not_our_sender(settings, code, reply)
    _require(2, code, reply)


def _recipients(smtp: smtplib.SMTP, mail: OutgoingEmail) -> tuple[str, ...]:
    """Names the recipients. Returns those refused, if any other was accepted."""
    refusals: dict[str, Delivery] = {}
    recipients = dict.fromkeys(mail.recipients)
    for recipient in recipients:
        if not recipient.isascii() and not smtp.has_extn("smtputf8"):
            refusals[recipient] = _no("the server takes no addresses with letters outside ASCII")
            continue
        try:
            _require(2, *smtp.rcpt(recipient))
        except _Refused as refusal:
            refusals[recipient] = refusal.delivery
    waiting = [d for d in refusals.values() if d.state is DeliveryState.RETRY]
    none_left = len(refusals) == len(recipients)
    if waiting and (none_left or mail.attempts < _WAIT_FOR_ALL):
        raise _Refused(waiting[0])
    if none_left:
        raise _Refused(next(iter(refusals.values()), _no("the mail has no recipient")))
    return tuple(refusals)


def _content(smtp: smtplib.SMTP, content: bytes) -> None:
    """DATA and the mail's lines, dots doubled (RFC 5321 4.5.2), without the dot that ends them."""
    _require(3, *smtp.docmd("DATA"))
    # Only whole line ends may pass (RFC 5321 2.3.8): a bare one can hide a second mail.
    lines = b"\r\n".join(content.splitlines()) + b"\r\n"
    doubled = lines.replace(b"\r\n.", b"\r\n..")
    smtp.send(b"." + doubled if doubled.startswith(b".") else doubled)


def _require(kind: int, code: int, reply: bytes) -> None:
    """Goes on if the reply is of the class `kind` (RFC 5321 4.2.1). Raises `_Refused`, `_Lost`."""
    if code // 100 == kind:
        return
    if code == 421 or code // 100 not in {4, 5}:
        raise _Lost(f"the server broke off: {_quote(code, reply)}")
    raise _Refused(Delivery(state=_state(code), detail=_quote(code, reply)))


def _state(code: int) -> DeliveryState:
    """What a reply to the whole mail means, by its class alone (RFC 5321 4.2.1 and 4.3.2)."""
    states = {2: DeliveryState.SENT, 4: DeliveryState.RETRY, 5: DeliveryState.REFUSED}
    return states.get(code // 100, DeliveryState.UNCERTAIN)


def _no(detail: str) -> Delivery:
    return Delivery(state=DeliveryState.REFUSED, detail=detail)


def _quote(code: int, reply: bytes) -> str:
    return f"{code} {said(reply)}"


def _not_our_sender(settings: SmtpSettings, code: int, reply: bytes) -> AskOnceError:
    kind = Transient if 400 <= code < 500 else Permanent
    return kind(
        f"The SMTP server {settings.where} takes no mail from {settings.envelope_from}: "
        f"{_quote(code, reply)}. Check [outgoing] from, username and its password. Mails wait."
    )


def _encryption(smtp: smtplib.SMTP) -> str:
    if isinstance(smtp.sock, ssl.SSLSocket):
        return f"encrypted ({smtp.sock.version()}), its certificate is good"
    return "not encrypted (it is on this machine)"


def _say_goodbye(smtp: smtplib.SMTP) -> None:
    with suppress(*_TROUBLE):
        if smtp.sock is not None:
            smtp.sock.settimeout(_QUIT)
            smtp.quit()
    smtp.close()
