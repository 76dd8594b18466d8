"""Votes and favourites as members see them: buttons, counts, the message menu, direct messages, restarts."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from unittest.mock import AsyncMock, patch

import discord
from simcord.results import InteractionResult

from bot.client import Pawprint
from bot.errors import CardGone
from bot.services.votes import Vote
from tests.simulated.stage import Stage, privately, texts_of, walk


async def test_a_press_counts_and_a_second_press_takes_it_back(stage: Stage) -> None:
    card = await stage.card("cat")
    await card.press(stage.mia, "👍")
    assert card.count("👍") == 1
    await card.press(stage.noah, "👍")
    assert card.count("👍") == 2
    await card.press(stage.mia, "👍")
    assert card.count("👍") == 1


async def test_the_other_thumb_changes_the_vote(stage: Stage) -> None:
    card = await stage.card("cat")
    await card.press(stage.mia, "👍")
    await card.press(stage.mia, "👎")
    assert (card.count("👍"), card.count("👎")) == (0, 1)
    assert (await stage.app.votes.standing(stage.world.guild.id, card.keys[0], stage.mia.id)).mine is Vote.DOWN


async def test_the_heart_saves_and_takes_back(stage: Stage) -> None:
    card = await stage.card("cat")
    await card.press(stage.mia, "❤️")
    assert card.count("❤️") == 1
    assert await stage.app.favourites.contains(stage.person(stage.mia), card.keys[0])
    await card.press(stage.mia, "❤️")
    assert card.count("❤️") == 0
    assert not await stage.app.favourites.contains(stage.person(stage.mia), card.keys[0])


async def test_a_press_leaves_picture_text_and_alt_text_as_they_were(stage: Stage) -> None:
    card = await stage.card("cat", breed="siam")
    before = (card.text, card.pictures[0]["description"], card.raw["attachments"])
    await card.press(stage.mia, "👍")
    assert (card.text, card.pictures[0]["description"], card.raw["attachments"]) == before
    assert len(card.pictures) == 1


async def test_of_several_pictures_only_the_one_that_is_pressed_counts(stage: Stage) -> None:
    card = await stage.card("cat", count=3)
    await card.press(stage.mia, "👍", number=1)
    assert [card.count("👍", number) for number in range(3)] == [0, 1, 0]


async def test_other_messages_follow_within_two_seconds_with_one_edit_for_a_burst(stage: Stage) -> None:
    first = await stage.card("cat")
    second = await stage.same_picture(first)
    third = await stage.same_picture(first, stage.world.channels["daily"])
    await first.press(stage.mia, "👍")
    await first.press(stage.noah, "👍")
    await first.press(stage.noah, "❤️")
    assert (first.count("👍"), second.count("👍"), third.count("👍")) == (2, 0, 0)
    await stage.counts_drawn()
    for card in (second, third):
        assert (card.count("👍"), card.count("❤️")) == (2, 1)
        assert stage.edits(card) == 1
    assert stage.edits(first) == 0
    assert sum(stage.pause.asked) <= 2


async def test_a_message_that_went_unnoticed_is_forgotten_when_it_is_drawn(stage: Stage) -> None:
    first = await stage.card("cat")
    second = await stage.same_picture(first)
    stage.env.inject_error("PATCH", f"/channels/*/messages/{second.message_id}", status=404, code=10008)
    await first.press(stage.mia, "👍")
    await stage.counts_drawn()
    assert await stage.app.posts.of_message(second.message_id) is None
    assert await stage.app.posts.of_message(first.message_id) is not None


async def test_a_refusal_is_not_repeated_in_its_channel_and_forgets_nothing(stage: Stage) -> None:
    first = await stage.card("cat")
    others = [await stage.same_picture(first, stage.world.channels["daily"]) for _ in range(2)]
    stage.env.inject_error("PATCH", "/channels/*/messages/*", status=403, code=50001, times=None)
    for _ in range(2):
        await first.press(stage.mia, "👍")
        await stage.counts_drawn()
    assert sum(stage.edits(card) for card in others) == 1
    assert all([await stage.app.posts.of_message(card.message_id) for card in others])
    assert stage.app.counts.of("rest", "refused") == 1
    stage.clock.shift += timedelta(minutes=11)
    await first.press(stage.mia, "👍")
    await stage.counts_drawn()
    assert sum(stage.edits(card) for card in others) == 2


async def test_direct_messages_are_a_personal_collection(stage: Stage) -> None:
    card = await stage.direct_card(stage.mia)
    await card.press(stage.mia.user, "❤️")
    await card.press(stage.mia.user, "👍")
    assert (card.count("❤️"), card.count("👍")) == (1, 1)
    who = stage.person(stage.mia, stage.mia.user.dm_channel)
    assert who.space == 0
    assert await stage.app.favourites.contains(who, card.keys[0])
    assert not await stage.app.favourites.contains(stage.person(stage.mia), card.keys[0])


async def test_a_personal_collection_is_nobody_elses_business(stage: Stage) -> None:
    mine = await stage.direct_card(stage.mia)
    mine_again = await stage.same_picture_to(stage.mia, mine)
    yours = await stage.same_picture_to(stage.noah, mine)
    await mine.press(stage.mia.user, "👍")
    await mine.press(stage.mia.user, "❤️")
    await stage.counts_drawn()
    assert (mine_again.count("👍"), mine_again.count("❤️")) == (1, 1)
    assert (yours.count("👍"), yours.count("❤️")) == (0, 0)
    assert stage.edits(yours) == 0
    await yours.press(stage.noah.user, "👎")
    assert (yours.count("👍"), yours.count("👎")) == (0, 1)
    # Nor does Mia's vote keep Noah from another picture in place.
    await yours.press(stage.noah.user, "👎")
    await yours.press(stage.noah.user, "🔁")
    assert yours.keys != mine.keys
    assert len(stage.noah.user.dm_channel.history()) == 1


async def test_the_message_menu_votes_and_saves_in_private(stage: Stage) -> None:
    card = await stage.card("cat")
    menu = await card.menu(stage.mia)
    assert "What do you think" in privately(menu)
    assert menu.response is not None
    for emoji, said in (("👍", "You voted 👍."), ("❤️", "❤️ It is among your favourites.")):
        custom_id = next(c["custom_id"] for c in _buttons(menu) if c["emoji"]["name"] == emoji)
        answer = await stage.mia.click(menu.response.message, custom_id=custom_id)
        assert said in texts_of(answer)
    await stage.counts_drawn()
    assert (card.count("👍"), card.count("❤️")) == (1, 1)


async def test_the_menu_asks_which_of_several_pictures(stage: Stage) -> None:
    card = await stage.card("cat", count=3)
    menu = await card.menu(stage.mia)
    assert [f"Picture {number}" in privately(menu) for number in (1, 2, 3)] == [True] * 3
    assert menu.response is not None
    last = [c["custom_id"] for c in _buttons(menu) if c["emoji"]["name"] == "👎"][2]
    answer = await stage.mia.click(menu.response.message, custom_id=last)
    assert "Picture 3" in texts_of(answer)
    await stage.counts_drawn()
    assert [card.count("👎", number) for number in range(3)] == [0, 0, 1]


async def test_the_menu_on_somebody_elses_message_says_so(stage: Stage) -> None:
    message = await stage.noah.send(stage.pets, "look at my cat")
    answer = await stage.mia.context_menu(stage.pets, "Picture…", message)
    assert privately(answer).startswith("That message shows none of my pictures.")


async def test_cards_and_menus_work_after_a_restart(stage: Stage) -> None:
    card = await stage.card("cat", count=2)
    menu = await card.menu(stage.mia)
    await card.press(stage.mia, "👍")
    await stage.env.restart_bot(Pawprint(stage.app))
    await card.press(stage.noah, "👍")
    assert card.count("👍") == 2
    await card.press(stage.noah, "❤️", number=1)
    assert card.count("❤️", 1) == 1
    assert menu.response is not None
    up = next(c["custom_id"] for c in _buttons(menu) if c["emoji"]["name"] == "👍")
    assert "You have not voted" in texts_of(await stage.mia.click(menu.response.message, custom_id=up))
    assert "You voted" not in texts_of(await card.press(stage.mia, "ℹ️"))


async def test_a_picture_that_is_no_longer_known_is_not_voted_on(stage: Stage) -> None:
    card = await stage.card("cat")
    gone = AsyncMock(side_effect=CardGone)
    with patch.object(stage.app.posts, "picture", return_value=None), patch.object(stage.app.resolve, "recall", gone):
        for emoji in ("👍", "❤️", "ℹ️"):
            said = privately(await card.press(stage.mia, emoji))
            assert said == "I no longer know this picture. Ask for a new one with /cat or /dog."
    assert (await stage.app.votes.standing(stage.world.guild.id, card.keys[0])).up == 0
    assert not await stage.app.favourites.contains(stage.person(stage.mia), card.keys[0])


async def test_cards_work_in_threads(stage: Stage) -> None:
    channel = stage.bot.get_channel(stage.pets.id)
    assert isinstance(channel, discord.TextChannel)
    await channel.create_thread(name="kittens", type=discord.ChannelType.public_thread)
    (thread,) = stage.pets.threads
    card = await stage.card("cat", channel=thread)
    key = card.keys[0]
    await card.press(stage.mia, "👍")
    assert card.count("👍") == 1
    await stage.noah.react(card.message, "👎")
    await stage.counts_drawn()
    assert (card.count("👍"), card.count("👎")) == (1, 1)
    await card.press(stage.noah, "🔁")
    assert len(thread.history()) == 2
    assert stage.newest(thread).keys != card.keys
    await stage.bot.http.delete_channel(thread.id)
    await stage.env.settle()
    assert await stage.app.posts.of_message(card.message_id) is None
    assert await stage.app.reactions.seen([card.message_id]) == {card.message_id: {}}
    standing = await stage.app.votes.standing(stage.world.guild.id, key)
    assert (standing.up, standing.down) == (1, 1)


async def test_deleted_messages_are_forgotten_and_their_votes_stay(stage: Stage) -> None:
    card = await stage.card("cat")
    key = card.keys[0]
    await card.press(stage.mia, "👍")
    await card.press(stage.mia, "❤️")
    await stage.world.members["Max"].delete(card.message)
    assert await stage.app.posts.of_message(card.message_id) is None
    assert (await stage.app.votes.standing(stage.world.guild.id, key)).up == 1
    assert await stage.app.favourites.contains(stage.person(stage.mia), key)


async def test_deleted_channels_and_bulk_deletions_are_forgotten(stage: Stage) -> None:
    cards = [await stage.card("cat") for _ in range(3)]
    elsewhere = await stage.card("cat", channel=stage.world.channels["daily"])
    await stage.bot.http.delete_messages(stage.pets.id, [card.message_id for card in cards[:2]])
    await stage.env.settle()
    kept = [await stage.app.posts.of_message(card.message_id) for card in cards]
    assert [post is not None for post in kept] == [False, False, True]
    await stage.bot.http.delete_channel(stage.pets.id)
    await stage.env.settle()
    assert await stage.app.posts.of_message(cards[2].message_id) is None
    assert await stage.app.posts.of_message(elsewhere.message_id) is not None


def _buttons(result: InteractionResult) -> list[dict[str, Any]]:
    assert result.response is not None
    return [component for component in walk(result.response.components) if component["type"] == 2]
