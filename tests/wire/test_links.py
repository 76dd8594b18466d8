"""No dead, redirecting, oversized or foreign link is posted: addresses are looked at, here over real sockets."""

from __future__ import annotations

import asyncio
import datetime
import socket
import ssl
from collections.abc import AsyncIterator, Coroutine, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from aiohttp.abc import AbstractResolver, ResolveResult
from aiohttp.test_utils import TestServer
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from yarl import URL

from bot.backends import wire
from bot.backends.picture_facts import PictureFacts
from bot.backends.service import Service
from bot.backends.thatapi import ThatApi, thatapi_service
from bot.backends.transport import Transport
from bot.clock import ManualClock
from bot.errors import BackendConfused, BackendError, BackendNotFound, BackendRefused, BackendUnavailable
from bot.models import Picture, Source, Species, Wanted
from bot.services.breeds import Breeds
from bot.services.checks import DAY, HOUR, Checks
from bot.services.delivery import Delivery
from bot.services.pictures import Pictures
from bot.store.cache import ResponseCache
from sandbox.backend.application import EmbeddedBackend
from sandbox.backend.faults import Fault, Kind
from tests.wire.doubles import Answer, Double, FakeTime, cuts, double, drops, moves, raw, says
from tests.wire.embedded import embedded

KEY = "live_sesame-open-0123456789"
PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 400
BENGAL = Wanted(species=Species.CAT, breed_id="beng")


@asynccontextmanager
async def transport() -> AsyncIterator[Transport]:
    time = FakeTime()
    one = Transport("Pawprint/9.9 (+https://pawprint.example)", sleep=time.sleep, monotonic=time.monotonic)
    await one.start()
    try:
        yield one
    finally:
        await one.close()


def service(server: Double) -> Service:
    return Service(name="catapi", base_url=f"{server.url}/v1", key=KEY)


async def endless(request: web.Request) -> web.StreamResponse:
    """Send a picture that does not end and does not say how large it is."""
    response = web.StreamResponse()
    await response.prepare(request)
    try:
        while True:
            await response.write(PNG)
            await asyncio.sleep(0)
    except ConnectionError:
        return response


def part(body: bytes, told: str) -> Answer:
    return raw(body[:64], 206, {"Content-Range": told})


@pytest.mark.parametrize(
    ("answer", "size"),
    [
        (raw(PNG), len(PNG)),
        (part(PNG, f"bytes 0-63/{len(PNG)}"), len(PNG)),
        (part(PNG, "bytes 0-63/*"), None),
        (part(PNG, "nonsense"), None),
        (raw(b"\x89PNG\r\n\x1a\n" + b"\0" * 12 * 2**20), 12 * 2**20 + 8),
        (cuts(PNG), len(PNG) + 100),
        (endless, None),
    ],
    ids=["whole", "part", "part of unknown", "odd part", "huge", "cut", "endless"],
)
async def test_the_first_bytes_tell_what_it_is_and_the_host_how_large(answer: Answer, size: int | None) -> None:
    async with double(answer) as server, transport() as one:
        facts = await one.check_picture(service(server), f"{server.url}/images/a.jpg")
        assert facts == PictureFacts("image/png", size, f"{server.url}/images/a.jpg")
        (asked,) = server.asked
        assert (asked.method, asked.headers["Range"], asked.headers["Accept-Encoding"]) == (
            "GET",
            "bytes=0-63",
            "identity",
        )
        assert "x-api-key" not in asked.headers
        assert asked.headers["User-Agent"].startswith("Pawprint/")


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (raw(b"Not Found", 404), BackendNotFound),
        (raw(b"", 410), BackendNotFound),
        (raw(b"<h1>Forbidden</h1>", 403), BackendRefused),
        (raw(b"<h1>Bad gateway</h1>", 502), BackendUnavailable),
        (raw(b"", 204), BackendConfused),
        (raw(PNG, 203), BackendConfused),
        (raw(b"<html>Welcome</html>", headers={"Content-Type": "image/png"}), BackendConfused),
        (says([]), BackendConfused),
        (raw(b""), BackendConfused),
        (cuts(b""), BackendConfused),
        (drops, BackendUnavailable),
        (moves("/images/a.jpg"), BackendConfused),
        (moves("https://elsewhere.example.org.evil.localhost/a.jpg"), BackendConfused),
        (moves("http://10.0.0.1/a.jpg"), BackendConfused),
    ],
)
async def test_what_cannot_be_shown_is_told(answer: Answer, kind: type[BackendError]) -> None:
    async with double(answer) as server, transport() as one:
        with pytest.raises(kind):
            await one.check_picture(service(server), f"{server.url}/images/a.jpg")


