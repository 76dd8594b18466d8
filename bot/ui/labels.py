"""Names and descriptions of commands and options: English in the code's catalogue, other languages by `Translator`."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Any, Final, cast

import discord
from discord import app_commands
from discord.app_commands import TranslationContextLocation as Location
from discord.app_commands import locale_str
from discord.ext import commands

from bot.i18n import SOURCE_LANGUAGE, texts

Callback = Callable[..., Coroutine[Any, Any, None]]

_NAMES: Final = (Location.command_name, Location.group_name, Location.parameter_name)


def label(key: str) -> locale_str:
    """Return the English text of a key, in the form that discord.py has translated for each of Discord's locales."""
    return locale_str(texts()(key), key=key)


def name_key(name: str) -> str:
    """Return the key of what a command, group or option is called in other languages."""
    return f"name.{name.replace('-', '_')}"


def hybrid(name: str) -> Callable[[Callback], commands.HybridCommand[Any, ..., None]]:
    """Declare a command that works as a slash command and in a mention; its description is `command.NAME`.

    discord.py's own decorator says the same in types that mypy cannot solve.
    """
    made = commands.hybrid_command(name=name, description=label(f"command.{name}"))
    return cast("Callable[[Callback], commands.HybridCommand[Any, ..., None]]", made)


def hybrid_group(name: str) -> Callable[[Callback], commands.HybridGroup[Any, ..., None]]:
    """Declare a group of commands: hybrid ones (`hybrid_in`), and slash commands through its `app_command`."""
    made = commands.hybrid_group(name=name, description=label(f"command.{name}"))
    return cast("Callable[[Callback], commands.HybridGroup[Any, ..., None]]", made)


def hybrid_in(
    group: commands.HybridGroup[Any, ..., None], name: str, description: locale_str
) -> Callable[[Callback], commands.HybridCommand[Any, ..., None]]:
    """Declare a command of a group that works as a slash command and in a mention."""
    made = cast("Any", group).command(name=name, description=description)
    return cast("Callable[[Callback], commands.HybridCommand[Any, ..., None]]", made)


class Translator(app_commands.Translator):
    """Answers discord.py from the catalogues; None where a language is the source or has no catalogue.

    What a `label` made has its key. A name of a command, group or option has none, since the code holds the English
    one: its key is `name.WORD`, the same wherever the word is used.
    """

    async def translate(
        self, string: locale_str, locale: discord.Locale, context: app_commands.TranslationContextTypes
    ) -> str | None:
        """Return the text in a locale, or None to keep the English one."""
        say, key = texts(locale.value), string.extras.get("key")
        # Most locales have no catalogue, and discord.py asks thousands of times at a start: this comes first.
        if say.spoken.startswith(SOURCE_LANGUAGE):
            return None
        if key is None and context.location in _NAMES:
            key = name_key(string.message)
        if key is None or not say.known(key):
            return None
        translated = say(key)
        return translated if translated != string.message else None
