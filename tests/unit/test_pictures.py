"""The pool and the rings: nothing comes twice in a channel before the supply is through, whatever happens meanwhile."""

from __future__ import annotations

import asyncio
import random
from collections import defaultdict
from collections.abc import Collection, Coroutine, Sequence
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.backends.service import Priority
from bot.errors import (
    BackendConfused,
    BackendError,
    BackendLimited,
    BackendNotFound,
    BackendRefused,
    BackendUnavailable,
    NoPictures,
)
from bot.models import BreedName, Motion, Picture, PictureKey, Source, Species, Trouble, Wanted
from bot.services.breeds import Breeds
from bot.services.pictures import Pictures
from bot.services.pool import Pool, Ring, Shows, anything
from bot.telemetry import Counts

CATS = Wanted(species=Species.CAT)
SIAMESE = Wanted(species=Species.CAT, breed_id="siam")
EITHER = Wanted(species=None)
BREEDS = Breeds()


def picture(number: int | str) -> Picture:
    url = f"https://cdn2.thecatapi.com/images/{number}.jpg"
    return Picture(source=Source.CATAPI, id=f"p{number}", url=url, species=Species.CAT)


class Service:
    """A service with so many pictures, which it gives at random, as the real ones do."""

    def __init__(self, supply: int, seed: int = 1) -> None:
        self.supply = [picture(number) for number in range(supply)]
        self.asked: list[Priority] = []
        self.breeds: list[Sequence[str]] = []
        self.failure: Exception | None = None
        self._dice = random.Random(seed)

    async def search(
        self,
        *,
        limit: int,
        breed_ids: Sequence[str] = (),
        category_ids: Sequence[str] = (),
        motion: Motion | None = None,
        priority: Priority = Priority.POOL,
    ) -> list[Picture]:
        self.asked.append(priority)
        self.breeds.append(breed_ids)
        await asyncio.sleep(0)
        if self.failure is not None:
            raise self.failure
        return self._dice.sample(self.supply, min(limit, len(self.supply)))


class Shelf:
    """The cache, as far as rings need it."""

    def __init__(self) -> None:
        self._kept: dict[str, dict[str, bytes]] = defaultdict(dict)

    async def remember(self, space: str, key: str, value: bytes = b"", *, limit: int) -> None:
        kept = self._kept[space]
        kept.pop(key, None)
        kept[key] = value
        while len(kept) > limit:
            kept.pop(next(iter(kept)))

    async def recall(self, space: str) -> list[tuple[str, bytes]]:
        return list(reversed(self._kept[space].items()))


class Unproven:
    """Takes pictures as they come."""

    def standing(self, picture: Picture) -> Picture:
        return picture

    async def prove(self, picture: Picture, priority: Priority) -> Picture:
        return picture


def spawn(work: Coroutine[Any, Any, Any], *, name: str) -> asyncio.Task[Any]:
    return asyncio.get_running_loop().create_task(work, name=name)


def open_pictures(service: Service, shelf: Shelf | None = None, **sizes: Any) -> Pictures:
    return Pictures({Species.CAT: service, Species.DOG: service}, spawn, BREEDS, shelf or Shelf(), Unproven(), **sizes)


async def ask(pictures: Pictures, wanted: Wanted, channel: int, count: int) -> list[PictureKey]:
    """Ask as a command does: at hand, or else from the service."""
    found = await pictures.ready(wanted, channel, count) or await pictures.take(wanted, channel, count)
    return [picture.key for picture in found]


async def rest() -> None:
    """Let the background work end."""
    while others := asyncio.all_tasks() - {asyncio.current_task()}:
        await asyncio.wait(others)


