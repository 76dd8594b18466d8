"""What members meet of a server's settings: where and when they may, what cards look like, and who is told what."""

from __future__ import annotations

from functools import partial
from typing import Any
from unittest.mock import patch

import discord
import pytest

from bot.models import Species
from bot.reactions import Emojis
from bot.services.delivery import Delivery
from bot.services.guild_settings import MOST, GuildSettings
from bot.services.pace import Pace
from bot.services.votes import Standing, Vote
from bot.ui.lookup import usable
from tests.simulated.stage import Card, Stage, privately, texts_of
from tests.simulated.test_settings import emojis_of


async def sets(stage: Stage, **values: Any) -> None:
    """Have the server's admins set something."""
    for name, value in values.items():
        await stage.app.guilds.put(stage.world.guild.id, 1, name, partial(_always, value))


def _always(value: Any, _: GuildSettings) -> Any:
    return value


async def standing(stage: Stage, card: Card, actor: Any = None) -> Standing:
    """Return how a card's picture stands for somebody, Mia where nobody is named."""
    user = (actor or stage.mia).id
    return await stage.app.votes.standing(stage.world.guild.id, card.keys[0], user)


async def test_elsewhere_one_is_told_privately_where_to_go(stage: Stage) -> None:
    pets, daily = stage.pets, stage.world.channels["daily"]
    here = await stage.card("cat", channel=daily)
    await sets(stage, channels=[pets.id])
    said = f"Commands may be used in <#{pets.id}> only. Ask me there."
    assert privately(await stage.mia.slash(daily, "cat")) == said
    assert privately(await here.press(stage.mia, "🔁")) == said
    # A vote on what is there is no command, and admins come to the settings everywhere.
    await here.press(stage.noah, "👍")
    assert here.count("👍") == 1
    assert privately(await stage.world.members["Ada"].slash(daily, "settings panel"))
    await stage.mia.send(daily, f"{stage.mention} cat")
    assert stage.newest(daily).raw["content"] == said
    assert await stage.mia.autocomplete(daily, "cat", "breed", "siam")
    assert (await stage.card("cat")).pictures
    assert (await stage.direct_card(stage.mia)).pictures


async def test_a_category_stands_for_its_channels_and_a_channel_for_its_threads(stage: Stage) -> None:
    category = stage.world.guild.create_category("Animals")
    kept = stage.world.guild.create_text_channel("kept", category=category)
    await sets(stage, channels=[category.id])
    assert (await stage.card("cat", channel=kept)).pictures
    assert "Ask me there" in privately(await stage.mia.slash(stage.pets, "cat"))
    await sets(stage, channels=[stage.pets.id])
    message = (await stage.card("cat")).message
    await message.create_thread(name="More cats")
    await stage.env.settle()
    (thread,) = stage.pets.threads
    assert (await stage.card("cat", channel=thread)).pictures


async def test_one_waits_as_the_server_says_and_is_told_until_when(stage: Stage) -> None:
    await sets(stage, person_cooldown=60)
    card = await stage.card("cat")
    said = privately(await stage.mia.slash(stage.pets, "dog"))
    assert said.startswith("This server lets one wait a little. You may again <t:")
    assert "You may again <t:" in privately(await card.press(stage.mia, "🔁"))
    assert (await stage.card("dog", stage.noah)).pictures
    # Votes and private answers about the bot are no reason to wait.
    await card.press(stage.mia, "👍")
    assert card.count("👍") == 1
    await stage.mia.send(stage.pets, f"{stage.mention} cat")
    assert "You may again" in stage.newest().raw["content"]
    await sets(stage, exempt_roles=[stage.world.guild.default_role.id])
    assert (await stage.card("dog")).pictures


async def test_a_role_may_be_needed_for_a_command_and_for_votes(stage: Stage) -> None:
    team = stage.world.guild.roles["Moderators"]
    await sets(stage, roles={"cat": [team.id], "vote": [team.id]})
    said = f"For that you need one of these roles: <@&{team.id}>."
    assert privately(await stage.mia.slash(stage.pets, "cat")) == said
    card = await stage.card("cat", stage.world.members["Max"])
    assert privately(await card.press(stage.mia, "👍")) == said
    await stage.mia.react(card.message, "👍")
    assert await standing(stage, card) == Standing()
    assert stage.app.counts.of("failure", "reaction", "RoleNeeded") == 1
    await card.press(stage.world.members["Max"], "👍")
    await stage.world.members["Ada"].react(card.message, "👍")
    assert (await standing(stage, card)).up == 2
    await stage.mia.react(card.message, "❤️")
    assert await stage.app.favourites.contains(stage.person(stage.mia), card.keys[0])


