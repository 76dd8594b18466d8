"""Restoring: a backup put in the place of the data, which is kept aside."""

from __future__ import annotations

import contextlib
import shutil
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

from msgspec import Struct

from bot.clock import Clock
from bot.errors import BackupUnusable, DataInTheWay, StoreDamaged
from bot.files import flush, flush_folder
from bot.identity import SECRET_FILE, fingerprints, load_secrets, save_secrets
from bot.services.backups import Manifest, Unpacked, unpacked
from bot.store import deliveries
from bot.store.copies import files_of, fold_log
from bot.store.engine import sqlite_url
from bot.store.store import Store


class Restored(Struct, frozen=True):
    """What was restored, how many deliveries are looked at again, where the old data went (None: there was none)."""

    manifest: Manifest
    looked_at_again: int
    aside: Path | None


async def restore_backup(
    archive: Path, *, folder: Path, database: Path, given: Mapping[int, bytes], clock: Clock, force: bool
) -> Restored:
    """Put a backup in the place of the data in `folder`, whose lock the caller holds.

    `given` are the secrets of SUB_ID_SECRET, which outrank the file's. With `force` what is there is moved aside,
    never deleted. Raises BackupUnusable, DataInTheWay, StoreTooNew, DataFolderError.
    """
    database.parent.mkdir(parents=True, exist_ok=True)
    with unpacked(archive, database.parent) as backup:
        if backup.database is None:
            raise BackupUnusable(
                f"{archive} holds no database, only the secret: restore the database with its own tools."
            )
        replaces = _secrets_to_keep(archive, backup, folder, given, force=force)
        if files_of(database) and not force:
            raise DataInTheWay(
                f"There is a database already, {database}: --force moves it aside and puts the backup in its place."
            )
        again = await _made_ready(backup.database, clock)
        aside = _kept_aside(folder, database, clock.now(), secret=bool(replaces))
        if replaces:
            save_secrets(folder, replaces)
        backup.database.replace(database)
        flush_folder(database.parent)
    return Restored(backup.manifest, again, aside)


def _secrets_to_keep(
    archive: Path, backup: Unpacked, folder: Path, given: Mapping[int, bytes], *, force: bool
) -> dict[int, bytes]:
    """Return the secrets that the data folder gets, none when those in use are (also) the backup's."""
    wanted = backup.manifest.secrets
    used = given or load_secrets(folder)
    if wanted.items() <= fingerprints(used).items():
        return {}
    if given:
        raise BackupUnusable(
            f"SUB_ID_SECRET is not the secret that {archive} was made with, so people would look new to the services: "
            "set it to that one" + (", or leave it out, since the backup holds it." if backup.secrets else ".")
        )
    if not backup.secrets:
        raise BackupUnusable(
            f"The secret that {archive} was made with is not in it: set SUB_ID_SECRET to what it was then."
        )
    if used and not force:
        raise DataInTheWay(
            f"{folder / SECRET_FILE} holds another secret than the backup: --force moves it aside and restores the old."
        )
    return backup.secrets


async def _made_ready(database: Path, clock: Clock) -> int:
    """Bring the tables up to date and let every delivery be compared with its service; return how many."""
    store = await Store.open(sqlite_url(database.parent), clock=clock)
    try:
        async with store.writing() as connection:
            numbers = [
                await deliveries.look_again(connection, source, now=clock.now())
                for source in sorted(deliveries.REMOTE_SOURCES)
            ]
    finally:
        await store.close()
    fold_log(database)
    with database.open("rb+") as file:
        flush(file)
    return sum(numbers)


def _kept_aside(folder: Path, database: Path, now: datetime, *, secret: bool) -> Path | None:
    """Keep the database, and the secret where it is to be replaced, in a folder beside it; None: nothing was there.

    The files stay at their places as well until they are replaced, so that a crash leaves either the old or the new.
    """
    # So that no log is left apart from its database; a damaged one is kept as it is, log and all.
    with contextlib.suppress(StoreDamaged):
        fold_log(database)
    files = files_of(database) + [path for path in [folder / SECRET_FILE] if secret and path.exists()]
    if not files:
        return None
    aside = database.parent / f"before-restore-{now:%Y%m%d-%H%M%S}"
    aside.mkdir(mode=0o700)
    for file in files:
        try:
            (aside / file.name).hardlink_to(file)
        except OSError:
            shutil.copy2(file, aside / file.name)
    flush_folder(aside)
    for log in [file for file in files_of(database) if file != database]:
        log.unlink()
    return aside
