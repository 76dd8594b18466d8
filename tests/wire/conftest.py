"""Fixtures for the bot as a whole on real sockets: a double of Discord, and the services embedded."""

from __future__ import annotations

import io
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from PIL import Image

from bot.clock import SystemClock
from sandbox.backend.application import EmbeddedBackend
from tests.wire.discord_double import DiscordDouble


def quick_picture(_species: str, _breed_id: str, _variant: int) -> bytes:
    """Draw something small that is a JPEG."""
    out = io.BytesIO()
    Image.new("RGB", (8, 8), (200, 160, 90)).save(out, "JPEG")
    return out.getvalue()


@pytest.fixture
async def discord() -> AsyncIterator[DiscordDouble]:
    """A Discord of the test's own."""
    async with DiscordDouble() as double:
        yield double


@pytest.fixture
async def backend(tmp_path: Path) -> AsyncIterator[EmbeddedBackend]:
    """The services, embedded."""
    embedded = EmbeddedBackend(tmp_path / "backend", clock=SystemClock(), draw=quick_picture, seed=1)
    await embedded.start()
    yield embedded
    await embedded.close()
