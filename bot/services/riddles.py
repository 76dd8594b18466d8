"""Riddles for the quiz: a picture of one known breed, and three other breeds that it might be."""

from __future__ import annotations

import random
import re
from collections.abc import Sequence
from typing import Final, Protocol
from urllib.parse import unquote, urlsplit

from msgspec import Struct

from bot.errors import NoPictures
from bot.models import Breed, BreedName, Picture, Species, Wanted
from bot.services.breeds import Breeds
from bot.services.delivery import Media
from bot.services.guild_settings import GuildSettings
from bot.services.pool import Shows

CHOICES: Final = 4
# The wrong ones are drawn from so many that are most alike: fewer would come up together each time.
_LOOKALIKES: Final = 9
# Some breeds have no pictures at their service: after so many it is not by chance.
_TRIES: Final = 4
# So short a part of another word may be there by chance; as a word of its own it tells.
_SHORT: Final = 4
# What shows at first sight, of all that a breed is flagged with.
_LOOKS: Final = frozenset({"hairless", "rex", "short_legs", "suppressed_tail"})


class Supply(Protocol):
    """Where pictures come from: the pool."""

    async def ready(self, wanted: Wanted, channel: int, count: int, *, shows: Shows) -> list[Picture] | None:
        """Return pictures that are at hand and may be shown, or None."""
        ...

    async def take(self, wanted: Wanted, channel: int, count: int, *, shows: Shows) -> list[Picture]:
        """Return pictures that may be shown, asking a service. Raises `NoPictures`, and what the back end raises."""
        ...


class Packing(Protocol):
    """How pictures reach a message: `delivery.py`."""

    def at_hand(self, pictures: Sequence[Picture], *, upload: bool = False) -> list[Media] | None:
        """Return the media of pictures that need no network, or None."""
        ...

    async def prepare(self, pictures: Sequence[Picture], *, upload: bool = False) -> list[Media]:
        """Return the media of pictures, with `upload` as bytes under plain names. Raises what the back end raises."""
        ...


class Riddle(Struct, frozen=True):
    """A picture, how it is shown, and the breeds to choose from; `answer` is the place of the right one, from 0."""

    picture: Picture
    media: Media
    choices: tuple[BreedName, ...]
    answer: int


class Riddles:
    """Makes riddles. Nothing about a riddle gives it away: no link or name of a file that tells the breed.

    `chance` draws breeds and mixes the choices; `shows` says which pictures a server may see.
    """

    def __init__(
        self, breeds: Breeds, pictures: Supply, delivery: Packing, chance: random.Random | None = None
    ) -> None:
        self._breeds = breeds
        self._pictures = pictures
        self._delivery = delivery
        self._chance = chance or random.Random()

    async def at_hand(self, species: Species, channel: int, settings: GuildSettings, shows: Shows) -> Riddle | None:
        """Return a riddle that needs no network, None when chance drew a breed without pictures at hand."""
        known = self._known(species, settings)
        breed = self._draw(known)[0]
        ready = await self._pictures.ready(_wanted(breed), channel, 1, shows=shows)
        if not ready or not _shows_only(ready[0], breed):
            return None
        media = self._delivery.at_hand(ready, upload=settings.uploads)
        if media is None or tells(media[0].reference, breed):
            return None
        return self._riddle(breed, known, ready[0], media[0])

    async def find(self, species: Species, channel: int, settings: GuildSettings, shows: Shows) -> Riddle:
        """Return a riddle, asking the services for its picture.

        Raises `NoPictures` when no breed that was tried has any, and what the back end raises.
        """
        known = self._known(species, settings)
        for breed in self._draw(known):
            try:
                (picture,) = await self._pictures.take(_wanted(breed), channel, 1, shows=shows)
            except NoPictures:
                continue
            if not _shows_only(picture, breed):
                continue
            (media,) = await self._delivery.prepare([picture], upload=settings.uploads)
            if tells(media.reference, breed):
                (media,) = await self._delivery.prepare([picture], upload=True)
            return self._riddle(breed, known, picture, media)
        raise NoPictures

    def _known(self, species: Species, settings: GuildSettings) -> list[Breed]:
        """Return the breeds that may come up in a server."""
        every = self._breeds.all(species)
        return [breed for breed in every if f"{species}:{breed.id}" not in settings.excluded_breeds]

    def _draw(self, known: Sequence[Breed]) -> list[Breed]:
        """Draw a few breeds to try one after the other: those that have a picture at their service, if any has."""
        if len(known) < CHOICES:
            raise NoPictures
        pictured = [breed for breed in known if breed.reference_image_id is not None] or known
        return self._chance.sample(pictured, min(_TRIES, len(pictured)))

    def _riddle(self, breed: Breed, known: Sequence[Breed], picture: Picture, media: Media) -> Riddle:
        mixed = [breed, *others(breed, known, self._chance)]
        self._chance.shuffle(mixed)
        choices = tuple(BreedName(one.id, one.name) for one in mixed)
        return Riddle(picture, media, choices, mixed.index(breed))


def others(breed: Breed, known: Sequence[Breed], chance: random.Random) -> list[Breed]:
    """Return three breeds that a picture might be taken for: akin to the right one, and told from it by their names.

    Raises `NoPictures` when there are not so many.
    """
    apart = [other for other in known if not same_name(breed, other)]
    chance.shuffle(apart)
    # Sorting keeps what is equally akin in the order that chance gave it.
    apart.sort(key=lambda other: -_likeness(breed, other))
    near, far = apart[:_LOOKALIKES], apart[_LOOKALIKES:]
    chance.shuffle(near)
    chosen: list[Breed] = []
    for other in (*near, *far):
        if len(chosen) < CHOICES - 1 and not any(same_name(one, other) for one in chosen):
            chosen.append(other)
    if len(chosen) < CHOICES - 1:
        raise NoPictures
    return chosen


def same_name(one: Breed, other: Breed) -> bool:
    """Tell whether naming one breed may mean the other as well: Burmese and European Burmese."""
    return any(a <= b or b <= a for a in _names(one) for b in _names(other))


def tells(address: str, breed: Breed) -> bool:
    """Tell whether an address gives the breed away by its id or by a word of one of its names."""
    parts = urlsplit(address)
    said = unquote(f"{parts.path} {parts.query}").casefold()
    telling = {breed.id.casefold()}.union(*_names(breed))
    return not telling.isdisjoint(re.findall(r"[a-z0-9]+", said)) or any(
        word in said for word in telling if len(word) > _SHORT
    )


def _wanted(breed: Breed) -> Wanted:
    return Wanted(species=breed.species, breed_id=breed.id)


def _shows_only(picture: Picture, breed: Breed) -> bool:
    return [shown.id for shown in picture.breeds] == [breed.id]


def _names(breed: Breed) -> list[frozenset[str]]:
    """Return the words of each name of a breed."""
    each = [frozenset(re.findall(r"\w+", name.casefold())) for name in (breed.name, *breed.alt_names)]
    return [words for words in each if words]


def _likeness(breed: Breed, other: Breed) -> int:
    same_group = breed.group is not None and breed.group == other.group
    same_country = breed.country_code is not None and breed.country_code == other.country_code
    return 2 * same_group + same_country + 2 * len(breed.flags & other.flags & _LOOKS)
