"""The manual says what the command tree says, and offers people what they may use where they are."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any, Literal

import discord
import msgspec
import pytest
from discord import AppCommandType, app_commands
from discord.app_commands import AppCommandContext, Choice
from discord.ext import commands

from bot.app import App
from bot.client import PlainPawprint
from bot.clock import ManualClock
from bot.errors import UnknownCommand
from bot.i18n import texts
from bot.settings import Settings
from bot.ui.help_words import command_text, details, places_of, short_text
from bot.ui.labels import Translator, label
from bot.ui.lookup import find, may_use, suggest
from bot.ui.manual import SECTIONS, Entry, Manual

HERE = 7
ELSEWHERE = 8
SERVER = AppCommandContext(guild=True)
DIRECT = AppCommandContext(dm_channel=True)
PRIVATE = AppCommandContext(private_channel=True)


class Zoo(commands.Cog):
    """Commands of every make."""

    @commands.hybrid_command(name="pet", description="Stroke an animal")  # type: ignore[arg-type]  # mypy cannot solve discord.py's type
    async def pet(self, ctx: commands.Context[Any], gently: bool, *, animal: str = "cat", times: int = 1) -> None: ...

    @commands.hybrid_group(name="breed", description="Breeds", fallback="info")  # type: ignore[arg-type]  # mypy cannot solve discord.py's type
    async def breed(self, ctx: commands.Context[Any], *, name: str) -> None: ...

    @breed.command(name="list", description="List breeds")  # type: ignore[arg-type]  # mypy cannot solve discord.py's type
    async def listed(self, ctx: commands.Context[Any]) -> None: ...

    @app_commands.command(name="feed", description="Feed one of them")
    @app_commands.choices(what=[Choice(name="fish", value="f"), Choice(name="bones", value="b")])
    @app_commands.rename(member="whom")
    async def feed(
        self,
        interaction: discord.Interaction[Any],
        what: str,
        grams: app_commands.Range[int, 1, 5000],
        least: app_commands.Range[float, 0.5] = 1.0,
        most: app_commands.Range[int, None, 9] = 1,
        note: app_commands.Range[str, 1, 40] = "",
        member: discord.User | None = None,
        channel: discord.TextChannel | None = None,
        role: discord.Role | None = None,
        either: discord.User | discord.Role | None = None,
        picture: discord.Attachment | None = None,
        mood: Literal["calm", "wild"] = "calm",
    ) -> None: ...

    @app_commands.command(name="cat", description=label("command.cat"))
    async def cat(self, interaction: discord.Interaction[Any]) -> None: ...

    @app_commands.command(name="settings", description="How the zoo is run")
    @app_commands.default_permissions(manage_guild=True)
    @app_commands.allowed_contexts(guilds=True, dms=False, private_channels=False)
    @app_commands.allowed_installs(guilds=True, users=False)
    async def settings(self, interaction: discord.Interaction[Any]) -> None: ...


async def look(interaction: discord.Interaction[Any], message: discord.Message) -> None: ...


@pytest.fixture
async def bot(tmp_path: Path) -> AsyncIterator[PlainPawprint]:
    """A bot with a tree of its own, which is not connected."""
    made = PlainPawprint(App(Settings(data_dir=tmp_path), ManualClock()))
    await made.add_cog(Zoo())
    made.tree.add_command(app_commands.ContextMenu(name="Look", callback=look))
    yield made
    await made.close()


@pytest.fixture
async def entries(bot: PlainPawprint) -> tuple[Entry, ...]:
    return await bot.manual.entries()


def named(entries: tuple[Entry, ...], name: str) -> Entry:
    (found,) = (entry for entry in entries if entry.name == name)
    return found


def test_commands_come_by_section_and_groups_by_what_can_be_used_of_them(entries: tuple[Entry, ...]) -> None:
    assert [entry.name for entry in entries] == ["cat", "Look", "breed info", "breed list", "settings", "pet", "feed"]
    assert [entry.section.name for entry in entries] == [
        "pictures",
        "pictures",
        "breeds",
        "breeds",
        "server",
        "more",
        "more",
    ]
    assert named(entries, "Look").kind is AppCommandType.message
    assert [entry.typed for entry in entries[1:3]] == ["Look", "/breed info"]


def test_what_is_said_in_a_message_ends_with_what_takes_the_rest_of_the_line(entries: tuple[Entry, ...]) -> None:
    said = {entry.name: entry.said for entry in entries if entry.said is not None}
    assert said == {"pet": "pet <gently> [animal]", "breed info": "breed <name>", "breed list": "breed list"}


def test_each_option_says_what_may_be_given(entries: tuple[Entry, ...]) -> None:
    told = {option.name: " · ".join(details(option, texts())) for option in named(entries, "feed").options}
    assert told == {
        "what": "needed · one of: fish; bones",
        "grams": "needed · a whole number · from 1 to 5,000",
        "least": "a number · at least 0.5",
        "most": "a whole number · at most 9",
        "note": "text · at most 40 characters",
        "whom": "a member",
        "channel": "a channel",
        "role": "a role",
        "either": "a member or a role",
        "picture": "a file",
        "mood": "one of: calm; wild",
    }


async def test_a_language_is_spoken_where_it_is_known(bot: PlainPawprint) -> None:
    class German(Translator):
        async def translate(self, string: Any, locale: discord.Locale, context: Any) -> str | None:
            return "Katzen zeigen" if locale is discord.Locale.german and string.extras.get("key") else None

    await bot.tree.set_translator(German())
    assert named(await bot.manual.entries("de"), "cat").about == "Katzen zeigen"
    assert named(await bot.manual.entries("ja"), "cat").about == "Show cats"
    assert named(await bot.manual.entries("de"), "feed").about == "Feed one of them"


async def test_a_command_can_be_pressed_once_discord_gave_it_a_number(
    bot: PlainPawprint, entries: tuple[Entry, ...]
) -> None:
    assert bot.manual.link(named(entries, "breed info")) == "`/breed info`"
    bot.command_ids = {"breed": 12, "Look": 13}
    assert bot.manual.link(named(entries, "breed info")) == "</breed info:12>"
    assert bot.manual.link(named(entries, "cat")) == "`/cat`"
    assert bot.manual.link(named(entries, "Look")) == "`Look`"


def asked(context: AppCommandContext, guild_id: int | None = None, have: discord.Permissions | None = None) -> Any:
    """Stand in for what Discord says of who asks, and from where; the bot is in one server only."""
    gate = SimpleNamespace(may_use=lambda visit, command: True)
    client = SimpleNamespace(
        get_guild=lambda guild: object() if guild == HERE else None, app=SimpleNamespace(gate=gate)
    )
    return SimpleNamespace(
        context=context,
        guild_id=guild_id,
        client=client,
        permissions=have or discord.Permissions.none(),
        user=SimpleNamespace(id=1),
        channel=None,
        channel_id=2,
    )


@pytest.mark.parametrize(
    ("who", "may"),
    [
        (asked(SERVER, HERE), False),
        (asked(SERVER, HERE, discord.Permissions(manage_messages=True)), False),
        (asked(SERVER, HERE, discord.Permissions(manage_guild=True)), True),
        (asked(SERVER, HERE, discord.Permissions(administrator=True)), True),
        # As an app of one's own, in a server that the bot is not in.
        (asked(SERVER, ELSEWHERE, discord.Permissions(administrator=True)), False),
        (asked(DIRECT), False),
        (asked(PRIVATE), False),
    ],
)
async def test_what_is_for_admins_of_a_server_is_offered_to_them_there(
    entries: tuple[Entry, ...], who: Any, may: bool
) -> None:
    assert await may_use(named(entries, "settings"), who) is may


@pytest.mark.parametrize("who", [asked(SERVER, HERE), asked(SERVER, ELSEWHERE), asked(DIRECT), asked(PRIVATE)])
async def test_what_is_for_everybody_is_offered_everywhere(entries: tuple[Entry, ...], who: Any) -> None:
    assert await may_use(named(entries, "cat"), who)


async def test_what_the_servers_own_settings_keep_from_somebody_is_not_offered(entries: tuple[Entry, ...]) -> None:
    who = asked(SERVER, HERE)
    who.client.app.gate.may_use = lambda visit, command: command != "breed"
    assert [entry.name for entry in entries if await may_use(entry, who)] == ["cat", "Look", "pet", "feed"]


async def test_permissions_are_asked_for_in_servers_only(entries: tuple[Entry, ...]) -> None:
    guarded = msgspec.structs.replace(named(entries, "cat"), permissions=discord.Permissions(manage_guild=True))
    assert await may_use(guarded, asked(DIRECT))
    assert not await may_use(guarded, asked(SERVER, HERE))


def test_where_a_command_works_is_told_where_that_is_not_everywhere(entries: tuple[Entry, ...]) -> None:
    assert places_of(named(entries, "cat"), texts()) is None
    assert places_of(named(entries, "settings"), texts()) == ["servers"]


@pytest.mark.parametrize("typed", ["breed info", "/breed info", " /Breed  INFO "])
def test_a_command_is_found_however_its_name_is_set(entries: tuple[Entry, ...], typed: str) -> None:
    assert [entry.name for entry in find(typed, entries, entries)] == ["breed info"]


def test_a_group_is_all_of_its_commands(entries: tuple[Entry, ...]) -> None:
    assert [entry.name for entry in find("breed", entries, ())] == ["breed info", "breed list"]


@pytest.mark.parametrize(("typed", "near"), [("catt", "/cat"), ("breed lst", "/breed list"), ("seting", "/settings")])
def test_a_slip_names_what_is_near(entries: tuple[Entry, ...], typed: str, near: str) -> None:
    with pytest.raises(UnknownCommand) as caught:
        find(typed, entries, entries)
    assert caught.value.nearest[0] == near
    assert len(caught.value.nearest) <= 3


def test_what_may_not_be_used_is_not_named_as_near_nor_is_what_is_far(entries: tuple[Entry, ...]) -> None:
    usable = [entry for entry in entries if entry.name != "settings"]
    with pytest.raises(UnknownCommand) as caught:
        find("setings", entries, usable)
    assert "/settings" not in caught.value.nearest
    with pytest.raises(UnknownCommand) as caught:
        find("qqqqqq", entries, entries)
    assert caught.value.nearest == ()


def test_suggestions_begin_with_names_that_begin_so(entries: tuple[Entry, ...]) -> None:
    assert [entry.name for entry in suggest("", entries, 25)] == [entry.name for entry in entries]
    assert len(suggest("", entries, 2)) == 2
    assert [entry.name for entry in suggest("/FE", entries, 25)] == ["feed"]
    assert [entry.name for entry in suggest("s", entries, 2)] == ["settings", "breed list"]
    assert [entry.name for entry in suggest("stroke", entries, 25)] == ["pet"]
    assert suggest("hamster", entries, 25) == []


def test_a_reply_holds_a_large_group(bot: PlainPawprint, entries: tuple[Entry, ...]) -> None:
    one = named(entries, "breed list")
    many = [
        Entry(f"breed number{number}", "x" * 90, one.kind, (), one.permissions, one.places, one.installs, None)
        for number in range(40)
    ]
    text = short_text(many, Manual(bot), "Pawprint", texts())
    assert len(text) < 2000
    shown = text.count("`/breed number")
    assert f"And {40 - shown} more" in text


def test_a_page_says_who_may_use_a_command_and_where(entries: tuple[Entry, ...]) -> None:
    told = command_text(named(entries, "settings"), "/settings", "Pawprint", texts())
    assert "For members with the permission Manage Server" in told
    assert told.endswith("-# Works in: servers")
    told = command_text(named(entries, "pet"), "/pet", "Pawprint", texts())
    assert told.endswith("-# In a message: `@Pawprint pet <gently> [animal]`")


def test_sections_have_names_of_their_own_and_no_command_is_in_two() -> None:
    roots = [root for section in SECTIONS for root in section.roots]
    assert len(roots) == len(set(roots))
    assert len({section.name for section in SECTIONS}) == len(SECTIONS) < 25
