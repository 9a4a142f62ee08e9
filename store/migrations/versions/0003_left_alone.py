"""What a daemon that is left alone keeps beside the records, and how alike similar work was."""

from typing import Literal

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Bring the tables of each subject up to date."""
    _similar_work()
    _gate()
    _health()
    _leave()
    _names()


def _by_hand() -> Literal["always", "never"]:
    """SQLite's own ALTER TABLE would leave another text in its catalogue than a new table has."""
    return "always" if op.get_bind().dialect.name == "sqlite" else "never"


def _similar_work() -> None:
    """How alike similar work was, where the two differ, and what the index has yet to look at."""
    with op.batch_alter_table("similar_found") as table:
        table.add_column(sa.Column("strong", sa.Boolean, nullable=False, server_default=sa.false()))
        table.add_column(sa.Column("differs", sa.JSON, nullable=False, server_default="[]"))
    with op.batch_alter_table("similar_found") as table:
        table.alter_column("strong", server_default=None)
        table.alter_column("differs", server_default=None)
    op.create_table(
        "similar_due",
        sa.Column("consultation", sa.Text, sa.ForeignKey("consultations.key"), primary_key=True),
    )


def _gate() -> None:
    """What the caps on outgoing mail are counted by, and whose a mail at work is."""
    at = sa.DateTime(timezone=True)
    recreate = _by_hand()
    with op.batch_alter_table("outgoing_mails", recreate=recreate) as table:
        for name in ("claimed_by", "thread", "capped"):
            table.add_column(sa.Column(name, sa.Text))
    with op.batch_alter_table("inbound_mails", recreate=recreate) as table:
        table.add_column(sa.Column("claimed_by", sa.Text))
        table.add_column(sa.Column("claimed_until", at))
        table.add_column(sa.Column("line", sa.Text))
    is_waiting = sa.text("handled_at IS NULL")
    op.create_index(
        "ix_inbound_mails_line",
        "inbound_mails",
        ["line", "arrived_at", "id"],
        sqlite_where=is_waiting,
        postgresql_where=is_waiting,
    )
    op.create_index("ix_outgoing_mails_kind_created_at", "outgoing_mails", ["kind", "created_at"])
    is_capped = sa.text("capped IS NOT NULL")
    op.create_index(
        "ix_outgoing_mails_capped",
        "outgoing_mails",
        ["capped"],
        sqlite_where=is_capped,
        postgresql_where=is_capped,
    )
    op.create_table(
        "passages",
        sa.Column("outgoing_id", sa.Integer, sa.ForeignKey("outgoing_mails.id"), primary_key=True),
        sa.Column("counted", sa.Text, primary_key=True),
        sa.Column("at", at, nullable=False),
    )
    op.create_index("ix_passages_counted_at", "passages", ["counted", "at"])


def _health() -> None:
    """When the mailbox and the server were last reached, and what stopped for hours."""
    op.create_table(
        "health",
        sa.Column("daemon", sa.Text, primary_key=True),
        sa.Column("what", sa.Text, primary_key=True),
        sa.Column("well_at", sa.DateTime(timezone=True)),
        sa.Column("failing_since", sa.DateTime(timezone=True)),
        sa.Column("recovered_at", sa.DateTime(timezone=True)),
        sa.Column("fault", sa.Text),
    )
    op.create_table(
        "outages",
        sa.Column("what", sa.Text, primary_key=True),
        sa.Column("since", sa.DateTime(timezone=True), primary_key=True),
        sa.Column("until", sa.DateTime(timezone=True)),
    )
    op.create_index("ix_attempts_result_ended_at", "attempts", ["result", "ended_at"])


def _leave() -> None:
    """Until when a lead worker is away."""
    recreate = _by_hand()
    with op.batch_alter_table("consultations", recreate=recreate) as table:
        table.add_column(sa.Column("away_until", sa.Date))


def _names() -> None:
    """Under which Message-ID a mail of ours went, where its server replaced our own."""
    recreate = _by_hand()
    with op.batch_alter_table("outgoing_mails", recreate=recreate) as table:
        table.add_column(sa.Column("known_as", sa.Text))
    op.create_index(
        "ix_outgoing_mails_known_as", "outgoing_mails", ["known_as"], postgresql_using="hash"
    )
    unnamed = sa.text("state = 'sent' AND known_as IS NULL")
    op.create_index(
        "ix_outgoing_mails_unnamed",
        "outgoing_mails",
        ["sent_at"],
        sqlite_where=unnamed,
        postgresql_where=unnamed,
    )
