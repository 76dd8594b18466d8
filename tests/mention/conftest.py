"""Each mention test gets a stage of its own, and time that passes when the test says so."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from sandbox.backend.application import EmbeddedBackend
from tests.mention.double import Discord, install
from tests.mention.stage import Stage, embedded, staged
from tests.simulated.stage import Pause


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Discord:
    """Discord itself, which outlives the bot."""
    # dpytest writes attachments to the working directory.
    monkeypatch.chdir(tmp_path)
    server = Discord()
    install(monkeypatch, server)
    return server


@pytest.fixture
async def backend(tmp_path: Path) -> AsyncIterator[EmbeddedBackend]:
    """The back end, which outlives the bot."""
    async with embedded(tmp_path) as running:
        yield running


@pytest.fixture
async def stage(tmp_path: Path, backend: EmbeddedBackend, server: Discord) -> AsyncIterator[Stage]:
    """The bot in a server."""
    async with staged(tmp_path, backend, server) as raised:
        yield raised


@pytest.fixture
def shown(monkeypatch: pytest.MonkeyPatch) -> Pause:
    """The time that an answer which deletes itself is to be seen."""
    pause = Pause()

    class _Asyncio:
        sleep = staticmethod(pause)

        def __getattr__(self, name: str) -> Any:
            return getattr(asyncio, name)

    monkeypatch.setattr("discord.message.asyncio", _Asyncio())
    return pause
