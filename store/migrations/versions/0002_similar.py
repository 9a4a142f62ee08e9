"""The index of similar work. It is filled as consultations are kept, or made anew."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Make the three tables of the index."""
    op.create_table(
        "similar_terms",
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("consultation", sa.Text, nullable=False, unique=True),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("title", sa.Text, nullable=False),
        sa.Column("data", sa.Text, nullable=False),
    )
    op.create_index("ix_similar_terms_title", "similar_terms", ["title"], postgresql_using="hash")
    op.create_table(
        "similar_postings",
        sa.Column("term", sa.Text, primary_key=True),
        sa.Column("impact", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=False, index=True),
        sa.Column("ends", sa.Integer, nullable=False),
        sa.Column("age_from", sa.Integer, nullable=False),
        sa.Column("age_to", sa.Integer, nullable=False),
        sa.Column("areas", sa.BigInteger, nullable=False),
        sa.Column("kinds", sa.Integer, nullable=False),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "similar_counts",
        sa.Column("term", sa.Text, primary_key=True),
        sa.Column("count", sa.Integer, nullable=False),
    )
