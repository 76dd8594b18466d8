"""Tells Discord of the commands, only when they differ from what Discord has."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

from discord import AppCommandType, app_commands
from discord.http import Route

if TYPE_CHECKING:
    from bot.client import Body

_log = logging.getLogger(__name__)

# What Discord fills in by itself; a field that is absent means the same.
_DEFAULTS: dict[str, Any] = {
    "description": "",
    "required": False,
    "autocomplete": False,
    "nsfw": False,
    "options": [],
    "choices": [],
    "channel_types": [],
    "default_member_permissions": None,
    "name_localizations": {},
    "description_localizations": {},
}
_FIELDS = {
    *_DEFAULTS, "name", "type", "value", "min_value", "max_value", "min_length", "max_length", "contexts",
    "integration_types",
}  # fmt: skip
_TRANSLATED = ("name_localizations", "description_localizations")


async def sync_commands(bot: Body, *, always: bool = False) -> int:
    """Send the tree if Discord has another, and return how many were sent; note Discord's number of each command."""
    assert bot.application_id is not None
    if not always:
        there = await _there(bot, bot.application_id)
        here = await payload(bot)
        if _comparable(there) == _comparable(here):
            _log.debug("Discord has the commands already")
            bot.command_ids = {command["name"]: int(command["id"]) for command in there}
            return 0
    sent = await bot.tree.sync()
    bot.command_ids = {command.name: command.id for command in sent}
    _log.info("Told Discord of %d commands", len(sent))
    return len(sent)


async def _there(bot: Body, application_id: int) -> Any:
    # Discord tells translations only to who asks for them, which discord.py's own call does not.
    route = Route("GET", "/applications/{application_id}/commands", application_id=application_id)
    return await bot.http.request(route, params={"with_localizations": "true"})


async def payload(bot: Body) -> list[dict[str, Any]]:
    """Return the commands as they would be sent, translations included."""
    tree = bot.tree
    commands = tree.get_commands()
    translator = tree.translator
    if translator is None:
        return [command.to_dict(tree) for command in commands]
    return [await command.get_translated_payload(tree, translator) for command in commands]


def _comparable(commands: Any) -> dict[tuple[Any, Any], Any]:
    return {(c.get("type", AppCommandType.chat_input.value), c["name"]): _normal(c) for c in commands}


def _normal(value: Any) -> Any:
    if isinstance(value, dict):
        # A translation goes by locales, one of which is "id"; elsewhere that is a number that Discord gives.
        shown = {k: item if k in _TRANSLATED else _normal(item) for k, item in value.items() if k in _FIELDS}
        if shown.get("default_member_permissions") is not None:
            # A number to discord.py, its digits to Discord.
            shown["default_member_permissions"] = str(shown["default_member_permissions"])
        return {key: item for key, item in shown.items() if item is not None and item != _DEFAULTS.get(key)}
    if isinstance(value, list):
        # Numbers (contexts, kinds of channels) are in no order; options and choices are.
        return sorted(value) if all(isinstance(item, int) for item in value) else [_normal(item) for item in value]
    if isinstance(value, app_commands.locale_str):
        return str(value)
    return value
