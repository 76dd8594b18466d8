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
from bot.commands import backup, block, check, invite, restore, rotate_secret, run, sandbox, sync
from bot.errors import OperatorError, SettingsError
from bot.settings import Settings, load
from bot.telemetry import set_up_logging

Verb = Callable[[Settings, argparse.Namespace], Coroutine[Any, Any, int]]

_INTERRUPTED = 130


def parser() -> argparse.ArgumentParser:
    """Return the parser of the command line; what it parsed has the verb to call as `call`."""
    line = argparse.ArgumentParser(
        prog="pawprint",
        description="A Discord bot for cat and dog pictures. Without DISCORD_TOKEN it runs in a sandbox.",
        epilog="Settings come from the environment and from .env; see .env.example.",
    )
    line.add_argument("--version", action="version", version=f"Pawprint {__version__}")
    line.add_argument("--env-file", type=Path, metavar="FILE", help="default: .env, where there is one")
    verbs = line.add_subparsers(dest="verb", metavar="VERB")
    _verb(verbs, "run", run.run, "run the bot (this is what happens without a verb): on Discord, or in the sandbox")
    play = _verb(verbs, "sandbox", sandbox.run, "run in the sandbox, even when there is a token")
    for parsed in (line, play):
        parsed.add_argument("--no-browser", action="store_true", help="print the sandbox's address, open nothing")
    _verb(verbs, "invite", invite.run, "print the link that adds the bot to a server, with the least permissions")
    _verb(
        verbs, "check", check.run, "look at settings, data folder, database, services and token, and say what is wrong"
    )
    _verb(verbs, "sync", sync.run, "tell Discord of the commands now")
    kept = _verb(verbs, "backup", backup.run, "put database and secret into one file, while the bot runs or not")
    kept.add_argument("file", type=Path, nargs="?", metavar="FILE", help="default: a new one in DATA_DIR/backups")
    kept.add_argument("--keep", type=_number, metavar="N", help="delete all but the newest N there")
    back = _verb(verbs, "restore", restore.run, "put a backup in the place of the data, while the bot is stopped")
    back.add_argument("file", type=Path, nargs="?", metavar="FILE", help="what `backup` wrote")
    back.add_argument("--force", action="store_true", help="move the data that is there aside")
    back.add_argument(
        "--from-services",
        action="store_true",
        help="take back what the services keep of this bot's: favourites, and votes where they can be read",
    )
    listed = _verb(verbs, "block", block.run, "hide pictures in every server, show them again, or list them")
    acts = listed.add_subparsers(dest="act", metavar="ACT", required=True)
    for act, about in (("add", "hide pictures everywhere"), ("remove", "show pictures again")):
        part = acts.add_parser(act, help=about, description=about.capitalize() + ".")
        part.add_argument("pictures", nargs="+", metavar="PICTURE", help="source and id, as in catapi:abc")
        part.set_defaults(reason=None)
        if act == "add":
            part.add_argument("--reason", metavar="TEXT", help="kept with it, for yourself")
    acts.add_parser("list", help="print the list", description="Print the list.").set_defaults(pictures=())
    _verb(verbs, "rotate-secret", rotate_secret.run, "give new people's pseudonyms a new secret")
    line.set_defaults(call=run.run)
    return line


def _number(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError("at least 1")
    return number


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
    arguments = parser().parse_args(argv)
    set_up_logging("INFO")
    try:
        settings = load(os.environ, _env_file(arguments.env_file))
        set_up_logging(settings.log_level, settings.log_format, settings.secrets)
        call: Verb = arguments.call
        return asyncio.run(call(settings, arguments))
    except OperatorError as error:
        print(error, file=sys.stderr)
        return error.exit_code
    except KeyboardInterrupt:
        return _INTERRUPTED
