"""What people may type to name a picture: ids in whichever form, and the addresses of the services' pictures."""

from __future__ import annotations

import pytest

from bot.errors import BackendNotFound, BackendUnavailable, CardGone, OddId, UnknownPicture
from bot.models import Picture, PictureKey, Source, Species
from bot.services.posts import Posts
from bot.services.resolve import Resolve, keys_of
from bot.store.store import Store

CAT, DOG = Source.CATAPI, Source.DOGAPI


@pytest.mark.parametrize(
    ("typed", "keys"),
    [
        ("cat:0XYvRd7oD", [(CAT, "0XYvRd7oD")]),
        ("dog: -Zfz5z2jK", [(DOG, "-Zfz5z2jK")]),
        ("dogapi:6euYVVE_u", [(DOG, "6euYVVE_u")]),
        ("https://cdn2.thecatapi.com/images/-Zfz5z2jK.jpg", [(CAT, "-Zfz5z2jK")]),
        ("<https://cdn2.thedogapi.com/images/6euYVVE_u.png?x=1>", [(DOG, "6euYVVE_u")]),
        ("https://cdn2.thedogapi.com/images/HJq5ke5Nm_1280.jpg", [(DOG, "HJq5ke5Nm_1280"), (DOG, "HJq5ke5Nm")]),
        ("https://cdn2.thedogapi.com/images/abc_390x256.jpg", [(DOG, "abc_390x256"), (DOG, "abc")]),
    ],
)
def test_an_id_may_say_whose_it_is(typed: str, keys: list[tuple[Source, str]]) -> None:
    assert keys_of(typed) == [PictureKey(*key) for key in keys]


def test_a_bare_id_may_be_anybodys_unless_a_species_is_named() -> None:
    assert [key.source for key in keys_of("-abc")] == list(Source)
    assert keys_of("-abc", Species.DOG) == [PictureKey(DOG, "-abc")]
    assert keys_of("cat:abc", Species.DOG) == [PictureKey(CAT, "abc")]


@pytest.mark.parametrize(
    "typed",
    ["", "a b", "cat:", "bird:abc", "a/b", "é", "x" * 65, "https://example.org/images/abc.jpg", "abc\n", "*abc*"],
)
async def test_what_can_be_no_id_is_said_so(store: Store, typed: str) -> None:
    with pytest.raises(UnknownPicture):
        keys_of(typed)
    if typed == typed.strip():
        with pytest.raises(OddId):
            await Resolve(Posts(store), []).known(typed)


def picture(source: Source, name: str) -> Picture:
    return Picture(source=source, id=name, url=f"https://cdn2.thecatapi.com/{name}.jpg", species=Species.CAT)


class Service:
    """A service with some pictures, or none that answers."""

    def __init__(self, source: Source, *names: str, failure: Exception | None = None) -> None:
        self.source = source
        self._names = names
        self._failure = failure

    async def picture(self, image_id: str) -> Picture:
        if self._failure is not None:
            raise self._failure
        if image_id not in self._names:
            raise BackendNotFound(self.source, "none")
        return picture(self.source, image_id)


async def test_what_is_remembered_is_known_before_a_service_is_asked(store: Store) -> None:
    resolve = Resolve(Posts(store), [Service(CAT, "a")])
    assert await resolve.known("a") is None
    assert await resolve.fetched(" a ") == picture(CAT, "a")
    assert await resolve.known("a") == await resolve.known("a", Species.CAT) == picture(CAT, "a")
    assert await resolve.known("a", Species.DOG) is None


async def test_of_two_with_one_id_the_species_decides(store: Store) -> None:
    resolve = Resolve(Posts(store), [Service(CAT, "a"), Service(DOG, "a")])
    assert (await resolve.fetched("a")).source is CAT
    assert (await resolve.fetched("a", Species.DOG)).source is DOG
    assert (await resolve.fetched("dog:a")).source is DOG


async def test_a_drawing_does_not_take_the_place_of_what_a_silent_service_may_have(store: Store) -> None:
    drawings = Service(Source.SHIPPED, "a")
    down = Service(CAT, failure=BackendUnavailable("catapi", "down"))
    with pytest.raises(BackendUnavailable):
        await Resolve(Posts(store), [down, drawings]).fetched("a")
    assert (await Resolve(Posts(store), [down, drawings]).fetched("shipped:a")).source is Source.SHIPPED
    assert (await Resolve(Posts(store), [Service(CAT), drawings]).fetched("a")).source is Source.SHIPPED


async def test_what_nobody_has_is_said_so(store: Store) -> None:
    resolve = Resolve(Posts(store), [Service(CAT), Service(DOG)])
    with pytest.raises(UnknownPicture):
        await resolve.fetched("nobodys")
    with pytest.raises(CardGone):
        await resolve.recall(PictureKey(CAT, "nobodys"))
