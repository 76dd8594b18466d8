"""`/top` and `/votes mine` as members see them: order, times, channels, links, pages, and who sees what."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from unittest.mock import patch

import discord
import pytest
from simcord.actors import MemberActor
from simcord.builders import ChannelHandle
from simcord.results import InteractionResult, ResponseMessage

from bot.client import Pawprint
from bot.models import PictureKey
from bot.services.votes import Door, Vote
from bot.ui.links import may_see
from tests.simulated.stage import Card, Stage, privately, texts_of, walk


@dataclass
class Gallery:
    """An answer with a gallery, read as the person sees it."""

    result: InteractionResult

    @property
    def message(self) -> ResponseMessage:
        return next(m for m in (*self.result.followups, self.result.response) if m is not None and m.components)

    @property
    def private(self) -> bool:
        return self.message.ephemeral

    @property
    def text(self) -> str:
        return texts_of(self.result)

    @property
    def tiles(self) -> list[str]:
        return [walked["components"][0]["content"] for walked in walk(self.message.components) if walked["type"] == 9]

    @property
    def alts(self) -> list[str]:
        sections = [walked for walked in walk(self.message.components) if walked["type"] == 9]
        return [section["accessory"]["description"] for section in sections]

    @property
    def links(self) -> list[str | None]:
        """The message each tile leads to, as its address after the host."""
        found = [re.search(r"\(https://discord\.com/channels/(\S+)\)", tile) for tile in self.tiles]
        return [match[1] if match else None for match in found]

    async def turn(self, actor: MemberActor, emoji: str) -> Gallery:
        buttons = [walked for walked in walk(self.message.components) if walked["type"] == 2]
        (button,) = (b for b in buttons if (b.get("emoji") or {}).get("name") == emoji)
        assert not button.get("disabled")
        return Gallery(await actor.click(self.message.message, custom_id=button["custom_id"]))


async def top(
    stage: Stage,
    what: str = "pictures",
    actor: MemberActor | None = None,
    channel: ChannelHandle | None = None,
    **options: Any,
) -> Gallery:
    """Ask for a ranking."""
    return Gallery(await (actor or stage.mia).slash(channel or stage.pets, f"top {what}", **options))


async def mine(stage: Stage, actor: MemberActor | None = None, channel: ChannelHandle | None = None) -> Gallery:
    """Ask for one's own votes."""
    return Gallery(await (actor or stage.mia).slash(channel or stage.pets, "votes mine"))


def address(card: Card) -> str:
    guild = card.channel.guild
    return f"{guild.id if guild else '@me'}/{card.channel.id}/{card.message_id}"


async def liked(stage: Stage, *actors: MemberActor, channel: ChannelHandle | None = None, **options: Any) -> Card:
    """Post a picture that so many people like."""
    card = await stage.card("cat", actor=actors[0], channel=channel, **options)
    for actor in actors:
        await card.press(actor, "👍")
    return card


async def test_top_pictures_shows_the_most_loved_first_with_votes_and_links_for_ones_own_eyes(stage: Stage) -> None:
    first = await liked(stage, stage.mia, stage.noah, breed="siam")
    second = await liked(stage, stage.mia, breed="manx")
    third = await liked(stage, stage.mia, stage.world.members["Yuki"], breed="korat")
    await third.press(stage.noah, "👎")
    gallery = await top(stage)
    assert gallery.private
    assert gallery.text.startswith("### Top pictures of all time")
    assert [tile.splitlines()[:2] for tile in gallery.tiles] == [
        ["**1. 🇹🇭 Siamese**", "👍 2 · 👎 0"],
        ["**2. 🇹🇭 Korat**", "👍 2 · 👎 1"],
        ["**3. 🇮🇲 Manx**", "👍 1 · 👎 0"],
    ]
    assert gallery.links == [address(first), address(third), address(second)]
    assert gallery.alts == [f"A cat of the breed {name}." for name in ("Siamese", "Korat", "Manx")]


