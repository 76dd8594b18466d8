"""Votes and favourites by reaction, as raw events bring them."""

from __future__ import annotations

from pathlib import Path

import discord
import discord.ext.test as dpytest
import pytest
from discord.ext.test import backend as dpytest_backend

from bot.identity import Person
from bot.services.votes import Door, Standing, Vote
from sandbox.backend.application import EmbeddedBackend
from tests.mention.double import BOT_ID, Discord
from tests.mention.stage import PETS_ID, Stage, staged
from tests.simulated.stage import Pause

NOTHING = Standing()


async def test_thumbs_of_people_add_up_and_show_on_the_card(stage: Stage) -> None:
    card = await stage.card()
    await stage.react(card, "👍")
    await stage.react(card, "👍", stage.noah)
    assert await stage.standing(card) == Standing(up=2, mine=Vote.UP)
    assert (card.count("👍"), card.edits) == (0, 0)
    await stage.counts_drawn()
    assert (card.count("👍"), card.count("👎"), card.edits) == (2, 0, 1)
    assert stage.server.sent == [card]


async def test_the_last_thumb_wins(stage: Stage) -> None:
    card = await stage.card()
    await stage.react(card, "👍")
    await stage.react(card, "👎")
    assert await stage.standing(card) == Standing(down=1, mine=Vote.DOWN)
    # The first one no longer stands for anything, so nothing goes with it.
    await stage.unreact(card, "👍")
    assert await stage.standing(card) == Standing(down=1, mine=Vote.DOWN)
    await stage.unreact(card, "👎")
    assert await stage.standing(card) == NOTHING
    assert stage.server.sent == [card]


async def test_a_reaction_that_goes_takes_its_vote_along(stage: Stage) -> None:
    card = await stage.card()
    await stage.react(card, "👍")
    await stage.react(card, "👍", stage.noah)
    await stage.unreact(card, "👍")
    assert await stage.standing(card) == Standing(up=1)
    assert await stage.standing(card, stage.noah) == Standing(up=1, mine=Vote.UP)
    await stage.counts_drawn()
    assert card.count("👍") == 1


async def test_a_reaction_that_goes_leaves_the_vote_of_a_button(stage: Stage) -> None:
    card = await stage.card()
    await stage.app.votes.press(stage.person(), await stage.key(card), Vote.UP, Door.BUTTON)
    await stage.react(card, "👍")
    await stage.unreact(card, "👍")
    assert await stage.standing(card) == Standing(up=1, mine=Vote.UP)


async def test_a_button_after_a_reaction_owns_the_vote(stage: Stage) -> None:
    card = await stage.card()
    await stage.react(card, "👍")
    await stage.app.votes.press(stage.person(), await stage.key(card), Vote.DOWN, Door.BUTTON)
    await stage.unreact(card, "👍")
    assert await stage.standing(card) == Standing(down=1, mine=Vote.DOWN)


async def test_a_heart_saves_and_what_is_saved_outlives_it(stage: Stage) -> None:
    card = await stage.card()
    await stage.react(card, "❤️")
    assert await stage.saved(card)
    assert not await stage.saved(card, stage.noah)
    assert await stage.standing(card) == NOTHING
    await stage.counts_drawn()
    assert card.count("❤️") == 1
    await stage.unreact(card, "❤️")
    assert await stage.saved(card)


@pytest.mark.parametrize(
    ("emoji", "standing", "saved"),
    [
        ("👍🏽", Standing(up=1, mine=Vote.UP), False),
        ("👎🏿", Standing(down=1, mine=Vote.DOWN), False),
        ("❤", NOTHING, True),
    ],
)
async def test_skin_tones_and_bare_hearts_count(stage: Stage, emoji: str, standing: Standing, saved: bool) -> None:
    card = await stage.card()
    await stage.react(card, emoji)
    assert (await stage.standing(card), await stage.saved(card)) == (standing, saved)
    await stage.unreact(card, emoji)
    assert (await stage.standing(card), await stage.saved(card)) == (NOTHING, saved)


