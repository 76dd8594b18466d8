"""`/votes mine`: one's own votes, newest first, for one's own eyes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import discord
from discord import app_commands
from discord.ext import commands

from bot.i18n import Texts
from bot.identity import Person
from bot.services.votes import Vote
from bot.ui.entries import noted, tiles_of
from bot.ui.gallery import Page, open_gallery
from bot.ui.labels import label
from bot.ui.people import PERSONAL

if TYPE_CHECKING:
    from bot.app import App
    from bot.client import Pawprint

    Interaction = discord.Interaction[Pawprint]
else:
    Interaction = discord.Interaction


class _Mine:
    """The gallery of `/votes mine`."""

    name = "votes_mine"

    def __init__(self, app: App) -> None:
        self._app = app

    async def page(self, person: Person, query: str, number: int, say: Texts) -> Page:
        """Return a page of the person's votes."""
        sheet = await self._app.rankings.votes(person, number)

        def caption(index: int, name: str) -> str:
            own = sheet.entries[index]
            thumb = "👍" if own.value == Vote.UP else "👎"
            return say("votes.entry", thumb=thumb, name=name, when=discord.utils.format_dt(own.cast_at, "D"))

        shown = [(own.key, own.picture) for own in sheet.entries]
        tiles = await tiles_of(self._app, person, shown, caption, say)
        note = noted(say("votes.change" if tiles else "votes.empty"), sheet.hidden, say)
        title = say("votes.title.personal" if person.space == PERSONAL else "votes.title.server")
        return Page(title, tiles, sheet.number, sheet.pages, sheet.total, note)


class Ballots(commands.GroupCog, group_name="votes", group_description=label("command.votes")):
    """What one voted."""

    def __init__(self, bot: Pawprint) -> None:
        self.bot = bot

    async def cog_load(self) -> None:
        """Put the gallery where its buttons find it."""
        self.bot.listings[_Mine.name] = _Mine(self.bot.app)

    @app_commands.command(name="mine", description=label("command.votes.mine"))
    async def mine(self, interaction: Interaction) -> None:
        """Show one's own votes."""
        await open_gallery(interaction, _Mine.name)


async def setup(bot: Any) -> None:
    """Add the cog."""
    await bot.add_cog(Ballots(bot))
