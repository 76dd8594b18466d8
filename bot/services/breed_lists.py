"""Lists of breeds: by group, by country, and by what they are like."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from enum import StrEnum
from typing import Final

from msgspec import Struct

from bot.errors import UnknownBreedValue
from bot.models import Breed
from bot.services.breeds import plain

# "Iran (Persia)" is listed under Iran.
_ASIDE: Final = re.compile(r"\s*\(.*?\)")


class By(StrEnum):
    """What breeds are listed by."""

    GROUP = "group"
    ORIGIN = "origin"
    TRAIT = "trait"


class Value(Struct, frozen=True):
    """A group, a country or a trait, and how many breeds it is said of. `slug` is what names it on a button.

    `name` is as the service writes it; that of a trait is the word in `Breed.traits` or `Breed.flags`.
    """

    slug: str
    name: str
    breeds: int


def values(breeds: Iterable[Breed], by: By) -> list[Value]:
    """Return what there is to list by, the most frequent first."""
    counts = Counter(name for breed in breeds for name in _names(breed, by))
    found = [Value(slug(name), name, count) for name, count in counts.items()]
    return sorted(found, key=lambda value: (-value.breeds, value.name))


def listed(breeds: Iterable[Breed], by: By, wanted: str) -> list[Breed]:
    """Return the breeds of a group, a country or a trait (by its slug); of a trait that is rated, the most so first."""
    found = [breed for breed in breeds if wanted in map(slug, _names(breed, by))]
    return sorted(found, key=lambda breed: (-breed.traits.get(wanted, 0), breed.name.casefold()))


def find_value(breeds: Iterable[Breed], asked: str, by: By | None = None) -> tuple[By, str]:
    """Return what somebody means by a name, or by "group:herding" as autocomplete hands it over.

    Without `by` any group, country or trait will do. Raises `UnknownBreedValue`.
    """
    known = list(breeds)
    named, colon, rest = asked.partition(":")
    for kind in By if by is None else (by,):
        wanted = rest if colon and named == kind else asked
        for value in values(known, kind):
            if slug(wanted) == value.slug:
                return kind, value.slug
    raise UnknownBreedValue(asked)


def slug(name: str) -> str:
    """Return a name in letters, digits and `_` only, short enough for a button."""
    return plain(name.replace("_", " ")).encode("ascii", "ignore").decode().replace(" ", "_")[:36]


def _names(breed: Breed, by: By) -> list[str]:
    if by is By.GROUP:
        return [breed.group] if breed.group else []
    if by is By.ORIGIN:
        return [name for part in (breed.origin or "").split(",") if (name := _ASIDE.sub("", part).strip())]
    return [*breed.traits, *sorted(breed.flags)]
