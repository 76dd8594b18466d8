"""What stands in when a service gives nothing: what was shown before and may still be, then the drawings."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.card import Card
from bot.clock import ManualClock
from bot.models import BreedName, Category, Motion, Picture, Source, Species, Wanted
from bot.services.breeds import Breeds
from bot.services.pool import Ring
from bot.services.posts import Posts
from bot.services.shipped import Shipped
from bot.services.standins import StandIns
from bot.store.store import Store

BREEDS = Breeds()
CATS = Wanted(species=Species.CAT)
SIAMESE = Wanted(species=Species.CAT, breed_id="siam")


class Keeper:
    """Knows which pictures may be shown without asking."""

    def __init__(self) -> None:
        self.gone: set[str] = set()
        self.looks = 0

    async def kept(self, picture: Picture) -> Picture | None:
        self.looks += 1
        return None if picture.id in self.gone else picture


class House:
    def __init__(self, store: Store) -> None:
        self.keeper = Keeper()
        self.posts = Posts(store)
        self.stand_ins = StandIns(store, self.keeper, Shipped(BREEDS), BREEDS)
        self.messages = 1000

    async def shown(self, *pictures: Picture) -> None:
        """Have pictures shown in some channel."""
        self.messages += 1
        await self.posts.keep_pictures(pictures)
        cards = [Card(picture.key, Wanted(species=picture.species), 7) for picture in pictures]
        await self.posts.record(self.messages, 1, 9, cards, [])

    async def pick(self, wanted: Wanted, count: int = 1, ring: Ring | None = None) -> list[Picture]:
        return await self.stand_ins.pick(wanted, count, ring or Ring(400))


@pytest.fixture
def house(store: Store) -> House:
    return House(store)


def cat(name: str, breed: str | None = None, category: str | None = None, ending: str = "jpg") -> Picture:
    return Picture(
        source=Source.CATAPI,
        id=name,
        url=f"https://cdn2.thecatapi.com/images/{name}.{ending}",
        species=Species.CAT,
        breeds=(BreedName(breed, breed),) if breed else (),
        categories=(Category(category, category),) if category else (),
    )


async def test_what_was_shown_comes_before_the_drawings(house: House) -> None:
    await house.shown(cat("a"), cat("b"))
    await house.shown(cat("a"))
    found = await house.pick(CATS, 4)
    assert {picture.id for picture in found[:2]} == {"a", "b"}
    assert [picture.source for picture in found[2:]] == [Source.SHIPPED] * 2


async def test_what_the_channel_has_not_seen_comes_first_then_the_longest_unseen(house: House) -> None:
    await house.shown(cat("a"), cat("b"))
    ring = Ring(400, [cat("a").key, cat("b").key])
    (drawn,) = await house.pick(CATS, 1, ring)
    assert drawn.source is Source.SHIPPED
    assert drawn.key in ring
    everything = Ring(400, [cat("b").key, cat("a").key, *(one.key for one in Shipped(BREEDS).of(Species.CAT))])
    again = [(await house.pick(CATS, 1, everything))[0].id for _ in range(2)]
    assert again == ["b", "a"]


async def test_a_picture_whose_link_does_not_stand_is_left_out(house: House) -> None:
    await house.shown(cat("good"), cat("bad"))
    house.keeper.gone = {"bad"}
    found = await house.pick(CATS, 2)
    assert found[0].id == "good"
    assert found[1].source is Source.SHIPPED


async def test_it_does_not_look_for_ever(house: House) -> None:
    many = [cat(f"x{number}") for number in range(60)]
    await house.shown(*many)
    house.keeper.gone = {picture.id for picture in many}
    (found,) = await house.pick(CATS)
    assert found.source is Source.SHIPPED
    assert house.keeper.looks == 40


async def test_what_was_shown_long_ago_is_not_looked_at(house: House, clock: ManualClock) -> None:
    await house.shown(cat("old"))
    clock.advance(timedelta(days=1, seconds=1).total_seconds())
    (found,) = await house.pick(CATS)
    assert found.source is Source.SHIPPED
    assert house.keeper.looks == 0


async def test_a_breed_is_never_another(house: House) -> None:
    await house.shown(cat("s", "siam"), cat("m", "mcoo"), cat("n"))
    found = await house.pick(SIAMESE, 4)
    assert found[0].id == "s"
    assert all(picture.breeds[0].id == "siam" for picture in found)
    assert await house.pick(Wanted(species=Species.CAT, breed_id="mala"), 4) == []


async def test_a_group_is_any_of_its_breeds(house: House) -> None:
    found = await house.pick(Wanted(species=Species.DOG, group="herding"), 4)
    groups = {breed.group for picture in found if (breed := BREEDS.get(Species.DOG, picture.breeds[0].id))}
    assert groups == {"Herding"}
    assert len(found) == 4
    assert await house.pick(Wanted(species=Species.DOG, group="gone"), 4) == []


async def test_either_species_is_either(house: House) -> None:
    found = await house.pick(Wanted(species=None), 40)
    assert {picture.species for picture in found} == set(Species)


async def test_a_wish_is_fulfilled_where_it_can_be(house: House) -> None:
    await house.shown(cat("plain"), cat("hat", category="1"), cat("moves", ending="gif"))
    hats = await house.pick(Wanted(species=Species.CAT, category_id="1"), 4)
    assert {picture.id for picture in hats} > {"hat"}
    assert all(picture.categories[0].id == "1" for picture in hats)
    moving = await house.pick(Wanted(species=Species.CAT, motion=Motion.ANIMATED), 3)
    assert moving[0].id == "moves"
    assert all(picture.animated for picture in moving)


@pytest.mark.parametrize(
    "wanted",
    [
        Wanted(species=Species.DOG, category_id="1"),
        Wanted(species=Species.CAT, category_id="1", motion=Motion.ANIMATED),
        Wanted(species=Species.CAT, breed_id="siam", motion=Motion.ANIMATED),
    ],
)
async def test_what_cannot_be_had_gives_way_to_the_nearest(house: House, wanted: Wanted) -> None:
    found = await house.pick(wanted, 3)
    assert found
    assert {wanted.unmet(picture) for picture in found} == {1}


async def test_pictures_that_the_answer_has_already_are_not_picked_again(house: House) -> None:
    await house.shown(cat("a"))
    found = await house.stand_ins.pick(CATS, 1, Ring(400), without={cat("a").key})
    assert found[0].source is Source.SHIPPED
