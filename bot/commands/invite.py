"""`invite`: the link that adds the bot to a server."""

from __future__ import annotations

import argparse

from bot.discord_rest import logged_in
from bot.permissions import invite_link
from bot.settings import Settings


async def run(settings: Settings, arguments: argparse.Namespace) -> int:  # noqa: ARG001 - a verb's form
    """Print the link, with the permissions that the features need and no more."""
    async with logged_in(settings) as client:
        assert client.application_id is not None
        link = invite_link(client.application_id)
    print(link)
    return 0
