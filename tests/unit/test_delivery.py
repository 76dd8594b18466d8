"""What Discord shows from a link, what goes up as bytes, how long a check counts, and how many bytes are kept."""

from __future__ import annotations

import asyncio
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from bot.backends.picture_facts import PictureFacts
from bot.backends.service import Priority
from bot.clock import ManualClock
from bot.errors import BackendConfused, BackendError, BackendLimited, BackendNotFound, BackendUnavailable
from bot.models import Picture, Source, Species
from bot.services.checks import DAY, HOUR, Checks
from bot.services.delivery import LARGEST, Delivery, Media, linkable


def at(url: str, picture_id: str = "abc", species: Species = Species.CAT) -> Picture:
    return Picture(source=Source.CATAPI, id=picture_id, url=url, species=species)


LINK = at("https://cdn2.thecatapi.com/images/abc.jpg")
LOCAL = at("http://127.0.0.1:8080/cat/images/abc.jpg")


class Host:
    """A service's pictures: bytes of a size and what a look at their address tells; notes what is asked."""

    def __init__(self, size: int = 10, kind: str = "image/png", content: bytes | None = None) -> None:
        self.fetched: list[str] = []
        self.looked: list[str] = []
        self.failure: Exception | None = None
        self.facts: PictureFacts | None = None
        self._content = (b"x" * size if content is None else content, kind)

    async def fetch_picture(self, url: str, *, priority: Priority, deadline: float | None = None) -> tuple[bytes, str]:
        self.fetched.append(url)
        await asyncio.sleep(0)
        if self.failure is not None:
            raise self.failure
        return self._content

    async def check_picture(self, url: str, *, priority: Priority, deadline: float | None = None) -> PictureFacts:
        self.looked.append(url)
        await asyncio.sleep(0)
        if self.failure is not None:
            raise self.failure
        return self.facts or PictureFacts("image/jpeg", 1000, url)


class Memory:
    """The cache, as far as checks need it."""

    def __init__(self) -> None:
        self.kept: dict[tuple[str, str], bytes] = {}

    async def remember(self, space: str, key: str, value: bytes = b"", *, limit: int) -> None:
        self.kept[space, key] = value

    async def recall_one(self, space: str, key: str) -> bytes | None:
        return self.kept.get((space, key))


def delivery_of(
    host: Host, *, memory: Memory | None = None, clock: ManualClock | None = None, keeps: int = 2**20
) -> Delivery:
    return Delivery({Source.CATAPI: host}, Checks(memory or Memory(), clock or ManualClock()), keeps=keeps)


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
    assert linkable(url)


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
    assert not linkable(url)


@given(st.text(max_size=60))
def test_no_address_breaks_it(text: str) -> None:
    for url in (text, f"https://{text}", f"https://{text}/a.jpg"):
        assert linkable(url) in (True, False)


@given(st.ip_addresses())
def test_an_ip_address_is_never_a_link(address: object) -> None:
    host = f"[{address}]" if ":" in str(address) else str(address)
    assert not linkable(f"https://{host}/abc.jpg")


async def test_a_link_is_posted_only_once_its_address_was_looked_at() -> None:
    host = Host()
    delivery = delivery_of(host)
    assert delivery.at_hand([LINK]) is None
    assert delivery.standing(LINK) is None
    assert await delivery.prepare([LINK]) == [Media(LINK.url)]
    assert delivery.at_hand([LINK]) == [Media(LINK.url)]
    assert await delivery.prove(LINK) == delivery.standing(LINK) == LINK
    assert (host.looked, host.fetched) == ([LINK.url], [])


async def test_a_restart_does_not_look_again_until_a_day_has_passed() -> None:
    host, memory, clock = Host(), Memory(), ManualClock()
    await delivery_of(host, memory=memory, clock=clock).prove(LINK)
    clock.advance(DAY - 1)
    again = delivery_of(host, memory=memory, clock=clock)
    assert await again.prepare([LINK]) == [Media(LINK.url)]
    assert host.looked == [LINK.url]
    clock.advance(1)
    assert again.standing(LINK) is None
    assert again.at_hand([LINK]) is None
    await again.prove(LINK)
    assert host.looked == [LINK.url] * 2


@pytest.mark.parametrize("picture", [LINK, LOCAL])
async def test_a_picture_that_failed_is_not_asked_for_within_the_hour(picture: Picture) -> None:
    host, memory, clock = Host(), Memory(), ManualClock()
    host.failure = BackendNotFound("catapi", "Not Found", status=404)
    for _ in range(2):
        with pytest.raises(BackendNotFound, match="Not Found"):
            await delivery_of(host, memory=memory, clock=clock).prove(picture)
    assert host.looked + host.fetched == [picture.url]
    host.failure = None
    clock.advance(HOUR)
    await delivery_of(host, memory=memory, clock=clock).prove(picture)
    assert host.looked + host.fetched == [picture.url] * 2


