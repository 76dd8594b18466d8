"""`/privacy`: what is kept of oneself, all of it as a file, forgetting it, and being in no list."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

import discord
from discord import app_commands
from discord.ext import commands

from bot.i18n import texts
from bot.ui.confirm import SentenceView
from bot.ui.in_time import in_time, tell
from bot.ui.labels import label
from bot.ui.people import PERSONAL, actor
from bot.ui.privacy import EVERYWHERE, HERE, Forget, about, progress_text

if TYPE_CHECKING:
    from bot.client import Pawprint

    Interaction = discord.Interaction[Pawprint]
else:
    Interaction = discord.Interaction

_WHERE = [app_commands.Choice(name=label(f"option.privacy.{where}"), value=where) for where in (HERE, EVERYWHERE)]


class Privacy(commands.GroupCog, group_name="privacy", group_description=label("command.privacy")):
    """What the bot knows of somebody; and which servers it is in no more."""

    def __init__(self, bot: Pawprint) -> None:
        self.bot = bot
        self.forgets = Forget(bot.app)

    async def cog_load(self) -> None:
        """Put the question where its buttons find it, and have people told when they are forgotten."""
        self.bot.questions[self.forgets.name] = self.forgets
        self.bot.app.forgotten_watchers.append(self._finished)

    @app_commands.command(name="about", description=label("command.privacy.about"))
    async def about(self, interaction: Interaction) -> None:
        """Tell what is kept of the person here, and how far their forgetting is."""
        say = texts(interaction.locale.value)
        looked = await in_time(interaction, about(self.bot.app, actor(interaction), say), private=True)
        await tell(interaction, looked)

    @app_commands.command(name="export", description=label("command.privacy.export"))
    async def export(self, interaction: Interaction) -> None:
        """Hand out all that is kept of the person, everywhere, as a file for their eyes only."""
        await interaction.response.defer(ephemeral=True, thinking=True)
        said = texts(interaction.locale.value)("privacy.exported")
        async for part in self.bot.app.exports.parts(interaction.user.id):
            file = discord.File(io.BytesIO(part.content), filename=part.name)
            await interaction.followup.send(said, file=file, ephemeral=True)
            said = part.name

    @app_commands.command(name="forget", description=label("command.privacy.forget"))
    @app_commands.describe(where=label("option.privacy.where"))
    @app_commands.choices(where=_WHERE)
    async def forget(self, interaction: Interaction, where: str = HERE) -> None:
        """Ask whether the person is sure; the button's answer forgets them."""
        asking = self.forgets.ask(actor(interaction), where, texts(interaction.locale.value))
        await tell(interaction, await in_time(interaction, asking, private=True))

    @app_commands.command(name="opt-out", description=label("command.privacy.opt_out"))
    @app_commands.describe(on=label("option.privacy.on"))
    async def opt_out(self, interaction: Interaction, on: bool) -> None:
        """Leave the person out of this server's lists, or let them in again."""
        who, say = actor(interaction), texts(interaction.locale.value)
        if who.space == PERSONAL:
            await tell(interaction, SentenceView(say("privacy.opt_out.personal")))
            return
        await in_time(interaction, self.bot.app.privacy.set_unlisted(who, on), private=True)
        await tell(interaction, SentenceView(say("privacy.opt_out.on" if on else "privacy.opt_out.off")))

    @commands.Cog.listener()
    async def on_app_command_completion(self, interaction: Interaction, _command: object) -> None:
        """Tell somebody who used a command that they are forgotten, where no direct message could."""
        forgetting, user = self.bot.app.privacy.forgetting, interaction.user.id
        if user not in forgetting.to_tell or not interaction.response.is_done():
            return
        progress = await forgetting.progress(user)
        await forgetting.told(user)
        if progress is not None and progress.done:
            said = progress_text(progress, texts(interaction.locale.value))
            await interaction.followup.send(view=SentenceView(said), ephemeral=True)

    @commands.Cog.listener()
    async def on_ready(self) -> None:
        """Notice servers that the bot left, or was added to again, while it was off."""
        there = {guild.id for guild in self.bot.guilds}
        await self.bot.app.privacy.departures.compare(there, self._is_ours)
        self.bot.app.privacy.wake()

    @commands.Cog.listener()
    async def on_guild_remove(self, guild: discord.Guild) -> None:
        """Note that the bot left a server; one that Discord cannot reach for a while comes not by here."""
        await self.bot.app.privacy.departures.left(guild.id)
        self.bot.app.privacy.wake()

    @commands.Cog.listener()
    async def on_guild_join(self, guild: discord.Guild) -> None:
        """Keep the data of a server that the bot came back to."""
        await self.bot.app.privacy.departures.back(guild.id)

    def _is_ours(self, space: int) -> bool:
        """Tell whether a server is on a shard of this process, by Discord's formula."""
        count = self.bot.shard_count or 1
        mine = getattr(self.bot, "shard_ids", None) or range(count)
        return (space >> 22) % count in mine

    def _finished(self, user: int) -> None:
        self.bot.app.spawn(self._tell(user), name="word of forgetting")

    async def _tell(self, user: int) -> None:
        """Tell somebody directly that they are forgotten; who takes no messages hears of it at their next command."""
        forgetting = self.bot.app.privacy.forgetting
        progress = await forgetting.progress(user)
        if progress is None or not progress.done or not self.bot.is_ready():
            return
        if await self.bot.messenger.write_to(user, SentenceView(progress_text(progress, texts(progress.language)))):
            await forgetting.told(user)


async def setup(bot: Any) -> None:
    """Add the cog."""
    await bot.add_cog(Privacy(bot))
