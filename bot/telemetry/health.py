"""Whether the bot is ready: named checks, and looks at slow things that are shared by all who ask."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Coroutine
from datetime import datetime, timedelta
from typing import Any, Protocol

from bot.clock import Clock

Check = Callable[[], Awaitable[str | None]]

_log = logging.getLogger(__name__)


class Spawn(Protocol):
    """Starts background work."""

    def __call__(self, work: Coroutine[Any, Any, None], *, name: str) -> asyncio.Task[None]:
        """Start it and return its task."""
        ...


class Health:
    """The checks. Each answers None when all is well, else what is wrong in a few words; none waits for a network."""

    def __init__(self) -> None:
        self._checks: dict[str, Check] = {}
        self.latest: dict[str, str | None] = {}
        """What `faults` returned the last time."""

    def require(self, name: str, check: Check) -> None:
        """Be ready only while a check is well; a second one of the same name takes the place of the first."""
        self._checks[name] = check

    async def faults(self) -> dict[str, str | None]:
        """Make every check; return what each answered, by name."""
        names = sorted(self._checks)
        found = await asyncio.gather(*(self._checks[name]() for name in names))
        self.latest = dict(zip(names, found, strict=True))
        return self.latest


class Probe:
    """A look at something that may be slow or broken, made when somebody asks, at most once in `every`.

    Who asks meanwhile gets the last answer. `patience` is the seconds that anybody waits for the look; one that takes
    longer goes on in the background, and no second one is begun beside it.
    """

    def __init__(
        self,
        name: str,
        look: Callable[[], Coroutine[Any, Any, None]],
        spawn: Spawn,
        clock: Clock,
        *,
        every: timedelta = timedelta(seconds=5),
        patience: float = 2.0,
    ) -> None:
        self._name = name
        self._look = look
        self._spawn = spawn
        self._clock = clock
        self._every = every
        self._patience = patience
        self._looked_at: datetime | None = None
        self._looking: asyncio.Task[None] | None = None
        self._fault: str | None = None

    async def ask(self) -> str | None:
        """Return None when the last look ended well, else in a few words how it ended."""
        if (self._looking is None or self._looking.done()) and self._is_old():
            self._looked_at = self._clock.now()
            self._looking = self._spawn(self._try(), name=f"look at the {self._name}")
        if self._looking is not None:
            await asyncio.wait({self._looking}, timeout=self._patience)
            if not self._looking.done():
                return f"no answer in {self._patience:g} s"
        return self._fault

    def _is_old(self) -> bool:
        # A clock that was set back must not end the looking.
        return self._looked_at is None or not timedelta() <= self._clock.now() - self._looked_at < self._every

    async def _try(self) -> None:
        try:
            await self._look()
        except Exception as error:  # noqa: BLE001 - whatever it is, it is what was looked for
            # The text of the error is for the log alone: it may name addresses and files.
            fault = type(error).__name__
            if fault != self._fault:
                _log.warning("The %s is in trouble: %s", self._name, error)
            self._fault = fault
        else:
            if self._fault is not None:
                _log.info("The %s is well again", self._name)
            self._fault = None
