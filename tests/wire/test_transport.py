"""The transport over real sockets: keys, redirects, limits, deadlines, retries, and what each failure is called."""

from __future__ import annotations

import asyncio
import gzip
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime

import msgspec
import pytest

from bot.backends.service import Service
from bot.backends.transport import Transport
from bot.clock import ManualClock
from bot.errors import (
    AlreadyThere,
    BackendConfused,
    BackendError,
    BackendNotFound,
    BackendRefused,
    BackendRejected,
    BackendUnavailable,
    Unsupported,
)
from tests.wire.doubles import Answer, Double, FakeTime, cuts, double, drops, moves, never_ends, raw, says, waits_for

AGENT = "Pawprint/9.9 (+https://pawprint.example)"
KEY = "live_sesame-open-0123456789"
NOW = datetime(2026, 5, 1, 12, tzinfo=UTC)
PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 40


def listed(body: bytes) -> list[int]:
    try:
        return msgspec.json.decode(body, type=list[int])
    except ValueError as error:
        raise BackendConfused("catapi", "no list") from error


@asynccontextmanager
async def transport(time: FakeTime | None = None, **more: object) -> AsyncIterator[Transport]:
    time = time or FakeTime()
    one = Transport(
        AGENT,
        clock=ManualClock(NOW),
        sleep=time.sleep,
        monotonic=time.monotonic,
        random=lambda: 0.5,
        **more,  # type: ignore[arg-type]
    )
    await one.start()
    try:
        yield one
    finally:
        await one.close()


def service(server: Double, key: str | None = KEY, **more: object) -> Service:
    return Service(name="catapi", base_url=f"{server.url}/v1", key=key, **more)  # type: ignore[arg-type]


async def test_every_request_names_the_bot_and_the_key_goes_to_the_service_alone() -> None:
    async with double(says([1]), raw(PNG)) as server, double(says([2])) as elsewhere, transport() as wire:
        own = service(server)
        assert await wire.read(own, "breeds", listed) == [1]
        await wire.fetch_picture(own, f"{server.url}/images/a.png")
        server.then(moves(f"{elsewhere.url}/v1/breeds"))
        assert await wire.read(own, "breeds", listed, query=(("page", "1"),)) == [2]
        first, picture, _ = server.asked
        assert first.headers["x-api-key"] == KEY
        assert "x-api-key" not in picture.headers
        assert "x-api-key" not in elsewhere.asked[0].headers, "another port is another service"
        assert {one.headers["User-Agent"] for one in server.asked + elsewhere.asked} == {AGENT}
        assert first.path == "/v1/breeds"


async def test_a_redirect_to_a_foreign_host_is_not_followed() -> None:
    async with double() as server, double(says([1])) as foreign, transport() as wire:
        server.then(moves(foreign.url.replace("127.0.0.1", "localhost")))
        with pytest.raises(BackendConfused, match="no business"):
            await wire.read(service(server), "breeds", listed)
        assert foreign.asked == []


@pytest.mark.parametrize("location", ["", "http://[", "file:///etc/passwd", "//169.254.169.254/latest"])
async def test_redirects_to_strange_places_are_refused(location: str) -> None:
    async with double(moves(location)) as server, transport() as wire:
        with pytest.raises(BackendConfused):
            await wire.read(service(server), "breeds", listed)


async def test_a_redirect_in_a_circle_ends() -> None:
    async with double(moves("/v1/breeds")) as server, transport() as wire:
        with pytest.raises(BackendConfused, match="circle"):
            await wire.read(service(server), "breeds", listed)
        assert len(server.asked) == 6


async def test_a_post_is_not_sent_on_by_a_redirect() -> None:
    async with double(moves("/v2/votes", 307)) as server, transport() as wire:
        with pytest.raises(BackendConfused):
            await wire.write(service(server), "POST", "votes", body={"value": 1})
        assert len(server.asked) == 1


@pytest.mark.parametrize(
    "answer",
    [
        never_ends,
        raw(b"[" + b"1," * 5000 + b"1]"),
        raw(gzip.compress(b"1" * 90_000), headers={"Content-Encoding": "gzip"}),
    ],
)
async def test_no_more_is_read_than_the_limit(answer: Answer) -> None:
    async with double(answer) as server, transport() as wire:
        with pytest.raises(BackendConfused, match="larger than 4096 bytes"):
            await wire.read(service(server, json_limit=4096), "breeds", listed)
        assert len(server.asked) == 1


async def test_a_read_is_repeated_after_failures_with_jitter() -> None:
    time = FakeTime()
    async with double(drops, drops, raw(b"Internal Server Error", 500), says([7])) as server, transport(time) as wire:
        assert await wire.read(service(server), "breeds", listed) == [7]
        assert len(server.asked) == 4, "aiohttp itself repeats a dropped read once"
    assert time.slept == pytest.approx([0.3, 0.6])


