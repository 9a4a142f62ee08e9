"""What people paused or skipped of the mails that go out soon."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Add the table."""
    op.create_table(
        "wishes",
        sa.Column("key", sa.Text, primary_key=True),
        sa.Column("consultation", sa.Text, sa.ForeignKey("consultations.key")),
        sa.Column("wish", sa.Text, nullable=False),
        sa.Column("who", sa.Text, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("why", sa.Text, nullable=False),
    )
    op.create_index("ix_wishes_consultation", "wishes", ["consultation"])