async def test_by_buttons_alone_reactions_are_just_reactions(stage: Stage) -> None:
    before = await stage.card("cat")
    await stage.mia.react(before.message, "👍")
    await sets(stage, voting="buttons")
    card = await stage.card("cat")
    await stage.mia.react(card.message, "👍")
    assert await standing(stage, card) == Standing()
    await card.press(stage.mia, "👎")
    assert (await standing(stage, card)).mine is Vote.DOWN
    # What a reaction gave while they counted goes with it all the same.
    await stage.mia.unreact(before.message, "👍")
    assert await standing(stage, before) == Standing()


async def test_by_reactions_alone_they_are_there_to_press(stage: Stage) -> None:
    old = await stage.card("cat")
    await sets(stage, voting="reactions")
    card = await stage.card("cat")
    await stage.env.settle()
    assert emojis_of(card) == ["❤️", "🔁", "ℹ️"]
    assert [reaction["emoji"]["name"] for reaction in card.raw["reactions"]] == ["👍", "👎", "❤️"]
    await stage.mia.react(card.message, "👎")
    assert (await standing(stage, card)).mine is Vote.DOWN
    assert privately(await old.press(stage.mia, "👍")).startswith("This server does not vote that way.")
    await card.press(stage.mia, "❤️")
    assert card.count("❤️") == 1
    assert emojis_of(card) == ["❤️", "🔁", "ℹ️"]


async def test_where_nobody_votes_no_door_is_open(stage: Stage) -> None:
    await sets(stage, voting="off")
    card = await stage.card("cat")
    assert emojis_of(card) == ["❤️", "🔁", "ℹ️"]
    assert "reactions" not in card.raw or not card.raw["reactions"]
    await stage.mia.react(card.message, "👍")
    menu = await card.menu(stage.mia)
    assert menu.response is not None
    custom_id = "menu-" + card.button("❤️")["custom_id"].replace(":save:", ":up:")
    answer = await stage.mia.click(menu.response.message, custom_id=custom_id)
    assert "does not vote that way" in texts_of(answer)
    assert await standing(stage, card) == Standing()


async def test_one_does_not_vote_on_ones_own_request_where_that_is_not_wanted(stage: Stage) -> None:
    await sets(stage, own_votes=False)
    card = await stage.card("cat")
    said = privately(await card.press(stage.mia, "👍"))
    assert said == "In this server one does not vote on what one asked for oneself. Others may."
    await stage.mia.react(card.message, "👍")
    assert await standing(stage, card) == Standing()
    await stage.noah.react(card.message, "👍")
    await stage.mia.react(card.message, "❤️")
    assert (await standing(stage, card)).up == 1
    assert await stage.app.favourites.contains(stage.person(stage.mia), card.keys[0])


async def test_other_emojis_are_on_the_buttons_and_count_as_reactions(stage: Stage) -> None:
    await sets(stage, emojis=Emojis("🐾", "💤", "⭐"), seed_reactions=True)
    card = await stage.card("cat")
    await stage.env.settle()
    assert emojis_of(card) == ["🐾", "💤", "⭐", "🔁", "ℹ️"]
    assert [reaction["emoji"]["name"] for reaction in card.raw["reactions"]] == ["🐾", "💤", "⭐"]
    await stage.mia.react(card.message, "👍")
    assert await standing(stage, card) == Standing()
    await stage.mia.react(card.message, "🐾")
    await stage.noah.react(card.message, "💤")
    await stage.noah.react(card.message, "⭐")
    assert await standing(stage, card) == Standing(1, 1, Vote.UP)
    await stage.counts_drawn()
    assert (card.count("🐾"), card.count("💤"), card.count("⭐")) == (1, 1, 1)
    await stage.mia.unreact(card.message, "🐾")
    assert await standing(stage, card) == Standing(0, 1)
    await card.press(stage.mia, "🐾")
    assert (await standing(stage, card)).mine is Vote.UP


async def test_votes_stay_when_the_server_chooses_other_emojis(stage: Stage) -> None:
    card = await stage.card("cat")
    await stage.mia.react(card.message, "👍")
    await sets(stage, emojis=Emojis(up="🐾"))
    await stage.mia.unreact(card.message, "👍")
    assert (await standing(stage, card)).mine is Vote.UP


