"""Single flight: equal requests that are under way at the same time are one request."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Hashable
from dataclasses import dataclass


class FlightEnded(Exception):
    """The shared work was ended from outside while others still waited for it."""


@dataclass(eq=False, slots=True)
class _Flight:
    task: asyncio.Task[object]
    waiting: int = 0


class SingleFlight:
    """Joins equal requests; one waiter who leaves does not end the work for the others, the last one does."""

    def __init__(self) -> None:
        self._flights: dict[Hashable, _Flight] = {}
        self._tasks: set[asyncio.Task[object]] = set()

    async def join(self, key: Hashable, make: Callable[[], Coroutine[None, None, object]]) -> object:
        """Return what the work under `key` gives, starting it when there is none.

        :raises FlightEnded: when `close` ended the work.
        """
        flight = self._flights.get(key)
        if flight is None:
            flight = self._flights[key] = _Flight(asyncio.create_task(make()))
            self._tasks.add(flight.task)
            flight.task.add_done_callback(lambda task: self._landed(key, task))
        flight.waiting += 1
        try:
            return await asyncio.shield(flight.task)
        except asyncio.CancelledError:
            me = asyncio.current_task()
            if flight.task.cancelled() and me is not None and not me.cancelling():
                raise FlightEnded from None
            raise
        finally:
            flight.waiting -= 1
            if not flight.waiting and not flight.task.done():
                self._forget(key, flight.task)
                flight.task.cancel()

    async def close(self) -> None:
        """End all work and wait until it has ended."""
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _landed(self, key: Hashable, task: asyncio.Task[object]) -> None:
        self._tasks.discard(task)
        self._forget(key, task)
        if not task.cancelled():
            task.exception()  # everybody may have left: nobody else would look at it

    def _forget(self, key: Hashable, task: asyncio.Task[object]) -> None:
        """Let the next equal request start anew, unless another has taken the place."""
        if (flight := self._flights.get(key)) is not None and flight.task is task:
            del self._flights[key]