@pytest.mark.parametrize("failure", [BackendUnavailable("catapi", "down"), BackendLimited("catapi", 9)])
async def test_a_host_that_says_nothing_of_the_picture_is_asked_again(failure: BackendError) -> None:
    host = Host()
    delivery = delivery_of(host)
    host.failure = failure
    with pytest.raises(type(failure)):
        await delivery.prove(LINK)
    host.failure = None
    assert await delivery.prove(LINK) == LINK


async def test_what_needs_nobody_to_be_asked_is_known() -> None:
    host, memory, clock = Host(), Memory(), ManualClock()
    delivery = delivery_of(host, memory=memory, clock=clock)
    assert await delivery.kept(LINK) is None, "its link was not looked at"
    await delivery.prove(LINK)
    await delivery.prove(LOCAL)
    restarted = delivery_of(host, memory=memory, clock=clock)
    asked = len(host.looked) + len(host.fetched)
    assert await restarted.kept(LINK) == LINK
    assert await delivery.kept(LOCAL) == LOCAL
    assert await restarted.kept(LOCAL) is None, "its bytes are not at hand any more"
    clock.advance(DAY)
    assert await delivery.kept(LINK) is None
    assert len(host.looked) + len(host.fetched) == asked
    host.failure = BackendNotFound("catapi", "gone")
    with pytest.raises(BackendNotFound):
        await delivery.prove(LINK)
    assert await delivery.kept(LINK) is None


async def test_what_redirects_is_posted_by_its_target_for_good() -> None:
    host, memory = Host(), Memory()
    target = "https://cdn4.thedogapi.com/optimized/abc.jpg"
    host.facts = PictureFacts("image/jpeg", 1000, target, moved=True)
    delivery = delivery_of(host, memory=memory)
    proven = await delivery.prove(LINK)
    assert proven == at(target)
    assert delivery.standing(LINK) == delivery.standing(proven) == proven
    assert delivery.at_hand([LINK]) == delivery.at_hand([proven]) == [Media(target)]
    assert await delivery_of(host, memory=memory).prepare([proven]) == [Media(target)]
    assert host.looked == [LINK.url]


@pytest.mark.parametrize(
    "facts",
    [
        PictureFacts("image/jpeg", 1000, "https://bucket.example/abc.jpg?Signature=x&Expires=9", moved=True),
        PictureFacts("image/jpeg", 1000, "http://cdn2.thecatapi.com/abc.jpg", moved=True),
        PictureFacts("image/jpeg", LARGEST + 1, LINK.url),
        PictureFacts("image/jpeg", None, LINK.url),
        PictureFacts("image/jpeg", 1000, LINK.url, inside=True),
    ],
)
async def test_what_is_no_good_link_goes_up_as_bytes(facts: PictureFacts) -> None:
    host, memory = Host(), Memory()
    host.facts = facts
    delivery = delivery_of(host, memory=memory)
    assert await delivery.prove(LINK) == LINK
    (media,) = delivery.at_hand([LINK]) or []
    assert media == Media("attachment://cat-1.png", "cat-1.png", b"x" * 10)
    again = delivery_of(host, memory=memory)
    assert await again.prepare([LINK]) == [media]
    assert len(host.looked) == 1


async def test_a_large_animated_picture_is_not_even_fetched() -> None:
    host = Host()
    host.facts = PictureFacts("image/gif", LARGEST + 1, LINK.url)
    with pytest.raises(BackendConfused, match="animated"):
        await delivery_of(host).prove(LINK)
    assert host.fetched == []


async def test_a_link_is_posted_percent_encoded_as_it_was_looked_at() -> None:
    host = Host()
    host.facts = PictureFacts("image/jpeg", 1000, "https://cdn2.thecatapi.com/images/K%C3%A4tzchen.jpg", moved=False)
    (media,) = await delivery_of(host).prepare([at("https://cdn2.thecatapi.com/images/Kätzchen.jpg")])
    assert media.reference == "https://cdn2.thecatapi.com/images/K%C3%A4tzchen.jpg"


async def test_a_service_that_is_no_longer_in_use_has_no_pictures() -> None:
    delivery = Delivery({}, Checks(Memory(), ManualClock()))
    for picture in (LINK, LOCAL):
        with pytest.raises(BackendNotFound):
            await delivery.prove(picture)


@pytest.mark.parametrize(
    ("kind", "name"), [("image/png", "cat-1.png"), ("image/gif", "cat-1.gif"), ("image/tiff", "cat-1.jpg")]
)
async def test_bytes_are_named_by_what_they_are(kind: str, name: str) -> None:
    (media,) = await delivery_of(Host(kind=kind)).prepare([LOCAL])
    assert media == Media(f"attachment://{name}", name, b"x" * 10)


async def test_bytes_are_fetched_once_and_then_at_hand() -> None:
    host = Host()
    delivery = delivery_of(host)
    assert delivery.at_hand([LINK, LOCAL]) is None
    prepared = await delivery.prepare([LINK, LOCAL])
    assert [item.reference for item in prepared] == [LINK.url, "attachment://cat-2.png"]
    assert delivery.at_hand([LINK, LOCAL]) == prepared
    assert await delivery.prepare([LINK, LOCAL]) == prepared
    assert host.fetched == [LOCAL.url]


