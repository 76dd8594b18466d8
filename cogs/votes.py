"""Votes through reactions and through the message menu "Picture…"; both end in the same rows as the buttons."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import discord
from discord import app_commands
from discord.ext import commands

from bot.card import Action
from bot.errors import NoCard, PersonError
from bot.i18n import texts
from bot.identity import Person
from bot.reactions import Emojis, Reaction
from bot.services.votes import Door
from bot.ui.cards import cards_on
from bot.ui.gate import reacting
from bot.ui.labels import label
from bot.ui.menu import PictureMenu
from bot.ui.moderation import moderates
from bot.ui.people import actor, person

if TYPE_CHECKING:
    from bot.client import Pawprint

    Interaction = discord.Interaction[Pawprint]
else:
    Interaction = discord.Interaction


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
        space, moderation = actor(interaction).space, self.bot.app.moderation
        cards = cards_on(message) if message.author.id == self.bot.user.id else []
        if not cards:
            # What is hidden has no buttons any more, but is still known to be on the message.
            known = await self.bot.app.posts.of_message(message.id)
            moderation.see(space, [card.picture for card in known.cards] if known else ())
            raise NoCard
        shown = [card for card in cards if not moderation.hides(space, card.picture)]
        if not shown:
            moderation.see(space, [card.picture for card in cards])
        view = PictureMenu(shown, texts(interaction.locale.value), moderated=moderates(interaction))
        await interaction.response.send_message(view=view, ephemeral=True)

    @commands.Cog.listener()
    async def on_raw_reaction_add(self, payload: discord.RawReactionActionEvent) -> None:
        """Count a reaction to one of our pictures; bots and foreign messages are dropped before any query."""
        assert self.bot.user is not None
        settings = self.bot.app.guilds.of(payload.guild_id or 0)
        reaction = _reaction(payload, settings.emojis) if settings.vote_reactions else None
        foreign = payload.message_author_id not in (None, self.bot.user.id)
        bot = payload.user_id == self.bot.user.id or (payload.member is not None and payload.member.bot)
        if reaction is None or foreign or bot:
            return
        who = person(self.bot, payload.guild_id, payload.user_id)
        if reaction.meaning is not Action.SAVE and not self._admits(who, payload):
            return
        counted = await self.bot.app.reactions.add(payload.message_id, who, reaction)
        if not counted and payload.message_author_id == self.bot.user.id:
            await self.bot.unrecorded.look(who.space, payload.channel_id, payload.message_id)

    @commands.Cog.listener()
    async def on_raw_reaction_remove(self, payload: discord.RawReactionActionEvent) -> None:
        """Withdraw what a reaction gave, and only that. A heart that goes leaves the favourite where it is."""
        reaction = _reaction(payload, self._emojis(payload.guild_id))
        if reaction is not None:
            await self.bot.app.reactions.remove(payload.message_id, payload.user_id, reaction)

    @commands.Cog.listener()
    async def on_raw_reaction_clear(self, payload: discord.RawReactionClearEvent) -> None:
        """Withdraw what the reactions of a message gave when a moderator took them all away."""
        await self.bot.app.reactions.clear(payload.message_id)

    @commands.Cog.listener()
    async def on_raw_reaction_clear_emoji(self, payload: discord.RawReactionClearEmojiEvent) -> None:
        """Withdraw what one emoji gave when a moderator took it away."""
        emoji = self._emojis(payload.guild_id).remembered(payload.emoji.name, payload.emoji.id)
        if emoji is not None:
            await self.bot.app.reactions.clear(payload.message_id, emoji)

    def _admits(self, who: Person, payload: discord.RawReactionActionEvent) -> bool:
        """Tell whether somebody may vote by a reaction here; one that may not is left where it is, and counted."""
        try:
            self.bot.app.gate.vote(reacting(who, payload), None, Door.REACTION)
        except PersonError as error:
            self.bot.app.counts.add("failure", "reaction", type(error).__name__)
            return False
        return True

    def _emojis(self, guild_id: int | None) -> Emojis:
        """Return what is voted with in a server, or in direct messages."""
        return self.bot.app.guilds.of(guild_id or 0).emojis

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


def _reaction(payload: discord.RawReactionActionEvent, emojis: Emojis) -> Reaction | None:
    """Return a reaction that means something, None for any other."""
    emoji = emojis.remembered(payload.emoji.name, payload.emoji.id)
    if emoji is None:
        return None
    return Reaction(emoji, payload.type is discord.ReactionType.burst)


async def setup(bot: Any) -> None:
    """Add the cog."""
    await bot.add_cog(Votes(bot))
