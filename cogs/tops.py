"""`/top pictures` and `/top breeds`: what a server loves, of a time and a channel; in direct messages one's own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import discord
from discord import app_commands
from discord.ext import commands
from msgspec import Struct

from bot.card import base36
from bot.i18n import Texts
from bot.identity import Person
from bot.services.rankings import Period, Sheet
from bot.ui.channel_option import ChannelOption
from bot.ui.entries import noted, tiles_of
from bot.ui.gallery import Page, Tile, open_gallery
from bot.ui.labels import label
from bot.ui.people import PERSONAL, actor

if TYPE_CHECKING:
    from bot.app import App
    from bot.client import Pawprint

    Interaction = discord.Interaction[Pawprint]
else:
    Interaction = discord.Interaction

AnyChannel = app_commands.AppCommandChannel | app_commands.AppCommandThread

_PERIODS = [app_commands.Choice(name=label(f"option.period.{period}"), value=period.value) for period in Period]
_OPTIONS = {"period": label("option.period"), "channel": label("option.top_channel"), "show": label("option.show")}
_WITH_MESSAGES: Final = [
    discord.ChannelType.text,
    discord.ChannelType.news,
    discord.ChannelType.voice,
    discord.ChannelType.stage_voice,
    discord.ChannelType.public_thread,
    discord.ChannelType.private_thread,
    discord.ChannelType.news_thread,
]


class _Seen(ChannelOption):
    """A channel in which pictures are posted, and which the person may see: Discord sends along what they may."""

    async def transform(self, interaction: discord.Interaction[Any], value: Any, /) -> AnyChannel:
        """Let nobody look into a channel that is closed to them. Raises `MissingPermissions`."""
        chosen: AnyChannel = value
        if not chosen.permissions.view_channel:
            raise app_commands.MissingPermissions(["view_channel"])
        return chosen


class _Asked(Struct, frozen=True):
    """Which ranking: of what time, and of which channel's pictures (None: the whole server's)."""

    period: Period
    channel: int | None

    @property
    def query(self) -> str:
        """The same as a gallery keeps it on its buttons."""
        return f"{self.period}.{'' if self.channel is None else base36(self.channel)}"

    @classmethod
    def read(cls, query: str) -> _Asked:
        """Read it off a gallery's button."""
        period, _, channel = query.partition(".")
        return cls(Period(period), int(channel, 36) if channel else None)


class _Pictures:
    """The gallery of `/top pictures`."""

    name = "top_pictures"

    def __init__(self, app: App) -> None:
        self._app = app

    async def page(self, person: Person, query: str, number: int, say: Texts) -> Page:
        """Return a page of the best pictures."""
        asked = _Asked.read(query)
        sheet = await self._app.rankings.pictures(person, asked.period, number, channel=asked.channel)

        def caption(index: int, name: str) -> str:
            entry = sheet.entries[index]
            return say("top.picture", place=sheet.first + index, name=name, up=entry.up, down=entry.down)

        shown = [(entry.key, entry.picture) for entry in sheet.entries]
        tiles = await tiles_of(self._app, person, shown, caption, say)
        empty = "top.empty.pictures" if asked.period is Period.ALL else "top.empty.pictures.period"
        return _page(say(f"top.title.pictures.{asked.period}"), tiles, sheet, _notes(asked, person, empty, sheet, say))


class _Breeds:
    """The gallery of `/top breeds`."""

    name = "top_breeds"

    def __init__(self, app: App) -> None:
        self._app = app

    async def page(self, person: Person, query: str, number: int, say: Texts) -> Page:
        """Return a page of the best breeds, each with the best of its pictures."""
        asked = _Asked.read(query)
        sheet = await self._app.rankings.breeds(person, asked.period, number, channel=asked.channel)

        def caption(index: int, name: str) -> str:
            of = sheet.entries[index].standing
            return say.plural("top.breed", of.pictures, place=sheet.first + index, name=name, up=of.up, down=of.down)

        shown = [(entry.picture.key, entry.picture) for entry in sheet.entries]
        tiles = await tiles_of(self._app, person, shown, caption, say)
        empty = "top.empty.breeds" if asked.period is Period.ALL else "top.empty.breeds.period"
        return _page(say(f"top.title.breeds.{asked.period}"), tiles, sheet, _notes(asked, person, empty, sheet, say))


def _page(title: str, tiles: tuple[Tile, ...], sheet: Sheet[Any], note: str | None) -> Page:
    return Page(title, tiles, sheet.number, sheet.pages, sheet.total, note)


def _notes(asked: _Asked, person: Person, empty: str, sheet: Sheet[Any], say: Texts) -> str | None:
    """Say how to begin when there is nothing yet, what the ranking is of where that is not plain, what is hidden."""
    lines = [] if sheet.entries else [say(empty)]
    if person.space == PERSONAL:
        lines.append(say("top.note.personal"))
    if asked.channel is not None:
        lines.append(say("top.note.channel", channel=f"<#{asked.channel}>"))
    return noted("\n".join(lines), sheet.hidden, say)


class Tops(commands.GroupCog, group_name="top", group_description=label("command.top")):
    """What is loved most."""

    def __init__(self, bot: Pawprint) -> None:
        self.bot = bot

    async def cog_load(self) -> None:
        """Put the galleries where their buttons find them."""
        for listing in (_Pictures(self.bot.app), _Breeds(self.bot.app)):
            self.bot.listings[listing.name] = listing

    @app_commands.command(name="pictures", description=label("command.top.pictures"))
    @app_commands.describe(**_OPTIONS)
    @app_commands.choices(period=_PERIODS)
    async def pictures(
        self,
        interaction: Interaction,
        period: str = Period.ALL.value,
        channel: app_commands.Transform[AnyChannel, _Seen(_WITH_MESSAGES)] | None = None,
        show: bool = False,
    ) -> None:
        """Show the pictures with the most thumbs up."""
        await _answer(interaction, _Pictures.name, period, channel, show)

    @app_commands.command(name="breeds", description=label("command.top.breeds"))
    @app_commands.describe(**_OPTIONS)
    @app_commands.choices(period=_PERIODS)
    async def breeds(
        self,
        interaction: Interaction,
        period: str = Period.ALL.value,
        channel: app_commands.Transform[AnyChannel, _Seen(_WITH_MESSAGES)] | None = None,
        show: bool = False,
    ) -> None:
        """Show the breeds whose pictures have the most thumbs up."""
        await _answer(interaction, _Breeds.name, period, channel, show)


async def _answer(interaction: Interaction, listing: str, period: str, channel: AnyChannel | None, show: bool) -> None:
    asked = _Asked(Period(period), channel.id if channel else None)
    # What is one's own stays so: whoever turned the page would see theirs.
    public = show and actor(interaction).space != PERSONAL
    await open_gallery(interaction, listing, asked.query, show=public)


async def setup(bot: Any) -> None:
    """Add the cog."""
    await bot.add_cog(Tops(bot))
