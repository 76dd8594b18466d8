"""The quiz as members see it: a question, one answer each, the solution in time, and who knows best."""

from __future__ import annotations

import asyncio
import logging
import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from unittest.mock import patch

import discord
import msgspec
import pytest
from simcord.actors import MemberActor
from simcord.builders import ChannelHandle, UserHandle
from simcord.results import InteractionResult

from bot.client import Pawprint
from bot.errors import BackendUnavailable
from bot.models import Species
from bot.services.guild_settings import GuildSettings
from bot.services.pool import anything
from bot.services.quiz import Solution
from bot.store.quiz import Question
from tests.simulated.stage import Card, Pause, Stage, privately, texts_of, walk

WHEN = r"<t:\d+:R>"


@dataclass
class Quiz:
    """A stage with the quizmaster's time in hand."""

    stage: Stage
    pause: Pause

    async def play(self, channel: ChannelHandle | None = None, **options: Any) -> Asked:
        """Have Mia ask a question in a channel."""
        where = channel or self.stage.pets
        result = await self.stage.mia.slash(where, "quiz play", **options)
        assert not result.ephemeral, texts_of(result)
        return await self.newest(where)

    async def newest(self, channel: ChannelHandle) -> Asked:
        """Return the question that was asked last, as the newest message of a channel."""
        return Asked(self.stage.newest(channel), (await self.stage.app.quiz.unfinished())[-1])

    async def tick(self) -> None:
        """Let the two seconds pass after which a message shows the new count."""
        self.pause.end()
        for _ in range(20):
            await asyncio.sleep(0.005)
        await self.stage.env.settle()

    async def time_is_up(self) -> None:
        """Let the time of every question pass, until the last solution was told."""
        self.stage.clock.shift += timedelta(seconds=61)
        keepers = list(self.stage.bot.quizmaster._keepers.values())
        assert keepers
        self.pause.end()
        await asyncio.wait_for(asyncio.gather(*keepers), 10)
        await self.stage.env.settle()

    async def scores(
        self, actor: MemberActor | None = None, channel: ChannelHandle | None = None, **options: Any
    ) -> InteractionResult:
        """Ask for the scores."""
        return await (actor or self.stage.mia).slash(channel or self.stage.pets, "quiz scores", **options)


@dataclass
class Asked:
    """A message with a question, and what the store knows of it."""

    card: Card
    question: Question

    async def press(self, actor: MemberActor | UserHandle, choice: int) -> InteractionResult:
        """Press the button at a place as somebody."""
        result: InteractionResult = await actor.click(
            self.card.message, custom_id=self.card.buttons[choice]["custom_id"]
        )
        return result

    async def right(self, actor: MemberActor | UserHandle) -> str:
        """Press the right button; return what only the person sees."""
        return privately(await self.press(actor, self.question.answer))

    async def wrong(self, actor: MemberActor | UserHandle) -> str:
        """Press a wrong button; return what only the person sees."""
        return privately(await self.press(actor, (self.question.answer + 1) % 4))

    @property
    def name(self) -> str:
        """The right breed's name."""
        return self.question.right.name

    @property
    def solved(self) -> bool:
        """Whether the message shows the solution, with no button to press."""
        return "### The solution: " in self.card.text and all(button["disabled"] for button in self.card.buttons)


@pytest.fixture
async def quiz(stage: Stage) -> AsyncIterator[Quiz]:
    pause = Pause()
    stage.bot.quizmaster._sleep = pause
    yield Quiz(stage, pause)
    stage.bot.quizmaster.stop()


async def test_a_question_tells_nothing_but_the_species(quiz: Quiz) -> None:
    for species in Species:
        channel = quiz.stage.world.channels["pets" if species is Species.CAT else "daily"]
        asked = await quiz.play(channel, species=species.value, seconds=45)
        card = asked.card
        assert f"### A {species}. Which breed is it?" in card.text
        assert re.search(rf"The solution comes {WHEN}\. Press a breed: one answer each\.", card.text)
        assert [button["label"] for button in card.buttons] == [breed.name for breed in asked.question.choices]
        (picture,) = card.pictures
        assert picture["description"] == f"A {species}. Which breed is it?"
        (attachment,) = card.raw["attachments"]
        assert attachment["filename"] == f"{species}-1.jpg"
        assert attachment["description"] == picture["description"]
        left = (asked.question.due_at - quiz.stage.clock.now()).total_seconds()
        assert 40 < left <= 45


