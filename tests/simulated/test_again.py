"""🔁 as members see it, and that nobody sees a picture twice too soon."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from unittest.mock import patch

import pytest

from bot.models import Picture, PictureKey, Species
from bot.services.delivery import Media
from tests.simulated.stage import Stage, staged


async def test_again_is_in_place_for_who_asked(stage: Stage) -> None:
    card = await stage.card("cat", breed="siam")
    before = card.keys
    await card.press(stage.mia, "🔁")
    assert card.keys != before
    assert "Siamese" in card.text
    assert len(card.raw["attachments"]) == 1
    assert len(stage.pets.history()) == 1


async def test_the_new_picture_takes_the_votes_from_now_on(stage: Stage) -> None:
    card = await stage.card("cat")
    old = card.keys[0]
    await card.press(stage.mia, "🔁")
    await stage.noah.react(card.message, "👍")
    assert (await stage.app.votes.standing(stage.world.guild.id, card.keys[0])).up == 1
    assert (await stage.app.votes.standing(stage.world.guild.id, old)).up == 0


async def test_again_is_a_new_post_for_somebody_else(stage: Stage) -> None:
    card = await stage.card("cat", breed="siam")
    before = card.keys
    await card.press(stage.noah, "🔁")
    assert card.keys == before
    assert len(stage.pets.history()) == 2
    # It is Noah's now.
    newest = stage.newest()
    await newest.press(stage.noah, "🔁")
    assert len(stage.pets.history()) == 2


@pytest.mark.parametrize("emoji", ["👍", "👎", "❤️"])
async def test_again_is_a_new_post_once_somebody_voted_or_saved(stage: Stage, emoji: str) -> None:
    card = await stage.card("cat")
    before = card.keys
    await card.press(stage.noah, emoji)
    await card.press(stage.mia, "🔁")
    assert card.keys == before
    assert card.count(emoji) == 1
    assert len(stage.pets.history()) == 2


async def test_again_on_several_pictures_is_a_new_post_of_one(stage: Stage) -> None:
    card = await stage.card("cat", count=2)
    await card.press(stage.mia, "🔁", number=1)
    assert len(card.pictures) == 2
    assert len(stage.newest().pictures) == 1


async def test_a_vote_given_while_the_next_picture_is_fetched_is_kept(stage: Stage) -> None:
    card = await stage.card("cat", breed="siam")
    before = card.keys
    prepare = stage.app.delivery.prepare

    async def saved_meanwhile(pictures: Sequence[Picture], *, upload: bool) -> list[Media]:
        await stage.app.favourites.add(stage.person(stage.noah), before[0])
        return await prepare(pictures, upload=upload)

    # Else the next picture may be at hand already.
    stage.app.pictures._pools.clear()
    with patch.object(stage.app.delivery, "prepare", saved_meanwhile):
        await card.press(stage.mia, "🔁")
    assert card.keys == before
    assert stage.newest().keys != before


async def test_again_that_fails_leaves_the_card_and_says_so_privately(stage: Stage) -> None:
    card = await stage.card("dog", group="toy")
    before = card.raw["components"]
    # As if the service had given that group up.
    others = [breed for breed in stage.app.breeds.all(Species.DOG) if breed.group != "Toy"]
    stage.app.breeds.replace(Species.DOG, others)
    stage.app.pictures._pools.clear()
    result = await card.press(stage.mia, "🔁")
    assert [followup.ephemeral for followup in result.followups] == [True]
    assert "There is no such picture" in result.followups[0].content
    assert card.raw["components"] == before


async def test_a_breed_comes_round_only_when_all_its_pictures_were_seen(stage: Stage) -> None:
    seen = [key for _ in range(12) for key in (await stage.card("cat", breed="bomb")).keys]
    assert len(set(seen[:6])) == 6
    assert seen[6:] == seen[:6]


async def test_commands_and_again_share_what_a_channel_has_seen(stage: Stage) -> None:
    card = await stage.card("cat", breed="bomb", count=4)
    seen = set(card.keys)
    for _ in range(2):
        await card.press(stage.noah, "🔁")
        seen |= set(stage.newest().keys)
    assert len(seen) == 6


async def test_another_channel_has_seen_nothing(stage: Stage) -> None:
    here = [(await stage.card("cat", breed="bomb")).keys[0] for _ in range(6)]
    there = [(await stage.card("cat", breed="bomb", channel=stage.world.channels["daily"])).keys[0] for _ in range(6)]
    assert set(here) == set(there)


async def test_nothing_comes_twice_over_a_restart_of_everything(tmp_path: Path) -> None:
    seen: list[PictureKey] = []
    for _ in range(3):
        async with staged(tmp_path) as stage:
            seen += (await stage.card("cat", breed="bomb", count=2)).keys
    assert len(set(seen)) == 6
