"""The servers that the bot left: their data wait a while, in case it comes back."""

from __future__ import annotations

from datetime import datetime

from msgspec import Struct
from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store import schema
from bot.store.upsert import insert

_TABLE = schema.departures


class Departure(Struct, frozen=True):
    """A server that the bot left, and since when nothing of it is here any more."""

    space: int
    left_at: datetime
    emptied_at: datetime | None


async def note_left(connection: AsyncConnection, space: int, *, now: datetime) -> None:
    """Write down that the bot left a server; when that is known already, it stays as it is."""
    values = {"space": space, "left_at": now}
    await connection.execute(insert(connection, _TABLE).values(**values).on_conflict_do_nothing())


async def note_back(connection: AsyncConnection, space: int) -> None:
    """Write down that the bot is in a server again; what was deleted meanwhile is."""
    theirs = (_TABLE.c.space == space, _TABLE.c.emptied_at.is_(None))
    await connection.execute(delete(_TABLE).where(*theirs))


async def every(connection: AsyncConnection) -> list[Departure]:
    """Return the servers that the bot left, the longest ago first."""
    rows = await connection.execute(select(_TABLE).order_by(_TABLE.c.left_at))
    return [Departure(row.space, row.left_at, row.emptied_at) for row in rows]


async def note_emptied(connection: AsyncConnection, space: int, *, now: datetime) -> None:
    """Write down that nothing of a server is here any more."""
    await connection.execute(update(_TABLE).where(_TABLE.c.space == space).values(emptied_at=now))


async def drop(connection: AsyncConnection, space: int) -> None:
    """Forget a server of which nothing is left anywhere."""
    await connection.execute(delete(_TABLE).where(_TABLE.c.space == space))
