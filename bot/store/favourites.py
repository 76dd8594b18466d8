"""The favourites table: what each person saved, for each space."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from msgspec import Struct
from sqlalchemy import ColumnElement, and_, delete, func, select, tuple_
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.identity import Person
from bot.models import Picture, PictureKey, Source
from bot.store import schema
from bot.store.pictures import from_row
from bot.store.upsert import insert

_TABLE = schema.favourites
_PICTURES = schema.pictures


class Favourite(Struct, frozen=True):
    """A saved picture; `picture` is None when nothing is remembered of it but its name."""

    key: PictureKey
    added_at: datetime
    picture: Picture | None


def _of(person: Person) -> ColumnElement[bool]:
    return (_TABLE.c.space == person.space) & (_TABLE.c.person == person.user)


def _is(person: Person, key: PictureKey) -> ColumnElement[bool]:
    return _of(person) & (_TABLE.c.source == key.source.value) & (_TABLE.c.picture_id == key.id)


async def contains(connection: AsyncConnection, person: Person, key: PictureKey) -> bool:
    """Tell whether a person saved a picture."""
    return (await connection.execute(select(_TABLE.c.added_at).where(_is(person, key)))).one_or_none() is not None


async def add(connection: AsyncConnection, person: Person, key: PictureKey, *, added_at: datetime) -> bool:
    """Save a picture; False when it was saved before, which keeps its place in the list."""
    result = await connection.execute(
        insert(connection, _TABLE)
        .values(
            space=person.space,
            person=person.user,
            source=key.source.value,
            picture_id=key.id,
            added_at=added_at,
        )
        .on_conflict_do_nothing()
    )
    return result.rowcount == 1


async def remove(connection: AsyncConnection, person: Person, key: PictureKey) -> bool:
    """Remove a picture; False when it was not saved."""
    return (await connection.execute(delete(_TABLE).where(_is(person, key)))).rowcount == 1


async def count(connection: AsyncConnection, person: Person) -> int:
    """Return how many pictures a person saved."""
    return (await connection.execute(select(func.count()).select_from(_TABLE).where(_of(person)))).scalar_one()


async def keepers(connection: AsyncConnection, space: int, keys: Iterable[PictureKey]) -> dict[PictureKey, int]:
    """Return how many people of a space saved each of the pictures; every key is in the answer."""
    asked = list(dict.fromkeys(keys))
    rows = await connection.execute(
        select(_TABLE.c.source, _TABLE.c.picture_id, func.count())
        .where(_TABLE.c.space == space)
        .where(tuple_(_TABLE.c.source, _TABLE.c.picture_id).in_([(key.source.value, key.id) for key in asked]))
        .group_by(_TABLE.c.source, _TABLE.c.picture_id)
    )
    found = {PictureKey(Source(source), id_): number for source, id_, number in rows}
    return {key: found.get(key, 0) for key in asked}


async def newest(connection: AsyncConnection, person: Person, *, limit: int, offset: int) -> list[Favourite]:
    """Return a stretch of what a person saved, newest first, with what is known of each picture."""
    rows = await connection.execute(
        select(_TABLE.c.picture_id, _TABLE.c.source.label("kept_source"), _TABLE.c.added_at, _PICTURES)
        .outerjoin(_PICTURES, and_(_PICTURES.c.source == _TABLE.c.source, _PICTURES.c.id == _TABLE.c.picture_id))
        .where(_of(person))
        .order_by(_TABLE.c.added_at.desc(), _TABLE.c.source, _TABLE.c.picture_id)
        .limit(limit)
        .offset(offset)
    )
    return [
        Favourite(
            key=PictureKey(Source(row["kept_source"]), row["picture_id"]),
            added_at=row["added_at"],
            picture=None if row["url"] is None else from_row(row),
        )
        for row in rows.mappings()
    ]


async def kept_keys(connection: AsyncConnection, person: Person) -> list[PictureKey]:
    """Return every picture a person saved, in order of the keys."""
    rows = await connection.execute(
        select(_TABLE.c.source, _TABLE.c.picture_id).where(_of(person)).order_by(_TABLE.c.source, _TABLE.c.picture_id)
    )
    return [PictureKey(Source(source), id_) for source, id_ in rows]
