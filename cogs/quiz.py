"""`/quiz play` and `/quiz scores`: which breed is it, who knew, and who knows best."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING, Any, Final

import discord
from discord import app_commands
from discord.ext import commands

from bot.i18n import Texts
from bot.identity import Person
from bot.models import Species
from bot.services.quiz import Standing
from bot.store.quiz import Score
from bot.ui.gallery import PER_PAGE, Page, Tile, clamp, open_gallery
from bot.ui.labels import label
from bot.ui.people import PERSONAL, actor

if TYPE_CHECKING:
    from bot.app import App
    from bot.client import Pawprint

    Interaction = discord.Interaction[Pawprint]
else:
    Interaction = discord.Interaction

_SPECIES = [app_commands.Choice(name=label(f"option.species.{species}"), value=species.value) for species in Species]
# What everybody may turn has no line of one's own: it would be that of whoever turned the page.
_FOR_EVERYBODY: Final = "all"


class _Scores:
    """The gallery of `/quiz scores`: pages of text."""

    name = "quiz_scores"

    def __init__(self, app: App) -> None:
        self._app = app

    async def page(self, person: Person, query: str, number: int, say: Texts) -> Page:
        """Return a page of a server's scores; in a personal space one's own alone."""
        quiz = self._app.quiz
        own = await quiz.standing(person)
        if person.space == PERSONAL:
            mine = () if own is None else (_tile(_personal(own.score, say)),)
            return Page(say("quiz.score.title.personal"), mine, 1, 1, len(mine), None if mine else _own(own, say))
        total = await quiz.people(person.space)
        number, pages = clamp(number, total)
        first = (number - 1) * PER_PAGE
        found = await quiz.best(person.space, limit=PER_PAGE, offset=first)
        tiles = tuple(_tile(_entry(score, place, say)) for place, score in enumerate(found, start=first + 1))
        note = None if query == _FOR_EVERYBODY and tiles else _own(own, say)
        return Page(say("quiz.score.title"), tiles, number, pages, total, note)


def _tile(text: str) -> Tile:
    return Tile(None, None, "", text)


def _entry(score: Score, place: int, say: Texts) -> str:
    return say(
        "quiz.score.entry",
        place=place,
        person=f"<@{score.person}>",
        correct=score.correct,
        answered=score.answered,
        streak=score.streak,
        best=score.best_streak,
    )


def _personal(score: Score, say: Texts) -> str:
    return say(
        "quiz.score.personal",
        correct=score.correct,
        answered=score.answered,
        streak=score.streak,
        best=score.best_streak,
    )


def _own(own: Standing | None, say: Texts) -> str:
    if own is None:
        return say("quiz.score.none")
    if own.place is None:
        return f"{_personal(own.score, say)}\n{say('quiz.score.unlisted')}"
    return say(
        "quiz.score.own",
        place=own.place,
        people=own.people,
        correct=own.score.correct,
        answered=own.score.answered,
        streak=own.score.streak,
        best=own.score.best_streak,
    )


@app_commands.allowed_contexts(guilds=True, dms=True, private_channels=False)
class Quiz(commands.GroupCog, group_name="quiz", group_description=label("command.quiz")):
    """Guessing breeds."""

    def __init__(self, bot: Pawprint) -> None:
        self.bot = bot

    async def cog_load(self) -> None:
        """Put the gallery where its buttons find it."""
        self.bot.listings[_Scores.name] = _Scores(self.bot.app)

    @commands.Cog.listener()
    async def on_ready(self) -> None:
        """Take up the questions that were open when the bot stopped."""
        await self.bot.quizmaster.resume()

    @app_commands.command(name="play", description=label("command.quiz.play"))
    @app_commands.describe(species=label("option.quiz.species"), seconds=label("option.quiz.seconds"))
    @app_commands.choices(species=_SPECIES)
    async def play(
        self,
        interaction: Interaction,
        species: str | None = None,
        seconds: app_commands.Range[int, 10, 60] = 20,
    ) -> None:
        """Ask everybody here which breed is on a picture."""
        kind = Species(species) if species else random.choice(list(Species))
        await self.bot.quizmaster.play(interaction, kind, seconds)

    @app_commands.command(name="scores", description=label("command.quiz.scores"))
    @app_commands.describe(show=label("option.show"))
    async def scores(self, interaction: Interaction, show: bool = False) -> None:
        """Show who was right most often, and how one stands oneself."""
        public = show and actor(interaction).space != PERSONAL
        await open_gallery(interaction, _Scores.name, _FOR_EVERYBODY if public else "", show=public)


async def setup(bot: Any) -> None:
    """Add the cog."""
    await bot.add_cog(Quiz(bot))
