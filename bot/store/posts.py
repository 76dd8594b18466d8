"""Which message shows which picture, so that a reaction or a menu finds its way back to it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from msgspec import Struct
from sqlalchemy import Row, delete, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.identity import Person
from bot.models import PictureKey, Source
from bot.store import schema

_TABLE = schema.posts


class Post(Struct, frozen=True, kw_only=True):
    """One picture of a message that the bot posted; `requester` is None for a post that nobody asked for (daily)."""

    message_id: int
    position: int
    channel_id: int
    space: int
    picture: PictureKey
    card: str
    attachment: str | None
    requester: int | None
    posted_at: datetime
    note: str | None = None


class Entry(Struct, frozen=True):
    """One card of a message to remember: its picture, the card as a `custom_id`, the name of what was uploaded."""

    picture: PictureKey
    card: str
    attachment: str | None = None


class Stretch(Struct, frozen=True):
    """A channel with posts since a time, and the newest message among them."""

    channel_id: int
    space: int
    newest: int


async def record_post(
    connection: AsyncConnection,
    *,
    message_id: int,
    channel_id: int,
    space: int,
    entries: Sequence[Entry],
    requester: int | None,
    posted_at: datetime,
    note: str | None = None,
) -> bool:
    """Remember what a message shows, in order; recorded again (another picture in place) it replaces what it showed.

    `note` is text below its cards. Returns whether the message was not known before.
    """
    new = not (await connection.execute(delete(_TABLE).where(_TABLE.c.message_id == message_id))).rowcount
    rows = [
        {
            "message_id": message_id,
            "position": position,
            "channel_id": channel_id,
            "space": space,
            "source": entry.picture.source.value,
            "picture_id": entry.picture.id,
            "card": entry.card,
            "attachment": entry.attachment,
            "requester": requester,
            "posted_at": posted_at,
            "note": None if position else note,
        }
        for position, entry in enumerate(entries)
    ]
    if rows:
        await connection.execute(insert(_TABLE), rows)
    return new


async def posts_of(connection: AsyncConnection, message_id: int) -> list[Post]:
    """Return what a message shows, by position; empty when it is not the bot's or was forgotten."""
    rows = await connection.execute(select(_TABLE).where(_TABLE.c.message_id == message_id).order_by(_TABLE.c.position))
    return [_post(row) for row in rows]


async def newest_in(connection: AsyncConnection, channel_id: int) -> list[Post]:
    """Return what the newest remembered message of a channel shows, by position; empty when there is none."""
    newest = select(_TABLE.c.message_id).where(_TABLE.c.channel_id == channel_id)
    rows = await connection.execute(
        select(_TABLE)
        .where(_TABLE.c.message_id == newest.order_by(_TABLE.c.message_id.desc()).limit(1).scalar_subquery())
        .order_by(_TABLE.c.position)
    )
    return [_post(row) for row in rows]


async def posts_showing(connection: AsyncConnection, key: PictureKey, space: int, *, limit: int = 25) -> list[Post]:
    """Return the posts that show a picture in a space, newest first: their counts change when a vote is cast."""
    rows = await connection.execute(
        select(_TABLE)
        .where(_TABLE.c.source == key.source.value, _TABLE.c.picture_id == key.id, _TABLE.c.space == space)
        .order_by(_TABLE.c.message_id.desc(), _TABLE.c.position)
        .limit(limit)
    )
    return [_post(row) for row in rows]


async def any_known(connection: AsyncConnection, message_ids: Collection[int]) -> bool:
    """Tell whether one of these messages is remembered."""
    row = await connection.execute(select(_TABLE.c.message_id).where(_TABLE.c.message_id.in_(message_ids)).limit(1))
    return row.one_or_none() is not None


async def any_in(connection: AsyncConnection, channel_ids: Collection[int]) -> bool:
    """Tell whether a message in one of these channels is remembered."""
    row = await connection.execute(select(_TABLE.c.message_id).where(_TABLE.c.channel_id.in_(channel_ids)).limit(1))
    return row.one_or_none() is not None


async def stretches(connection: AsyncConnection, *, since: datetime) -> list[Stretch]:
    """Return every channel with posts since a time."""
    rows = await connection.execute(
        select(_TABLE.c.channel_id, _TABLE.c.space, func.max(_TABLE.c.message_id))
        .where(_TABLE.c.posted_at >= since)
        .group_by(_TABLE.c.channel_id, _TABLE.c.space)
    )
    return [Stretch(*row) for row in rows]


async def cards_between(
    connection: AsyncConnection, channel_id: int, *, oldest: int, newest: int, since: datetime
) -> dict[int, int]:
    """Return how many pictures each message of a channel shows, both ends included, newest first."""
    rows = await connection.execute(
        select(_TABLE.c.message_id, func.count().label("number"))
        .where(_TABLE.c.channel_id == channel_id, _TABLE.c.posted_at >= since)
        .where(_TABLE.c.message_id.between(oldest, newest))
        .group_by(_TABLE.c.message_id)
        .order_by(_TABLE.c.message_id.desc())
    )
    return {row.message_id: row.number for row in rows}


async def newest_before(
    connection: AsyncConnection, channel_id: int, message_id: int, *, since: datetime
) -> int | None:
    """Return the newest message of a channel that is older than another, None when there is none since a time."""
    found = await connection.execute(
        select(func.max(_TABLE.c.message_id))
        .where(_TABLE.c.channel_id == channel_id, _TABLE.c.posted_at >= since)
        .where(_TABLE.c.message_id < message_id)
    )
    newest: int | None = found.scalar_one()
    return newest


async def asked_for_by(connection: AsyncConnection, person: Person) -> list[Post]:
    """Return every post of a space that a person asked for."""
    rows = await connection.execute(
        select(_TABLE).where(_TABLE.c.space == person.space, _TABLE.c.requester == person.user)
    )
    return [_post(row) for row in rows]


async def set_requester(connection: AsyncConnection, post: Post, requester: int | None, card: str) -> None:
    """Write who asked for a post, and its card, over what they were."""
    await connection.execute(
        update(_TABLE)
        .where(_TABLE.c.message_id == post.message_id, _TABLE.c.position == post.position)
        .values(requester=requester, card=card)
    )


async def forget_messages(connection: AsyncConnection, message_ids: Collection[int]) -> None:
    """Forget messages that were deleted; the votes and favourites given there stay."""
    if message_ids:
        await connection.execute(delete(_TABLE).where(_TABLE.c.message_id.in_(message_ids)))


async def forget_channels(connection: AsyncConnection, channel_ids: Collection[int]) -> None:
    """Forget every post of channels or threads that were deleted."""
    if channel_ids:
        await connection.execute(delete(_TABLE).where(_TABLE.c.channel_id.in_(channel_ids)))


def _post(row: Row[*tuple[object, ...]]) -> Post:
    return Post(
        message_id=row.message_id,
        position=row.position,
        channel_id=row.channel_id,
        space=row.space,
        picture=PictureKey(Source(row.source), row.picture_id),
        card=row.card,
        attachment=row.attachment,
        requester=row.requester,
        posted_at=row.posted_at,
        note=row.note,
    )
