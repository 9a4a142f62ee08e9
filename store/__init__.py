"""Where everything is kept: original mails, the register, the outbox and the audit trail."""

from store.accounts import Account, Accounts, Part
from store.acts import Acted, Deed
from store.browsing import Filter, Line, Offered, Order, Page
from store.dossier import Dossier, MailLine, Revision
from store.mails import Asked, Attempt, MailIn, MailOut, Named
from store.migrate import Upgraded, upgrade
from store.outbox import Outbox
from store.overlaps import Became, Overlap, Quarter
from store.overview import Overview
from store.register import Transaction
from store.restored import Restored
from store.store import Store
from store.undelivered import Undelivered
from store.unsent import About, Unsent
from store.values import (
    AuditEntry,
    Counts,
    FileSeen,
    Interrupted,
    MailSummary,
    QueueCase,
    QueueItem,
    QueueState,
    StoredMail,
    ToFile,
)
from store.views import Views
from store.waiting import Waiting, WaitingLine, WaitingPage, Whose

__all__ = [
    "About",
    "Account",
    "Accounts",
    "Acted",
    "Asked",
    "Attempt",
    "AuditEntry",
    "Became",
    "Counts",
    "Deed",
    "Dossier",
    "FileSeen",
    "Filter",
    "Interrupted",
    "Line",
    "MailIn",
    "MailLine",
    "MailOut",
    "MailSummary",
    "Named",
    "Offered",
    "Order",
    "Outbox",
    "Overlap",
    "Overview",
    "Page",
    "Part",
    "Quarter",
    "QueueCase",
    "QueueItem",
    "QueueState",
    "Restored",
    "Revision",
    "Store",
    "StoredMail",
    "ToFile",
    "Transaction",
    "Undelivered",
    "Unsent",
    "Upgraded",
    "Views",
    "Waiting",
    "WaitingLine",
    "WaitingPage",
    "Whose",
    "upgrade",
]