async def test_a_redirect_among_the_services_hosts_is_told_with_where_it_led() -> None:
    async with double(moves("/images/b.jpg?size=full"), raw(PNG)) as server, transport() as one:
        facts = await one.check_picture(service(server), f"{server.url}/images/a.jpg")
        assert facts == PictureFacts("image/png", len(PNG), f"{server.url}/images/b.jpg?size=full", moved=True)


@pytest.mark.parametrize(
    ("path", "asked"),
    [
        ("/images/-Zfz5z2jK.jpg", "/images/-Zfz5z2jK.jpg"),
        ("/images/--.jpg", "/images/--.jpg"),
        ("/images/K%C3%A4tz%20chen.jpg", "/images/K%C3%A4tz%20chen.jpg"),
        ("/images/Kätz chen.jpg", "/images/K%C3%A4tz%20chen.jpg"),
        ("/images/a%2Fb.jpg", "/images/a%2Fb.jpg"),
        ("/images/a%3Fb.jpg?x=%26", "/images/a%3Fb.jpg?x=%26"),
        ("/images/100%.jpg", "/images/100%25.jpg"),
        ("/images/a.jpg#top", "/images/a.jpg"),
    ],
)
async def test_an_address_is_asked_and_told_percent_encoded_once(path: str, asked: str) -> None:
    async with double(raw(PNG)) as server, transport() as one:
        facts = await one.check_picture(service(server), server.url + path)
        assert facts == PictureFacts("image/png", len(PNG), server.url + asked)
        again = await one.check_picture(service(server), facts.url)
        assert again == facts
        assert [request.path for request in server.asked] == [asked, asked]


@pytest.mark.parametrize("image_id", ["-Zfz5z2jK", "--", "a%20b", "ä"])
async def test_odd_ids_reach_the_service_as_they_are(image_id: str) -> None:
    found = {"id": image_id, "url": "https://cdn2.thecatapi.com/images/x.jpg", "width": 1, "height": 1}
    async with double(says(found)) as server, transport() as one:
        api = ThatApi(one, thatapi_service(Source.CATAPI, f"{server.url}/v1"), Source.CATAPI)
        assert (await api.picture(image_id)).id == image_id
        (asked,) = server.asked
        assert URL(asked.path).name == image_id


class Names(AbstractResolver):
    """A name server that knows what it is told, and where a port really is."""

    addresses: Sequence[str] = ()
    port: int | None = None
    asked: list[str]

    def __init__(self) -> None:
        type(self).asked = []

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        self.asked.append(host)
        return [
            ResolveResult(
                hostname=host,
                host=address,
                port=self.port or port,
                family=socket.AF_INET6 if ":" in address else socket.AF_INET,
                proto=0,
                flags=socket.AI_NUMERICHOST,
            )
            for address in self.addresses
        ]

    async def close(self) -> None:
        """Nothing is held."""


