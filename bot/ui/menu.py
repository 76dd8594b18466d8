"""What the message menu "Picture…" opens: vote on a picture or save it, seen by one person only."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, Self

import discord

from bot.card import TEMPLATE, Action, Card
from bot.i18n import Texts, texts
from bot.services.votes import Door, Vote
from bot.ui.cards import card_ids
from bot.ui.colours import HOUSE
from bot.ui.gate import admit_vote
from bot.ui.guarded import GuardedButton, Interaction
from bot.ui.in_time import in_time, redraw
from bot.ui.moderation import ModeratorButton, moderates
from bot.ui.people import actor

_PREFIX = "menu-"
_OFFERED = {
    Action.UP: "👍",
    Action.DOWN: "👎",
    Action.SAVE: "❤️",
}


class MenuButton(GuardedButton, template=re.compile(_PREFIX + TEMPLATE.pattern)):
    """Votes or saves, and says in the menu itself what is so now."""

    def __init__(self, action: Action, card: Card) -> None:
        super().__init__(discord.ui.Button(emoji=_OFFERED[action], custom_id=_PREFIX + card.custom_id(action)))
        self.action = action
        self.card = card

    @classmethod
    def rebuild(cls, match: re.Match[str]) -> Self:
        """Read action and card off the `custom_id`."""
        parsed = Card.parse(match.string.removeprefix(_PREFIX))
        if parsed is None:
            raise ValueError(match.string)
        return cls(*parsed)

    async def press(self, interaction: Interaction) -> None:
        """Vote or save, then draw the menu with the answer."""
        say = texts(interaction.locale.value)
        note = say(await in_time(interaction, self._act(interaction)))
        assert interaction.message is not None
        found = [Card.parse(custom_id.removeprefix(_PREFIX)) for custom_id in card_ids(interaction.message)]
        cards = list(dict.fromkeys(parsed[1] for parsed in found if parsed is not None))
        await redraw(interaction, PictureMenu(cards, say, note, moderated=moderates(interaction)))

    async def _act(self, interaction: Interaction) -> str:
        """Do it, and return the key of what is so now."""
        app, who, key = interaction.client.app, actor(interaction), self.card.picture
        app.moderation.see(who.space, [key])
        await interaction.client.presenter.recall([self.card])
        if self.action is Action.SAVE:
            return "info.saved" if await app.favourites.toggle(who, key) else "info.not_saved"
        admit_vote(interaction, self.card, Door.MENU)
        value = Vote.UP if self.action is Action.UP else Vote.DOWN
        return vote_key((await app.votes.press(who, key, value, Door.MENU)).mine)


class PictureMenu(discord.ui.LayoutView):
    """A row of buttons for each picture of a message; with `moderated` each may be hidden as well."""

    def __init__(self, cards: Sequence[Card], say: Texts, note: str | None = None, *, moderated: bool = False) -> None:
        super().__init__(timeout=None)
        container: discord.ui.Container[Any] = discord.ui.Container(accent_colour=HOUSE)
        for number, card in enumerate(cards, start=1):
            line = say("menu.which", number=number) if len(cards) > 1 else say("menu.one")
            container.add_item(discord.ui.TextDisplay(line))
            row: discord.ui.ActionRow[Any] = discord.ui.ActionRow()
            for action in _OFFERED:
                row.add_item(MenuButton(action, card))
            if moderated:
                row.add_item(ModeratorButton("hide", card.picture, say))
            container.add_item(row)
        if note is not None:
            container.add_item(discord.ui.TextDisplay(note))
        self.add_item(container)


def vote_key(mine: Vote | None) -> str:
    """Return the key of the sentence about one's own vote."""
    return {Vote.UP: "info.vote.up", Vote.DOWN: "info.vote.down", None: "info.vote.none"}[mine]
