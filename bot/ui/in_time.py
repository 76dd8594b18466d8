"""Answers in time: what takes longer than a second is acknowledged meanwhile.

Discord gives three seconds; a database that another program holds, or a service, may take longer. The answer goes where
it then belongs.
"""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any, Final, TypeVar

import discord

T = TypeVar("T")

PATIENCE: Final = 1.0
"""Seconds that a person waits without a sign."""


async def in_time(interaction: discord.Interaction[Any], work: Coroutine[Any, Any, T], *, private: bool = False) -> T:
    """Return what work gives; Discord is told to wait for the answer when it takes longer than `PATIENCE`.

    A button's message stays as it is meanwhile. A command, or a button with `private`, shows "thinking…", which with
    `private` only the person sees. Answer with `redraw` or `tell`, or look at `interaction.response.is_done()`.
    """
    task = asyncio.create_task(work)
    try:
        await asyncio.wait((task,), timeout=PATIENCE)
        if not task.done() and not interaction.response.is_done():
            await interaction.response.defer(ephemeral=private, thinking=private)
        return await task
    finally:
        task.cancel()


async def redraw(interaction: discord.Interaction[Any], view: discord.ui.LayoutView) -> None:
    """Put a view in the place of the message whose button was pressed."""
    if interaction.response.is_done():
        await interaction.edit_original_response(view=view)
    else:
        await interaction.response.edit_message(view=view)


async def tell(interaction: discord.Interaction[Any], said: str | discord.ui.LayoutView) -> None:
    """Answer for the person's eyes only."""
    answer: dict[str, Any] = {"content": said} if isinstance(said, str) else {"view": said}
    if interaction.response.is_done():
        await interaction.followup.send(**answer, ephemeral=True)
    else:
        await interaction.response.send_message(**answer, ephemeral=True)
