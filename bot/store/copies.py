"""Copies of a SQLite database: taken while the bot runs, and looked through before one is trusted."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from msgspec import Struct

from bot.errors import StoreDamaged

_BUSY_SECONDS = 10.0


class Contents(Struct, frozen=True):
    """What is in a database: the revision of its tables (None: no tables), and how many votes and favourites."""

    revision: str | None
    votes: int
    favourites: int


def copy_database(source: Path, target: Path) -> None:
    """Copy a database as it is at one moment, whoever writes to it meanwhile, into one file without a log beside it.

    Raises StoreDamaged.
    """
    try:
        with closing(_connect(source)) as read, closing(_connect(target)) as written:
            read.backup(written)
            written.execute("PRAGMA journal_mode = DELETE")
    except sqlite3.Error as error:
        raise StoreDamaged(source, str(error)) from error


def look_through(path: Path) -> Contents:
    """Check every page of a database, and tell what is in it. Raises StoreDamaged."""
    try:
        with closing(_connect(path)) as connection:
            found = connection.execute("PRAGMA integrity_check(1)").fetchone()[0]
            if found != "ok":
                raise StoreDamaged(path, str(found).partition("\n")[0])
            tables = {name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
            if "alembic_version" not in tables:
                return Contents(None, 0, 0)
            revision = connection.execute("SELECT max(version_num) FROM alembic_version").fetchone()[0]
            votes = connection.execute("SELECT count(*) FROM votes").fetchone()[0] if "votes" in tables else 0
            favourites = (
                connection.execute("SELECT count(*) FROM favourites").fetchone()[0] if "favourites" in tables else 0
            )
            return Contents(revision, votes, favourites)
    except sqlite3.Error as error:
        raise StoreDamaged(path, str(error)) from error


def fold_log(path: Path) -> None:
    """Bring what lies in the write-ahead log into the database file, so that the file is all. Raises StoreDamaged."""
    try:
        with closing(_connect(path)) as connection:
            connection.execute("PRAGMA journal_mode = DELETE")
    except sqlite3.Error as error:
        raise StoreDamaged(path, str(error)) from error


def files_of(path: Path) -> list[Path]:
    """Return the files that are there of a database, its log first: a log beside another database would spoil it."""
    names = (path.with_name(path.name + ending) for ending in ("-wal", "-shm", "-journal", ""))
    return [file for file in names if file.exists()]


def _connect(path: Path) -> sqlite3.Connection:
    """Open a file that is there; one that is not is a mistake, not an empty database."""
    return sqlite3.connect(f"{path.absolute().as_uri()}?mode=rw", uri=True, timeout=_BUSY_SECONDS, isolation_level=None)