@pytest.mark.parametrize(
    "address",
    [
        "10.0.0.7",
        "127.0.0.1",
        "192.168.1.1",
        "169.254.169.254",
        "100.64.0.1",
        "0.0.0.0",
        "224.0.0.1",
        "::1",
        "fe80::1%eth0",
        "fd00::1",
        "::ffff:10.0.0.7",
        "64:ff9b::7f00:1",
        "2002:7f00:1::",
    ],
)
@pytest.mark.parametrize("url", ["https://pictures.example.org/a.jpg", "https://cdn2.thecatapi.com/images/a.jpg"])
async def test_a_name_that_leads_into_a_private_network_is_not_called(
    monkeypatch: pytest.MonkeyPatch, url: str, address: str
) -> None:
    monkeypatch.setattr(wire, "ThreadedResolver", Names)
    monkeypatch.setattr(Names, "addresses", [address])
    own = thatapi_service(Source.CATAPI, "https://cats.example.org/v1")
    async with transport() as one:
        for call in (one.check_picture, one.fetch_picture):
            with pytest.raises(BackendConfused, match="private network"):
                await call(own, url)
        assert len(Names.asked) == 2, "asking again would not help"


async def test_a_redirect_into_a_private_network_is_not_followed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wire, "ThreadedResolver", Names)
    monkeypatch.setattr(Names, "addresses", ["127.0.0.1"])
    async with double(moves("https://pictures.example.org/a.jpg")) as server, transport() as one:
        with pytest.raises(BackendConfused, match="private network"):
            await one.check_picture(service(server), f"{server.url}/images/a.jpg")


