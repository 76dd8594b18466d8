"""What the app tells health and metrics: how the process does, its store, its calls, its pool, what waits."""

from __future__ import annotations

import time
from datetime import datetime

from bot import __version__
from bot.backends.transport import Shelf
from bot.clock import Clock
from bot.services.pictures import Pictures
from bot.settings import Settings
from bot.store import meta
from bot.store.store import Store
from bot.sync import Sync
from bot.telemetry import Counts
from bot.telemetry.health import Health, Probe, Spawn
from bot.telemetry.loop_lag import LoopLag
from bot.telemetry.server import TelemetryServer
from bot.telemetry.shelf import CountedShelf

# Seconds that a timer may be late while the bot still counts as ready.
_MOST_LAG = 1.0
# What the transport says of an attempt that was not made.
_NOT_MADE = ("paused", "circuit")
# The first HTTP status by which a service owns up to a failure.
_FAILED_THERE = 500


class Monitor:
    """Counts and checks. The bot adds its own to `counts` and `health`; `ready` ends with the app."""

    def __init__(self, clock: Clock, spawn: Spawn) -> None:
        self.counts = Counts()
        self.health = Health()
        self.running = False
        """Whether the app is neither starting nor stopping."""
        self.began = clock.now()
        self.answered: dict[str, datetime] = {}
        """When each service last gave an answer that was no failure of its own, by its name."""
        self._server = TelemetryServer(self.health, self.counts)
        self._clock = clock
        self._spawn = spawn
        self._lag = LoopLag()
        self._backlog: dict[str, int] = {}
        self.health.require("started", self._started)
        self.health.require("loop", self._in_time)
        # Until there is a store, and a bot that tells of its shards.
        self.health.require("store", _absent)
        self.health.require("gateway", _absent)
        self.counts.watch("info", lambda: {(__version__,): 1.0})
        self.counts.watch("loop_lag", lambda: {(): self._lag.worst})
        self.counts.watch("check", self._checks, refresh=self.health.faults)

    @property
    def url(self) -> str:
        """Where health and metrics are, once they are."""
        return str(self._server.url)

    async def start(self, settings: Settings) -> None:
        """Listen where the settings say so. Raises `PortTaken`."""
        if settings.http_port is not None:
            await self._server.start(settings.http_host, settings.http_port)
            self._spawn(self._lag.run(), name="loop lag")

    async def close(self) -> None:
        """Stop listening; harmless when it never began."""
        await self._server.close()

    def shelf(self, shelf: Shelf) -> Shelf:
        """Return the shelf with what is not there counted."""
        return CountedShelf(shelf, self.counts)

    def observe(self, service: str, method: str, outcome: int | str, seconds: float, from_cache: bool) -> None:
        """Count an attempt of the transport, or what it took from the shelf instead."""
        if from_cache:
            self.counts.add("cache", str(outcome))
            return
        self.counts.add("backend", service, method, str(outcome))
        if isinstance(outcome, int) and outcome < _FAILED_THERE:
            self.answered[service] = self._clock.now()
        if outcome not in _NOT_MADE:
            self.counts.observe("backend_seconds", seconds, service, method)
        # Nothing but delivery writes to a service.
        if method in ("POST", "DELETE") and isinstance(outcome, int) and outcome < 300:
            self.counts.add("delivered", service, "taken" if method == "POST" else "given_up")

    def watch(self, store: Store, sync: Sync, pictures: Pictures) -> None:
        """Tell of these from now on."""

        async def write() -> None:
            began = time.monotonic()
            async with store.writing() as connection:
                await meta.keep_fact(connection, "health", self._clock.now().isoformat())
            self.counts.observe("store_write", time.monotonic() - began)

        async def count() -> None:
            self._backlog = {"waiting": await sync.waiting(), "parked": await sync.parked()}

        self.health.require("store", Probe("store", write, self._spawn, self._clock).ask)
        backlog = Probe("backlog", count, self._spawn, self._clock)
        self.counts.watch("backlog", lambda: {(k,): float(n) for k, n in self._backlog.items()}, refresh=backlog.ask)
        self.counts.watch("pool", lambda: {(kind.value,): float(n) for kind, n in pictures.pooled().items()})

    def _checks(self) -> dict[tuple[str, ...], float]:
        return {(name,): float(fault is None) for name, fault in self.health.latest.items()}

    async def _started(self) -> str | None:
        return None if self.running else "starting or stopping"

    async def _in_time(self) -> str | None:
        lag = self._lag.now
        return None if lag < _MOST_LAG else f"the event loop is {lag:.1f} s late"


async def _absent() -> str:
    return "not there yet"
