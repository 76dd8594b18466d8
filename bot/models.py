"""The nouns that every room shares: species, breeds, pictures and what may be asked of them. No I/O, no Discord."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Annotated

import msgspec
from msgspec import Meta, Struct


class Species(StrEnum):
    """The two kinds of animal that Pawprint knows."""

    CAT = "cat"
    DOG = "dog"


class Source(StrEnum):
    """Where a picture comes from; part of its identity, since ids are only unique within a service."""

    CATAPI = "catapi"
    DOGAPI = "dogapi"
    CATTOPIC = "cattopic"
    NEKOS = "nekos"
    SHIPPED = "shipped"

    @property
    def species(self) -> Species | None:
        """The species that the source serves, None when it is not bound to one."""
        return {Source.CATAPI: Species.CAT, Source.DOGAPI: Species.DOG}.get(self)


class Motion(StrEnum):
    """Still pictures, animated ones, or either (no value)."""

    STILL = "still"
    ANIMATED = "animated"


class Units(StrEnum):
    """In which units a person reads weights and heights. Cards keep the first letter: none is one of `Trouble`'s."""

    METRIC = "metric"
    IMPERIAL = "imperial"
    BOTH = "both"


class PictureKey(Struct, frozen=True, order=True):
    """What names a picture everywhere: the source and the service's own id."""

    source: Source
    id: str


class Span(Struct, frozen=True):
    """A range of numbers as a breed's weight, height or life span has it; both ends are the same for one number."""

    low: float
    high: float


class Breed(Struct, frozen=True, kw_only=True):
    """A breed, cleaned: nothing here is NaN, blank or padded; what the service does not know is None or empty.

    Weights are kilograms, heights centimetres at the withers, life spans years; traits go from 1 to 5. Services round
    pounds and inches by themselves, so these are kept too; what cannot be read is reckoned from the other.
    """

    species: Species
    id: str
    name: str
    alt_names: tuple[str, ...] = ()
    group: str | None = None
    origin: str | None = None
    country_code: str | None = None
    temperament: tuple[str, ...] = ()
    description: str | None = None
    bred_for: str | None = None
    life_span: Span | None = None
    weight: Span | None = None
    weight_pounds: Span | None = None
    height: Span | None = None
    height_inches: Span | None = None
    traits: dict[str, Annotated[int, Meta(ge=1, le=5)]] = msgspec.field(default_factory=dict)
    flags: frozenset[str] = frozenset()
    wikipedia_url: str | None = None
    reference_image_id: str | None = None


class BreedName(Struct, frozen=True):
    """As much of a breed as travels with a picture."""

    id: str
    name: str


class Category(Struct, frozen=True):
    """What a picture shows besides the animal (hats, boxes, …); the service numbers them."""

    id: str
    name: str


class Reference(Struct, frozen=True):
    """A published source: what it is called, where it is, and who publishes it where that is known."""

    title: str
    url: str
    publisher: str | None = None


class Fact(Struct, frozen=True, kw_only=True):
    """Something true about cats or dogs. `origin` is whose words these are, `sources` are where it says so.

    Ids are unique within their origin; a translation has the id of its original. `language` is a code such as `en`.
    """

    id: str
    species: Species
    text: str
    origin: Source
    language: str
    breed_ids: tuple[str, ...] = ()
    sources: tuple[Reference, ...] = ()

    @property
    def key(self) -> str:
        """The fact's name among those of all origins."""
        return f"{self.origin}:{self.id}"


class Picture(Struct, frozen=True, kw_only=True):
    """A picture as a service describes it. `width` and `height` are pixels, None when the service does not say."""

    source: Source
    id: str
    url: str
    species: Species
    width: int | None = None
    height: int | None = None
    breeds: tuple[BreedName, ...] = ()
    categories: tuple[Category, ...] = ()

    @property
    def key(self) -> PictureKey:
        """The picture's name in the store and on cards."""
        return PictureKey(self.source, self.id)

    @property
    def animated(self) -> bool:
        """Whether it moves, told by the ending of its address: generation B has no filter by type."""
        return self.url.partition("?")[0].lower().endswith(".gif")

    @property
    def breed(self) -> BreedName | None:
        """The first breed, the one that cards name."""
        return self.breeds[0] if self.breeds else None


class Trouble(StrEnum):
    """Why a service gave no picture, so that another one stands in. Cards keep the first letter."""

    DOWN = "down"
    LIMITED = "limited"
    REFUSED = "refused"
    EMPTY = "empty"


class Wanted(Struct, frozen=True, kw_only=True):
    """What somebody asks for; also the key of a pool of pictures. Without a species it is either.

    `group` is a group of breeds as `services/groups.py` writes it; with a breed there is none.
    """

    species: Species | None
    breed_id: str | None = None
    category_id: str | None = None
    motion: Motion | None = None
    group: str | None = None

    @property
    def kinds(self) -> tuple[Species, ...]:
        """The species that will do."""
        return tuple(Species) if self.species is None else (self.species,)

    def unmet(self, picture: Picture) -> int:
        """Return how many of the wishes beside the breed a picture does not fulfil: category and motion."""
        lacks = self.category_id is not None and all(one.id != self.category_id for one in picture.categories)
        moves = self.motion is not None and picture.animated is not (self.motion is Motion.ANIMATED)
        return lacks + moves


class RemoteVote(Struct, frozen=True, kw_only=True):
    """A vote as a back end holds it: `value` is 1 or -1, `id` the service's, as text in every generation.

    `image_url` and `created_at` are None where the service sent none.
    """

    id: str
    image_id: str
    sub_id: str | None
    value: int
    image_url: str | None = None
    created_at: datetime | None = None


class RemoteFavourite(Struct, frozen=True, kw_only=True):
    """A favourite as a back end holds it; `image_url` and `created_at` are None where the service sent none."""

    id: str
    image_id: str
    sub_id: str | None
    image_url: str | None = None
    created_at: datetime | None = None
