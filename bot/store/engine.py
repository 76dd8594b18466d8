"""Engines for the two databases: SQLite in the data folder, or PostgreSQL by its address."""

from __future__ import annotations

import asyncio
import sqlite3
import time
from contextlib import closing
from pathlib import Path
from threading import Thread
from typing import Any
from weakref import WeakSet

import aiosqlite
from sqlalchemy import URL, Connection, event, make_url
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import ArgumentError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.pool import ConnectionPoolEntry

from bot.errors import SettingsError

SQLITE = "sqlite"
POSTGRESQL = "postgresql"

_DRIVERS = {
    "sqlite": "sqlite+aiosqlite",
    "sqlite+aiosqlite": "sqlite+aiosqlite",
    "postgres": "postgresql+asyncpg",
    "postgresql": "postgresql+asyncpg",
    "postgresql+asyncpg": "postgresql+asyncpg",
}
_POSTGRESQL_OPTIONS = frozenset({"ssl", "sslmode", "prepared_statement_cache_size"})
_BEGIN = "pawprint_begin"
_CONNECT_SECONDS = 10
_COMMAND_SECONDS = 30
_JOIN_SECONDS = 10
_WAL_TRIES = 100


def sqlite_url(folder: Path) -> URL:
    """Return the address of the database that lies in the data folder."""
    return URL.create("sqlite+aiosqlite", database=str(folder / "pawprint.sqlite3"))


def sqlite_file(text: str | URL) -> Path | None:
    """Return the file of an address, None for PostgreSQL; raises SettingsError as `store_url` does."""
    url = store_url(text)
    return Path(url.database or "") if url.get_backend_name() == SQLITE else None


def store_url(text: str | URL) -> URL:
    """Read a DATABASE_URL (`sqlite:///…`, `postgres://…`, `postgresql://…`); raises SettingsError on any other."""
    try:
        url = make_url(text)
    except (ArgumentError, ValueError) as error:
        raise SettingsError(
            ["DATABASE_URL is no address of a database, such as postgresql://user@host/name"]
        ) from error
    driver = _DRIVERS.get(url.drivername)
    if driver is None:
        raise SettingsError([f"DATABASE_URL begins with {url.drivername}://; only sqlite and postgresql are known"])
    if driver.startswith(SQLITE) and not url.database:
        raise SettingsError(["DATABASE_URL names no file; a database in memory would forget every vote"])
    url = url.set(drivername=driver)
    if url.get_backend_name() == POSTGRESQL:
        unknown = sorted(set(url.query) - _POSTGRESQL_OPTIONS)
        if unknown:
            raise SettingsError([f"DATABASE_URL has an option that is not known: {', '.join(unknown)}"])
        if "sslmode" in url.query:
            # The servers' own spelling; the driver calls it ssl and takes the same words.
            mode = url.query["sslmode"]
            url = url.difference_update_query(["sslmode"]).update_query_dict({"ssl": mode})
    return url


class Database:
    """An engine, and what it takes to close it wholly."""

    def __init__(self, url: URL) -> None:
        """Make the engine for an address that `store_url` returned; nothing is connected yet."""
        self._threads: WeakSet[Thread] = WeakSet()
        if url.get_backend_name() == SQLITE:
            self.engine = _sqlite_engine(url, self._threads)
        else:
            self.engine = _postgresql_engine(url)

    async def prepare(self) -> None:
        """Make SQLite's file and turn on its write-ahead log, once; raises sqlite3.Error when it cannot be used."""
        if self.engine.dialect.name == SQLITE:
            await asyncio.to_thread(_turn_wal_on, self.engine.url.database or "")

    async def close(self) -> None:
        """Close every connection and wait until the threads of SQLite's are gone.

        A connection that was given up in the middle of a statement ends by itself, a moment later: without the wait
        its thread would report to a loop that is closed.
        """
        await self.engine.dispose()
        for thread in list(self._threads):
            await asyncio.to_thread(thread.join, _JOIN_SECONDS)


def _turn_wal_on(path: str) -> None:
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        for patience in range(_WAL_TRIES, 0, -1):
            try:
                connection.execute("PRAGMA journal_mode = WAL")
            except sqlite3.OperationalError as error:
                # Two copies that start together: for this one statement busy_timeout does not count.
                if patience == 1 or error.sqlite_errorcode != sqlite3.SQLITE_BUSY:
                    raise
                time.sleep(0.05)
            else:
                return


def _postgresql_engine(url: URL) -> AsyncEngine:
    return create_async_engine(
        url,
        pool_pre_ping=True,
        hide_parameters=True,
        pool_size=5,
        max_overflow=5,
        connect_args={"timeout": _CONNECT_SECONDS, "command_timeout": _COMMAND_SECONDS},
    )


def _sqlite_engine(url: URL, threads: WeakSet[Thread]) -> AsyncEngine:
    def connect() -> aiosqlite.Connection:
        # isolation_level None keeps the driver from starting transactions of its own: ours are what they say.
        connection = aiosqlite.connect(url.database or "", isolation_level=None)
        connection._thread.daemon = True
        threads.add(connection._thread)
        return connection

    # SQLAlchemy awaits what the creator returns; a started connection here would be started twice.
    engine = create_async_engine(url, pool_size=4, max_overflow=4, hide_parameters=True, async_creator=connect)

    @event.listens_for(engine.sync_engine, "connect")
    def prepare(connection: DBAPIConnection, _entry: ConnectionPoolEntry) -> None:
        cursor = connection.cursor()
        try:
            cursor.execute("PRAGMA busy_timeout = 10000")
            # FULL: with WAL, NORMAL would survive kill -9 as well, yet lose the last acknowledged votes when the power
            # goes. One fsync a transaction is cheap at the pace of people; the cache, which may be lost, does without.
            cursor.execute("PRAGMA synchronous = FULL")
            cursor.execute("PRAGMA foreign_keys = ON")
        finally:
            cursor.close()

    @event.listens_for(engine.sync_engine, "begin")
    def begin(connection: Connection) -> None:
        connection.exec_driver_sql(connection.get_execution_options().get(_BEGIN, "BEGIN"))

    return engine


def writing_options() -> dict[str, Any]:
    """Return the execution options of a writing transaction: SQLite takes its write lock at once, not half-way."""
    return {_BEGIN: "BEGIN IMMEDIATE"}