async def test_the_link_leads_to_the_newest_message_with_the_picture(stage: Stage) -> None:
    card = await liked(stage, stage.mia)
    again = await stage.same_picture(card, stage.world.channels["daily"])
    assert (await top(stage)).links == [address(again)]
    await again.message.delete()
    await stage.env.settle()
    assert (await top(stage)).links == [address(card)]
    await card.message.delete()
    await stage.env.settle()
    gallery = await top(stage)
    assert gallery.links == [None]
    assert "👍 1" in gallery.text


async def test_what_is_only_voted_down_is_not_at_the_top(stage: Stage) -> None:
    card = await stage.card("cat")
    await card.press(stage.noah, "👎")
    gallery = await top(stage)
    assert gallery.tiles == []
    assert "Nothing has a 👍 yet." in gallery.text


async def test_an_empty_ranking_says_how_to_begin(stage: Stage) -> None:
    said = {period: (await top(stage, period=period)).text for period in ("all", "week")}
    assert "Ask for a picture with /cat or /dog and press 👍 under what you like." in said["all"]
    assert "choose a longer time" in said["week"]
    breeds = await top(stage, "breeds")
    assert breeds.private
    assert "No breed has a 👍 yet." in breeds.text


async def test_votes_leave_the_shorter_times_as_days_go_by(stage: Stage) -> None:
    old = await liked(stage, stage.mia, breed="siam")
    standing = {period: len((await top(stage, period=period)).tiles) for period in ("today", "week", "month", "all")}
    assert standing == {"today": 1, "week": 1, "month": 1, "all": 1}
    stage.clock.shift += timedelta(days=8)
    new = await liked(stage, stage.noah, breed="manx")
    for period, title, links in [
        ("today", "Top pictures today, since midnight UTC", [new]),
        ("week", "Top pictures of the last 7 days", [new]),
        ("month", "Top pictures of the last 30 days", [new, old]),
    ]:
        gallery = await top(stage, period=period)
        assert f"### {title}" in gallery.text
        assert gallery.links == [address(card) for card in links]
    stage.clock.shift += timedelta(days=31)
    assert (await top(stage, period="month")).tiles == []
    assert len((await top(stage)).tiles) == 2


async def test_a_channels_ranking_has_what_was_shown_there(stage: Stage) -> None:
    daily = stage.world.channels["daily"]
    here = await liked(stage, stage.mia)
    there = await liked(stage, stage.mia, stage.noah, channel=daily)
    assert (await top(stage)).links == [address(there), address(here)]
    gallery = Gallery(await stage.mia.slash(stage.pets, "top pictures", channel=daily))
    assert gallery.links == [address(there)]
    assert f"Only what was shown in <#{daily.id}>" in gallery.text
    breeds = Gallery(await stage.mia.slash(stage.pets, "top breeds", channel=daily))
    assert f"Only what was shown in <#{daily.id}>" in breeds.text


async def test_nobody_asks_for_the_ranking_of_a_channel_that_is_closed_to_them(stage: Stage) -> None:
    staff = stage.world.channels["staff"]
    with patch("simcord.interactions.channel_accessible", return_value=True):
        refused = await stage.mia.slash(stage.pets, "top pictures", channel=staff)
    assert "View Channel" in privately(refused)
    allowed = Gallery(await stage.world.members["Max"].slash(stage.pets, "top pictures", channel=staff))
    assert f"Only what was shown in <#{staff.id}>" in allowed.text


