"""Raw reactions end in the same rows as the buttons, and take back only what they gave."""

from __future__ import annotations

import discord
import pytest

from bot.services.votes import Standing, Vote
from tests.simulated.stage import Card, Stage, walk


async def standing(stage: Stage, card: Card) -> Standing:
    """Return how a card's picture stands for Mia."""
    return await stage.app.votes.standing(stage.world.guild.id, card.keys[0], stage.mia.id)


@pytest.mark.parametrize(
    ("emoji", "vote"), [("👍", Vote.UP), ("👍🏽", Vote.UP), ("👎", Vote.DOWN), ("👎🏿", Vote.DOWN), ("👎️", Vote.DOWN)]
)
async def test_thumbs_of_every_skin_vote(stage: Stage, emoji: str, vote: Vote) -> None:
    card = await stage.card("cat")
    await stage.mia.react(card.message, emoji)
    assert (await standing(stage, card)).mine is vote
    await stage.counts_drawn()
    assert card.count("👍" if vote is Vote.UP else "👎") == 1


@pytest.mark.parametrize("emoji", ["❤️", "❤"])
async def test_a_heart_saves_with_or_without_its_variation_selector(stage: Stage, emoji: str) -> None:
    card = await stage.card("cat")
    await stage.mia.react(card.message, emoji)
    assert await stage.app.favourites.contains(stage.person(stage.mia), card.keys[0])
    await stage.counts_drawn()
    assert card.count("❤️") == 1


async def test_a_heart_taken_away_leaves_the_favourite(stage: Stage) -> None:
    card = await stage.card("cat")
    await stage.mia.react(card.message, "❤️")
    await stage.mia.unreact(card.message, "❤️")
    assert await stage.app.favourites.contains(stage.person(stage.mia), card.keys[0])


async def test_a_thumb_taken_away_withdraws_its_vote(stage: Stage) -> None:
    card = await stage.card("cat")
    await stage.mia.react(card.message, "👍")
    await stage.mia.unreact(card.message, "👍")
    assert (await standing(stage, card)) == Standing()


async def test_taking_a_reaction_away_leaves_what_a_button_gave(stage: Stage) -> None:
    card = await stage.card("cat")
    await card.press(stage.mia, "👍")
    await stage.mia.react(card.message, "👍")
    await stage.mia.unreact(card.message, "👍")
    assert (await standing(stage, card)).mine is Vote.UP


async def test_the_last_action_wins_and_the_older_thumb_takes_nothing_with_it(stage: Stage) -> None:
    card = await stage.card("cat")
    await stage.mia.react(card.message, "👍")
    await stage.mia.react(card.message, "👎")
    await stage.mia.unreact(card.message, "👍")
    assert (await standing(stage, card)).mine is Vote.DOWN


async def test_button_reaction_and_menu_are_one_vote(stage: Stage) -> None:
    card = await stage.card("cat")
    await card.press(stage.mia, "👍")
    await stage.mia.react(card.message, "👍")
    menu = await card.menu(stage.mia)
    assert menu.response is not None
    assert (await standing(stage, card)).up == 1
    await stage.counts_drawn()
    assert card.count("👍") == 1


async def test_other_emoji_and_other_peoples_messages_do_not_count(stage: Stage) -> None:
    card = await stage.card("cat")
    message = await stage.noah.send(stage.pets, "my own cat")
    await stage.mia.react(card.message, "🎉")
    await stage.mia.react(card.message, "❤️‍🔥")
    await stage.mia.react(message, "👍")
    assert await standing(stage, card) == Standing()
    assert not await stage.app.favourites.contains(stage.person(stage.mia), card.keys[0])
    assert not stage.pause.asked


async def test_the_bots_own_and_other_bots_reactions_do_not_count(stage: Stage) -> None:
    card = await stage.card("cat")
    await card.message.add_reaction("👍")
    robot = stage.world.guild.add_member(stage.env.create_user("robot", bot=True))
    await stage.env.settle()
    await robot.react(card.message, "👎")
    assert await standing(stage, card) == Standing()


