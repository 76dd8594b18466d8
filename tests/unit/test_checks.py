"""What a check found counts for its time, in memory and over a restart, whatever becomes of the cache."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from bot.clock import ManualClock
from bot.services import checks
from bot.services.checks import DAY, HOUR, Checks, Verdict, Way
from bot.store.cache import ResponseCache

URL = "https://cdn2.thecatapi.com/images/-Zfz5z2jK.jpg"


@pytest.fixture
async def cache(tmp_path: Path, clock: ManualClock) -> AsyncIterator[ResponseCache]:
    opened = await ResponseCache.open(tmp_path / "cache.sqlite3", clock=clock)
    yield opened
    await opened.close()


@pytest.mark.parametrize(("way", "age"), [(Way.LINK, DAY), (Way.UPLOAD, DAY), (Way.NONE, HOUR)])
async def test_good_counts_for_a_day_and_bad_for_an_hour(
    cache: ResponseCache, clock: ManualClock, way: Way, age: float
) -> None:
    before = Checks(cache, clock)
    assert before.known(URL) is None
    assert await before.recall(URL) is None
    noted = await before.note(URL, way, reason="Not Found" if way is Way.NONE else "")
    clock.advance(age - 1)
    after = Checks(cache, clock)
    assert after.known(URL) is None, "nothing is read from a file without waiting"
    assert await after.recall(URL) == before.known(URL) == noted
    assert after.known(URL) == noted
    clock.advance(1)
    for one in (before, after):
        assert one.known(URL) is None
        assert await one.recall(URL) is None


async def test_a_clock_that_was_set_back_makes_no_check_eternal(cache: ResponseCache, clock: ManualClock) -> None:
    one = Checks(cache, clock)
    await one.note(URL, Way.UPLOAD)
    earlier = ManualClock(clock.now() - timedelta(days=300))
    assert await Checks(cache, earlier).recall(URL) is None


async def test_a_target_is_known_by_itself(cache: ResponseCache, clock: ManualClock) -> None:
    target = "https://cdn4.thecatapi.com/a.jpg"
    await Checks(cache, clock).note(URL, Way.LINK, link=target)
    again = Checks(cache, clock)
    for url in (URL, target):
        verdict = await again.recall(url)
        assert verdict is not None
        assert verdict.url == target


@pytest.mark.parametrize("kept", [b"", b"\xff", b"{", b"[]", b'{"way":"swim","at":1.0}'])
async def test_what_cannot_be_read_was_not_checked(cache: ResponseCache, clock: ManualClock, kept: bytes) -> None:
    await cache.remember("checked pictures", URL, kept)
    assert await Checks(cache, clock).recall(URL) is None


async def test_only_so_many_are_held(cache: ResponseCache, clock: ManualClock, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checks, "IN_MEMORY", 3)
    monkeypatch.setattr(checks, "ON_SHELF", 5)
    one = Checks(cache, clock)
    for number in range(8):
        await one.note(f"{URL}?{number}", Way.LINK, link=f"{URL}?{number}")
    assert [number for number in range(8) if one.known(f"{URL}?{number}")] == [5, 6, 7]
    assert [number for number in range(8) if await Checks(cache, clock).recall(f"{URL}?{number}")] == [3, 4, 5, 6, 7]


async def test_without_a_file_it_goes_on_in_memory(cache: ResponseCache, clock: ManualClock) -> None:
    await cache.close()
    one = Checks(cache, clock)
    noted = await one.note(URL, Way.UPLOAD)
    assert isinstance(noted, Verdict)
    assert await one.recall(URL) == noted
