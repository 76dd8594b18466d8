"""“Are you sure?”: two buttons that only the person who was asked may press, today or after a restart."""

from __future__ import annotations

import re
from typing import Any, Final, Protocol, Self

import discord

from bot.card import base36
from bot.i18n import Texts, texts
from bot.identity import Person
from bot.ui.gallery import only_owner
from bot.ui.guarded import GuardedButton, Interaction
from bot.ui.people import actor

# sure:QUESTION:OWNER:ARGUMENT:ANSWER; at most 91 characters of the 100 that a custom_id holds.
_TEMPLATE: Final = re.compile(
    r"sure:(?P<question>[a-z_]{1,16}):(?P<owner>[0-9a-z]{1,13}):(?P<argument>[A-Za-z0-9_.~-]{0,50}):(?P<answer>yes|no)"
)


class Question(Protocol):
    """What is done once somebody is sure; registered as `bot.questions[name]`. The name is 1 to 16 of `a-z_`."""

    name: str

    async def carry_out(self, person: Person, argument: str, say: Texts) -> discord.ui.LayoutView:
        """Do it and return what takes the question's place; it runs in the background and may take its time.

        `argument` is what the person was told, in at most 50 of `A-Za-z0-9_.~-`: ask again if it is no longer so.
        """
        ...


class ConfirmButton(GuardedButton, template=_TEMPLATE):
    """Yes or no."""

    def __init__(self, question: str, argument: str, owner: int, *, yes: bool, label: str | None = None) -> None:
        super().__init__(
            discord.ui.Button(
                label=label,
                style=discord.ButtonStyle.danger if yes else discord.ButtonStyle.secondary,
                custom_id=f"sure:{question}:{base36(owner)}:{argument}:{'yes' if yes else 'no'}",
            )
        )
        self.question = question
        self.argument = argument
        self.owner = owner
        self.yes = yes

    @classmethod
    def rebuild(cls, match: re.Match[str]) -> Self:
        """Read question and answer off the `custom_id`."""
        return cls(match["question"], match["argument"], int(match["owner"], 36), yes=match["answer"] == "yes")

    async def press(self, interaction: Interaction) -> None:
        """Carry it out, or leave all as it is; either way the question goes."""
        only_owner(interaction, self.owner)
        bot, say = interaction.client, texts(interaction.locale.value)
        if not self.yes:
            await interaction.response.edit_message(view=SentenceView(say("confirm.nothing_done")))
            return
        await interaction.response.defer()
        question = bot.questions[self.question]
        view = await bot.app.away(question.carry_out(actor(interaction), self.argument, say))
        await interaction.edit_original_response(view=view)


class ConfirmView(discord.ui.LayoutView):
    """A question with the two buttons; `yes` is what the dangerous one says. It never times out."""

    def __init__(self, text: str, yes: str, question: str, argument: str, owner: int, say: Texts) -> None:
        super().__init__(timeout=None)
        container: discord.ui.Container[Any] = discord.ui.Container(accent_colour=discord.Colour.red())
        container.add_item(discord.ui.TextDisplay(text))
        row: discord.ui.ActionRow[Any] = discord.ui.ActionRow()
        row.add_item(ConfirmButton(question, argument, owner, yes=True, label=yes))
        row.add_item(ConfirmButton(question, argument, owner, yes=False, label=say("confirm.no")))
        container.add_item(row)
        self.add_item(container)


class SentenceView(discord.ui.LayoutView):
    """A sentence in the place of something with buttons."""

    def __init__(self, text: str) -> None:
        super().__init__(timeout=None)
        self.add_item(discord.ui.TextDisplay(text))