async def test_nobody_is_led_into_a_channel_that_they_cannot_see(stage: Stage) -> None:
    moderator, staff = stage.world.members["Max"], stage.world.channels["staff"]
    secret = await liked(stage, moderator, channel=staff)
    both = await liked(stage, stage.mia, stage.noah)
    async with stage._only(both):
        newer = await stage.card("cat", actor=moderator, channel=staff)
    assert (await top(stage)).links == [address(both), None]
    assert (await top(stage, actor=moderator)).links == [address(newer), address(secret)]
    # Typed in the channel itself everybody who reads it may go there.
    assert (await top(stage, actor=moderator, channel=staff, show=True)).links == [address(newer), address(secret)]
    # Shown to everybody, no link leads where somebody may not go.
    shown = await top(stage, actor=moderator, show=True)
    assert not shown.private
    assert shown.links == [address(both), None]


async def test_a_private_thread_is_led_into_only_by_who_is_there_or_may_manage_it(stage: Stage) -> None:
    channel = stage.bot.get_channel(stage.pets.id)
    assert isinstance(channel, discord.TextChannel)
    await channel.create_thread(name="secret", type=discord.ChannelType.private_thread)
    await channel.create_thread(name="open", type=discord.ChannelType.public_thread)
    seen: dict[str, tuple[bool, bool]] = {}

    async def look(interaction: discord.Interaction[Any]) -> None:
        assert interaction.guild is not None
        secret, public = sorted(interaction.guild.threads, key=lambda thread: thread.name, reverse=True)
        seen[interaction.user.name] = (may_see(interaction, secret.id), may_see(interaction, public.id))

    with patch.object(stage.bot, "on_interaction", look, create=True):
        for actor in (stage.mia, stage.world.members["Ada"]):
            await top(stage, actor=actor)
    assert seen == {"mia": (False, True), "ada": (True, True)}


async def test_pages_are_turned_and_stay_in_order_after_a_restart(stage: Stage) -> None:
    cards = [await stage.card("cat", count=4) for _ in range(2)]
    for card in cards:
        for number in range(4):
            await card.press(stage.mia, "👍", number=number)
    first = await top(stage, period="week")
    assert [tile[2:4] for tile in first.tiles] == ["1.", "2.", "3.", "4.", "5."]
    await stage.env.restart_bot(Pawprint(stage.app))
    second = await first.turn(stage.mia, "▶️")
    assert [tile[2:4] for tile in second.tiles] == ["6.", "7.", "8."]
    assert "### Top pictures of the last 7 days" in second.text
    assert all(link is not None for link in second.links)
    back = await second.turn(stage.mia, "⏮️")
    assert [tile[2:4] for tile in back.tiles] == ["1.", "2.", "3.", "4.", "5."]


async def test_a_ranking_shown_to_everybody_may_be_turned_by_everybody(stage: Stage) -> None:
    for _ in range(2):
        card = await stage.card("cat", count=4)
        for number in range(4):
            await card.press(stage.mia, "👍", number=number)
    shown = await top(stage, show=True)
    assert not shown.private
    assert len((await shown.turn(stage.noah, "▶️")).tiles) == 3


async def test_top_breeds_adds_up_the_votes_of_their_pictures_and_shows_the_best(stage: Stage) -> None:
    one = await liked(stage, stage.mia, breed="siam")
    best = await liked(stage, stage.mia, stage.noah, breed="siam")
    assert one.keys != best.keys
    await one.press(stage.noah, "👎")
    dog = await stage.card("dog", breed="Beagle")
    await dog.press(stage.mia, "👍")
    gallery = await top(stage, "breeds")
    assert gallery.private
    assert "### Top breeds of all time" in gallery.text
    assert [tile.splitlines()[:2] for tile in gallery.tiles] == [
        ["**1. 🇹🇭 Siamese**", "👍 3 · 👎 1 · 2 pictures"],
        ["**2. 🇬🇧 Beagle**", "👍 1 · 👎 0 · 1 picture"],
    ]
    assert gallery.links == [address(best), address(dog)]
    assert gallery.alts == ["A cat of the breed Siamese.", "A dog of the breed Beagle."]