@settings(max_examples=60)
@given(
    supply=st.integers(1, 24),
    counts=st.lists(st.integers(1, 4), min_size=1, max_size=30),
    restarts=st.sets(st.integers(0, 29), max_size=3),
    seed=st.integers(0, 999),
)
def test_as_many_in_a_row_as_there_are_never_repeat(
    supply: int, counts: list[int], restarts: set[int], seed: int
) -> None:
    async def play() -> list[PictureKey]:
        shelf, service = Shelf(), Service(supply, seed)
        pictures, seen = open_pictures(service, shelf), list[PictureKey]()
        for turn, count in enumerate(counts):
            if turn in restarts:
                await rest()
                pictures = open_pictures(service, shelf)
            got = await ask(pictures, SIAMESE, 1, count)
            assert len(got) == min(count, supply)
            seen += got
        await rest()
        return seen

    seen = asyncio.run(play())
    for start in range(len(seen) - supply + 1):
        assert len(set(seen[start : start + supply])) == supply


@settings(max_examples=40)
@given(
    asked=st.lists(
        st.tuples(st.sampled_from([CATS, SIAMESE]), st.integers(1, 3), st.integers(1, 4)), min_size=2, max_size=12
    ),
    seed=st.integers(0, 999),
)
def test_people_who_ask_at_the_same_time_get_different_pictures(
    asked: list[tuple[Wanted, int, int]], seed: int
) -> None:
    async def play() -> list[tuple[int, list[PictureKey]]]:
        pictures = open_pictures(Service(60, seed))
        got = await asyncio.gather(*(ask(pictures, *one) for one in asked))
        await rest()
        return [(channel, keys) for (_, channel, _), keys in zip(asked, got, strict=True)]

    by_channel: dict[int, list[PictureKey]] = defaultdict(list)
    for channel, keys in asyncio.run(play()):
        by_channel[channel] += keys
    for keys in by_channel.values():
        assert len(set(keys)) == len(keys)


@given(st.integers(1, 9), st.lists(st.integers(0, 14), max_size=60))
def test_a_ring_holds_the_last_that_were_seen(size: int, seen: list[int]) -> None:
    ring = Ring(size)
    for number in seen:
        ring.add(picture(number).key)
    last = list(dict.fromkeys(reversed(seen)))[:size]
    assert list(ring) == [picture(number).key for number in reversed(last)]
    assert ring.ages() == {picture(number).key: age for age, number in enumerate(reversed(last))}
    assert all((picture(number).key in ring) == (number in last) for number in range(15))


@given(st.lists(st.integers(0, 30), max_size=40), st.sets(st.integers(0, 30)), st.lists(st.integers(1, 4), max_size=10))
def test_a_pool_gives_each_picture_once_and_keeps_those_that_were_seen(
    offered: list[int], seen: set[int], counts: list[int]
) -> None:
    pool, ring = Pool(), Ring(100, [picture(number).key for number in seen])
    pool.add(picture(number) for number in offered)
    taken = [found.id for count in counts for found in pool.take(ring, count)]
    fresh = [f"p{number}" for number in dict.fromkeys(offered) if number not in seen]
    assert taken == fresh[: sum(counts)]
    assert {found.id for found in pool.ready} == {f"p{number}" for number in offered} - set(taken)


async def test_what_is_at_hand_needs_no_service() -> None:
    service = Service(200)
    pictures = open_pictures(service)
    pictures.warm()
    await rest()
    asked = len(service.asked)
    assert len(await ask(pictures, CATS, 1, 4)) == 4
    assert len(service.asked) == asked


async def test_a_pool_that_runs_low_is_filled_in_the_background() -> None:
    service = Service(200)
    pictures = open_pictures(service)
    for turn in range(12):
        assert len(await ask(pictures, CATS, turn % 2, 4)) == 4
        await rest()
    assert service.asked.count(Priority.PEOPLE) == 1


async def test_channels_do_not_take_from_each_others_rings() -> None:
    pictures = open_pictures(Service(6))
    here = [key for _ in range(3) for key in await ask(pictures, SIAMESE, 1, 2)]
    there = [key for _ in range(3) for key in await ask(pictures, SIAMESE, 2, 2)]
    assert set(here) == set(there)
    assert len(set(here)) == 6
    await rest()


async def test_fewer_come_when_there_are_fewer() -> None:
    pictures = open_pictures(Service(2))
    assert len(await ask(pictures, SIAMESE, 1, 4)) == 2


