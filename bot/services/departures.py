"""Servers that the bot left: their data wait some days in case it comes back, and are then deleted everywhere."""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Sequence
from datetime import datetime, timedelta

from bot.clock import Clock
from bot.store import deliveries, departures, identities, privacy
from bot.store.store import Store

_log = logging.getLogger(__name__)


class Departures:
    """Remembers what was left when, and deletes what is due after `days`; with 0 at once.

    Each of `let_go` has a room let go of what it has in memory of a server.
    """

    def __init__(self, store: Store, clock: Clock, days: int, let_go: Sequence[Callable[[int], None]]) -> None:
        self._store = store
        self._clock = clock
        self._wait = timedelta(days=days)
        self._let_go = let_go

    async def left(self, space: int) -> None:
        """Note that the bot left a server, or that the server is no more."""
        async with self._store.writing() as connection:
            await departures.note_left(connection, space, now=self._clock.now())

    async def back(self, space: int) -> None:
        """Note that the bot is in a server: its data stay."""
        async with self._store.reading() as connection:
            known = any(one.space == space for one in await departures.every(connection))
        if known:
            async with self._store.writing() as connection:
                await departures.note_back(connection, space)

    async def compare(self, there: Collection[int], ours: Callable[[int], bool]) -> None:
        """Notice what happened while the bot was off: `there` are all servers that it is in, as far as they are `ours`.

        Servers of other processes are none of ours. One that Discord cannot reach now is there all the same.
        """
        async with self._store.reading() as connection:
            known = {space for space in await privacy.spaces(connection) if ours(space)}
            gone = {one.space for one in await departures.every(connection)}
        for space in sorted(known - gone - set(there)):
            await self.left(space)
        for space in sorted(gone & set(there)):
            await self.back(space)

    async def sweep(self) -> datetime | None:
        """Delete what is due, and go on with what the services still have; return when to look next, None for never."""
        async with self._store.reading() as connection:
            gone = await departures.every(connection)
        now = self._clock.now()
        due = [one for one in gone if one.emptied_at is None and one.left_at + self._wait <= now]
        for one in due:
            await self._empty(one.space)
        if due:
            _log.info("Deleted the data of servers that the bot left %s days ago: %s", self._wait.days, len(due))
        asked = [one.space for one in gone if one.emptied_at is not None or one in due]
        open_ones = [space for space in asked if not await self._finish(space)]
        waiting = [one.left_at + self._wait for one in gone if one.space not in asked]
        return min([*waiting, *([now] if open_ones else [])], default=None)

    async def _empty(self, space: int) -> None:
        async with self._store.writing() as connection:
            now = self._clock.now()
            await deliveries.withdraw_space(connection, space, now=now)
            await privacy.forget_space(connection, space)
            await departures.note_emptied(connection, space, now=now)
        for let_go in self._let_go:
            let_go(space)

    async def _finish(self, space: int) -> bool:
        async with self._store.writing() as connection:
            if await deliveries.tombstones(connection, space):
                return False
            await deliveries.drop_kept(connection, space)
            await identities.forget_space(connection, space)
            await departures.drop(connection, space)
        return True
