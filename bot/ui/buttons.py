"""What the buttons of a card do when they are pressed."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from typing import Self

import discord

from bot.card import TEMPLATE, Action, Card
from bot.i18n import texts
from bot.services.votes import Door, Vote
from bot.ui.guarded import GuardedButton, Interaction
from bot.ui.people import actor
from bot.ui.speech import post_texts

_EMOJI = {Action.UP: "👍", Action.DOWN: "👎", Action.SAVE: "❤️", Action.AGAIN: "🔁", Action.INFO: "ℹ️"}


class CardButton(GuardedButton, template=TEMPLATE):
    """One of a card's five buttons; the count stands beside the emoji as soon as there is one."""

    def __init__(self, action: Action, card: Card, count: int = 0) -> None:
        super().__init__(
            discord.ui.Button(
                emoji=_EMOJI[action],
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
        """Do what the button shows."""
        await _ACTIONS[self.action](self.card, interaction)


async def _vote(card: Card, interaction: Interaction, value: Vote) -> None:
    await _still_known(card, interaction)
    await interaction.client.app.votes.press(actor(interaction), card.picture, value, Door.BUTTON)
    await _show_counts(card, interaction)


async def _up(card: Card, interaction: Interaction) -> None:
    await _vote(card, interaction, Vote.UP)


async def _down(card: Card, interaction: Interaction) -> None:
    await _vote(card, interaction, Vote.DOWN)


async def _save(card: Card, interaction: Interaction) -> None:
    await _still_known(card, interaction)
    await interaction.client.app.favourites.toggle(actor(interaction), card.picture)
    await _show_counts(card, interaction)


async def _still_known(card: Card, interaction: Interaction) -> None:
    """Raise `CardGone` before anything is counted that could not be drawn."""
    await interaction.client.presenter.picture(card)


async def _show_counts(card: Card, interaction: Interaction) -> None:
    message, who, bot = interaction.message, actor(interaction), interaction.client
    assert message is not None
    mark = bot.refresher.mark(who, card.picture)
    view = await bot.presenter.redraw_message(message, who, post_texts(interaction.guild, interaction))
    await interaction.response.edit_message(view=view)
    bot.refresher.drawn(who, card.picture, message.id, mark)


async def _again(card: Card, interaction: Interaction) -> None:
    await interaction.client.presenter.again(interaction, card, actor(interaction))


async def _info(card: Card, interaction: Interaction) -> None:
    say = texts(interaction.locale.value)
    text = await interaction.client.presenter.describe(card, actor(interaction), say)
    await interaction.response.send_message(text, ephemeral=True)


_ACTIONS: dict[Action, Callable[[Card, Interaction], Awaitable[None]]] = {
    Action.UP: _up,
    Action.DOWN: _down,
    Action.SAVE: _save,
    Action.AGAIN: _again,
    Action.INFO: _info,
}
