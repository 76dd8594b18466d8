"""A small embedded back end for tests: four cats, four dogs, five shipped pictures, and a client that asks it."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp

from bot.clock import Clock, ManualClock
from bot.models import Species
from sandbox.backend.application import EmbeddedBackend

CATS = [
    {
        "weight": {"imperial": "7  -  10", "metric": "3 - 5"},
        "id": "abys",
        "name": "Abyssinian",
        "temperament": "Active, Gentle",
        "origin": "Egypt",
        "country_codes": "EG",
        "country_code": "EG",
        "description": "A cat.",
        "life_span": "14 - 15",
        "indoor": 0,
        "lap": 1,
        "alt_names": " ",
        "adaptability": 5,
        "rare": 0,
        "reference_image_id": "0XYvRd7oD",
        "image": {"id": "0XYvRd7oD", "url": "https://elsewhere.example/0XYvRd7oD.jpg"},
    },
    {"weight": {"metric": "3 - 7"}, "id": "beng", "name": "Bengal", "life_span": "12 - 15", "rare": 1},
    {"id": "asho", "name": "American Shorthair", "life_span": "15 - 17", "reference_image_id": "asho-ref1"},
    {"id": "mala", "name": "Malayan", "life_span": "12 - 18"},
]
DOGS = [
    {
        "weight": {"imperial": "6 - 13", "metric": "3 - 6"},
        "height": {"imperial": "9 - 11.5", "metric": "23 - 29"},
        "id": 1,
        "name": "Affenpinscher",
        "breed_group": "Toy",
        "life_span": "10 - 12 years",
        "origin": "",
        "reference_image_id": "BJa4kxc4X",
    },
    {
        "weight": {"imperial": "65 – 85", "metric": "NaN"},
        "id": 115,
        "name": "German Shepherd Dog",
        "breed_group": "Herding",
        "life_span": "8 – 15 Years years",
        "country_codes": "DE",
        "country_code": "DE",
    },
    {"weight": {"metric": "28"}, "id": 2, "name": "Afghan Hound", "breed_group": "Hound", "life_span": "15 years"},
    {"weight": {"metric": "NaN - 8"}, "id": 3, "name": "Poodle (Toy)", "breed_group": ""},
]
PICTURES = [
    ("0XYvRd7oD", "cat", "abys", "jpg", None),
    ("boxed-cat", "cat", "beng", "jpg", "boxes"),
    ("movingcat", "cat", "beng", "gif", None),
    ("nobreed1", "cat", None, "png", None),
    ("BJa4kxc4X", "dog", "1", "jpg", None),
]
MAGIC = {"jpg": b"\xff\xd8\xff\xe0", "gif": b"GIF89a", "png": b"\x89PNG\r\n\x1a\n"}
KEYS = {Species.CAT: ("cat-key", "other-cat-key"), Species.DOG: ("dog-key", "other-dog-key")}


def write_data(folder: Path) -> Path:
    """Write the breeds and pictures as `bot/data` has them."""
    (folder / "pictures").mkdir(parents=True)
    (folder / "cats.json").write_text(json.dumps(CATS), encoding="utf-8")
    (folder / "dogs.json").write_text(json.dumps(DOGS), encoding="utf-8")
    entries = []
    for picture, species, breed, ending, category in PICTURES:
        file = f"{picture}.{ending}"
        (folder / "pictures" / file).write_bytes(MAGIC[ending] + picture.encode())
        entries.append(
            {
                "id": picture,
                "species": species,
                "breed": breed,
                "file": file,
                "width": 400,
                "height": 360,
                "alt": "A pet",
            }
            | {"category": category, "animated": ending == "gif"}
        )
    (folder / "pictures.json").write_text(json.dumps(entries), encoding="utf-8")
    return folder


def scribble(species: str, breed_id: str, variant: int) -> bytes:
    """Draw quickly."""
    return MAGIC["jpg"] + f"{species} {breed_id} {variant}".encode()


@dataclass(frozen=True)
class Answer:
    """What came back."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode()

    @property
    def json(self) -> Any:
        assert self.headers["Content-Type"] == "application/json; charset=utf-8"
        return json.loads(self.body)

    @property
    def type(self) -> str:
        return self.headers["Content-Type"]


class House:
    """A running back end and a client; paths begin with `cat/` or `dog/`."""

    def __init__(self, backend: EmbeddedBackend, session: aiohttp.ClientSession, clock: ManualClock) -> None:
        self.backend = backend
        self.session = session
        self.clock = clock

    def url(self, path: str) -> str:
        species, _, rest = path.partition("/")
        return f"{self.backend.cat_url if species == 'cat' else self.backend.dog_url}/{rest}"

    async def ask(self, method: str, path: str, key: str | None = None, **more: Any) -> Answer:
        """Ask for a path, or for a whole address; redirects are shown, not followed."""
        headers = {"x-api-key": key} if key else {}
        url = path if path.startswith("http") else self.url(path)
        headers |= more.pop("headers", {})
        async with self.session.request(method, url, headers=headers, allow_redirects=False, **more) as response:
            return Answer(response.status, response.headers, await response.read())

    async def get(self, path: str, key: str | None = None, **more: Any) -> Answer:
        return await self.ask("GET", path, key, **more)

    async def post(self, path: str, key: str | None = None, **more: Any) -> Answer:
        return await self.ask("POST", path, key, **more)

    async def delete(self, path: str, key: str | None = None) -> Answer:
        return await self.ask("DELETE", path, key)


def embedded(folder: Path, clock: Clock, **choices: Any) -> EmbeddedBackend:
    """Build a back end over the small data, which is written when it is not there yet."""
    data = folder / "data"
    if not data.exists():
        write_data(data)
    usual: dict[str, Any] = {"data": data, "keys": KEYS, "draw": scribble, "seed": 1}
    return EmbeddedBackend(folder / "kept", clock=clock, **(usual | choices))


@asynccontextmanager
async def house(folder: Path, **choices: Any) -> AsyncIterator[House]:
    """Run a back end and a client over it."""
    clock = ManualClock()
    backend = embedded(folder, clock, **choices)
    await backend.start()
    try:
        async with aiohttp.ClientSession() as session:
            yield House(backend, session, clock)
    finally:
        await backend.close()
