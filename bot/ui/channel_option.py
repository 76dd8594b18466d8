"""An option of a command that names a channel, of the kinds that are asked for."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import discord
from discord import app_commands


class ChannelOption(app_commands.Transformer):
    """Hands over the channel as Discord tells it, one that the bot does not know included."""

    def __init__(self, kinds: Sequence[discord.ChannelType]) -> None:
        self._kinds = list(kinds)

    @property
    def type(self) -> discord.AppCommandOptionType:
        """A channel."""
        return discord.AppCommandOptionType.channel

    @property
    def channel_types(self) -> list[discord.ChannelType]:
        """The kinds that Discord offers."""
        return self._kinds

    async def transform(self, interaction: discord.Interaction[Any], value: Any, /) -> Any:
        """Take it as it is."""
        return value
