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
    Date,
    DateTime,
    Dialect,
    Index,
    Integer,
    MetaData,
    SmallInteger,
    String,
    Table,
    Text,
    false,
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
    # Text below the cards, on the first row of a message that has any.
    Column("note", Text),
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
    Index("ix_favourites_picture", "space", "source", "picture_id", "person"),
)

# What people chose for themselves in a space; without a row nothing was chosen.
preferences = Table(
    "preferences",
    metadata,
    _space(),
    _person(),
    Column("private_favourites", Boolean, nullable=False),
    Column("unlisted", Boolean, nullable=False, server_default=false()),
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

# A question of the quiz, named by the interaction that asked it. `open_in` is its channel until it is solved and NULL
# after: being unique, it lets a channel have one open question. `answer` is the place of the right one among the
# choices, from 0; `shown` says that the solution was told, or that it cannot be.
quiz_questions = Table(
    "quiz_questions",
    metadata,
    Column("id", BigInteger, primary_key=True, autoincrement=False),
    _space(primary_key=False),
    Column("channel_id", BigInteger, nullable=False),
    Column("open_in", BigInteger, unique=True),
    Column("message_id", BigInteger),
    Column("language", String(16), nullable=False),
    Column("species", String(8), nullable=False),
    _source(primary_key=False),
    _picture_id(primary_key=False),
    Column("media", Text, nullable=False),
    Column("choices", JSON, nullable=False),
    Column("answer", SmallInteger, nullable=False),
    Column("due_at", UtcDateTime, nullable=False),
    Column("shown", Boolean, nullable=False),
    Index("ix_quiz_questions_due_at", "due_at"),
)

# One answer a person and question; it counts for the scores once the question is solved.
quiz_answers = Table(
    "quiz_answers",
    metadata,
    Column("question", BigInteger, primary_key=True, autoincrement=False),
    _person(),
    Column("choice", SmallInteger, nullable=False),
    Column("answered_at", UtcDateTime, nullable=False),
)

quiz_scores = Table(
    "quiz_scores",
    metadata,
    _space(),
    _person(),
    Column("correct", Integer, nullable=False),
    Column("answered", Integer, nullable=False),
    Column("streak", Integer, nullable=False),
    Column("best_streak", Integer, nullable=False),
    Index("ix_quiz_scores_best", "space", "correct", "answered", "best_streak", "person"),
)

# A picture a day, by the number that its server knows it by. `at` is the local time in minutes after midnight, `try_at`
# when to look next: `next_at`, or later after a failure. What is claimed is on its way: set before a message is sent,
# emptied once it is recorded. `reason` is what stopped it, NULL when a person paused it.
dailies = Table(
    "dailies",
    metadata,
    _space(),
    Column("number", SmallInteger, primary_key=True, autoincrement=False),
    Column("channel_id", BigInteger, nullable=False),
    Column("at", SmallInteger, nullable=False),
    Column("zone", String(64), nullable=False),
    Column("species", String(8)),
    Column("breed_id", String(64)),
    Column("with_fact", Boolean, nullable=False),
    Column("created_by", BigInteger),
    Column("paused", Boolean, nullable=False),
    Column("reason", String(16)),
    Column("next_at", UtcDateTime, nullable=False),
    Column("try_at", UtcDateTime, nullable=False),
    Column("posted_for", Date),
    Column("message_id", BigInteger),
    Column("claimed_day", Date),
    Column("claimed_at", UtcDateTime),
    Column("claimed_nonce", String(25)),
    Column("claimed_card", String(100)),
    Column("claimed_note", Text),
    Index("ix_dailies_due", "paused", "try_at"),
    Index("ix_dailies_channel_id", "channel_id"),
)

# What the admins of a server set, without what they left as it comes; a server that set nothing has no row.
guild_settings = Table(
    "guild_settings",
    metadata,
    _space(),
    Column("data", JSON, nullable=False),
    Column("changed_at", UtcDateTime, nullable=False),
)

# What moderators hid in their server, and what the operator hid in all of them. Who did it is NULL once forgotten.
hidden_pictures = Table(
    "hidden_pictures",
    metadata,
    _space(),
    _source(),
    _picture_id(),
    Column("hidden_by", BigInteger),
    Column("hidden_at", UtcDateTime, nullable=False),
    Column("reason", Text),
)

blocked_pictures = Table(
    "blocked_pictures",
    metadata,
    _source(),
    _picture_id(),
    Column("blocked_at", UtcDateTime, nullable=False),
    Column("reason", Text),
)

# Whose new votes do not count in a server; those of before do.
kept_from_voting = Table(
    "kept_from_voting",
    metadata,
    _space(),
    _person(),
    Column("kept_by", BigInteger),
    Column("kept_at", UtcDateTime, nullable=False),
)

# Who asked to be forgotten in a space, until they were told that it is done. `emptied_at`: nothing is here any more;
# `asked`: how many deletions each service was asked for then; `kept`: how many things a service does not delete.
forgets = Table(
    "forgets",
    metadata,
    _space(),
    _person(),
    Column("language", String(16), nullable=False),
    Column("asked_at", UtcDateTime, nullable=False),
    Column("emptied_at", UtcDateTime),
    Column("done_at", UtcDateTime),
    Column("asked", JSON, nullable=False),
    Column("kept", JSON, nullable=False),
)

# Servers that the bot left, until nothing of theirs is left anywhere; `emptied_at` as above.
departures = Table(
    "departures",
    metadata,
    _space(),
    Column("left_at", UtcDateTime, nullable=False),
    Column("emptied_at", UtcDateTime),
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
