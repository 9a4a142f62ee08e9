"""Lists of the register are counted and sorted without reading whole consultations."""

from alembic import op

revision = "0009"
down_revision = "0008"

_NEW = {
    "ix_consultations_organisation": ["organisation", "created_at", "key"],
    "ix_consultations_status": ["status", "created_at", "key"],
    "ix_consultations_start_date": ["start_date", "end_date"],
}


def upgrade() -> None:
    """Make the indexes anew, wider."""
    for name, columns in _NEW.items():
        op.drop_index(name, "consultations")
        op.create_index(name, "consultations", columns)
