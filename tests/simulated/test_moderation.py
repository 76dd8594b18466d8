"""Moderation as moderators and members meet it: what is hidden is seen nowhere, and whose votes do not count."""

from __future__ import annotations

import re
from typing import Any
from unittest.mock import AsyncMock

import discord
import pytest
from simcord.actors import MemberActor
from simcord.backend.errors import SetupError
from simcord.results import InteractionResult

from bot.i18n import texts
from bot.models import Picture, Species, Wanted
from bot.services.guild_settings import GuildSettings
from bot.services.moderation import block
from bot.services.votes import Standing
from tests.simulated.stage import Card, Stage, privately, texts_of
from tests.simulated.test_favourites import Shown

HIDDEN = "That picture is hidden in this server."
NOT_YOURS = "For that you need the permission Manage Messages. Ask an admin of this server."


async def presses(who: MemberActor, shown: InteractionResult, what: str) -> InteractionResult:
    """Press a button of an answer, by what its `custom_id` begins with."""
    answer = Shown(shown)
    ids = [button["custom_id"] for button in answer.buttons if button["custom_id"].startswith(what)]
    result: InteractionResult = await who.click(answer.answer.message, custom_id=ids[0])
    return result


class Moderator:
    """Max, who moderates."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        self.max: MemberActor = stage.world.members["Max"]

    async def types(self, command: str, /, **options: Any) -> str:
        """Type a subcommand and return the private answer."""
        return privately(await self.asks(command, **options))

    async def asks(self, command: str, /, **options: Any) -> InteractionResult:
        """Type a subcommand."""
        result: InteractionResult = await self.max.slash(self.stage.pets, f"moderate {command}", **options)
        return result

    async def presses(self, shown: InteractionResult, what: str) -> InteractionResult:
        """Press a button."""
        return await presses(self.max, shown, what)

    async def chooses(self, shown: Shown, values: list[str]) -> InteractionResult:
        """Choose from the list of a page."""
        (select,) = [c for c in shown.components if c["type"] == 3]
        result: InteractionResult = await self.max.select(shown.answer.message, values, custom_id=select["custom_id"])
        return result

    async def picture_of(self, card: Card) -> Picture:
        """Return the picture that a card shows."""
        picture = await self.stage.app.posts.picture(card.keys[0])
        assert picture is not None
        return picture


@pytest.fixture
def moderator(stage: Stage) -> Moderator:
    return Moderator(stage)


async def log_of(stage: Stage) -> list[str]:
    """Return what was told to the log channel of who did what, oldest first."""
    await stage.env.settle()
    daily = stage.world.channels["daily"]
    said = [Card(stage, daily, number).text for number in sorted(message.id for message in daily.history())]
    return [text for text in said if "<@" in text and not text.startswith("🔧")]


async def tells_everybody(stage: Stage) -> None:
    """Have #daily told of each deed."""
    daily = stage.world.channels["daily"]
    await stage.app.guilds.put(stage.world.guild.id, 1, "log_channel", lambda _: daily.id)


async def standing_of(stage: Stage, card: Card) -> Standing:
    """Return how the first picture of a card stands in the server."""
    return await stage.app.votes.standing(stage.world.guild.id, card.keys[0])


async def test_hide_here_in_the_menu_takes_the_picture_off_every_message(moderator: Moderator) -> None:
    stage = moderator.stage
    card = await stage.card("cat")
    picture, name = await moderator.picture_of(card), f"catapi:{card.keys[0].id}"
    other = await stage.same_picture(card, stage.world.channels["daily"])
    await card.press(stage.noah, "👍")
    assert len(Shown(await card.menu(stage.mia)).buttons) == 3
    menu = await card.menu(moderator.max)
    assert [button.get("label") for button in Shown(menu).buttons] == [None, None, None, "Hide here"]
    voted = await moderator.presses(menu, "menu-paw:down")
    await tells_everybody(stage)
    said = privately(await moderator.presses(voted, "mod:hide"))
    assert said.startswith(f"🙈 `{name}` is hidden in this server.")
    await stage.counts_drawn()
    for shown in (card, other):
        assert shown.text == "🙈 Hidden by a moderator."
        assert not shown.pictures
        assert not shown.buttons
    (told,) = await log_of(stage)
    first, link = told.split("\n")
    assert first == f"🙈 <@{moderator.max.id}> hid the picture `{name}`."
    assert link.startswith("-# It was shown here: https://discord.com/channels/")
    assert link.endswith(f"/{other.message_id}")
    # Shown again, the cards are what they were.
    assert await moderator.types("unhide", picture=name) == "👀 1 picture may be seen here again."
    await stage.counts_drawn()
    assert card.keys == [picture.key]
    assert card.pictures
    assert (card.count("👍"), card.count("👎")) == (1, 1)
    assert (await log_of(stage))[1].startswith(f"👀 <@{moderator.max.id}> lets the picture `{name}` be seen again.")


