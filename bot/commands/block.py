"""`block`: the operator's list of pictures that are hidden in every server; a running bot takes it over by itself."""

from __future__ import annotations

import argparse
from collections.abc import Iterable

from bot.clock import SystemClock
from bot.errors import UnclearPicture, UnknownPicture
from bot.models import PictureKey
from bot.services.moderation import LOOK_AGAIN, block, blocked_everywhere, unblock
from bot.services.resolve import keys_of
from bot.settings import Settings
from bot.store.store import Store


async def run(settings: Settings, arguments: argparse.Namespace) -> int:
    """Add to the list, remove from it, or print it. Raises `UnclearPicture`, `StoreUnreachable`."""
    keys = _keys(arguments.pictures)
    store = await Store.open(settings.database, clock=SystemClock())
    try:
        match arguments.act:
            case "add":
                new = await block(store, keys, arguments.reason)
                _tell(keys, new, "is hidden everywhere", "was hidden everywhere before")
            case "remove":
                gone = await unblock(store, keys)
                _tell(keys, gone, "may be shown again", "was not on the list")
            case _:
                await _print(store)
    finally:
        await store.close()
    return 0


def _keys(asked: Iterable[str]) -> list[PictureKey]:
    """Return the pictures that are named; an address may name two. Raises `UnclearPicture`."""
    found: list[PictureKey] = []
    for text in asked:
        try:
            keys = keys_of(text.strip())
        except UnknownPicture as error:
            raise UnclearPicture(text) from error
        if len({key.source for key in keys}) > 1:
            raise UnclearPicture(text)
        found += keys
    return list(dict.fromkeys(found))


def _tell(keys: Iterable[PictureKey], done: Iterable[PictureKey], changed: str, same: str) -> None:
    for key in keys:
        print(f"{key.source}:{key.id} {changed if key in done else same}.")
    if done:
        print(f"A bot that runs takes this over within {LOOK_AGAIN:.0f} seconds.")


async def _print(store: Store) -> None:
    entries = await blocked_everywhere(store)
    for entry in entries:
        reason = f"  # {entry.reason}" if entry.reason else ""
        print(f"{entry.key.source}:{entry.key.id}  {entry.at:%Y-%m-%d %H:%M} UTC{reason}")
    if not entries:
        print("Nothing is hidden everywhere.")
