"""Each simulated test gets a stage of its own, and leaves discord.py's registry of buttons whole."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.client import Pawprint
from bot.ui.buttons import CardButton
from tests.simulated.stage import Stage, staged


@pytest.fixture
async def stage(tmp_path: Path) -> AsyncIterator[Stage]:
    """The bot in a simulated Discord."""
    async with staged(tmp_path) as raised:
        whole = _registered(raised.bot)
        assert CardButton in whole
        yield raised
        assert _registered(raised.bot) == whole


def _registered(bot: Pawprint) -> set[object]:
    return set(bot._connection._view_store._dynamic_items.values())
