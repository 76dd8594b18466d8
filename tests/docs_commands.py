"""Writes docs/commands.md from the commands themselves, with no token and no network: `make docs`."""

from __future__ import annotations

import asyncio
import sys
import tempfile
from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager
from itertools import groupby
from pathlib import Path

from bot.app import App
from bot.client import EXTENSIONS, PlainPawprint
from bot.clock import ManualClock
from bot.i18n import texts
from bot.settings import Settings
from bot.ui.help_words import about, details, permission_list
from bot.ui.labels import Translator
from bot.ui.manual import BY_A_PERSON, BY_A_SERVER, IN_DIRECT_MESSAGES, IN_PRIVATE_CHANNELS, IN_SERVERS, Entry

DOCUMENT = Path(__file__).parents[1] / "docs" / "commands.md"
INTRODUCTION = """\
# Commands

All that people can type or choose on Discord. `make docs` writes this page from the commands themselves; to change a
text, change it in `bot/locale/`.

- **who** is what Discord asks for by default. The admins of a server may change it for each command, channel and role
  under *Server Settings › Integrations*.
- **where** is *everywhere* for what works in servers, in direct messages, and wherever somebody uses Pawprint as an app
  of their own.
- **in a message** is what one may type instead of the slash command: `<so>` must be there, `[so]` may be left out, and
  the last one takes the rest of the line. Options that are missing there are those of the slash command only.
- `/help` shows everybody what they may use where they are.
"""


@asynccontextmanager
async def commands_known() -> AsyncIterator[PlainPawprint]:
    """Lend a bot that knows its commands and nothing else: its app stays closed, and it connects to nothing."""
    with tempfile.TemporaryDirectory() as folder:
        bot = PlainPawprint(App(Settings(data_dir=Path(folder)), ManualClock()))
        try:
            await bot.tree.set_translator(Translator())
            for extension in EXTENSIONS:
                await bot.load_extension(extension)
            yield bot
        finally:
            await bot.close()


async def document() -> str:
    """Return the page as it should be."""
    async with commands_known() as bot:
        return page(await bot.manual.entries())


def page(entries: Sequence[Entry]) -> str:
    """Return the page of some commands, which come in the manual's order."""
    say = texts()
    parts = [INTRODUCTION]
    for section, inside in groupby(entries, key=lambda entry: entry.section):
        here = list(inside)
        parts.append(f"## {say(f'help.section.{section.name}')}\n")
        parts.append(_table(("command", "what it does", "who", "where", "in a message"), map(_row, here)))
        for entry in here:
            if entry.options:
                parts.append(f"### `{entry.typed}`\n")
                parts.append(_table(("option", "what it is", "what may be given"), _options(entry)))
    return "\n".join(parts)


def _row(entry: Entry) -> tuple[str, ...]:
    said = f"`@Pawprint {entry.said}`" if entry.said else ""
    name = f"Apps › {entry.name}" if entry.is_menu else f"`{entry.typed}`"
    who = f"members with {permission_list(entry.permissions, texts())}" if entry.permissions.value else "everybody"
    return name, about(entry, texts()), who, _where(entry), said


def _where(entry: Entry) -> str:
    if {IN_SERVERS, IN_DIRECT_MESSAGES, IN_PRIVATE_CHANNELS} <= entry.places and {
        BY_A_SERVER,
        BY_A_PERSON,
    } <= entry.installs:
        return "everywhere"
    told = {
        IN_SERVERS: "servers",
        IN_DIRECT_MESSAGES: "direct messages with the bot",
        IN_PRIVATE_CHANNELS: "other direct messages",
    }
    places = ", ".join(text for place, text in told.items() if place in entry.places)
    if entry.installs == {BY_A_SERVER}:
        return f"{places}, where a server installed it"
    return f"{places}, as an app of one’s own" if entry.installs == {BY_A_PERSON} else places


def _options(entry: Entry) -> Iterable[tuple[str, ...]]:
    for option in entry.options:
        yield f"`{option.name}`", option.about, " · ".join(details(option, texts()))


def _table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [heads, ["---"] * len(heads), *rows]
    return "".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |\n" for line in lines)


def main() -> int:
    """Write the page."""
    DOCUMENT.write_text(asyncio.run(document()), "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
