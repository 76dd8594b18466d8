"""The store on both databases: it opens, migrates, refuses, commits and lets go."""

from __future__ import annotations

import asyncio
import threading
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import URL, Connection, text

from bot.clock import ManualClock
from bot.errors import AlreadyRunning, SettingsError, StoreTooNew, StoreUnreachable
from bot.store import meta, schema
from bot.store.engine import sqlite_url
from bot.store.engine import store_url as read_url
from bot.store.store import Store


def database_threads() -> list[threading.Thread]:
    return [thread for thread in threading.enumerate() if "_connection_worker_thread" in thread.name]


async def test_the_migrated_tables_are_those_of_the_schema(store: Store) -> None:
    def differences(connection: Connection) -> list[object]:
        return list(compare_metadata(MigrationContext.configure(connection), schema.metadata))

    async with store.reading() as connection:
        assert await connection.run_sync(differences) == []


async def test_what_was_committed_is_there_after_a_restart(store_url: URL, clock: ManualClock) -> None:
    first = await Store.open(store_url, clock=clock)
    async with first.writing() as connection:
        await meta.keep_fact(connection, "colour", "grey")
        await meta.keep_fact(connection, "colour", "tabby")
    await first.close()
    second = await Store.open(store_url, clock=clock)
    async with second.reading() as connection:
        assert await meta.fact(connection, "colour") == "tabby"
        assert await meta.fact(connection, "size") is None
    await second.close()
    await second.close()


async def test_two_copies_that_start_together_migrate_once(store_url: URL, clock: ManualClock) -> None:
    stores = await asyncio.gather(*(Store.open(store_url, clock=clock) for _ in range(3)))
    for opened in stores:
        async with opened.reading() as connection:
            assert await meta.fact(connection, "colour") is None
        await opened.close()


async def test_a_newer_database_is_refused_and_left_alone(store_url: URL, clock: ManualClock) -> None:
    first = await Store.open(store_url, clock=clock)
    async with first.writing() as connection:
        await connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    await first.close()
    with pytest.raises(StoreTooNew, match="newer version") as caught:
        await Store.open(store_url, clock=clock)
    assert "9999" in str(caught.value)
    assert "\n" not in str(caught.value)


async def test_an_error_undoes_the_whole_transaction(store: Store) -> None:
    async def stumble() -> None:
        async with store.writing() as connection:
            await meta.keep_fact(connection, "colour", "grey")
            raise RuntimeError("half-way")

    with pytest.raises(RuntimeError, match="half-way"):
        await stumble()
    async with store.writing() as connection:
        assert await meta.fact(connection, "colour") is None
        await meta.keep_fact(connection, "colour", "black")
    async with store.reading() as connection:
        assert await meta.fact(connection, "colour") == "black"


async def test_many_writers_take_turns(store: Store) -> None:
    async def add_one() -> None:
        async with store.writing() as connection:
            if store.dialect == "postgresql":
                await connection.execute(text("LOCK TABLE meta"))
            before = int(await meta.fact(connection, "count") or 0)
            await asyncio.sleep(0)
            await meta.keep_fact(connection, "count", str(before + 1))

    await asyncio.gather(*(add_one() for _ in range(40)))
    async with store.reading() as connection:
        assert await meta.fact(connection, "count") == "40"


async def test_a_cancelled_writer_leaves_nothing_and_blocks_nobody(store: Store) -> None:
    entered = asyncio.Event()

    async def write_for_ever() -> None:
        async with store.writing() as connection:
            await meta.keep_fact(connection, "colour", "grey")
            entered.set()
            await asyncio.Event().wait()

    task = asyncio.create_task(write_for_ever())
    await entered.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    async with store.writing() as connection:
        assert await meta.fact(connection, "colour") is None


async def test_writers_cancelled_at_any_step_leave_a_store_that_works(store: Store) -> None:
    async def write(number: int) -> None:
        async with store.writing() as connection:
            await meta.keep_fact(connection, "last", str(number))

    for steps in range(30):
        task = asyncio.create_task(write(steps))
        for _ in range(steps):
            await asyncio.sleep(0)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
    await asyncio.wait_for(write(99), 10)
    async with store.reading() as connection:
        assert await meta.fact(connection, "last") == "99"


