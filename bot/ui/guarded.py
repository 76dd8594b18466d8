"""The sealed base of every button on a card: whatever fails inside is answered, where discord.py would stay silent.

discord.py sends an exception in a DynamicItem's `from_custom_id`, `interaction_check` or `callback` to no handler.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Self, final

import discord

if TYPE_CHECKING:
    from bot.client import Pawprint

    Interaction = discord.Interaction[Pawprint]
else:
    Interaction = discord.Interaction


def picked(interaction: discord.Interaction[Any]) -> list[str]:
    """Return what was chosen from a list that is made anew from its `custom_id`: discord.py tells it to nobody else."""
    data: dict[str, Any] = {**(interaction.data or {})}  # what it holds depends on the kind of interaction
    return list(data.get("values", ()))


class GuardedButton(discord.ui.DynamicItem[discord.ui.Button[Any]], template=r"(?!)"):
    """A button that is made anew from its `custom_id`. Subclasses write `rebuild` and `press`, nothing else.

    The name `id` is discord.py's own: never name a field so.
    """

    failure: Exception | None = None

    @classmethod
    def rebuild(cls, match: re.Match[str]) -> Self:
        """Make the button from what its `custom_id` says."""
        raise NotImplementedError

    async def press(self, interaction: Interaction) -> None:
        """Do what the button is for, and answer."""
        raise NotImplementedError

    @final
    @classmethod
    async def from_custom_id(
        cls, interaction: discord.Interaction[Any], item: discord.ui.Item[Any], match: re.Match[str], /
    ) -> Self:
        """Rebuild under the guard; what fails here is told by `callback`."""
        try:
            return cls.rebuild(match)
        except Exception as error:  # noqa: BLE001 - a door: kept, and raised again where it can be answered
            broken = cls.__new__(cls)
            discord.ui.DynamicItem.__init__(broken, discord.ui.Button(custom_id=match.string))
            broken.failure = error
            return broken

    @final
    async def interaction_check(self, interaction: discord.Interaction[Any], /) -> bool:
        """Let everybody through; what a person may not do, `press` says."""
        return True

    @final
    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        """Press under the guard."""
        try:
            if self.failure is not None:
                raise self.failure
            interaction.client.app.gate.pace.act(interaction.user.id)
            await self.press(interaction)
        except Exception as error:  # noqa: BLE001 - a door: every failure ends here, answered, logged and counted
            await interaction.client.guard.interaction("button", interaction, error)