async def test_a_card_that_still_shows_it_answers_in_words_and_is_drawn_anew(moderator: Moderator) -> None:
    stage, here = moderator.stage, moderator.stage.world.guild.id
    card = await stage.card("cat")
    other = await stage.same_picture(card, stage.world.channels["daily"])
    picture, menu = card.keys[0], await card.menu(stage.mia)
    await stage.app.moderation.hide(here, moderator.max.id, picture)
    assert privately(await card.menu(stage.mia)).startswith(HIDDEN)
    for shown, emoji in ((card, "👍"), (other, "🔁")):
        answer = await shown.press(stage.mia, emoji)
        assert answer.followups[-1].ephemeral
        assert (answer.followups[-1].content or "").startswith(HIDDEN)
        assert shown.text == "🙈 Hidden by a moderator."
    assert HIDDEN in texts_of(await presses(stage.mia, menu, "menu-paw:up"))
    assert privately(await card.menu(stage.mia)).startswith(HIDDEN)
    await stage.mia.react(card.message, "👍")
    await stage.mia.react(card.message, "❤️")
    assert await stage.app.votes.standing(here, picture) == Standing()
    assert not await stage.app.favourites.contains(stage.person(stage.mia), picture)


async def test_every_door_keeps_a_hidden_picture_closed(moderator: Moderator) -> None:
    stage = moderator.stage
    card = await stage.card("cat", breed="siam")
    picture, link = await moderator.picture_of(card), card.message.jump_url
    name = f"catapi:{picture.id}"
    await card.press(stage.mia, "👍")
    await card.press(stage.mia, "❤️")
    said = await moderator.types("hide", picture=name, reason="not *nice*")
    assert said.startswith(f"🙈 `{name}` is hidden in this server.")
    assert "was hidden in this server before" in await moderator.types("hide", picture=picture.id)
    for command, options in (
        ("image", {"id": picture.id}),
        ("favourites add", {"picture": name}),
        ("favourites add", {"picture": link}),
        ("favourites add", {}),
    ):
        assert privately(await stage.mia.slash(stage.pets, command, **options)).startswith(HIDDEN), command
    for command in ("favourites list", "favourites server", "top pictures", "top breeds", "votes mine"):
        page = texts_of(await stage.mia.slash(stage.pets, command))
        assert "-# 🙈 1 picture is hidden here." in page, command
        assert picture.id not in page, command
    gallery = texts_of(await stage.mia.slash(stage.pets, "breed gallery", breed="siam"))
    assert picture.id not in gallery
    assert "1 picture is hidden here." in gallery
    assert "no favourites yet" in texts_of(await stage.mia.slash(stage.pets, "favourites random"))
    note = AsyncMock(return_value="A picture a day")
    wanted, here = Wanted(species=Species.CAT, breed_id="siam"), stage.world.guild.id
    same = (await stage.app.posts.of_message(card.message_id)).cards[0]  # type: ignore[union-attr]  # it is known
    view, _ = await stage.app.away(stage.bot.presenter.unasked(wanted, stage.pets.id, here, texts(), note, same=same))
    assert [one.picture for one in view.cards] != [picture.key]
    riddle = await stage.app.away(
        stage.app.riddles.find(Species.CAT, stage.pets.id, GuildSettings(), stage.app.moderation.shown_in(here))
    )
    assert riddle.picture.key != picture.key
    # Where it is not hidden all is as ever.
    assert Shown(await stage.mia.user.slash("image", id=picture.id)).answer is not None
    for _ in range(6):
        more = await stage.card("cat", channel=stage.world.channels["daily"], breed="siam")
        assert picture.key not in more.keys


