"""First tables: pictures, posts, votes, favourites, deliveries, identities, meta."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables of an empty database."""
    op.create_table(
        "pictures",
        sa.Column("source", sa.String(16), nullable=False),
        sa.Column("id", sa.String(255), nullable=False),
        sa.Column("species", sa.String(8), nullable=False),
        sa.Column("url", sa.Text, nullable=False),
        sa.Column("width", sa.Integer),
        sa.Column("height", sa.Integer),
        sa.Column("breeds", sa.JSON, nullable=False),
        sa.Column("categories", sa.JSON, nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("source", "id", name="pk_pictures"),
    )
    op.create_table(
        "posts",
        sa.Column("message_id", sa.BigInteger, nullable=False),
        sa.Column("position", sa.SmallInteger, nullable=False),
        sa.Column("channel_id", sa.BigInteger, nullable=False),
        sa.Column("space", sa.BigInteger, nullable=False),
        sa.Column("source", sa.String(16), nullable=False),
        sa.Column("picture_id", sa.String(255), nullable=False),
        sa.Column("card", sa.Text, nullable=False),
        sa.Column("attachment", sa.String(255)),
        sa.Column("requester", sa.BigInteger),
        sa.Column("posted_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("message_id", "position", name="pk_posts"),
    )
    op.create_index("ix_posts_picture", "posts", ["source", "picture_id", "space"])
    op.create_index("ix_posts_channel_id", "posts", ["channel_id"])
    op.create_table(
        "votes",
        sa.Column("space", sa.BigInteger, nullable=False),
        sa.Column("person", sa.BigInteger, nullable=False),
        sa.Column("source", sa.String(16), nullable=False),
        sa.Column("picture_id", sa.String(255), nullable=False),
        sa.Column("value", sa.SmallInteger, nullable=False),
        sa.Column("door", sa.String(16), nullable=False),
        sa.Column("cast_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("space", "person", "source", "picture_id", name="pk_votes"),
        sa.CheckConstraint("value IN (-1, 1)", name=op.f("ck_votes_value")),
    )
    op.create_index("ix_votes_picture", "votes", ["space", "source", "picture_id"])
    op.create_table(
        "favourites",
        sa.Column("space", sa.BigInteger, nullable=False),
        sa.Column("person", sa.BigInteger, nullable=False),
        sa.Column("source", sa.String(16), nullable=False),
        sa.Column("picture_id", sa.String(255), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("space", "person", "source", "picture_id", name="pk_favourites"),
    )
    op.create_index("ix_favourites_newest", "favourites", ["space", "person", "added_at"])
    op.create_table(
        "deliveries",
        sa.Column("space", sa.BigInteger, nullable=False),
        sa.Column("person", sa.BigInteger, nullable=False),
        sa.Column("source", sa.String(16), nullable=False),
        sa.Column("picture_id", sa.String(255), nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("desired", sa.SmallInteger, nullable=False),
        sa.Column("version", sa.BigInteger, nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("dirty", sa.Boolean, nullable=False),
        sa.Column("delivered", sa.SmallInteger),
        sa.Column("remote_id", sa.String(64)),
        sa.Column("asked_at", sa.DateTime(timezone=True)),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("next_try_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_error", sa.Text),
        sa.PrimaryKeyConstraint("space", "person", "source", "picture_id", "kind", name="pk_deliveries"),
    )
    op.create_index("ix_deliveries_due", "deliveries", ["dirty", "source", "next_try_at"])
    op.create_table(
        "identities",
        sa.Column("space", sa.BigInteger, nullable=False),
        sa.Column("person", sa.BigInteger, nullable=False),
        sa.Column("key_number", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("space", "person", name="pk_identities"),
    )
    op.create_table(
        "meta",
        sa.Column("name", sa.String(64), nullable=False),
        sa.Column("value", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_meta"),
    )
