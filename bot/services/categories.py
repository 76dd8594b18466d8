"""Categories in memory: what pictures show besides the animal; the service names and numbers them."""

from __future__ import annotations

from collections.abc import Iterable

from bot.errors import UnknownCategory
from bot.models import Category, Species


class Categories:
    """The categories of both species; empty until a service told them."""

    def __init__(self) -> None:
        self._known: dict[Species, tuple[Category, ...]] = {}

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
