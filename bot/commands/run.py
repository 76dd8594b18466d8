"""`run`: the bot on Discord when there is a token, the sandbox when there is none."""

from __future__ import annotations

import argparse
import asyncio
import logging

from bot.app import App
from bot.client import Pawprint
from bot.commands import sandbox
from bot.commands.signals import stop_event
from bot.discord_rest import told_plainly
from bot.endpoints import use_endpoints
from bot.settings import Settings

_log = logging.getLogger(__name__)


async def run(settings: Settings, arguments: argparse.Namespace) -> int:
    """Run until Ctrl-C or SIGTERM. Raises an `OperatorError` when it cannot start."""
    if settings.discord_token is None:
        return await sandbox.run(settings, arguments)
    stop = stop_event()
    use_endpoints(settings)
    app = await App.open(settings)
    try:
        bot = Pawprint(app)
        await _until(stop, bot, settings.discord_token.reveal())
    finally:
        await app.close()
    return 0


async def _until(stop: asyncio.Event, bot: Pawprint, token: str) -> None:
    running = asyncio.create_task(bot.start(token), name="discord")
    stopping = asyncio.create_task(stop.wait(), name="stop")
    try:
        await asyncio.wait((running, stopping), return_when=asyncio.FIRST_COMPLETED)
        if running.done():
            with told_plainly():
                await running
    finally:
        stopping.cancel()
        await bot.close()
        running.cancel()
        await asyncio.wait((running, stopping))
        _log.info("Stopped")
