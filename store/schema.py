"""The tables. Statements are Core: a unit of work costs three times as much per mail."""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    Date,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    UniqueConstraint,
    text,
)

from store.columns import Moment, Words

#: The newest revision in migrations/versions: what this version of the software reads and writes.
HEAD = "0012"

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def _id() -> Column[int]:
    return Column("id", Integer, primary_key=True)


def _to(name: str, target: str, **options: Any) -> Column[Any]:
    return Column(name, ForeignKey(target), **options)


def _partial(name: str, *columns: str, where: str, unique: bool = False) -> Index:
    condition = text(where)
    return Index(name, *columns, unique=unique, sqlite_where=condition, postgresql_where=condition)


def _json(name: str) -> Column[Any]:
    return Column(name, JSON(none_as_null=True))


state = Table(
    "state",
    metadata,
    Column("name", Words, primary_key=True),
    Column("value", Words, nullable=False),
)

health = Table(
    "health",
    metadata,
    Column("daemon", Words, primary_key=True),
    Column("what", Words, primary_key=True),
    Column("well_at", Moment),
    Column("failing_since", Moment),
    Column("recovered_at", Moment),
    Column("fault", Words),
)

outages = Table(
    "outages",
    metadata,
    Column("what", Words, primary_key=True),
    Column("since", Moment, primary_key=True),
    Column("until", Moment),
)

counters = Table(
    "counters",
    metadata,
    Column("year", Integer, primary_key=True, autoincrement=False),
    Column("last", Integer, nullable=False),
)

originals = Table(
    "originals",
    metadata,
    Column("sha256", Words, primary_key=True),
    Column("size", Integer, nullable=False),
    Column("content", LargeBinary, nullable=False),
)

inbound_mails = Table(
    "inbound_mails",
    metadata,
    _id(),
    Column("mailbox", Words, nullable=False),
    Column("uidvalidity", Words, nullable=False),
    Column("uid", Words, nullable=False),
    Column("arrived_at", Moment, nullable=False),
    Column("size", Integer, nullable=False),
    _to("original", "originals.sha256", nullable=False, index=True),
    Column("headers_only", Boolean, nullable=False),
    Column("message_id", Words),
    Column("sender", Words),
    Column("sender_name", Words),
    Column("subject", Words),
    Column("content_digest", Words),
    Column("kind", Words),
    Column("outcome", Words),
    Column("handled_at", Moment),
    Column("to_exceptions", Boolean, nullable=False),
    Column("filed", Words),
    Column("claimed_by", Words),
    Column("claimed_until", Moment),
    Column("line", Words),
    UniqueConstraint("mailbox", "uidvalidity", "uid"),
    # PostgreSQL's ordinary index takes 2,700 bytes at most; a stranger chooses this text
    Index("ix_inbound_mails_message_id", "message_id", postgresql_using="hash"),
    Index("ix_inbound_mails_digest", "content_digest"),
    _partial("ix_inbound_mails_waiting", "arrived_at", "id", where="handled_at IS NULL"),
    _partial("ix_inbound_mails_line", "line", "arrived_at", "id", where="handled_at IS NULL"),
    _partial("ix_inbound_mails_unfiled", "id", where="filed IS NULL"),
)

attachments = Table(
    "attachments",
    metadata,
    _to("inbound_id", "inbound_mails.id", primary_key=True),
    Column("position", Integer, primary_key=True, autoincrement=False),
    Column("name", Words, nullable=False),
    Column("content_type", Words, nullable=False),
    Column("size", Integer, nullable=False),
    Column("sha256", Words, nullable=False),
    Column("verdict", Words),
    _json("forms"),
)

