"""What was registered in a month is counted without reading every consultation."""

from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    """Add the index."""
    op.create_index("ix_consultations_registered_at", "consultations", ["registered_at"])
