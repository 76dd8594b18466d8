"""Pictures a day as a server meets them: set, listed, paused, posted in time, stopped where they cannot be."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from datetime import timedelta
from typing import Any

import discord
import pytest
from simcord.actors import MemberActor
from simcord.builders import ChannelHandle

from bot.card import Card as KeptCard
from bot.models import Species
from tests.simulated.stage import Card, Stage, privately

NOT_YOURS = "For that you need the permission Manage Server. Ask an admin of this server."
EVERY_DAY = {"time": "08:30", "timezone": "Europe/Berlin"}


class Admin:
    """Ada, who runs the server, and #daily."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        self.ada: MemberActor = stage.world.members["Ada"]
        self.daily: ChannelHandle = stage.world.channels["daily"]

    async def types(self, command: str, /, **options: Any) -> str:
        """Type a subcommand and return the private answer."""
        return privately(await self.ada.slash(self.stage.pets, f"daily {command}", **options))

    async def sets(self, **options: Any) -> str:
        return await self.types("set", **{"channel": self.daily} | EVERY_DAY | options)

    async def lets_pass(self, **time: float) -> None:
        """Let time pass, and what is due then happen."""
        self.stage.clock.shift += timedelta(**time)
        await self.goes_round()

    async def goes_round(self) -> None:
        app = self.stage.app
        work: Awaitable[object] = app.spawn(self.stage.bot.daily_courier.round.go(), name="test round")
        await asyncio.wait_for(work, 15)
        await self.stage.env.settle()

    def posted(self) -> list[Card]:
        """Return what the bot posted in #daily, oldest first."""
        return [Card(self.stage, self.daily, number) for number in sorted(m.id for m in self.daily.history())]


@pytest.fixture
def admin(stage: Stage) -> Admin:
    return Admin(stage)


async def test_a_server_sets_lists_changes_pauses_and_removes(admin: Admin) -> None:
    where = f"<#{admin.daily.id}>"
    assert await admin.types("list") == "No picture a day yet. Begin with /daily set."
    said = await admin.sets()
    assert said.startswith(
        f"📅 That is set:\n**1.** A cat or a dog, every day at 08:30 (Europe/Berlin) in {where}\n-# Next: <t:"
    )
    said = await admin.sets(time="8 pm", timezone="kathmandu", breed="maine coon", fact=True)
    assert f"**2.** Maine Coon with a fact, every day at 20:00 (Asia/Kathmandu) in {where}" in said
    assert "**3.** A dog, every day at 20:00" in await admin.sets(time="20:00", animal="dog")
    listed = await admin.types("list")
    assert [line[:5] for line in listed.splitlines()[1::2]] == ["**1.*", "**2.*", "**3.*"]
    said = await admin.sets(time="9:15", animal="cat", number=1)
    assert said.startswith(f"📅 Changed:\n**1.** A cat, every day at 09:15 (Europe/Berlin) in {where}")
    assert (await admin.types("pause", number=2)).endswith("-# Paused. /daily resume lets it go on.")
    assert "📅 It goes on:" in await admin.types("resume", number=2)
    assert await admin.types("remove", number=2) == "📅 Number 2 is removed."
    assert await admin.types("remove", number=2) == ("There is no picture a day with the number 2. There are: 1 and 3.")
    offered = await admin.ada.autocomplete(admin.stage.pets, "daily remove", "number", "")
    assert [choice["name"] for choice in offered] == [
        "1 · A cat · 09:15 Europe/Berlin · #daily",
        "3 · A dog · 20:00 Europe/Berlin · #daily",
    ]


async def test_what_is_typed_wrong_is_said_at_once(admin: Admin) -> None:
    assert await admin.sets(time="noon") == "“noon” is no time of day. Write it like 08:30, or 8:30 pm."
    assert "Did you mean Europe/Berlin" in await admin.sets(timezone="Europe/Berln")
    assert "I know no breed “wolfsbane”" in await admin.sets(breed="wolfsbane")
    offered = await admin.ada.autocomplete(admin.stage.pets, "daily set", "timezone", "kathm")
    assert [choice["value"] for choice in offered] == ["Asia/Kathmandu"]
    offered = await admin.ada.autocomplete(admin.stage.pets, "daily set", "breed", "siam")
    assert "Siamese" in offered[0]["name"]
    guild, me = admin.stage.world.guild, admin.stage.bot.user
    assert me is not None
    closed = guild.create_text_channel(
        "closed", overwrites={guild.default_role: discord.PermissionOverwrite(attach_files=False, send_messages=False)}
    )
    await admin.stage.env.settle()
    assert "Send Messages" in await admin.sets(channel=closed)
    assert await admin.types("list") == "No picture a day yet. Begin with /daily set."


