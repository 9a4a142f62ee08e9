"""Microsoft Graph (version 1.0), as far as mail goes out by it: calls, and faults in plain words.

Graph takes a whole MIME message, so that our own headers survive (learn.microsoft.com/graph,
"Send Outlook messages using MIME format").
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

import requests
from urllib3.exceptions import MaxRetryError

from model import AskOnceError, Permanent, Token, Transient

HOST = "graph.microsoft.com"
#: Seconds to keep away after 429 or 503, where the answer does not say.
_KEEP_AWAY = 60.0


@dataclass(frozen=True, slots=True, kw_only=True)
class GraphSettings:
    """Whose mailbox mail goes out from, and how to get in; times in seconds."""

    mailbox: str
    token: Token = field(repr=False)
    host: str = HOST
    port: int = 443
    timeout: float = 60.0  #: for connecting
    final_timeout: float = 300.0  #: for the answer: short ones make doubles
    ca_file: str | None = None  #: certificates to trust in place of those that come with requests

    @property
    def where(self) -> str:
        """Host and port, for messages."""
        return f"Microsoft Graph ({self.host}:{self.port})"


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What Graph answered."""

    status: int
    body: dict[str, Any]
    request_id: str  #: by which Microsoft finds a request again
    keep_away: float  #: seconds

    @property
    def code(self) -> str:
        """The error's name; empty where there is none."""
        return str(self._error.get("code", ""))

    @property
    def _error(self) -> dict[str, Any]:
        error = self.body.get("error")
        return error if isinstance(error, dict) else {}

    def __str__(self) -> str:
        said = f"{self._error.get('code', '')} {self._error.get('message', '')}"
        about = f"request {self.request_id}" if self.request_id else ""
        return " ".join(f"{self.status} {said} {about}".split())[:500]


class NotReached(Exception):
    """No connection came about: Graph has seen nothing of what was to be said."""


class Graph:
    """Calls about one mailbox, each over a connection of its own.

    One that is kept may be gone without our knowing, and then nobody could say what became of a
    mail that was being sent over it.
    """

    def __init__(self, settings: GraphSettings) -> None:
        self._settings = settings

    def post(self, path: str, body: bytes) -> Answer:
        """Raises `NotReached`; `requests.RequestException` where the call may have arrived."""
        return self._twice("POST", path, data=body, headers={"Content-Type": "text/plain"})

    def get(self, path: str, **query: str) -> Answer:
        """Raises as `post` does."""
        return self._twice("GET", path, params={f"${k}": v for k, v in query.items()})

    def _twice(self, method: str, path: str, **options: Any) -> Answer:
        """With another token, if the first was withdrawn: 401 is said before a call is looked at.

        Raises `Transient`, `Permanent` when no token is to be had.
        """
        answer = self._once(method, path, self._settings.token(), **options)
        if answer.status == 401:
            answer = self._once(method, path, self._settings.token(anew=True), **options)
        return answer

    def _once(self, method: str, path: str, token: str, **options: Any) -> Answer:
        s = self._settings
        mailbox = quote(s.mailbox, safe="@")
        headers = {"Authorization": f"Bearer {token}", **options.pop("headers", {})}
        headers["Connection"] = "close"
        try:
            answer = requests.request(
                method,
                f"https://{s.host}:{s.port}/v1.0/users/{mailbox}/{path}",
                headers=headers,
                timeout=(s.timeout, s.final_timeout),
                allow_redirects=False,
                verify=s.ca_file or True,
                **options,
            )
        except (requests.exceptions.SSLError, requests.exceptions.ConnectTimeout) as fault:
            raise NotReached(str(fault)) from fault
        except requests.exceptions.ConnectionError as fault:
            if isinstance(fault.args and fault.args[0], MaxRetryError):
                raise NotReached(str(fault)) from fault
            raise
        return _read(answer)


def _read(answer: requests.Response) -> Answer:
    try:
        body = answer.json() if answer.content else {}
    except ValueError:
        body = {}
    wait = answer.headers.get("Retry-After", "")
    return Answer(
        status=answer.status_code,
        body=body if isinstance(body, dict) else {},
        request_id=answer.headers.get("request-id", ""),
        keep_away=float(wait) if wait.isdecimal() else _KEEP_AWAY,
    )


def fault_of(settings: GraphSettings, answer: Answer) -> AskOnceError | None:
    """What is wrong on the way out, whatever the mail; None: nothing, or it is the mail's own."""
    refused = f"{settings.where} refused us: {answer}. Mails wait."
    match answer.status:
        case 401:
            return Permanent(f"{refused} Look at the keys below [oauth2]: docs/microsoft365.md.")
        case 403 if answer.code == "ErrorSendAsDenied":
            return Permanent(
                f"{refused} The mailbox that [outgoing] username names may not send in the name "
                "of [outgoing] from."
            )
        case 403:
            return Permanent(
                f"{refused} The application needs the permission Mail.Send for this mailbox: "
                "docs/microsoft365.md tells how."
            )
        case 404:
            return Permanent(
                f"{refused} There is no such mailbox: look at [outgoing] username and from."
            )
        case 429 | 503:
            return Transient(f"{settings.where} asks us to wait: {answer}.")
    return None


def unreachable(settings: GraphSettings, fault: Exception) -> AskOnceError:
    """For `NotReached`, and for a question that got no answer."""
    if isinstance(fault.__cause__, requests.exceptions.SSLError):
        if "expired" in str(fault) or "not yet valid" in str(fault):
            return Transient(
                f"{settings.where} shows a certificate that is out of its time. It is tried again; "
                "if this goes on, look at this machine's clock."
            )
        return Permanent(
            f"{settings.where} shows a certificate that is not to be trusted. Where a proxy looks "
            "into encrypted traffic, name its authority's certificates as [outgoing] ca_file."
        )
    return Transient(
        f"{settings.where} cannot be reached. It is tried again by itself; if this goes on, check "
        "the network and the proxy."
    )
