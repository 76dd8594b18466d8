"""Points discord.py at other endpoints than Discord's own: a REST proxy, a gateway proxy, a test double."""

from __future__ import annotations

import yarl
from discord.gateway import DiscordWebSocket
from discord.http import Route

from bot.settings import Settings


def use_endpoints(settings: Settings) -> None:
    """Set discord.py's endpoints for this process; it knows no other place to set them."""
    Route.BASE = settings.discord_api_url.rstrip("/")
    if settings.discord_gateway_url is not None:
        DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(settings.discord_gateway_url)
