"""Tokens for a mailbox in Google Workspace, by a service account with domain-wide delegation.

The home of google-auth.
"""

from __future__ import annotations

import json
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from google.auth.exceptions import GoogleAuthError, RefreshError, TransportError
from google.auth.transport.requests import Request
from google.oauth2.service_account import Credentials

from model import AskOnceError, Permanent, Transient
from signin.tokens import Grant
from signin.web import Session, reaching

#: The only scope by which Gmail lets IMAP and SMTP in.
SCOPE = "https://mail.google.com/"

_DELEGATE = (
    "In the Admin console, below domain-wide delegation, the service account's client ID has to be "
    "allowed the scope {scope}; that can take a day to work."
)
_ADVICE = {
    "unauthorized_client": _DELEGATE,
    "access_denied": _DELEGATE,
    "invalid_grant": "Either the user name is no mailbox of the domain, or the key in {file} was "
    "deleted, or this machine's clock is wrong.",
    "invalid_scope": "Look at oauth2.scope: Gmail's is https://mail.google.com/.",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceAccount:
    """A service account's key, and the mailbox in whose name it acts."""

    file: Path
    mailbox: str
    scope: str = SCOPE
    ca_file: Path | None = None

    def fetch(self) -> Grant:
        """A token for the mailbox. Raises `Transient`, `Permanent`."""
        credentials = self._credentials()
        with reaching("Google"), Session(self.ca_file) as session:
            ask = _Noting(session)
            try:
                credentials.refresh(ask)
            except RefreshError as fault:
                raise self._refused(fault) from fault
            except TransportError as fault:
                raise (fault.__cause__ or fault) from fault  # `reaching` names it
            except GoogleAuthError as fault:
                raise Transient(f"Google cannot give a token just now ({fault}).") from fault
        return Grant(token=str(credentials.token), lasts=ask.lasts)

    def _credentials(self) -> Any:
        try:
            return Credentials.from_service_account_file(  # type: ignore[no-untyped-call]
                str(self.file), scopes=[self.scope], subject=self.mailbox
            )
        except (OSError, ValueError, AttributeError, GoogleAuthError) as fault:
            raise Permanent(
                f"{self.file} cannot be used to sign in: oauth2.service_account_file has to name "
                "the JSON file that Google gave for a key of the service account."
            ) from fault

    def _refused(self, fault: RefreshError) -> AskOnceError:
        """What is behind an error answer (RFC 6749 5.2)."""
        answer = fault.args[1] if len(fault.args) > 1 and isinstance(fault.args[1], dict) else {}
        kind = str(answer.get("error", ""))
        said = f"{kind} {answer.get('error_description', '')}".strip()
        if fault.retryable or not kind:
            return Transient(f"Google cannot give a token just now: {said or 'it did not say why'}")
        advice = _ADVICE.get(kind, "Look at the keys below [oauth2].")
        told = advice.format(scope=self.scope, file=self.file)
        return Permanent(f"Google refused the service account: {said}. {told}")


class _Noting(Request):
    """The library's way to the token server, which notes for how many seconds a token is good."""

    lasts = 3600.0

    def __call__(self, *args: Any, **options: Any) -> Any:
        answer = super().__call__(*args, **options)  # type: ignore[no-untyped-call]
        with suppress(ValueError, TypeError, KeyError):
            self.lasts = float(json.loads(answer.data)["expires_in"])
        return answer
