"""Mention commands as members see them."""

from __future__ import annotations

import re

import pytest

from bot.models import Source, Species
from tests.mention.double import BOT_ID
from tests.mention.stage import GUILD_ID, PETS_ID, Stage
from tests.simulated.stage import Pause

_LONGEST_SHOWN = 60


async def test_cat_posts_a_picture_with_alt_text_and_buttons(stage: Stage) -> None:
    card = await stage.card("cat")
    assert card.channel_id == PETS_ID
    assert len(card.files) == 1
    assert [picture["media"]["url"] for picture in card.pictures] == [f"attachment://{card.files[0]}"]
    assert card.pictures[0]["description"]
    assert card.emoji == ["👍", "👎", "❤️", "🔁", "ℹ️"]
    posted = await stage.app.posts.of_message(card.id)
    assert posted is not None
    assert (posted.channel_id, posted.space, posted.attachments) == (PETS_ID, GUILD_ID, card.files)
    kept = await stage.kept(card)
    assert (kept.picture.source, kept.requester) == (Source.CATAPI, stage.mia.id)


async def test_the_rest_of_the_line_is_the_breed(stage: Stage) -> None:
    card = await stage.card("cat Maine Coon")
    assert "Maine Coon" in card.text
    assert card.pictures[0]["description"] == "A cat of the breed Maine Coon."
    assert (await stage.kept(card)).wanted.breed_id == "mcoo"


async def test_a_slip_of_the_pen_in_a_breed_is_forgiven(stage: Stage) -> None:
    card = await stage.card("dog german shephard dog")
    assert "German Shepherd" in card.text
    kept = await stage.kept(card)
    assert (kept.picture.source, kept.wanted.species) == (Source.DOGAPI, Species.DOG)


async def test_a_mention_of_the_old_form_counts_too(stage: Stage) -> None:
    _, sent = await stage.say(f"<@!{BOT_ID}> dog")
    assert [len(message.pictures) for message in sent] == [1]
    assert await stage.app.posts.of_message(sent[0].id) is not None


async def test_an_unknown_breed_is_answered_by_a_reply_that_deletes_itself(stage: Stage, shown: Pause) -> None:
    asked, sent = await stage.say(f"<@{BOT_ID}> cat Sphinxx")
    assert len(sent) == 1
    assert sent[0].text == "I know no breed “Sphinxx”. Did you mean: Sphynx, Malayan or Manx?"
    assert sent[0].answers == asked.id
    assert shown.asked == [30]
    assert stage.server.deleted == []
    await stage.answer_deleted(shown)
    assert stage.server.deleted == [sent[0].id]
    assert await stage.app.posts.newest_in(PETS_ID) is None


async def test_an_unknown_command_is_answered_by_a_reply_that_deletes_itself(stage: Stage, shown: Pause) -> None:
    asked, sent = await stage.say(f"<@{BOT_ID}> hamster")
    assert [message.text for message in sent] == [
        "I do not know that command. Try “cat” or “dog” and a breed, or type / to see what I can do."
    ]
    assert sent[0].answers == asked.id
    assert shown.asked == [30]
    await stage.answer_deleted(shown)
    assert stage.server.deleted == [sent[0].id]


async def test_a_reply_pings_nobody_however_it_is_asked(stage: Stage, shown: Pause) -> None:
    breed = f"@everyone <@{stage.noah.id}> **loud** " + "x" * 2000
    (sent,) = await stage.mention(f"cat {breed}")
    assert sent.pings == {"parse": [], "replied_user": False}
    assert "**loud**" not in sent.text
    assert "x" * _LONGEST_SHOWN not in sent.text


async def test_a_failure_of_the_bot_carries_a_reference(
    stage: Stage, shown: Pause, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def broken(*_: object) -> None:
        raise RuntimeError("broken")

    monkeypatch.setattr(stage.app.posts, "keep_pictures", broken)
    (sent,) = await stage.mention("cat")
    assert re.fullmatch(
        "Something went wrong on my side. .*\n-# Reference for the bot's operator: [2-9A-HJ-NP-Z]{6}", sent.text
    )
    assert stage.app.counts.of("failure", "mention", "RuntimeError") == 1
    assert shown.asked == [30]


@pytest.mark.parametrize(
    "line",
    ['cat "Maine Coon', "cat Maine Coon  ", "cat\nMaine Coon", "cat maine coon", " cat Maine Coon", "Cat Maine Coon"],
)
async def test_how_the_line_is_set_does_not_matter(stage: Stage, line: str) -> None:
    assert (await stage.kept(await stage.card(line))).wanted.breed_id == "mcoo"


@pytest.mark.parametrize(
    "line",
    [
        f"Good morning <@{BOT_ID}> cat",
        f"cat <@{BOT_ID}>",
        f"> <@{BOT_ID}> cat",
        "cat",
        "/cat",
        "!cat Maine Coon",
        "Look at my cat",
        "@Pawprint cat",
    ],
)
async def test_what_does_not_begin_with_the_name_is_no_command(stage: Stage, line: str) -> None:
    with stage.queries() as asked:
        _, sent = await stage.say(line)
    assert sent == []
    assert asked == []


async def test_somebody_elses_name_is_no_command(stage: Stage) -> None:
    assert (await stage.say(f"<@{stage.noah.id}> cat"))[1] == []


async def test_bots_are_not_obeyed(stage: Stage) -> None:
    assert await stage.mention("cat", stage.robot) == []
    assert await stage.mention("hamster", stage.robot) == []
    assert await stage.app.posts.newest_in(PETS_ID) is None


async def test_two_askers_get_two_pictures(stage: Stage) -> None:
    mine = await stage.card("cat")
    (yours,) = await stage.mention("cat", stage.noah)
    assert (await stage.kept(mine)).requester == stage.mia.id
    assert (await stage.kept(yours)).requester == stage.noah.id
    assert await stage.key(mine) != await stage.key(yours)