async def test_only_who_manages_the_server_may_use_it(admin: Admin) -> None:
    await admin.sets()
    mia, stage = admin.stage.mia, admin.stage
    # Discord shows it to nobody else; where admins changed that, the bot itself says no.
    everybody = stage.world.guild.default_role
    stage.world.guild.set_command_permissions(stage.bot.command_ids["daily"], {everybody: True})
    for command in ("list", "pause", "resume", "remove", "now"):
        options = {} if command == "list" else {"number": 1}
        assert privately(await mia.slash(stage.pets, f"daily {command}", **options)) == NOT_YOURS
    result = await mia.slash(stage.pets, "daily set", channel=admin.daily, **EVERY_DAY)
    assert privately(result) == NOT_YOURS
    assert (await admin.types("list")).count("**1.**") == 1
    assert admin.posted() == []


async def test_it_is_posted_each_day_once_with_its_fact_and_can_be_voted_on(admin: Admin) -> None:
    await admin.sets(animal="cat", fact=True)
    stage = admin.stage
    await admin.lets_pass(days=1)
    await admin.goes_round()
    (card,) = admin.posted()
    assert len(card.pictures) == 1
    assert card.pictures[0]["description"]
    assert "💡 " in card.text
    assert "-# 📅 Picture of the day, <t:" in card.text
    fact = next(line for line in card.text.splitlines() if line.startswith("💡"))
    assert await stage.app.posts.of_message(card.message_id) is not None

    await card.press(stage.mia, "👍")
    assert card.count("👍") == 1
    assert fact in card.text
    await stage.same_picture(card)
    await stage.newest().press(stage.noah, "👍")
    await stage.counts_drawn()
    assert card.count("👍") == 2
    assert fact in card.text
    # Nobody asked for it, so that 🔁 never takes it away.
    again = await card.press(stage.mia, "🔁")
    assert again.response is not None
    assert len(admin.posted()) == 2

    await admin.lets_pass(days=1)
    await admin.lets_pass(days=3)
    assert len(admin.posted()) == 4
    assert stage.app.counts.of("daily") == 3


async def test_now_posts_at_once_and_leaves_the_plan(admin: Admin) -> None:
    await admin.sets(animal="dog", breed="beagle")
    before = await admin.stage.app.dailies.find(admin.stage.world.guild.id, 1)
    said = await admin.types("now", number=1)
    (card,) = admin.posted()
    assert said == f"📅 Posted: https://discord.com/channels/{before.space}/{admin.daily.id}/{card.message_id}"
    kept = KeptCard.parse(card.buttons[0]["custom_id"])
    assert kept is not None
    assert (kept[1].wanted.species, kept[1].requester) == (Species.DOG, 0)
    assert await admin.stage.app.dailies.find(before.space, 1) == before


async def test_a_channel_that_is_gone_or_closed_stops_it_with_a_note(admin: Admin) -> None:
    stage, guild = admin.stage, admin.stage.world.guild
    log = stage.world.channels["pets"]
    await stage.app.guilds.put(guild.id, 1, "log_channel", lambda _: log.id)
    other = guild.create_text_channel("other")
    await stage.env.settle()
    await admin.sets(channel=other)
    await admin.sets()
    await stage.bot.http.delete_channel(other.id)
    await stage.env.settle()
    listed = await admin.types("list")
    assert "-# Stopped: its channel is gone. Choose another one with /daily set and its number" in listed
    assert listed.count("Stopped") == 1
    told = [Card(stage, log, message.id).text for message in log.history()]
    assert any("Picture of the day 1 is stopped: its channel is gone." in text for text in told)

    daily = stage.bot.get_channel(admin.daily.id)
    assert isinstance(daily, discord.TextChannel)
    await daily.set_permissions(daily.guild.me, attach_files=False)
    await stage.env.settle()
    assert "Attach Files" in await admin.types("now", number=2)
    await admin.lets_pass(days=1)
    assert admin.posted() == []
    listed = await admin.types("list")
    assert f"-# Stopped: I may not post pictures in <#{admin.daily.id}>. Let me, then use /daily resume." in listed
    assert "Attach Files" in await admin.types("resume", number=2)


async def test_its_breed_may_be_left_out_of_the_server_later(admin: Admin) -> None:
    await admin.sets(breed="maine coon")
    space = admin.stage.world.guild.id
    await admin.stage.app.guilds.put(space, 1, "excluded_breeds", lambda _: ["cat:mcoo"])
    await admin.lets_pass(days=1)
    assert admin.posted() == []
    assert "Stopped: this server does not show that breed." in await admin.types("list")
