"""Whether the bot has what it needs in the places that a server's settings name."""

from __future__ import annotations

from typing import TYPE_CHECKING

import discord
from msgspec import Struct

from bot.failures import permission_names
from bot.i18n import Texts
from bot.permissions import TO_LOG, TO_SEED, TO_SHOW, lacking
from bot.services.guild_settings import GuildSettings

if TYPE_CHECKING:
    from bot.client import Pawprint

    Interaction = discord.Interaction[Pawprint]


class _Finding(Struct, frozen=True):
    """A channel, and what the bot lacks there."""

    channel: int
    missing: tuple[str, ...]


async def report(interaction: Interaction, say: Texts) -> str:
    """Return a line for each place of the settings, and for emojis that are gone; where commands may be used
    everywhere, for the channel that the person is in.
    """
    settings = interaction.client.app.guilds.of(interaction.guild_id or 0)
    lines = [_line(finding, say) for finding in await _findings(interaction, settings)]
    if not settings.channels:
        lines.append(say("settings.check.everywhere"))
    lines += [say("settings.check.emoji", emoji=emoji) for emoji in await _gone_emojis(interaction, settings)]
    return "\n".join([say("settings.check.title"), *lines])


async def shortcomings(interaction: Interaction, say: Texts) -> list[str]:
    """Return a line for each place of the settings where the bot lacks something."""
    settings = interaction.client.app.guilds.of(interaction.guild_id or 0)
    return [_line(finding, say) for finding in await _findings(interaction, settings) if finding.missing]


def _line(finding: _Finding, say: Texts) -> str:
    where = f"<#{finding.channel}>"
    if not finding.missing:
        return say("settings.check.well", channel=where)
    return say("settings.check.lacks", channel=where, permissions=permission_names(finding.missing, say))


async def _findings(interaction: Interaction, settings: GuildSettings) -> list[_Finding]:
    guild = interaction.guild
    assert guild is not None
    me = await _me(interaction, guild)
    shows = TO_SHOW | (TO_SEED if settings.seeds(interaction.client.app.settings.seed_reactions) else TO_SHOW)
    dailies = await interaction.client.app.dailies.of(guild.id)
    places = dict.fromkeys([*settings.channels, *(daily.channel_id for daily in dailies if not daily.paused)])
    found = []
    for number in places:
        channel = guild.get_channel_or_thread(number)
        if channel is not None:
            found.append(_Finding(number, lacking(channel.permissions_for(me), shows)))
    if not settings.channels and interaction.channel_id is not None:
        found.append(_Finding(interaction.channel_id, lacking(interaction.app_permissions, shows)))
    log = guild.get_channel(settings.log_channel) if settings.log_channel else None
    if log is not None:
        found.append(_Finding(log.id, lacking(log.permissions_for(me), TO_LOG)))
    return found


async def _me(interaction: Interaction, guild: discord.Guild) -> discord.Member:
    """Return the bot as a member: without the members intent a server may not hold it yet."""
    me: discord.Member | None = guild.me
    assert interaction.client.user is not None
    return me if me is not None else await guild.fetch_member(interaction.client.user.id)


async def _gone_emojis(interaction: Interaction, settings: GuildSettings) -> list[str]:
    """Return those of the server's own emojis that it votes with and does not have any more."""
    if not settings.emojis.own_ids:
        return []
    assert interaction.guild is not None
    there = {emoji.id for emoji in await interaction.guild.fetch_emojis()}
    return [f"`{number}`" for number in settings.emojis.own_ids if number not in there]
