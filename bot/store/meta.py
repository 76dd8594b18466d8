"""Small facts about the installation, by name."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store import schema
from bot.store.upsert import upsert


async def fact(connection: AsyncConnection, name: str) -> str | None:
    """Return what is kept under a name, None when there is nothing."""
    found = await connection.execute(select(schema.meta.c.value).where(schema.meta.c.name == name))
    value: str | None = found.scalar_one_or_none()
    return value


async def keep_fact(connection: AsyncConnection, name: str, value: str) -> None:
    """Keep a value under a name (64 characters at most), over what was there."""
    await connection.execute(upsert(connection, schema.meta).values(name=name, value=value))
