"""The favourites table: what each person saved, for each space; and who keeps theirs private."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any

from msgspec import Struct
from sqlalchemy import ColumnElement, Select, and_, delete, exists, func, or_, select, tuple_
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.identity import Person
from bot.models import Picture, PictureKey, Source, Species
from bot.store import preferences, schema
from bot.store.engine import POSTGRESQL
from bot.store.moderation import visible, withheld
from bot.store.pictures import from_row
from bot.store.upsert import insert

_TABLE = schema.favourites
_PICTURES = schema.pictures
_PREFERENCES = schema.preferences


class Favourite(Struct, frozen=True):
    """A saved picture; `picture` is None when nothing is remembered of it but its name."""

    key: PictureKey
    added_at: datetime
    picture: Picture | None


class Only(Struct, frozen=True, kw_only=True):
    """Which part of a list is asked for: one species, and pictures that name a breed; nothing is all of it."""

    species: Species | None = None
    breed_id: str | None = None


ALL = Only()


class Loved(Struct, frozen=True):
    """A picture and how many people of a space saved it; `picture` is None when only its name is remembered."""

    key: PictureKey
    keepers: int
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


async def count(connection: AsyncConnection, person: Person, only: Only = ALL) -> tuple[int, int]:
    """Return how many pictures a person saved that are not hidden in the space, and how many that are."""
    chosen = _chosen(connection, person, only).subquery()
    hidden = func.count().filter(withheld(person.space, chosen.c.source, chosen.c.picture_id))
    total, left_out = (await connection.execute(select(func.count(), hidden).select_from(chosen))).one()
    return total - left_out, left_out


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


async def newest(
    connection: AsyncConnection, person: Person, *, limit: int, offset: int, only: Only = ALL
) -> list[Favourite]:
    """Return a stretch of what a person saved that is not hidden, newest first, with what is known of each picture.

    Of those saved at one moment the key decides, so that no page repeats or skips one.
    """
    # The stretch is cut out first: what is skipped is read from the index alone.
    chosen = _chosen(connection, person, only).where(visible(person.space, _TABLE.c.source, _TABLE.c.picture_id))
    chosen = chosen.order_by(_TABLE.c.added_at.desc(), _TABLE.c.source, _TABLE.c.picture_id)
    cut = chosen.limit(limit).offset(offset).subquery()
    rows = await connection.execute(
        select(cut.c.picture_id, cut.c.source.label("kept_source"), cut.c.added_at, _PICTURES)
        .outerjoin(_PICTURES, and_(_PICTURES.c.source == cut.c.source, _PICTURES.c.id == cut.c.picture_id))
        .order_by(cut.c.added_at.desc(), cut.c.source, cut.c.picture_id)
    )
    return [
        Favourite(
            key=PictureKey(Source(row["kept_source"]), row["picture_id"]),
            added_at=row["added_at"],
            picture=None if row["url"] is None else from_row(row),
        )
        for row in rows.mappings()
    ]


async def most_loved(connection: AsyncConnection, space: int, *, limit: int, offset: int) -> list[Loved]:
    """Return a stretch of what the people of a space saved, what most of them keep first, then by key.

    Who wants to be in no list does not count, and what is hidden in the space is left out.
    """
    number = func.count().label("keepers")
    cut = (
        select(_TABLE.c.source, _TABLE.c.picture_id, number)
        .where(_TABLE.c.space == space, preferences.listed(space, _TABLE.c.person))
        .where(visible(space, _TABLE.c.source, _TABLE.c.picture_id))
        .group_by(_TABLE.c.source, _TABLE.c.picture_id)
        .order_by(number.desc(), _TABLE.c.source, _TABLE.c.picture_id)
        .limit(limit)
        .offset(offset)
        .subquery()
    )
    rows = await connection.execute(
        select(cut.c.picture_id, cut.c.source.label("kept_source"), cut.c.keepers, _PICTURES)
        .outerjoin(_PICTURES, and_(_PICTURES.c.source == cut.c.source, _PICTURES.c.id == cut.c.picture_id))
        .order_by(cut.c.keepers.desc(), cut.c.source, cut.c.picture_id)
    )
    return [
        Loved(
            key=PictureKey(Source(row["kept_source"]), row["picture_id"]),
            keepers=row["keepers"],
            picture=None if row["url"] is None else from_row(row),
        )
        for row in rows.mappings()
    ]


async def count_loved(connection: AsyncConnection, space: int) -> tuple[int, int]:
    """Return how many pictures are in the list of `most_loved`, and how many are left out since they are hidden."""
    theirs = (_TABLE.c.space == space, preferences.listed(space, _TABLE.c.person))
    each = select(_TABLE.c.source, _TABLE.c.picture_id).where(*theirs).distinct().subquery()
    hidden = func.count().filter(withheld(space, each.c.source, each.c.picture_id))
    total, left_out = (await connection.execute(select(func.count(), hidden).select_from(each))).one()
    return total - left_out, left_out


async def kept_with_ids(connection: AsyncConnection, person: Person, ids: Collection[str]) -> list[PictureKey]:
    """Return which pictures with one of these ids a person saved, of whichever source."""
    rows = await connection.execute(
        select(_TABLE.c.source, _TABLE.c.picture_id)
        .where(_of(person), _TABLE.c.picture_id.in_(ids))
        .order_by(_TABLE.c.source, _TABLE.c.picture_id)
    )
    return [PictureKey(Source(source), id_) for source, id_ in rows]


async def is_private(connection: AsyncConnection, person: Person) -> bool:
    """Tell whether a person keeps their favourites in a space to themselves."""
    found = await connection.execute(
        select(_PREFERENCES.c.private_favourites).where(
            _PREFERENCES.c.space == person.space, _PREFERENCES.c.person == person.user
        )
    )
    return bool(found.scalar_one_or_none())


async def set_private(connection: AsyncConnection, person: Person, private: bool) -> None:
    """Keep a person's choice."""
    await preferences.choose(connection, person, private_favourites=private)