async def test_no_thread_is_left(tmp_path: Path, clock: ManualClock) -> None:
    opened = await Store.open(sqlite_url(tmp_path), clock=clock)
    async with opened.reading() as one, opened.reading() as other:
        await meta.fact(one, "x")
        await meta.fact(other, "x")
    threads = database_threads()
    assert threads
    await opened.close()
    for thread in threads:
        thread.join(5)
    assert not [thread for thread in threads if thread.is_alive()]


async def test_sqlite_is_set_up_to_lose_nothing(tmp_path: Path, clock: ManualClock) -> None:
    opened = await Store.open(sqlite_url(tmp_path), clock=clock)
    async with opened.reading() as connection:
        found = {
            name: (await connection.execute(text(f"PRAGMA {name}"))).scalar_one()
            for name in ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
        }
    await opened.close()
    assert found == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "busy_timeout": 10000}


async def test_a_reader_does_not_wait_for_a_writer(tmp_path: Path, clock: ManualClock) -> None:
    opened = await Store.open(sqlite_url(tmp_path), clock=clock)
    async with opened.writing() as writer:
        await meta.keep_fact(writer, "colour", "grey")
        async with opened.reading() as reader:
            assert await meta.fact(reader, "colour") is None
    await opened.close()


async def test_a_file_that_is_no_database_is_said_in_a_sentence(tmp_path: Path, clock: ManualClock) -> None:
    (tmp_path / "pawprint.sqlite3").write_text("this is no database, it is a text " * 50)
    with pytest.raises(StoreUnreachable, match="not a database"):
        await Store.open(sqlite_url(tmp_path), clock=clock)


async def test_a_folder_that_is_missing_is_said_in_a_sentence(tmp_path: Path, clock: ManualClock) -> None:
    with pytest.raises(StoreUnreachable, match="see that the bot may write"):
        await Store.open(sqlite_url(tmp_path / "missing"), clock=clock)


async def test_a_server_that_does_not_answer_is_said_without_its_password(
    unused_tcp_port: int, clock: ManualClock
) -> None:
    with pytest.raises(StoreUnreachable) as caught:
        await Store.open(f"postgresql://paw:secret@127.0.0.1:{unused_tcp_port}/paw", clock=clock)
    assert "DATABASE_URL" in str(caught.value)
    assert "secret" not in str(caught.value)


async def test_a_cluster_has_a_database_to_itself(empty_postgres: URL, clock: ManualClock) -> None:
    first = await Store.open(empty_postgres, clock=clock, cluster=0)
    with pytest.raises(AlreadyRunning, match="cluster 0"):
        await Store.open(empty_postgres, clock=clock, cluster=0)
    neighbour = await Store.open(empty_postgres, clock=clock, cluster=1)
    onlooker = await Store.open(empty_postgres, clock=clock)
    await first.close()
    again = await Store.open(empty_postgres, clock=clock, cluster=0)
    for opened in (neighbour, onlooker, again):
        await opened.close()


@pytest.mark.parametrize(
    ("given", "driver"),
    [
        ("sqlite:///paw.sqlite3", "sqlite+aiosqlite"),
        ("postgres://u@host/paw", "postgresql+asyncpg"),
        ("postgresql://u@host/paw", "postgresql+asyncpg"),
        ("postgresql+asyncpg://u@host/paw", "postgresql+asyncpg"),
    ],
)
def test_an_address_gets_the_driver_that_is_there(given: str, driver: str) -> None:
    assert read_url(given).drivername == driver


def test_the_servers_spelling_of_encryption_is_understood() -> None:
    url = read_url("postgres://u@host/paw?sslmode=require")
    assert dict(url.query) == {"ssl": "require"}
    with pytest.raises(SettingsError, match="pool_tmeout"):
        read_url("postgres://u@host/paw?pool_tmeout=3")


@pytest.mark.parametrize("given", ["", "nonsense", "mysql://u:secret@host/paw", "sqlite://"])
def test_an_address_of_something_else_is_refused(given: str) -> None:
    with pytest.raises(SettingsError, match="DATABASE_URL") as caught:
        read_url(given)
    assert "secret" not in str(caught.value)
