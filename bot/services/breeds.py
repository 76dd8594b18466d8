"""Breeds in memory: every cat and dog by id and by name, forgiving of typos."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from datetime import datetime
from functools import cache
from importlib.resources import files
from typing import Final

from rapidfuzz import fuzz
from rapidfuzz.distance import OSA
from rapidfuzz.utils import default_process

from bot.backends.thatapi_wire import breeds_from_json
from bot.errors import DifferentSpecies, SameBreed, UnknownBreed, UnknownBreedId
from bot.models import Breed, Species

_LIKELY = 86.0
_NEAR = 55.0
_NEAREST = 3
# "Sphinxx cat of Egypt" is compared as a whole and by its longer words.
_TELLING = 4
# Longer than any name with its slips; what comes after is not worth comparing.
_LONGEST = 80
# From here on two slips of the pen are forgiven, below it one.
_LONG_NAME = 8
_FILES = {Species.CAT: "cats.json", Species.DOG: "dogs.json"}
# What autocomplete hands over where either species may be meant; no breed's name has a colon.
_ID: Final = re.compile(r"\s*(?P<species>[A-Za-z]*)\s*:\s*(?P<id>.*?)\s*")


@cache
def shipped_breeds(species: Species) -> tuple[Breed, ...]:
    """Return the breeds that come with Pawprint; they answer when the service does not."""
    raw = files("bot").joinpath("data", _FILES[species]).read_bytes()
    return tuple(breeds_from_json(raw, species))


def full_id(breed: Breed) -> str:
    """Return a breed's id with its species ("cat:siam"), which `Breeds.find` reads."""
    return f"{breed.species}:{breed.id}"