async def test_what_the_operator_hides_is_hidden_in_direct_messages_too(moderator: Moderator) -> None:
    stage = moderator.stage
    card, direct = await stage.card("dog"), await stage.direct_card(stage.mia)
    keys = [card.keys[0], direct.keys[0]]
    assert await block(stage.app.store, keys)
    await stage.app.moderation.look()
    await stage.counts_drawn()
    for shown in (card, direct):
        assert shown.text == "🙈 Hidden by the bot’s operator."
    said = texts_of(await stage.mia.user.slash("image", id=keys[1].id))
    assert said == "That picture was hidden by the bot’s operator. Ask for another one with /cat or /dog."
    assert "hidden by the bot’s operator" in await moderator.types("unhide", picture=f"dogapi:{keys[0].id}")


async def test_of_several_on_a_message_one_is_named_and_the_others_stay(moderator: Moderator) -> None:
    stage = moderator.stage
    card = await stage.card("cat", count=3)
    first, second, third = card.keys
    asked = await moderator.asks("hide")
    assert "Which one do you mean?" in privately(asked)
    await moderator.presses(asked, f"mod:hide:catapi:{second.id}")
    await stage.counts_drawn()
    assert card.keys == [first, third]
    assert "🙈 Hidden by a moderator." in card.text
    await card.press(stage.noah, "👍", 1)
    assert card.keys == [first, third]
    assert (card.count("👍", 0), card.count("👍", 1)) == (0, 1)
    assert "🙈 Hidden by a moderator." in card.text
    menu = await card.menu(stage.mia)
    assert second.id not in str(menu.response.components)  # type: ignore[union-attr]
    reset = await moderator.asks("reset", picture=card.message.jump_url)
    asked = await moderator.presses(reset, f"mod:ask:catapi:{third.id}")
    assert "take back the 1 vote" in privately(asked)


async def test_a_reset_takes_votes_back_once_the_moderator_is_sure(moderator: Moderator) -> None:
    stage = moderator.stage
    card = await stage.card("cat")
    name = f"catapi:{card.keys[0].id}"
    assert await moderator.types("reset") == f"Nobody has a vote on `{name}` in this server."
    await card.press(stage.mia, "👍")
    await stage.noah.react(card.message, "👎")
    await tells_everybody(stage)
    asked = await moderator.asks("reset")
    assert privately(asked).startswith(f"Do you want to take back all 2 votes on `{name}` in this server?")
    assert "Yes, take them back" not in texts_of(await moderator.presses(asked, "mod:leave"))
    assert await standing_of(stage, card) == Standing(1, 1)
    done = await moderator.presses(await moderator.asks("reset", picture=card.message.jump_url), "mod:reset")
    assert privately(done) == f"🧹 2 votes on `{name}` are taken back."
    await stage.counts_drawn()
    assert (card.count("👍"), card.count("👎")) == (0, 0)
    (told,) = await log_of(stage)
    assert told.startswith(f"🧹 <@{moderator.max.id}> took back 2 votes on the picture `{name}`.")
    # Taking the reaction away has nothing left to withdraw, and voting anew counts.
    await stage.noah.unreact(card.message, "👎")
    await card.press(stage.noah, "👍")
    assert card.count("👍") == 1


async def test_who_is_kept_from_voting_is_told_so_at_each_door(moderator: Moderator) -> None:
    stage = moderator.stage
    card = await stage.card("cat")
    await card.press(stage.mia, "👍")
    await tells_everybody(stage)
    menu = await card.menu(stage.mia)
    said = await moderator.types("keep-from-voting", member=stage.mia)
    assert said.startswith(f"🚫 New votes of <@{stage.mia.id}> do not count in this server.")
    assert "did not count in this server before" in await moderator.types("keep-from-voting", member=stage.mia)
    refused = "The moderators of this server count no new votes of yours."
    assert privately(await card.press(stage.mia, "👎")).startswith(refused)
    assert privately(await presses(stage.mia, menu, "menu-paw:down")).startswith(refused)
    await stage.mia.react(card.message, "👎")
    assert stage.app.counts.of("failure", "reaction", "KeptFromVoting") == 1
    assert (await standing_of(stage, card)) == Standing(up=1)
    await card.press(stage.mia, "❤️")
    assert card.count("❤️") == 1
    kept = Shown(await moderator.asks("kept"))
    privately(kept.result)
    entry = rf"\*\*1\.\*\* <@{stage.mia.id}>\n-# Since <t:\d+:f>, decided by <@{moderator.max.id}>"
    assert re.search(entry, kept.text)
    after = Shown(await moderator.chooses(kept, [str(stage.mia.id)]))
    assert "✅ The votes of 1 member count again." in after.text
    assert "decided by" not in after.text
    await card.press(stage.mia, "👎")
    assert card.count("👎") == 1
    assert "count in this server as they are" in await moderator.types("keep-from-voting", member=stage.mia, undo=True)
    await moderator.types("keep-from-voting", member=stage.mia)
    assert "count in this server again" in await moderator.types("keep-from-voting", member=stage.mia, undo=True)
    assert [line.partition(" ")[0] for line in await log_of(stage)] == ["🚫", "✅", "🚫", "✅"]


