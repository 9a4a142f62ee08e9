"""What the first page counts is counted without reading every consultation."""

from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    """Indexes that hold all that is counted."""
    op.create_index("ix_consultations_registered_at", "consultations", ["registered_at"])
    op.drop_index("ix_consultations_status", "consultations")
    columns = ["status", "end_date", "start_date", "outcomes_due"]
    op.create_index("ix_consultations_dates", "consultations", columns)
