"""The clocks: one that tells the time, one that a test moves."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from bot.clock import Clock, ManualClock, SystemClock


def test_the_system_clock_tells_the_time_in_utc() -> None:
    clock: Clock = SystemClock()
    before = datetime.now(UTC)
    now = clock.now()
    assert before <= now <= datetime.now(UTC)
    assert now.utcoffset() == timedelta()


def test_what_the_sandbox_skipped_is_added() -> None:
    clock = SystemClock()
    clock.shift += timedelta(days=1)
    assert timedelta(hours=23) < clock.now() - datetime.now(UTC) <= timedelta(days=1)


def test_a_manual_clock_stands_still_until_it_is_moved() -> None:
    clock = ManualClock()
    start = clock.now()
    assert start.tzinfo is UTC
    assert clock.now() == start
    clock.advance(1.5)
    assert clock.now() == start + timedelta(seconds=1.5)
    assert ManualClock(start).now() == start
