"""Which language is spoken: answers to a person in theirs, posts for everybody in the server's."""

from __future__ import annotations

import discord

from bot.i18n import SOURCE_LANGUAGE, Texts, texts


def post_texts(guild: discord.Guild | None, interaction: discord.Interaction[discord.Client] | None = None) -> Texts:
    """Return the texts for a post: the server's language, in direct messages the person's."""
    if guild is not None:
        return texts(guild.preferred_locale.value)
    return texts(interaction.locale.value if interaction else SOURCE_LANGUAGE)
