"""Many calls to a service: its limits and pauses, whose turn it is, circuits, joined reads, kept answers."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from ipaddress import ip_address
from pathlib import Path

import msgspec
import pytest

from bot.backends.breaker import Breaker, Circuit
from bot.backends.limits import wait_asked
from bot.backends.pacing import Pace
from bot.backends.service import Priority, Rate, Service
from bot.backends.transport import Transport
from bot.backends.wire import GuardedResolver
from bot.clock import ManualClock
from bot.errors import BackendConfused, BackendLimited, BackendRefused, BackendUnavailable
from bot.store.cache import ResponseCache
from tests.wire.doubles import Answer, Double, FakeTime, double, drops, raw, says, waits_for

NOW = datetime(2026, 5, 1, 12, tzinfo=UTC)


def listed(body: bytes) -> list[int]:
    try:
        return msgspec.json.decode(body, type=list[int])
    except ValueError as error:
        raise BackendConfused("catapi", "no list") from error


@asynccontextmanager
async def transport(time: FakeTime | None = None, **more: object) -> AsyncIterator[Transport]:
    time = time or FakeTime()
    settings: dict[str, object] = {"clock": ManualClock(NOW), "sleep": time.sleep, "monotonic": time.monotonic}
    one = Transport("Pawprint/0", random=lambda: 0.5, **(settings | more))  # type: ignore[arg-type]
    await one.start()
    try:
        yield one
    finally:
        await one.close()


def service(server: Double, **more: object) -> Service:
    return Service(name="catapi", base_url=f"{server.url}/v1", key="secret", **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"Retry-After": "7"}, 7),
        ({"Retry-After": format_datetime(NOW + timedelta(seconds=9), usegmt=True)}, 9),
        ({"retry-after-seconds": "32.112"}, 32.112),
        ({"ratelimit-reset": "2026-05-01T12:00:12.000Z"}, 12),
        ({"ratelimit-reset": str(int(NOW.timestamp()) + 13)}, 13),
        ({"ratelimit-reset": str(int(NOW.timestamp() + 14) * 1000)}, 14),
        ({"x-ratelimit-reset": "3"}, 3),
        ({"Retry-After": "0"}, 1),
        ({"Retry-After": "-5", "ratelimit-reset": "4"}, 1),
        ({"Retry-After": "soon", "retry-after-seconds": "6"}, 6),
        ({"Retry-After": "99999999"}, 3600),
        ({"Retry-After": "9" * 300}, None),
        ({"Retry-After": "Thu, 99 Foo 2026"}, None),
        ({}, None),
    ],
)
def test_every_way_to_say_how_long_is_understood(headers: dict[str, str], seconds: float | None) -> None:
    assert wait_asked(headers, NOW) == (pytest.approx(seconds) if seconds is not None else None)


@pytest.mark.parametrize("headers", [{"Retry-After": "4"}, {"retry-after-seconds": "4.0"}, {}])
async def test_a_429_is_waited_for_within_the_deadline(headers: dict[str, str]) -> None:
    time = FakeTime()
    async with double(raw(b"", 429, headers), says([1])) as server, transport(time) as wire:
        assert await wire.read(service(server), "breeds", listed) == [1]
    assert sum(time.slept) >= 4


async def test_a_429_that_outlasts_the_deadline_is_told_at_once_and_holds_everyone() -> None:
    time = FakeTime()
    seen: list[int | str] = []

    def note(service: str, method: str, outcome: int | str, seconds: float, from_cache: bool) -> None:
        seen.append(outcome)

    limited = raw(b"", 429, {"Retry-After": "60"})
    async with double(limited, says([1])) as server, transport(time, observer=note) as wire:
        for _ in range(2):
            with pytest.raises(BackendLimited) as caught:
                await wire.read(service(server), "breeds", listed)
            assert caught.value.retry_after == pytest.approx(60)
        assert len(server.asked) == 1, "nobody asks in a pause"
        assert wire.health(service(server)).paused_for == pytest.approx(60)
        assert time.slept == [], "a person is told at once"
        time.now += 61
        assert await wire.read(service(server), "breeds", listed) == [1]
    assert seen == [429, "paused", "paused", 200]


async def test_headers_of_a_limit_on_a_good_answer_pause_nobody() -> None:
    headers = {"ratelimit-limit": "120", "ratelimit-remaining": "119", "retry-after-seconds": "60"}
    time = FakeTime()
    async with double(says([1], headers=headers)) as server, transport(time) as wire:
        for page in range(3):
            await wire.read(service(server), "breeds", listed, query=(("page", str(page)),))
    assert time.slept == []


async def test_a_limit_that_the_service_tells_is_kept() -> None:
    time = FakeTime()
    async with double(says([1], headers={"ratelimit-limit": "6"})) as server, transport(time, clusters=2) as wire:
        own = service(server)
        for page in range(3):
            await wire.read(own, "breeds", listed, query=(("page", str(page)),))
        assert time.slept == []
        with pytest.raises(BackendLimited) as caught:
            await wire.read(own, "breeds", listed, query=(("page", "3"),))
        assert caught.value.retry_after == pytest.approx(61)
        await wire.read(own, "breeds", listed, query=(("page", "4"),), deadline=90)
        assert sum(time.slept) == pytest.approx(61)


async def test_pictures_do_not_use_up_the_limit_of_the_service() -> None:
    gif = raw(b"GIF89a")
    async with double(gif) as server, transport() as wire:
        own = service(server, rate=Rate(1, 60))
        for number in range(5):
            await wire.fetch_picture(own, f"{server.url}/{number}.gif")
        server.then(says([1]))
        assert await wire.read(own, "breeds", listed) == [1]


def pace(time: FakeTime, calls: int) -> Pace:
    return Pace("catapi", Rate(calls, 60), sleep=time.sleep, monotonic=time.monotonic)


class SteppedTime:
    """A monotonic clock that a test moves, waking the sleepers in order."""

    def __init__(self) -> None:
        self.now = 1000.0
        self._sleepers: list[tuple[float, asyncio.Future[None]]] = []

    def monotonic(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        woken: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._sleepers.append((self.now + seconds, woken))
        await woken

    async def run(self) -> None:
        """Let time pass until nobody sleeps."""
        await asyncio.sleep(0)
        while self._sleepers:
            self._sleepers.sort(key=lambda sleeper: sleeper[0])
            self.now, woken = self._sleepers.pop(0)
            woken.set_result(None)
            for _ in range(3):
                await asyncio.sleep(0)


async def test_nobody_waits_for_less_important_calls() -> None:
    time = SteppedTime()
    turns = Pace("catapi", Rate(1, 60), sleep=time.sleep, monotonic=time.monotonic)
    order: list[tuple[str, float]] = []

    async def call(name: str, priority: Priority) -> None:
        await turns.turn(priority, time.now + 1000)
        order.append((name, time.now))

    await call("first", Priority.PEOPLE)
    waiting = [
        asyncio.create_task(call(name, priority))
        for name, priority in [("sync", Priority.SYNC), ("pool", Priority.POOL), ("people", Priority.PEOPLE)]
    ]
    await time.run()
    await asyncio.gather(*waiting)
    assert order == [("first", 1000), ("people", 1060), ("pool", 1120), ("sync", 1180)]


async def test_pools_and_sync_leave_something_for_people_and_for_each_other() -> None:
    time = FakeTime()
    turns = pace(time, 10)

    async def at_once(priority: Priority) -> int:
        for number in range(20):
            try:
                await turns.turn(priority, time.now)
            except BackendLimited:
                return number
        return 20

    assert await at_once(Priority.POOL) == 7
    assert await at_once(Priority.SYNC) == 1
    assert await at_once(Priority.PEOPLE) == 2
    time.now += 60
    assert await at_once(Priority.SYNC) == 5
    assert await at_once(Priority.POOL) == 3


async def test_the_limit_holds_in_every_window() -> None:
    time = FakeTime()
    turns = pace(time, 5)
    at: list[float] = []
    for number in range(40):
        await turns.turn(Priority(number % 3), time.now + 10_000)
        at.append(time.now)
        time.now += number % 7
    assert all(at[n + 5] - at[n] >= 60 for n in range(35))


async def test_a_waiter_who_leaves_gives_up_the_place() -> None:
    time = FakeTime()
    turns = Pace("catapi", Rate(1, 60), sleep=asyncio.sleep, monotonic=time.monotonic)
    await turns.turn(Priority.PEOPLE, time.now)
    leaver = asyncio.create_task(turns.turn(Priority.PEOPLE, time.now + 100))
    await asyncio.sleep(0)
    leaver.cancel()
    await asyncio.gather(leaver, return_exceptions=True)
    time.now += 60
    await turns.turn(Priority.SYNC, time.now)


async def test_pauses_grow_when_the_service_does_not_say_how_long() -> None:
    time = FakeTime()
    turns = pace(time, 100)
    pauses = []
    for _ in range(6):
        turns.pause(None)
        pauses.append(turns.paused_for)
        time.now += turns.paused_for
    turns.accepted()
    turns.pause(None)
    assert [*pauses, turns.paused_for] == pytest.approx([5, 10, 20, 40, 60, 60, 5])


def test_a_circuit_opens_tries_once_and_closes() -> None:
    time = FakeTime()
    breaker = Breaker(monotonic=time.monotonic, failures=2, rest=10, longest=15)
    for _ in range(2):
        leave = breaker.enter()
        assert leave is not None
        breaker.failed(leave)
    assert (str(breaker.circuit), breaker.enter()) == ("open", None)
    time.now += 10
    trial = breaker.enter()
    assert trial is not None
    assert breaker.enter() is None, "one trial at a time"
    breaker.abandoned(trial)
    trial = breaker.enter()
    assert trial is not None
    breaker.failed(trial)
    time.now += 14
    assert str(breaker.circuit) == "open", "it rests longer after a failed trial"
    time.now += 1
    assert breaker.enter() is not None
    breaker.succeeded()
    assert str(breaker.circuit) == "closed"


async def test_a_dead_service_is_left_alone_and_tried_again() -> None:
    time = FakeTime()
    async with double(raw(b"", 500)) as server, transport(time) as wire:
        own = service(server)
        for page in range(2):
            with pytest.raises(BackendUnavailable):
                await wire.read(own, "breeds", listed, query=(("page", str(page)),))
        assert len(server.asked) == 5, "five failures open the circuit"
        with pytest.raises(BackendUnavailable, match="left alone") as caught:
            await wire.read(own, "breeds", listed)
        assert caught.value.sent is False
        assert (len(server.asked), wire.health(own).circuit) == (5, Circuit.OPEN)
        time.now += 11
        server.then(says([1]))
        assert await wire.read(own, "breeds", listed) == [1]
        assert wire.health(own).circuit is Circuit.CLOSED


async def test_a_dead_picture_host_does_not_close_the_service() -> None:
    async with double(drops) as server, transport() as wire:
        own = service(server)
        for number in range(3):
            with pytest.raises(BackendUnavailable):
                await wire.fetch_picture(own, f"{server.url}/{number}.png")
        server.then(says([1]))
        assert await wire.read(own, "breeds", listed) == [1]


async def test_equal_reads_are_one_and_a_leaver_does_not_end_it() -> None:
    go = asyncio.Event()
    async with double(waits_for(go, says([4]))) as server, transport() as wire:
        own = service(server)
        reads = [asyncio.create_task(wire.read(own, "breeds", listed)) for _ in range(8)]
        await server.was_asked.wait()
        for leaver in reads[:3]:
            leaver.cancel()
        await asyncio.sleep(0.01)
        go.set()
        assert await asyncio.gather(*reads[3:]) == [[4]] * 5
        assert len(server.asked) == 1
        assert all(leaver.cancelled() for leaver in reads[:3])


async def test_when_all_have_left_the_next_one_asks_anew() -> None:
    go = asyncio.Event()
    async with double(waits_for(go, says([4]))) as server, transport() as wire:
        own = service(server)
        reads = [asyncio.create_task(wire.read(own, "breeds", listed)) for _ in range(2)]
        await server.was_asked.wait()
        for leaver in reads:
            leaver.cancel()
        await asyncio.gather(*reads, return_exceptions=True)
        server.then(says([5]))
        assert await wire.read(own, "breeds", listed) == [5]
        go.set()


async def test_everyone_who_joined_gets_the_error() -> None:
    async with double(raw(b"", 403)) as server, transport() as wire:
        own = service(server)
        answers = await asyncio.gather(*(wire.read(own, "breeds", listed) for _ in range(3)), return_exceptions=True)
        assert [type(answer) for answer in answers] == [BackendRefused] * 3
        assert len(server.asked) == 1


async def test_a_read_after_a_write_sees_the_write() -> None:
    go = asyncio.Event()
    async with double(waits_for(go, says([])), says({"id": 1}), says([1])) as server, transport() as wire:
        own = service(server)
        before = asyncio.create_task(wire.read(own, "favourites", listed))
        await server.was_asked.wait()
        await wire.write(own, "POST", "favourites", body={})
        assert await wire.read(own, "favourites", listed) == [1]
        go.set()
        assert await before == []


@asynccontextmanager
async def shelf(folder: Path, clock: ManualClock) -> AsyncIterator[ResponseCache]:
    cache = await ResponseCache.open(folder / "cache.sqlite3", clock=clock)
    try:
        yield cache
    finally:
        await cache.close()


BROKEN: list[Answer] = [raw(b"", 500), raw(b"<html>", 200), raw(b"", 429, {"Retry-After": "600"}), drops]


@pytest.mark.parametrize("broken", BROKEN)
async def test_kept_answers_are_used_and_stand_in_for_a_service_that_fails(tmp_path: Path, broken: Answer) -> None:
    clock = ManualClock(NOW)
    seen: list[int | str] = []

    def note(service: str, method: str, outcome: int | str, seconds: float, from_cache: bool) -> None:
        if from_cache:
            seen.append(outcome)

    async with (
        double(says([1])) as server,
        shelf(tmp_path, clock) as cache,
        transport(shelf=cache, clock=clock, observer=note) as wire,
    ):
        own = service(server)
        for _ in range(3):
            assert await wire.read(own, "breeds", listed, keep="breeds") == [1]
        assert (len(server.asked), seen) == (1, ["fresh", "fresh"])
        clock.advance(24 * 3600 + 1)
        server.then(broken)
        assert await wire.read(own, "breeds", listed, keep="breeds") == [1]
        assert seen[2:] == ["stale"]
    async with double(says([2])) as server, shelf(tmp_path, clock) as cache, transport(shelf=cache) as wire:
        assert await wire.read(service(server), "breeds", listed, keep="breeds") == [2], "another service"


async def test_a_refusal_is_told_even_when_something_older_is_kept(tmp_path: Path) -> None:
    clock = ManualClock(NOW)
    async with double(says([1])) as server, shelf(tmp_path, clock) as cache, transport(shelf=cache) as wire:
        await wire.read(service(server), "breeds", listed, keep="breeds")
        clock.advance(25 * 3600)
        server.then(raw(b"", 403))
        with pytest.raises(BackendRefused):
            await wire.read(service(server), "breeds", listed, keep="breeds")


async def test_an_answer_that_cannot_be_read_is_not_kept(tmp_path: Path) -> None:
    answers = (says({"no": "list"}), says([3]))
    async with double(*answers) as server, shelf(tmp_path, ManualClock(NOW)) as cache, transport(shelf=cache) as wire:
        with pytest.raises(BackendConfused):
            await wire.read(service(server), "breeds", listed, keep="breeds")
        assert await wire.read(service(server), "breeds", listed, keep="breeds") == [3]


async def test_what_an_older_version_kept_is_asked_for_again(tmp_path: Path) -> None:
    async with double(says([3])) as server, shelf(tmp_path, ManualClock(NOW)) as cache:
        await cache.put("breeds", f"keyed {server.url}/v1/breeds", b"{}")
        async with transport(shelf=cache) as wire:
            assert await wire.read(service(server), "breeds", listed, keep="breeds") == [3]


async def test_a_name_that_nobody_vouched_for_may_not_lead_into_a_private_network() -> None:
    resolver = GuardedResolver()
    try:
        with pytest.raises(OSError, match="private"):
            await resolver.resolve("localhost", 80)
        resolver.vouch("localhost")
        assert ip_address((await resolver.resolve("localhost", 80))[0]["host"]).is_loopback
    finally:
        await resolver.close()


def test_a_service_admits_its_own_hosts_alone() -> None:
    from yarl import URL

    public = Service("catapi", "https://api.thecatapi.com/v1", hosts=("*.thecatapi.com", "bucket.example/ours/"))
    assert not public.own
    verdicts = {
        "https://cdn2.thecatapi.com/images/a.jpg": True,
        "https://api.thecatapi.com/x": True,
        "https://bucket.example/ours/a.jpg": True,
        "https://bucket.example/theirs/a.jpg": False,
        "https://bucket.example/ours/../theirs/a.jpg": False,
        "http://cdn2.thecatapi.com/images/a.jpg": False,
        "http://api.thecatapi.com/x": False,
        "https://cdn2.thecatapi.com:8443/a.jpg": False,
        "https://thecatapi.com.evil.example/a.jpg": False,
        "https://evilthecatapi.com/a.jpg": False,
        "https://user@cdn2.thecatapi.com/a.jpg": False,
        "/images/a.jpg": False,
    }
    assert {address: public.admits(URL(address)) for address in verdicts} == verdicts
    own = Service("catapi", "http://cats.lan:8080/v1", hosts=("*.thecatapi.com",))
    assert own.own
    verdicts = {
        "http://cats.lan:8080/images/a.jpg": True,
        "http://cats.lan:9000/a.jpg": True,
        "https://pictures.example/a.jpg": True,
        "http://pictures.example/a.jpg": False,
        "https://192.168.1.1/a.jpg": False,
        "https://nas.local/a.jpg": False,
        "https://[::1]/a.jpg": False,
    }
    assert {address: own.admits(URL(address)) for address in verdicts} == verdicts
