"""Pictures a day, and the text below a post."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table, and the column of posts."""
    op.create_table(
        "dailies",
        sa.Column("space", sa.BigInteger, autoincrement=False, nullable=False),
        sa.Column("number", sa.SmallInteger, autoincrement=False, nullable=False),
        sa.Column("channel_id", sa.BigInteger, nullable=False),
        sa.Column("at", sa.SmallInteger, nullable=False),
        sa.Column("zone", sa.String(64), nullable=False),
        sa.Column("species", sa.String(8)),
        sa.Column("breed_id", sa.String(64)),
        sa.Column("with_fact", sa.Boolean, nullable=False),
        sa.Column("created_by", sa.BigInteger),
        sa.Column("paused", sa.Boolean, nullable=False),
        sa.Column("reason", sa.String(16)),
        sa.Column("next_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("try_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("posted_for", sa.Date),
        sa.Column("message_id", sa.BigInteger),
        sa.Column("claimed_day", sa.Date),
        sa.Column("claimed_at", sa.DateTime(timezone=True)),
        sa.Column("claimed_nonce", sa.String(25)),
        sa.Column("claimed_card", sa.String(100)),
        sa.Column("claimed_note", sa.Text),
        sa.PrimaryKeyConstraint("space", "number", name="pk_dailies"),
    )
    op.create_index("ix_dailies_due", "dailies", ["paused", "try_at"])
    op.create_index("ix_dailies_channel_id", "dailies", ["channel_id"])
    op.add_column("posts", sa.Column("note", sa.Text))
