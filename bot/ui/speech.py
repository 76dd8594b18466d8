"""Which language is spoken: answers to a person in theirs, posts for everybody in the server's."""

from __future__ import annotations

from typing import Any

import discord

from bot.i18n import SOURCE_LANGUAGE, Texts, texts


def post_texts(
    guild: discord.Guild | None, interaction: discord.Interaction[Any] | None = None, *, client: Any = None
) -> Texts:
    """Return the texts for a post: the server's language, as its admins set it or Discord has it.

    In direct messages it is the person's. `client` is our bot, for where there is no interaction.
    """
    if guild is not None:
        bot = interaction.client if interaction is not None else client
        chosen = bot.app.guilds.of(guild.id).language if bot is not None else None
        return texts(chosen or guild.preferred_locale.value)
    return texts(interaction.locale.value if interaction else SOURCE_LANGUAGE)
