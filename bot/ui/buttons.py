"""What the buttons of a card do when they are pressed."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Self

import discord

from bot.card import TEMPLATE, Action, Card
from bot.i18n import texts
from bot.services.guild_settings import Again
from bot.services.votes import Door, Vote
from bot.ui.gate import admit_again, admit_vote
from bot.ui.guarded import GuardedButton, Interaction
from bot.ui.in_time import in_time, redraw, tell
from bot.ui.measures import units_for
from bot.ui.people import actor
from bot.ui.speech import post_texts

if TYPE_CHECKING:
    from bot.ui.cards import PictureView

_EMOJI = {Action.UP: "👍", Action.DOWN: "👎", Action.SAVE: "❤️", Action.AGAIN: "🔁", Action.INFO: "ℹ️"}


class CardButton(GuardedButton, template=TEMPLATE):
    """One of a card's five buttons; the count stands beside the emoji as soon as there is one."""

    def __init__(self, action: Action, card: Card, count: int = 0, *, emoji: str | None = None) -> None:
        super().__init__(
            discord.ui.Button(
                emoji=emoji or _EMOJI[action],
                label=str(count) if count else None,
                style=discord.ButtonStyle.secondary,
                custom_id=card.custom_id(action),
            )
        )
        self.action = action
        self.card = card

    @classmethod
    def rebuild(cls, match: re.Match[str]) -> Self:
        """Read action and card off the `custom_id`."""
        parsed = Card.parse(match.string)
        if parsed is None:
            raise ValueError(match.string)
        return cls(*parsed)

    async def press(self, interaction: Interaction) -> None:
        """Do what the button shows; a picture that is hidden goes from the message instead. Raises `HiddenPicture`."""
        moderation, who, message = interaction.client.app.moderation, actor(interaction), interaction.message
        if moderation.hides(who.space, self.card.picture):
            assert message is not None
            say, presenter = post_texts(interaction.guild, interaction), interaction.client.presenter
            await redraw(interaction, await in_time(interaction, presenter.redraw_message(message, who, say)))
            moderation.see(who.space, [self.card.picture])
        await _ACTIONS[self.action](self.card, interaction)


async def _vote(card: Card, interaction: Interaction, value: Vote) -> None:
    votes, who = interaction.client.app.votes, actor(interaction)
    admit_vote(interaction, card, Door.BUTTON)
    await _counted(card, interaction, lambda: votes.press(who, card.picture, value, Door.BUTTON))


async def _up(card: Card, interaction: Interaction) -> None:
    await _vote(card, interaction, Vote.UP)


async def _down(card: Card, interaction: Interaction) -> None:
    await _vote(card, interaction, Vote.DOWN)


async def _save(card: Card, interaction: Interaction) -> None:
    favourites, who = interaction.client.app.favourites, actor(interaction)
    await _counted(card, interaction, lambda: favourites.toggle(who, card.picture))


async def _counted(card: Card, interaction: Interaction, act: Callable[[], Awaitable[object]]) -> None:
    """Do what a button is for, and show the counts of now on its message."""
    message, who, bot = interaction.message, actor(interaction), interaction.client
    assert message is not None

    async def count() -> tuple[PictureView, int]:
        # Nothing is counted that could not be drawn.
        await bot.presenter.recall_on(message)
        await act()
        mark = bot.refresher.mark(who, card.picture)
        return await bot.presenter.redraw_message(message, who, post_texts(interaction.guild, interaction)), mark

    view, mark = await in_time(interaction, count())
    await redraw(interaction, view)
    bot.refresher.drawn(who, card.picture, message.id, mark)


async def _again(card: Card, interaction: Interaction) -> None:
    how = await admit_again(interaction, card)
    in_place = how is Again.IN_PLACE
    await interaction.client.presenter.again(interaction, card, actor(interaction), in_place=in_place)


async def _info(card: Card, interaction: Interaction) -> None:
    say = texts(interaction.locale.value)
    presenter = interaction.client.presenter

    async def describe() -> str:
        await presenter.recall([card])
        return await presenter.describe(card, actor(interaction), say, units_for(interaction))

    await tell(interaction, await in_time(interaction, describe(), private=True))


_ACTIONS: dict[Action, Callable[[Card, Interaction], Awaitable[None]]] = {
    Action.UP: _up,
    Action.DOWN: _down,
    Action.SAVE: _save,
    Action.AGAIN: _again,
    Action.INFO: _info,
}
