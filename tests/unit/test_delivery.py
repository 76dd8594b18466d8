"""What Discord shows from a link, what goes up as bytes, and how many bytes are kept."""

from __future__ import annotations

import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import BackendUnavailable
from bot.models import Picture, Source, Species
from bot.services.delivery import Delivery, Media


def at(url: str, picture_id: str = "abc", species: Species = Species.CAT) -> Picture:
    return Picture(source=Source.CATAPI, id=picture_id, url=url, species=species)


LINK = at("https://cdn2.thecatapi.com/images/abc.jpg")
LOCAL = at("http://127.0.0.1:8080/cat/images/abc.jpg")


class Shelf:
    """A service's pictures: bytes of a size, in a type; counts what is fetched."""

    def __init__(self, size: int = 10, kind: str = "image/png") -> None:
        self.fetched: list[str] = []
        self._content = (b"x" * size, kind)

    async def fetch(self, picture: Picture) -> tuple[bytes, str]:
        self.fetched.append(picture.id)
        await asyncio.sleep(0)
        return self._content

    async def __call__(self, picture: Picture) -> tuple[bytes, str]:
        return await self.fetch(picture)


@pytest.mark.parametrize(
    "url",
    [
        "https://cdn2.thecatapi.com/images/abc.jpg",
        "https://cdn2.thecatapi.com:443/images/abc.jpg",
        "HTTPS://CDN2.TheCatApi.com/abc.jpg?x=1#y",
        "https://64.media.tumblr.com/abc.jpg",
        "https://xn--ktzchen-5wa.de/abc.jpg",
        "https://cats.example.org./abc.jpg",
    ],
)
def test_a_public_name_over_https_is_a_link(url: str) -> None:
    assert Delivery.links(at(url))


@pytest.mark.parametrize(
    "url",
    [
        "http://cdn2.thecatapi.com/abc.jpg",
        "https://127.0.0.1/abc.jpg",
        "https://192.168.1.7/abc.jpg",
        "https://8.8.8.8/abc.jpg",
        "https://0x7f.0x1/abc.jpg",
        "https://2130706433/abc.jpg",
        "https://127.1/abc.jpg",
        "https://[::1]/abc.jpg",
        "https://[::ffff:10.0.0.1]/abc.jpg",
        "https://localhost/abc.jpg",
        "https://cats.localhost/abc.jpg",
        "https://nas.local/abc.jpg",
        "https://cats.internal/abc.jpg",
        "https://cattopic/abc.jpg",
        "https://cdn2.thecatapi.com:8443/abc.jpg",
        "https://cdn2.thecatapi.com:99999/abc.jpg",
        "https://cdn2.thecatapi.com:abc/abc.jpg",
        "https://user@cdn2.thecatapi.com/abc.jpg",
        "https://user:secret@cdn2.thecatapi.com/abc.jpg",
        "https://[bad/abc.jpg",
        "https:///abc.jpg",
        "//cdn2.thecatapi.com/abc.jpg",
        "ftp://cdn2.thecatapi.com/abc.jpg",
        "data:image/png;base64,AAAA",
        "",
    ],
)
def test_anything_else_goes_up_as_bytes(url: str) -> None:
    assert not Delivery.links(at(url))


@given(st.text(max_size=60))
def test_no_address_breaks_it(text: str) -> None:
    for url in (text, f"https://{text}", f"https://{text}/a.jpg"):
        assert Delivery.links(at(url)) in (True, False)


@given(st.ip_addresses())
def test_an_ip_address_is_never_a_link(address: object) -> None:
    host = f"[{address}]" if ":" in str(address) else str(address)
    assert not Delivery.links(at(f"https://{host}/abc.jpg"))


async def test_a_link_needs_no_network() -> None:
    shelf = Shelf()
    delivery = Delivery(shelf)
    assert delivery.at_hand([LINK]) == [Media(LINK.url)]
    assert await delivery.prepare([LINK]) == [Media(LINK.url)]
    assert shelf.fetched == []


@pytest.mark.parametrize(
    ("kind", "name"), [("image/png", "cat-1.png"), ("image/gif", "cat-1.gif"), ("image/tiff", "cat-1.jpg")]
)
async def test_bytes_are_named_by_what_they_are(kind: str, name: str) -> None:
    (media,) = await Delivery(Shelf(kind=kind)).prepare([LOCAL])
    assert media == Media(f"attachment://{name}", name, b"x" * 10)


async def test_bytes_are_fetched_once_and_then_at_hand() -> None:
    shelf = Shelf()
    delivery = Delivery(shelf)
    assert delivery.at_hand([LINK, LOCAL]) is None
    prepared = await delivery.prepare([LINK, LOCAL])
    assert [item.reference for item in prepared] == [LINK.url, "attachment://cat-2.png"]
    assert delivery.at_hand([LINK, LOCAL]) == prepared
    assert await delivery.prepare([LINK, LOCAL]) == prepared
    assert shelf.fetched == ["abc"]


async def test_several_uploads_have_names_of_their_own() -> None:
    pictures = [at("http://10.0.0.1/x", str(number)) for number in range(4)]
    prepared = await Delivery(Shelf()).prepare(pictures)
    assert len({item.name for item in prepared}) == 4


async def test_only_so_many_bytes_are_kept_and_the_longest_unused_go() -> None:
    shelf = Shelf(size=10)
    delivery = Delivery(shelf, keeps=25)
    first, second, third = (at("http://10.0.0.1/x", name) for name in ("1", "2", "3"))
    await delivery.prepare([first, second])
    await delivery.prepare([first])
    await delivery.prepare([third])
    assert delivery.at_hand([first])
    assert delivery.at_hand([third])
    assert delivery.at_hand([second]) is None


async def test_equal_fetches_at_once_do_not_use_up_the_room() -> None:
    delivery = Delivery(Shelf(size=10), keeps=25)
    first, second = (at("http://10.0.0.1/x", name) for name in ("1", "2"))
    await asyncio.gather(*(delivery.prepare([first]) for _ in range(5)))
    await delivery.prepare([second])
    assert delivery.at_hand([first, second])


async def test_one_picture_larger_than_the_room_is_shown_all_the_same() -> None:
    (media,) = await Delivery(Shelf(size=50), keeps=25).prepare([LOCAL])
    assert media.content == b"x" * 50


async def test_what_the_service_raises_comes_through() -> None:
    async def fetch(picture: Picture) -> tuple[bytes, str]:
        raise BackendUnavailable("catapi", picture.id)

    delivery = Delivery(fetch)
    with pytest.raises(BackendUnavailable):
        await delivery.prepare([LOCAL])
    assert delivery.at_hand([LOCAL]) is None
