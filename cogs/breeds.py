"""`/breed`: a breed's card, a search, lists, two side by side, one at random, and its pictures."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING, Any

import discord
from discord import app_commands
from discord.ext import commands

from bot.failures import guarded_suggestions
from bot.i18n import texts
from bot.models import Breed, Species, Wanted
from bot.services.breed_lists import By, find_value
from bot.ui.breed_choices import breed_choices, value_choices
from bot.ui.breed_lists import LONGEST_TEXT, BreedList, BreedPictures, BreedsFound, Listed
from bot.ui.gallery import open_gallery
from bot.ui.in_time import in_time
from bot.ui.labels import hybrid_group, hybrid_in, label
from bot.ui.measures import units_in
from bot.ui.people import person
from bot.ui.speech import post_texts

if TYPE_CHECKING:
    from bot.client import Pawprint

    Interaction = discord.Interaction[Pawprint]
else:
    Interaction = discord.Interaction

_SPECIES = [app_commands.Choice(name=label(f"option.species.{species}"), value=species.value) for species in Species]
_BY = [app_commands.Choice(name=label(f"option.by.{by}"), value=by.value) for by in By]


class BreedCommands(commands.Cog):
    """What is known of breeds."""

    def __init__(self, bot: Pawprint) -> None:
        self.bot = bot

    async def cog_load(self) -> None:
        """Put the lists where their buttons find them."""
        for listing in (BreedList(self.bot.app), BreedsFound(self.bot.app), BreedPictures(self.bot.app)):
            self.bot.listings[listing.name] = listing

    @hybrid_group("breed")
    async def breed(self, ctx: commands.Context[Any], *, breed: str | None = None) -> None:
        """Show a breed's card for a mention that leaves `info` out; any breed's for one that names none."""
        breeds = self.bot.app.breeds
        await self._show(ctx, breeds.find(None, breed) if breed else random.choice(breeds.all()))

    @hybrid_in(breed, "info", label("command.breed.info"))
    @app_commands.describe(breed=label("option.breed.either"))
    async def info(self, ctx: commands.Context[Any], *, breed: str) -> None:
        """Show a breed's card; in a mention the rest of the line is the breed."""
        await self._show(ctx, self.bot.app.breeds.find(None, breed))

    @breed.app_command.command(name="random", description=label("command.breed.random"))
    @app_commands.describe(species=label("option.species"))
    @app_commands.choices(species=_SPECIES)
    async def random(self, interaction: Interaction, species: str | None = None) -> None:
        """Show the card of any breed."""
        chosen = random.choice(self.bot.app.breeds.all(Species(species) if species else None))
        await self._show(await self.bot.get_context(interaction), chosen)

    @breed.app_command.command(name="compare", description=label("command.breed.compare"))
    @app_commands.describe(first=label("option.breed.first"), second=label("option.breed.second"))
    async def compare(self, interaction: Interaction, first: str, second: str) -> None:
        """Show two breeds side by side."""
        pair = self.bot.app.breeds.pair(first, second)
        await self.bot.breed_presenter.compare(interaction, pair, post_texts(interaction.guild, interaction))

    @breed.app_command.command(name="search", description=label("command.breed.search"))
    @app_commands.describe(text=label("option.breed.text"), species=label("option.species"), show=label("option.show"))
    @app_commands.choices(species=_SPECIES)
    async def search(
        self,
        interaction: Interaction,
        text: app_commands.Range[str, 1, LONGEST_TEXT],
        species: str | None = None,
        show: bool = False,
    ) -> None:
        """Find breeds by any words about them."""
        query = BreedsFound.query(text, Species(species) if species else None)
        await open_gallery(interaction, BreedsFound.name, query, show=show)

    @breed.app_command.command(name="list", description=label("command.breed.list"))
    @app_commands.describe(
        by=label("option.by"),
        value=label("option.by.value"),
        species=label("option.species"),
        page=label("option.page"),
        show=label("option.show"),
    )
    @app_commands.choices(by=_BY, species=_SPECIES)
    async def listed(
        self,
        interaction: Interaction,
        by: str | None = None,
        value: str | None = None,
        species: str | None = None,
        page: app_commands.Range[int, 1, 999_999] = 1,
        show: bool = False,
    ) -> None:
        """List breeds by name, or by group, country or trait."""
        kind, chosen = Species(species) if species else None, By(by) if by else None
        asked = Listed(kind, chosen)
        if value:
            asked = Listed(kind, *find_value(self.bot.app.breeds.all(kind), value, chosen))
        await open_gallery(interaction, BreedList.name, asked.query, page, show=show)

    @breed.app_command.command(name="gallery", description=label("command.breed.gallery"))
    @app_commands.describe(breed=label("option.breed.either"), page=label("option.page"), show=label("option.show"))
    async def gallery(
        self,
        interaction: Interaction,
        breed: str,
        page: app_commands.Range[int, 1, 999_999] = 1,
        show: bool = False,
    ) -> None:
        """Show the pictures of a breed in pages."""
        albums, found = self.bot.app.albums, self.bot.app.breeds.find(None, breed)
        if not albums.complete(found):
            await in_time(interaction, self.bot.app.away(albums.fill(found)), private=not show)
        await open_gallery(interaction, BreedPictures.name, BreedPictures.query(found), page, show=show)

    @info.autocomplete("breed")
    @gallery.autocomplete("breed")
    @compare.autocomplete("first")
    @compare.autocomplete("second")
    @guarded_suggestions
    async def breeds(self, interaction: discord.Interaction[Any], current: str) -> list[app_commands.Choice[str]]:
        """Suggest breeds of either species."""
        return breed_choices(self.bot.app.breeds, current)

    @listed.autocomplete("value")
    @guarded_suggestions
    async def list_values(self, interaction: discord.Interaction[Any], current: str) -> list[app_commands.Choice[str]]:
        """Suggest groups, countries and traits, of what was chosen so far."""
        species, by = getattr(interaction.namespace, "species", None), getattr(interaction.namespace, "by", None)
        breeds = self.bot.app.breeds.all(Species(species) if species else None)
        return value_choices(breeds, current, By(by) if by else None, texts(interaction.locale.value))

    async def _show(self, ctx: commands.Context[Any], breed: Breed) -> None:
        asker = person(self.bot, ctx.guild.id if ctx.guild else None, ctx.author.id)
        wanted = Wanted(species=breed.species, breed_id=breed.id)
        await self.bot.presenter.post(ctx, wanted, 1, asker, units=units_in(ctx))


async def setup(bot: Any) -> None:
    """Add the cog."""
    await bot.add_cog(BreedCommands(bot))
