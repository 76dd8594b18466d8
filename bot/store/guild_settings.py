"""What the admins of each server set; a server that leaves all as it comes has no row."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store import schema
from bot.store.upsert import upsert

_TABLE = schema.guild_settings


async def every(connection: AsyncConnection) -> dict[int, dict[str, Any]]:
    """Return what each server set, by its id."""
    rows = await connection.execute(select(_TABLE.c.space, _TABLE.c.data))
    return {row.space: row.data for row in rows}


async def keep(connection: AsyncConnection, space: int, data: Mapping[str, Any], *, changed_at: datetime) -> None:
    """Keep what a server set, in the place of what it had."""
    values = {"space": space, "data": dict(data), "changed_at": changed_at}
    await connection.execute(upsert(connection, _TABLE).values(**values))


async def forget(connection: AsyncConnection, space: int) -> None:
    """Forget what a server set: all is as it comes."""
    await connection.execute(delete(_TABLE).where(_TABLE.c.space == space))
