"""The pictures that come with Pawprint: each can be shown, and says what it shows."""

from __future__ import annotations

import io

import pytest
from PIL import Image

from bot.backends.service import Priority
from bot.clock import ManualClock
from bot.errors import BackendNotFound
from bot.models import Picture, PictureKey, Source, Species
from bot.services.breeds import Breeds
from bot.services.checks import Checks
from bot.services.delivery import Delivery, linkable
from bot.services.shipped import Shipped, alt_of
from tests.unit.test_delivery import Memory

SHIPPED = Shipped(Breeds())
EVERY = [picture for species in Species for picture in SHIPPED.of(species)]


def test_nearly_every_breed_has_one_and_they_can_be_told_apart() -> None:
    breeds = Breeds()
    drawn = {(picture.species, breed.id) for picture in EVERY for breed in picture.breeds}
    without = {(s, breed.id) for s in Species for breed in breeds.all(s)} - drawn
    assert without == {(Species.CAT, "mala")}
    assert len({picture.key for picture in EVERY}) == len(EVERY)
    assert all(picture.source is Source.SHIPPED for picture in EVERY)


@pytest.mark.parametrize("species", Species)
def test_some_move(species: Species) -> None:
    assert [picture for picture in SHIPPED.of(species) if picture.animated]


def test_the_categories_have_the_numbers_of_the_service() -> None:
    shown = {category.name: category.id for picture in EVERY for category in picture.categories}
    assert shown["hats"] == "1"
    assert set(shown) == {"boxes", "clothes", "hats", "sinks", "space", "sunglasses", "ties"}


def test_each_is_described() -> None:
    assert all(20 < len(alt_of(picture) or "") < 300 for picture in EVERY)
    other = Picture(source=Source.CATAPI, id=EVERY[0].id, url=EVERY[0].url, species=Species.CAT)
    assert alt_of(other) is None


async def test_each_goes_up_as_the_bytes_it_is() -> None:
    delivery = Delivery({Source.SHIPPED: SHIPPED}, Checks(Memory(), ManualClock()))
    for picture in EVERY[::30]:
        assert not linkable(picture.url)
        assert await delivery.prove(picture) == picture
        (media,) = await delivery.prepare([picture])
        assert media.content is not None
        with Image.open(io.BytesIO(media.content)) as image:
            assert image.size == (picture.width, picture.height)
        facts = await SHIPPED.check_picture(picture.url, priority=Priority.PEOPLE)
        assert (facts.size, facts.inside) == (len(media.content), True)


@pytest.mark.parametrize(
    "url", ["shipped:gone.jpg", "shipped:../cats.json", "shipped:", "https://pawprint.example/a.jpg"]
)
async def test_nothing_else_is_read(url: str) -> None:
    with pytest.raises(BackendNotFound):
        await SHIPPED.fetch_picture(url, priority=Priority.PEOPLE)


async def test_one_is_found_by_its_id() -> None:
    found = await SHIPPED.picture(EVERY[0].id)
    assert found == EVERY[0]
    assert found.key == PictureKey(SHIPPED.source, EVERY[0].id)
    with pytest.raises(BackendNotFound):
        await SHIPPED.picture("no-such-id")


def test_a_breed_that_its_service_gave_up_is_not_named() -> None:
    breeds = Breeds()
    breeds.replace(Species.CAT, [breed for breed in breeds.all(Species.CAT) if breed.id != "siam"])
    names = {name.id for picture in Shipped(breeds).of(Species.CAT) for name in picture.breeds}
    assert "siam" not in names
    assert "abys" in names
