"""Breeds in memory: every cat and dog by id and by name, forgiving of typos."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from importlib.resources import files

from rapidfuzz import fuzz
from rapidfuzz.distance import OSA
from rapidfuzz.utils import default_process

from bot.backends.thatapi_wire import breeds_from_json
from bot.errors import UnknownBreed
from bot.models import Breed, Species

_LIKELY = 86.0
_NEAR = 55.0
# Longer than any name with its slips; what comes after is not worth comparing.
_LONGEST = 80
# From here on two slips of the pen are forgiven, below it one.
_LONG_NAME = 8
_FILES = {Species.CAT: "cats.json", Species.DOG: "dogs.json"}


def shipped_breeds(species: Species) -> list[Breed]:
    """Return the breeds that come with Pawprint; they answer when the service does not."""
    raw = files("bot").joinpath("data", _FILES[species]).read_bytes()
    return breeds_from_json(raw, species)


class Breeds:
    """The breeds of both species. Looked up by id; two breeds may share a name."""

    def __init__(self) -> None:
        self._breeds: dict[Species, dict[str, Breed]] = {species: {} for species in Species}
        self._names: dict[Species, list[tuple[str, float, Breed]]] = {species: [] for species in Species}
        for species in Species:
            self.replace(species, shipped_breeds(species))

    def replace(self, species: Species, breeds: Iterable[Breed]) -> None:
        """Take what a service says, all at once; what it leaves blank is kept from before."""
        known = self._breeds[species]
        merged = {breed.id: _merged(breed, known.get(breed.id)) for breed in breeds}
        if not merged:
            return
        self._breeds[species] = merged
        self._names[species] = [
            (_plain(name), float(name == breed.name), breed)
            for breed in merged.values()
            for name in (breed.name, *breed.alt_names)
        ]

    def all(self, species: Species) -> list[Breed]:
        """Return the breeds of a species by name."""
        return sorted(self._breeds[species].values(), key=lambda breed: (breed.name.casefold(), breed.id))

    def get(self, species: Species, breed_id: str) -> Breed | None:
        """Return a breed by the service's id."""
        return self._breeds[species].get(breed_id)

    def find(self, species: Species, asked: str) -> Breed:
        """Return the breed that somebody means by an id or a name, slips of the pen included.

        Raises `UnknownBreed` with the three nearest names.
        """
        by_id = self.get(species, asked.strip())
        if by_id is not None:
            return by_id
        ranked = self._ranked(species, asked)
        if ranked and ranked[0][0] >= _LIKELY:
            return ranked[0][1]
        raise UnknownBreed(asked, list(dict.fromkeys(breed.name for _, breed in ranked))[:3])

    def suggest(self, species: Species, typed: str, limit: int = 25) -> list[Breed]:
        """Return the breeds that fit what is typed so far: names that begin so, then words, then near misses."""
        if not _plain(typed):
            return self.all(species)[:limit]
        return [breed for _, breed in self._ranked(species, typed)][:limit]

    def _ranked(self, species: Species, asked: str) -> list[tuple[float, Breed]]:
        wanted = _plain(asked)
        if not wanted:
            return []
        best: dict[str, tuple[float, Breed]] = {}
        for name, own, breed in self._names[species]:
            # Of two that begin alike, the one that is called so comes before the one that is also called so.
            score = _score(wanted, name) + own
            if score >= _NEAR and score > best.get(breed.id, (0.0, breed))[0]:
                best[breed.id] = (score, breed)
        return sorted(best.values(), key=lambda entry: (-entry[0], entry[1].name, entry[1].id))


def _plain(text: str) -> str:
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
