"""Databases to test on: SQLite always, PostgreSQL where TEST_POSTGRES_URL names a server."""

from __future__ import annotations

import asyncio
import os
import shutil
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from sqlalchemy import URL, NullPool, delete, make_url, text
from sqlalchemy.ext.asyncio import create_async_engine

from bot.clock import ManualClock
from bot.store.engine import sqlite_url
from bot.store.schema import metadata
from bot.store.store import Store


async def _execute(url: URL, *statements: str) -> None:
    engine = create_async_engine(url, isolation_level="AUTOCOMMIT", poolclass=NullPool)
    try:
        async with engine.connect() as connection:
            for statement in statements:
                await connection.execute(text(statement))
    finally:
        await engine.dispose()


@pytest.fixture(scope="session")
def postgres_database() -> Iterator[URL]:
    """A database of this test process's own, gone afterwards."""
    given = os.environ.get("TEST_POSTGRES_URL")
    if not given:
        pytest.skip("TEST_POSTGRES_URL is not set")
    server = make_url(given).set(drivername="postgresql+asyncpg")
    name = f"pawprint_test_{os.environ.get('PYTEST_XDIST_WORKER', 'main')}_{os.getpid()}"
    asyncio.run(_execute(server, f'DROP DATABASE IF EXISTS "{name}"', f'CREATE DATABASE "{name}"'))
    yield server.set(database=name)
    asyncio.run(_execute(server, f'DROP DATABASE "{name}" WITH (FORCE)'))


@pytest.fixture
async def empty_postgres(postgres_database: URL) -> AsyncIterator[URL]:
    """The PostgreSQL database without a single table, and so again afterwards."""
    drop = "DROP SCHEMA public CASCADE", "CREATE SCHEMA public"
    await _execute(postgres_database, *drop)
    yield postgres_database
    await _execute(postgres_database, *drop)


@pytest.fixture(scope="session")
def migrated_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite file with all tables and no rows, to be copied."""
    folder = tmp_path_factory.mktemp("migrated")

    async def make() -> None:
        await (await Store.open(sqlite_url(folder), clock=ManualClock())).close()

    asyncio.run(make())
    return Path(sqlite_url(folder).database or "")


@pytest.fixture(params=["sqlite", "postgres"])
def dialect(request: pytest.FixtureRequest) -> str:
    """Which database a test runs on: each in turn."""
    name: str = request.param
    return name


@pytest.fixture
def store_url(dialect: str, request: pytest.FixtureRequest, tmp_path: Path) -> URL:
    """The address of an empty database of either kind."""
    if dialect == "sqlite":
        return sqlite_url(tmp_path)
    url = request.getfixturevalue("empty_postgres")
    assert isinstance(url, URL)
    return url


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
def ready_url(dialect: str, request: pytest.FixtureRequest, tmp_path: Path) -> URL:
    """The address of a database that is quickly made ready."""
    if dialect == "sqlite":
        url = sqlite_url(tmp_path)
        shutil.copy(request.getfixturevalue("migrated_sqlite"), url.database or "")
    else:
        url = request.getfixturevalue("postgres_database")
    return url


@pytest.fixture
async def store(ready_url: URL, clock: ManualClock) -> AsyncIterator[Store]:
    """An open store without rows, on SQLite and again on PostgreSQL."""
    opened = await Store.open(ready_url, clock=clock)
    async with opened.writing() as connection:
        for table in metadata.tables.values():
            await connection.execute(delete(table))
    yield opened
    await opened.close()
