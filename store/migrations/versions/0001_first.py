"""The register as it was first laid out."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

moment = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Make every table."""
    _consultations()
    _counters()
    _originals()
    _state()
    _actions()
    _inbound_mails()
    _people()
    _similar_found()
    _attachments()
    _blocked_addresses()
    _inbound_consultations()
    _outcomes()
    _outgoing_mails()
    _revisions()
    _attempts()
    _exceptions()
    _outgoing_consultations()
    _outgoing_recipients()
    _audit()


def _consultations() -> None:
    op.create_table(
        "consultations",
        sa.Column("key", sa.Text, primary_key=True),
        sa.Column("reference", sa.Text, unique=True),
        sa.Column("reference_year", sa.Integer),
        sa.Column("reference_number", sa.Integer),
        sa.Column("status", sa.Text, nullable=False, index=True),
        sa.Column("title", sa.Text, nullable=False),
        sa.Column("organisation", sa.Text),
        sa.Column("start_date", sa.Date),
        sa.Column("end_date", sa.Date, index=True),
        sa.Column("age_from", sa.Integer),
        sa.Column("age_to", sa.Integer),
        sa.Column("pod_request", sa.Boolean),
        sa.Column("form1", sa.JSON),
        sa.Column("form2", sa.JSON),
        sa.Column("revision", sa.Integer, nullable=False),
        sa.Column("outcomes_revision", sa.Integer, nullable=False),
        sa.Column("late_notice", sa.Boolean, nullable=False),
        sa.Column("created_at", moment, nullable=False),
        sa.Column("asked_at", moment),
        sa.Column("registered_at", moment),
        sa.Column("extended_to", sa.Date),
        sa.Column("outcomes_due", sa.Date),
        sa.Column("stopped_at", moment),
        sa.Column("completed_at", moment),
        sa.Column("withdrawn_at", moment),
        sa.Column("pod_forwarded_at", moment),
        sa.Column("message_id", sa.Text),
        sa.Column("version", sa.Integer, nullable=False),
        sa.UniqueConstraint("reference_year", "reference_number"),
    )


