"""`/about`: the bot about itself, for one's own eyes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import discord
from discord import app_commands
from discord.ext import commands

from bot.i18n import texts
from bot.ui.about import AboutView
from bot.ui.labels import label

if TYPE_CHECKING:
    from bot.client import Pawprint

    Interaction = discord.Interaction[Pawprint]
else:
    Interaction = discord.Interaction


class About(commands.Cog):
    """Version, health, privacy, and how to have the bot."""

    def __init__(self, bot: Pawprint) -> None:
        self.bot = bot

    @app_commands.command(name="about", description=label("command.about"))
    async def about(self, interaction: Interaction) -> None:
        """Tell of the bot; nothing is asked of a service for it."""
        view = AboutView(self.bot, interaction.guild, texts(interaction.locale.value))
        await interaction.response.send_message(view=view, ephemeral=True)


async def setup(bot: Any) -> None:
    """Add the cog."""
    await bot.add_cog(About(bot))
