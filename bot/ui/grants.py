"""Whether the bot may do in a channel what it is about to do there; asked before, so that an answer can name it."""

from __future__ import annotations

from typing import Any

import discord
from discord.ext import commands

from bot.permissions import TO_SHOW, lacking
from bot.refused import BotLacks


def see_grants(where: discord.Interaction[Any] | commands.Context[Any], *, uploads: bool) -> None:
    """Raise `BotLacks` when an answer could not be posted here, as far as that is known without a call.

    The answer to an interaction needs no permission but the one to attach files.
    """
    interaction = where if isinstance(where, discord.Interaction) else where.interaction
    guild, channel = where.guild, where.channel
    if guild is None or channel is None:
        return
    if interaction is not None:
        have, needed = interaction.app_permissions, discord.Permissions(attach_files=uploads)
    elif guild.me is None or not isinstance(where, commands.Context):
        return  # Without the members intent a server may not hold the bot itself.
    else:
        in_thread = isinstance(channel, discord.Thread)
        have = where.bot_permissions
        needed = discord.Permissions(
            view_channel=True,
            send_messages=not in_thread,
            send_messages_in_threads=in_thread,
            attach_files=uploads,
        )
    if missing := lacking(have, needed):
        raise BotLacks(channel.id, missing)


def lacking_in(guild: discord.Guild | None, channel_id: int) -> tuple[str, ...]:
    """Return the permissions that a picture needs in a channel and the bot lacks, as far as that is known there."""
    channel = guild.get_channel_or_thread(channel_id) if guild is not None else None
    # Without the members intent a server may not hold the bot itself; a thread may outlive what is known of its parent.
    me: discord.Member | None = guild.me if guild is not None else None
    if channel is None or me is None or (isinstance(channel, discord.Thread) and channel.parent is None):
        return ()
    needed = TO_SHOW
    if isinstance(channel, discord.Thread):
        needed = discord.Permissions(TO_SHOW.value)
        needed.update(send_messages=False, send_messages_in_threads=True)
    return lacking(channel.permissions_for(me), needed)
