"""Categories in memory: what pictures show besides the animal; the service names and numbers them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from bot.errors import UnknownCategory
from bot.models import Category, Species

SHIPPED_CATEGORIES: Final = tuple(
    Category(number, name)
    for number, name in (
        ("5", "boxes"),
        ("15", "clothes"),
        ("1", "hats"),
        ("14", "sinks"),
        ("2", "space"),
        ("4", "sunglasses"),
        ("7", "ties"),
    )
)
"""TheCatAPI's categories, as it numbers them (recorded answer of GET /categories)."""


class Categories:
    """The categories of both species; until a service told its own, those of cats that are shipped."""

    def __init__(self) -> None:
        self._known: dict[Species, tuple[Category, ...]] = {Species.CAT: SHIPPED_CATEGORIES}

    def replace(self, species: Species, categories: Iterable[Category]) -> None:
        """Take what a service says."""
        self._known[species] = tuple(sorted(categories, key=lambda category: category.name))

    def known(self, species: Species) -> tuple[Category, ...]:
        """Return the categories of a species by name."""
        return self._known.get(species, ())

    def find(self, species: Species, asked: str) -> Category:
        """Return a category by its name or number. Raises `UnknownCategory` with those there are."""
        wanted = asked.strip().casefold()
        for category in self.known(species):
            if wanted in (category.name.casefold(), category.id):
                return category
        raise UnknownCategory(asked, [category.name for category in self.known(species)])
