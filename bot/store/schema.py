"""The durable tables, as the newest migration leaves them.

Discord ids are BIGINT. Times are aware and UTC. `space` is the guild's id, or 0 for a personal collection: never NULL.
`source` and `picture_id` together are a `PictureKey`. No foreign keys between them on purpose: a vote outlives what
is remembered of its picture, and a tombstone outlives the favourite it stands for.
"""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    DateTime,
    Dialect,
    Index,
    Integer,
    MetaData,
    SmallInteger,
    String,
    Table,
    Text,
)
from sqlalchemy.types import TypeDecorator


class UtcDateTime(TypeDecorator[datetime]):
    """An aware time. SQLite keeps no zone, so it is UTC before it is written and again when it is read."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Turn an aware time into UTC; a naive one is a mistake and raises ValueError."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"a time without a zone: {value!r}")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Give the zone back."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def _space(*, primary_key: bool = True) -> Column[int]:
    return Column("space", BigInteger, primary_key=primary_key, autoincrement=False, nullable=False)


def _person() -> Column[int]:
    return Column("person", BigInteger, primary_key=True, autoincrement=False, nullable=False)


def _source(*, primary_key: bool = True) -> Column[str]:
    return Column("source", String(16), primary_key=primary_key, nullable=False)


def _picture_id(*, primary_key: bool = True) -> Column[str]:
    return Column("picture_id", String(255), primary_key=primary_key, nullable=False)


pictures = Table(
    "pictures",
    metadata,
    _source(),
    Column("id", String(255), primary_key=True),
    Column("species", String(8), nullable=False),
    Column("url", Text, nullable=False),
    Column("width", Integer),
    Column("height", Integer),
    Column("breeds", JSON, nullable=False),
    Column("categories", JSON, nullable=False),
    Column("seen_at", UtcDateTime, nullable=False),
)

posts = Table(
    "posts",
    metadata,
    Column("message_id", BigInteger, primary_key=True, autoincrement=False),
    Column("position", SmallInteger, primary_key=True, autoincrement=False),
    Column("channel_id", BigInteger, nullable=False),
    _space(primary_key=False),
    _source(primary_key=False),
    _picture_id(primary_key=False),
    Column("card", Text, nullable=False),
    Column("attachment", String(255)),
    Column("requester", BigInteger),
    Column("posted_at", UtcDateTime, nullable=False),
    Index("ix_posts_picture", "source", "picture_id", "space"),
    Index("ix_posts_channel_id", "channel_id"),
)

# The primary key is the UNIQUE of the design: one vote a person, picture and space.
votes = Table(
    "votes",
    metadata,
    _space(),
    _person(),
    _source(),
    _picture_id(),
    Column("value", SmallInteger, nullable=False),
    Column("door", String(16), nullable=False),
    Column("cast_at", UtcDateTime, nullable=False),
    CheckConstraint("value IN (-1, 1)", name="value"),
    # The first two hold all that a ranking adds up, for ever and since a time; the third is one's own list.
    Index("ix_votes_picture", "space", "source", "picture_id", "value", "cast_at"),
    Index("ix_votes_since", "space", "cast_at", "source", "picture_id", "value"),
    Index("ix_votes_newest", "space", "person", "cast_at"),
)

favourites = Table(
    "favourites",
    metadata,
    _space(),
    _person(),
    _source(),
    _picture_id(),
    Column("added_at", UtcDateTime, nullable=False),
    # Each holds all that its list is read from: one person's newest first, and how many of a space keep a picture.
    Index("ix_favourites_newest", "space", "person", "added_at", "source", "picture_id"),
    Index("ix_favourites_picture", "space", "source", "picture_id"),
)

# What people chose for themselves in a space; without a row nothing was chosen.
preferences = Table(
    "preferences",
    metadata,
    _space(),
    _person(),
    Column("private_favourites", Boolean, nullable=False),
)

# Two writers with columns of their own. A person's act writes what is wished: desired, version, dirty. Delivery writes
# what the back end is known to hold: delivered, remote_id, asked_at. `asked_at` is set while a call that changes
# something is out and its outcome is not known.
deliveries = Table(
    "deliveries",
    metadata,
    _space(),
    _person(),
    _source(),
    _picture_id(),
    Column("kind", String(16), primary_key=True),
    Column("desired", SmallInteger, nullable=False),
    Column("version", BigInteger, nullable=False),
    Column("changed_at", UtcDateTime, nullable=False),
    Column("dirty", Boolean, nullable=False),
    Column("delivered", SmallInteger),
    Column("remote_id", String(64)),
    Column("asked_at", UtcDateTime),
    Column("attempts", Integer, nullable=False),
    Column("next_try_at", UtcDateTime, nullable=False),
    Column("last_error", Text),
    Index("ix_deliveries_due", "dirty", "source", "next_try_at"),
)

# What people left on messages when the bot last looked, and the picture that it was for. The vote that it gave lives by
# itself: a button may have changed it since.
seen_reactions = Table(
    "seen_reactions",
    metadata,
    Column("message_id", BigInteger, primary_key=True, autoincrement=False),
    _person(),
    Column("emoji", String(32), primary_key=True),
    Column("burst", Boolean, primary_key=True),
    _space(primary_key=False),
    _source(primary_key=False),
    _picture_id(primary_key=False),
    Index("ix_seen_reactions_picture", "space", "source", "picture_id", "person"),
)

identities = Table(
    "identities",
    metadata,
    _space(),
    _person(),
    Column("key_number", Integer, nullable=False),
)

meta = Table(
    "meta",
    metadata,
    Column("name", String(64), primary_key=True),
    Column("value", Text, nullable=False),
)