async def test_two_shades_of_a_thumb_are_one_vote(stage: Stage) -> None:
    card = await stage.card()
    await stage.react(card, "👍")
    await stage.react(card, "👍🏿")
    assert await stage.standing(card) == Standing(up=1, mine=Vote.UP)


async def test_a_super_reaction_counts_as_any_other(stage: Stage) -> None:
    card = await stage.card()
    await stage.super_react(card, "👍")
    await stage.super_react(card, "❤️")
    assert await stage.standing(card) == Standing(up=1, mine=Vote.UP)
    assert await stage.saved(card)


async def test_a_super_and_a_normal_thumb_are_one_until_both_are_gone(stage: Stage) -> None:
    card = await stage.card()
    await stage.react(card, "👍")
    await stage.super_react(card, "👍")
    assert await stage.standing(card) == Standing(up=1, mine=Vote.UP)
    await stage.unreact(card, "👍")
    assert await stage.standing(card) == Standing(up=1, mine=Vote.UP)
    await stage.super_unreact(card, "👍")
    assert await stage.standing(card) == NOTHING


@pytest.mark.parametrize("emoji", [None, "👍"])
async def test_cleared_reactions_take_what_they_gave_and_no_favourite(stage: Stage, emoji: str | None) -> None:
    card = await stage.card()
    await stage.react(card, "👍")
    await stage.super_react(card, "👍")
    await stage.react(card, "❤️")
    await stage.app.votes.press(stage.person(stage.noah), await stage.key(card), Vote.DOWN, Door.MENU)
    await stage.react(card, "👍", stage.noah)
    await stage.app.votes.press(stage.person(stage.noah), await stage.key(card), Vote.DOWN, Door.MENU)
    await stage.clear(card, emoji)
    assert await stage.standing(card) == Standing(down=1)
    assert await stage.saved(card)
    # What was cleared is gone: no later event takes anything more.
    await stage.app.votes.press(stage.person(), await stage.key(card), Vote.UP, Door.BUTTON)
    await stage.clear(card, emoji)
    assert await stage.standing(card) == Standing(1, 1, Vote.UP)


async def test_clearing_messages_of_others_changes_nothing(stage: Stage) -> None:
    card = await stage.card()
    foreign, _ = await stage.say("Look at my cat!", stage.noah)
    await stage.react(card, "👍")
    dpytest_backend.clear_reactions(foreign)
    await dpytest.run_all_events()
    assert await stage.standing(card) == Standing(up=1, mine=Vote.UP)


async def test_a_hundred_votes_in_a_burst_are_one_edit(stage: Stage) -> None:
    card = await stage.card()
    await stage.crowd(card, "👍", range(1000, 1100))
    assert (await stage.standing(card)).up == 100
    await stage.counts_drawn()
    assert (card.count("👍"), card.edits) == (100, 1)


@pytest.mark.parametrize("emoji", ["🎉", "💔", "💛", "123456789012345678:paw"])
async def test_other_emoji_do_nothing(stage: Stage, emoji: str) -> None:
    card = await stage.card()
    with stage.queries() as asked:
        await stage.react(card, emoji)
        await stage.unreact(card, emoji)
    assert asked == []
    assert (await stage.standing(card), await stage.saved(card)) == (NOTHING, False)


async def test_bots_do_not_vote(stage: Stage) -> None:
    card = await stage.card()
    itself = stage.pets.guild.get_member(BOT_ID)
    assert itself is not None
    with stage.queries() as asked:
        for bot in (stage.robot, itself):
            await stage.react(card, "👍", bot)
            await stage.react(card, "❤️", bot)
    assert asked == []
    await stage.unreact(card, "👍", stage.robot)
    assert await stage.standing(card, stage.robot) == NOTHING
    assert not await stage.saved(card, stage.robot)
    assert not await stage.saved(card, itself)


