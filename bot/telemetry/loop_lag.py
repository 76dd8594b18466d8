"""How late the event loop is: a timer that measures its own delay."""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Awaitable, Callable

_EVERY = 0.5
# Half a minute: the longest time between two looks of most who scrape.
_KEPT = 60


class LoopLag:
    """Measures twice a second while `run` runs. All values are seconds, of real time."""

    def __init__(
        self,
        *,
        monotonic: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
    ) -> None:
        self._monotonic = monotonic
        self._sleep = sleep
        self._due: float | None = None
        self._measured: deque[float] = deque(maxlen=_KEPT)

    async def run(self) -> None:
        """Measure for ever."""
        while True:
            self._due = self._monotonic() + _EVERY
            await self._sleep(_EVERY)
            self._measured.append(max(0.0, self._monotonic() - self._due))

    @property
    def now(self) -> float:
        """The newest delay; that of the timer under way counts as well once it is late."""
        overdue = 0.0 if self._due is None else self._monotonic() - self._due
        return max(0.0, overdue, *list(self._measured)[-1:])

    @property
    def worst(self) -> float:
        """The longest delay of the last half minute."""
        return max(self.now, *self._measured, 0.0)
