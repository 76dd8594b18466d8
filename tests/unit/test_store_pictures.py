"""Pictures and posts are found again, by the keys that cards, reactions and menus carry."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from bot.models import BreedName, Category, Picture, PictureKey, Source, Species
from bot.store.pictures import picture, pictures, save_pictures
from bot.store.posts import Entry, forget_channels, forget_messages, posts_of, posts_showing, record_post
from bot.store.store import Store

NOW = datetime(2026, 1, 1, 12, 30, 15, 250, tzinfo=UTC)
BIG = 2**63 - 1

ABYS = Picture(
    source=Source.CATAPI,
    id="abc",
    url="https://cdn2.thecatapi.com/images/abc.jpg",
    species=Species.CAT,
    width=400,
    height=300,
    breeds=(BreedName("abys", "Abyssinian"),),
    categories=(Category("5", "boxes"),),
)
BARE = Picture(source=Source.DOGAPI, id="-x_", url="https://cdn2.thedogapi.com/images/-x_.gif", species=Species.DOG)


async def post(store: Store, message_id: int, *keys: PictureKey, channel_id: int = 7, space: int = 9) -> None:
    async with store.writing() as connection:
        await record_post(
            connection,
            message_id=message_id,
            channel_id=channel_id,
            space=space,
            entries=[Entry(key, f"card {key.id}", f"{key.id}.jpg") for key in keys],
            requester=None if message_id % 2 else BIG,
            posted_at=NOW,
        )


async def test_a_picture_comes_back_as_it_was(store: Store) -> None:
    async with store.writing() as connection:
        await save_pictures(connection, [ABYS, BARE, ABYS], seen_at=NOW)
        await save_pictures(connection, [], seen_at=NOW)
    async with store.reading() as connection:
        assert await picture(connection, ABYS.key) == ABYS
        assert await pictures(connection, [BARE.key, PictureKey(Source.DOGAPI, "abc")]) == {BARE.key: BARE}
        assert await picture(connection, PictureKey(Source.CATAPI, "unknown")) is None
        assert await pictures(connection, []) == {}


async def test_a_picture_that_changed_is_kept_as_it_is_now(store: Store) -> None:
    newer = Picture(source=Source.CATAPI, id="abc", url="https://cdn4.thecatapi.com/abc.png", species=Species.CAT)
    async with store.writing() as connection:
        await save_pictures(connection, [ABYS], seen_at=NOW)
        await save_pictures(connection, [newer], seen_at=NOW)
        assert await picture(connection, ABYS.key) == newer


@pytest.mark.parametrize("name", ["Bosanski Oštrodlaki Gonič – Barak", "犬 🐕", "Caniche \\ 'x' \"y\"", "a" * 300])
async def test_any_name_a_service_may_send_is_kept(store: Store, name: str) -> None:
    named = Picture(
        source=Source.DOGAPI, id="x", url="https://e/x", species=Species.DOG, breeds=(BreedName(name, name),)
    )
    async with store.writing() as connection:
        await save_pictures(connection, [named], seen_at=NOW)
    async with store.reading() as connection:
        assert await picture(connection, named.key) == named


async def test_a_message_leads_to_its_pictures_in_order(store: Store) -> None:
    await post(store, BIG, ABYS.key, BARE.key, channel_id=BIG, space=BIG)
    async with store.reading() as connection:
        found = await posts_of(connection, BIG)
        assert await posts_of(connection, 1) == []
    assert [(one.position, one.picture) for one in found] == [(0, ABYS.key), (1, BARE.key)]
    assert (found[0].channel_id, found[0].space, found[0].requester) == (BIG, BIG, None)
    assert found[0].posted_at == NOW


async def test_another_picture_in_place_replaces_the_first(store: Store) -> None:
    await post(store, 2, ABYS.key, BARE.key)
    await post(store, 2, BARE.key)
    async with store.reading() as connection:
        assert [(one.position, one.picture, one.requester) for one in await posts_of(connection, 2)] == [
            (0, BARE.key, BIG)
        ]


async def test_the_posts_that_show_a_picture_are_found_newest_first_in_their_space_only(store: Store) -> None:
    await post(store, 10, ABYS.key)
    await post(store, 30, BARE.key, ABYS.key)
    await post(store, 20, ABYS.key)
    await post(store, 40, ABYS.key, space=0)
    async with store.reading() as connection:
        assert [one.message_id for one in await posts_showing(connection, ABYS.key, 9)] == [30, 20, 10]
        assert [one.message_id for one in await posts_showing(connection, ABYS.key, 9, limit=1)] == [30]
        assert [one.message_id for one in await posts_showing(connection, ABYS.key, 0)] == [40]


async def test_deleted_messages_and_channels_are_forgotten(store: Store) -> None:
    for message_id, channel_id in ((1, 1), (2, 1), (3, 2), (4, 3)):
        await post(store, message_id, ABYS.key, channel_id=channel_id)
    async with store.writing() as connection:
        await forget_messages(connection, [4, 99])
        await forget_channels(connection, {1})
        await forget_messages(connection, [])
        await forget_channels(connection, set())
    async with store.reading() as connection:
        assert [one.message_id for one in await posts_showing(connection, ABYS.key, 9)] == [3]
