"""Locks that outlive no process: on the data folder, on a PostgreSQL database, on a picture while votes change."""

from __future__ import annotations

import hashlib
import os
import sys
from pathlib import Path
from typing import Self

from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from bot.errors import AlreadyRunning, DataFolderError
from bot.store.engine import POSTGRESQL

if sys.platform == "win32":
    import msvcrt

    def _lock(descriptor: int) -> None:
        msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
else:
    import fcntl

    def _lock(descriptor: int) -> None:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)


# Advisory locks of two numbers live apart from those of one, which `hold_picture` uses.
_RUNNING = 0x50415750
_MIGRATING = 0x50415751
_LOCK_NOT_AVAILABLE = "55P03"


class DataLock:
    """Holds a data folder for this process. The kernel lets go of it when the process ends, however it ends."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._descriptor: int | None = None

    def acquire(self) -> None:
        """Take the folder, making it when it is missing. Raises AlreadyRunning or DataFolderError."""
        if self._descriptor is not None:
            return
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            descriptor = os.open(self._folder / "pawprint.lock", os.O_RDWR | os.O_CREAT, 0o600)
        except OSError as error:
            raise DataFolderError(
                f"The data folder {self._folder} cannot be written ({error.strerror}): set DATA_DIR to a folder that "
                "belongs to the bot."
            ) from error
        try:
            _lock(descriptor)
        except OSError as error:
            os.close(descriptor)
            raise AlreadyRunning(
                f"Another copy of Pawprint is using the data folder {self._folder}: stop it first, or give this one a "
                "DATA_DIR of its own."
            ) from error
        self._descriptor = descriptor

    def release(self) -> None:
        """Let the folder go; harmless when it is not held."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None

    def __enter__(self) -> Self:
        self.acquire()
        return self

    def __exit__(self, *_: object) -> None:
        self.release()


async def hold_database(engine: AsyncEngine, cluster: int) -> AsyncConnection:
    """Take a PostgreSQL database for one cluster and return the connection that holds it until it is closed.

    Raises AlreadyRunning when another process has the same cluster; it waits a second first, since the server may
    notice the death of a killed one a moment late.
    """
    connection = await (await engine.connect()).execution_options(isolation_level="AUTOCOMMIT")
    try:
        await connection.execute(text("SET lock_timeout = '1s'"))
        await connection.execute(
            text("SELECT pg_advisory_lock(:kind, :cluster)"), {"kind": _RUNNING, "cluster": cluster}
        )
    except BaseException as error:
        # Invalidated, not handed back: the pool must not keep a session with settings or locks of ours.
        await connection.invalidate()
        await connection.close()
        if isinstance(error, DBAPIError) and getattr(error.orig, "sqlstate", None) == _LOCK_NOT_AVAILABLE:
            raise AlreadyRunning(
                f"Another copy of Pawprint is using the database as cluster {cluster}: stop it first, or give this one "
                "another CLUSTER_INDEX or DATABASE_URL."
            ) from error
        raise
    return connection


async def hold_migrations(connection: AsyncConnection) -> None:
    """Keep other processes from migrating until the transaction ends; SQLite's write lock already does."""
    if connection.dialect.name == POSTGRESQL:
        await connection.execute(text("SELECT pg_advisory_xact_lock(:kind, 0)"), {"kind": _MIGRATING})


async def hold_picture(connection: AsyncConnection, *parts: object) -> None:
    """Put the transactions on one thing (space and picture) in a row, until this one ends.

    PostgreSQL runs them side by side; without this, two presses would each count only themselves. SQLite has one
    writer anyway.
    """
    if connection.dialect.name == POSTGRESQL:
        digest = hashlib.blake2b("\0".join(map(str, parts)).encode(), digest_size=8).digest()
        number = int.from_bytes(digest, "big", signed=True)
        await connection.execute(text("SELECT pg_advisory_xact_lock(:number)"), {"number": number})
