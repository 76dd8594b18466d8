"""`restore`: a backup in the place of the data, or what the services keep for a bot on a new machine."""

from __future__ import annotations

import argparse

from bot.app import api_of, given_secrets
from bot.backends.transport import Transport
from bot.clock import Clock, SystemClock
from bot.errors import BackendError, BackupUnusable
from bot.identity import SubIds, load_secrets
from bot.models import Source
from bot.services.reclaiming import Reclaim, Reclaimed, Taken
from bot.services.restoring import restore_backup
from bot.settings import Settings
from bot.store.engine import sqlite_file
from bot.store.locks import DataLock
from bot.store.store import Store

_NAMES = {Source.CATAPI: "TheCatAPI", Source.DOGAPI: "TheDogAPI"}


async def run(settings: Settings, arguments: argparse.Namespace) -> int:
    """Restore, and say what came. Raises an `OperatorError`, also while the bot runs."""
    if arguments.file is None and not arguments.from_services:
        raise BackupUnusable("Name the backup to restore, or say --from-services.")
    clock = SystemClock()
    with DataLock(settings.data_dir):
        if arguments.file is not None:
            await _from_file(settings, arguments, clock)
        return await _from_services(settings, clock) if arguments.from_services else 0


async def _from_file(settings: Settings, arguments: argparse.Namespace, clock: Clock) -> None:
    database = sqlite_file(settings.database)
    if database is None:
        raise BackupUnusable("The database is PostgreSQL: restore it with pg_restore or psql.")
    restored = await restore_backup(
        arguments.file,
        folder=settings.data_dir,
        database=database,
        given=given_secrets(settings),
        clock=clock,
        force=arguments.force,
    )
    contents, made_at = restored.manifest.contents, restored.manifest.made_at
    assert contents is not None
    print(f"{contents.votes} votes and {contents.favourites} favourites of {made_at:%Y-%m-%d %H:%M} UTC are back.")
    print(f"The bot will compare {restored.looked_at_again} of them with the services.")
    if restored.aside is not None:
        print(f"What was there before is in {restored.aside}.")


async def _from_services(settings: Settings, clock: Clock) -> int:
    secrets = given_secrets(settings) or load_secrets(settings.data_dir)
    if not secrets:
        raise BackupUnusable(
            "Without the secret nobody can tell whose favourites they are: set SUB_ID_SECRET to what it was, or put "
            f"the old sub-id.secret into {settings.data_dir}."
        )
    store = await Store.open(settings.database, clock=clock, cluster=0)
    try:
        transport = Transport(settings.user_agent)
        await transport.start()
        try:
            reclaim = Reclaim(store, SubIds(secrets), clock)
            answers = [await _from_service(settings, transport, reclaim, source) for source in _NAMES]
        finally:
            await transport.close()
    finally:
        await store.close()
    return 0 if all(answers) else 1


async def _from_service(settings: Settings, transport: Transport, reclaim: Reclaim, source: Source) -> bool:
    """Take back what one service keeps; tell whether that worked out."""
    name, api = _NAMES[source], api_of(settings, transport, source)
    if not api.keyed:
        print(f"✗ {name}: there is no key, so it keeps nothing for this bot")
        return True
    try:
        found = await reclaim.take_back(api)
    except BackendError as error:
        print(f"✗ {name}: {error}; run this again later")
        return False
    print(f"✓ {name}: {_told(found)}")
    return True


def _told(found: Reclaimed) -> str:
    votes = "votes cannot be read there with a key" if found.votes is None else f"votes: {_counted(found.votes)}"
    return f"favourites: {_counted(found.favourites)}; {votes}"


def _counted(taken: Taken) -> str:
    told = [f"{taken.added} added", f"{taken.known} were here"]
    told += [f"{taken.foreign} of somebody else"] if taken.foreign else []
    told += [f"{taken.lost} without a picture"] if taken.lost else []
    return ", ".join(told)
