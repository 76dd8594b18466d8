"""`/help`: the manual in sections and a page for each command, privately; in a mention a short reply."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import discord
from discord import app_commands
from discord.ext import commands

from bot.failures import guarded_suggestions
from bot.i18n import SOURCE_LANGUAGE, texts
from bot.ui.help import home_page, told_page
from bot.ui.help_words import short_text
from bot.ui.labels import hybrid, label
from bot.ui.lookup import find, suggest, usable

if TYPE_CHECKING:
    from bot.client import Pawprint

_CHOICES: Final = 25
_DELETE_AFTER: Final = 60.0


class Help(commands.Cog):
    """What the bot can do, for whoever asks."""

    def __init__(self, bot: Pawprint) -> None:
        self.bot = bot

    @hybrid("help")
    @app_commands.describe(command=label("option.help.command"))
    async def show(self, ctx: commands.Context[Any], *, command: str | None = None) -> None:
        """Show the manual, or the page of a command; in a mention the rest of the line is its name."""
        if ctx.interaction is None:
            await self._reply(ctx, command)
            return
        if command is None:
            view = await home_page(ctx.interaction)
        else:
            every = await self.bot.manual.entries(ctx.interaction.locale.value)
            view = await told_page(ctx.interaction, find(command, every, await usable(ctx.interaction)))
        await ctx.send(view=view, ephemeral=True)

    @show.autocomplete("command")
    @guarded_suggestions
    async def commands_like(
        self, interaction: discord.Interaction[Any], current: str
    ) -> list[app_commands.Choice[str]]:
        """Suggest commands that the person may use here."""
        found = suggest(current, await usable(interaction), _CHOICES)
        return [app_commands.Choice(name=entry.typed[:100], value=entry.name) for entry in found]

    async def _reply(self, ctx: commands.Context[Any], command: str | None) -> None:
        """Say in a few lines how to go on: everybody in the channel sees it, so it deletes itself."""
        say = texts(ctx.guild.preferred_locale.value if ctx.guild else SOURCE_LANGUAGE)
        assert self.bot.user is not None
        name = self.bot.user.display_name
        every = await self.bot.manual.entries(say.language)
        (own,) = (entry for entry in every if entry.name == "help")
        if command is None:
            text = say("help.short", help=self.bot.manual.link(own), name=name)
        else:
            text = short_text(find(command, every, every), self.bot.manual, name, say)
        await ctx.reply(text, delete_after=_DELETE_AFTER, mention_author=False)


async def setup(bot: Any) -> None:
    """Add the cog."""
    await bot.add_cog(Help(bot))
