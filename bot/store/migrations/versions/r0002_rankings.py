"""Indexes that rankings and one's own votes are read from, so that a long list costs no walk through the table."""

from __future__ import annotations

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Widen the index of a picture's votes, and add those by time and by person."""
    op.drop_index("ix_votes_picture", "votes")
    op.create_index("ix_votes_picture", "votes", ["space", "source", "picture_id", "value", "cast_at"])
    op.create_index("ix_votes_since", "votes", ["space", "cast_at", "source", "picture_id", "value"])
    op.create_index("ix_votes_newest", "votes", ["space", "person", "cast_at"])
