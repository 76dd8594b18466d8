"""Which pictures somebody means who uses a command: the newest here, or what an id or the link to a message names."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.card import Card
from bot.errors import UnknownPicture
from bot.ui.links import may_see
from bot.ui.people import PERSONAL, actor

if TYPE_CHECKING:
    import discord

    from bot.client import Pawprint

    Interaction = discord.Interaction[Pawprint]


async def meant(interaction: Interaction, asked: str | None) -> list[Card]:
    """Return the cards of the message or picture that is meant, each once; deferred when a service must be asked.

    Raises `NoCardHere`, `UnknownPicture`, or what a service raises.
    """
    app, who, here = interaction.client.app, actor(interaction), interaction.channel_id
    assert here is not None
    if asked is None:
        found = await app.resolve.here(here)
    elif (known := await app.resolve.at_hand(asked, who, here)) is not None:
        found = known
    else:
        await interaction.response.defer(ephemeral=True, thinking=True)
        found = await app.away(app.resolve.ask(asked, who))
    # Of personal messages only one's own are found, wherever they are.
    shared = found.channel_id if who.space != PERSONAL else None
    if shared is not None and not may_see(interaction, shared):
        raise UnknownPicture(asked or "")
    return list(dict.fromkeys(found.cards))
