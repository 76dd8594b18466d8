"""A riddle of the quiz can be solved, by looking at the picture and in no other way."""

from __future__ import annotations

import random
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import BackendUnavailable, NoPictures
from bot.models import Breed, BreedName, Picture, Source, Species, Wanted
from bot.services.breeds import Breeds
from bot.services.delivery import Media
from bot.services.guild_settings import Delivery, GuildSettings
from bot.services.pool import Shows, anything
from bot.services.riddles import Riddles, others, same_name, tells

BREEDS = Breeds()
EVERY = [breed for species in Species for breed in BREEDS.all(species)]
CHANNEL = 7


def named(name: str, *alt_names: str, breed_id: str = "", group: str | None = None) -> Breed:
    return Breed(species=Species.DOG, id=breed_id or name, name=name, alt_names=alt_names, group=group)


class Supply:
    """Pictures of each breed, but for those that have none; `more` is what else is on each of them."""

    def __init__(self, *, pooled: bool = False, folder: str = "images", more: tuple[BreedName, ...] = ()) -> None:
        self.pooled = pooled
        self.folder = folder
        self.more = more
        self.without: set[str | None] = set()
        self.failure: Exception | None = None
        self.asked: list[str | None] = []

    async def ready(self, wanted: Wanted, channel: int, count: int, *, shows: Shows) -> list[Picture] | None:
        found = [one for one in [self._picture(wanted)] if shows(one)]
        return found if self.pooled and found else None

    async def take(self, wanted: Wanted, channel: int, count: int, *, shows: Shows) -> list[Picture]:
        self.asked.append(wanted.breed_id)
        if self.failure is not None:
            raise self.failure
        if wanted.breed_id in self.without:
            raise NoPictures
        found = [one for one in [self._picture(wanted)] if shows(one)]
        if not found:
            raise NoPictures
        return found

    def _picture(self, wanted: Wanted) -> Picture:
        assert wanted.species is not None
        breed = BREEDS.get(wanted.species, wanted.breed_id or "")
        assert breed is not None
        return Picture(
            source=Source.CATAPI,
            id="aB3",
            url=f"https://cdn2.thecatapi.com/{self.folder.format(breed.name)}/aB3.jpg",
            species=wanted.species,
            breeds=(BreedName(breed.id, breed.name), *self.more),
        )


class Packing:
    """Links to pictures; what is uploaded is named by the species."""

    def at_hand(self, pictures: Sequence[Picture], *, upload: bool = False) -> list[Media] | None:
        return [self._media(picture, upload) for picture in pictures]

    async def prepare(self, pictures: Sequence[Picture], *, upload: bool = False) -> list[Media]:
        return [self._media(picture, upload) for picture in pictures]

    def _media(self, picture: Picture, upload: bool) -> Media:
        name = f"{picture.species}-1.jpg"
        return Media(f"attachment://{name}", name, b"bytes") if upload else Media(picture.url)


def riddles(supply: Supply, seed: int = 1, breeds: Breeds = BREEDS) -> Riddles:
    return Riddles(breeds, supply, Packing(), random.Random(seed))


@given(st.sampled_from(EVERY), st.integers())
def test_each_breed_has_three_others_that_are_told_from_it_by_name(breed: Breed, seed: int) -> None:
    found = others(breed, BREEDS.all(breed.species), random.Random(seed))
    four = [breed, *found]
    assert len({one.name.casefold() for one in four}) == len({one.id for one in four}) == 4
    assert {one.species for one in four} == {breed.species}
    assert not any(same_name(a, b) for a in four for b in four if a is not b)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        (named("Burmese"), named("European Burmese"), True),
        (named("Caucasian Shepherd Dog", breed_id="70"), named("Caucasian shepherd dog", breed_id="269"), True),
        (named("Cymric", "Longhaired Manx"), named("Manx"), True),
        (named("Poodle (Toy)"), named("Poodle (Miniature)"), False),
        (named("Pug"), named("Puggle"), False),
    ],
)
def test_names_that_may_mean_either_are_told(one: Breed, other: Breed, same: bool) -> None:
    assert same_name(one, other) is same_name(other, one) is same


def test_what_is_akin_comes_before_what_is_not() -> None:
    right = named("Aa", group="Toy")
    toys = [named(f"B{letter}", group="Toy") for letter in "abcdefghi"]
    hounds = [named(f"C{letter}", group="Hound") for letter in "abcdefghi"]
    for seed in range(20):
        assert {one.group for one in others(right, [*hounds, right, *toys], random.Random(seed))} == {"Toy"}
    few = others(right, [*hounds, right, *toys[:2]], random.Random(1))
    assert len(few) == 3


def test_too_few_breeds_make_no_riddle() -> None:
    with pytest.raises(NoPictures):
        others(named("Aa"), [named("Aa"), named("Bb"), named("Cc"), named("Bb Cc")], random.Random(1))


async def test_a_service_with_three_breeds_makes_no_riddle() -> None:
    few = Breeds()
    few.replace(Species.CAT, BREEDS.all(Species.CAT)[:3])
    with pytest.raises(NoPictures):
        await riddles(Supply(), breeds=few).find(Species.CAT, CHANNEL, GuildSettings(), anything)