async def test_a_read_gives_up_after_four_attempts() -> None:
    async with double(raw(b"<html>Bad gateway</html>", 502)) as server, transport() as wire:
        with pytest.raises(BackendUnavailable) as caught:
            await wire.read(service(server), "breeds", listed)
        assert caught.value.status == 502
        assert caught.value.reason == "Bad Gateway", "HTML tells nothing"
        assert len(server.asked) == 4


@pytest.mark.parametrize("answer", [raw(b"Internal Server Error", 500), drops, cuts(b'{"id":'), raw(b"", 429)])
async def test_a_post_is_never_repeated_when_it_may_have_been_carried_out(answer: Answer) -> None:
    async with double(answer) as server, transport() as wire:
        with pytest.raises(BackendError) as caught:
            await wire.write(service(server), "POST", "votes", body={"value": 1})
        assert getattr(caught.value, "sent", True)
        assert len(server.asked) == 1


@pytest.mark.parametrize("status", [429, 503])
async def test_a_post_that_was_turned_away_is_repeated(status: int) -> None:
    time = FakeTime()
    turned_away = raw(b"", status, {"Retry-After": "3"})
    async with double(turned_away, says({"id": 1}, 201)) as server, transport(time) as wire:
        assert await wire.write(service(server), "POST", "votes", body={"value": 1}) == b'{"id": 1}'
        assert [one.body for one in server.asked] == [b'{"value":1}'] * 2
    assert sum(time.slept) >= 3


async def test_a_post_that_reached_nobody_is_repeated_and_known_to_be_unsent() -> None:
    time = FakeTime()
    async with double() as server:
        gone = service(server)
    async with transport(time) as wire:
        with pytest.raises(BackendUnavailable) as caught:
            await wire.write(gone, "POST", "votes", body={})
    assert caught.value.sent is False
    assert caught.value.__cause__ is not None
    assert len(time.slept) == 3


async def test_a_delete_is_repeated() -> None:
    async with double(drops, raw(b"", 204)) as server, transport() as wire:
        assert await wire.write(service(server), "DELETE", "votes/1") == b""
        assert [one.method for one in server.asked] == ["DELETE", "DELETE"]


async def test_an_answer_that_is_cut_off_is_asked_for_again_and_then_confusing() -> None:
    async with double(cuts(b"[1,2")) as server, transport() as wire:
        with pytest.raises(BackendConfused, match="cut off"):
            await wire.read(service(server), "breeds", listed)
        server.then(cuts(b"[1,"), says([3]))
        assert await wire.read(service(server), "breeds", listed) == [3]


async def test_a_broken_compression_is_confusing() -> None:
    async with double(raw(b"no gzip at all", headers={"Content-Encoding": "gzip"})) as server, transport() as wire:
        with pytest.raises(BackendConfused):
            await wire.read(service(server), "breeds", listed)


async def test_a_silent_service_is_given_up_at_the_deadline() -> None:
    held = asyncio.Event()
    async with double(waits_for(held, says([1]))) as server, transport() as wire:
        with pytest.raises(BackendUnavailable, match="in time") as caught:
            await wire.read(service(server), "breeds", listed, deadline=0.05)
        assert caught.value.sent is True
        held.set()


NOT_HERE = {"statusCode": 404, "path": "/v1/pets/x", "message": 'Pet with id "x" not found', "error": "Not Found"}


@pytest.mark.parametrize(
    ("answer", "kind", "reason"),
    [
        (raw(b"AUTHENTICATION_ERROR", 401), BackendRefused, "AUTHENTICATION_ERROR"),
        (says({"statusCode": 403, "message": "No key"}, 403), BackendRefused, "No key"),
        (says(NOT_HERE, 404), BackendNotFound, 'Pet with id "x" not found'),
        (raw(b"<!DOCTYPE html><p>Cannot GET</p>", 404), BackendNotFound, "Not Found"),
        (says({"message": ["limit is too great", "page"]}, 400), BackendRejected, "limit is too great; page"),
        (says({"message": "NOPE", "status": 400, "level": "info"}, 400), BackendRejected, "NOPE"),
        (raw(b"", 409), AlreadyThere, "Conflict"),
        (says({"message": {"message": "deep"}}, 415), BackendRejected, "deep"),
        (says("just text", 422), BackendRejected, "just text"),
        (raw(b"", 405), Unsupported, "Method Not Allowed"),
        (raw(b"\xff\xfe\x00strange", 499), BackendRejected, "strange"),
        (raw(b"x" * 900, 400), BackendRejected, "x" * 150),
        (raw(b"{broken", 400), BackendRejected, "{broken"),
        (raw(b"[" * 9000, 400), BackendRejected, "[[["),
    ],
)  # fmt: skip
async def test_each_refusal_has_its_error_and_its_reason(answer: Answer, kind: type[BackendError], reason: str) -> None:
    async with double(answer) as server, transport() as wire:
        with pytest.raises(kind) as caught:
            await wire.read(service(server), "breeds", listed)
        assert type(caught.value) is kind
        assert reason in caught.value.reason
        assert len(caught.value.reason) <= 200
        assert len(server.asked) == 1, "asking again would not help"


