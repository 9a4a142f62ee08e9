"""What people at the desk did, who is at an item, and what the register is searched by."""

from typing import Literal

import sqlalchemy as sa
from alembic import op

from store.searching import fill

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Bring the tables of each subject up to date."""
    _queue()
    _acts()
    _register()
    fill(op.get_bind())  # made from the records, and can be made anew


def _by_hand() -> Literal["always", "never"]:
    """SQLite's own ALTER TABLE would leave another text in its catalogue than a new table has."""
    return "always" if op.get_bind().dialect.name == "sqlite" else "never"


def _queue() -> None:
    """How often an item of the queue changed, and who is at it."""
    with op.batch_alter_table("exceptions", recreate=_by_hand()) as table:
        table.add_column(sa.Column("version", sa.Integer, nullable=False, server_default="1"))
        table.add_column(sa.Column("claimed_by", sa.Text))
        table.add_column(sa.Column("claimed_until", sa.DateTime(timezone=True)))
    with op.batch_alter_table("exceptions") as table:
        table.alter_column("version", server_default=None)


def _acts() -> None:
    """What people at the desk did, and how to take it back."""
    at = sa.DateTime(timezone=True)
    op.create_table(
        "acts",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("token", sa.Text, nullable=False, unique=True),
        sa.Column("who", sa.Text, nullable=False),
        sa.Column("at", at, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("why", sa.Text, nullable=False),
        sa.Column("exception_id", sa.Integer, sa.ForeignKey("exceptions.id")),
        sa.Column("consultation", sa.Text, sa.ForeignKey("consultations.key")),
        sa.Column("wrote", sa.JSON, nullable=False),
        sa.Column("undone_at", at),
        sa.Column("undone_by", sa.Text),
    )
    op.create_index("ix_acts_exception_id", "acts", ["exception_id"])
    op.create_index("ix_acts_consultation", "acts", ["consultation"])


def _register() -> None:
    """What took a record's place, and what the register is searched and sorted by."""
    with op.batch_alter_table("consultations", recreate=_by_hand()) as table:
        table.add_column(sa.Column("merged_into", sa.Text))
    op.create_index("ix_consultations_created_at", "consultations", ["created_at", "key"])
    op.create_index("ix_consultations_outcomes_due", "consultations", ["outcomes_due"])
    op.create_index("ix_consultations_organisation", "consultations", ["organisation"])
    op.create_index("ix_consultations_start_date", "consultations", ["start_date"])
    of = sa.ForeignKey("consultations.key")
    op.create_table(
        "searched",
        sa.Column("consultation", sa.Text, of, primary_key=True),
        sa.Column("words", sa.Text, nullable=False),
    )
    op.create_table(
        "tags",
        sa.Column("kind", sa.Text, primary_key=True),
        sa.Column("value", sa.Text, primary_key=True),
        sa.Column("consultation", sa.Text, sa.ForeignKey("consultations.key"), primary_key=True),
    )
    op.create_index("ix_tags_consultation", "tags", ["consultation"])
