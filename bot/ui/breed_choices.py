"""What is offered while somebody types a breed, or a group, country or trait of breeds."""

from __future__ import annotations

from collections import Counter
from collections.abc import Container, Iterable
from typing import Final

from discord import app_commands

from bot.i18n import Texts
from bot.models import Breed, Species
from bot.services.breed_lists import By, Value, values
from bot.services.breeds import Breeds, full_id, plain
from bot.ui.breed_lists import EMOJI, value_name

_CHOICES: Final = 25
_LONGEST: Final = 100


def breed_choices(
    breeds: Breeds, typed: str, species: Species | None = None, among: Container[str] | None = None
) -> list[app_commands.Choice[str]]:
    """Offer the breeds of a species or of both by name, handing over their ids: two breeds may share a name.

    `among` are full ids, of the only breeds to offer.
    """
    fitting = breeds.suggest(species, typed, _CHOICES if among is None else len(breeds.all(species)))
    found = [
        breed for breed in fitting if len(full_id(breed)) <= _LONGEST and (among is None or full_id(breed) in among)
    ][:_CHOICES]
    times = Counter((breed.species, breed.name) for breed in found)
    return [
        app_commands.Choice(
            name=f"{EMOJI[breed.species]} {_told_apart(breed, times[breed.species, breed.name])}"[:_LONGEST],
            value=full_id(breed),
        )
        for breed in found
    ]


def value_choices(breeds: Iterable[Breed], typed: str, by: By | None, say: Texts) -> list[app_commands.Choice[str]]:
    """Offer groups, countries and traits whose name has a word that begins so, the most frequent first."""
    known = list(breeds)
    begun = plain(typed)
    offered: list[tuple[Value, str, By]] = []
    for kind in By if by is None else (by,):
        for value in values(known, kind):
            name = value_name(kind, value.name, say)
            if f" {plain(name)}".find(f" {begun}") >= 0:
                offered.append((value, name, kind))
    offered.sort(key=lambda one: -one[0].breeds)
    return [
        app_commands.Choice(name=f"{name} · {value.breeds}"[:_LONGEST], value=f"{kind}:{value.slug}")
        for value, name, kind in offered[:_CHOICES]
    ]


def _told_apart(breed: Breed, times: int) -> str:
    return f"{breed.name} · {breed.origin or breed.id}" if times > 1 else breed.name