async def kept_keys(connection: AsyncConnection, person: Person) -> list[PictureKey]:
    """Return every picture a person saved, in order of the keys."""
    rows = await connection.execute(
        select(_TABLE.c.source, _TABLE.c.picture_id).where(_of(person)).order_by(_TABLE.c.source, _TABLE.c.picture_id)
    )
    return [PictureKey(Source(source), id_) for source, id_ in rows]


async def forget_preferences(connection: AsyncConnection, person: Person) -> None:
    """Forget what a person chose."""
    await connection.execute(
        delete(_PREFERENCES).where(_PREFERENCES.c.space == person.space, _PREFERENCES.c.person == person.user)
    )


def _chosen(connection: AsyncConnection, person: Person, only: Only) -> Select[Any]:
    chosen = select(_TABLE.c.source, _TABLE.c.picture_id, _TABLE.c.added_at).where(_of(person))
    if only == ALL:
        return chosen
    chosen = chosen.outerjoin(
        _PICTURES, and_(_PICTURES.c.source == _TABLE.c.source, _PICTURES.c.id == _TABLE.c.picture_id)
    )
    if only.species is not None:
        # Of a picture that is not remembered the source may tell.
        telling = [source.value for source in Source if source.species is only.species]
        unknown = _PICTURES.c.species.is_(None) & _TABLE.c.source.in_(telling)
        chosen = chosen.where(or_(_PICTURES.c.species == only.species.value, unknown))
    if only.breed_id is not None:
        chosen = chosen.where(_names_breed(connection, only.breed_id))
    return chosen


def _names_breed(connection: AsyncConnection, breed_id: str) -> ColumnElement[bool]:
    """Look into the list of breeds, which the two databases unfold each in its own way."""
    if connection.dialect.name == POSTGRESQL:
        each = func.json_array_elements(_PICTURES.c.breeds).table_valued("value")
        named: ColumnElement[Any] = each.c.value.op("->>")("id")
    else:
        each = func.json_each(_PICTURES.c.breeds).table_valued("value")
        named = func.json_extract(each.c.value, "$.id")
    return exists(select(1).select_from(each).where(named == breed_id))
