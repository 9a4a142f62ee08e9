"""Mail out by Microsoft Graph, where a tenant has SMTP switched off."""

from __future__ import annotations

import time
from base64 import b64encode
from collections.abc import Callable, Iterable
from types import TracebackType
from typing import Any, Self

import requests

from model import AskOnceError, Delivery, DeliveryState, OutgoingEmail, Permanent, Transient
from notifier.graph import Answer, Graph, GraphSettings, NotReached, fault_of, unreachable
from notifier.mime import OWN_ID, readdressed

#: So many of the mails sent last are looked through for one whose Message-ID was replaced.
_LATEST = "100"
#: No mail, and nothing that could be taken for one: not even base64.
_NO_MAIL = b"!"


class GraphSender:
    """Sends whole mails from one mailbox.

    `sent` looks for a Message-ID among the sent mails in another way; without it Graph is asked,
    which needs the permission Mail.ReadBasic beside Mail.Send.
    """

    def __init__(self, settings: GraphSettings, sent: Callable[[str], bool] | None = None) -> None:
        self._settings = settings
        self._sent = sent
        self._graph = Graph(settings)
        self._fault: AskOnceError | None = None  #: met with the last mail, and not its own
        self._not_before = 0.0  #: by time.monotonic()
        self._known: tuple[str, bool] | None = None  #: the last mail whose end is certain

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        pass

    def open(self) -> None:
        """Gets a token. Raises `Transient`, `Permanent`: also what the last mail met with.

        Graph tells only in answer to a mail whether it lets us send; so one mail finds out, and
        the others wait.
        """
        if (left := self._not_before - time.monotonic()) > 0:
            raise Transient(f"{self._settings.where} asks us to wait {left:.0f} seconds more.")
        fault, self._fault = self._fault, None
        if fault is not None:
            raise fault
        self._settings.token()

    def send(self, mail: OutgoingEmail, about_to_hand_over: Callable[[], None]) -> Delivery:
        """Sends the mail, and says how that ended; see `Sender.send`."""
        self._known = None
        self.open()
        body = b64encode(readdressed(mail.content, mail.recipients))
        about_to_hand_over()
        try:
            delivery = self._judged(self._graph.post("sendMail", body))
        except NotReached as lost:
            self._fault = unreachable(self._settings, lost)
            delivery = Delivery(state=DeliveryState.RETRY, detail=str(self._fault))
        except AskOnceError as fault:  # no other token for one that was refused
            self._fault = fault
            delivery = Delivery(state=DeliveryState.RETRY, detail=str(fault))
        except requests.exceptions.RequestException as lost:
            detail = f"no answer to the whole mail: {type(lost).__name__}"
            return Delivery(state=DeliveryState.UNCERTAIN, detail=detail)
        if delivery.state is not DeliveryState.UNCERTAIN:
            self._known = mail.message_id, delivery.state is DeliveryState.SENT
        return delivery

    def was_sent(self, message_id: str) -> bool | None:
        """True if it is among the sent mails; otherwise None: not found is not yet not sent."""
        if self._known is not None and self._known[0] == message_id:
            return self._known[1]
        found = self._sent(message_id) if self._sent else bool(self.names([message_id]))
        return found or None

    def names(self, message_ids: Iterable[str]) -> dict[str, str]:
        """Those of our mails that are among the sent ones, each with the Message-ID it has there.

        Raises `Transient`. Where we may not read the mailbox, none is found.
        """
        found: dict[str, str] = {}
        wanted = list(dict.fromkeys(message_ids))
        for message_id in wanted:
            quoted = message_id.replace("'", "''")
            query = {"filter": f"internetMessageId eq '{quoted}'", "select": "internetMessageId"}
            if self._ask(**query):
                found[message_id] = message_id
        if len(found) < len(wanted):
            latest = {"top": _LATEST, "orderby": "sentDateTime desc"}
            for mail in self._ask(select="internetMessageId,internetMessageHeaders", **latest):
                for header in mail.get("internetMessageHeaders") or ():
                    if header["name"].lower() == OWN_ID.lower() and header["value"] in wanted:
                        found.setdefault(header["value"], str(mail["internetMessageId"]))
        return found

    def check(self) -> list[str]:
        """Offers what is no mail. Raises `Transient`, `Permanent` when a mail would not go."""
        self._settings.token()
        try:
            answer = self._graph.post("sendMail", _NO_MAIL)
        except (NotReached, requests.exceptions.RequestException) as lost:
            raise unreachable(self._settings, lost) from lost
        if fault := fault_of(self._settings, answer):
            raise fault
        if answer.status != 400:
            raise Permanent(f"{self._settings.where} answers strangely: {answer}.")
        return [f"{self._settings.where} answers, and takes mail from {self._settings.mailbox}"]

    def _judged(self, answer: Answer) -> Delivery:
        self._fault = fault_of(self._settings, answer)
        if isinstance(self._fault, Transient):
            self._not_before = time.monotonic() + answer.keep_away
        if self._fault is not None:
            state = DeliveryState.RETRY
        elif 200 <= answer.status < 300:
            state = DeliveryState.SENT
        elif 400 <= answer.status < 500:
            state = DeliveryState.REFUSED
        else:
            state = DeliveryState.UNCERTAIN  # what stands behind a gateway may have taken it
        return Delivery(state=state, detail=str(answer))

    def _ask(self, **query: str) -> list[dict[str, Any]]:
        """Mails in the folder of sent ones."""
        try:
            answer = self._graph.get("mailFolders/sentitems/messages", **query)
        except (NotReached, requests.exceptions.RequestException) as lost:
            raise unreachable(self._settings, lost) from lost
        if answer.status >= 500 or answer.status == 429:
            raise Transient(f"{self._settings.where} cannot be asked just now: {answer}.")
        found = answer.body.get("value")
        return found if isinstance(found, list) else []
