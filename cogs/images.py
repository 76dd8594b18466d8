"""`/cat` and `/dog`: pictures, by breed, category and motion, one to four at a time."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import discord
from discord import app_commands
from discord.ext import commands

from bot.failures import guarded_suggestions
from bot.models import Breed, Motion, Species, Wanted
from bot.ui.labels import hybrid, label
from bot.ui.people import person

if TYPE_CHECKING:
    from bot.client import Pawprint

_MOTIONS = [app_commands.Choice(name=label(f"option.motion.{motion}"), value=motion.value) for motion in Motion]
_OPTIONS = {
    "breed": label("option.breed"),
    "category": label("option.category"),
    "motion": label("option.motion"),
    "count": label("option.count"),
}
_CHOICES = 25


class Images(commands.Cog):
    """Random pictures of cats and dogs."""

    def __init__(self, bot: Pawprint) -> None:
        self.bot = bot

    @hybrid("cat")
    @app_commands.describe(**_OPTIONS)
    @app_commands.choices(motion=_MOTIONS)
    async def cat(
        self,
        ctx: commands.Context[Any],
        *,
        breed: str | None = None,
        category: str | None = None,
        motion: str | None = None,
        count: commands.Range[int, 1, 4] = 1,
    ) -> None:
        """Show cats; in a mention the rest of the line is the breed."""
        await self._show(ctx, Species.CAT, breed, category, motion, count)

    @hybrid("dog")
    @app_commands.describe(**_OPTIONS)
    @app_commands.choices(motion=_MOTIONS)
    async def dog(
        self,
        ctx: commands.Context[Any],
        *,
        breed: str | None = None,
        category: str | None = None,
        motion: str | None = None,
        count: commands.Range[int, 1, 4] = 1,
    ) -> None:
        """Show dogs; in a mention the rest of the line is the breed."""
        await self._show(ctx, Species.DOG, breed, category, motion, count)

    @cat.autocomplete("breed")
    @guarded_suggestions
    async def cat_breeds(self, interaction: discord.Interaction[Any], current: str) -> list[app_commands.Choice[str]]:
        """Suggest cat breeds."""
        return self._breeds(Species.CAT, current)

    @dog.autocomplete("breed")
    @guarded_suggestions
    async def dog_breeds(self, interaction: discord.Interaction[Any], current: str) -> list[app_commands.Choice[str]]:
        """Suggest dog breeds."""
        return self._breeds(Species.DOG, current)

    @cat.autocomplete("category")
    @guarded_suggestions
    async def cat_categories(
        self, interaction: discord.Interaction[Any], current: str
    ) -> list[app_commands.Choice[str]]:
        """Suggest what a cat may be shown with."""
        return self._categories(Species.CAT, current)

    @dog.autocomplete("category")
    @guarded_suggestions
    async def dog_categories(
        self, interaction: discord.Interaction[Any], current: str
    ) -> list[app_commands.Choice[str]]:
        """Suggest what a dog may be shown with."""
        return self._categories(Species.DOG, current)

    def _breeds(self, species: Species, current: str) -> list[app_commands.Choice[str]]:
        found = self.bot.app.breeds.suggest(species, current, _CHOICES)
        times = Counter(breed.name for breed in found)
        return [app_commands.Choice(name=_name(breed, times)[:100], value=breed.id) for breed in found]

    def _categories(self, species: Species, current: str) -> list[app_commands.Choice[str]]:
        typed = current.strip().casefold()
        known = self.bot.app.categories.known(species)
        return [app_commands.Choice(name=c.name, value=c.name) for c in known if typed in c.name.casefold()][:_CHOICES]

    async def _show(
        self,
        ctx: commands.Context[Any],
        species: Species,
        breed: str | None,
        category: str | None,
        motion: str | None,
        count: int,
    ) -> None:
        app = self.bot.app
        wanted = Wanted(
            species=species,
            breed_id=app.breeds.find(species, breed).id if breed else None,
            category_id=app.categories.find(species, category).id if category else None,
            motion=Motion(motion) if motion else None,
        )
        asker = person(self.bot, ctx.guild.id if ctx.guild else None, ctx.author.id)
        await self.bot.presenter.post(ctx, wanted, count, asker)


def _name(breed: Breed, times: Mapping[str, int]) -> str:
    """Tell breeds of one name apart."""
    return f"{breed.name} · {breed.origin or breed.id}" if times[breed.name] > 1 else breed.name


async def setup(bot: Any) -> None:
    """Add the cog."""
    await bot.add_cog(Images(bot))
