"""Cards that the bot does not know any more: after an older backup came back, or a kill before they were recorded."""

from __future__ import annotations

import asyncio
from typing import Any
from unittest.mock import AsyncMock, patch

import pytest
from sqlalchemy import delete

from bot.errors import BackendNotFound, BackendUnavailable
from bot.models import Species
from bot.services.votes import Vote
from bot.store import schema
from tests.simulated.stage import Card, Stage, privately, texts_of, walk


async def forget(stage: Stage, *, pictures: bool = True) -> None:
    """Let the store be as it was before the cards came."""
    async with stage.app.store.writing() as connection:
        await connection.execute(delete(schema.posts))
        if pictures:
            await connection.execute(delete(schema.pictures))


def asked_for(stage: Stage, card: Card) -> int:
    """Return how often Discord was asked what is on a message."""
    path = f"/channels/{card.channel.id}/messages/{card.message_id}"
    return sum((request.method, request.path) == ("GET", path) for request in stage.env.http_requests)


@pytest.fixture
def told(stage: Stage) -> None:
    """Have SimCord tell with a reaction whose message it is on, as Discord does."""
    parsers = stage.bot._connection.parsers
    parse = parsers["MESSAGE_REACTION_ADD"]

    def parse_with_author(data: Any) -> None:
        message = stage.env.backend.get_message(int(data["channel_id"]), int(data["message_id"]))
        parse(data | {"message_author_id": str(message.author_id)})

    parsers["MESSAGE_REACTION_ADD"] = parse_with_author


async def caught_up(stage: Stage) -> None:
    """Wait for what is done in the background once a message is recorded."""
    await stage.env.settle()
    await asyncio.gather(*(task for task in stage.app._tasks if task.get_name() == "early reactions"))


async def mine(stage: Stage, card: Card) -> Vote | None:
    return (await stage.app.votes.standing(stage.world.guild.id, card.keys[0], stage.mia.id)).mine


async def test_buttons_and_menu_of_a_card_work_and_it_is_known_again(stage: Stage) -> None:
    card = await stage.card("cat", breed="siam")
    menu = await card.menu(stage.mia)
    before = (card.text, card.pictures[0]["description"], card.keys)
    await forget(stage)
    await card.press(stage.mia, "👍")
    assert (card.count("👍"), (card.text, card.pictures[0]["description"], card.keys)) == (1, before)
    picture = await stage.app.posts.picture(card.keys[0])
    assert picture is not None
    await forget(stage)
    assert "Siamese" in privately(await card.press(stage.mia, "ℹ️"))
    await forget(stage)
    assert menu.response is not None
    heart = next(c["custom_id"] for c in walk(menu.response.components) if (c.get("emoji") or {}).get("name") == "❤️")
    assert "among your favourites" in texts_of(await stage.mia.click(menu.response.message, custom_id=heart))
    assert await stage.app.posts.picture(card.keys[0]) == picture
    await forget(stage)
    await card.press(stage.noah, "🔁")
    assert stage.newest().keys != card.keys


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (BackendNotFound("catapi", "gone"), "I no longer know this picture. Ask for a new one with /cat or /dog."),
        (BackendUnavailable("catapi", "no connection"), "TheCatAPI does not answer right now"),
    ],
)
async def test_a_picture_that_cannot_be_had_is_said_and_not_voted_on(stage: Stage, error: Exception, said: str) -> None:
    card = await stage.card("cat")
    menu = await card.menu(stage.mia)
    await forget(stage)
    with patch.object(stage.app.apis[Species.CAT], "picture", AsyncMock(side_effect=error)):
        for emoji in ("👍", "❤️", "ℹ️"):
            assert privately(await card.press(stage.mia, emoji)).startswith(said)
        assert menu.response is not None
        up = next(c["custom_id"] for c in walk(menu.response.components) if (c.get("emoji") or {}).get("name") == "👍")
        answer = await stage.mia.click(menu.response.message, custom_id=up)
        assert said in texts_of(answer)
    assert await mine(stage, card) is None
    assert not await stage.app.favourites.contains(stage.person(stage.mia), card.keys[0])


@pytest.mark.usefixtures("told")
@pytest.mark.parametrize("pictures", [True, False])
async def test_a_reaction_to_a_card_that_was_never_recorded_counts(stage: Stage, pictures: bool) -> None:
    card = await stage.card("cat")
    await forget(stage, pictures=pictures)
    await stage.mia.react(card.message, "👍")
    await caught_up(stage)
    posted = await stage.app.posts.of_message(card.message_id)
    assert posted is not None
    assert (posted.space, posted.channel_id, [kept.picture for kept in posted.cards]) == (
        stage.world.guild.id,
        stage.pets.id,
        card.keys,
    )
    assert [name.rpartition(".")[0] for name in posted.attachments] == ["cat-1"]
    assert await mine(stage, card) is Vote.UP
    await stage.mia.unreact(card.message, "👍")
    assert (await mine(stage, card), asked_for(stage, card)) == (None, 1)


@pytest.mark.usefixtures("told")
async def test_what_shows_no_picture_or_is_known_is_asked_for_once_or_never(stage: Stage) -> None:
    several = await stage.card("cat", count=2)
    await stage.mia.react(several.message, "👍")
    assert asked_for(stage, several) == 0
    channel: Any = stage.bot.get_channel(stage.pets.id)
    said = await channel.send("Good morning")
    answer = Card(stage, stage.pets, said.id)
    for emoji in ("👍", "👎", "❤️"):
        await stage.mia.react(answer.message, emoji)
        await stage.env.settle()
    foreign = await stage.noah.send(stage.pets, "my own cat")
    await stage.mia.react(foreign, "👍")
    assert (asked_for(stage, answer), asked_for(stage, Card(stage, stage.pets, foreign.id))) == (1, 0)
    assert stage.app.counts.of("unrecorded", "bare") == stage.app.counts.of("unrecorded") == 1


@pytest.mark.usefixtures("told")
async def test_where_discord_does_not_tell_nothing_happens_and_the_next_reaction_asks_again(stage: Stage) -> None:
    card = await stage.card("cat")
    await forget(stage)
    stage.env.inject_error("GET", f"/channels/*/messages/{card.message_id}", status=500)
    await stage.mia.react(card.message, "👍")
    await stage.env.settle()
    assert await stage.app.posts.of_message(card.message_id) is None
    await stage.noah.react(card.message, "👎")
    await caught_up(stage)
    # Both are counted: the first one waited for the record.
    standing = await stage.app.votes.standing(stage.world.guild.id, card.keys[0])
    assert (standing.up, standing.down) == (1, 1)
