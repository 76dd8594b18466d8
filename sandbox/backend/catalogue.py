"""What one host knows and never changes: its breeds, its categories and its pictures, drawn or still to be drawn."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable, Mapping
from pathlib import Path

import msgspec
from msgspec import Struct

from bot.models import Species

from .portraits import Measure

DRAWN_MORE = 5
"""Pictures of each breed that are drawn when somebody first looks at them."""

WITHOUT_PICTURES = frozenset({(Species.CAT, "mala")})
"""Breeds of which the real service has no picture at all: an empty search is normal."""

CATEGORIES = ((5, "boxes"), (15, "clothes"), (1, "hats"), (14, "sinks"), (2, "space"), (4, "sunglasses"), (7, "ties"))
"""The categories with their numbers, in the order that TheCatAPI lists them."""

Record = dict[str, object]
"""A breed as generation A2 sends it, without its `image`."""


class Image(Struct, frozen=True, kw_only=True):
    """A picture: shipped when `file` is set, else drawn on demand as the breed's `variant`. Pixels throughout."""

    id: str
    species: Species
    extension: str
    width: int
    height: int
    breed_id: str | None = None
    category_id: int | None = None
    file: Path | None = None
    variant: int = 0

    @property
    def name(self) -> str:
        """The last part of the picture's address."""
        return f"{self.id}.{self.extension}"


class BreedEntry(Struct, frozen=True, kw_only=True):
    """A breed: its record as generation A2 sends it, and the picture that stands for it where there is one."""

    id: str
    name: str
    group: str | None
    record: Record
    reference: Image | None


class Shipped(Struct, frozen=True):
    """An entry of `pictures.json`."""

    id: str
    species: Species
    file: str
    width: int
    height: int
    breed: str | int | None = None
    category: str | int | None = None


class Catalogue(Struct, frozen=True):
    """Everything that one host can be asked for, in the order that it was approved."""

    species: Species
    breeds: Mapping[str, BreedEntry]
    images: Mapping[str, Image]
    categories: tuple[tuple[int, str], ...]


def load_catalogue(species: Species, data: Path, measure: Measure) -> Catalogue:
    """Read a host's catalogue from `cats.json` or `dogs.json`, and `pictures.json` where there is one.

    The breeds have the shape of generation A2; an `image` in them is left out, since ours are other pictures.
    `measure` tells how large the pictures will be that are still to be drawn.
    """
    records = msgspec.json.decode((data / f"{species}s.json").read_bytes(), type=list[Record])
    images = {image.id: image for image in _shipped(species, data)}
    breeds: dict[str, BreedEntry] = {}
    for record in records:
        record.pop("image", None)
        breed_id = str(record["id"])
        wanted = _text(record.get("reference_image_id"))
        if (species, breed_id) in WITHOUT_PICTURES:
            wanted = None
        else:
            for image in _drawn(species, breed_id, wanted if wanted not in images else None, measure):
                images.setdefault(image.id, image)
        if wanted is None:
            record.pop("reference_image_id", None)
        else:
            record["reference_image_id"] = wanted
        breeds[breed_id] = BreedEntry(
            id=breed_id,
            name=str(record["name"]),
            group=_text(record.get("breed_group")),
            record=record,
            reference=images.get(wanted) if wanted else None,
        )
    used = {image.category_id for image in images.values()}
    categories = CATEGORIES if species is Species.CAT else tuple(pair for pair in CATEGORIES if pair[0] in used)
    return Catalogue(species, breeds, images, categories)


def _shipped(species: Species, data: Path) -> Iterable[Image]:
    listing = data / "pictures.json"
    if not listing.exists():
        return
    for entry in msgspec.json.decode(listing.read_bytes(), type=list[Shipped]):
        breed_id = None if entry.breed is None else str(entry.breed)
        if entry.species is not species or (species, breed_id) in WITHOUT_PICTURES:
            continue
        yield Image(
            id=entry.id,
            species=species,
            extension=entry.file.rpartition(".")[2].lower(),
            width=entry.width,
            height=entry.height,
            breed_id=breed_id,
            category_id=_category(entry.category),
            file=data / "pictures" / entry.file,
        )


def _drawn(species: Species, breed_id: str, first: str | None, measure: Measure) -> Iterable[Image]:
    """The pictures still to be drawn; the first takes the breed's reference id unless a shipped one has it."""
    for variant in range(1, DRAWN_MORE + 1):
        size = measure(species, breed_id, variant)
        if size is None:
            return
        yield Image(
            id=first if first and variant == 1 else picture_id(species, breed_id, variant),
            species=species,
            extension="jpg",
            width=size[0],
            height=size[1],
            breed_id=breed_id,
            variant=variant,
        )


def picture_id(species: Species, breed_id: str, variant: int) -> str:
    """Make nine characters, the same ones every time; like the real ones they may begin with a dash."""
    digest = hashlib.sha256(f"{species}/{breed_id}/{variant}".encode()).digest()
    return base64.urlsafe_b64encode(digest)[:9].decode()


def _category(named: str | int | None) -> int | None:
    for number, name in CATEGORIES:
        if named in (number, name, str(number)):
            return number
    return None


def _text(value: object) -> str | None:
    return value.strip() or None if isinstance(value, str) else None
