"""Which pictures were shown lately: what may stand in while a service gives none."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import select, tuple_
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.models import Picture, Source, Species
from bot.store import schema
from bot.store.pictures import from_row

_PICTURES = schema.pictures
_POSTS = schema.posts


async def lately_shown(
    connection: AsyncConnection, species: Collection[Species], *, since: datetime, among: int
) -> list[Picture]:
    """Return the services' pictures of some species that were shown since a time, of the newest `among` cards.

    A message's id tells its age, so that the newest are read off the end of an index, however many there are.
    """
    newest = select(_POSTS.c.source, _POSTS.c.picture_id).order_by(_POSTS.c.message_id.desc()).limit(among)
    rows = await connection.execute(
        select(_PICTURES).where(
            tuple_(_PICTURES.c.source, _PICTURES.c.id).in_(newest),
            _PICTURES.c.source != Source.SHIPPED.value,
            _PICTURES.c.species.in_([one.value for one in species]),
            _PICTURES.c.seen_at >= since,
        )
    )
    return [from_row(row) for row in rows.mappings()]
