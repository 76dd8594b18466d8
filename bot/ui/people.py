"""Who acts, and in which space: a server where the bot is, else the person's own collection."""

from __future__ import annotations

import discord

from bot.identity import Person

PERSONAL = 0
EVERYBODY = 0


def person(client: discord.Client, guild_id: int | None, user_id: int) -> Person:
    """Return the person; in direct messages and as a user-installed app the space is their own."""
    at_home = guild_id is not None and client.get_guild(guild_id) is not None
    return Person(space=guild_id if guild_id is not None and at_home else PERSONAL, user=user_id)


def audience(who: Person) -> Person:
    """Return whose votes and favourites a card counts: a whole server's, in a personal space only one's own."""
    return who if who.space == PERSONAL else Person(who.space, EVERYBODY)


def actor(interaction: discord.Interaction[discord.Client]) -> Person:
    """Return who pressed, chose or typed."""
    return person(interaction.client, interaction.guild_id, interaction.user.id)
