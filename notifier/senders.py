"""What delivering asks of a way out, and the two that are always at hand (beside Graph)."""

from __future__ import annotations

from collections.abc import Callable
from types import TracebackType
from typing import Protocol, Self

from model import Delivery, OutgoingEmail
from notifier.maildir_sender import MaildirSender
from notifier.smtp import SmtpSettings
from notifier.smtp_sender import SmtpSender

__all__ = ["MaildirSender", "Sender", "SmtpSender", "SmtpSettings"]


class Sender(Protocol):
    """A way out for mails. Used in a `with` block, of which leaving never raises."""

    def __enter__(self) -> Self: ...

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None: ...

    def open(self) -> None:
        """Makes ready to send; does nothing when it is. Call it before claiming a mail.

        Raises `Transient` or `Permanent` for what is not a mail's fault: server away,
        login refused.
        """

    def send(self, mail: OutgoingEmail, about_to_hand_over: Callable[[], None]) -> Delivery:
        """Delivers one mail, and says how that ended.

        Calls `about_to_hand_over` at most once, when everything is ready and only the one step is
        left by which the mail becomes the other side's. If that raises, the mail was not sent.
        A `Delivery` of `RETRY` or `REFUSED` is certain: the other side does not have the mail.
        Raises `Transient` or `Permanent`, before that step, for what is not the mail's fault.
        """

    def was_sent(self, message_id: str) -> bool | None:
        """For a mail that was being handed over when we were cut short: did it arrive?

        None: it cannot be known. Raises `Transient` when it cannot be looked up just now.
        """

    def check(self) -> list[str]:
        """Tries the way out without sending. One sentence a finding; raises as `open` does."""
