"""Each simulated test gets a stage of its own, and leaves discord.py's registry of buttons whole."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.ui.buttons import CardButton
from bot.ui.confirm import ConfirmButton
from bot.ui.gallery import PageButton
from bot.ui.kept import RemoveSelect
from bot.ui.menu import MenuButton
from tests.simulated.stage import Stage, staged


@pytest.fixture
async def stage(tmp_path: Path) -> AsyncIterator[Stage]:
    """The bot in a simulated Discord."""
    async with staged(tmp_path) as raised:
        yield raised
        registered = set(raised.bot._connection._view_store._dynamic_items.values())
        assert registered == {CardButton, MenuButton, PageButton, ConfirmButton, RemoveSelect}
