"""Where everything is kept: original mails, the register, the outbox and the audit trail."""

from store.migrate import Upgraded, upgrade
from store.outbox import Outbox
from store.overlaps import Became, Overlap, Quarter
from store.register import Transaction
from store.restored import Restored
from store.store import Store
from store.values import (
    AuditEntry,
    Counts,
    FileSeen,
    Interrupted,
    MailSummary,
    QueueCase,
    QueueItem,
    StoredMail,
    ToFile,
)
from store.views import Views

__all__ = [
    "AuditEntry",
    "Became",
    "Counts",
    "FileSeen",
    "Interrupted",
    "MailSummary",
    "Outbox",
    "Overlap",
    "Quarter",
    "QueueCase",
    "QueueItem",
    "Restored",
    "Store",
    "StoredMail",
    "ToFile",
    "Transaction",
    "Upgraded",
    "Views",
    "upgrade",
]
