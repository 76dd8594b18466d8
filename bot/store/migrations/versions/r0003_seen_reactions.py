"""Seen reactions: what people left on messages when the bot last looked."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table; reactions from before are taken for new when they are found."""
    op.create_table(
        "seen_reactions",
        sa.Column("message_id", sa.BigInteger, nullable=False),
        sa.Column("person", sa.BigInteger, nullable=False),
        sa.Column("emoji", sa.String(32), nullable=False),
        sa.Column("burst", sa.Boolean, nullable=False),
        sa.Column("space", sa.BigInteger, nullable=False),
        sa.Column("source", sa.String(16), nullable=False),
        sa.Column("picture_id", sa.String(255), nullable=False),
        sa.PrimaryKeyConstraint("message_id", "person", "emoji", "burst", name="pk_seen_reactions"),
    )
    op.create_index("ix_seen_reactions_picture", "seen_reactions", ["space", "source", "picture_id", "person"])
