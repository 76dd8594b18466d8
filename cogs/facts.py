"""`/fact`: something true about cats, dogs or a breed, with its source."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import discord
from discord import app_commands
from discord.ext import commands

from bot.failures import guarded_suggestions
from bot.i18n import texts
from bot.models import Species
from bot.services.facts import WantedFact, language_code, subject
from bot.ui.breed_choices import breed_choices
from bot.ui.facts import post_fact, show_fact
from bot.ui.labels import hybrid, label

if TYPE_CHECKING:
    from bot.client import Pawprint

_SPECIES = [app_commands.Choice(name=label(f"option.species.{species}"), value=species.value) for species in Species]
_LONGEST_ID = 100


class FactCommands(commands.Cog):
    """Facts about cats and dogs."""

    def __init__(self, bot: Pawprint) -> None:
        self.bot = bot

    @hybrid("fact")
    @app_commands.describe(
        breed=label("option.fact.breed"),
        species=label("option.species"),
        language=label("option.fact.language"),
        fact_id=label("option.fact.id"),
    )
    @app_commands.rename(fact_id="id")
    @app_commands.choices(species=_SPECIES)
    async def fact(
        self,
        ctx: commands.Context[Any],
        *,
        breed: str | None = None,
        species: str | None = None,
        language: str | None = None,
        fact_id: commands.Range[str, 1, _LONGEST_ID] | None = None,
    ) -> None:
        """Tell a fact; in a mention the rest of the line is a species or a breed."""
        code = language_code(language) if language else None
        if fact_id:
            fact = self.bot.app.facts.find(fact_id, code)
            await show_fact(ctx, fact, WantedFact(species=fact.species, language=code))
            return
        kind, about = subject(self.bot.app.breeds, breed, Species(species) if species else None)
        await post_fact(ctx, WantedFact(species=kind, breed_id=about.id if about else None, language=code))

    @fact.autocomplete("breed")
    @guarded_suggestions
    async def breeds(self, interaction: discord.Interaction[Any], current: str) -> list[app_commands.Choice[str]]:
        """Suggest the breeds that a fact is about."""
        species = getattr(interaction.namespace, "species", None)
        app = self.bot.app
        return breed_choices(app.breeds, current, Species(species) if species else None, app.facts.breeds)

    @fact.autocomplete("language")
    @guarded_suggestions
    async def languages(self, interaction: discord.Interaction[Any], current: str) -> list[app_commands.Choice[str]]:
        """Suggest the languages of the shipped facts."""
        say, typed = texts(interaction.locale.value), current.strip().casefold()
        named = [(say(f"language.{code}"), code) for code in self.bot.app.facts.languages]
        return [
            app_commands.Choice(name=name, value=code)
            for name, code in named
            if name.casefold().startswith(typed) or code.startswith(typed)
        ][:25]


async def setup(bot: Any) -> None:
    """Add the cog."""
    await bot.add_cog(FactCommands(bot))
