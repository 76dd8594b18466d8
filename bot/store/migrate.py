"""Brings a database to the newest tables, and refuses one that is newer than this program."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

from bot.errors import StoreTooNew

_FOLDER = Path(__file__).parent / "migrations"


def _config(connection: Connection) -> Config:
    config = Config()
    config.set_main_option("script_location", str(_FOLDER).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    return config


@lru_cache(maxsize=1)
def _scripts() -> ScriptDirectory:
    """Read the migrations that this program knows: once, since each is a module to import."""
    return ScriptDirectory(str(_FOLDER))


def is_current(connection: Connection) -> bool:
    """Tell whether the tables are the newest this program knows. Raises StoreTooNew when they are newer."""
    scripts = _scripts()
    found = MigrationContext.configure(connection).get_current_heads()
    known = {script.revision for script in scripts.walk_revisions()}
    unknown = sorted(set(found) - known)
    if unknown:
        raise StoreTooNew(
            f"The database was written by a newer version of Pawprint (its tables are at {', '.join(unknown)}, this "
            f"version knows them up to {scripts.get_current_head()}): start that newer version again, or restore a "
            "backup that was made with this one."
        )
    return set(found) == set(scripts.get_heads())


def upgrade(connection: Connection) -> None:
    """Run the migrations that are missing, inside the connection's transaction; the caller holds the lock."""
    if not is_current(connection):
        command.upgrade(_config(connection), "head")