@pytest.mark.parametrize(
    ("address", "telling"),
    [
        ("https://cdn2.thedogapi.com/images/0XYvRd7oD.jpg", False),
        ("https://storage.example.org/originals/8009d9ca-11aa.jpeg?size=small", False),
        ("attachment://dog-1.jpg", False),
        ("https://images.example.org/breeds/pug/1.jpg", True),
        ("https://images.example.org/pugnacious.jpg", False),
        ("https://images.example.org/DutchMastiffPuppy.jpg", True),
        ("https://images.example.org/a%20Mastiff.jpg", True),
        ("https://images.example.org/a.jpg?breed=201", True),
        ("https://images.example.org/2012.jpg", False),
    ],
)
def test_an_address_that_tells_is_found(address: str, telling: bool) -> None:
    assert tells(address, named("Pug", "Dutch Mastiff", breed_id="201")) is telling


@pytest.mark.parametrize("species", Species)
async def test_a_riddle_is_a_picture_of_one_breed_with_four_to_choose_from(species: Species) -> None:
    places = set()
    for seed in range(40):
        supply = Supply(pooled=True)
        found = await riddles(supply, seed).at_hand(species, CHANNEL, GuildSettings(), anything)
        assert found is not None
        assert supply.asked == []
        assert [name.id for name in found.picture.breeds] == [found.choices[found.answer].id]
        assert len(set(found.choices)) == 4
        places.add(found.answer)
    assert places == {0, 1, 2, 3}


async def test_nothing_at_hand_is_looked_for() -> None:
    supply = Supply()
    assert await riddles(supply).at_hand(Species.CAT, CHANNEL, GuildSettings(), anything) is None
    found = await riddles(supply).find(Species.CAT, CHANNEL, GuildSettings(), anything)
    assert supply.asked == [found.choices[found.answer].id]
    assert found.media.reference == "https://cdn2.thecatapi.com/images/aB3.jpg"


async def test_a_link_that_tells_the_breed_gives_way_to_bytes() -> None:
    supply = Supply(pooled=True, folder="images/{}")
    assert await riddles(supply).at_hand(Species.DOG, CHANNEL, GuildSettings(), anything) is None
    found = await riddles(supply).find(Species.DOG, CHANNEL, GuildSettings(), anything)
    assert (found.media.reference, found.media.content) == ("attachment://dog-1.jpg", b"bytes")


@pytest.mark.parametrize("pooled", [True, False])
async def test_a_servers_settings_hold(pooled: bool) -> None:
    allowed = ["abys", "siam", "manx", "kora"]
    excluded = tuple(f"cat:{breed.id}" for breed in BREEDS.all(Species.CAT) if breed.id not in allowed)
    settings = GuildSettings(excluded_breeds=excluded, delivery=Delivery.UPLOAD)
    for seed in range(8):
        table = riddles(Supply(pooled=pooled), seed)
        found = await (table.at_hand if pooled else table.find)(Species.CAT, CHANNEL, settings, settings.shows)
        assert found is not None
        assert sorted(choice.id for choice in found.choices) == sorted(allowed)
        assert found.media.content == b"bytes"
    with pytest.raises(NoPictures):
        await table.find(Species.CAT, CHANNEL, GuildSettings(excluded_breeds=(*excluded, "cat:kora")), anything)


async def test_breeds_without_pictures_give_way_to_others() -> None:
    supply = Supply()
    first = [breed.id for breed in riddles(supply)._draw(BREEDS.all(Species.CAT))]
    supply.without = set(first[:3])
    found = await riddles(supply).find(Species.CAT, CHANNEL, GuildSettings(), anything)
    assert supply.asked == first
    assert found.choices[found.answer].id == first[3]
    supply.without = set(first)
    with pytest.raises(NoPictures):
        await riddles(supply).find(Species.CAT, CHANNEL, GuildSettings(), anything)


async def test_what_is_hidden_is_no_riddle() -> None:
    assert await riddles(Supply(pooled=True)).at_hand(Species.CAT, CHANNEL, GuildSettings(), lambda _: False) is None
    with pytest.raises(NoPictures):
        await riddles(Supply()).find(Species.CAT, CHANNEL, GuildSettings(), lambda _: False)


async def test_a_picture_of_two_breeds_is_no_riddle() -> None:
    supply = Supply(pooled=True, more=(BreedName("x", "Another"),))
    assert await riddles(supply).at_hand(Species.CAT, CHANNEL, GuildSettings(), anything) is None
    with pytest.raises(NoPictures):
        await riddles(supply).find(Species.CAT, CHANNEL, GuildSettings(), anything)


async def test_a_service_that_is_down_is_asked_once() -> None:
    supply = Supply()
    supply.failure = BackendUnavailable("catapi", "no answer")
    with pytest.raises(BackendUnavailable):
        await riddles(supply).find(Species.CAT, CHANNEL, GuildSettings(), anything)
    assert len(supply.asked) == 1
