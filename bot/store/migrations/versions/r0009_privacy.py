"""Who is not in a server's lists, who asked to be forgotten, and which servers the bot left."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the choice to the preferences, tell a picture's keepers by its index alone, and make the two tables."""
    op.add_column("preferences", sa.Column("unlisted", sa.Boolean, nullable=False, server_default=sa.false()))
    op.drop_index("ix_favourites_picture", "favourites")
    op.create_index("ix_favourites_picture", "favourites", ["space", "source", "picture_id", "person"])
    op.create_table(
        "forgets",
        sa.Column("space", sa.BigInteger, autoincrement=False, nullable=False),
        sa.Column("person", sa.BigInteger, autoincrement=False, nullable=False),
        sa.Column("language", sa.String(16), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("emptied_at", sa.DateTime(timezone=True)),
        sa.Column("done_at", sa.DateTime(timezone=True)),
        sa.Column("asked", sa.JSON, nullable=False),
        sa.Column("kept", sa.JSON, nullable=False),
        sa.PrimaryKeyConstraint("space", "person", name="pk_forgets"),
    )
    op.create_table(
        "departures",
        sa.Column("space", sa.BigInteger, autoincrement=False, nullable=False),
        sa.Column("left_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("emptied_at", sa.DateTime(timezone=True)),
        sa.PrimaryKeyConstraint("space", name="pk_departures"),
    )