async def test_a_message_drawn_anew_keeps_its_uploads_and_links_apart() -> None:
    host = Host()
    delivery = delivery_of(host)
    pictures = [LINK, LOCAL, at("http://10.0.0.1/d.png", "d", Species.DOG)]
    media = await delivery.prepare(pictures)
    uploads = [item.name for item in media if item.content is not None]
    drawn = [delivery.address(picture, place, uploads) for place, picture in enumerate(pictures, start=1)]
    assert drawn == [item.reference for item in media] == [LINK.url, "attachment://cat-2.png", "attachment://dog-3.png"]


async def test_several_uploads_have_names_of_their_own() -> None:
    pictures = [at(f"http://10.0.0.1/{number}", str(number)) for number in range(4)]
    prepared = await delivery_of(Host()).prepare(pictures)
    assert len({item.name for item in prepared}) == 4


async def test_only_so_many_bytes_are_kept_and_the_longest_unused_go() -> None:
    delivery = delivery_of(Host(size=10), keeps=25)
    first, second, third = (at(f"http://10.0.0.1/{name}", name) for name in ("1", "2", "3"))
    await delivery.prepare([first, second])
    await delivery.prepare([first])
    await delivery.prepare([third])
    assert delivery.at_hand([first])
    assert delivery.at_hand([third])
    assert delivery.at_hand([second]) is None


async def test_equal_fetches_at_once_do_not_use_up_the_room() -> None:
    delivery = delivery_of(Host(size=10), keeps=25)
    first, second = (at(f"http://10.0.0.1/{name}", name) for name in ("1", "2"))
    await asyncio.gather(*(delivery.prepare([first]) for _ in range(5)))
    await delivery.prepare([second])
    assert delivery.at_hand([first, second])


async def test_pictures_larger_than_the_room_are_shown_all_the_same() -> None:
    pictures = [at(f"http://10.0.0.1/{name}", name) for name in ("1", "2")]
    media = await delivery_of(Host(size=50), keeps=25).prepare(pictures)
    assert [item.content for item in media] == [b"x" * 50] * 2


async def test_what_the_service_raises_comes_through() -> None:
    host = Host()
    host.failure = BackendUnavailable("catapi", "down")
    delivery = delivery_of(host)
    with pytest.raises(BackendUnavailable):
        await delivery.prepare([LOCAL])
    assert delivery.at_hand([LOCAL]) is None


def drawn(image: Image.Image, kind: str, padding: int = LARGEST, **options: object) -> bytes:
    """Encode a picture and blow it up beyond what Discord takes; decoders do not mind what follows."""
    out = io.BytesIO()
    image.save(out, kind, **options)
    return out.getvalue() + b"\0" * padding


async def test_an_upload_that_is_too_large_for_discord_is_made_smaller_and_stays_upright() -> None:
    turned = Image.Exif()
    turned[0x0112] = 6
    content = drawn(Image.new("RGB", (4000, 1000), (200, 40, 40)), "JPEG", exif=turned)
    (media,) = await delivery_of(Host(content=content)).prepare([LOCAL])
    assert media.name == "cat-1.jpg"
    assert media.content is not None
    with Image.open(io.BytesIO(media.content)) as shown:
        assert shown.format == "JPEG"
        assert shown.height > shown.width
        assert max(shown.size) <= 2048
        assert shown.convert("HSV").resize((1, 1)).tobytes()[1] > 150, "its colour is what it was"


async def test_what_shines_through_is_white_once_made_smaller() -> None:
    content = drawn(Image.new("RGBA", (300, 300), (0, 0, 0, 0)), "PNG")
    (media,) = await delivery_of(Host(content=content)).prepare([LOCAL])
    assert media.content is not None
    with Image.open(io.BytesIO(media.content)) as shown:
        assert shown.getpixel((150, 150)) == (255, 255, 255)


async def test_an_animated_upload_that_is_too_large_is_left_out() -> None:
    frames = [Image.new("RGB", (20, 20), colour) for colour in ("red", "blue")]
    content = drawn(frames[0], "GIF", save_all=True, append_images=frames[1:])
    with pytest.raises(BackendConfused, match="animated"):
        await delivery_of(Host(content=content)).prepare([LOCAL])


@pytest.mark.parametrize("content", [b"\xff\xd8\xff" + b"\0" * LARGEST, b"\x89PNG\r\n\x1a\n" + b"?" * LARGEST])
async def test_a_large_upload_that_is_broken_is_left_out(content: bytes) -> None:
    with pytest.raises(BackendConfused, match="cannot be read"):
        await delivery_of(Host(content=content)).prepare([LOCAL])


@pytest.mark.filterwarnings("ignore::PIL.Image.DecompressionBombWarning")
@pytest.mark.parametrize(("side", "reason"), [(10, "10 × 10 pixels"), (20, "cannot be read")])
async def test_a_picture_with_too_many_pixels_is_not_decoded(
    monkeypatch: pytest.MonkeyPatch, side: int, reason: str
) -> None:
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 90)
    content = drawn(Image.new("RGB", (side, side)), "PNG")
    with pytest.raises(BackendConfused, match=reason):
        await delivery_of(Host(content=content)).prepare([LOCAL])
