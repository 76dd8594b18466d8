"""Discord is told of the commands when it has others, and only then."""

from __future__ import annotations

import copy
from collections.abc import AsyncIterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from unittest.mock import AsyncMock, patch

import discord
import pytest

from bot.app import App
from bot.client import EXTENSIONS, PlainPawprint
from bot.clock import ManualClock
from bot.command_sync import payload, sync_commands
from bot.settings import Settings
from bot.ui.labels import Translator

# What discord.py returns of the commands that it sent.
SENT = [SimpleNamespace(name=name, id=number) for number, name in enumerate(("one", "two", "three"), start=1)]


@pytest.fixture
async def bot(tmp_path: Path) -> AsyncIterator[PlainPawprint]:
    """A bot that knows its commands and is not connected."""
    made = PlainPawprint(App(Settings(data_dir=tmp_path), ManualClock()))
    made._connection.application_id = 1
    await made.tree.set_translator(Translator())
    for extension in EXTENSIONS:
        await made.load_extension(extension)
    yield made
    await made.close()


def as_discord_tells(commands: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Say the same as Discord does: ids and versions in, what is usual spelt out or left out, lists in other order."""
    told = copy.deepcopy(commands)
    for number, command in enumerate(told):
        command |= {"id": str(number), "application_id": "1", "version": "7", "dm_permission": True, "nsfw": False}
        command["name_localizations"] = command.get("name_localizations") or None
        command["description_localizations"] = command.get("description_localizations") or None
        permissions = command.get("default_member_permissions")
        command["default_member_permissions"] = None if permissions is None else str(permissions)
        for name in ("contexts", "integration_types"):
            if command.get(name):
                command[name] = list(reversed(command[name]))
        if not command.get("options"):
            command.pop("options", None)
        for option in command.get("options", []):
            for usual in ("required", "autocomplete", "name_localizations"):
                if not option.get(usual):
                    option.pop(usual, None)
    return list(reversed(told))


async def told(bot: PlainPawprint, there: list[dict[str, Any]], *, always: bool = False) -> bool:
    """Return whether the tree is sent when Discord has such commands."""
    with (
        patch.object(bot.http, "request", AsyncMock(return_value=there)),
        patch.object(bot.tree, "sync", AsyncMock(return_value=SENT)) as sync,
    ):
        sent = await sync_commands(bot, always=always)
    assert sent == (3 if sync.called else 0)
    return sync.called


async def test_the_commands_are_those_that_people_know(bot: PlainPawprint) -> None:
    made = {(command["type"], command["name"]): command for command in await payload(bot)}
    assert {(1, "cat"), (1, "dog"), (3, "Picture…")} <= set(made)
    assert [option["name"] for option in made[1, "cat"]["options"]] == ["breed", "category", "motion", "count"]
    count = made[1, "cat"]["options"][-1]
    assert (count["min_value"], count["max_value"]) == (1, 4)
    for known in ((1, "cat"), (1, "dog"), (3, "Picture…")):
        assert made[known]["contexts"] == [0, 1, 2]
        assert made[known]["integration_types"] == [0, 1]


async def test_the_first_time_everything_is_told(bot: PlainPawprint) -> None:
    assert await told(bot, [])


async def test_what_discord_has_already_is_not_told_again(bot: PlainPawprint) -> None:
    assert not await told(bot, as_discord_tells(await payload(bot)))


async def test_permissions_are_the_same_as_number_and_as_digits(bot: PlainPawprint) -> None:
    command = bot.tree.get_command("cat")
    assert isinstance(command, discord.app_commands.Command)
    command.default_permissions = discord.Permissions(manage_guild=True)
    there = as_discord_tells(await payload(bot))
    assert not await told(bot, there)
    command.default_permissions = discord.Permissions(manage_messages=True)
    assert await told(bot, there)


async def test_the_numbers_that_discord_gave_are_noted_whether_or_not_it_is_told(bot: PlainPawprint) -> None:
    await told(bot, [])
    assert bot.command_ids == {"one": 1, "two": 2, "three": 3}
    there = as_discord_tells(await payload(bot))
    await told(bot, there)
    assert bot.command_ids == {command["name"]: int(command["id"]) for command in there}
    assert "cat" in bot.command_ids


async def test_by_hand_it_is_told_always(bot: PlainPawprint) -> None:
    assert await told(bot, as_discord_tells(await payload(bot)), always=True)


@pytest.mark.parametrize(
    "change",
    [
        lambda commands: commands.pop(),
        lambda commands: commands.append({"type": 1, "name": "old", "description": "gone since"}),
        lambda commands: _cat(commands).update(description="Another one"),
        lambda commands: _cat(commands).update(contexts=[0]),
        lambda commands: _cat(commands)["options"].reverse(),
        lambda commands: _cat(commands)["options"].pop(),
        lambda commands: _cat(commands)["options"][-1].update(max_value=10),
        lambda commands: _cat(commands)["options"][0].update(required=True),
        lambda commands: _cat(commands)["options"][0].update(autocomplete=False),
        lambda commands: _cat(commands)["options"][2]["choices"].pop(),
        lambda commands: _cat(commands).update(description_localizations={"de": "Katzen"}),
    ],
)
async def test_any_difference_is_told(bot: PlainPawprint, change: Any) -> None:
    there = as_discord_tells(await payload(bot))
    change(there)
    assert await told(bot, there)


def _cat(commands: list[dict[str, Any]]) -> dict[str, Any]:
    return next(command for command in commands if command["name"] == "cat")
