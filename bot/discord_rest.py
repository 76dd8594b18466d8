"""A log-in to Discord's REST API only, for the commands that need no gateway."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import discord

from bot.endpoints import use_endpoints
from bot.errors import TokenRefused
from bot.settings import Settings

_NO_TOKEN = (
    "There is no DISCORD_TOKEN: create an application in Discord's developer portal and put its token into .env."  # noqa: S105
)
_REFUSED = (
    "Discord does not take the token: copy it anew from the developer portal (Bot → Reset Token) to DISCORD_TOKEN."
)


@asynccontextmanager
async def logged_in(settings: Settings) -> AsyncIterator[discord.Client]:
    """Lend a client that is logged in. Raises `TokenRefused` when there is no token, or a wrong one."""
    if settings.discord_token is None:
        raise TokenRefused(_NO_TOKEN)
    use_endpoints(settings)
    async with discord.Client(intents=discord.Intents.none()) as client:
        try:
            await client.login(settings.discord_token.reveal())
        except discord.LoginFailure as error:
            raise TokenRefused(_REFUSED) from error
        yield client
