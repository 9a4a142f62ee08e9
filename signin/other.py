"""Tokens of any other server, by client credentials (RFC 6749 4.4)."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from model import Permanent, Transient
from signin.tokens import Grant
from signin.web import Session, reaching


@dataclass(frozen=True, slots=True, kw_only=True)
class Client:
    """A client of a token server."""

    token_url: str
    client_id: str
    secret: str = field(repr=False)
    scope: str = ""
    ca_file: Path | None = None

    def fetch(self) -> Grant:
        """A token for the client. Raises `Transient`, `Permanent`."""
        form = {"grant_type": "client_credentials", "scope": self.scope}
        with reaching(self.token_url), Session(self.ca_file) as session:
            answer = session.post(
                self.token_url,
                data={key: value for key, value in form.items() if value},
                auth=(self.client_id, self.secret),
                allow_redirects=False,
            )
            if answer.status_code == 429 or answer.status_code >= 500:
                answer.raise_for_status()
            try:
                found = answer.json()
                if answer.ok:
                    return Grant(
                        token=str(found["access_token"]),
                        lasts=float(found.get("expires_in", 3600)),
                    )
                said = f"{found['error']} {found.get('error_description', '')}".strip()
            except (ValueError, TypeError, KeyError) as fault:
                raise Transient(
                    f"{self.token_url} gave an answer that makes no sense. It will be tried again."
                ) from fault
        raise Permanent(
            f"{self.token_url} refused us a token: {said[:300]}. Look at the keys below [oauth2]."
        )