async def test_a_host_that_the_operator_named_may_be_private_and_is_told_to_be(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(wire, "ThreadedResolver", Names)
    monkeypatch.setattr(Names, "addresses", ["127.0.0.1"])
    async with double(raw(PNG)) as server, transport() as one:
        named = server.url.replace("127.0.0.1", "cats.example.org")
        facts = await one.check_picture(Service("catapi", f"{named}/v1"), f"{named}/images/a.jpg")
        assert facts == PictureFacts("image/png", len(PNG), f"{named}/images/a.jpg", inside=True)


def certificate(folder: Path, host: str) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """Make what a server at a host shows and what a client believes."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, host)])
    now = datetime.datetime.now(datetime.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(host)]), critical=False)
        .sign(key, hashes.SHA256())
    )
    file = folder / "host.pem"
    file.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        + made.public_bytes(serialization.Encoding.PEM)
    )
    shown = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    shown.load_cert_chain(file)
    return shown, ssl.create_default_context(cafile=str(file))


@dataclass
class House:
    """TheCatAPI's client, its delivery and its pictures, on a cache that outlives them."""

    one: Transport
    pictures: Pictures
    delivery: Delivery
    clock: ManualClock

    async def rest(self) -> None:
        """Let the background work end."""
        while works := [task for task in asyncio.all_tasks() if task.get_name().startswith("pool ")]:
            await asyncio.wait(works)


@asynccontextmanager
async def housed(folder: Path, base_url: str, key: str | None, clock: ManualClock) -> AsyncIterator[House]:
    def spawn(work: Coroutine[Any, Any, Any], *, name: str) -> asyncio.Task[Any]:
        return asyncio.get_running_loop().create_task(work, name=name)

    cache = await ResponseCache.open(folder / "cache.sqlite3", clock=clock)
    try:
        async with transport() as one:
            api = ThatApi(one, thatapi_service(Source.CATAPI, base_url, key), Source.CATAPI)
            delivery = Delivery({Source.CATAPI: api}, Checks(cache, clock))
            pictures = Pictures({Species.CAT: api, Species.DOG: api}, spawn, Breeds(), cache, delivery)
            house = House(one, pictures, delivery, clock)
            try:
                yield house
            finally:
                await house.rest()
    finally:
        await cache.close()


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
async def hosts(tmp_path: Path, clock: ManualClock) -> AsyncIterator[EmbeddedBackend]:
    running = embedded(tmp_path, clock)
    await running.start()
    yield running
    await running.close()


@pytest.fixture
async def house(tmp_path: Path, hosts: EmbeddedBackend, clock: ManualClock) -> AsyncIterator[House]:
    async with housed(tmp_path, hosts.cat_url, hosts.cat_key, clock) as one:
        yield one


def asked_for(hosts: EmbeddedBackend, beginning: str = "/cat/images/") -> list[str]:
    return [seen.path for seen in hosts.recent if seen.path.startswith(beginning)]


def names(pictures: Sequence[Picture]) -> set[str]:
    return {picture.id for picture in pictures}


BAD = [
    Fault(kind=Kind.IMAGE_MISSING, times=1),
    Fault(kind=Kind.IMAGE_HUGE, times=1),
    Fault(kind=Kind.WRONG_TYPE, path="/images/", times=1),
    Fault(kind=Kind.IMAGE_REDIRECT, location="https://evil.localhost/a.jpg", times=1),
    Fault(kind=Kind.CUT, path="/images/", times=4),
]


@pytest.mark.parametrize("fault", BAD, ids=lambda fault: fault.kind.value)
async def test_a_bad_picture_gives_way_to_another_and_is_not_offered_for_an_hour(
    house: House, hosts: EmbeddedBackend, clock: ManualClock, fault: Fault
) -> None:
    hosts.faults.add(fault)
    (shown,) = await house.pictures.take(BENGAL, 1, 1)
    (media,) = await house.delivery.prepare([shown])
    assert media.content is not None
    await house.rest()
    supply = names(await house.pictures.take(BENGAL, 2, 4)) | names(await house.pictures.take(BENGAL, 2, 4))
    assert shown.id in supply
    tried = len(asked_for(hosts))
    await house.pictures.take(BENGAL, 3, 4)
    await house.rest()
    assert len(asked_for(hosts)) == tried, "neither the good nor the bad are asked for again"
    clock.advance(HOUR)
    later: set[str] = set()
    for _ in range(4):
        later |= names(await house.pictures.take(BENGAL, 4, 4))
        await house.rest()
    assert len(later) == len(supply) + 1


@pytest.mark.parametrize(
    "fault",
    [
        Fault(kind=Kind.IMAGE_REDIRECT),
        Fault(kind=Kind.AGENT_REFUSED),
        Fault(kind=Kind.DELAY, path="/images/", seconds=0.05),
        Fault(kind=Kind.CUT, path="/images/", times=1),
    ],
    ids=lambda fault: fault.kind.value,
)
async def test_what_can_be_had_all_the_same_is_shown(house: House, hosts: EmbeddedBackend, fault: Fault) -> None:
    hosts.faults.add(fault)
    shown = await house.pictures.take(BENGAL, 1, 2)
    assert len(shown) == 2
    assert all(item.content for item in await house.delivery.prepare(shown))


async def test_when_none_is_left_the_reason_is_told(house: House, hosts: EmbeddedBackend) -> None:
    hosts.faults.add(Fault(kind=Kind.IMAGE_MISSING))
    for _ in range(2):
        with pytest.raises(BackendNotFound):
            await house.pictures.take(BENGAL, 1, 1)
    tried = asked_for(hosts)
    assert len(set(tried)) == len(tried), "each was asked for once"


async def test_a_host_that_is_down_leaves_no_mark_on_its_pictures(
    house: House, hosts: EmbeddedBackend, clock: ManualClock
) -> None:
    hosts.faults.add(Fault(kind=Kind.UNAVAILABLE, path="/images/", times=4))
    (shown,) = await house.pictures.take(BENGAL, 1, 1)
    await house.rest()
    everything = {shown.id}
    for _ in range(4):
        everything |= names(await house.pictures.take(BENGAL, 1, 4))
        await house.rest()
    assert len(everything) == len(set(asked_for(hosts)))


async def test_the_first_of_the_pool_are_fetched_in_the_background_and_then_at_hand(
    house: House, hosts: EmbeddedBackend
) -> None:
    house.pictures.warm()
    await house.rest()
    for path in ("/v1/", "/images/"):
        hosts.faults.add(Fault(kind=Kind.UNAVAILABLE, path=path))
    shown = await house.pictures.ready(Wanted(species=Species.CAT), 1, 4)
    assert shown is not None
    media = house.delivery.at_hand(shown)
    assert media is not None
    assert all(item.content for item in media)


async def test_an_upload_that_is_gone_by_now_is_replaced(house: House, hosts: EmbeddedBackend) -> None:
    first = await house.pictures.take(BENGAL, 1, 2)
    house.delivery._bytes.clear()
    hosts.faults.add(Fault(kind=Kind.IMAGE_MISSING, path=URL(first[0].url).path.removeprefix("/cat")))
    mended = await house.pictures.take(BENGAL, 1, 2, having=first)
    assert mended[0] == first[1]
    assert mended[1] not in first
    assert all(item.content for item in await house.delivery.prepare(mended))


async def test_over_a_restart_and_a_day_checks_are_remembered_and_lapse(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, clock: ManualClock
) -> None:
    """The public service, as far as sockets know: a name, a certificate, port 443."""
    host = "cdn2.thecatapi.com"
    shown, believed = certificate(tmp_path, host)
    monkeypatch.setattr(aiohttp.connector, "_SSL_CONTEXT_VERIFIED", believed)
    monkeypatch.setattr(wire, "ThreadedResolver", Names)
    monkeypatch.setattr(wire, "_public", lambda _: True)
    monkeypatch.setattr(Names, "addresses", ["127.0.0.1"])
    asked: list[str] = []
    bad = {
        "/images/gone.jpg": lambda: web.Response(status=404),
        "/images/moved.jpg": lambda: web.Response(status=302, headers={"Location": "/images/-target.jpg"}),
        "/images/away.jpg": lambda: web.Response(status=302, headers={"Location": "https://evil.localhost/a.jpg"}),
        "/images/page.jpg": lambda: web.Response(text="<html></html>"),
        "/images/huge.gif": lambda: web.Response(body=b"GIF89a".ljust(11 * 2**20, b"\0")),
    }
    good = [f"/images/-Zfz5z{number}.jpg" for number in range(5)]

    async def answer(request: web.Request) -> web.StreamResponse:
        asked.append(request.path)
        return bad.get(request.path, lambda: web.Response(body=PNG))()

    application = web.Application()
    application.router.add_get("/{path:.*}", answer)
    server = TestServer(application)
    await server.start_server(ssl=shown)
    listed = [{"id": f"p{number}", "url": f"https://{host}{path}"} for number, path in enumerate([*bad, *good])]
    links = {f"https://{host}{path}" for path in [*good, "/images/-target.jpg"]}
    wanted = Wanted(species=Species.CAT)
    try:
        monkeypatch.setattr(Names, "port", server.port)
        async with double(says(listed)) as api:
            base = f"{api.url}/v1"
            async with housed(tmp_path, base, None, clock) as house:
                house.pictures.warm()
                await house.rest()
                got = await house.pictures.ready(wanted, 1, 4)
                assert got is not None
                media = house.delivery.at_hand(got)
                assert media is not None
                assert {item.reference for item in media} <= links
                assert [item.reference for item in media] == [picture.url for picture in got]
                assert set(asked) == {*bad, *good, "/images/-target.jpg"}
            asked.clear()
            async with housed(tmp_path, base, None, clock) as house:
                got = [p for channel in range(2) for p in await house.pictures.take(wanted, channel, 6)]
                assert {picture.url for picture in got} == links
                await house.rest()
                assert asked == [], "a restart does not look again"
                clock.advance(DAY)
                assert await house.pictures.ready(wanted, 3, 1) is None, "a check counts for a day"
                await house.pictures.take(wanted, 3, 1)
                await house.rest()
                assert asked
    finally:
        await server.close()
