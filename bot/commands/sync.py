"""`sync`: tells Discord of the commands by hand, whether or not the bot runs."""

from __future__ import annotations

import argparse

from bot.app import App
from bot.client import Pawprint
from bot.clock import SystemClock
from bot.command_sync import sync_commands
from bot.discord_rest import logged_in
from bot.settings import Settings


async def run(settings: Settings, arguments: argparse.Namespace) -> int:  # noqa: ARG001 - a verb's form
    """Send the command tree, even when Discord has the same."""
    # The app stays closed: the commands are known without it, and a running bot keeps its data folder.
    bot = Pawprint(App(settings, SystemClock()))
    bot.sync_at_start = False
    async with logged_in(settings, bot):
        sent = await sync_commands(bot, always=True)
    print(f"Discord has {sent} commands now.")
    return 0
