"""`check`: looks at everything that a start needs, and says what is wrong with each."""

from __future__ import annotations

import argparse
from collections.abc import Awaitable, Callable

from bot.app import api_of
from bot.backends.transport import Transport
from bot.clock import SystemClock
from bot.discord_rest import logged_in
from bot.errors import BackendError, OperatorError
from bot.models import Source
from bot.settings import Settings
from bot.store.locks import DataLock
from bot.store.store import Store

Look = Callable[[Settings], Awaitable[str]]


async def run(settings: Settings, arguments: argparse.Namespace) -> int:  # noqa: ARG001 - a verb's form
    """Print a line for each thing; the exit code is 1 when one of them will not do."""
    faults = 0
    looks: dict[str, Look] = {
        "data folder": _data_folder,
        "database": _database,
        "TheCatAPI": _cats,
        "TheDogAPI": _dogs,
        "Discord": _discord,
    }
    for name, look in looks.items():
        try:
            found = await look(settings)
        except (OperatorError, BackendError) as error:
            faults += 1
            print(f"✗ {name}: {error}")
        else:
            print(f"✓ {name}: {found}")
    return 1 if faults else 0


async def _data_folder(settings: Settings) -> str:
    with DataLock(settings.data_dir):
        return f"{settings.data_dir} can be written"


async def _database(settings: Settings) -> str:
    store = await Store.open(settings.database, clock=SystemClock())
    await store.close()
    return f"{store.dialect}, up to date"


async def _cats(settings: Settings) -> str:
    return await _service(settings, Source.CATAPI)


async def _dogs(settings: Settings) -> str:
    return await _service(settings, Source.DOGAPI)


async def _service(settings: Settings, source: Source) -> str:
    if settings.sandboxed:
        return "not asked, since the sandbox has its own"
    transport = Transport(settings.user_agent)
    await transport.start()
    try:
        api = api_of(settings, transport, source)
        pictures = await api.search(limit=1)
        if api.keyed:
            await api.favourites("pawprint-check")
    finally:
        await transport.close()
    return f"{len(pictures)} picture came, " + ("the key works" if api.keyed else "without a key")


async def _discord(settings: Settings) -> str:
    if settings.discord_token is None:
        return "no token, so the sandbox runs"
    async with logged_in(settings) as client:
        return f"logged in as {client.user}"
