"""A log-in to Discord's REST API only, for the commands that need no gateway."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager

import discord

from bot.endpoints import use_endpoints
from bot.errors import DiscordUnreachable, TokenRefused
from bot.settings import Settings

_NO_TOKEN = "There is no DISCORD_TOKEN: make an application in Discord's developer portal and put its token into .env."  # noqa: S105 - a sentence
_AUTHENTICATION_FAILED = 4004


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
    """Turn how a log-in or a connection can end into errors for an operator: TokenRefused, DiscordUnreachable."""
    try:
        yield
    except discord.LoginFailure as error:
        raise TokenRefused from error
    except discord.ConnectionClosed as error:
        # The gateway says "authentication failed" when the token was reset while the bot ran.
        if error.code != _AUTHENTICATION_FAILED:
            raise
        raise TokenRefused from error
    except (OSError, discord.GatewayNotFound, discord.DiscordServerError) as error:
        raise DiscordUnreachable(str(error) or type(error).__name__) from error
