"""What is remembered of pictures that were shown: enough to draw their cards again without asking the service."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import RowMapping, and_, func, select, tuple_
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.models import BreedName, Category, Picture, PictureKey, Source, Species
from bot.store import schema
from bot.store.moderation import visible, withheld
from bot.store.upsert import upsert

_TABLE = schema.pictures


async def save_pictures(connection: AsyncConnection, pictures: Iterable[Picture], *, seen_at: datetime) -> None:
    """Remember pictures in one statement; what was known of the same ones is replaced."""
    # Sorted, so that two batches on PostgreSQL never wait for each other crosswise.
    rows = [
        {
            "source": picture.source.value,
            "id": picture.id,
            "species": picture.species.value,
            "url": picture.url,
            "width": picture.width,
            "height": picture.height,
            "breeds": msgspec.to_builtins(picture.breeds),
            "categories": msgspec.to_builtins(picture.categories),
            "seen_at": seen_at,
        }
        for picture in sorted({picture.key: picture for picture in pictures}.values(), key=lambda p: p.key)
    ]
    if rows:
        await connection.execute(upsert(connection, _TABLE), rows)


async def picture(connection: AsyncConnection, key: PictureKey) -> Picture | None:
    """Return one picture, None when it is not known."""
    return (await pictures(connection, [key])).get(key)


async def pictures(connection: AsyncConnection, keys: Iterable[PictureKey]) -> dict[PictureKey, Picture]:
    """Return those of the pictures that are known, by key; meant for a post or a page, some hundred at most."""
    wanted = [(key.source.value, key.id) for key in keys]
    if not wanted:
        return {}
    rows = await connection.execute(select(_TABLE).where(tuple_(_TABLE.c.source, _TABLE.c.id).in_(wanted)))
    found = [from_row(row) for row in rows.mappings()]
    return {picture.key: picture for picture in found}


async def of_breed(
    connection: AsyncConnection, species: Species, breed_id: str, space: int, *, limit: int, offset: int = 0
) -> tuple[list[Picture], int, int]:
    """Return some of the services' pictures of a breed that are known, by source and id.

    Pictures that are hidden in a space are left out; how many are left, and how many were left out, come along.
    """
    theirs = and_(
        _TABLE.c.species == species.value,
        _TABLE.c.source != Source.SHIPPED.value,
        _TABLE.c.breeds[(0, "id")].as_string() == breed_id,
    )
    hidden = withheld(space, _TABLE.c.source, _TABLE.c.id)
    total, left_out = (await connection.execute(select(func.count(), func.count().filter(hidden)).where(theirs))).one()
    shown = select(_TABLE).where(theirs, visible(space, _TABLE.c.source, _TABLE.c.id))
    rows = await connection.execute(shown.order_by(_TABLE.c.source, _TABLE.c.id).limit(limit).offset(offset))
    return [from_row(row) for row in rows.mappings()], total - left_out, left_out


def from_row(row: RowMapping | Mapping[str, Any]) -> Picture:
    """Build the picture of a row with the columns of the table."""
    return Picture(
        source=Source(row["source"]),
        id=row["id"],
        species=Species(row["species"]),
        url=row["url"],
        width=row["width"],
        height=row["height"],
        breeds=msgspec.convert(row["breeds"], tuple[BreedName, ...]),
        categories=msgspec.convert(row["categories"], tuple[Category, ...]),
    )
