"""What was merged into a consultation is found by it."""

from alembic import op
from sqlalchemy import text

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    """An index of the few that were merged."""
    few = text("merged_into IS NOT NULL")
    op.create_index(
        "ix_consultations_merged_into",
        "consultations",
        ["merged_into"],
        sqlite_where=few,
        postgresql_where=few,
    )
