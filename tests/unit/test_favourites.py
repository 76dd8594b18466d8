"""Favourites as people see them: saved once, listed newest first and whole, removed when asked."""

from __future__ import annotations

import asyncio

import pytest

from bot.clock import ManualClock
from bot.identity import Person
from bot.models import Picture, PictureKey, Source, Species
from bot.services.favourites import Favourites
from bot.store import deliveries
from bot.store.pictures import save_pictures
from bot.store.store import Store

ANN = Person(9, 1)
BEN = Person(9, 2)
CAT = PictureKey(Source.CATAPI, "abc")
NEKO = PictureKey(Source.NEKOS, "abc")


@pytest.fixture
def changes() -> list[PictureKey]:
    return []


@pytest.fixture
def favourites(store: Store, clock: ManualClock, changes: list[PictureKey]) -> Favourites:
    return Favourites(store, clock, on_change=lambda _, key: changes.append(key))


async def desired(store: Store, clock: ManualClock) -> list[int]:
    async with store.reading() as connection:
        rows = await deliveries.due(connection, Source.CATAPI, now=clock.now(), limit=1000)
    return [row.desired for row in rows]


async def test_saved_once_however_often(favourites: Favourites, changes: list[PictureKey]) -> None:
    assert await favourites.add(ANN, CAT)
    assert not await favourites.add(ANN, CAT)
    assert await favourites.contains(ANN, CAT)
    assert not await favourites.contains(BEN, CAT)
    assert not await favourites.contains(Person(0, ANN.user), CAT)
    assert await favourites.count(ANN) == 1
    assert await favourites.remove(ANN, CAT)
    assert not await favourites.remove(ANN, CAT)
    assert await favourites.count(ANN) == 0
    assert changes == [CAT, CAT]


async def test_the_heart_saves_and_removes(favourites: Favourites, store: Store, clock: ManualClock) -> None:
    assert await favourites.toggle(ANN, CAT)
    assert await desired(store, clock) == [1]
    assert not await favourites.toggle(ANN, CAT)
    assert await desired(store, clock) == [0]
    assert not await favourites.contains(ANN, CAT)


async def test_the_twenty_first_is_there_and_the_newest_first(favourites: Favourites, clock: ManualClock) -> None:
    keys = [PictureKey(Source.CATAPI, f"c{number:02}") for number in range(25)]
    for key in keys:
        await favourites.add(ANN, key)
        clock.advance(1)
    await favourites.add(ANN, keys[0])
    pages = [await favourites.page(ANN, limit=10, offset=offset) for offset in (0, 10, 20, 30)]
    assert [page.total for page in pages] == [25] * 4
    assert [item.key for page in pages for item in page.items] == keys[::-1]


async def test_those_of_the_same_moment_keep_their_order_over_pages(favourites: Favourites) -> None:
    keys = {PictureKey(Source.CATAPI, f"c{number}") for number in range(12)}
    for key in keys:
        await favourites.add(ANN, key)
    listed = [(await favourites.page(ANN, limit=1, offset=offset)).items[0].key for offset in range(12)]
    assert set(listed) == keys


async def test_a_page_brings_the_pictures_that_are_known(favourites: Favourites, store: Store) -> None:
    shown = Picture(source=Source.CATAPI, id="abc", url="https://cdn2.thecatapi.com/abc.jpg", species=Species.CAT)
    async with store.writing() as connection:
        await save_pictures(connection, [shown], seen_at=store.clock.now())
    await favourites.add(ANN, CAT)
    await favourites.add(ANN, NEKO)
    page = await favourites.page(ANN)
    assert {item.key: item.picture for item in page.items} == {CAT: shown, NEKO: None}
    assert all(item.added_at == store.clock.now() for item in page.items)


async def test_only_sources_with_a_back_end_are_delivered(
    favourites: Favourites, store: Store, clock: ManualClock
) -> None:
    await favourites.add(ANN, NEKO)
    async with store.reading() as connection:
        assert await deliveries.waiting(connection) == {}
    await favourites.add(ANN, CAT)
    assert await desired(store, clock) == [1]


@pytest.mark.parametrize("presses", [10, 11])
async def test_a_heart_pressed_like_mad_ends_where_it_must(
    favourites: Favourites, store: Store, clock: ManualClock, presses: int
) -> None:
    told = await asyncio.gather(*(favourites.toggle(ANN, CAT) for _ in range(presses)))
    assert sum(told) == (presses + 1) // 2
    assert await favourites.contains(ANN, CAT) is bool(presses % 2)
    assert await desired(store, clock) == [presses % 2]


async def test_saving_and_removing_at_once_agree_with_what_the_back_end_is_told(
    favourites: Favourites, store: Store, clock: ManualClock
) -> None:
    for round_ in range(5):
        key = PictureKey(Source.CATAPI, f"r{round_}")
        await asyncio.gather(
            *(favourites.add(ANN, key) for _ in range(4)), *(favourites.remove(ANN, key) for _ in range(4))
        )
        async with store.reading() as connection:
            rows = await deliveries.due(connection, Source.CATAPI, now=clock.now(), limit=100)
        kept = await favourites.contains(ANN, key)
        assert [row.desired for row in rows if row.picture == key] == [int(kept)]


async def test_a_crowd_saves_without_losing_one(favourites: Favourites, store: Store, clock: ManualClock) -> None:
    await asyncio.gather(*(favourites.toggle(Person(9, user), CAT) for user in range(50)))
    assert len(await desired(store, clock)) == 50


async def test_who_wants_to_be_forgotten_is(favourites: Favourites, store: Store, clock: ManualClock) -> None:
    await favourites.add(ANN, CAT)
    await favourites.add(ANN, NEKO)
    await favourites.add(BEN, CAT)
    assert await favourites.forget(ANN) == 2
    assert await favourites.count(ANN) == 0
    assert await favourites.count(BEN) == 1
    assert sorted(await desired(store, clock)) == [0, 1]
