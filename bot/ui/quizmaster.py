"""The quizmaster: posts the questions of the quiz, keeps their counts true, and tells each solution in time."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import TYPE_CHECKING, Final

import discord
import msgspec
from discord import app_commands

from bot.errors import QuizNotHere, QuizRunning
from bot.i18n import texts
from bot.messenger import files_of
from bot.models import Species
from bot.services.quiz import Solution
from bot.services.riddles import Riddle
from bot.store.quiz import Question
from bot.ui.grants import see_grants
from bot.ui.guarded import Interaction
from bot.ui.links import Place, link_to
from bot.ui.people import PERSONAL, actor
from bot.ui.quiz import QuestionView, SolutionView
from bot.ui.speech import post_texts

if TYPE_CHECKING:
    from bot.client import Body

# Seconds: the answers of so long become one edit, and after a failure of the store it is tried again so much later.
_GATHERED_FOR: Final = 2.0
_AGAIN_AFTER: Final = 30.0


class Quizmaster:
    """Has a keeper in the background for each question that is not finished; `resume` gives them theirs after a start.

    One keeper makes all edits of its message, one after the other. `sleep` waits real seconds.
    """

    def __init__(self, bot: Body, *, sleep: Callable[[float], Awaitable[object]] = asyncio.sleep) -> None:
        self._bot = bot
        self._sleep = sleep
        self._keepers: dict[int, asyncio.Task[None]] = {}
        # The message of each question that was answered since it was last drawn.
        self._answered: dict[int, int] = {}

    async def play(self, interaction: Interaction, species: Species, seconds: int) -> None:
        """Post a question; at once when a picture is at hand, deferred when not.

        Raises `QuizRunning` when one is open in the channel, `QuizNotHere` and `BotMissingPermissions` where the
        solution could not be told: unlike a command, an edit needs the bot to see the channel.
        """
        app, who, channel = self._bot.app, actor(interaction), interaction.channel_id
        assert channel is not None
        if interaction.guild_id is not None and who.space == PERSONAL:
            raise QuizNotHere
        if interaction.guild_id is not None and not interaction.app_permissions.view_channel:
            raise app_commands.BotMissingPermissions(["view_channel"])
        if (running := await app.quiz.running(channel)) is not None:
            raise _running(interaction, running)
        settings = app.guilds.of(who.space)
        shows = app.moderation.shown_in(who.space)
        riddle = await app.riddles.at_hand(species, channel, settings, shows)
        if riddle is None:
            await interaction.response.defer(thinking=True)
            riddle = await app.away(app.riddles.find(species, channel, settings, shows))
        see_grants(interaction, uploads=riddle.media.content is not None)
        say = post_texts(interaction.guild, interaction)
        question = Question(
            id=interaction.id,
            space=who.space,
            channel_id=channel,
            message_id=None,
            language=say.language,
            species=species,
            picture=riddle.picture.key,
            media=riddle.media.reference,
            choices=riddle.choices,
            answer=riddle.answer,
            due_at=app.clock.now() + timedelta(seconds=seconds),
        )
        # Kept before it is posted: whoever presses first finds it, and of two that are asked at once one is.
        if (running := await app.quiz.ask(question)) is not None:
            raise _running(interaction, running)
        try:
            message_id = await self._post(interaction, question, riddle)
        except discord.HTTPException:
            await app.quiz.withdraw(question.id)
            raise
        await app.quiz.posted(question.id, message_id)
        self._keep(msgspec.structs.replace(question, message_id=message_id))

    def answered(self, question_id: int, message_id: int) -> None:
        """Have a message tell how many people answered by now."""
        self._answered[question_id] = message_id

    async def resume(self) -> None:
        """Take up every question that is not finished."""
        for question in await self._bot.app.quiz.unfinished():
            self._keep(question)

    def stop(self) -> None:
        """Leave the questions to the next start."""
        for keeper in self._keepers.values():
            keeper.cancel()

    def draw(self, solution: Solution) -> SolutionView:
        """Return what a solution looks like, in the language of its question."""
        question = solution.question
        breed = self._bot.app.breeds.get(question.species, question.right.id)
        return SolutionView(solution, breed, texts(question.language))

    async def _post(self, interaction: Interaction, question: Question, riddle: Riddle) -> int:
        say = texts(question.language)
        view = QuestionView(question, 0, say)
        files = files_of([riddle.media], [say(f"quiz.question.{question.species}")])
        if interaction.response.is_done():
            return (await interaction.followup.send(view=view, files=files, wait=True)).id
        message_id = (await interaction.response.send_message(view=view, files=files)).message_id
        assert message_id is not None
        return message_id

    def _keep(self, question: Question) -> None:
        if question.id not in self._keepers:
            keeper = self._bot.app.spawn(self._keeper(question), name="quiz question")
            self._keepers[question.id] = keeper
            keeper.add_done_callback(lambda _: self._keepers.pop(question.id, None))

    async def _keeper(self, question: Question) -> None:
        """Draw the count while the time runs, then tell the solution; a failure ends neither."""
        while (left := self._left(question)) > 0:
            await self._sleep(min(left, _GATHERED_FOR))
            message_id = self._answered.pop(question.id, None)
            if message_id is not None and self._left(question) > 0:
                await self._guarded(self._draw_count(question, message_id))
        while not await self._guarded(self._solve(question)):
            await self._sleep(_AGAIN_AFTER)
        self._answered.pop(question.id, None)

    def _left(self, question: Question) -> float:
        return (question.due_at - self._bot.app.clock.now()).total_seconds()

    async def _draw_count(self, question: Question, message_id: int) -> None:
        answers = await self._bot.app.quiz.answers(question.id)
        view = QuestionView(question, answers, texts(question.language))
        await self._bot.messenger.edit(question.channel_id, message_id, view)

    async def _solve(self, question: Question) -> None:
        solution = await self._bot.app.quiz.solve(question.id)
        if solution is None:
            return
        # The store may know a message that was not known when the question was taken up.
        message_id = solution.question.message_id
        if message_id is not None:
            # What Discord refuses is not tried again: the next press on the message shows the solution.
            await self._bot.messenger.edit(question.channel_id, message_id, self.draw(solution))
        await self._bot.app.quiz.told(question.id)

    async def _guarded(self, work: Awaitable[None]) -> bool:
        """Do something under the guard; return whether it came to its end."""
        try:
            await work
        except Exception as error:  # noqa: BLE001 - a door: one question's trouble must not end its keeper
            self._bot.guard.quietly("quiz", error)
            return False
        return True


def _running(interaction: Interaction, question: Question) -> QuizRunning:
    if question.message_id is None:
        return QuizRunning()
    return QuizRunning(link_to(interaction, [Place(question.channel_id, question.message_id)]))
