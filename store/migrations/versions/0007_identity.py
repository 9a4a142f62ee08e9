"""Accounts of people who log in by single sign-on, and when each last did."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Add the columns; who comes by single sign-on has no password."""
    on_sqlite = op.get_bind().dialect.name == "sqlite"
    with op.batch_alter_table("accounts", recreate="always" if on_sqlite else "never") as table:
        table.alter_column("password", existing_type=sa.Text, nullable=True)
        table.add_column(sa.Column("identity", sa.Text))
        table.add_column(sa.Column("came_at", sa.DateTime(timezone=True)))
    op.create_index("uq_accounts_identity", "accounts", ["identity"], unique=True)
