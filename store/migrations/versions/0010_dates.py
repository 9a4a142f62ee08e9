"""What the first page counts is all in one index."""

from alembic import op

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    """Add the index."""
    columns = ["status", "end_date", "start_date", "outcomes_due"]
    op.create_index("ix_consultations_dates", "consultations", columns)