async def test_reactions_to_several_pictures_at_once_mean_none_of_them(stage: Stage) -> None:
    card = await stage.card("cat", count=2)
    await stage.mia.react(card.message, "👍")
    assert await standing(stage, card) == Standing()


async def test_reactions_in_direct_messages_are_personal(stage: Stage) -> None:
    card = await stage.direct_card(stage.mia)
    await stage.mia.user.set_reaction(card.message, "👍", reacted=True)
    await stage.mia.user.set_reaction(card.message, "❤️", reacted=True)
    who = stage.person(stage.mia, stage.mia.user.dm_channel)
    assert (await stage.app.votes.standing(0, card.keys[0], who.user)).mine is Vote.UP
    assert await stage.app.favourites.contains(who, card.keys[0])
    await stage.counts_drawn()
    assert (card.count("👍"), card.count("❤️")) == (1, 1)


async def test_the_same_picture_in_another_channel_is_the_same_vote(stage: Stage) -> None:
    card = await stage.card("cat")
    other = await stage.same_picture(card, stage.world.channels["daily"])
    await stage.mia.react(card.message, "👍")
    await stage.mia.react(other.message, "👍🏿")
    assert await standing(stage, card) == Standing(1, 0, Vote.UP)
    await stage.counts_drawn()
    assert (card.count("👍"), other.count("👍")) == (1, 1)
    await stage.mia.unreact(card.message, "👍")
    assert await standing(stage, card) == Standing(1, 0, Vote.UP)
    await stage.mia.unreact(other.message, "👍🏿")
    assert await standing(stage, card) == Standing()
    await stage.counts_drawn()
    assert (card.count("👍"), other.count("👍")) == (0, 0)


async def test_two_skins_of_one_thumb_hold_one_vote(stage: Stage) -> None:
    card = await stage.card("cat")
    for emoji in ("👍", "👍🏽"):
        await stage.mia.react(card.message, emoji)
    await stage.mia.unreact(card.message, "👍")
    assert (await standing(stage, card)).mine is Vote.UP
    await stage.mia.unreact(card.message, "👍🏽")
    assert await standing(stage, card) == Standing()


@pytest.mark.parametrize("emoji", [None, "👍"])
async def test_reactions_that_a_moderator_clears_take_their_votes_and_no_favourite(
    stage: Stage, emoji: str | None
) -> None:
    card = await stage.card("cat")
    await stage.mia.react(card.message, "👍")
    await stage.mia.react(card.message, "❤️")
    await card.press(stage.noah, "👍")
    await stage.noah.react(card.message, "👍")
    if emoji is None:
        await card.message.clear_reactions()
    else:
        await card.message.clear_reaction(emoji)
    await stage.env.settle()
    # Noah's vote came through the button: his reaction gave nothing that could go with it.
    assert await standing(stage, card) == Standing(up=1)
    assert await stage.app.favourites.contains(stage.person(stage.mia), card.keys[0])
    await stage.counts_drawn()
    assert (card.count("👍"), card.count("❤️")) == (1, 1)


async def test_the_menu_changes_what_a_reaction_gave_and_keeps_its_own(stage: Stage) -> None:
    card = await stage.card("cat")
    await stage.mia.react(card.message, "👍")
    menu = await card.menu(stage.mia)
    assert menu.response is not None
    down = next(c for c in walk(menu.response.components) if c.get("emoji", {}).get("name") == "👎")
    await stage.mia.click(menu.response, custom_id=down["custom_id"])
    assert (await standing(stage, card)).mine is Vote.DOWN
    await stage.mia.unreact(card.message, "👍")
    assert (await standing(stage, card)).mine is Vote.DOWN


async def test_votes_in_a_thread_count_and_outlive_it(stage: Stage) -> None:
    thread = stage.env.backend.create_thread(stage.pets.id, "cats only", stage.mia.id)
    await stage.env.settle()
    where = next(channel for channel in stage.pets.threads if channel.id == thread.id)
    card = await stage.card("cat", channel=where)
    await stage.mia.react(card.message, "👍")
    key = card.keys[0]
    stage.env.backend.delete_channel(thread.id)
    await stage.env.settle()
    assert await stage.app.posts.newest_in(thread.id) is None
    assert (await stage.app.votes.standing(stage.world.guild.id, key, stage.mia.id)).mine is Vote.UP


