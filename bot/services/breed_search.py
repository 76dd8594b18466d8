"""Searches all that is known of breeds: names first, then temper and looks, country, purpose, and the description."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from msgspec import Struct
from rapidfuzz.distance import OSA

from bot.models import Breed, Species
from bot.services.breeds import Breeds, plain

# How much a word tells, by where it stands.
_NAME: Final = 10.0
_OTHER_NAME: Final = 8.0
_TEMPER: Final = 5.0
_COUNTRY: Final = 4.0
_PURPOSE: Final = 3.0
_DESCRIPTION: Final = 1.0
# Words that begin so count less than the same word, and those with a slip of the pen less again.
_BEGINS: Final = 0.7
_SLIP: Final = 0.4
_SHORTEST_TO_BEGIN: Final = 3
_SHORTEST_TO_SLIP: Final = 5
# Words that are in the descriptions of half the breeds, and in what people type.
_EMPTY: Final = frozenset(
    (
        *("a", "an", "and", "are", "as", "at", "by", "cat", "cats", "dog", "dogs", "for", "from", "in", "is", "it"),
        *("of", "on", "or", "that", "the", "to", "with"),
    )
)

# By a word's first letter, which no slip of the pen gets wrong, and the word: what it is worth for which breed.
_Index = dict[str, dict[str, dict[tuple[Species, str], float]]]


class Hits(Struct, frozen=True):
    """The breeds that a search found, best first; `whole` tells whether they have all of its words."""

    breeds: tuple[Breed, ...]
    whole: bool


class BreedSearch:
    """Finds breeds by any words about them, each of which must fit; where none has them all, those with the most."""

    def __init__(self, breeds: Breeds) -> None:
        self._breeds = breeds
        self._edition = -1
        self._index: _Index = {}

    def find(self, text: str, species: Species | None = None) -> Hits:
        """Return the breeds that a text fits, best first; of a species, or of both."""
        words = _words(text)
        fits: dict[tuple[Species, str], list[float]] = {}
        for word in words:
            for key, score in self._fitting(word).items():
                fits.setdefault(key, []).append(score)
        most = max((len(scores) for key, scores in fits.items() if species in (None, key[0])), default=0)
        asked = plain(text)
        found = [
            (asked in map(plain, (breed.name, *breed.alt_names)), sum(scores), breed)
            for key, scores in fits.items()
            if len(scores) == most and species in (None, key[0]) and (breed := self._breeds.get(*key))
        ]
        # Whoever types a whole name means it, though each of its words may say more elsewhere.
        found.sort(key=lambda one: (not one[0], -one[1], one[2].name.casefold(), one[2].id))
        return Hits(tuple(breed for *_, breed in found), most == len(words))

    def _fitting(self, word: str) -> dict[tuple[Species, str], float]:
        """Rate the breeds by one word."""
        best: dict[tuple[Species, str], float] = {}
        for known, breeds in self._words_known().get(word[0], {}).items():
            share = _likeness(word, known)
            if share:
                for key, worth in breeds.items():
                    best[key] = max(best.get(key, 0.0), worth * share)
        return best

    def _words_known(self) -> _Index:
        if self._edition != self._breeds.edition:
            index: _Index = {}
            for breed in self._breeds.all():
                for text, worth in _texts(breed):
                    for word in _words(text):
                        places = index.setdefault(word[0], {}).setdefault(word, {})
                        key = (breed.species, breed.id)
                        places[key] = max(places.get(key, 0.0), worth)
            self._index, self._edition = index, self._breeds.edition
        return self._index


def _texts(breed: Breed) -> Iterator[tuple[str, float]]:
    """Yield what is known of a breed, and how much it tells."""
    yield breed.name, _NAME
    for name in breed.alt_names:
        yield name, _OTHER_NAME
    for word in (*breed.temperament, *sorted(breed.flags)):
        yield word, _TEMPER
    for country in (breed.origin, breed.group):
        yield country or "", _COUNTRY
    yield breed.bred_for or "", _PURPOSE
    # The description is longer than what `plain` compares.
    for word in (breed.description or "").split():
        yield word, _DESCRIPTION


def _words(text: str) -> list[str]:
    """Return the words that tell something, each once."""
    return [word for word in dict.fromkeys(plain(text.replace("_", " ")).split()) if word not in _EMPTY]


def _likeness(word: str, known: str) -> float:
    if word == known:
        return 1.0
    if len(word) >= _SHORTEST_TO_BEGIN and known.startswith(word):
        return _BEGINS
    near = len(word) >= _SHORTEST_TO_SLIP and abs(len(word) - len(known)) <= 1
    return _SLIP if near and OSA.distance(word, known, score_cutoff=1) <= 1 else 0.0
