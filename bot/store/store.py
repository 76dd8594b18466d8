"""The durable store: opens and migrates the database, and hands out transactions."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, nullcontext
from pathlib import Path
from typing import Self

from sqlalchemy import URL
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.clock import Clock
from bot.errors import StoreUnreachable
from bot.store import migrate
from bot.store.engine import POSTGRESQL, SQLITE, Database, store_url, writing_options
from bot.store.locks import hold_database, hold_migrations


class Store:
    """An open database. Make it with `Store.open`; queries live in the modules beside this one."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self.clock = clock
        self._database = database
        self._engine = database.engine
        self._holder: AsyncConnection | None = None
        self._writer = asyncio.Lock() if self.dialect == SQLITE else None

    @classmethod
    async def open(cls, url: str | URL, *, clock: Clock, cluster: int | None = None) -> Self:
        """Connect, bring the tables up to date and return the store.

        With `cluster` a PostgreSQL database is held for that cluster index until `close`; without (a backup, a check)
        it is not. SQLite is held by `DataLock`. Raises StoreUnreachable, StoreTooNew, AlreadyRunning, SettingsError.
        """
        address = store_url(url)
        store = cls(Database(address), clock)
        try:
            await store._database.prepare()
            if cluster is not None and store.dialect == POSTGRESQL:
                store._holder = await hold_database(store._engine, cluster)
            async with store.reading() as connection:
                current = await connection.run_sync(migrate.is_current)
            if not current:
                async with store.writing() as connection:
                    await hold_migrations(connection)
                    await connection.run_sync(migrate.upgrade)
        except (SQLAlchemyError, sqlite3.Error, OSError) as error:
            await store.close()
            raise StoreUnreachable(_unreachable(address, error)) from error
        except BaseException:
            await store.close()
            raise
        return store

    @property
    def dialect(self) -> str:
        """`sqlite` or `postgresql`."""
        return self._engine.dialect.name

    async def close(self) -> None:
        """Close every connection, which also ends SQLite's threads; harmless when done twice."""
        holder, self._holder = self._holder, None
        if holder is not None:
            # The session's lock ends with its connection, so this one must not go back to the pool.
            await holder.invalidate()
            await holder.close()
        await self._database.close()

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[AsyncConnection]:
        """Lend a connection whose queries see one state of the database (SQLite) or what is committed (PostgreSQL)."""
        async with self._engine.connect() as connection:
            yield connection

    @asynccontextmanager
    async def writing(self) -> AsyncIterator[AsyncConnection]:
        """Lend a connection for one transaction: committed when the block ends, undone when it raises.

        SQLite has one writer: its transactions take turns here, in order, instead of polling for the file's lock.
        """
        async with self._writer or nullcontext(), self._engine.connect() as lent:
            connection = await lent.execution_options(**writing_options())
            async with connection.begin():
                yield connection


def _unreachable(url: URL, error: Exception) -> str:
    cause = str(getattr(error, "orig", None) or error).strip().partition("\n")[0] or type(error).__name__
    if url.get_backend_name() == SQLITE:
        folder = Path(url.database or "").parent
        return f"The database file {url.database} cannot be used ({cause}): see that the bot may write in {folder}."
    return f"The database at {url.render_as_string(hide_password=True)} does not answer ({cause}): see DATABASE_URL."