@pytest.mark.parametrize("gone", ["message", "channel"])
async def test_what_is_deleted_is_forgotten_and_its_votes_stay(stage: Stage, gone: str) -> None:
    card = await stage.card("cat")
    await stage.mia.react(card.message, "👍")
    await stage.mia.react(card.message, "❤️")
    guild, key, who = stage.world.guild.id, card.keys[0], stage.person(stage.mia)
    backend = stage.env.backend
    if gone == "message":
        backend.delete_message(card.channel.id, card.message_id)
    else:
        backend.delete_channel(card.channel.id)
    await stage.env.settle()
    assert await stage.app.posts.of_message(card.message_id) is None
    assert await stage.app.reactions.seen([card.message_id]) == {card.message_id: {}}
    assert (await stage.app.votes.standing(guild, key, stage.mia.id)).mine is Vote.UP
    assert await stage.app.favourites.contains(who, key)


def reactions_on(card: Card) -> dict[str, int]:
    """Return the reactions that people see below a card."""
    return {reaction["emoji"]["name"]: reaction["count"] for reaction in card.raw["reactions"]}


async def seeding(stage: Stage) -> None:
    """Have the server want the reactions that one presses."""
    await stage.app.guilds.put(stage.world.guild.id, 1, "seed_reactions", lambda _: True)


async def test_where_wanted_the_bot_puts_three_reactions_below_single_pictures(stage: Stage) -> None:
    await seeding(stage)
    several = await stage.card("cat", count=2)
    card = await stage.card("cat")
    await stage.env.settle()
    assert (reactions_on(card), reactions_on(several)) == ({"👍": 1, "👎": 1, "❤️": 1}, {})
    assert await standing(stage, card) == Standing()
    assert not stage.pause.asked
    await stage.mia.react(card.message, "👎")
    assert await standing(stage, card) == Standing(0, 1, Vote.DOWN)


async def test_another_picture_in_place_of_one_has_its_reactions_already(stage: Stage) -> None:
    await seeding(stage)
    card = await stage.card("cat")
    await stage.env.settle()
    before = len(stage.env.http_requests)
    key = card.keys[0]
    await card.press(stage.mia, "🔁")
    await stage.env.settle()
    assert card.keys[0] != key
    assert not [request for request in stage.env.http_requests[before:] if "/reactions/" in request.path]


async def test_without_the_permission_nothing_is_tried_and_the_picture_comes_all_the_same(stage: Stage) -> None:
    await seeding(stage)
    assert stage.bot.user is not None
    guild = stage.bot.get_guild(stage.world.guild.id)
    assert guild is not None
    channel = guild.get_channel(stage.pets.id)
    assert isinstance(channel, discord.TextChannel)
    await channel.set_permissions(guild.me, add_reactions=False)
    await stage.env.settle()
    card = await stage.card("cat")
    await stage.env.settle()
    assert card.pictures
    assert reactions_on(card) == {}
    assert not [request for request in stage.env.http_requests if "/reactions/" in request.path]


async def test_a_refused_seed_is_not_tried_again_in_that_channel(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    await seeding(stage)
    tried: list[str] = []

    async def refuse(_self: object, emoji: str) -> None:
        tried.append(emoji)
        response = type("Response", (), {"status": 403, "reason": "Forbidden"})()
        raise discord.Forbidden(response, {"code": 50013, "message": "Missing Permissions"})

    monkeypatch.setattr(discord.PartialMessage, "add_reaction", refuse)
    for _ in range(3):
        card = await stage.card("cat")
        await stage.env.settle()
    assert tried == ["👍"]
    assert stage.app.counts.of("rest", "refused") == 1
    # Edits of the same channel are another matter.
    await stage.mia.react(card.message, "👍")
    await stage.counts_drawn()
    assert card.count("👍") == 1
