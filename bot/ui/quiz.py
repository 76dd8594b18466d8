"""A question of the quiz as it is seen: four buttons below a picture, and later the solution in their place."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, Final, Self

import discord

from bot.card import base36
from bot.i18n import Texts, texts
from bot.models import Breed, Picture
from bot.services.quiz import Solution, Verdict
from bot.store.quiz import Question
from bot.ui.cards import alt_text, short_title
from bot.ui.guarded import GuardedButton, Interaction
from bot.ui.people import PERSONAL
from bot.ui.presenter import breed_in_brief

# quiz:QUESTION:CHOICE
_TEMPLATE: Final = re.compile(r"quiz:(?P<question>[0-9a-z]{1,13}):(?P<choice>[0-3])")
_LONGEST_LABEL: Final = 80
# So many of those who were right are named; a message has 4,000 characters.
MOST_NAMED: Final = 10
_COLOUR: Final = discord.Colour(0x8E7CC3)


class QuizButton(GuardedButton, template=_TEMPLATE):
    """One of the breeds to choose from; everybody may press, and the first press counts."""

    def __init__(
        self,
        question: int,
        choice: int,
        label: str | None = None,
        *,
        style: discord.ButtonStyle = discord.ButtonStyle.secondary,
        disabled: bool = False,
    ) -> None:
        super().__init__(
            discord.ui.Button(
                label=label,
                style=style,
                disabled=disabled,
                custom_id=f"quiz:{base36(question)}:{choice}",
            )
        )
        self.question = question
        self.choice = choice

    @classmethod
    def rebuild(cls, match: re.Match[str]) -> Self:
        """Read question and choice off the `custom_id`."""
        return cls(int(match["question"], 36), int(match["choice"]))

    async def press(self, interaction: Interaction) -> None:
        """Take the answer and say so privately; on a message that still asks what is solved, show the solution."""
        bot, say = interaction.client, texts(interaction.locale.value)
        assert interaction.message is not None
        said = await bot.app.quiz.answer(self.question, interaction.message.id, interaction.user.id, self.choice)
        if said.verdict is Verdict.OVER:
            solution = await bot.app.quiz.solve(self.question)
            if solution is None:
                await interaction.response.send_message(say("quiz.over"), ephemeral=True)
            else:
                await interaction.response.edit_message(view=bot.quizmaster.draw(solution))
            return
        if said.verdict is Verdict.TAKEN:
            bot.quizmaster.answered(self.question, interaction.message.id)
        assert said.due_at is not None
        text = say(
            "quiz.taken" if said.verdict is Verdict.TAKEN else "quiz.taken.before",
            breed=said.breed,
            when=discord.utils.format_dt(said.due_at, "R"),
        )
        await interaction.response.send_message(text, ephemeral=True)


class QuestionView(discord.ui.LayoutView):
    """The question, with how many people answered. It never times out, and each edit gets a fresh one."""

    def __init__(self, question: Question, answers: int, say: Texts) -> None:
        super().__init__(timeout=None)
        asked = say(f"quiz.question.{question.species}")
        when = discord.utils.format_dt(question.due_at, "R")
        buttons = [QuizButton(question.id, place, _label(breed.name)) for place, breed in enumerate(question.choices)]
        state = say.plural("quiz.state", answers, when=when) if answers else say("quiz.state.none", when=when)
        container: discord.ui.Container[Any] = discord.ui.Container(accent_colour=_COLOUR)
        container.add_item(discord.ui.TextDisplay(f"### {asked}"))
        container.add_item(_picture(question, asked))
        container.add_item(_row(buttons))
        container.add_item(discord.ui.TextDisplay(state))
        container.add_item(_source(question, say))
        self.add_item(container)


class SolutionView(discord.ui.LayoutView):
    """The solution: the right button marked, who was right, and the breed in brief."""

    def __init__(self, solution: Solution, breed: Breed | None, say: Texts) -> None:
        super().__init__(timeout=None)
        question = solution.question
        picture = _as_picture(question)
        container: discord.ui.Container[Any] = discord.ui.Container(accent_colour=_COLOUR)
        title = say("quiz.solution", breed=short_title(picture, breed, say))
        container.add_item(discord.ui.TextDisplay(f"### {title}"))
        container.add_item(_picture(question, alt_text(picture, breed, say)))
        container.add_item(_row([_solved(question, place) for place in range(len(question.choices))]))
        container.add_item(discord.ui.TextDisplay(_result(solution, say)))
        if breed is not None:
            container.add_item(discord.ui.Separator())
            # Its first line is the name, which stands above.
            container.add_item(discord.ui.TextDisplay("\n".join(breed_in_brief(breed, picture, say)[1:])))
        container.add_item(_source(question, say))
        self.add_item(container)


def _solved(question: Question, place: int) -> QuizButton:
    right = place == question.answer
    style = discord.ButtonStyle.success if right else discord.ButtonStyle.secondary
    name = question.choices[place].name
    return QuizButton(question.id, place, _label(f"✓ {name}" if right else name), style=style, disabled=True)


def _result(solution: Solution, say: Texts) -> str:
    """Say who was right: in direct messages whether one was oneself."""
    right, total = len(solution.right), solution.answers
    if not total:
        return say("quiz.result.nobody")
    if solution.question.space == PERSONAL:
        return say("quiz.result.you_right" if right else "quiz.result.you_wrong")
    if not right:
        return say.plural("quiz.result.none", total)
    people = [f"<@{user}>" for user in solution.right[:MOST_NAMED]]
    if more := right - len(people):
        named = say.listing(people, "comma")
        return say.plural("quiz.result.many", more, right=right, total=total, people=named)
    return say.plural("quiz.result.right", right, total=total, people=say.listing(people))


def _as_picture(question: Question) -> Picture:
    """Return what is known of the picture, for what a card says of one."""
    return Picture(
        source=question.picture.source,
        id=question.picture.id,
        url=question.media,
        species=question.species,
        breeds=(question.right,),
    )


def _picture(question: Question, alt: str) -> discord.ui.MediaGallery[Any]:
    gallery: discord.ui.MediaGallery[Any] = discord.ui.MediaGallery()
    gallery.add_item(media=question.media, description=alt)
    return gallery


def _row(buttons: Sequence[QuizButton]) -> discord.ui.ActionRow[Any]:
    row: discord.ui.ActionRow[Any] = discord.ui.ActionRow()
    for button in buttons:
        row.add_item(button)
    return row


def _source(question: Question, say: Texts) -> discord.ui.TextDisplay[Any]:
    service = say(f"service.{question.picture.source}")
    return discord.ui.TextDisplay(f"-# {say('card.source', service=service)}")


def _label(text: str) -> str:
    return text if len(text) <= _LONGEST_LABEL else text[: _LONGEST_LABEL - 1] + "…"
