"""The cache keeps answers for their time, stays within its size, and never stands in the way when its file is bad."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from bot.clock import ManualClock
from bot.store.cache import ResponseCache

DAY = 86400


@asynccontextmanager
async def opened(
    path: Path, clock: ManualClock | None = None, size_limit: int = 1_000_000
) -> AsyncIterator[ResponseCache]:
    cache = await ResponseCache.open(path, clock=clock or ManualClock(), size_limit=size_limit)
    try:
        yield cache
    finally:
        await cache.close()


async def fresh(cache: ResponseCache, kind: str, key: str = "k") -> bool | None:
    kept = await cache.get(kind, key)
    return None if kept is None else kept.fresh


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "cache.sqlite3"


def overwrite(path: Path, start: int, data: bytes) -> None:
    """Write over a file where something else has it open."""
    path.touch()
    with path.open("r+b") as file:
        file.seek(start)
        file.write(data)


@pytest.mark.parametrize(("kind", "hours"), [("breeds", 24), ("categories", 24), ("facts", 24), ("image", 1)])
async def test_each_kind_has_its_age_and_stands_in_for_thirty_days(path: Path, kind: str, hours: int) -> None:
    clock = ManualClock()
    async with opened(path, clock) as cache:
        await cache.put(kind, "k", b"answer")
        clock.advance(hours * 3600 - 1)
        kept = await cache.get(kind, "k")
        assert kept is not None
        assert (kept.body, kept.fresh) == (b"answer", True)
        clock.advance(1)
        assert await fresh(cache, kind) is False
        clock.advance(30 * DAY)
        assert await fresh(cache, kind) is None


async def test_other_kinds_are_never_kept(path: Path) -> None:
    async with opened(path) as cache:
        await cache.put("search", "k", b"answer")
        assert await cache.get("search", "k") is None


async def test_answers_outlive_the_process_and_a_clock_that_was_set_back(path: Path) -> None:
    clock = ManualClock()
    async with opened(path, clock) as cache:
        await cache.put("breeds", "k", b"old")
        await cache.put("breeds", "k", b"new")
    clock.advance(-3600)
    async with opened(path, clock) as cache:
        kept = await cache.get("breeds", "k")
        assert kept is not None
        assert (kept.body, kept.fresh) == (b"new", False)
    clock.advance(40 * DAY)
    async with opened(path, clock):
        pass
    with sqlite3.connect(path) as database:
        assert database.execute("SELECT COUNT(*) FROM answers").fetchone() == (0,)
    database.close()


async def test_the_oldest_answers_leave_when_it_is_full(path: Path) -> None:
    clock = ManualClock()
    async with opened(path, clock, size_limit=1000) as cache:
        for number in range(12):
            await cache.put("breeds", f"k{number}", b"x" * 100)
            clock.advance(1)
        kept = [number for number in range(12) if await cache.get("breeds", f"k{number}")]
        assert kept == list(range(2, 12))
        await cache.put("breeds", "large", b"x" * 300)
        assert await cache.get("breeds", "large") is None, "one answer may not push out all others"


async def test_a_space_remembers_its_newest_things(path: Path) -> None:
    async with opened(path) as cache:
        for key in ("a", "b", "c", "a", "d"):
            await cache.remember("channel 1", key, key.upper().encode(), limit=3)
        await cache.remember("channel 2", "z")
        assert await cache.recall("channel 1") == [("d", b"D"), ("a", b"A"), ("c", b"C")]
        assert await cache.recall("channel 2") == [("z", b"")]
        assert await cache.recall("channel 3") == []
        assert await cache.recall_one("channel 1", "a") == b"A"
        assert await cache.recall_one("channel 1", "b") is None


async def test_all_spaces_together_are_bounded(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.store.cache.MEMORY_LIMIT", 10)
    monkeypatch.setattr("bot.store.cache._SWEEP_EVERY", 20)
    async with opened(path) as cache:
        for number in range(40):
            await cache.remember(f"channel {number}", "a")
        remembered = [number for number in range(40) if await cache.recall(f"channel {number}")]
        assert remembered == list(range(30, 40))


@pytest.mark.parametrize("rubbish", [b"this is no database" * 100, b"SQLite format 3\0" + b"\xff" * 4096])
async def test_a_damaged_file_is_replaced(path: Path, rubbish: bytes, caplog: pytest.LogCaptureFixture) -> None:
    overwrite(path, 0, rubbish)
    async with opened(path) as cache:
        await cache.put("breeds", "k", b"answer")
    async with opened(path) as cache:
        assert await fresh(cache, "breeds") is True
    assert "damaged" in caplog.text


async def test_a_file_of_another_version_is_replaced(path: Path) -> None:
    with sqlite3.connect(path) as database:
        database.execute("PRAGMA user_version = 99")
    database.close()
    async with opened(path) as cache:
        await cache.put("breeds", "k", b"answer")
        assert await fresh(cache, "breeds") is True


async def test_a_file_that_is_damaged_while_open_is_replaced(path: Path, caplog: pytest.LogCaptureFixture) -> None:
    async with opened(path, size_limit=10_000_000) as cache:
        for number in range(200):
            await cache.put("breeds", f"k{number}", b"x" * 20_000)
    async with opened(path, size_limit=10_000_000) as cache:
        overwrite(path, 4096, b"\xff" * 4_000_000)
        for number in range(200):
            await cache.get("breeds", f"k{number}")
        assert "damaged" in caplog.text
        await cache.put("breeds", "k", b"answer")
        assert await fresh(cache, "breeds") is True
    async with opened(path) as cache:
        assert await fresh(cache, "breeds") is True


async def test_without_a_usable_file_the_cache_lives_in_memory(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with opened(tmp_path / "missing" / "cache.sqlite3") as cache:
        await cache.put("breeds", "k", b"answer")
        assert await fresh(cache, "breeds") is True
    (tmp_path / "folder.sqlite3").mkdir()
    async with opened(tmp_path / "folder.sqlite3") as cache:
        await cache.remember("channel", "a", b"1")
        assert await cache.recall("channel") == [("a", b"1")]
    assert caplog.text.count("kept in memory") == 2


async def test_a_locked_file_is_a_miss_and_not_an_error(
    path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("bot.store.cache._BUSY_MILLISECONDS", 10)
    async with opened(path) as cache:
        await cache.put("breeds", "k", b"old")
        other = sqlite3.connect(path, isolation_level=None)
        other.execute("BEGIN EXCLUSIVE")
        await cache.put("breeds", "k", b"new")
        await cache.remember("channel", "a")
        other.execute("ROLLBACK")
        other.close()
        kept = await cache.get("breeds", "k")
        assert kept is not None
        assert kept.body == b"old"
        await cache.put("breeds", "k", b"newer")
        assert (await cache.get("breeds", "k")) is not None
    assert sum(record.levelname == "WARNING" for record in caplog.records) == 1, "said once"


async def test_a_closed_cache_misses(path: Path) -> None:
    async with opened(path) as cache:
        await cache.put("breeds", "k", b"answer")
    await cache.put("breeds", "other", b"answer")
    assert await cache.get("breeds", "k") is None
    assert await cache.recall("channel") == []


async def test_many_at_once_and_some_who_leave(path: Path) -> None:
    async with opened(path) as cache:
        writing = [asyncio.create_task(cache.put("breeds", f"k{number}", b"x")) for number in range(60)]
        await asyncio.sleep(0)
        for leaver in writing[::3]:
            leaver.cancel()
        await asyncio.gather(*writing, return_exceptions=True)
        stayed = [number for number in range(60) if number % 3]
        assert all([await cache.get("breeds", f"k{number}") for number in stayed])
