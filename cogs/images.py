"""`/cat`, `/dog` and `/random`: pictures by what one wishes, one to four at a time; `/image`: one by its id."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import discord
import msgspec
from discord import app_commands
from discord.ext import commands

from bot.errors import UnknownId, UnknownPicture
from bot.failures import guarded_suggestions
from bot.models import Breed, Motion, Picture, Species, Wanted
from bot.services.groups import find_group, groups
from bot.ui.labels import hybrid, label
from bot.ui.people import actor, person

if TYPE_CHECKING:
    from bot.client import Pawprint

    Interaction = discord.Interaction[Pawprint]
else:
    Interaction = discord.Interaction

_MOTIONS = [app_commands.Choice(name=label(f"option.motion.{motion}"), value=motion.value) for motion in Motion]
_SPECIES = [app_commands.Choice(name=label(f"option.species.{species}"), value=species.value) for species in Species]
_OPTIONS = {
    "breed": label("option.breed"),
    "category": label("option.category"),
    "motion": label("option.motion"),
    "count": label("option.count"),
}
_CHOICES = 25
_LONGEST_ID = 200


class Images(commands.Cog):
    """Pictures of cats and dogs."""

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
        await self._show(ctx, self._wanted(Species.CAT, breed, category, motion), count)

    @hybrid("dog")
    @app_commands.describe(**_OPTIONS, group=label("option.group"))
    @app_commands.choices(motion=_MOTIONS)
    async def dog(
        self,
        ctx: commands.Context[Any],
        *,
        breed: str | None = None,
        group: str | None = None,
        category: str | None = None,
        motion: str | None = None,
        count: commands.Range[int, 1, 4] = 1,
    ) -> None:
        """Show dogs; in a mention the rest of the line is the breed. A breed says more than its group."""
        wanted = self._wanted(Species.DOG, breed, category, motion, group)
        await self._show(ctx, wanted, count)

    @hybrid("random")
    @app_commands.describe(count=_OPTIONS["count"], motion=_OPTIONS["motion"])
    @app_commands.choices(motion=_MOTIONS)
    async def random(
        self, ctx: commands.Context[Any], count: commands.Range[int, 1, 4] = 1, motion: str | None = None
    ) -> None:
        """Show cats or dogs, as chance has it."""
        if motion is not None and motion not in set(Motion):
            # Discord offers what there is; in a mention anything may stand there.
            raise commands.BadArgument(motion)
        await self._show(ctx, self._wanted(None, motion=motion), count)

    @app_commands.command(name="image", description=label("command.image"))
    @app_commands.describe(picture=label("option.image.id"), species=label("option.image.species"))
    @app_commands.rename(picture="id")
    @app_commands.choices(species=_SPECIES)
    async def image(
        self,
        interaction: Interaction,
        picture: app_commands.Range[str, 1, _LONGEST_ID],
        species: str | None = None,
    ) -> None:
        """Show the picture with an id, as it is remembered or as its service knows it."""
        resolve, kind = self.bot.app.resolve, Species(species) if species else None

        async def find() -> Picture:
            try:
                return await resolve.fetched(picture, kind)
            except UnknownPicture as error:
                raise UnknownId(picture) from error

        known = await resolve.known(picture, kind)
        await self.bot.presenter.show(interaction, known, find, actor(interaction))

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

    @dog.autocomplete("group")
    @guarded_suggestions
    async def dog_groups(self, interaction: discord.Interaction[Any], current: str) -> list[app_commands.Choice[str]]:
        """Suggest groups of dog breeds."""
        typed = current.strip().casefold()
        known = groups(self.bot.app.breeds, Species.DOG)
        found = [app_commands.Choice(name=name[:100], value=group) for group, name in known.items()]
        return [choice for choice in found if typed in choice.name.casefold()][:_CHOICES]

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

    def _wanted(
        self,
        species: Species | None,
        breed: str | None = None,
        category: str | None = None,
        motion: str | None = None,
        group: str | None = None,
    ) -> Wanted:
        """Return the wish that is typed; breed, category and group go with a species only."""
        app, wanted = self.bot.app, Wanted(species=species, motion=Motion(motion) if motion else None)
        if species is None:
            return wanted
        return msgspec.structs.replace(
            wanted,
            breed_id=app.breeds.find(species, breed).id if breed else None,
            group=find_group(app.breeds, species, group) if group and not breed else None,
            category_id=app.categories.find(species, category).id if category else None,
        )

    async def _show(self, ctx: commands.Context[Any], wanted: Wanted, count: int) -> None:
        asker = person(self.bot, ctx.guild.id if ctx.guild else None, ctx.author.id)
        await self.bot.presenter.post(ctx, wanted, count, asker)


def _name(breed: Breed, times: Mapping[str, int]) -> str:
    """Tell breeds of one name apart."""
    return f"{breed.name} · {breed.origin or breed.id}" if times[breed.name] > 1 else breed.name


async def setup(bot: Any) -> None:
    """Add the cog."""
    await bot.add_cog(Images(bot))
