"""A log-in to Discord's REST API only, for the commands that need no gateway."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager

import discord

from bot.endpoints import use_endpoints
from bot.errors import DiscordUnreachable, TokenRefused
from bot.settings import Settings

_NO_TOKEN = "There is no DISCORD_TOKEN: make an application in Discord's developer portal and put its token into .env."  # noqa: S105 - a sentence


@asynccontextmanager
async def logged_in(settings: Settings, client: discord.Client | None = None) -> AsyncIterator[discord.Client]:
    """Log a client in (a bare one if none is given) and lend it. Raises `TokenRefused` without a token that works."""
    if settings.discord_token is None:
        raise TokenRefused(_NO_TOKEN)
    use_endpoints(settings)
    async with client or discord.Client(intents=discord.Intents.none()) as entered:
        with told_plainly():
            await entered.login(settings.discord_token.reveal())
        yield entered


@contextmanager
def told_plainly() -> Iterator[None]:
    """Turn what a log-in can end in into errors for an operator: `TokenRefused` and `DiscordUnreachable`."""
    try:
        yield
    except discord.LoginFailure as error:
        raise TokenRefused from error
    except (OSError, discord.GatewayNotFound, discord.DiscordServerError) as error:
        raise DiscordUnreachable(str(error) or type(error).__name__) from error
