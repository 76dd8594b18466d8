"""What favourites are listed from: indexes for long lists and for a server's, and who keeps theirs private."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Widen the index of a person's list, add that of a picture's keepers, make the table of preferences."""
    op.drop_index("ix_favourites_newest", "favourites")
    op.create_index("ix_favourites_newest", "favourites", ["space", "person", "added_at", "source", "picture_id"])
    op.create_index("ix_favourites_picture", "favourites", ["space", "source", "picture_id"])
    op.create_table(
        "preferences",
        sa.Column("space", sa.BigInteger, nullable=False),
        sa.Column("person", sa.BigInteger, nullable=False),
        sa.Column("private_favourites", sa.Boolean, nullable=False),
        sa.PrimaryKeyConstraint("space", "person", name="pk_preferences"),
    )