async def test_none_at_all_is_said_so() -> None:
    pictures = open_pictures(Service(0))
    assert await pictures.ready(SIAMESE, 1, 1) is None
    with pytest.raises(NoPictures):
        await pictures.take(SIAMESE, 1, 1)


async def test_a_service_that_is_down_is_said_so_unless_some_are_at_hand() -> None:
    service = Service(40)
    pictures = open_pictures(service)
    await ask(pictures, CATS, 1, 4)
    service.failure = BackendUnavailable("catapi", "down")
    with pytest.raises(BackendUnavailable):
        await pictures.take(SIAMESE, 1, 1)
    got = [await ask(pictures, CATS, 1, 4) for _ in range(6)]
    assert [len(keys) for keys in got] == [4, 4, 4, 4, 4, 1]
    with pytest.raises(BackendUnavailable):
        await pictures.take(CATS, 1, 1)
    await rest()


async def test_a_pool_that_cannot_be_filled_is_logged_and_harmless(caplog: pytest.LogCaptureFixture) -> None:
    service = Service(40)
    service.failure = BackendUnavailable("catapi", "down")
    open_pictures(service).warm()
    await rest()
    assert "could not be filled" in caplog.text


async def test_what_was_asked_for_is_named_where_the_service_names_nothing() -> None:
    pictures = open_pictures(Service(6))
    (found,) = await pictures.take(SIAMESE, 1, 1)
    assert found.breed == BreedName("siam", "Siamese")


async def test_a_picture_that_no_button_can_carry_is_not_shown() -> None:
    service = Service(0)
    service.supply = [picture("a/b:c"), picture("x" * 50), picture("fine")]
    found = await open_pictures(service).take(CATS, 1, 4)
    assert [one.id for one in found] == ["pfine"]


async def test_rings_of_channels_that_were_long_silent_are_read_again() -> None:
    pictures = open_pictures(Service(6), channels=1)
    seen = []
    for _ in range(3):
        seen += await ask(pictures, SIAMESE, 1, 2)
        await ask(pictures, SIAMESE, 2, 1)
    assert len(set(seen)) == 6
    await rest()


async def test_a_small_ring_forgets_the_oldest() -> None:
    shelf = Shelf()
    pictures = open_pictures(Service(6), shelf, ring_size=3)
    for _ in range(4):
        await ask(pictures, SIAMESE, 1, 1)
    assert len(await shelf.recall("shown 1")) == 3
    await rest()


class Dogs(Service):
    """The other service."""

    def __init__(self, supply: int) -> None:
        super().__init__(supply)
        self.supply = [
            Picture(source=Source.DOGAPI, id=one.id, url=one.url, species=Species.DOG) for one in self.supply
        ]


def both(cats: Service, dogs: Service) -> Pictures:
    return Pictures({Species.CAT: cats, Species.DOG: dogs}, spawn, BREEDS, Shelf(), Unproven())


@settings(max_examples=30)
@given(cats=st.integers(0, 12), dogs=st.integers(0, 12), counts=st.lists(st.integers(1, 4), min_size=1, max_size=8))
def test_either_takes_from_both_without_a_repeat_as_long_as_there_are_any(
    cats: int, dogs: int, counts: list[int]
) -> None:
    async def play() -> list[PictureKey]:
        pictures, seen = both(Service(cats), Dogs(dogs)), list[PictureKey]()
        for count in counts:
            if not cats + dogs:
                with pytest.raises(NoPictures):
                    await pictures.take(EITHER, 1, count)
                continue
            got = await ask(pictures, EITHER, 1, count)
            assert len(got) == min(count, cats + dogs)
            seen += got
        await rest()
        return seen

    seen = asyncio.run(play())
    first = seen[: cats + dogs]
    assert len(set(first)) == len(first)


async def test_either_shares_the_pools_of_both() -> None:
    cats, dogs = Service(200), Dogs(200)
    pictures = both(cats, dogs)
    pictures.warm()
    await rest()
    random.seed(8)  # else all eight are of one species now and then
    asked = len(cats.asked) + len(dogs.asked)
    found = [one for _ in range(8) for one in await pictures.ready(EITHER, 1, 1) or []]
    assert {one.species for one in found} == set(Species)
    assert len(cats.asked) + len(dogs.asked) == asked
    await rest()


