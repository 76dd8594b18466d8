"""The local cache: answers of services and small things worth remembering, in a SQLite file that may be lost."""

from __future__ import annotations

import asyncio
import logging
import sqlite3
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import aiosqlite

from bot.clock import Clock

log = logging.getLogger(__name__)

T = TypeVar("T")

HOUR = 3600.0
DAY = 24 * HOUR
AGES: Mapping[str, float] = {"breeds": DAY, "categories": DAY, "facts": DAY, "image": HOUR}
"""Seconds for which each kind of answer is used without asking again; other kinds are not kept."""

STALE_FOR = 30 * DAY
"""Seconds for which an older answer stands in for a service that does not answer."""

SIZE_LIMIT = 32 * 1024 * 1024
SPACE_LIMIT = 64
MEMORY_LIMIT = 100_000
_SWEEP_EVERY = 256
_BUSY_MILLISECONDS = 2000
_SCHEMA_VERSION = 1

_SCHEMA = """
CREATE TABLE IF NOT EXISTS answers (
    kind TEXT NOT NULL, key TEXT NOT NULL, stored_at REAL NOT NULL, size INTEGER NOT NULL, body BLOB NOT NULL,
    PRIMARY KEY (kind, key)
);
CREATE INDEX IF NOT EXISTS answers_by_age ON answers (stored_at, size);
CREATE TABLE IF NOT EXISTS memories (
    number INTEGER PRIMARY KEY AUTOINCREMENT, space TEXT NOT NULL, key TEXT NOT NULL, value BLOB NOT NULL,
    UNIQUE (space, key)
);
CREATE INDEX IF NOT EXISTS memories_by_space ON memories (space, number);
"""


@dataclass(frozen=True, slots=True)
class KeptAnswer:
    """An answer and whether it is young enough to be used without asking."""

    body: bytes
    fresh: bool


class ResponseCache:
    """Keeps public answers by kind and key, the oldest leaving first, and a bounded memory for other rooms.

    Nothing in it is needed: a file that cannot be read is replaced, one that cannot be written gives way to memory,
    and a fault at run time is a miss. Ages are told by the clock that is handed in. Make it with `open`.
    """

    def __init__(self, path: Path, clock: Clock, size_limit: int) -> None:
        self._path = path
        self._clock = clock
        self._size_limit = size_limit
        self._database: aiosqlite.Connection | None = None
        self._lock = asyncio.Lock()
        self._unswept = 0
        self._complained = False

    @classmethod
    async def open(cls, path: Path, *, clock: Clock, size_limit: int = SIZE_LIMIT) -> ResponseCache:
        """Open the file, making or replacing it where need be. `size_limit` is for all answers together, in bytes."""
        cache = cls(path, clock, size_limit)
        cache._database = await cache._opened()
        await cache._attempt(None, cache._drop_ancient)
        return cache

    async def close(self) -> None:
        """Close the file; a cache that is closed misses everything."""
        async with self._lock:
            database, self._database = self._database, None
            if database is not None:
                await database.close()

    async def get(self, kind: str, key: str) -> KeptAnswer | None:
        """Return what is kept, None when there is nothing or it is over thirty days old."""
        age_limit = AGES.get(kind)
        if age_limit is None:
            return None

        async def look(database: aiosqlite.Connection) -> KeptAnswer | None:
            row = await _one(database, "SELECT stored_at, body FROM answers WHERE kind = ? AND key = ?", (kind, key))
            if row is None:
                return None
            age = self._clock.now().timestamp() - float(row[0])
            # A clock that was set back makes an answer from the future: usable, yet not trusted to be young.
            return KeptAnswer(bytes(row[1]), fresh=0 <= age < age_limit) if age < STALE_FOR else None

        return await self._attempt(None, look)

    async def put(self, kind: str, key: str, body: bytes) -> None:
        """Keep an answer, unless its kind is not kept or it would fill a quarter of the cache by itself."""
        if kind not in AGES or len(body) > self._size_limit // 4:
            return

        async def keep(database: aiosqlite.Connection) -> None:
            now = self._clock.now().timestamp()
            row = (kind, key, now, len(body), body)
            await database.execute("INSERT OR REPLACE INTO answers VALUES (?, ?, ?, ?, ?)", row)
            await self._evict(database)
            await database.commit()

        await self._attempt(None, keep)

    async def remember(self, space: str, key: str, value: bytes = b"", *, limit: int = SPACE_LIMIT) -> None:
        """Remember a value as the newest of its space; the space keeps its newest `limit`."""

        async def note(database: aiosqlite.Connection) -> None:
            row = (space, key, value)
            await database.execute("INSERT OR REPLACE INTO memories (space, key, value) VALUES (?, ?, ?)", row)
            await database.execute(
                "DELETE FROM memories WHERE space = ?1 AND number <= (SELECT number FROM memories WHERE space = ?1"
                " ORDER BY number DESC LIMIT 1 OFFSET ?2)",
                (space, limit),
            )
            self._unswept += 1
            if self._unswept >= _SWEEP_EVERY:
                self._unswept = 0
                await database.execute(
                    "DELETE FROM memories WHERE number <= (SELECT number FROM memories ORDER BY number DESC"
                    " LIMIT 1 OFFSET ?)",
                    (MEMORY_LIMIT,),
                )
            await database.commit()

        await self._attempt(None, note)

    async def recall(self, space: str) -> list[tuple[str, bytes]]:
        """Return the keys and values of a space, the newest first."""

        async def look(database: aiosqlite.Connection) -> list[tuple[str, bytes]]:
            rows = await database.execute_fetchall(
                "SELECT key, value FROM memories WHERE space = ? ORDER BY number DESC", (space,)
            )
            return [(str(row[0]), bytes(row[1])) for row in rows]

        return await self._attempt([], look)

    async def recall_one(self, space: str, key: str) -> bytes | None:
        """Return one value of a space, None when it is not remembered."""

        async def look(database: aiosqlite.Connection) -> bytes | None:
            row = await _one(database, "SELECT value FROM memories WHERE space = ? AND key = ?", (space, key))
            return None if row is None else bytes(row[0])

        return await self._attempt(None, look)

    async def _attempt(self, otherwise: T, work: Callable[[aiosqlite.Connection], Awaitable[T]]) -> T:
        """Do a piece of work alone; a fault of the file is a log line and `otherwise`."""
        async with self._lock:
            if self._database is None:
                return otherwise
            try:
                return await work(self._database)
            except sqlite3.OperationalError as error:
                self._complain(error)
            except sqlite3.DatabaseError as error:
                log.warning("the cache file is damaged (%s); replacing it", error)
                await _closed(self._database)
                self._database = None
                _remove(self._path)
                self._database = await self._opened()
                return otherwise
            finally:
                if self._database is not None and self._database.in_transaction:
                    await _rolled_back(self._database)
            return otherwise

    async def _opened(self) -> aiosqlite.Connection:
        """Open the file; a damaged one is replaced, and without any the cache lives in memory."""
        for _ in range(2):
            try:
                return await _connected(str(self._path))
            except sqlite3.OperationalError as error:
                log.warning("the cache cannot use its file (%s); it is kept in memory until the next start", error)
                break
            except sqlite3.DatabaseError as error:
                log.warning("the cache file is damaged (%s); replacing it", error)
                _remove(self._path)
        return await _connected(":memory:")

    async def _evict(self, database: aiosqlite.Connection) -> None:
        """Drop the oldest answers until the rest fits."""
        row = await _one(database, "SELECT COALESCE(SUM(size), 0) FROM answers", ())
        excess = int(row[0]) - self._size_limit if row else 0
        if excess <= 0:
            return
        oldest = await database.execute_fetchall("SELECT rowid, size FROM answers ORDER BY stored_at, rowid")
        doomed: list[tuple[int]] = []
        for number, size in oldest:
            if excess <= 0:
                break
            doomed.append((int(number),))
            excess -= int(size)
        await database.executemany("DELETE FROM answers WHERE rowid = ?", doomed)

    async def _drop_ancient(self, database: aiosqlite.Connection) -> None:
        before = self._clock.now().timestamp() - STALE_FOR
        await database.execute("DELETE FROM answers WHERE stored_at < ?", (before,))
        await database.commit()

    def _complain(self, error: sqlite3.Error) -> None:
        """Say once that the cache does not work; the bot does without."""
        level = logging.DEBUG if self._complained else logging.WARNING
        self._complained = True
        log.log(level, "the cache does not work now (%s); doing without", error)