class Breeds:
    """The breeds of both species. Looked up by id; two breeds may share a name.

    Where a species may be left out (None), either is meant.
    """

    def __init__(self) -> None:
        self._breeds: dict[Species, dict[str, Breed]] = {species: {} for species in Species}
        self._names: dict[Species, list[tuple[str, float, Breed]]] = {species: [] for species in Species}
        self._learned: dict[Species, datetime] = {}
        self.edition = 0
        for species in Species:
            self.replace(species, shipped_breeds(species))

    def learned_at(self, species: Species) -> datetime | None:
        """Return when the service last told its breeds; None when those that are shipped are all there is."""
        return self._learned.get(species)

    def replace(self, species: Species, breeds: Iterable[Breed], at: datetime | None = None) -> None:
        """Take what a service says, all at once; what it leaves blank is kept from before.

        `at` is the time at which it said so. `edition` counts how often something new was taken.
        """
        known = self._breeds[species]
        merged = {breed.id: _merged(breed, known.get(breed.id)) for breed in breeds}
        if not merged:
            return
        self._breeds[species] = merged
        self._names[species] = [
            (plain(name), float(name == breed.name), breed)
            for breed in merged.values()
            for name in (breed.name, *breed.alt_names)
        ]
        if at is not None:
            self._learned[species] = at
        self.edition += 1

    def all(self, species: Species | None = None) -> list[Breed]:
        """Return the breeds of a species, or of both, by name."""
        found = (breed for kind in _kinds(species) for breed in self._breeds[kind].values())
        return sorted(found, key=lambda breed: (breed.name.casefold(), breed.species, breed.id))

    def get(self, species: Species, breed_id: str) -> Breed | None:
        """Return a breed by the service's id."""
        return self._breeds[species].get(breed_id)

    def find(self, species: Species | None, asked: str) -> Breed:
        """Return the breed that somebody means by an id or a name, slips of the pen included.

        Raises `UnknownBreed` with the three nearest names, `UnknownBreedId` for "cat:" and what no cat has as its id.
        """
        if match := _ID.fullmatch(asked[:_LONGEST]):
            return self._by_id(species, match, asked)
        for kind in _kinds(species):
            by_id = self.get(kind, asked.strip())
            if by_id is not None:
                return by_id
        ranked = self._ranked(species, asked, _NEAR)
        if ranked and ranked[0][0] >= _LIKELY:
            return ranked[0][1]
        raise UnknownBreed(asked, self._nearest(species, asked))

    def pair(self, first: str, second: str) -> tuple[Breed, Breed]:
        """Return the two breeds that somebody wants to compare.

        Raises `SameBreed`, `DifferentSpecies`, and what `find` raises.
        """
        one, other = self.find(None, first), self.find(None, second)
        if one.species is not other.species:
            raise DifferentSpecies
        if one.id == other.id:
            raise SameBreed(one.name)
        return one, other

    def suggest(self, species: Species | None, typed: str, limit: int = 25) -> list[Breed]:
        """Return the breeds that fit what is typed so far: names that begin so, then words, then near misses."""
        if not plain(typed):
            return self.all(species)[:limit]
        return [breed for _, breed in self._ranked(species, typed, _NEAR)][:limit]

    def _by_id(self, species: Species | None, match: re.Match[str], asked: str) -> Breed:
        named = match["species"].lower()
        for kind in _kinds(species):
            if kind == named and (found := self.get(kind, match["id"])):
                return found
        raise UnknownBreedId(asked)

    def _nearest(self, species: Species | None, asked: str) -> list[str]:
        """Return the names that come nearest to what is asked, or to one of its longer words."""
        words = [word for word in plain(asked).split() if len(word) >= _TELLING]
        rated: dict[str, float] = {}
        for part in dict.fromkeys((plain(asked), *words)):
            for score, breed in self._ranked(species, part, 0.0):
                rated[breed.name] = max(score, rated.get(breed.name, 0.0))
        return sorted(rated, key=lambda name: (-rated[name], name))[:_NEAREST]

    def _ranked(self, species: Species | None, asked: str, near: float) -> list[tuple[float, Breed]]:
        """Rate the breeds by what is asked, best first; those that are not more than `near` are left out."""
        wanted = plain(asked)
        if not wanted:
            return []
        best: dict[tuple[Species, str], tuple[float, Breed]] = {}
        for name, own, breed in self._all_names(species):
            # Of two that begin alike, the one that is called so comes before the one that is also called so.
            score = _score(wanted, name)
            key = (breed.species, breed.id)
            if score > near and score + own > best.get(key, (0.0, breed))[0]:
                best[key] = (score + own, breed)
        return sorted(best.values(), key=lambda entry: (-entry[0], entry[1].name, entry[1].species, entry[1].id))

    def _all_names(self, species: Species | None) -> Iterator[tuple[str, float, Breed]]:
        for kind in _kinds(species):
            yield from self._names[kind]


def _kinds(species: Species | None) -> tuple[Species, ...]:
    return tuple(Species) if species is None else (species,)


def plain(text: str) -> str:
    """Leave letters and digits only, without accents, words one space apart."""
    bare = "".join(c for c in unicodedata.normalize("NFKD", text[:_LONGEST]) if not unicodedata.combining(c))
    return " ".join(default_process(bare).split())


def _score(wanted: str, name: str) -> float:
    """Rate a name: the same, begins so, a word begins so, a slip or two of the pen, some likeness below 100."""
    if name == wanted:
        return 200.0
    if name.startswith(wanted):
        return 150.0
    if f" {wanted}" in name:
        return 120.0
    allowed = 1 if len(name) < _LONG_NAME else 2
    slips = OSA.distance(wanted, name, score_cutoff=allowed)
    if slips <= allowed:
        return 110.0 - slips
    # WRatio rewards parts of a long name; somebody who means the whole name keeps its length.
    return min(fuzz.WRatio(wanted, name), fuzz.token_sort_ratio(wanted, name) + 12.0)


def _merged(fresh: Breed, known: Breed | None) -> Breed:
    if known is None:
        return fresh
    blank = {
        name: getattr(known, name)
        for name in Breed.__struct_fields__
        if getattr(fresh, name) in (None, (), frozenset(), {})
    }
    return Breed(**{name: blank.get(name, getattr(fresh, name)) for name in Breed.__struct_fields__})
