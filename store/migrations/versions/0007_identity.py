"""Accounts of people who log in by single sign-on, and when each last did."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Add the columns."""
    op.add_column("accounts", sa.Column("identity", sa.Text))
    op.add_column("accounts", sa.Column("came_at", sa.DateTime(timezone=True)))
    op.create_index("uq_accounts_identity", "accounts", ["identity"], unique=True)
