"""Favourites as people see them: saved once, listed newest first and whole, removed when asked."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from sqlalchemy import event, insert
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.clock import ManualClock
from bot.identity import Person
from bot.models import BreedName, Picture, PictureKey, Source, Species
from bot.services.favourites import Favourites
from bot.store import deliveries, schema
from bot.store.favourites import Only
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
    await favourites.set_private(ANN, True)
    assert await favourites.forget(ANN) == 2
    assert not await favourites.is_private(ANN)
    assert await favourites.count(ANN) == 0
    assert await favourites.count(BEN) == 1
    assert sorted(await desired(store, clock)) == [0, 1]


async def test_what_is_asked_for_narrows_the_list_and_its_count(favourites: Favourites, store: Store) -> None:
    def picture(id_: str, species: Species, *breeds: str) -> Picture:
        source = Source.CATAPI if species is Species.CAT else Source.DOGAPI
        named = tuple(BreedName(breed, breed.title()) for breed in breeds)
        return Picture(source=source, id=id_, url=f"https://example.org/{id_}.jpg", species=species, breeds=named)

    shown = [
        picture("c1", Species.CAT, "siam"),
        picture("c2", Species.CAT, "pers", "siam"),
        picture("c3", Species.CAT),
        picture("d1", Species.DOG, "12"),
        picture("d2", Species.DOG, "1"),
    ]
    async with store.writing() as connection:
        await save_pictures(connection, shown, seen_at=store.clock.now())
    for key in [*(one.key for one in shown), PictureKey(Source.DOGAPI, "unseen"), NEKO]:
        await favourites.add(ANN, key)
    for only, ids in (
        (Only(), {"c1", "c2", "c3", "d1", "d2", "unseen", "abc"}),
        (Only(species=Species.CAT), {"c1", "c2", "c3"}),
        (Only(species=Species.DOG), {"d1", "d2", "unseen"}),
        (Only(species=Species.CAT, breed_id="siam"), {"c1", "c2"}),
        (Only(species=Species.DOG, breed_id="1"), {"d2"}),
        (Only(species=Species.DOG, breed_id="siam"), set()),
        (Only(breed_id='"; --'), set()),
    ):
        page = await favourites.page(ANN, only=only)
        assert {item.key.id for item in page.items} == ids
        assert page.total == len(ids)


async def test_a_server_loves_most_what_most_people_keep(favourites: Favourites) -> None:
    dog = PictureKey(Source.DOGAPI, "abc")
    for user, key in ((1, CAT), (2, dog), (3, dog), (4, NEKO), (5, NEKO)):
        await favourites.add(Person(9, user), key)
    await favourites.add(Person(8, 1), CAT)
    page = await favourites.loved(9)
    assert [(item.key, item.keepers) for item in page.items] == [(dog, 2), (NEKO, 2), (CAT, 1)]
    assert page.total == 3
    assert [item.key for item in (await favourites.loved(9, limit=1, offset=1)).items] == [NEKO]
    assert (await favourites.loved(7)).total == 0


async def test_chance_may_choose_any_and_none_when_nothing_is_saved(favourites: Favourites, clock: ManualClock) -> None:
    assert await favourites.any_of(ANN) is None
    await favourites.add(ANN, CAT)
    clock.advance(1)
    await favourites.add(ANN, NEKO)
    for place, key in ((0, NEKO), (1, CAT), (99, NEKO)):
        found = await favourites.any_of(ANN, lambda total, place=place: place)  # type: ignore[misc]
        assert found is not None
        assert found.key == key


async def test_several_are_removed_and_those_that_were_not_saved_do_not_count(
    favourites: Favourites, store: Store, clock: ManualClock, changes: list[PictureKey]
) -> None:
    keys = [PictureKey(Source.CATAPI, f"c{number:03}") for number in range(250)]
    for key in keys[:240]:
        await favourites.add(ANN, key)
    await favourites.add(BEN, keys[0])
    changes.clear()
    assert await favourites.remove_several(ANN, [*keys[:5], keys[0], keys[249]]) == 5
    assert changes == keys[:5]
    assert await favourites.remove_all(ANN) == 235
    assert await favourites.remove_all(ANN) == 0
    assert await favourites.count(ANN) == 0
    assert await favourites.count(BEN) == 1
    assert sorted(await desired(store, clock)) == [0] * 240 + [1]


async def test_what_is_saved_while_all_are_removed_stays(favourites: Favourites) -> None:
    keys = [PictureKey(Source.CATAPI, f"c{number:03}") for number in range(300)]
    for key in keys:
        await favourites.add(ANN, key)
    removed, _ = await asyncio.gather(favourites.remove_all(ANN), favourites.add(ANN, NEKO))
    assert removed in (300, 301)
    assert await favourites.count(ANN) == 301 - removed


async def test_an_id_finds_what_is_saved_under_it_of_every_source(favourites: Favourites) -> None:
    await favourites.add(ANN, CAT)
    await favourites.add(ANN, NEKO)
    await favourites.add(BEN, PictureKey(Source.CATAPI, "other"))
    assert await favourites.with_ids(ANN, ["abc", "other"]) == [CAT, NEKO]
    assert await favourites.with_ids(ANN, []) == []


async def test_who_wants_to_be_private_is_so_in_one_space_until_they_say_otherwise(favourites: Favourites) -> None:
    assert not await favourites.is_private(ANN)
    await favourites.set_private(ANN, True)
    await favourites.set_private(ANN, True)
    assert await favourites.is_private(ANN)
    assert not await favourites.is_private(BEN)
    assert not await favourites.is_private(Person(8, ANN.user))
    await favourites.set_private(ANN, False)
    assert not await favourites.is_private(ANN)


MANY = 10_000


@pytest.fixture
async def crowded(store: Store, clock: ManualClock) -> Store:
    """Ten thousand favourites of Ann's, each remembered, and a thousand of them Ben's as well."""
    ids = [f"c{number:05}" for number in range(MANY)]
    known = [Picture(source=Source.CATAPI, id=id_, url=f"https://e.org/{id_}", species=Species.CAT) for id_ in ids]
    rows = [
        {
            "space": 9,
            "person": user,
            "source": "catapi",
            "picture_id": id_,
            "added_at": clock.now() + timedelta(seconds=number),
        }
        for user, kept in ((ANN.user, ids), (BEN.user, ids[:1000]))
        for number, id_ in enumerate(kept)
    ]
    async with store.writing() as connection:
        await save_pictures(connection, known, seen_at=clock.now())
        await connection.execute(insert(schema.favourites), rows)
    return store


@contextmanager
def statements(store: Store) -> Iterator[list[str]]:
    """Gather the queries that are sent."""
    sent: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        if statement.startswith(("SELECT", "INSERT", "UPDATE", "DELETE")):
            sent.append(statement)

    engine = store._engine.sync_engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        event.remove(engine, "before_cursor_execute", note)


async def test_ten_thousand_are_listed_in_two_queries_a_page_to_the_very_last(
    favourites: Favourites, crowded: Store
) -> None:
    with statements(crowded) as sent:
        first = await favourites.page(ANN, limit=5)
        last = await favourites.page(ANN, limit=5, offset=MANY - 5)
        assert len(sent) == 4
        narrowed = await favourites.page(ANN, limit=5, offset=MANY - 5, only=Only(species=Species.CAT))
        await favourites.any_of(ANN)
        loved = await favourites.loved(9, limit=5, offset=995)
        assert len(sent) == 10
    assert [item.key.id for item in first.items] == [f"c{MANY - number:05}" for number in range(1, 6)]
    assert [item.key.id for item in last.items] == ["c00004", "c00003", "c00002", "c00001", "c00000"]
    assert narrowed == last
    assert (first.total, loved.total) == (MANY, MANY)
    assert [(item.key.id, item.keepers) for item in loved.items] == [(f"c{n:05}", 2) for n in range(995, 1000)]
    assert all(item.picture for page in (first, last) for item in page.items)


# It is SQLite that is asked how it goes about it.
@pytest.mark.parametrize("dialect", ["sqlite"])
async def test_long_lists_are_read_from_their_indexes(favourites: Favourites, crowded: Store) -> None:
    with statements(crowded) as sent:
        await favourites.page(ANN, limit=5, offset=MANY - 5)
        await favourites.loved(9, limit=5, offset=995)
        await favourites.keepers(9, PictureKey(Source.CATAPI, "c00001"))
    async with crowded.reading() as connection:
        plans = [await _plan(connection, statement) for statement in sent]
    page, count, loved, total, keepers = plans
    for plan in (page, count):
        assert "USING COVERING INDEX ix_favourites_newest (space=? AND person=?)" in plan
    for plan in (loved, total):
        assert "USING COVERING INDEX ix_favourites_picture (space=?)" in plan
    assert "USING COVERING INDEX ix_favourites_picture (space=? AND source=? AND picture_id=?)" in keepers
    assert not any("SCAN favourites" in plan for plan in plans)


async def _plan(connection: AsyncConnection, statement: str) -> str:
    values = ("",) * statement.count("?")
    rows = await connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values)
    return "\n".join(str(row.detail) for row in rows)
