"""The audit trail: who did what to which record, in the transaction that did it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, insert

from store.schema import audit

_ADD = insert(audit).inline()


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One act within one transaction: whose it is, when, and the mail that it follows from."""

    connection: Connection
    now: datetime
    who: str
    mail_id: int | None = None
    why: str = ""  #: a person's own reason, noted with everything that this act does

    def note(
        self,
        act: str,
        *,
        consultation: str | None = None,
        exception: int | None = None,
        detail: Mapping[str, Any] | None = None,
    ) -> None:
        """Write one line of the audit trail."""
        row = {
            "at": self.now,
            "who": self.who,
            "act": act,
            "consultation": consultation,
            "inbound_id": self.mail_id,
            "exception_id": exception,
            "detail": {**(detail or {}), **({"why": self.why} if self.why else {})},
        }
        self.connection.execute(_ADD, row)