async def _connected(path: str) -> aiosqlite.Connection:
    """Open a database and prove that it can be read and written."""
    database = await aiosqlite.connect(path)
    try:
        await database.execute(f"PRAGMA busy_timeout = {_BUSY_MILLISECONDS}")
        await database.execute("PRAGMA journal_mode = WAL")
        await database.execute("PRAGMA synchronous = NORMAL")
        found = await _one(database, "PRAGMA user_version", ())
        if found is not None and int(found[0]) not in (0, _SCHEMA_VERSION):
            raise sqlite3.DatabaseError("made by another version")
        checked = await _one(database, "PRAGMA quick_check(1)", ())
        if checked is None or checked[0] != "ok":
            raise sqlite3.DatabaseError("it fails its check")
        await database.executescript(_SCHEMA)
        await database.execute(f"PRAGMA user_version = {_SCHEMA_VERSION}")
        await database.commit()
    except BaseException:
        # Its thread is no daemon: a connection left open would hold the process at its end.
        await _closed(database)
        raise
    return database


async def _one(database: aiosqlite.Connection, statement: str, values: Iterable[object]) -> sqlite3.Row | None:
    async with database.execute(statement, tuple(values)) as cursor:
        return await cursor.fetchone()


async def _closed(database: aiosqlite.Connection) -> None:
    try:
        await database.close()
    except sqlite3.Error as error:
        log.debug("closing the cache: %s", error)


async def _rolled_back(database: aiosqlite.Connection) -> None:
    try:
        await database.rollback()
    except sqlite3.Error as error:
        log.debug("undoing work on the cache: %s", error)


def _remove(path: Path) -> None:
    """Delete a database with what belongs to it; what cannot be deleted shows when it is opened next."""
    for name in (path, path.with_name(f"{path.name}-wal"), path.with_name(f"{path.name}-shm")):
        try:
            name.unlink(missing_ok=True)
        except OSError as error:
            log.warning("cannot delete the damaged cache file: %s", error)
