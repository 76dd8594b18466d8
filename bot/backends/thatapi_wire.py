"""What TheCatAPI and TheDogAPI send, in all their generations (A1, A2, B), made into the project's nouns."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Generic, TypeVar

import msgspec
from msgspec import Raw, Struct

from bot.backends.measures import (
    centimetres,
    flag,
    inches,
    kilograms,
    moment,
    pounds,
    rating,
    text,
    texts,
    years,
)
from bot.errors import BackendConfused
from bot.models import Breed, BreedName, Category, Picture, RemoteFavourite, RemoteVote, Source, Species

log = logging.getLogger(__name__)

T = TypeVar("T")
W = TypeVar("W", bound=Struct)

TRAITS = (
    "adaptability",
    "affection_level",
    "cat_friendly",
    "child_friendly",
    "dog_friendly",
    "energy_level",
    "grooming",
    "health_issues",
    "intelligence",
    "shedding_level",
    "social_needs",
    "stranger_friendly",
    "vocalisation",
    "bidability",
)
FLAGS = (
    "indoor",
    "lap",
    "experimental",
    "hairless",
    "natural",
    "rare",
    "rex",
    "suppressed_tail",
    "short_legs",
    "hypoallergenic",
)
LONGEST_ID = 100
LONGEST_NAME = 100
LARGEST_SIDE = 100_000


@dataclass(frozen=True, slots=True)
class Listed(Generic[T]):
    """The things of one page that could be read, and how many the page had: fewer than asked for is the last."""

    things: list[T]
    size: int


class WirePicture(Struct, frozen=True):
    """A picture; `breeds` and `categories` are None where the answer has no such field (A2 without a key)."""

    id: int | str
    url: str
    width: object = None
    height: object = None
    breeds: object = None
    categories: object = None
    unsafe_reasons: object = None


class Found(Struct, frozen=True):
    """A picture with what tells whether it is the one that was asked for."""

    picture: Picture
    breeds_told: bool
    categories_told: bool
    unsafe: bool


class WireVote(Struct, frozen=True):
    """A vote in a list."""

    id: int | str
    image_id: int | str
    value: int | float
    sub_id: object = None
    image: object = None
    created_at: object = None


class WireFavourite(Struct, frozen=True):
    """A favourite in a list; `image` is {} in A2 when the picture is gone, missing in B unless asked for."""

    id: int | str
    image_id: int | str
    sub_id: object = None
    image: object = None
    created_at: object = None


class WireCreated(Struct, frozen=True):
    """What a POST answers in every generation."""

    id: int | str


class WireCategory(Struct, frozen=True):
    """A category."""

    id: int | str
    name: str


def decoded(raw: bytes, type_: type[T], service: str) -> T:
    """Decode JSON.

    :raises BackendConfused: it is no JSON, or not of that shape.
    """
    try:
        return msgspec.json.decode(raw, type=type_)
    except msgspec.ValidationError as error:
        raise BackendConfused(service, f"an answer of another shape ({error})"[:200]) from error
    except (ValueError, RecursionError) as error:
        raise BackendConfused(service, "an answer that is no JSON") from error


def items(raw: bytes, make: Callable[[Raw], T | None], service: str) -> Listed[T]:
    """Make each item of a list; one that is broken is left out with a log line. A lone object is a list of one.

    :raises BackendConfused: the body is neither, or nothing in it can be read.
    """
    listed = decoded(raw, list[Raw], service) if raw.lstrip()[:1] != b"{" else [Raw(raw)]
    made: list[T] = []
    for number, item in enumerate(listed):
        try:
            one = make(item)
        except (ValueError, RecursionError) as error:
            log.warning("%s: item %d of a list left out: %s", service, number, str(error)[:200])
            continue
        if one is None:
            log.warning("%s: item %d of a list left out: no usable id, name or address", service, number)
        else:
            made.append(one)
    if listed and not made:
        raise BackendConfused(service, "a list in which no item can be read")
    return Listed(made, len(listed))


def shaped(raw: bytes | Raw, type_: type[W]) -> W:
    """Decode one object; raises ValueError (msgspec's errors are) or RecursionError."""
    return msgspec.json.decode(raw, type=type_)


def clean_id(value: object) -> str | None:
    """Return an id as text, None when it can be no id; ids came with a line end before ("-Zfz5z2jK\\n")."""
    if isinstance(value, bool) or not isinstance(value, int | str):
        return None
    cleaned = str(value).strip()
    return (
        cleaned
        if re.fullmatch(r"[^\s/\\]+", cleaned) and cleaned.isprintable() and len(cleaned) <= LONGEST_ID
        else None
    )


def found_picture(raw: Raw, source: Source, species: Species) -> Found | None:
    """Make a picture of an item; None when it has no usable id or address."""
    wire = shaped(raw, WirePicture)
    id_ = clean_id(wire.id)
    url = text(wire.url)
    if id_ is None or url is None or " " in url:
        return None
    picture = Picture(
        source=source,
        id=id_,
        url=url,
        species=species,
        width=_pixels(wire.width),
        height=_pixels(wire.height),
        breeds=tuple(BreedName(*pair) for pair in _named(wire.breeds)),
        categories=tuple(Category(*pair) for pair in _named(wire.categories)),
    )
    return Found(
        picture=picture,
        breeds_told=isinstance(wire.breeds, list),
        categories_told=isinstance(wire.categories, list),
        unsafe=bool(wire.unsafe_reasons),
    )


def vote_made(raw: Raw) -> RemoteVote | None:
    """Make a vote of an item; a down-vote is 0 in the older documents and -1 in generation B."""
    wire = shaped(raw, WireVote)
    id_, image = clean_id(wire.id), clean_id(wire.image_id)
    if id_ is None or image is None:
        return None
    return RemoteVote(
        id=id_,
        image_id=image,
        sub_id=text(wire.sub_id),
        value=1 if wire.value > 0 else -1,
        image_url=_image_url(wire.image),
        created_at=moment(wire.created_at),
    )


def favourite_made(raw: Raw) -> RemoteFavourite | None:
    """Make a favourite of an item."""
    wire = shaped(raw, WireFavourite)
    id_, image = clean_id(wire.id), clean_id(wire.image_id)
    if id_ is None or image is None:
        return None
    return RemoteFavourite(
        id=id_,
        image_id=image,
        sub_id=text(wire.sub_id),
        image_url=_image_url(wire.image),
        created_at=moment(wire.created_at),
    )


def category_made(raw: Raw) -> Category | None:
    """Make a category of an item."""
    wire = shaped(raw, WireCategory)
    id_, name = clean_id(wire.id), text(wire.name)
    return Category(id_, name) if id_ and name else None


def created_id(raw: bytes, service: str) -> str:
    """Return the id that a POST answered.

    :raises BackendConfused: there is none.
    """
    id_ = clean_id(decoded(raw, WireCreated, service).id)
    if id_ is None:
        raise BackendConfused(service, "an answer without an id")
    return id_


def breed_made(raw: Raw, species: Species) -> Breed | None:
    """Make a breed of an item; None when it has no usable id or name."""
    wire = msgspec.json.decode(raw, type=dict[str, object])
    id_, name = clean_id(wire.get("id")), text(wire.get("name"))
    if id_ is None or name is None:
        return None
    rated = {trait: rating(wire.get(trait)) for trait in TRAITS}
    return Breed(
        species=species,
        id=id_,
        name=name[:LONGEST_NAME],
        alt_names=texts(wire.get("alt_names")),
        group=text(wire.get("breed_group")),
        origin=text(wire.get("origin")),
        country_code=_country(wire.get("country_code")),
        temperament=tuple(dict.fromkeys(word[0].upper() + word[1:] for word in texts(wire.get("temperament")))),
        description=text(wire.get("description")),
        bred_for=(text(wire.get("bred_for")) or "").rstrip(". ") or None,
        life_span=years(wire.get("life_span")),
        weight=kilograms(wire.get("weight")),
        weight_pounds=pounds(wire.get("weight")),
        height=centimetres(wire.get("height")),
        height_inches=inches(wire.get("height")),
        traits={trait: stars for trait, stars in rated.items() if stars is not None},
        flags=frozenset(name for name in FLAGS if flag(wire.get(name))),
        wikipedia_url=_web(wire.get("wikipedia_url")),
        reference_image_id=clean_id(wire.get("reference_image_id")) or _reference(wire.get("image")),
    )


def breeds_from_json(raw: bytes, species: Species, service: str = "breeds") -> list[Breed]:
    """Make the breeds of a list as a service or `bot/data` has it, each id once.

    :raises BackendConfused: it is no list of breeds.
    """
    made = items(raw, lambda item: breed_made(item, species), service).things
    return list({breed.id: breed for breed in reversed(made)}.values())[::-1]


def _pixels(value: object) -> int | None:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value <= LARGEST_SIDE:
        return None
    return int(value)


def _named(value: object) -> Iterable[tuple[str, str]]:
    """Yield the id and name of each object in a list, passing over what has none."""
    for one in value if isinstance(value, list) else ():
        if isinstance(one, dict) and (id_ := clean_id(one.get("id"))) and (name := text(one.get("name"))):
            yield id_, name


def _country(value: object) -> str | None:
    code = text(value)
    return code.upper() if code and re.fullmatch(r"[A-Za-z]{2}", code) else None


def _web(value: object) -> str | None:
    address = text(value)
    return address if address and re.match(r"https?://\S+$", address) else None


def _image_url(image: object) -> str | None:
    return text(image.get("url")) if isinstance(image, dict) else None


def _reference(image: object) -> str | None:
    return clean_id(image.get("id")) if isinstance(image, dict) else None
