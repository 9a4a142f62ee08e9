"""Consultations are found by their people, too."""

from alembic import op

from store.searching import fill

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    """Make anew what they are searched by."""
    fill(op.get_bind())
