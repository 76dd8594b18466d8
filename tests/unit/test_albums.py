"""The pictures of a breed: what is known, what the service adds once a day, and drawings where there is no other."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

import msgspec
import pytest

from bot.backends.service import Priority
from bot.clock import ManualClock
from bot.errors import BackendUnavailable
from bot.models import Breed, BreedName, Picture, Source, Species, Wanted
from bot.services.albums import Albums
from bot.services.breeds import Breeds
from bot.services.shipped import Shipped
from bot.services.supply import Supply
from bot.store.pictures import save_pictures
from bot.store.store import Store

BREEDS = Breeds()
SIAM, MALA = BREEDS.find(Species.CAT, "siam"), BREEDS.find(Species.CAT, "mala")


def picture(name: str, *breeds: Breed, source: Source = Source.CATAPI) -> Picture:
    named = tuple(BreedName(breed.id, breed.name) for breed in breeds)
    return Picture(source=source, id=name, url=f"https://x.example/{name}.jpg", species=Species.CAT, breeds=named)


class Service:
    """A supply that has some pictures, or is down."""

    def __init__(self, *pictures: Picture) -> None:
        self.pictures: Sequence[Picture] | None = pictures
        self.asked: list[Wanted] = []

    async def search(self, wanted: Wanted, priority: Priority) -> list[Picture]:
        self.asked.append(wanted)
        if self.pictures is None:
            raise BackendUnavailable("catapi", "down")
        return list(self.pictures)


@pytest.fixture
def service() -> Service:
    return Service(picture("b", SIAM), picture("a", SIAM))


@pytest.fixture
def albums(store: Store, service: Service, clock: ManualClock) -> Albums:
    return Albums(store, cast("Supply", service), Shipped(BREEDS), clock)


async def keys(albums: Albums, breed: Breed, limit: int = 5, offset: int = 0) -> tuple[list[str], int]:
    sheet = await albums.page(breed.species, breed.id, limit=limit, offset=offset)
    return [one.id for one in sheet.pictures], sheet.total


async def test_what_was_shown_and_what_the_service_adds_come_in_a_steady_order(
    albums: Albums, store: Store, service: Service, clock: ManualClock
) -> None:
    other = BREEDS.find(Species.CAT, "beng")
    strangers = [picture("other", other), picture("none"), picture("drawn", SIAM, source=Source.SHIPPED)]
    dog = msgspec.structs.replace(picture("dog", SIAM), species=Species.DOG)
    async with store.writing() as connection:
        shown = [picture("c", SIAM), picture("both", SIAM, other), *strangers, dog]
        await save_pictures(connection, shown, seen_at=clock.now())
    assert await keys(albums, SIAM) == (["both", "c"], 2)
    assert not albums.complete(SIAM)
    await albums.fill(SIAM)
    assert service.asked == [Wanted(species=Species.CAT, breed_id="siam")]
    assert await keys(albums, SIAM) == (["a", "b", "both", "c"], 4)
    assert await keys(albums, SIAM, limit=2, offset=3) == (["c"], 4)
    assert await keys(albums, SIAM, offset=9) == ([], 4)


async def test_the_service_is_asked_once_a_day_and_again_when_it_did_not_answer(
    albums: Albums, service: Service, clock: ManualClock
) -> None:
    found, service.pictures = service.pictures, None
    await albums.fill(SIAM)
    assert not albums.complete(SIAM)
    service.pictures = found
    await albums.fill(SIAM)
    assert albums.complete(SIAM)
    assert not albums.complete(MALA)
    clock.advance(86_400)
    assert not albums.complete(SIAM)


async def test_the_drawing_stands_in_where_no_other_is_known_and_some_breeds_have_none(
    albums: Albums, service: Service
) -> None:
    service.pictures = None
    await albums.fill(SIAM)
    drawn, total = await keys(albums, SIAM)
    assert len(drawn) == total > 0
    assert await keys(albums, SIAM, offset=total) == ([], total)
    assert await keys(albums, MALA) == ([], 0)
