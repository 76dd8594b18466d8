"""The reactions as they were last seen: one row a message, person and emoji, with the picture that it was for."""

from __future__ import annotations

from collections.abc import Collection

from msgspec import Struct
from sqlalchemy import ColumnElement, Row, delete, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.identity import Person
from bot.models import PictureKey, Source
from bot.reactions import Reaction
from bot.store import schema
from bot.store.upsert import upsert

_TABLE = schema.seen_reactions
_POSTS = schema.posts


class Seen(Struct, frozen=True):
    """A reaction on a message, whose it is, and the picture that the message showed when it was given."""

    message_id: int
    person: Person
    reaction: Reaction
    picture: PictureKey


def _is(message_id: int, user: int, reaction: Reaction) -> ColumnElement[bool]:
    return (
        (_TABLE.c.message_id == message_id)
        & (_TABLE.c.person == user)
        & (_TABLE.c.emoji == reaction.emoji)
        & (_TABLE.c.burst == reaction.burst)
    )


async def find(connection: AsyncConnection, message_id: int, user: int, reaction: Reaction) -> Seen | None:
    """Return a reaction as it was seen, None when it was not."""
    row = (await connection.execute(select(_TABLE).where(_is(message_id, user, reaction)))).one_or_none()
    return None if row is None else _seen(row)


async def note(connection: AsyncConnection, seen: Seen) -> None:
    """Remember a reaction; one that is remembered is for the picture of now."""
    await connection.execute(
        upsert(connection, _TABLE).values(
            message_id=seen.message_id,
            person=seen.person.user,
            emoji=seen.reaction.emoji,
            burst=seen.reaction.burst,
            space=seen.person.space,
            source=seen.picture.source.value,
            picture_id=seen.picture.id,
        )
    )


async def forget(connection: AsyncConnection, seen: Seen) -> bool:
    """Forget a reaction that was taken away; False when it was forgotten before."""
    result = await connection.execute(
        delete(_TABLE).where(_is(seen.message_id, seen.person.user, seen.reaction)),
    )
    return result.rowcount == 1


async def standing(connection: AsyncConnection, person: Person, key: PictureKey) -> list[Reaction]:
    """Return a person's reactions to a picture in a space, on whichever message they stand."""
    rows = await connection.execute(
        select(_TABLE.c.emoji, _TABLE.c.burst)
        .where(_TABLE.c.space == person.space, _TABLE.c.person == person.user)
        .where(_TABLE.c.source == key.source.value, _TABLE.c.picture_id == key.id)
    )
    return [Reaction(emoji, burst) for emoji, burst in rows]


async def reacted_keys(connection: AsyncConnection, person: Person) -> list[PictureKey]:
    """Return every picture that a person's reactions stand on."""
    rows = await connection.execute(
        select(_TABLE.c.source, _TABLE.c.picture_id)
        .where(_TABLE.c.space == person.space, _TABLE.c.person == person.user)
        .distinct()
    )
    return [PictureKey(Source(source), id_) for source, id_ in rows]


async def forget_person(connection: AsyncConnection, person: Person, key: PictureKey) -> None:
    """Forget a person's reactions to a picture in a space, on whichever message they stand."""
    await connection.execute(
        delete(_TABLE)
        .where(_TABLE.c.space == person.space, _TABLE.c.person == person.user)
        .where(_TABLE.c.source == key.source.value, _TABLE.c.picture_id == key.id)
    )


async def on_messages(connection: AsyncConnection, message_ids: Collection[int]) -> list[Seen]:
    """Return every reaction that was seen on messages, in order of the key."""
    if not message_ids:
        return []
    rows = await connection.execute(
        select(_TABLE).where(_TABLE.c.message_id.in_(message_ids)).order_by(*_TABLE.primary_key.columns)
    )
    return [_seen(row) for row in rows]


async def forget_messages(connection: AsyncConnection, message_ids: Collection[int]) -> None:
    """Forget the reactions on messages that were deleted; the votes they gave stay."""
    if message_ids:
        await connection.execute(delete(_TABLE).where(_TABLE.c.message_id.in_(message_ids)))


async def forget_channels(connection: AsyncConnection, channel_ids: Collection[int]) -> None:
    """Forget the reactions in channels that were deleted; to be called before their posts are forgotten."""
    there = select(_POSTS.c.message_id).where(_POSTS.c.channel_id.in_(channel_ids))
    await connection.execute(delete(_TABLE).where(_TABLE.c.message_id.in_(there)))


async def forget_space(connection: AsyncConnection, space: int) -> None:
    """Forget the reactions of a server that is gone."""
    await connection.execute(delete(_TABLE).where(_TABLE.c.space == space))


def _seen(row: Row[*tuple[object, ...]]) -> Seen:
    return Seen(
        message_id=row.message_id,
        person=Person(row.space, row.person),
        reaction=Reaction(row.emoji, row.burst),
        picture=PictureKey(Source(row.source), row.picture_id),
    )
