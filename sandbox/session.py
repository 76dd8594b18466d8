"""A run of the sandbox: the embedded back end, the app on top of it, the simulated Discord and the index page."""

from __future__ import annotations

import logging
import webbrowser
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Self

import msgspec

from bot.app import App
from bot.client import Pawprint
from bot.clock import SystemClock
from bot.i18n import texts
from bot.settings import Secret, Settings
from sandbox.backend.application import EmbeddedBackend
from sandbox.index import IndexPage
from sandbox.simulated import Simulated

_log = logging.getLogger(__name__)


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
        backend = EmbeddedBackend(folder / "backend", clock=clock)
        await backend.start()
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
        webbrowser.open(self.index.url)


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
