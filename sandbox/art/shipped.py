"""The shipped set: which pictures there are, their files and their catalogue."""

from __future__ import annotations

import base64
import hashlib
import io
import json
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

from PIL import Image

from .look import Species
from .looks import LOOKS, look_of
from .motion import Motion, animate
from .palette import COATS
from .portrait import draw
from .words import alt_text

QUALITY: Final = 81
PNG_LIMIT: Final = 90_000
WITHOUT_PICTURE: Final = frozenset({("cat", "mala")})
# breeds whose own reference image is a PNG (recorded answers of the services)
PNG_BREEDS: Final = frozenset(
    {("cat", "beng"), ("cat", "drex"), ("cat", "kora"), ("dog", "15"), ("dog", "125"), ("dog", "212")}
)
CATEGORY_CATS: Final[dict[str, str]] = {
    "boxes": "munc",
    "clothes": "sphy",
    "hats": "bsho",
    "sinks": "asho",
    "space": "siam",
    "sunglasses": "sfol",
    "ties": "snow",
}
MOVING: Final[tuple[tuple[Species, str, Motion], ...]] = (
    ("cat", "rblu", "blink"),
    ("cat", "cypr", "ear"),
    ("cat", "ragd", "tilt"),
    ("cat", "esho", "tongue"),
    ("dog", "31", "tilt"),
    ("dog", "50", "ear"),
    ("dog", "149", "tongue"),
    ("dog", "222", "blink"),
)


@dataclass(frozen=True)
class Breed:
    """What the set needs to know of a breed."""

    species: Species
    id: str
    name: str
    reference: str | None


@dataclass(frozen=True)
class Order:
    """One picture to be drawn."""

    breed: Breed
    id: str
    suffix: str
    category: str | None = None
    motion: Motion | None = None


@dataclass(frozen=True)
class Entry:
    """A line of the catalogue."""

    id: str
    species: Species
    breed: str
    file: str
    width: int
    height: int
    alt: str
    category: str | None
    animated: bool


def read_breeds(folder: Path) -> list[Breed]:
    """The breeds of `cats.json` and `dogs.json` (or `cat_breeds.json` and `dog_breeds.json`) in a folder.

    Raises `FileNotFoundError` when a species has no file there.
    """
    breeds: list[Breed] = []
    species: Species
    for species in ("cat", "dog"):
        names = (f"{species}s.json", f"{species}_breeds.json")
        path = next((folder / name for name in names if (folder / name).exists()), None)
        if path is None:
            raise FileNotFoundError(f"no {' or '.join(names)} in {folder}")
        for row in json.loads(path.read_text("utf-8")):
            reference = (row.get("reference_image_id") or "").strip() or None
            breeds.append(Breed(species, str(row["id"]), row["name"], reference))
    return breeds


def made_id(*words: str) -> str:
    """Nine characters for a picture that the services have no id for: the same words, the same id."""
    digest = hashlib.sha256("/".join(("pawprint", *words)).encode()).digest()
    return base64.urlsafe_b64encode(digest)[:9].decode()


def orders(breeds: list[Breed]) -> Iterator[Order]:
    """All pictures of the set."""
    by_key = {(breed.species, breed.id): breed for breed in breeds}
    for key, breed in by_key.items():
        if key not in WITHOUT_PICTURE:
            suffix = "png" if key in PNG_BREEDS else "jpg"
            yield Order(breed, breed.reference or made_id(*key), suffix)
    for category, cat in CATEGORY_CATS.items():
        if ("cat", cat) in by_key:
            yield Order(by_key["cat", cat], made_id("cat", cat, category), "jpg", category=category)
    for species, moving, motion in MOVING:
        if (species, moving) in by_key:
            yield Order(by_key[species, moving], made_id(species, moving, motion), "gif", motion=motion)


def fill(order: Order, folder: Path) -> Entry:
    """Draws one picture into a folder and returns its line."""
    breed = order.breed
    look = look_of(breed.species, breed.id)
    if order.motion is not None:
        data = animate(look, order.motion, variant=0)
    else:
        picture = draw(look, prop=order.category)
        data = png(picture) if order.suffix == "png" else jpeg(picture)
    name = f"{order.id}.{order.suffix}"
    (folder / name).write_bytes(data)
    with Image.open(io.BytesIO(data)) as written:
        width, height = written.size
    alt = alt_text(look, breed.name, prop=order.category, motion=order.motion)
    return Entry(order.id, breed.species, breed.id, name, width, height, alt, order.category, order.motion is not None)


def jpeg(picture: Image.Image) -> bytes:
    """The picture as a progressive JPEG."""
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=QUALITY, progressive=True, optimize=True, subsampling="4:2:0")
    return out.getvalue()


def png(picture: Image.Image) -> bytes:
    """The picture as a palette PNG, with fewer colours until it is small enough."""
    data = b""
    for colours in (256, 128, 96, 64, 48, 32):
        out = io.BytesIO()
        flat = picture.quantize(colors=colours, method=Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE)
        flat.save(out, "PNG", optimize=True)
        data = out.getvalue()
        if len(data) <= PNG_LIMIT:
            break
    return data


def write_set(breeds: list[Breed], folder: Path, *, only: Sequence[str] = (), workers: int = 1) -> list[Entry]:
    """Draws the set into a folder and its catalogue beside it; returns the catalogue.

    With `only`, the pictures of those breeds are drawn again and the others stay as they are; without, files that
    are no longer in the set go.
    """
    folder.mkdir(parents=True, exist_ok=True)
    catalogue = folder.with_suffix(".json")
    wanted = [order for order in orders(breeds) if not only or order.breed.id in only]
    if workers > 1:
        with ProcessPoolExecutor(workers) as pool:
            entries = list(pool.map(fill, wanted, [folder] * len(wanted), chunksize=8))
    else:
        entries = [fill(order, folder) for order in wanted]
    if only:
        drawn = {entry.id for entry in entries}
        entries += [entry for entry in read_catalogue(catalogue) if entry.id not in drawn]
    entries.sort(key=sort_key)
    kept = {entry.file for entry in entries}
    for path in folder.iterdir():
        if path.suffix in (".jpg", ".png", ".gif") and path.name not in kept:
            path.unlink()
    write_catalogue(entries, catalogue)
    return entries


def sort_key(entry: Entry) -> tuple[str, int, str, bool, str, str]:
    """Species and breed, numbers as numbers; the plain portrait before the others."""
    return entry.species, *_in_order(entry.breed), entry.animated, entry.category or "", entry.id


def read_catalogue(path: Path) -> list[Entry]:
    """The catalogue as it is written; empty when there is none."""
    if not path.exists():
        return []
    return [Entry(**row) for row in json.loads(path.read_text("utf-8"))]


def write_catalogue(entries: list[Entry], path: Path) -> None:
    """A JSON list, one object a line."""
    lines = [json.dumps(asdict(entry), ensure_ascii=False, separators=(",", ":")) for entry in entries]
    path.write_text("[\n" + ",\n".join(lines) + "\n]\n", "utf-8")


def write_coats(path: Path) -> None:
    """The typical coat's colour of each breed, by species and id, one breed a line: cards are coloured by it."""
    coats = {
        species: {breed: COATS[looks[breed].coat][0] for breed in sorted(looks, key=_in_order)}
        for species, looks in LOOKS.items()
    }
    path.write_text(json.dumps(coats, indent=0) + "\n", "utf-8")


def _in_order(breed: str) -> tuple[int, str]:
    return (int(breed) if breed.isdigit() else 0, breed)