async def test_a_picture_that_is_at_hand_is_posted_at_once(quiz: Quiz) -> None:
    riddle = await quiz.stage.app.riddles.find(Species.DOG, quiz.stage.pets.id, GuildSettings(), anything)
    with (
        patch.object(quiz.stage.app.riddles, "at_hand", return_value=riddle),
        patch.object(quiz.stage.app.riddles, "find", side_effect=AssertionError),
    ):
        asked = await quiz.play()
    assert asked.question.choices == riddle.choices
    await quiz.time_is_up()
    assert asked.solved


async def test_two_answer_one_is_right_and_everybody_learns_it(quiz: Quiz) -> None:
    stage = quiz.stage
    asked = await quiz.play(species="cat")
    wrong = asked.question.choices[(asked.question.answer + 1) % 4].name
    assert re.fullmatch(rf"Taken: {asked.name}\. The solution comes {WHEN}\.", await asked.right(stage.mia))
    assert f"Taken: {wrong}." in await asked.wrong(stage.noah)
    # Once more, with the other one: the first answer stays.
    assert f"You said {wrong} already, and the first answer counts." in await asked.right(stage.noah)
    assert "Press a breed" in asked.card.text
    await quiz.tick()
    assert "2 people have answered." in asked.card.text
    assert stage.edits(asked.card) == 1
    await quiz.tick()
    assert stage.edits(asked.card) == 1, "nobody answered since"

    await quiz.time_is_up()
    assert asked.solved
    assert stage.edits(asked.card) == 2
    styles = {button["label"]: button["style"] for button in asked.card.buttons}
    assert [label for label, style in styles.items() if style == discord.ButtonStyle.success.value] == [
        f"✓ {asked.name}"
    ]
    assert f"1 of 2 was right: <@{stage.mia.id}>" in asked.card.text
    posted = stage.env.backend.get_message(stage.pets.id, asked.card.message_id)
    assert not posted.ping_user_ids
    breed = stage.app.breeds.get(Species.CAT, asked.question.right.id)
    assert breed is not None
    assert breed.description
    assert breed.description in asked.card.text
    assert asked.card.text.count(asked.name) == 1 + breed.description.count(asked.name) + sum(
        line.count(asked.name) for line in asked.card.text.splitlines() if "wikipedia" in line
    )
    (picture,) = asked.card.pictures
    assert picture["description"] == f"A cat of the breed {asked.name}."
    assert len(asked.card.raw["attachments"]) == 1


async def test_scores_and_streaks_are_the_servers_and_ones_own_line_says_how_one_stands(quiz: Quiz) -> None:
    stage = quiz.stage
    assert "You have no score here yet." in privately(await quiz.scores())
    for mia_is_right in (True, True, False, True):
        asked = await quiz.play()
        await (asked.right if mia_is_right else asked.wrong)(stage.mia)
        await asked.right(stage.noah)
        assert asked.question.open
        await quiz.time_is_up()
    asked = await quiz.play()
    await asked.right(stage.mia)  # counts once it is solved
    said = privately(await quiz.scores())
    assert "### Quiz: who knows the breeds" in said
    assert f"**1.** <@{stage.noah.id}>\n4 of 4 right · streak 4 (best 4)" in said
    assert f"**2.** <@{stage.mia.id}>\n3 of 4 right · streak 1 (best 2)" in said
    assert "You are number 2 of 2: 3 of 4 right · streak 1 (best 2)" in said
    shown = await quiz.scores(show=True)
    assert not shown.ephemeral
    assert "You are number" not in texts_of(shown)
    await quiz.time_is_up()
    assert "You are number 2 of 2: 4 of 5 right" in privately(await quiz.scores())


