"""Links to messages, and which of them may be shown to whom: nobody is sent to a channel that they cannot see."""

from __future__ import annotations

from collections.abc import Iterable

import discord

from bot.store.rankings import Place as Place

_ADDRESS = "https://discord.com/channels"


def link_to(
    interaction: discord.Interaction[discord.Client], places: Iterable[Place], *, for_everybody: bool = False
) -> str | None:
    """Return a link to the first of the places that the person, or everybody in the server, may look at; else None."""
    for place in places:
        if may_see(interaction, place.channel_id, everybody=for_everybody):
            return address_of(interaction.guild_id, place)
    return None


def address_of(guild_id: int | None, place: Place) -> str:
    """Return the link to a message, for those who may look there."""
    return f"{_ADDRESS}/{guild_id or '@me'}/{place.channel_id}/{place.message_id}"


def may_see(interaction: discord.Interaction[discord.Client], channel_id: int, *, everybody: bool = False) -> bool:
    """Tell whether the person, or everybody, sees a channel: the one they are in, or another of the server.

    What is not known is not seen. Private threads have members that a bot without the members intent does not know:
    only who may manage threads is certain to see them.
    """
    if channel_id == interaction.channel_id:
        return True
    member = interaction.user
    if interaction.guild is None or not isinstance(member, discord.Member):
        return False
    channel = interaction.guild.get_channel_or_thread(channel_id)
    if channel is None or (isinstance(channel, discord.Thread) and channel.parent is None):
        return False
    allowed = channel.permissions_for(interaction.guild.default_role if everybody else member)
    private = isinstance(channel, discord.Thread) and channel.is_private()
    return allowed.view_channel and (allowed.manage_threads or not private)