async def test_the_key_is_in_no_error_log_or_repr(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("DEBUG")
    async with double(raw(f"the key {KEY} is not known".encode(), 403)) as server, transport() as wire:
        own = service(server)
        with pytest.raises(BackendRefused) as caught:
            await wire.read(own, "breeds", listed)
    assert KEY not in f"{caught.value!r} {caught.value} {own!r} {caplog.text}"
    assert "the key … is not known" in caught.value.reason


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"\xff\xd8\xff\xe0rest", "image/jpeg"),
        (PNG, "image/png"),
        (b"GIF89a....", "image/gif"),
        (b"RIFF\x10\0\0\0WEBPVP8 ", "image/webp"),
    ],
)
async def test_a_picture_is_told_by_its_bytes_not_by_its_header(body: bytes, kind: str) -> None:
    async with double(raw(body, headers={"Content-Type": "text/html"})) as server, transport() as wire:
        assert await wire.fetch_picture(service(server), f"{server.url}/a.jpg") == (body, kind)


@pytest.mark.parametrize("body", [b"", b"<html>no</html>", b"RIFF\x10\0\0\0WAVE", b"BM1234"])
async def test_what_is_no_picture_is_confusing(body: bytes) -> None:
    async with double(raw(body, headers={"Content-Type": "image/png"})) as server, transport() as wire:
        with pytest.raises(BackendConfused, match="no picture"):
            await wire.fetch_picture(service(server), f"{server.url}/a.png")


@pytest.mark.parametrize(
    "address",
    ["http://localhost/a.png", "https://10.0.0.1/a.png", "https://router/a.png", "ftp://example.org/a", "a.png", "http://[x"],
)  # fmt: skip
async def test_pictures_come_from_the_services_hosts_alone(address: str) -> None:
    async with double() as server, transport() as wire:
        with pytest.raises(BackendConfused):
            await wire.fetch_picture(service(server), address)
        assert server.asked == []


async def test_a_picture_may_not_be_larger_than_its_limit() -> None:
    async with double(raw(PNG + b"\0" * 5000)) as server, transport() as wire:
        with pytest.raises(BackendConfused, match="larger"):
            await wire.fetch_picture(service(server, picture_limit=4096), f"{server.url}/a.png")


async def test_a_picture_that_is_gone_is_not_found() -> None:
    async with double(raw(b"", 404)) as server, transport() as wire:
        with pytest.raises(BackendNotFound):
            await wire.fetch_picture(service(server), f"{server.url}/a.png")


async def test_a_transport_that_is_closed_says_so() -> None:
    async with double(says([1])) as server:
        async with transport() as wire:
            pass
        with pytest.raises(BackendUnavailable) as caught:
            await wire.read(service(server), "breeds", listed)
    assert caught.value.sent is False


async def test_closing_ends_what_is_under_way() -> None:
    held = asyncio.Event()
    async with double(waits_for(held, says([1]))) as server, transport() as wire:
        reading = asyncio.create_task(wire.read(service(server), "breeds", listed))
        await server.was_asked.wait()
        await wire.close()
        with pytest.raises(BackendUnavailable, match="closing"):
            await reading
        held.set()


Seen = list[tuple[str, str, int | str, bool]]


def observer(seen: Seen) -> Callable[[str, str, int | str, float, bool], None]:
    def note(service: str, method: str, outcome: int | str, seconds: float, from_cache: bool) -> None:
        assert seconds >= 0
        seen.append((service, method, outcome, from_cache))

    return note


async def test_every_attempt_is_counted() -> None:
    seen: Seen = []
    answers = (drops, drops, raw(b"", 500), says([1]))
    async with double(*answers) as server, transport(observer=observer(seen)) as wire:
        await wire.read(service(server), "breeds", listed)
        server.then(says({"id": 1}))
        await wire.write(service(server), "POST", "votes", body={})
    assert seen == [
        ("catapi", "GET", "BackendUnavailable", False),
        ("catapi", "GET", 500, False),
        ("catapi", "GET", 200, False),
        ("catapi", "POST", 200, False),
    ]