async def test_in_direct_messages_the_ranking_is_ones_own(stage: Stage) -> None:
    server = await liked(stage, stage.mia)
    own = await stage.direct_card(stage.mia, breed="siam")
    await own.press(stage.mia.user, "👍")
    theirs = await stage.direct_card(stage.noah, breed="manx")
    await theirs.press(stage.noah.user, "👍")
    gallery = Gallery(await stage.mia.user.slash("top pictures", show=True))
    assert [tile.splitlines()[0] for tile in gallery.tiles] == ["**1. 🇹🇭 Siamese**"]
    assert gallery.links == [address(own)]
    assert "Your personal collection" in gallery.text
    assert gallery.private
    breeds = Gallery(await stage.noah.user.slash("top breeds"))
    assert [tile.splitlines()[0] for tile in breeds.tiles] == ["**1. 🇮🇲 Manx**"]
    assert breeds.links == [address(theirs)]
    assert (await top(stage)).links == [address(server)]


async def test_ones_own_votes_are_private_newest_first_and_lead_to_where_they_can_be_changed(stage: Stage) -> None:
    empty = await mine(stage)
    assert empty.private
    assert "You have not voted here yet. Ask for a picture" in empty.text
    first = await liked(stage, stage.mia, breed="siam")
    second = await stage.card("cat", breed="manx")
    await second.press(stage.noah, "👍")
    await second.press(stage.mia, "👎")
    gallery = await mine(stage)
    assert gallery.private
    assert "### Your votes in this server" in gallery.text
    assert [tile.splitlines()[0] for tile in gallery.tiles] == ["**🇮🇲 Manx**", "**🇹🇭 Siamese**"]
    assert re.fullmatch(r"You voted 👎 · <t:\d+:D>", gallery.tiles[0].splitlines()[1])
    assert gallery.links == [address(second), address(first)]
    await first.press(stage.mia, "👎")
    await second.press(stage.mia, "👎")
    changed = await mine(stage)
    assert [tile.splitlines()[0] for tile in changed.tiles] == ["**🇹🇭 Siamese**"]
    assert "You voted 👎" in changed.text
    assert [tile.splitlines()[0] for tile in (await mine(stage, stage.noah)).tiles] == ["**🇮🇲 Manx**"]


async def test_reactions_and_the_menu_are_among_ones_own_votes(stage: Stage) -> None:
    card = await stage.card("cat")
    await stage.mia.react(card.message, "👍")
    gallery = await mine(stage)
    assert "You voted 👍" in gallery.text
    assert gallery.links == [address(card)]


async def test_ones_own_votes_come_in_pages(stage: Stage) -> None:
    for _ in range(2):
        card = await stage.card("cat", count=4)
        for number in range(4):
            await card.press(stage.mia, "👎", number=number)
    gallery = await mine(stage)
    assert (len(gallery.tiles), "1 / 2" in str(gallery.message.components)) == (5, True)
    assert len((await gallery.turn(stage.mia, "⏭️")).tiles) == 3


async def test_votes_in_direct_messages_are_listed_there_and_nowhere_else(stage: Stage) -> None:
    own = await stage.direct_card(stage.mia)
    await own.press(stage.mia.user, "👍")
    gallery = Gallery(await stage.mia.user.slash("votes mine"))
    assert "### Your votes in your personal collection" in gallery.text
    assert gallery.links == [address(own)]
    assert (await mine(stage)).tiles == []


@pytest.mark.parametrize("command", ["top pictures", "votes mine"])
async def test_a_picture_of_which_only_the_name_is_left_is_told_in_words(stage: Stage, command: str) -> None:
    card = await liked(stage, stage.mia)
    forgotten = PictureKey(card.keys[0].source, "long-gone")
    await stage.app.votes.cast(stage.person(stage.mia), forgotten, Vote.UP, Door.BUTTON)
    gallery = Gallery(await stage.mia.slash(stage.pets, command))
    assert "A picture that I no longer know" in gallery.text
    assert len(gallery.tiles) == 1
