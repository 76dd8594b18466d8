"""The pictures that come with Pawprint: a drawing of nearly every breed, for when a service gives none."""

from __future__ import annotations

import asyncio
from functools import cache
from importlib.resources import files
from typing import Final

import msgspec
from msgspec import Struct

from bot.backends.picture_facts import PictureFacts
from bot.backends.service import Priority
from bot.errors import BackendNotFound
from bot.models import BreedName, Picture, Source, Species
from bot.services.breeds import Breeds
from bot.services.categories import SHIPPED_CATEGORIES

_SCHEME: Final = "shipped:"
_TYPES: Final = {"jpg": "image/jpeg", "png": "image/png", "gif": "image/gif"}


class _Entry(Struct, frozen=True):
    """A line of `bot/data/pictures.json`; `width` and `height` are pixels."""

    id: str
    species: Species
    breed: str
    file: str
    width: int
    height: int
    alt: str
    category: str | None


def alt_of(picture: Picture) -> str | None:
    """Return the description of a picture that comes with Pawprint, in English; None of any other."""
    entry = _catalogue().get(picture.id) if picture.source is Source.SHIPPED else None
    return entry.alt if entry is not None else None


class Shipped:
    """Hands these pictures out, and their bytes as a service's host would: they are uploaded, no link leads to them."""

    def __init__(self, breeds: Breeds) -> None:
        self._breeds = breeds

    @property
    def source(self) -> Source:
        """As a service that knows its pictures by id."""
        return Source.SHIPPED

    async def picture(self, image_id: str) -> Picture:
        """Return one picture. Raises `BackendNotFound` when another version came with it."""
        entry = _catalogue().get(image_id)
        if entry is None:
            raise BackendNotFound(Source.SHIPPED, "no such picture")
        return self._picture(entry)

    def of(self, species: Species) -> list[Picture]:
        """Return all pictures of a species."""
        return [self._picture(entry) for entry in _catalogue().values() if entry.species is species]

    async def fetch_picture(self, url: str, *, priority: Priority, deadline: float | None = None) -> tuple[bytes, str]:
        """Return the bytes and their type. Raises `BackendNotFound` when another version came with it."""
        name = url.removeprefix(_SCHEME)
        if name not in {entry.file for entry in _catalogue().values()}:
            raise BackendNotFound(Source.SHIPPED, "no such picture")
        content = await asyncio.to_thread(files("bot").joinpath("data", "pictures", name).read_bytes)
        return content, _TYPES[name.rpartition(".")[2]]

    async def check_picture(self, url: str, *, priority: Priority, deadline: float | None = None) -> PictureFacts:
        """Return the same without the bytes; the address leads nowhere but here."""
        content, kind = await self.fetch_picture(url, priority=priority, deadline=deadline)
        return PictureFacts(kind, len(content), url, inside=True)

    def _picture(self, entry: _Entry) -> Picture:
        breed = self._breeds.get(entry.species, entry.breed)
        return Picture(
            source=Source.SHIPPED,
            id=entry.id,
            url=_SCHEME + entry.file,
            species=entry.species,
            width=entry.width,
            height=entry.height,
            breeds=() if breed is None else (BreedName(breed.id, breed.name),),
            categories=tuple(one for one in SHIPPED_CATEGORIES if one.name == entry.category),
        )


@cache
def _catalogue() -> dict[str, _Entry]:
    raw = files("bot").joinpath("data", "pictures.json").read_bytes()
    return {entry.id: entry for entry in msgspec.json.decode(raw, type=list[_Entry])}