def _counters() -> None:
    op.create_table(
        "counters",
        sa.Column("year", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("last", sa.Integer, nullable=False),
    )


def _originals() -> None:
    op.create_table(
        "originals",
        sa.Column("sha256", sa.Text, primary_key=True),
        sa.Column("size", sa.Integer, nullable=False),
        sa.Column("content", sa.LargeBinary, nullable=False),
    )


def _state() -> None:
    op.create_table(
        "state",
        sa.Column("name", sa.Text, primary_key=True),
        sa.Column("value", sa.Text, nullable=False),
    )


def _actions() -> None:
    op.create_table(
        "actions",
        sa.Column("consultation", sa.Text, sa.ForeignKey("consultations.key"), primary_key=True),
        sa.Column("position", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("action", sa.Text),
        sa.Column("owner", sa.Text),
        sa.Column("due", sa.Text),
    )


def _inbound_mails() -> None:
    op.create_table(
        "inbound_mails",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("mailbox", sa.Text, nullable=False),
        sa.Column("uidvalidity", sa.Text, nullable=False),
        sa.Column("uid", sa.Text, nullable=False),
        sa.Column("arrived_at", moment, nullable=False),
        sa.Column("size", sa.Integer, nullable=False),
        sa.Column(
            "original", sa.Text, sa.ForeignKey("originals.sha256"), nullable=False, index=True
        ),
        sa.Column("headers_only", sa.Boolean, nullable=False),
        sa.Column("message_id", sa.Text),
        sa.Column("sender", sa.Text),
        sa.Column("sender_name", sa.Text),
        sa.Column("subject", sa.Text),
        sa.Column("content_digest", sa.Text),
        sa.Column("kind", sa.Text),
        sa.Column("outcome", sa.Text),
        sa.Column("handled_at", moment),
        sa.Column("to_exceptions", sa.Boolean, nullable=False),
        sa.Column("filed", sa.Text),
        sa.UniqueConstraint("mailbox", "uidvalidity", "uid"),
    )
    op.create_index("ix_inbound_mails_digest", "inbound_mails", ["content_digest"])
    op.create_index(
        "ix_inbound_mails_message_id",
        "inbound_mails",
        ["message_id"],
        postgresql_using="hash",
    )
    op.create_index(
        "ix_inbound_mails_unfiled",
        "inbound_mails",
        ["id"],
        sqlite_where=sa.text("filed IS NULL"),
        postgresql_where=sa.text("filed IS NULL"),
    )
    op.create_index(
        "ix_inbound_mails_waiting",
        "inbound_mails",
        ["arrived_at", "id"],
        sqlite_where=sa.text("handled_at IS NULL"),
        postgresql_where=sa.text("handled_at IS NULL"),
    )


def _people() -> None:
    op.create_table(
        "people",
        sa.Column("consultation", sa.Text, sa.ForeignKey("consultations.key"), primary_key=True),
        sa.Column("position", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("email", sa.Text, nullable=False, index=True),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("role", sa.Text, nullable=False),
    )


def _similar_found() -> None:
    op.create_table(
        "similar_found",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column(
            "consultation", sa.Text, sa.ForeignKey("consultations.key"), nullable=False, index=True
        ),
        sa.Column("position", sa.Integer, nullable=False),
        sa.Column("other", sa.Text, sa.ForeignKey("consultations.key"), nullable=False, index=True),
        sa.Column("reference", sa.Text, nullable=False),
        sa.Column("title", sa.Text, nullable=False),
        sa.Column("score", sa.Float, nullable=False),
        sa.Column("warn", sa.Boolean, nullable=False),
        sa.Column("why", sa.JSON, nullable=False),
        sa.Column("found_at", moment, nullable=False),
        sa.Column("current", sa.Boolean, nullable=False),
    )


def _attachments() -> None:
    op.create_table(
        "attachments",
        sa.Column("inbound_id", sa.Integer, sa.ForeignKey("inbound_mails.id"), primary_key=True),
        sa.Column("position", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("content_type", sa.Text, nullable=False),
        sa.Column("size", sa.Integer, nullable=False),
        sa.Column("sha256", sa.Text, nullable=False),
        sa.Column("verdict", sa.Text),
        sa.Column("forms", sa.JSON),
    )


def _blocked_addresses() -> None:
    op.create_table(
        "blocked_addresses",
        sa.Column("email", sa.Text, primary_key=True),
        sa.Column("blocked_at", moment, nullable=False),
        sa.Column("inbound_id", sa.Integer, sa.ForeignKey("inbound_mails.id")),
    )


def _inbound_consultations() -> None:
    op.create_table(
        "inbound_consultations",
        sa.Column("inbound_id", sa.Integer, sa.ForeignKey("inbound_mails.id"), primary_key=True),
        sa.Column("consultation", sa.Text, sa.ForeignKey("consultations.key"), primary_key=True),
        sa.Column("position", sa.Integer, nullable=False),
    )
    op.create_index(
        "ix_inbound_consultations_consultation",
        "inbound_consultations",
        ["consultation"],
    )


def _outcomes() -> None:
    op.create_table(
        "outcomes",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column(
            "consultation", sa.Text, sa.ForeignKey("consultations.key"), nullable=False, index=True
        ),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("fields", sa.JSON, nullable=False),
        sa.Column("problems", sa.JSON, nullable=False),
        sa.Column("origins", sa.JSON, nullable=False),
        sa.Column("file", sa.Text, nullable=False),
        sa.Column("inbound_id", sa.Integer, sa.ForeignKey("inbound_mails.id")),
        sa.Column("at", moment, nullable=False),
    )


def _outgoing_mails() -> None:
    op.create_table(
        "outgoing_mails",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("key", sa.Text, nullable=False, unique=True),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("message_id", sa.Text, nullable=False, unique=True),
        sa.Column("subject", sa.Text, nullable=False),
        sa.Column("content", sa.LargeBinary, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("next_attempt_at", moment, nullable=False),
        sa.Column("claimed_until", moment),
        sa.Column("created_at", moment, nullable=False),
        sa.Column("sent_at", moment),
        sa.Column("inbound_id", sa.Integer, sa.ForeignKey("inbound_mails.id"), index=True),
        sa.Column("last_error", sa.Text),
    )
    op.create_index(
        "ix_outgoing_mails_unfinished",
        "outgoing_mails",
        ["state", "id"],
        sqlite_where=sa.text("state <> 'sent'"),
        postgresql_where=sa.text("state <> 'sent'"),
    )


def _revisions() -> None:
    op.create_table(
        "revisions",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column(
            "consultation", sa.Text, sa.ForeignKey("consultations.key"), nullable=False, index=True
        ),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("fields", sa.JSON, nullable=False),
        sa.Column("problems", sa.JSON, nullable=False),
        sa.Column("origins", sa.JSON, nullable=False),
        sa.Column("file", sa.Text, nullable=False),
        sa.Column("inbound_id", sa.Integer, sa.ForeignKey("inbound_mails.id")),
        sa.Column("at", moment, nullable=False),
    )


def _attempts() -> None:
    op.create_table(
        "attempts",
        sa.Column("outgoing_id", sa.Integer, sa.ForeignKey("outgoing_mails.id"), primary_key=True),
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("started_at", moment, nullable=False),
        sa.Column("handed_over_at", moment),
        sa.Column("ended_at", moment),
        sa.Column("result", sa.Text),
        sa.Column("detail", sa.Text),
    )


def _exceptions() -> None:
    op.create_table(
        "exceptions",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("key", sa.Text, nullable=False, index=True),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("inbound_id", sa.Integer, sa.ForeignKey("inbound_mails.id"), index=True),
        sa.Column("consultation", sa.Text, sa.ForeignKey("consultations.key"), index=True),
        sa.Column("outgoing_id", sa.Integer, sa.ForeignKey("outgoing_mails.id"), index=True),
        sa.Column("detail", sa.JSON, nullable=False),
        sa.Column("opened_at", moment, nullable=False),
        sa.Column("closed_at", moment),
        sa.Column("closed_by", sa.Text),
        sa.Column("closed_why", sa.Text),
    )
    op.create_index(
        "uq_exceptions_open",
        "exceptions",
        ["key"],
        unique=True,
        sqlite_where=sa.text("closed_at IS NULL"),
        postgresql_where=sa.text("closed_at IS NULL"),
    )


def _outgoing_consultations() -> None:
    op.create_table(
        "outgoing_consultations",
        sa.Column("outgoing_id", sa.Integer, sa.ForeignKey("outgoing_mails.id"), primary_key=True),
        sa.Column("consultation", sa.Text, sa.ForeignKey("consultations.key"), primary_key=True),
        sa.Column("position", sa.Integer, nullable=False),
    )
    op.create_index(
        "ix_outgoing_consultations_consultation",
        "outgoing_consultations",
        ["consultation"],
    )


def _outgoing_recipients() -> None:
    op.create_table(
        "outgoing_recipients",
        sa.Column("outgoing_id", sa.Integer, sa.ForeignKey("outgoing_mails.id"), primary_key=True),
        sa.Column("position", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("email", sa.Text, nullable=False, index=True),
    )


def _audit() -> None:
    op.create_table(
        "audit",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("at", moment, nullable=False),
        sa.Column("who", sa.Text, nullable=False),
        sa.Column("act", sa.Text, nullable=False),
        sa.Column("consultation", sa.Text, sa.ForeignKey("consultations.key"), index=True),
        sa.Column("inbound_id", sa.Integer, sa.ForeignKey("inbound_mails.id"), index=True),
        sa.Column("exception_id", sa.Integer, sa.ForeignKey("exceptions.id"), index=True),
        sa.Column("detail", sa.JSON, nullable=False),
    )