consultations = Table(
    "consultations",
    metadata,
    Column("key", Words, primary_key=True),
    Column("reference", Words, unique=True),
    Column("reference_year", Integer),
    Column("reference_number", Integer),
    Column("status", Words, nullable=False),
    Column("title", Words, nullable=False),
    Column("organisation", Words),
    Column("start_date", Date),
    Column("end_date", Date, index=True),
    Column("age_from", Integer),
    Column("age_to", Integer),
    Column("pod_request", Boolean),
    _json("form1"),
    _json("form2"),
    Column("revision", Integer, nullable=False),
    Column("outcomes_revision", Integer, nullable=False),
    Column("late_notice", Boolean, nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("asked_at", Moment),
    Column("registered_at", Moment),
    Column("extended_to", Date),
    Column("outcomes_due", Date),
    Column("stopped_at", Moment),
    Column("completed_at", Moment),
    Column("withdrawn_at", Moment),
    Column("pod_forwarded_at", Moment),
    Column("message_id", Words),
    Column("version", Integer, nullable=False),
    Column("away_until", Date),
    Column("merged_into", Words),
    UniqueConstraint("reference_year", "reference_number"),
    Index("ix_consultations_created_at", "created_at", "key"),
    Index("ix_consultations_outcomes_due", "outcomes_due"),
    # with what a list counts or is sorted by, so that the wide rows need not be read
    Index("ix_consultations_organisation", "organisation", "created_at", "key"),
    Index("ix_consultations_status", "status", "created_at", "key"),
    Index("ix_consultations_start_date", "start_date", "end_date"),
    Index("ix_consultations_registered_at", "registered_at"),
    _partial("ix_consultations_merged_into", "merged_into", where="merged_into IS NOT NULL"),
    # what the first page counts is all in here
    Index("ix_consultations_dates", "status", "end_date", "start_date", "outcomes_due"),
)

#: What the register is searched by, in narrow rows: all of it can be made anew.
searched = Table(
    "searched",
    metadata,
    _to("consultation", "consultations.key", primary_key=True),
    Column("words", Words, nullable=False),
)

#: The areas, audiences and themes of consultations.
tags = Table(
    "tags",
    metadata,
    Column("kind", Words, primary_key=True),
    Column("value", Words, primary_key=True),
    _to("consultation", "consultations.key", primary_key=True, index=True),
)

people = Table(
    "people",
    metadata,
    _to("consultation", "consultations.key", primary_key=True),
    Column("position", Integer, primary_key=True, autoincrement=False),
    Column("email", Words, nullable=False, index=True),
    Column("name", Words, nullable=False),
    Column("role", Words, nullable=False),
)


def _as_read(name: str) -> Table:
    """Every form as it was read; the consultation holds the latest only."""
    return Table(
        name,
        metadata,
        _id(),
        _to("consultation", "consultations.key", nullable=False, index=True),
        Column("number", Integer, nullable=False),
        Column("fields", JSON, nullable=False),
        Column("problems", JSON, nullable=False),
        Column("origins", JSON, nullable=False),
        Column("file", Words, nullable=False),
        _to("inbound_id", "inbound_mails.id"),
        Column("at", Moment, nullable=False),
    )


revisions = _as_read("revisions")
outcomes = _as_read("outcomes")

actions = Table(
    "actions",
    metadata,
    _to("consultation", "consultations.key", primary_key=True),
    Column("position", Integer, primary_key=True, autoincrement=False),
    Column("action", Words),
    Column("owner", Words),
    Column("due", Words),
)

similar_found = Table(
    "similar_found",
    metadata,
    _id(),
    _to("consultation", "consultations.key", nullable=False, index=True),
    Column("position", Integer, nullable=False),
    _to("other", "consultations.key", nullable=False, index=True),
    Column("reference", Words, nullable=False),
    Column("title", Words, nullable=False),
    Column("score", Float, nullable=False),
    Column("warn", Boolean, nullable=False),
    Column("strong", Boolean, nullable=False),
    Column("why", JSON, nullable=False),
    Column("differs", JSON, nullable=False),
    Column("found_at", Moment, nullable=False),
    Column("current", Boolean, nullable=False),
)

#: The index of similar work; all of it can be made anew from the consultations.
similar_terms = Table(
    "similar_terms",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("consultation", Words, nullable=False, unique=True),
    Column("version", Integer, nullable=False),
    Column("title", Words, nullable=False),
    Column("data", Words, nullable=False),
    Index("ix_similar_terms_title", "title", postgresql_using="hash"),
)

similar_postings = Table(
    "similar_postings",
    metadata,
    Column("term", Words, primary_key=True),
    Column("impact", Integer, primary_key=True, autoincrement=False),
    Column("number", Integer, primary_key=True, autoincrement=False, index=True),
    Column("ends", Integer, nullable=False),
    Column("age_from", Integer, nullable=False),
    Column("age_to", Integer, nullable=False),
    Column("areas", BigInteger, nullable=False),
    Column("kinds", Integer, nullable=False),
    sqlite_with_rowid=False,
)

#: Consultations that changed since the index last looked at them.
similar_due = Table(
    "similar_due",
    metadata,
    _to("consultation", "consultations.key", primary_key=True),
)

similar_counts = Table(
    "similar_counts",
    metadata,
    Column("term", Words, primary_key=True),
    Column("count", Integer, nullable=False),
)

inbound_consultations = Table(
    "inbound_consultations",
    metadata,
    _to("inbound_id", "inbound_mails.id", primary_key=True),
    _to("consultation", "consultations.key", primary_key=True, index=True),
    Column("position", Integer, nullable=False),
)

#: Sent, and nobody knows yet whether the server left it its Message-ID.
UNNAMED = "state = 'sent' AND known_as IS NULL"
#: A query for these has to say so in these very words, or SQLite would read all that ever went.
UNFINISHED = "state <> 'sent'"

outgoing_mails = Table(
    "outgoing_mails",
    metadata,
    _id(),
    Column("key", Words, nullable=False, unique=True),
    Column("kind", Words, nullable=False),
    Column("message_id", Words, nullable=False, unique=True),
    Column("subject", Words, nullable=False),
    Column("content", LargeBinary, nullable=False),
    Column("state", Words, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("next_attempt_at", Moment, nullable=False),
    Column("claimed_until", Moment),
    Column("created_at", Moment, nullable=False),
    Column("sent_at", Moment),
    _to("inbound_id", "inbound_mails.id", index=True),
    Column("last_error", Words),
    Column("claimed_by", Words),
    Column("thread", Words),
    Column("capped", Words),
    Column("known_as", Words),
    Index("ix_outgoing_mails_kind_created_at", "kind", "created_at"),
    # a mail server chooses this text: see inbound_mails.message_id
    Index("ix_outgoing_mails_known_as", "known_as", postgresql_using="hash"),
    _partial("ix_outgoing_mails_unnamed", "sent_at", where=UNNAMED),
    _partial("ix_outgoing_mails_unfinished", "state", "id", where=UNFINISHED),
    _partial("ix_outgoing_mails_capped", "capped", where="capped IS NOT NULL"),
)

#: What people paused or skipped, by the key of the mail or of the consultation.
wishes = Table(
    "wishes",
    metadata,
    Column("key", Words, primary_key=True),
    _to("consultation", "consultations.key", index=True),
    Column("wish", Words, nullable=False),
    Column("who", Words, nullable=False),
    Column("at", Moment, nullable=False),
    Column("why", Words, nullable=False),
)

#: When a mail last passed the gate, under everything that it is counted by; kept for a day.
passages = Table(
    "passages",
    metadata,
    _to("outgoing_id", "outgoing_mails.id", primary_key=True),
    Column("counted", Words, primary_key=True),
    Column("at", Moment, nullable=False),
    Index("ix_passages_counted_at", "counted", "at"),
)

outgoing_recipients = Table(
    "outgoing_recipients",
    metadata,
    _to("outgoing_id", "outgoing_mails.id", primary_key=True),
    Column("position", Integer, primary_key=True, autoincrement=False),
    Column("email", Words, nullable=False, index=True),
)

outgoing_consultations = Table(
    "outgoing_consultations",
    metadata,
    _to("outgoing_id", "outgoing_mails.id", primary_key=True),
    _to("consultation", "consultations.key", primary_key=True, index=True),
    Column("position", Integer, nullable=False),
)

attempts = Table(
    "attempts",
    metadata,
    _to("outgoing_id", "outgoing_mails.id", primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("started_at", Moment, nullable=False),
    Column("handed_over_at", Moment),
    Column("ended_at", Moment),
    Column("result", Words),
    Column("detail", Words),
    Index("ix_attempts_result_ended_at", "result", "ended_at"),
)

blocked_addresses = Table(
    "blocked_addresses",
    metadata,
    Column("email", Words, primary_key=True),
    Column("blocked_at", Moment, nullable=False),
    _to("inbound_id", "inbound_mails.id"),
)

exceptions = Table(
    "exceptions",
    metadata,
    _id(),
    Column("key", Words, nullable=False, index=True),
    Column("reason", Words, nullable=False),
    _to("inbound_id", "inbound_mails.id", index=True),
    _to("consultation", "consultations.key", index=True),
    _to("outgoing_id", "outgoing_mails.id", index=True),
    Column("detail", JSON, nullable=False),
    Column("opened_at", Moment, nullable=False),
    Column("closed_at", Moment),
    Column("closed_by", Words),
    Column("closed_why", Words),
    Column("version", Integer, nullable=False),
    Column("claimed_by", Words),
    Column("claimed_until", Moment),
    _partial("uq_exceptions_open", "key", where="closed_at IS NULL", unique=True),
)

#: What people at the desk did, and how to take it back.
acts = Table(
    "acts",
    metadata,
    _id(),
    Column("token", Words, nullable=False, unique=True),
    Column("who", Words, nullable=False),
    Column("at", Moment, nullable=False),
    Column("kind", Words, nullable=False),
    Column("why", Words, nullable=False),
    _to("exception_id", "exceptions.id", index=True),
    _to("consultation", "consultations.key", index=True),
    Column("wrote", JSON, nullable=False),
    Column("undone_at", Moment),
    Column("undone_by", Words),
)

audit = Table(
    "audit",
    metadata,
    _id(),
    Column("at", Moment, nullable=False),
    Column("who", Words, nullable=False),
    Column("act", Words, nullable=False),
    _to("consultation", "consultations.key", index=True),
    _to("inbound_id", "inbound_mails.id", index=True),
    _to("exception_id", "exceptions.id", index=True),
    Column("detail", JSON, nullable=False),
)

#: Who may look at the pages: by a password, or as whom single sign-on knows them.
accounts = Table(
    "accounts",
    metadata,
    Column("name", Words, primary_key=True),
    Column("part", Words, nullable=False),
    Column("password", Words),
    Column("created_at", Moment, nullable=False),
    Column("identity", Words),
    Column("came_at", Moment),
    Index("uq_accounts_identity", "identity", unique=True),
)

sessions = Table(
    "sessions",
    metadata,
    Column("digest", Words, primary_key=True),
    _to("account", "accounts.name", nullable=False, index=True),
    Column("begun_at", Moment, nullable=False),
    Column("used_at", Moment, nullable=False),
)

#: Logins of the last minutes that were not good ones, by account and by address.
logins = Table(
    "logins",
    metadata,
    _id(),
    Column("counted", Words, nullable=False),
    Column("at", Moment, nullable=False),
    Index("ix_logins_counted", "counted"),
)
