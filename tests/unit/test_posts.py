"""What was posted where is found again, until it is deleted."""

from __future__ import annotations

import pytest

from bot.card import Card
from bot.identity import Person
from bot.models import Motion, Picture, PictureKey, Source, Species, Wanted
from bot.services.posts import NOBODY, Posted, Posts
from bot.store.store import Store

MIA, SERVER, PETS, DAILY = 7, 100, 200, 201
WANTED = Wanted(species=Species.CAT, breed_id="siam", category_id="5", motion=Motion.STILL)


@pytest.fixture
def posts(store: Store) -> Posts:
    return Posts(store)


def picture(number: int) -> Picture:
    url = f"https://cdn2.thecatapi.com/images/{number}.jpg"
    return Picture(source=Source.CATAPI, id=f"p{number}", url=url, species=Species.CAT)


def card(number: int) -> Card:
    return Card(PictureKey(Source.CATAPI, f"p{number}"), WANTED, MIA)


async def test_a_message_is_found_with_its_cards_in_order(posts: Posts) -> None:
    await posts.record(1, PETS, SERVER, [card(3), card(1), card(2)], ["cat-1.jpg", "cat-2.jpg", "cat-3.jpg"])
    assert await posts.of_message(1) == Posted(
        1, PETS, SERVER, (card(3), card(1), card(2)), ("cat-1.jpg", "cat-2.jpg", "cat-3.jpg")
    )
    assert await posts.of_message(2) is None


async def test_links_have_no_attachments(posts: Posts) -> None:
    await posts.record(1, PETS, SERVER, [card(1), card(2)], [])
    posted = await posts.of_message(1)
    assert posted is not None
    assert posted.attachments == ()


async def test_another_picture_in_place_takes_the_place_of_the_first(posts: Posts) -> None:
    await posts.record(1, PETS, SERVER, [card(1)], [])
    await posts.record(1, PETS, SERVER, [card(2)], [])
    posted = await posts.of_message(1)
    assert posted is not None
    assert posted.cards == (card(2),)
    assert await posts.showing(SERVER, card(1).picture) == []


async def test_all_messages_that_show_a_picture_are_found_once_each_newest_first(posts: Posts) -> None:
    await posts.record(1, PETS, SERVER, [card(1)], [])
    await posts.record(2, DAILY, SERVER, [card(2), card(1), card(1)], [])
    await posts.record(3, PETS, SERVER, [card(2)], [])
    await posts.record(4, PETS, 0, [card(1)], [])
    assert [post.message_id for post in await posts.showing(SERVER, card(1).picture)] == [2, 1]


async def test_deleted_messages_and_channels_are_forgotten(posts: Posts) -> None:
    for message, channel in ((1, PETS), (2, PETS), (3, PETS), (4, DAILY)):
        await posts.record(message, channel, SERVER, [card(1)], [])
    await posts.forget_messages([1, 999])
    await posts.forget_messages([])
    assert [post.message_id for post in await posts.showing(SERVER, card(1).picture)] == [4, 3, 2]
    newest = await posts.newest_in(PETS)
    assert newest is not None
    assert newest.message_id == 3
    await posts.forget_channels([PETS])
    assert await posts.newest_in(PETS) is None
    assert await posts.of_message(4) is not None


async def test_pictures_are_kept_when_their_messages_are_gone(posts: Posts) -> None:
    await posts.keep_pictures([picture(1), picture(2)])
    await posts.record(1, PETS, SERVER, [card(1)], [])
    await posts.forget_messages([1])
    assert await posts.picture(card(1).picture) == picture(1)
    assert await posts.picture(card(9).picture) is None


async def test_who_asked_is_forgotten_and_their_cards_go_on_working(posts: Posts) -> None:
    theirs, others = card(1), Card(card(2).picture, WANTED, 8)
    await posts.record(1, PETS, SERVER, [theirs, card(2)], ["cat-1.jpg"])
    await posts.record(2, PETS, SERVER, [others], [])
    await posts.record(3, PETS, 0, [theirs], [])
    assert await posts.forget(Person(SERVER, MIA)) == 2
    first, second, third = [await posts.of_message(message) for message in (1, 2, 3)]
    assert first is not None
    assert second is not None
    assert third is not None
    assert [(kept.picture, kept.wanted, kept.requester) for kept in first.cards] == [
        (theirs.picture, WANTED, NOBODY),
        (card(2).picture, WANTED, NOBODY),
    ]
    assert first.attachments == ("cat-1.jpg",)
    assert (second.cards, third.cards) == ((others,), (theirs,))
    assert await posts.forget(Person(SERVER, MIA)) == 0
