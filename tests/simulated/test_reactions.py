"""Raw reactions end in the same rows as the buttons, and take back only what they gave."""

from __future__ import annotations

import pytest

from bot.services.votes import Standing, Vote
from tests.simulated.stage import Card, Stage


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
