"""Privacy: what is kept of a person, who may see them in lists, and the round that forgets people and servers."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from datetime import datetime
from typing import Final

from bot.clock import Clock
from bot.identity import Person
from bot.models import Source
from bot.services.departures import Departures
from bot.services.forgetting import Forgetting
from bot.store import deliveries, preferences, privacy
from bot.store.store import Store

_log = logging.getLogger(__name__)

KEEPS_VOTES: Final = frozenset({Source.DOGAPI})
"""Services of the newer generation, whose documents know no call that deletes a vote."""

# Seconds between two looks: while a service still has to delete something, and at most.
_SOON: Final = 30.0
_LONGEST_REST: Final = 3600.0


class Privacy:
    """What `/privacy` is about. `run` belongs into a task of its own; cancel that to stop, and nothing is lost."""

    def __init__(self, store: Store, clock: Clock, forgetting: Forgetting, departures: Departures) -> None:
        self._store = store
        self._clock = clock
        self.forgetting = forgetting
        self.departures = departures
        self._woken = asyncio.Event()

    async def held(self, person: Person) -> dict[str, int]:
        """Return how much is kept of a person in a space, by the sections of an export; only what there is."""
        async with self._store.reading() as connection:
            return await privacy.held(connection, person)

    async def undeletable(self, person: Person, *, everywhere: bool) -> int:
        """Return how many of a person's votes are at a service that deletes none."""
        space = None if everywhere else person.space
        async with self._store.reading() as connection:
            return await deliveries.votes_held(connection, KEEPS_VOTES, person.user, space)

    async def is_unlisted(self, person: Person) -> bool:
        """Tell whether a person wants to be in no list of a server."""
        async with self._store.reading() as connection:
            return await preferences.is_unlisted(connection, person)

    async def set_unlisted(self, person: Person, unlisted: bool) -> None:
        """Leave a person out of the lists of a server, or let them in again."""
        async with self._store.writing() as connection:
            await preferences.choose(connection, person, unlisted=unlisted)

    def wake(self) -> None:
        """Have it looked at now what is due; called after a change, and after the clock was moved."""
        self._woken.set()

    async def run(self) -> None:
        """Forget what is due, for ever; it ends only by being cancelled."""
        while True:
            self._woken.clear()
            try:
                seconds = await self.sweep()
            except Exception:  # noqa: BLE001 - the store's troubles arrive here; what people asked for outlives them
                _log.exception("Forgetting stumbled")
                seconds = _SOON
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(seconds):
                    await self._woken.wait()

    async def sweep(self) -> float:
        """Forget what is due, and return after how many seconds to look again."""
        open_wishes = await self.forgetting.sweep()
        next_ = await self.departures.sweep()
        return min(_SOON if open_wishes else _LONGEST_REST, self._until(next_))

    def _until(self, next_: datetime | None) -> float:
        if next_ is None:
            return _LONGEST_REST
        return max(_SOON, (next_ - self._clock.now()).total_seconds())
