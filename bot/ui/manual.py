"""What the command tree says, as plain data: each command, its options, who may use it and where, in sections."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Final

import discord
from discord import AppCommandOptionType, AppCommandType
from discord.ext import commands
from msgspec import Struct

from bot.command_sync import payload
from bot.i18n import SOURCE_LANGUAGE

if TYPE_CHECKING:
    from bot.client import Body

# How Discord numbers the places of a command, and the two ways to install an app.
IN_SERVERS: Final = 0
IN_DIRECT_MESSAGES: Final = 1
IN_PRIVATE_CHANNELS: Final = 2
BY_A_SERVER: Final = 0
BY_A_PERSON: Final = 1

_GROUPS: Final = (AppCommandOptionType.subcommand.value, AppCommandOptionType.subcommand_group.value)


class Section(Struct, frozen=True):
    """A part of the manual. Its title is `help.section.NAME`, and what it is about `help.section.NAME.about`."""

    name: str
    emoji: str
    roots: tuple[str, ...]


# In the order in which people read them; a command that is in none of them goes to the last.
SECTIONS: Final = (
    Section("pictures", "🐱", ("cat", "dog", "random", "image")),
    Section("breeds", "🔎", ("breed",)),
    Section("facts", "💡", ("fact",)),
    Section("quiz", "🎲", ("quiz",)),
    Section("votes", "👍", ("votes", "top")),
    Section("favourites", "❤️", ("favourites",)),
    Section("daily", "📅", ("daily",)),
    Section("server", "🔧", ("settings", "moderate")),
    Section("about", "🐾", ("help", "about", "privacy")),
    Section("more", "✨", ()),
)


class Option(Struct, frozen=True):
    """An option of a command. `kind` is the value of an `AppCommandOptionType`; a text's limits are its lengths."""

    name: str
    about: str
    kind: int
    required: bool
    suggests: bool
    choices: tuple[str, ...]
    least: float | None
    most: float | None


class Entry(Struct, frozen=True):
    """A command as people know it. `name` is all of it (“top pictures”); `about` is empty for a message menu.

    `shown` is the name in the language that was asked for, as Discord shows it to those who speak it.

    `permissions` are those that Discord asks of whoever uses it in a server, unless its admins changed that;
    `said` is what one types behind the bot's name, None for what cannot be said in a message.
    """

    name: str
    about: str
    kind: AppCommandType
    options: tuple[Option, ...]
    permissions: discord.Permissions
    places: frozenset[int]
    installs: frozenset[int]
    said: str | None
    shown: str = ""

    @property
    def root(self) -> str:
        """The command that it is, or that it is a part of."""
        return self.name if self.is_menu else self.name.partition(" ")[0]

    @property
    def typed(self) -> str:
        """Its name as one types it; that of a menu as it stands there."""
        return self.name if self.is_menu else f"/{self.shown or self.name}"

    @property
    def is_menu(self) -> bool:
        """Whether it is opened on a message instead of typed."""
        return self.kind is not AppCommandType.chat_input

    @property
    def section(self) -> Section:
        """Where the manual has it; menus are about pictures."""
        if self.is_menu:
            return SECTIONS[0]
        return next((section for section in SECTIONS if self.root in section.roots), SECTIONS[-1])


class Manual:
    """The commands of one bot. They are read off the tree once, since it stays as it is while the bot runs."""

    def __init__(self, bot: Body) -> None:
        self._bot = bot
        self._read: list[dict[str, Any]] = []

    async def entries(self, locale: str = SOURCE_LANGUAGE) -> tuple[Entry, ...]:
        """Return every command in the manual's order, in one of Discord's locales."""
        if not self._read:
            self._read = await payload(self._bot)
        said = _said(self._bot)
        found = [entry for command in self._read for entry in _entries(command, locale, said)]
        return tuple(sorted(found, key=_place))

    def link(self, entry: Entry) -> str:
        """Return a command as Discord shows it to be pressed, or its name where Discord's number of it is not known.

        Discord finds the parts of a group by their English names, so these stand in it.
        """
        known = self._bot.command_ids.get(entry.root)
        if entry.is_menu or known is None:
            return f"`{entry.typed}`"
        return f"</{entry.name}:{known}>"


def _place(entry: Entry) -> tuple[int, int]:
    """Order by section, and within it as the section has it; what it does not name comes after that, as in the tree."""
    roots = entry.section.roots
    return SECTIONS.index(entry.section), roots.index(entry.root) if entry.root in roots else len(roots)


def _entries(command: dict[str, Any], locale: str, said: dict[str, str]) -> Iterator[Entry]:
    """Yield what can be used of a command: itself, or each command of a group."""
    kind = AppCommandType(command.get("type", AppCommandType.chat_input.value))
    asked = command.get("default_member_permissions")
    for path in _leaves((command,)):
        leaf, shown = path[-1], " ".join(_local(part, "name", locale) for part in path)
        name = shown if kind is not AppCommandType.chat_input else " ".join(str(part["name"]) for part in path)
        yield Entry(
            name=name,
            about=_local(leaf, "description", locale),
            kind=kind,
            options=tuple(_option(option, locale) for option in leaf.get("options", ())),
            permissions=discord.Permissions(int(asked or 0)),
            places=frozenset(command["contexts"]),
            installs=frozenset(command["integration_types"]),
            said=said.get(name),
            shown=shown,
        )


def _leaves(path: tuple[dict[str, Any], ...]) -> Iterator[tuple[dict[str, Any], ...]]:
    """Yield the way to each command that can be used, from the one that it is a part of down to itself."""
    below = [option for option in path[-1].get("options", ()) if option["type"] in _GROUPS]
    if not below:
        yield path
    for part in below:
        yield from _leaves((*path, part))


def _option(option: dict[str, Any], locale: str) -> Option:
    return Option(
        name=_local(option, "name", locale),
        about=_local(option, "description", locale),
        kind=option["type"],
        required=bool(option.get("required")),
        suggests=bool(option.get("autocomplete")),
        choices=tuple(_local(choice, "name", locale) for choice in option.get("choices", ())),
        least=option.get("min_value", option.get("min_length")),
        most=option.get("max_value", option.get("max_length")),
    )


def _local(thing: dict[str, Any], field: str, locale: str) -> str:
    """Return a text in a language, English where there is none."""
    return str((thing.get(f"{field}_localizations") or {}).get(locale) or thing.get(field, ""))


def _said(bot: Body) -> dict[str, str]:
    """Return what is typed behind the bot's name for each command that a message may hold, by the command's name."""
    found: dict[str, str] = {}
    for command in bot.walk_commands():
        fallback = getattr(command, "fallback", None) if isinstance(command, commands.HybridGroup) else None
        if isinstance(command, commands.Group) and fallback is None:
            continue
        name = command.qualified_name
        found[f"{name} {fallback}" if fallback else name] = " ".join((name, *_typed(command)))
    return found


def _typed(command: commands.Command[Any, ..., Any]) -> Iterator[str]:
    """Yield the options that can be typed, in order: the first that takes the rest of the line is the last."""
    for name, option in command.clean_params.items():
        yield f"<{name}>" if option.required else f"[{name}]"
        if option.kind is option.KEYWORD_ONLY:
            return