@pytest.mark.parametrize(("how", "posts"), [("in_place", 1), ("new_post", 2)])
async def test_again_does_what_the_server_says(stage: Stage, how: str, posts: int) -> None:
    await sets(stage, again=how)
    card = await stage.card("cat")
    await card.press(stage.mia, "🔁")
    assert len(stage.pets.history()) == posts


async def test_without_again_it_is_not_there_and_older_ones_say_so(stage: Stage) -> None:
    old = await stage.card("cat")
    await sets(stage, again="off")
    assert emojis_of(await stage.card("cat")) == ["👍", "👎", "❤️", "ℹ️"]
    assert privately(await old.press(stage.mia, "🔁")).startswith("This server does without 🔁.")
    assert len(stage.pets.history()) == 2


async def test_who_wishes_for_what_is_left_out_is_told_so_by_its_name(stage: Stage) -> None:
    siamese = await stage.card("cat", breed="siam")
    hats = stage.app.categories.find(Species.CAT, "hats")
    await sets(stage, excluded_breeds=["cat:siam"], excluded_categories=[f"cat:{hats.id}"])
    said = "This server leaves Siamese out. Ask for something else; its admins can change that with /settings."
    assert privately(await stage.mia.slash(stage.pets, "cat", breed="siam")) == said
    assert privately(await siamese.press(stage.mia, "🔁")) == said
    assert "This server leaves hats out." in privately(await stage.mia.slash(stage.pets, "cat", category="hats"))
    assert (await stage.card("cat", breed="beng")).pictures
    assert (await stage.direct_card(stage.mia, "cat", breed="siam")).pictures


async def test_what_is_left_out_does_not_come_by_chance_either(stage: Stage) -> None:
    excluded = [f"cat:{breed.id}" for breed in stage.app.breeds.all(Species.CAT)][:MOST]
    await sets(stage, excluded_breeds=excluded)
    for _ in range(3):
        card = await stage.card("cat", count=4)
        for key in card.keys:
            picture = await stage.app.posts.picture(key)
            assert picture is not None
            assert picture.breed is not None
            assert f"cat:{picture.breed.id}" not in excluded


async def test_pictures_come_as_uploads_where_the_server_wants_that(stage: Stage) -> None:
    asked: list[bool] = []
    prepare, at_hand = Delivery.prepare, Delivery.at_hand

    async def prepared(self: Delivery, pictures: Any, *, upload: bool = False) -> Any:
        asked.append(upload)
        return await prepare(self, pictures, upload=upload)

    def found(self: Delivery, pictures: Any, *, upload: bool = False) -> Any:
        asked.append(upload)
        return at_hand(self, pictures, upload=upload)

    await sets(stage, delivery="upload")
    with patch.object(Delivery, "prepare", prepared), patch.object(Delivery, "at_hand", found):
        card = await stage.card("cat")
        await card.press(stage.mia, "❤️")
        for command in ("favourites list", "favourites random"):
            privately(await stage.mia.slash(stage.pets, command))
        await stage.mia.slash(stage.pets, "breed compare", first="cat:siam", second="cat:mcoo")
    assert set(asked) == {True}
    assert len(asked) >= 4
    assert card.raw["attachments"]


async def test_a_flood_of_one_person_is_answered_once_and_others_are_served(stage: Stage) -> None:
    stage.app.gate.pace = Pace(stage.clock, burst=2, a_second=0.001)
    card = await stage.card("cat")
    await card.press(stage.mia, "👍")
    said = privately(await card.press(stage.mia, "👍"))
    assert said.startswith("That was too much at once. Wait a moment; you may again <t:")
    assert privately(await stage.mia.slash(stage.pets, "dog")) == said
    before = len(stage.pets.history())
    for _ in range(3):
        await stage.mia.send(stage.pets, f"{stage.mention} cat")
    assert len(stage.pets.history()) == before + 3  # hers, and no answer: she knows
    await card.press(stage.noah, "👍")
    assert card.count("👍") == 2
    assert (await stage.card("dog", stage.noah)).pictures
    assert stage.app.counts.of("failure", "mention", "TooQuick") == 3


async def test_help_names_what_one_may_use_here(stage: Stage) -> None:
    await sets(stage, roles={"dog": []})
    entries = {"cat": True, "dog": False}
    seen: dict[str, bool] = {}
    original = stage.bot.tree.interaction_check

    async def look(interaction: discord.Interaction[Any]) -> bool:
        names = {entry.name for entry in await usable(interaction)}
        seen.update({name: name in names for name in entries})
        return await original(interaction)

    with patch.object(stage.bot.tree, "interaction_check", look):
        await stage.card("cat")
    assert seen == entries
