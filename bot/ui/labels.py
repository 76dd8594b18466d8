"""Names and descriptions of commands and options: English in the code's catalogue, other languages by `Translator`."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Any, cast

import discord
from discord import app_commands
from discord.app_commands import locale_str
from discord.ext import commands

from bot.i18n import SOURCE_LANGUAGE, texts

Callback = Callable[..., Coroutine[Any, Any, None]]


def label(key: str) -> locale_str:
    """Return the English text of a key, in the form that discord.py has translated for each of Discord's locales."""
    return locale_str(texts()(key), key=key)


def hybrid(name: str) -> Callable[[Callback], commands.HybridCommand[Any, ..., None]]:
    """Declare a command that works as a slash command and in a mention; its description is `command.NAME`.

    discord.py's own decorator says the same in types that mypy cannot solve.
    """
    made = commands.hybrid_command(name=name, description=label(f"command.{name}"))
    return cast("Callable[[Callback], commands.HybridCommand[Any, ..., None]]", made)


class Translator(app_commands.Translator):
    """Answers discord.py from the catalogues; None where a language is the source or has no catalogue."""

    async def translate(
        self, string: locale_str, locale: discord.Locale, context: app_commands.TranslationContextTypes
    ) -> str | None:
        """Return the text in a locale, or None to keep the English one."""
        key = string.extras.get("key")
        if key is None or locale.value.startswith(SOURCE_LANGUAGE):
            return None
        translated = texts(locale.value)(key)
        return translated if translated != string.message else None
