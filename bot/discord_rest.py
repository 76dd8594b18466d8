"""A log-in to Discord's REST API only, for the commands that need no gateway."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import discord

from bot.endpoints import use_endpoints
from bot.errors import TokenRefused
from bot.settings import Settings

_NO_TOKEN = "There is no DISCORD_TOKEN: make an application in Discord's developer portal and put its token into .env."  # noqa: S105 - a sentence


@asynccontextmanager
async def logged_in(settings: Settings, client: discord.Client | None = None) -> AsyncIterator[discord.Client]:
    """Log a client in (a bare one if none is given) and lend it. Raises `TokenRefused` without a token that works."""
    if settings.discord_token is None:
        raise TokenRefused(_NO_TOKEN)
    use_endpoints(settings)
    async with client or discord.Client(intents=discord.Intents.none()) as entered:
        try:
            await entered.login(settings.discord_token.reveal())
        except discord.LoginFailure as error:
            raise TokenRefused from error
        yield entered
