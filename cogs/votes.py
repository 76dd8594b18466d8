"""Votes through reactions and through the message menu "Picture…"; both end in the same `cast` as the buttons."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import discord
from discord import app_commands
from discord.ext import commands

from bot.card import Action, Card
from bot.errors import NoCard
from bot.i18n import texts
from bot.reactions import meaning
from bot.services.votes import Door, Vote
from bot.ui.cards import cards_on
from bot.ui.labels import label
from bot.ui.menu import PictureMenu
from bot.ui.people import person

if TYPE_CHECKING:
    from bot.client import Pawprint

    Interaction = discord.Interaction[Pawprint]
else:
    Interaction = discord.Interaction

_VOTES = {Action.UP: Vote.UP, Action.DOWN: Vote.DOWN}


class Votes(commands.Cog):
    """Votes and favourites on pictures that are already there."""

    def __init__(self, bot: Pawprint) -> None:
        self.bot = bot
        self.menu = app_commands.ContextMenu(name=label("command.picture_menu"), callback=self.picture_menu)

    async def cog_load(self) -> None:
        """Put the message menu into the tree; discord.py has no decorator for one inside a cog."""
        self.bot.tree.add_command(self.menu)

    async def cog_unload(self) -> None:
        """Take the message menu out again."""
        self.bot.tree.remove_command(self.menu.name, type=discord.AppCommandType.message)

    async def picture_menu(self, interaction: Interaction, message: discord.Message) -> None:
        """Offer to vote on or save a picture of a message, privately."""
        assert self.bot.user is not None
        cards = cards_on(message) if message.author.id == self.bot.user.id else []
        if not cards:
            raise NoCard
        view = PictureMenu(cards, texts(interaction.locale.value))
        await interaction.response.send_message(view=view, ephemeral=True)

    @commands.Cog.listener()
    async def on_raw_reaction_add(self, payload: discord.RawReactionActionEvent) -> None:
        """Count a reaction to one of our pictures."""
        found = await self._aimed_at(payload)
        if found is None:
            return
        action, card = found
        who = person(self.bot, payload.guild_id, payload.user_id)
        if action is Action.SAVE:
            await self.bot.app.favourites.add(who, card.picture)
        else:
            await self.bot.app.votes.cast(who, card.picture, _VOTES[action], Door.REACTION)

    @commands.Cog.listener()
    async def on_raw_reaction_remove(self, payload: discord.RawReactionActionEvent) -> None:
        """Withdraw what a reaction gave, and only that. A heart that goes leaves the favourite where it is."""
        found = await self._aimed_at(payload)
        if found is None or found[0] is Action.SAVE:
            return
        action, card = found
        who = person(self.bot, payload.guild_id, payload.user_id)
        await self.bot.app.votes.withdraw(who, card.picture, only_value=_VOTES[action], only_door=Door.REACTION)

    @commands.Cog.listener()
    async def on_raw_message_delete(self, payload: discord.RawMessageDeleteEvent) -> None:
        """Forget a message that is gone; what was voted there stays."""
        await self.bot.app.posts.forget_messages([payload.message_id])

    @commands.Cog.listener()
    async def on_raw_bulk_message_delete(self, payload: discord.RawBulkMessageDeleteEvent) -> None:
        """Forget messages that are gone."""
        await self.bot.app.posts.forget_messages(sorted(payload.message_ids))

    @commands.Cog.listener()
    async def on_guild_channel_delete(self, channel: discord.abc.GuildChannel) -> None:
        """Forget the messages of a channel that is gone."""
        await self.bot.app.posts.forget_channels([channel.id])

    @commands.Cog.listener()
    async def on_raw_thread_delete(self, payload: discord.RawThreadDeleteEvent) -> None:
        """Forget the messages of a thread that is gone."""
        await self.bot.app.posts.forget_channels([payload.thread_id])

    async def _aimed_at(self, payload: discord.RawReactionActionEvent) -> tuple[Action, Card] | None:
        """Return what a reaction asks for and of which card; bots and foreign messages are dropped before any query."""
        assert self.bot.user is not None
        action = meaning(payload.emoji.name) if payload.emoji.is_unicode_emoji() else None
        foreign = payload.message_author_id not in (None, self.bot.user.id)
        bot = payload.user_id == self.bot.user.id or (payload.member is not None and payload.member.bot)
        if action is None or foreign or bot:
            return None
        posted = await self.bot.app.posts.of_message(payload.message_id)
        if posted is None or len(posted.cards) != 1:
            return None
        return action, posted.cards[0]


async def setup(bot: Any) -> None:
    """Add the cog."""
    await bot.add_cog(Votes(bot))
