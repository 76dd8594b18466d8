"""`sandbox`: a simulated Discord and an embedded back end, with no token and no internet."""

from __future__ import annotations

import argparse
import logging
import sys

from bot.commands.signals import stop_event
from bot.errors import SandboxMissing
from bot.settings import Settings

_MISSING = (
    "There is no DISCORD_TOKEN, and the sandbox is not installed: put the token into .env, or install the extra, "
    "as `pip install '.[sandbox]'` does in a checkout."
)


async def run(settings: Settings, arguments: argparse.Namespace) -> int:
    """Run the sandbox until Ctrl-C or SIGTERM."""
    stop = stop_event()
    # SimCord makes a client without intents when it is imported, and discord.py warns of that.
    logging.getLogger("discord.state").setLevel(logging.ERROR)
    try:
        from sandbox.session import Session
    except ModuleNotFoundError as error:
        if error.name is not None and error.name.partition(".")[0] in (
            "simcord",
            "av",
            "markdown_it",
            "linkify_it",
            "regex",
        ):
            raise SandboxMissing(_MISSING) from error
        raise
    async with Session.open(settings) as session:
        print(session.welcome(), flush=True)
        if not arguments.no_browser and sys.stdout.isatty():
            session.open_browser()
        await stop.wait()
    return 0
