"""The page for machines: `/livez`, `/healthz` and `/metrics` over HTTP."""

from __future__ import annotations

import logging
import os

import msgspec
from aiohttp import web
from prometheus_client import CONTENT_TYPE_PLAIN_0_0_4, CollectorRegistry, ProcessCollector, generate_latest
from yarl import URL

from bot.errors import PortTaken
from bot.telemetry.health import Health
from bot.telemetry.metrics import Counts

_log = logging.getLogger(__name__)

_STOP_WITHIN = 1.0
_NOT_KEPT = {"Cache-Control": "no-store"}


class TelemetryServer:
    """Answers whoever watches the bot. It waits for neither Discord nor a service, and names no person or secret."""

    def __init__(self, health: Health, counts: Counts) -> None:
        self._health = health
        self._counts = counts
        self._registry = CollectorRegistry()
        self._registry.register(counts)
        ProcessCollector(registry=self._registry)
        self._runner: web.AppRunner | None = None

    async def start(self, host: str, port: int) -> None:
        """Listen; port 0 picks a free one. Raises `PortTaken`."""
        application = web.Application()
        application.router.add_get("/livez", self._livez)
        application.router.add_get("/healthz", self._healthz)
        application.router.add_get("/metrics", self._metrics)
        self._runner = web.AppRunner(application, access_log=None, shutdown_timeout=_STOP_WITHIN)
        await self._runner.setup()
        try:
            await web.TCPSite(self._runner, host, port).start()
        except OSError as error:
            await self.close()
            raise PortTaken(host, port, _reason(error)) from error
        _log.info("Health and metrics are at %s", self.url)

    async def close(self) -> None:
        """Stop listening; harmless when it never began."""
        runner, self._runner = self._runner, None
        if runner is not None:
            await runner.cleanup()

    @property
    def url(self) -> URL:
        """The address that it listens at."""
        assert self._runner is not None
        host, port, *_ = self._runner.addresses[0]
        return URL.build(scheme="http", host=host, port=port)

    async def _livez(self, _request: web.Request) -> web.Response:
        return _json(200, {"status": "alive"})

    async def _healthz(self, _request: web.Request) -> web.Response:
        faults = await self._health.faults()
        ready = not any(faults.values())
        checks = {name: fault or "ok" for name, fault in faults.items()}
        return _json(200 if ready else 503, {"status": "ready" if ready else "not ready", "checks": checks})

    async def _metrics(self, _request: web.Request) -> web.Response:
        await self._counts.refresh()
        headers = {"Content-Type": CONTENT_TYPE_PLAIN_0_0_4, **_NOT_KEPT}
        return web.Response(body=generate_latest(self._registry), headers=headers)


def _reason(error: OSError) -> str:
    # asyncio puts its own sentence into strerror; names that cannot be resolved have numbers below 0.
    if error.errno is not None and error.errno > 0:
        return os.strerror(error.errno)
    return error.strerror or type(error).__name__


def _json(status: int, body: object) -> web.Response:
    return web.Response(
        status=status, body=msgspec.json.encode(body), content_type="application/json", headers=_NOT_KEPT
    )
