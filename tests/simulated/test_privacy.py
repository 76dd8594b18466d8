"""/privacy as people see it: what is kept, as a file too, forgotten when they are sure, in no list if they wish."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from unittest.mock import patch

import discord
import msgspec
import pytest
from prometheus_client import CollectorRegistry, generate_latest
from simcord.actors import MemberActor
from simcord.builders import UserHandle
from simcord.results import InteractionResult

from bot.backends.thatapi import ThatApi
from bot.errors import BackendUnavailable
from bot.messenger import Messenger
from bot.store.quiz import add_to_scores
from tests.simulated.stage import Card, Stage, privately, texts_of, walk


async def gave(stage: Stage) -> Card:
    """Have Mia vote and save, and the service know."""
    card = await stage.card("cat")
    await card.press(stage.mia, "👍")
    await card.press(stage.mia, "❤️")
    await delivered(stage)
    return card


async def delivered(stage: Stage) -> None:
    """Let delivery come to its end, however long it would wait."""
    for _ in range(20):
        await stage.app.sync.deliver_due()
        if not await stage.app.sync.waiting():
            return
        stage.clock.shift += timedelta(minutes=10)
    raise AssertionError("delivery does not come to its end")


@asynccontextmanager
async def services_down() -> AsyncIterator[None]:
    """Have the services delete nothing meanwhile."""

    async def down(self: ThatApi, _id: str) -> None:
        raise BackendUnavailable(self.source, "no connection", sent=False)

    with patch.object(ThatApi, "remove_favourite", down), patch.object(ThatApi, "withdraw_vote", down):
        yield


async def answered(
    actor: MemberActor | UserHandle, question: InteractionResult, *, sure: bool = True
) -> InteractionResult:
    """Press a button of the question."""
    assert question.response is not None
    chosen = [c["custom_id"] for c in walk(question.response.components) if c["type"] == 2][0 if sure else 1]
    result: InteractionResult = await actor.click(question.response, custom_id=chosen)
    return result


def told_directly(stage: Stage) -> str:
    """Return what Mia was last written directly."""
    message = stage.mia.user.dm_channel.last_message
    return "" if message is None else Card(stage, stage.mia.user.dm_channel, message.id).text


async def done(stage: Stage) -> None:
    """Have the services delete what they were asked to, and the bot notice."""
    await delivered(stage)
    await stage.app.privacy.sweep()
    for task in [task for task in stage.app._tasks if task.get_name() == "word of forgetting"]:
        await asyncio.wait_for(task, 10)
    await stage.env.settle()


async def heard(stage: Stage) -> None:
    """Let the bot take in what Discord told it."""
    await stage.env.settle()
    tasks = [task for task in asyncio.all_tasks() if task.get_name().startswith("discord.py: ")]
    await asyncio.wait_for(asyncio.gather(*tasks), 10)


async def test_about_tells_what_is_kept_of_oneself_and_of_nobody_else(stage: Stage) -> None:
    await gave(stage)
    told = privately(await stage.mia.slash(stage.pets, "privacy about"))
    assert "### What I keep of you in this server" in told
    assert "👍 1 vote\n❤️ 1 picture that you saved\n🔁 1 picture that you asked for" in told
    assert "under a pseudonym" in told
    assert "/privacy opt-out ends all of that" in told
    assert "Being forgotten" not in told
    assert "\nNothing." in privately(await stage.noah.slash(stage.pets, "privacy about"))
    personal = privately(await stage.mia.user.slash("privacy about"))
    assert "### What I keep in your own collection" in personal
    assert "Nothing." in personal
    assert "Lists of this server" not in personal


async def test_the_export_is_a_private_file_with_all_of_it(stage: Stage) -> None:
    await gave(stage)
    result = await stage.mia.slash(stage.pets, "privacy export")
    assert "Here is all that I keep of you" in privately(result)
    [file] = [
        file for one in (result.response, *result.followups) if one is not None for file in one.message.attachments
    ]
    assert file.filename.endswith(".json")
    content = await file.read()
    told = msgspec.json.decode(content)
    assert told["person"] == str(stage.mia.id)
    assert [(vote["server"], vote["value"]) for vote in told["votes"]] == [(str(stage.world.guild.id), 1)]
    assert len(told["favourites"]) == 1
    assert [one["sub_id"] for one in told["pseudonyms"]] == [stage.app.sub_ids.sub_id(stage.person(stage.mia))]
    assert str(stage.noah.id) not in content.decode()


async def test_who_is_sure_is_forgotten_and_told_when_the_service_forgot_too(stage: Stage) -> None:
    card, who = await gave(stage), stage.person(stage.mia)
    question = await stage.mia.slash(stage.pets, "privacy forget")
    said = privately(question)
    assert "### Forget you in this server?" in said
    assert "There is no way back" in said
    assert "**What stays:**" in said
    assert "cannot be deleted" not in said
    # Who is not sure keeps everything.
    await answered(stage.mia, question, sure=False)
    assert await stage.app.favourites.count(who) == 1
    async with services_down():
        await answered(stage.mia, await stage.mia.slash(stage.pets, "privacy forget"))
        await stage.app.sync.deliver_due()
    assert await stage.app.favourites.count(who) == 0
    await stage.counts_drawn()
    assert card.count("👍") == 0
    about = privately(await stage.mia.slash(stage.pets, "privacy about"))
    assert "TheCatAPI: 2 of 2 left" in about
    assert told_directly(stage) == ""
    await done(stage)
    assert "Done: what you asked me to forget is deleted" in told_directly(stage)
    assert "Being forgotten" not in privately(await stage.mia.slash(stage.pets, "privacy about"))


async def test_what_a_service_keeps_is_said_before_and_after(stage: Stage) -> None:
    card = await stage.card("dog")
    await card.press(stage.mia, "👍")
    await delivered(stage)
    question = await stage.mia.slash(stage.pets, "privacy forget", where="everywhere")
    said = privately(question)
    assert "### Forget you everywhere?" in said
    assert "1 vote at TheDogAPI cannot be deleted" in said
    async with services_down():
        await answered(stage.mia, question)
    await done(stage)
    assert "1 vote or saved picture of yours stays at TheDogAPI, which does not delete it" in told_directly(stage)


async def test_who_takes_no_direct_messages_hears_of_it_at_the_next_command_once(stage: Stage) -> None:
    await gave(stage)
    await answered(stage.mia.user, await stage.mia.user.slash("privacy forget"))
    async with services_down():
        await answered(stage.mia, await stage.mia.slash(stage.pets, "privacy forget"))
    with patch.object(Messenger, "write_to", return_value=False):
        await done(stage)
    assert told_directly(stage) == ""
    assert "Done: what you asked" not in texts_of(await stage.noah.slash(stage.pets, "help"))
    first, second = [await stage.mia.slash(stage.pets, "help") for _ in range(2)]
    assert "Done: what you asked me to forget is deleted" in privately(first)
    assert "Done: what you asked" not in privately(second)


async def test_who_opts_out_is_in_no_list_and_may_be_looked_up_by_nobody(stage: Stage) -> None:
    await gave(stage)
    assert "1 picture" in privately(await stage.noah.slash(stage.pets, "favourites server"))
    opted = await stage.mia.slash(stage.pets, "privacy opt-out", on=True)
    assert "No list of this server shows you now" in privately(opted)
    assert "You are in none" in privately(await stage.mia.slash(stage.pets, "privacy about"))
    assert "1 picture" not in privately(await stage.noah.slash(stage.pets, "favourites server"))
    looked = privately(await stage.noah.slash(stage.pets, "favourites list", member=stage.mia))
    assert "keeps their favourites to themselves" in looked
    async with stage.app.store.writing() as connection:
        await add_to_scores(connection, stage.world.guild.id, {stage.mia.id: True, stage.noah.id: False})
    assert f"<@{stage.mia.id}>" not in privately(await stage.noah.slash(stage.pets, "quiz scores"))
    own = privately(await stage.mia.slash(stage.pets, "quiz scores"))
    assert "1 of 1 right" in own
    assert "You are not in this list" in own
    assert "may show you again" in privately(await stage.mia.slash(stage.pets, "privacy opt-out", on=False))
    assert f"<@{stage.mia.id}>" in privately(await stage.noah.slash(stage.pets, "quiz scores"))
    assert "nobody's list" in privately(await stage.mia.user.slash("privacy opt-out", on=True))


async def test_a_server_that_sends_the_bot_away_is_deleted_after_thirty_days_unless_it_comes_back(
    stage: Stage,
) -> None:
    card, who = await gave(stage), stage.person(stage.mia)
    guild = stage.bot.get_guild(who.space)
    assert guild is not None
    # An outage is no leaving: Discord tells of it as of a server that cannot be reached.
    stage.bot.dispatch("guild_unavailable", guild)
    await heard(stage)
    stage.clock.shift += timedelta(days=31)
    await stage.app.privacy.sweep()
    assert await stage.app.favourites.count(who) == 1
    stage.env.backend.remove_guild(who.space)
    await heard(stage)
    stage.clock.shift += timedelta(days=29)
    await stage.app.privacy.sweep()
    assert await stage.app.favourites.count(who) == 1
    stage.bot.dispatch("guild_join", guild)
    await heard(stage)
    stage.clock.shift += timedelta(days=2)
    await stage.app.privacy.sweep()
    assert await stage.app.favourites.count(who) == 1
    # It left again while the bot was off, which is noticed at the start.
    stage.bot.dispatch("ready")
    await heard(stage)
    stage.clock.shift += timedelta(days=31)
    await stage.app.privacy.sweep()
    assert await stage.app.favourites.count(who) == 0
    assert await stage.app.posts.of_message(card.message_id) is None


async def test_nothing_in_logs_or_metrics_names_a_person(stage: Stage, caplog: pytest.LogCaptureFixture) -> None:
    people = [stage.mia, stage.noah, stage.world.members["Ada"]]
    for name in ("bot", "cogs", "sandbox"):
        caplog.set_level(logging.DEBUG, logger=name)
    caplog.set_level(logging.WARNING, logger="discord")
    card = await gave(stage)
    await stage.mia.react(card.message, "👎")
    await card.menu(stage.noah)
    await card.press(stage.noah, "🔁")
    await stage.noah.slash(stage.pets, "favourites list", member=stage.mia)
    await stage.noah.slash(stage.pets, "favourites add", picture=f"<@{stage.mia.id}> Mia")
    await stage.noah.slash(stage.pets, "breed info", breed=f"Mia {stage.mia.id}")
    await stage.world.members["Ada"].slash(stage.pets, "settings cooldown", person=5)
    await stage.mia.slash(stage.pets, "votes mine")
    await stage.mia.slash(stage.pets, "privacy export")

    async def broken(*_: object) -> None:
        raise RuntimeError("a bug")

    with patch.object(type(stage.app.privacy), "held", broken):
        assert "went wrong" in privately(await stage.mia.slash(stage.pets, "privacy about")).casefold()
    async with services_down():
        await answered(stage.mia, await stage.mia.slash(stage.pets, "privacy forget", where="everywhere"))
        await stage.app.sync.deliver_due()
    refused = discord.Forbidden(_Response(), {"code": 50007, "message": "Cannot send messages to this user"})
    with patch.object(discord.abc.Messageable, "send", side_effect=refused):
        await done(stage)
    registry = CollectorRegistry()
    registry.register(stage.app.counts)
    await stage.app.counts.refresh()
    metrics = generate_latest(registry).decode()
    assert 'command="privacy export"' in metrics
    # Exceptions and their tracebacks are part of what is logged.
    lines = [logging.Formatter().format(record) for record in caplog.records]
    assert any("a bug" in line for line in lines)
    for actor in people:
        for name in (str(actor.id), stage.app.sub_ids.sub_id(stage.person(actor))):
            assert [line for line in lines if name in line] == []
            assert name not in metrics
    for word in ("Mia", "Noah", "Ada"):
        assert [line for line in lines if word in line.split()] == []
        assert word not in metrics


class _Response:
    status = 403
    reason = "Forbidden"