async def test_the_list_shows_no_picture_and_lets_some_be_seen_again(moderator: Moderator) -> None:
    stage = moderator.stage
    assert "Nothing is hidden here." in await moderator.types("hidden")
    cards = [await stage.card("cat") for _ in range(6)]
    keys, last = [card.keys[0] for card in cards], cards[-1]
    for key in keys:
        await moderator.types("hide", picture=f"catapi:{key.id}", reason="*blurred*")
    offered = await moderator.max.autocomplete(stage.pets, "moderate unhide", "picture", "cat")
    names = [choice["value"] for choice in offered]
    assert sorted(names) == sorted(f"catapi:{key.id}" for key in keys)
    page = Shown(await moderator.asks("hidden", page=2))
    privately(page.result)
    assert re.search(rf"Hidden by <@{moderator.max.id}> on <t:\d+:f>\n-# Reason: \\\*blurred\\\*", page.text)
    assert not page.thumbnails
    (select,) = [c for c in page.components if c["type"] == 3]
    chosen = [option["value"] for option in select["options"]]
    after = Shown(await moderator.chooses(page, chosen))
    assert "👀 1 picture may be seen here again." in after.text
    assert len(after.ids) == 5
    assert "No such picture is hidden" in await moderator.types("unhide", picture=chosen[0])
    await stage.app.moderation.forget(stage.person(moderator.max))
    await moderator.types("keep-from-voting", member=stage.mia)
    await stage.app.moderation.forget(stage.person(moderator.max))
    assert re.search(r"\n-# Hidden on <t:\d+:f>\n-# Reason", await moderator.types("hidden"))
    assert re.search(rf"<@{stage.mia.id}>\n-# Since <t:\d+:f>\n", await moderator.types("kept"))
    link = last.message.jump_url
    assert await moderator.types("unhide", picture=link) == "👀 1 picture may be seen here again."
    assert "No such picture is hidden" in await moderator.types("unhide", picture="nothing-like-it")


async def test_who_does_not_moderate_gets_nowhere_by_whichever_door(moderator: Moderator) -> None:
    stage, moderation = moderator.stage, moderator.stage.app.moderation
    here = stage.world.guild.id
    with pytest.raises(SetupError, match="default-member-permissions"):
        await stage.mia.slash(stage.pets, "moderate hide")
    # As an admin may have set it under Server Settings › Integrations.
    stage.world.guild.set_command_permissions(stage.bot.command_ids["moderate"], {stage.world.guild.default_role: True})
    card = await stage.card("cat")
    await card.press(stage.noah, "👍")
    await moderation.keep_from_voting(stage.person(stage.noah), moderator.max.id)
    menu, asked = await card.menu(moderator.max), await moderator.asks("reset")
    kept = Shown(await moderator.asks("kept"))
    for command, options in (
        ("hide", {}), ("unhide", {"picture": "x"}), ("hidden", {}), ("reset", {}), ("kept", {}),
        ("keep-from-voting", {"member": stage.noah, "undo": True}),
    ):  # fmt: skip
        assert privately(await stage.mia.slash(stage.pets, f"moderate {command}", **options)) == NOT_YOURS
    assert await stage.mia.autocomplete(stage.pets, "moderate unhide", "picture", "") == []
    with pytest.raises(SetupError, match="use-application-commands"):
        await stage.world.members["Ghost"].slash(stage.pets, "moderate hide")
    # Max' own buttons, once he moderates no more.
    guild = stage.bot.get_guild(here)
    assert guild is not None
    member = await guild.fetch_member(moderator.max.id)
    await member.remove_roles(discord.Object(stage.world.guild.roles["Moderators"].id))
    await stage.env.settle()
    for shown, what in ((menu, "mod:hide"), (asked, "mod:reset")):
        assert NOT_YOURS in texts_of(await moderator.presses(shown, what))
    assert NOT_YOURS in texts_of(await moderator.chooses(kept, [str(stage.noah.id)]))
    assert not moderation.hidden_in(here)
    assert (await standing_of(stage, card)).up == 1
    assert (await moderation.kept(here, limit=1)).total == 1
