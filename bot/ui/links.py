"""Links to messages, and which of them may be shown to whom: nobody is sent to a channel that they cannot see."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

import discord

if TYPE_CHECKING:
    from bot.store.rankings import Place

_ADDRESS = "https://discord.com/channels"


def link_for(interaction: discord.Interaction[discord.Client], places: Iterable[Place]) -> str | None:
    """Return a link to the first of the places that the person may look at; None when there is none."""
    for place in places:
        if may_see(interaction, place.channel_id):
            return f"{_ADDRESS}/{interaction.guild_id or '@me'}/{place.channel_id}/{place.message_id}"
    return None


def may_see(interaction: discord.Interaction[discord.Client], channel_id: int) -> bool:
    """Tell whether the person sees a channel: the one they are in, or one of the server's. What is unknown is not seen.

    Private threads have members that a bot without the members intent does not know: only those who may manage
    threads are certain to see them.
    """
    if channel_id == interaction.channel_id:
        return True
    member = interaction.user
    if interaction.guild is None or not isinstance(member, discord.Member):
        return False
    channel = interaction.guild.get_channel_or_thread(channel_id)
    if channel is None or (isinstance(channel, discord.Thread) and channel.parent is None):
        return False
    allowed = channel.permissions_for(member)
    private = isinstance(channel, discord.Thread) and channel.is_private()
    return allowed.view_channel and (allowed.manage_threads or not private)
