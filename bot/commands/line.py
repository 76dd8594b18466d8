"""Reads the command line and the settings, and calls the verb; ends every fault of an operator in one sentence."""

from __future__ import annotations

import argparse
import asyncio
import os
import sys
from collections.abc import Callable, Coroutine, Sequence
from pathlib import Path
from typing import Any

from bot import __version__
from bot.commands import check, invite, run, sandbox, sync
from bot.errors import OperatorError, SettingsError
from bot.settings import Settings, load
from bot.telemetry import set_up_logging

Verb = Callable[[Settings, argparse.Namespace], Coroutine[Any, Any, int]]

_INTERRUPTED = 130


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="pawprint",
        description="A Discord bot for cat and dog pictures. Without DISCORD_TOKEN it runs in a sandbox.",
        epilog="Settings come from the environment and from .env; see .env.example.",
    )
    parser.add_argument("--version", action="version", version=f"Pawprint {__version__}")
    parser.add_argument("--env-file", type=Path, metavar="FILE", help="default: .env, where there is one")
    verbs = parser.add_subparsers(dest="verb", metavar="VERB")
    _verb(verbs, "run", run.run, "run the bot (this is what happens without a verb): on Discord, or in the sandbox")
    play = _verb(verbs, "sandbox", sandbox.run, "run in the sandbox, even when there is a token")
    for parsed in (parser, play):
        parsed.add_argument("--no-browser", action="store_true", help="print the sandbox's address, open nothing")
    _verb(verbs, "invite", invite.run, "print the link that adds the bot to a server, with the least permissions")
    _verb(
        verbs, "check", check.run, "look at settings, data folder, database, services and token, and say what is wrong"
    )
    _verb(verbs, "sync", sync.run, "tell Discord of the commands now")
    parser.set_defaults(call=run.run)
    return parser


def _verb(verbs: Any, name: str, call: Verb, about: str) -> argparse.ArgumentParser:
    parser: argparse.ArgumentParser = verbs.add_parser(name, help=about, description=about.capitalize() + ".")
    parser.set_defaults(call=call)
    return parser


def _env_file(asked: Path | None) -> Path:
    if asked is not None and not asked.exists():
        raise SettingsError([f"--env-file: there is no {asked}."])
    return asked or Path(".env")


def main(argv: Sequence[str] | None = None) -> int:
    """Run a verb and return the exit code: 0, or 2 for what the operator has to mend."""
    arguments = _parser().parse_args(argv)
    set_up_logging("INFO")
    try:
        settings = load(os.environ, _env_file(arguments.env_file))
        set_up_logging(settings.log_level)
        call: Verb = arguments.call
        return asyncio.run(call(settings, arguments))
    except OperatorError as error:
        print(error, file=sys.stderr)  # noqa: T201 - the answer to an operator
        return error.exit_code
    except KeyboardInterrupt:
        return _INTERRUPTED
