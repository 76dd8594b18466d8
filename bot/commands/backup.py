"""`backup`: database and secret in one private file, while the bot runs or not."""

from __future__ import annotations

import argparse
import asyncio
import sys
from pathlib import Path

from bot import __version__
from bot.app import given_secrets
from bot.clock import SystemClock
from bot.errors import DataFolderError, NothingToBackUp
from bot.identity import load_secrets
from bot.services.backups import FOLDER, Manifest, backup_name, prune, write_backup
from bot.settings import Settings
from bot.store.engine import sqlite_file

_ELSEWHERE = "The database is PostgreSQL: back it up with pg_dump, which is what its server is for."


async def run(settings: Settings, arguments: argparse.Namespace) -> int:
    """Write the backup and say where it is. Raises an `OperatorError` when there is nothing to back up."""
    now = SystemClock().now()
    target = arguments.file or settings.data_dir / FOLDER
    if target.is_dir() or not arguments.file:
        target = target / backup_name(now)
    database, kept = sqlite_file(settings.database), load_secrets(settings.data_dir)
    if database is None and not kept:
        raise NothingToBackUp(_ELSEWHERE + " The secret is in SUB_ID_SECRET: keep that as well.")
    if database is not None and not database.exists():
        raise NothingToBackUp(f"There is no database {database} yet, so nothing to back up: see DATA_DIR.")
    used = given_secrets(settings)
    try:
        target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        manifest = await asyncio.to_thread(
            write_backup,
            target,
            database=database,
            kept=kept,
            used=used or kept,
            version=__version__,
            now=now,
        )
        gone = prune(target.parent, arguments.keep) if arguments.keep else []
    except OSError as error:
        raise DataFolderError(f"The backup {target} cannot be written ({error}).") from error
    _tell(target, manifest, gone)
    if database is None:
        print(_ELSEWHERE, file=sys.stderr)
    if used:
        print("SUB_ID_SECRET is in your settings: keep it with the backup.", file=sys.stderr)
    return 0


def _tell(target: Path, manifest: Manifest, gone: list[Path]) -> None:
    contents = manifest.contents
    what = "the secret" if contents is None else f"{contents.votes} votes and {contents.favourites} favourites"
    print(f"{target} holds {what}.")
    for path in gone:
        print(f"{path} was one too many, and is deleted.")
