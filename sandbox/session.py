"""A run of the sandbox: the embedded back end, the app on top of it, the simulated Discord and the index page."""

from __future__ import annotations

import contextlib
import os
import sys
import webbrowser
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import msgspec
from yarl import URL

from bot.app import App
from bot.client import Pawprint
from bot.clock import Clock, SystemClock
from bot.i18n import texts
from bot.settings import Secret, Settings
from sandbox.backend.application import EmbeddedBackend
from sandbox.index import IndexPage
from sandbox.simulated import Simulated


@dataclass(frozen=True)
class Session:
    """Everything that runs in the sandbox."""

    backend: EmbeddedBackend
    app: App
    discord: Simulated
    index: IndexPage

    @classmethod
    @asynccontextmanager
    async def open(cls, settings: Settings) -> AsyncIterator[Self]:
        """Start all of it, and stop all of it at the end. What it keeps is in DATA_DIR/sandbox."""
        folder = settings.data_dir / "sandbox"
        clock = SystemClock()
        backend = await _started(folder / "backend", clock)
        try:
            app = await App.open(_sandboxed(settings, backend), clock)
            try:
                simulated = Simulated(Pawprint(app))
                try:
                    await simulated.start()
                    index = IndexPage(simulated, app, backend, clock, settings.sandbox_port)
                    await index.start()
                    try:
                        yield cls(backend, app, simulated, index)
                    finally:
                        await index.close()
                finally:
                    await simulated.close()
            finally:
                await app.close()
        finally:
            await backend.close()

    def welcome(self) -> str:
        """Return what the start screen says."""
        return texts()("sandbox.welcome", url=self.index.url)

    def open_browser(self) -> None:
        """Show the index page, where there is a desktop."""
        if sys.platform in ("win32", "darwin") or os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"):
            webbrowser.open(self.index.url)


async def _started(folder: Path, clock: Clock) -> EmbeddedBackend:
    """Start the back end, where it can on the port it had: pictures that were kept keep their addresses."""
    kept = folder / "port"
    try:
        port = int(kept.read_text())
    except (OSError, ValueError):
        port = 0
    try:
        backend = EmbeddedBackend(folder, clock=clock, port=port)
        await backend.start()
    except OSError:
        backend = EmbeddedBackend(folder, clock=clock)
        await backend.start()
    # Without it the next start takes another port, and only pictures of before cannot be fetched again.
    with contextlib.suppress(OSError):
        kept.write_text(str(URL(backend.cat_url).port))
    return backend


def _sandboxed(settings: Settings, backend: EmbeddedBackend) -> Settings:
    return msgspec.structs.replace(
        settings,
        data_dir=settings.data_dir / "sandbox",
        database_url=None,
        sub_id_secret=None,
        cat_api_url=backend.cat_url,
        cat_api_key=Secret(backend.cat_key),
        dog_api_url=backend.dog_url,
        dog_api_key=Secret(backend.dog_key),
    )