async def test_either_is_answered_by_the_one_that_answers() -> None:
    cats = Service(40)
    cats.failure = BackendUnavailable("catapi", "down")
    found = await both(cats, Dogs(40)).serve(EITHER, 1, 4)
    assert [one.species for one in found.pictures] == [Species.DOG] * 4
    assert found.troubles == {}


async def test_a_group_is_a_wish_for_any_breed_of_it() -> None:
    dogs = Dogs(30)
    pictures = both(Service(0), dogs)
    assert len(await pictures.take(Wanted(species=Species.DOG, group="non-sporting"), 1, 4)) == 4
    asked = {breed.group for breed_id in dogs.breeds[0] if (breed := BREEDS.get(Species.DOG, breed_id))}
    assert asked == {"Non-Sporting"}
    assert len(dogs.breeds[0]) > 10
    with pytest.raises(NoPictures):
        await pictures.take(Wanted(species=Species.DOG, group="given-up"), 1, 1)
    assert len(dogs.breeds) == 1, "a wish for nothing is not a wish for anything"
    await rest()


class Others:
    """Pictures that stand in."""

    def __init__(self, supply: int) -> None:
        self.supply = [picture(f"other{number}") for number in range(supply)]

    async def pick(
        self,
        wanted: Wanted,
        count: int,
        ring: Ring,
        *,
        without: Collection[PictureKey] = (),
        shows: Shows = anything,
    ) -> list[Picture]:
        return [one for one in self.supply if one.key not in without][:count]


@pytest.mark.parametrize(
    ("failure", "trouble"),
    [
        (BackendUnavailable("catapi", "down"), Trouble.DOWN),
        (BackendConfused("catapi", "odd"), Trouble.DOWN),
        (BackendLimited("catapi", 60.0), Trouble.LIMITED),
        (BackendRefused("catapi", "no key", status=403), Trouble.REFUSED),
        (BackendNotFound("catapi", "gone"), Trouble.EMPTY),
        (None, Trouble.EMPTY),
    ],
)
async def test_others_stand_in_and_say_why(failure: BackendError | None, trouble: Trouble) -> None:
    service, counts = Service(0), Counts()
    service.failure = failure
    sources = {Species.CAT: service, Species.DOG: service}
    pictures = Pictures(sources, spawn, BREEDS, Shelf(), Unproven(), counts, stand_ins=Others(2))
    found = await pictures.serve(CATS, 1, 4)
    assert [one.id for one in found.pictures] == ["pother0", "pother1"]
    assert found.troubles == {one.key: trouble for one in found.pictures}
    assert counts.of("picture", "cat", "kept") == counts.of("picture") == 2


async def test_others_stand_in_for_those_that_lack_only() -> None:
    service = Service(40)
    sources = {Species.CAT: service, Species.DOG: service}
    pictures = Pictures(sources, spawn, BREEDS, Shelf(), Unproven(), stand_ins=Others(4))
    have = await pictures.take(CATS, 1, 2)
    await rest()
    pictures._pools.clear()
    service.failure = BackendUnavailable("catapi", "down")
    found = await pictures.serve(CATS, 1, 4, having=have)
    assert found.pictures[:2] == have
    assert set(found.troubles) == {one.key for one in found.pictures[2:]}
    assert len(found.pictures) == 4
    # A supply that is small is no trouble.
    service.failure, service.supply = None, service.supply[:1]
    assert len((await pictures.serve(CATS, 2, 4)).pictures) == 1


async def test_what_nothing_can_stand_in_for_is_raised() -> None:
    service = Service(0)
    sources = {Species.CAT: service, Species.DOG: service}
    pictures = Pictures(sources, spawn, BREEDS, Shelf(), Unproven(), stand_ins=Others(0))
    with pytest.raises(NoPictures):
        await pictures.serve(SIAMESE, 1, 1)
    service.failure = BackendUnavailable("catapi", "down")
    with pytest.raises(BackendUnavailable):
        await pictures.serve(SIAMESE, 1, 1)
