"""Groups of breeds, such as Herding or Toy: what there are, and who belongs to one; from the breeds in memory."""

from __future__ import annotations

import re
from typing import Final

from bot.errors import UnknownGroup
from bot.models import Breed, Species
from bot.services.breeds import Breeds

LONGEST: Final = 12
"""Characters of a group as it is written on cards, whose buttons have no room for more."""


def written(name: str) -> str:
    """Return a group's name as cards have it: lower case with hyphens, cut short (`non-sporting`)."""
    return "-".join(re.findall(r"[a-z0-9]+", name.casefold()))[:LONGEST].rstrip("-")


def groups(breeds: Breeds, species: Species) -> dict[str, str]:
    """Return the names of the groups of a species in their order, by how they are written."""
    names = sorted({breed.group for breed in breeds.all(species) if breed.group is not None})
    return {group: name for name in names if (group := written(name))}


def members(breeds: Breeds, species: Species, group: str) -> list[Breed]:
    """Return the breeds of a group by name, none when there is no such group (any more)."""
    return [breed for breed in breeds.all(species) if breed.group is not None and written(breed.group) == group]


def find_group(breeds: Breeds, species: Species, asked: str) -> str:
    """Return the group that somebody means by its name or its beginning, as it is written.

    Raises `UnknownGroup` with the names of those there are.
    """
    known, typed = groups(breeds, species), written(asked)
    begun = [group for group in known if typed and group.startswith(typed)]
    if typed in known:
        return typed
    if len(begun) == 1:
        return begun[0]
    raise UnknownGroup(asked, list(known.values()))
