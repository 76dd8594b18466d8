"""Pictures that are hidden in a server or everywhere, and people who are kept from voting."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "hidden_pictures",
        sa.Column("space", sa.BigInteger, autoincrement=False, nullable=False),
        sa.Column("source", sa.String(16), nullable=False),
        sa.Column("picture_id", sa.String(255), nullable=False),
        sa.Column("hidden_by", sa.BigInteger),
        sa.Column("hidden_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reason", sa.Text),
        sa.PrimaryKeyConstraint("space", "source", "picture_id", name="pk_hidden_pictures"),
    )
    op.create_table(
        "blocked_pictures",
        sa.Column("source", sa.String(16), nullable=False),
        sa.Column("picture_id", sa.String(255), nullable=False),
        sa.Column("blocked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reason", sa.Text),
        sa.PrimaryKeyConstraint("source", "picture_id", name="pk_blocked_pictures"),
    )
    op.create_table(
        "kept_from_voting",
        sa.Column("space", sa.BigInteger, autoincrement=False, nullable=False),
        sa.Column("person", sa.BigInteger, autoincrement=False, nullable=False),
        sa.Column("kept_by", sa.BigInteger),
        sa.Column("kept_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("space", "person", name="pk_kept_from_voting"),
    )
