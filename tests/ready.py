"""A database of ours with every table and no row, for the many tests to which migrating is only the way there."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from functools import lru_cache
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy import create_engine

from bot.store import migrate
from bot.store.engine import sqlite_url


def ready_database(folder: Path) -> None:
    """Put a database into a data folder that has none yet; whoever opens it still sees whether it is current."""
    database = Path(sqlite_url(folder).database or "")
    if not database.exists():
        folder.mkdir(parents=True, exist_ok=True)
        database.write_bytes(_migrated())


@lru_cache(maxsize=1)
def _migrated() -> bytes:
    """Run the migrations, once a test process; returns the file."""
    with TemporaryDirectory() as folder:
        database = Path(folder) / "database"
        engine = create_engine(f"sqlite:///{database}")
        try:
            with engine.begin() as connection:
                migrate.upgrade(connection)
        finally:
            engine.dispose()
        with closing(sqlite3.connect(database)) as connected:
            # As it is after the first start; to turn it on takes longer than to copy the file.
            connected.execute("PRAGMA journal_mode = WAL")
        return database.read_bytes()
