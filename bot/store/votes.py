"""The votes table: one row a person, picture and space."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from msgspec import Struct
from sqlalchemy import ColumnElement, delete, func, select, tuple_
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.identity import Person
from bot.models import PictureKey, Source
from bot.store import schema
from bot.store.upsert import upsert

_TABLE = schema.votes


class VoteRow(Struct, frozen=True):
    """A vote as it is kept: `value` is 1 or -1, `door` where it was given."""

    value: int
    door: str


class Count(Struct, frozen=True):
    """How many voted a picture up and down in one space."""

    up: int = 0
    down: int = 0


def _is(person: Person, key: PictureKey) -> ColumnElement[bool]:
    return (
        (_TABLE.c.space == person.space)
        & (_TABLE.c.person == person.user)
        & (_TABLE.c.source == key.source.value)
        & (_TABLE.c.picture_id == key.id)
    )


async def vote_of(connection: AsyncConnection, person: Person, key: PictureKey) -> VoteRow | None:
    """Return a person's vote, None when there is none."""
    row = (await connection.execute(select(_TABLE.c.value, _TABLE.c.door).where(_is(person, key)))).one_or_none()
    return None if row is None else VoteRow(row.value, row.door)


async def set_vote(
    connection: AsyncConnection, person: Person, key: PictureKey, value: int, door: str, *, cast_at: datetime
) -> None:
    """Write a person's vote over what it was."""
    await connection.execute(
        upsert(connection, _TABLE).values(
            space=person.space,
            person=person.user,
            source=key.source.value,
            picture_id=key.id,
            value=value,
            door=door,
            cast_at=cast_at,
        )
    )


async def delete_vote(connection: AsyncConnection, person: Person, key: PictureKey) -> None:
    """Take a person's vote away."""
    await connection.execute(delete(_TABLE).where(_is(person, key)))


async def counts(connection: AsyncConnection, space: int, keys: Iterable[PictureKey]) -> dict[PictureKey, Count]:
    """Return the counts of pictures in a space; every key is in the answer."""
    asked = list(dict.fromkeys(keys))
    if not asked:
        return {}
    up, down = (func.count().filter(_TABLE.c.value == value) for value in (1, -1))
    rows = await connection.execute(
        select(_TABLE.c.source, _TABLE.c.picture_id, up, down)
        .where(_TABLE.c.space == space)
        .where(tuple_(_TABLE.c.source, _TABLE.c.picture_id).in_([(key.source.value, key.id) for key in asked]))
        .group_by(_TABLE.c.source, _TABLE.c.picture_id)
    )
    found = {PictureKey(Source(source), id_): Count(ups, downs) for source, id_, ups, downs in rows}
    return {key: found.get(key, Count()) for key in asked}


async def votes_of(connection: AsyncConnection, person: Person, keys: Iterable[PictureKey]) -> dict[PictureKey, int]:
    """Return a person's votes on pictures, only where there is one."""
    asked = [(key.source.value, key.id) for key in keys]
    if not asked:
        return {}
    rows = await connection.execute(
        select(_TABLE.c.source, _TABLE.c.picture_id, _TABLE.c.value)
        .where(_TABLE.c.space == person.space, _TABLE.c.person == person.user)
        .where(tuple_(_TABLE.c.source, _TABLE.c.picture_id).in_(asked))
    )
    return {PictureKey(Source(source), id_): value for source, id_, value in rows}


async def voters(connection: AsyncConnection, space: int, key: PictureKey) -> list[int]:
    """Return who voted on a picture in a space, in order."""
    theirs = (_TABLE.c.space == space, _TABLE.c.source == key.source.value, _TABLE.c.picture_id == key.id)
    rows = await connection.execute(select(_TABLE.c.person).where(*theirs).order_by(_TABLE.c.person))
    return list(rows.scalars())


async def voted_keys(connection: AsyncConnection, person: Person) -> list[PictureKey]:
    """Return every picture a person voted on."""
    rows = await connection.execute(
        select(_TABLE.c.source, _TABLE.c.picture_id).where(
            _TABLE.c.space == person.space, _TABLE.c.person == person.user
        )
    )
    return [PictureKey(Source(source), id_) for source, id_ in rows]