async def test_reactions_on_messages_of_others_cost_nothing(stage: Stage) -> None:
    card = await stage.card()
    foreign, sent = await stage.say("Look at my cat!", stage.noah)
    with stage.queries() as asked:
        await stage.react(foreign, "👍")
        await stage.react(foreign, "❤️")
    assert asked == []
    # Discord does not say whose message it was when a reaction goes.
    await stage.unreact(foreign, "👍")
    assert await stage.standing(card) == NOTHING
    assert sent == []
    with stage.queries() as asked:
        await stage.react(card, "👍")
    assert asked


async def test_a_reaction_on_an_answer_without_a_picture_does_nothing(stage: Stage, shown: Pause) -> None:
    (answer,) = await stage.mention("hamster")
    await stage.react(answer, "👍")
    await stage.react(answer, "❤️")
    assert await stage.app.favourites.count(stage.person()) == 0
    assert stage.server.sent == [answer]


async def test_a_card_from_before_a_restart_still_counts(
    tmp_path: Path, backend: EmbeddedBackend, server: Discord
) -> None:
    async with staged(tmp_path, backend, server) as before:
        card = await before.card("cat Maine Coon")
        key = await before.key(card)
        await before.react(card, "👍")
    async with staged(tmp_path, backend, server) as after:
        assert after.bot is not before.bot
        assert await after.standing(card) == Standing(up=1, mine=Vote.UP)
        await after.react(card, "👎", after.noah)
        await after.react(card, "❤️", after.noah)
        assert await after.key(card) == key
        assert await after.standing(card, after.noah) == Standing(up=1, down=1, mine=Vote.DOWN)
        assert await after.saved(card, after.noah)
        # What was given before the restart can be taken away after it.
        await after.unreact(card, "👍")
        assert await after.standing(card) == Standing(down=1)
        await after.counts_drawn()
        assert (card.count("👍"), card.count("👎"), card.count("❤️")) == (0, 1, 1)
        assert "Maine Coon" in card.text


async def test_a_deleted_message_is_forgotten_and_its_votes_stay(stage: Stage) -> None:
    card = await stage.card()
    key = await stage.key(card)
    await stage.react(card, "👍")
    await stage.react(card, "❤️")
    await stage.delete(card)
    assert await stage.app.posts.of_message(card.id) is None
    assert await stage.app.posts.newest_in(PETS_ID) is None
    standing = await stage.app.votes.standing(stage.pets.guild.id, key, stage.mia.id)
    assert standing == Standing(up=1, mine=Vote.UP)
    assert await stage.app.favourites.contains(stage.person(), key)
    await stage.counts_drawn()
    assert card.edits == 0


async def test_a_direct_message_is_a_collection_of_its_own(stage: Stage) -> None:
    mia = stage.bot.get_user(stage.mia.id)
    assert mia is not None
    letters: discord.DMChannel = await mia.create_dm()
    _, sent = await stage.say(f"<@{BOT_ID}> cat", mia, letters)
    assert [len(message.pictures) for message in sent] == [1]
    card = sent[0]
    posted = await stage.app.posts.of_message(card.id)
    assert posted is not None
    assert posted.space == 0
    key = await stage.key(card)
    await stage.react(card, "👍", mia)
    await stage.react(card, "❤️", mia)
    assert (await stage.app.votes.standing(0, key, mia.id)).mine is Vote.UP
    assert await stage.app.favourites.contains(Person(0, mia.id), key)
    assert await stage.app.votes.standing(stage.pets.guild.id, key, mia.id) == NOTHING
    assert not await stage.app.favourites.contains(stage.person(), key)
    await stage.counts_drawn()
    assert (card.count("👍"), card.count("❤️")) == (1, 1)
    await stage.unreact(card, "👍", mia)
    assert await stage.app.votes.standing(0, key, mia.id) == NOTHING