async def test_a_question_outlives_a_restart_in_its_middle(quiz: Quiz) -> None:
    stage = quiz.stage
    asked = await quiz.play()
    await asked.right(stage.mia)
    stage.bot.quizmaster.stop()
    stage.bot = Pawprint(stage.app)
    stage.bot.quizmaster._sleep = quiz.pause
    await stage.env.restart_bot(stage.bot)
    await asked.right(stage.noah)
    # Discord tells more than once that all is ready.
    await stage.bot.quizmaster.resume()
    assert len(stage.bot.quizmaster._keepers) == 1
    await quiz.time_is_up()
    assert asked.solved
    assert f"2 of 2 were right: <@{stage.mia.id}> and <@{stage.noah.id}>" in asked.card.text


async def test_what_was_due_while_the_bot_was_away_is_solved_after_the_start(quiz: Quiz) -> None:
    stage = quiz.stage
    asked = await quiz.play()
    await asked.right(stage.mia)
    # Of another one it was killed before it was posted, or before it could note where.
    await stage.app.quiz.ask(msgspec.structs.replace(asked.question, id=1, channel_id=1, message_id=None))
    stage.bot.quizmaster.stop()
    stage.clock.shift += timedelta(hours=3)
    # It was killed after the scores were counted and before the message was edited.
    await stage.app.quiz.solve(asked.question.id)
    stage.bot = Pawprint(stage.app)
    stage.bot.quizmaster._sleep = quiz.pause
    await stage.env.restart_bot(stage.bot)
    await quiz.tick()
    assert asked.solved
    assert await stage.app.quiz.unfinished() == []
    standing = await stage.app.quiz.standing(stage.person(stage.mia))
    assert standing is not None
    assert standing.score.answered == 1


async def test_a_question_whose_message_is_deleted_counts_and_makes_room(quiz: Quiz) -> None:
    stage = quiz.stage
    asked = await quiz.play()
    await asked.right(stage.mia)
    await stage.world.members["Max"].delete(asked.card.message)
    await quiz.time_is_up()
    assert await stage.app.quiz.unfinished() == []
    assert "1 of 1 right" in privately(await quiz.scores())
    await quiz.play()


async def test_where_the_solution_cannot_be_shown_the_next_press_shows_it(quiz: Quiz) -> None:
    stage = quiz.stage
    asked = await quiz.play()
    await asked.right(stage.mia)
    stage.env.inject_error("PATCH", f"/channels/*/messages/{asked.card.message_id}", status=403, code=50001)
    await quiz.time_is_up()
    assert not asked.solved
    assert await stage.app.quiz.unfinished() == []
    await asked.press(stage.noah, 0)
    assert asked.solved
    assert f"1 of 1 was right: <@{stage.mia.id}>" in asked.card.text
    assert "1 of 1 right" in privately(await quiz.scores())
    # What is forgotten after a day can only be said to be over.
    again = await quiz.play()
    await stage.app.quiz.withdraw(again.question.id)
    assert await again.right(stage.mia) == "This question is over. Use /quiz play for a new one."
    await quiz.time_is_up()
    assert not again.solved


async def test_direct_messages_have_a_quiz_of_ones_own(quiz: Quiz) -> None:
    stage = quiz.stage
    for knows in (True, False):
        await stage.mia.user.slash("quiz play", species="dog")
        asked = await quiz.newest(stage.mia.user.dm_channel)
        await (asked.right if knows else asked.wrong)(stage.mia.user)
        await quiz.time_is_up()
        assert asked.solved
        assert ("You were right." if knows else "You were wrong this time.") in asked.card.text
    await stage.noah.user.slash("quiz play")
    await (await quiz.newest(stage.noah.user.dm_channel)).right(stage.noah.user)
    await quiz.time_is_up()
    said = privately(await stage.mia.user.slash("quiz scores", show=True))
    assert "### Quiz: your own score" in said
    assert "1 of 2 right · streak 0 (best 1)" in said
    assert str(stage.noah.id) not in said
    assert "You have no score here yet." in privately(await stage.world.members["Yuki"].user.slash("quiz scores"))
    assert await stage.app.quiz.standing(stage.person(stage.mia)) is None


