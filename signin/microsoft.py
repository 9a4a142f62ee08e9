"""Tokens of Microsoft's identity platform for an application of its own (client credentials).

The home of MSAL. The numbers are those of Microsoft's error codes (AADSTS...).
"""

from __future__ import annotations

import json
import logging
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import jwt
import msal
from msal.exceptions import MsalError

from model import AskOnceError, Permanent, Transient
from signin.tokens import Grant
from signin.web import Session, reaching

# It logs what servers answer.
logging.getLogger("msal").setLevel(logging.CRITICAL)

AUTHORITY = "https://login.microsoftonline.com"
#: All that the application was given for Exchange Online: IMAP.AccessAsApp, SMTP.SendAsApp.
SCOPE = "https://outlook.office365.com/.default"

_ADVICE = {
    "7000222": "The application's secret has expired: make a new one in Microsoft Entra and put it "
    "where oauth2.client_secret_file says.",
    "7000215": "The application's secret is wrong: it has to be the secret's Value, which is shown "
    "once, and not its ID.",
    "700016": "The tenant knows no such application: look at oauth2.client_id and oauth2.tenant.",
    "700027": "The certificate is not, or no longer, one of the application's: upload it in "
    "Microsoft Entra, and look at oauth2.certificate_file.",
    "7000112": "The application is switched off in the tenant: an administrator has to allow it.",
    "90002": "There is no such tenant: look at oauth2.tenant.",
    "53003": "Conditional Access keeps the application out: an administrator has to allow it.",
    "500011": "The tenant has no such service: look at oauth2.scope.",
    "1002012": "Look at oauth2.scope: it has to end in /.default.",
    "70011": "Look at oauth2.scope: it has to end in /.default.",
}
_FOR_NOW = ("temporarily_unavailable", "server_error", "slow_down")


@dataclass(frozen=True, slots=True, kw_only=True)
class Application:
    """An application as registered in Microsoft Entra, with a secret or else a certificate."""

    tenant: str
    client_id: str
    secret: str = field(default="", repr=False)
    certificate_file: Path | None = None  #: PEM: private key and certificate
    authority: str = AUTHORITY
    scope: str = SCOPE
    ca_file: Path | None = None

    def fetch(self) -> Grant:
        """A token for the application itself. Raises `Transient`, `Permanent`.

        MSAL's own cache is not used: it would keep a token that a server has refused, and an
        error for a minute.
        """
        place = f"{self.authority.rstrip('/')}/{self.tenant}"
        with reaching(place), Session(self.ca_file) as session:
            try:
                answer = self._client(place, session).acquire_token_for_client([self.scope])
            except json.JSONDecodeError as fault:
                raise Transient(
                    f"{place} gave an answer that makes no sense. It will be tried again."
                ) from fault
            except (MsalError, RuntimeError) as fault:
                raise Transient(f"{place} cannot give a token just now ({fault}).") from fault
            except (ValueError, TypeError, jwt.PyJWTError) as fault:
                raise self._unusable_key() from fault
        if "access_token" not in answer:
            raise _refused(place, answer)
        return Grant(token=answer["access_token"], lasts=float(answer.get("expires_in", 3600)))

    def _client(self, place: str, session: Session) -> Any:
        try:
            return msal.ConfidentialClientApplication(
                self.client_id,
                client_credential=self._credential(),
                authority=place,
                # Whether Microsoft knows the place is nothing that has to be asked elsewhere first.
                instance_discovery=False,
                http_client=session,
            )
        except json.JSONDecodeError:
            raise
        except ValueError as fault:
            if "authority" not in str(fault):
                raise
            raise Permanent(
                f"Could not fetch a token from {place}: there is no such tenant. Look at "
                "oauth2.tenant and oauth2.token_url."
            ) from fault

    def _credential(self) -> str | dict[str, str]:
        if self.certificate_file is None:
            return self.secret
        try:
            pem = self.certificate_file.read_text("ascii")
        except (OSError, UnicodeError) as fault:
            raise self._unusable_key() from fault
        return {"private_key": pem, "public_certificate": pem}

    def _unusable_key(self) -> AskOnceError:
        return Permanent(
            f"{self.certificate_file} cannot be used to sign in: oauth2.certificate_file has to "
            "name a PEM file with a private key, without a passphrase, and its certificate."
        )


def _refused(place: str, answer: dict[str, Any]) -> AskOnceError:
    """What is behind an error answer (RFC 6749 5.2), by Microsoft's number where it is known."""
    said = str(answer.get("error_description") or answer.get("error") or "no token, no reason")
    line = said.strip().splitlines()[0][:300]
    number = re.search(r"AADSTS(\d+)", said)
    if answer.get("error") in _FOR_NOW:
        return Transient(f"{place} cannot give a token just now: {line}")
    advice = _ADVICE.get(number[1] if number else "", "Look at the keys below [oauth2].")
    return Permanent(f"{place} refused the application: {line} {advice}")
