"""Databases to test on: SQLite always, PostgreSQL where TEST_POSTGRES_URL names a server."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import URL, NullPool, make_url, text
from sqlalchemy.ext.asyncio import create_async_engine

from bot.clock import ManualClock
from bot.store.engine import POSTGRESQL, sqlite_url
from bot.store.schema import metadata
from bot.store.store import Store
from tests.ready import ready_database


async def _execute(url: URL, *statements: str) -> None:
    engine = create_async_engine(url, isolation_level="AUTOCOMMIT", poolclass=NullPool)
    try:
        async with engine.connect() as connection:
            for statement in statements:
                await connection.execute(text(statement))
    finally:
        await engine.dispose()


@contextmanager
def _database(purpose: str) -> Iterator[URL]:
    """Lend a new database on the PostgreSQL server."""
    given = os.environ.get("TEST_POSTGRES_URL")
    if not given:
        pytest.skip("TEST_POSTGRES_URL is not set")
    server = make_url(given).set(drivername="postgresql+asyncpg")
    name = f"pawprint_test_{purpose}_{os.environ.get('PYTEST_XDIST_WORKER', 'main')}_{os.getpid()}"
    asyncio.run(_execute(server, f'DROP DATABASE IF EXISTS "{name}"', f'CREATE DATABASE "{name}"'))
    yield server.set(database=name)
    asyncio.run(_execute(server, f'DROP DATABASE "{name}" WITH (FORCE)'))


@pytest.fixture(scope="session")
def postgres_database() -> Iterator[URL]:
    """A database of this test process's own, gone afterwards; its tables stay from test to test.

    It does not wait for its disk: what a server that loses its power would lose is not looked at.
    """
    with _database("ready") as url:
        asyncio.run(_execute(url, f'ALTER DATABASE "{url.database}" SET synchronous_commit = off'))
        yield url


@pytest.fixture(scope="session")
def bare_postgres() -> Iterator[URL]:
    """Another one, for tests that begin without tables."""
    with _database("bare") as url:
        yield url


@pytest.fixture
async def empty_postgres(bare_postgres: URL) -> URL:
    """A PostgreSQL database without a single table."""
    await _execute(bare_postgres, "DROP SCHEMA public CASCADE", "CREATE SCHEMA public")
    return bare_postgres


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
        ready_database(tmp_path)
        url = sqlite_url(tmp_path)
    else:
        url = request.getfixturevalue("postgres_database")
    return url


@pytest.fixture
async def store(ready_url: URL, clock: ManualClock) -> AsyncIterator[Store]:
    """An open store without rows, on SQLite and again on PostgreSQL."""
    opened = await Store.open(ready_url, clock=clock)
    if opened.dialect == POSTGRESQL:
        async with opened.writing() as connection:
            # All at once: each statement by itself would be a trip there and back.
            rows = "; ".join(f'DELETE FROM "{name}"' for name in metadata.tables)
            await connection.execute(text(f"DO $$ BEGIN {rows}; END $$"))
    yield opened
    await opened.close()