async def test_a_question_that_cannot_be_had_or_posted_leaves_nothing(quiz: Quiz) -> None:
    stage = quiz.stage
    with patch.object(stage.app.riddles, "find", side_effect=BackendUnavailable("catapi", "no answer")):
        answer = await stage.mia.slash(stage.pets, "quiz play")
    assert "TheCatAPI" in privately(answer)
    assert stage.pets.history() == []
    stage.env.inject_error("POST", "/webhooks/*", status=403, code=50013)
    answer = await stage.mia.slash(stage.pets, "quiz play", species="cat")
    assert stage.pets.history() == []
    assert await stage.app.quiz.unfinished() == []
    assert await stage.app.quiz.standing(stage.person(stage.mia)) is None


async def test_trouble_with_the_store_is_tried_again_until_the_solution_is_told(
    quiz: Quiz, caplog: pytest.LogCaptureFixture
) -> None:
    stage = quiz.stage
    asked = await quiz.play()
    await asked.right(stage.mia)
    solve, tries = stage.app.quiz.solve, iter((OSError("disk"), None))

    async def stumble(question_id: int) -> Solution | None:
        if (failure := next(tries)) is not None:
            raise failure
        return await solve(question_id)

    with patch.object(stage.app.quiz, "solve", stumble), caplog.at_level(logging.CRITICAL):
        stage.clock.shift += timedelta(seconds=61)
        await quiz.tick()
        assert not asked.solved
        assert quiz.pause.asked[-1] == 30
        await quiz.tick()
    assert asked.solved
    assert stage.app.counts.of("failure", "quiz") == 1


async def test_many_who_are_right_are_not_all_named_and_scores_have_pages(quiz: Quiz) -> None:
    stage = quiz.stage
    asked = await quiz.play()
    for user in range(1, 14):
        await stage.app.quiz.answer(asked.question.id, asked.card.message_id, user, asked.question.answer)
    await quiz.time_is_up()
    named = ", ".join(f"<@{user}>" for user in range(1, 11))
    assert f"13 of 13 were right: {named} and 3 more" in asked.card.text
    result = await quiz.scores()
    assert result.response is not None
    assert re.findall(r"\*\*(\d)\.\*\* <@(\d)>", texts_of(result)) == [(str(n), str(n)) for n in range(1, 6)]
    buttons = [part for part in walk(result.response.components) if part["type"] == 2]
    (following,) = (button["custom_id"] for button in buttons if (button.get("emoji") or {}).get("name") == "▶️")
    turned = await stage.mia.click(result.response.message, custom_id=following)
    assert re.findall(r"\*\*(\d+)\.\*\* <@(\d+)>", texts_of(turned)) == [(str(n), str(n)) for n in range(6, 11)]


async def test_who_cannot_ask_now_or_here_is_told_why(quiz: Quiz) -> None:
    stage = quiz.stage
    ask = stage.app.quiz.ask

    async def overtaken(question: Question) -> Question | None:
        await ask(msgspec.structs.replace(question, id=1))
        return await ask(question)

    with patch.object(stage.app.quiz, "ask", overtaken):
        answer = await stage.noah.slash(stage.pets, "quiz play")
    assert "A question is on its way to this channel." in privately(answer)
    assert stage.pets.history() == []
    await stage.app.quiz.withdraw(1)

    asked = await quiz.play()
    link = f"https://discord.com/channels/{stage.world.guild.id}/{stage.pets.id}/{asked.card.message_id}"
    answer = await stage.noah.slash(stage.pets, "quiz play")
    assert f"A question is open in this channel already: {link}." in privately(answer)
    assert len(stage.pets.history()) == 1
    elsewhere = await quiz.play(stage.world.channels["daily"])
    assert elsewhere.question.id != asked.question.id
    await quiz.time_is_up()
    assert "Nobody answered." in asked.card.text

    # The bot sees no #staff; Discord lets it answer there, and edit nothing.
    answer = await stage.world.members["Max"].slash(stage.world.channels["staff"], "quiz play")
    assert "View Channel" in privately(answer)

    with patch.object(stage.bot, "get_guild", return_value=None):
        answer = await stage.mia.slash(stage.pets, "quiz play")
    assert "A quiz needs me as a member of this server" in privately(answer)
    await quiz.play()
